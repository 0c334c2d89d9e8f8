"""The libraries that the results depend on, in the versions installed."""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from IPython.display import Markdown

PACKAGES = ("pandas", "numpy", "scipy", "highspy", "statsmodels", "matplotlib", "seaborn", "papermill")


def versions() -> Markdown:
    """Return the installed versions of the libraries that the results depend on."""
    found = []
    for name in PACKAGES:
        with suppress(PackageNotFoundError):  # in a browser
            found.append(f"{name} {version(name)}")
    return Markdown(" · ".join(found))
