"""What pytest learns from the engine: `pytest --compendium` proves the compendium of the folder, in two lines of a
pytest.ini. With nbval, kernels are forked, and what it does not see is compared: the tables and figures of a notebook.

This module is imported whenever pytest starts, so it imports the engine only where there is a compendium.
"""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from compendium.compendium import Compendium

PROOF = Path(__file__).with_name("suite.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--compendium`."""
    told = "prove the compendium of this folder: tables, notebooks, a run of everything, verdicts, exercises"
    parser.getgroup("compendium").addoption("--compendium", action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Have the notebooks that nbval plays compared, and the compendium of the folder proved, whatever variables say."""
    if config.getoption("compendium"):
        os.environ.pop("COMPENDIUM_ROOT", None)
    if config.getoption("nbval", False) and (config.rootpath / "compendium.toml").is_file():
        config.pluginmanager.register(NotebookComparisonPlugin(config.rootpath), "compendium-notebooks")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the proof to what is tested, unless only some tests were named."""
    if config.getoption("compendium") and config.args_source is not pytest.Config.ArgsSource.ARGS:
        from compendium.base import paths

        proof = PROOF.parents[1] / "authoring" / "small.py" if paths.is_minimal_project(Path.cwd()) else PROOF
        items += session.genitems(pytest.Module.from_parent(session, path=proof))


class NotebookComparisonPlugin:
    """Plays the notebooks of a compendium with forked kernels in a scratch folder, and compares what they made."""

    def __init__(self, root: Path):
        from compendium.base import paths

        self.root, self.stack = root, contextlib.ExitStack()
        os.environ[paths.OUT] = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="compendium-"))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Have the kernels of notebooks forked, by a process that starts with the first of them."""
        from compendium.forkserver import client
        from compendium.run import preload

        if item.path.suffix == ".ipynb" and client._calls is None:
            self.stack.enter_context(preload.fork_kernels({"COMPENDIUM_ROOT": str(self.root)}))

    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Compare tables and figures of a notebook when its last cell was run."""
        from compendium.base import paths
        from compendium.compendium import Compendium

        if item.path.suffix == ".ipynb" and not (nextitem and nextitem.path == item.path):
            found = list_differences(Compendium(self.root, Path(os.environ[paths.OUT])), item.path.stem)
            assert not found, "\n".join(found)

    def pytest_unconfigure(self) -> None:
        """Remove the scratch folder and end the process that forks kernels."""
        self.stack.close()


def list_differences(c: "Compendium", name: str) -> list[str]:
    """Return one line for each table or figure that a notebook made in `c.out` otherwise than is committed."""
    from compendium.base import paths
    from compendium.run import cache, comparison, contents, figure_comparison

    # Which figures and tables it makes is known of the committed run only, so figures are looked for from there.
    found = comparison.compare_figures(
        c.root,
        c.out,
        contents.list_declared_notebooks(c)[name],
        bool(figure_comparison.describe_other_programs(c.root)),
    )
    for table in cache.list_made_names(name, "table", c.root):
        made, kept = (paths.processed_path(table, root) for root in (c.out, c.root))
        told = (
            comparison.compare_tables(made, kept)
            if made.is_file()
            else [(False, f"{paths.format_path(kept)}: not made")]
        )
        found += [said for _, said in told]
    return found
