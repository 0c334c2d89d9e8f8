"""Builds the wheel of the engine: with it go the files that `compendium new` puts into a folder."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHARED = ("install.py", "requirements.lock", "LICENSE", "docs/engine.md", "docs/engine.zh-CN.md")
FOLDER = next(place for place in (Path(), Path("..")) if (place / SHARED[0]).is_file())  # above, in a checkout


class Build(build_py):
    """Copies what it shares with a compendium into its template."""

    def run(self) -> None:
        """Build the package."""
        super().run()
        for name in () if self.editable_mode else SHARED:
            shutil.copyfile(FOLDER / name, Path(self.build_lib) / "compendium" / "template" / Path(name).name)


setup(cmdclass={"build_py": Build})
