"""The libraries that the results depend on, in the versions installed."""

from importlib.metadata import version

from IPython.display import Markdown

PACKAGES = ("pandas", "numpy", "scipy", "highspy", "statsmodels", "matplotlib", "seaborn", "papermill")


def versions() -> Markdown:
    """Return the installed versions of the libraries that the results depend on."""
    return Markdown(" · ".join(f"{name} {version(name)}" for name in PACKAGES))
