"""What forked kernels hold before their first cell: the libraries of notebooks, and the study."""

import builtins
import importlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace

from compendium import python, trace
from compendium.base import paths
from compendium.forkserver import fork_server

PRELOADED = (
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect"),
    *("IPython.extensions.storemagic", "debugpy.server.api", "psutil", "seaborn", "sqlite3"),
    *("ipykernel.debugger", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell"),
    *("statsmodels.regression.linear_model", "statsmodels.stats.inter_rater", "statsmodels.stats.proportion"),
    *("compendium.notebook.explorers", "compendium.notebook.begin", "study.judgements"),
)
INHERITED = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def fork_kernels(variables: dict[str, str]) -> AbstractContextManager[None]:
    """Have kernels forked in this process and its children; `variables` are added to the environment of the server."""
    command = [*python("from compendium.forkserver.server import main; main()"), f"{__name__}:prepare", *PRELOADED]
    return fork_server("compendium", command, os.environ | INHERITED | variables)


def prepare() -> Callable[[], None]:
    """Import pandas, which asks whether this is a notebook, as in one; return what each forked kernel begins with."""
    paths.import_study_package(paths.find_root_and_output()[0])
    vars(builtins)["get_ipython"] = lambda: SimpleNamespace(kernel=None)
    importlib.import_module("pandas")
    del vars(builtins)["get_ipython"]

    def begin() -> None:
        paths.import_study_package(
            paths.find_root_and_output()[0]
        )  # what was imported beforehand may be of another study
        trace()

    return begin
