"""What is shown in each language and in both: a helper to import."""

from compendium import paths


def in_each(make):
    """Return what is shown in Chinese, in English, and in both."""
    said = []
    for language in ("zh", "en"):
        with paths.using(language=language):
            said.append(make())
    return [*said, make()]
