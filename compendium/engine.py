"""The engine as it is installed: its version and what it needs."""

from importlib import metadata

NAME = "compendium"


def version() -> str:
    """Return the version of the engine, which is not that of a compendium."""
    return metadata.version(NAME)


def python() -> str:
    """Return the versions of Python that it runs on, such as >=3.11."""
    return str(metadata.metadata(NAME)["Requires-Python"])


def requirements() -> list[str]:
    """Return what it needs to run, without what one of its extras asks for besides."""
    return sorted(line for line in metadata.requires(NAME) or [] if "extra ==" not in line)
