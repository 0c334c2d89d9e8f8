"""Builds the wheel of the engine: with it go the files that `compendium new` puts into a folder."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHARED = ("install.py", "requirements.lock", "LICENSE", "docs/engine.md", "docs/engine.zh-CN.md")


class Build(build_py):
    """Copies what lies beside the package into its template."""

    def run(self) -> None:
        """Build the package."""
        super().run()
        for name in () if self.editable_mode else SHARED:
            shutil.copyfile(name, Path(self.build_lib) / "compendium" / "template" / Path(name).name)


setup(cmdclass={"build_py": Build})
