"""What is shown in each language and in both: a helper to import."""

from dataclasses import replace

from compendium.compendium import Compendium
from compendium.notebook.wording import NotebookWording


def notebook(language="", name="01-a", c=None):
    """Return a notebook, of the compendium at work if of no other, as far as its words go, in a language or in all."""
    return NotebookWording(replace(c or Compendium.find(), language=language), name)


def in_each(make):
    """Return what `make` makes of a notebook in Chinese, in English, and in both."""
    return [make(notebook(language)) for language in ("zh", "en", "")]
