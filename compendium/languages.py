"""The languages of a compendium, one or two: where their columns, keys and files are."""

from compendium.declaration import declared

FILES = {"zh": "zh-CN"}  # how files name a language otherwise than by its code


def spoken() -> tuple[str, ...]:
    """Return the languages of the compendium at work in the order declared; the first stands where only one can."""
    return tuple(declared().languages)


def plain() -> str:
    """Return the language whose files and keys bear no mark, README.md and `title`: English, else the first."""
    return "en" if "en" in spoken() else spoken()[0]


def key(stem: str, language: str) -> str:
    """Return the key of datapackage.json that holds `stem` in a language: title, title_zh."""
    return stem if language == plain() else f"{stem}_{language}"


def page(name: str, language: str) -> str:
    """Return the name of a file in a language: README.md, README.zh-CN.md."""
    stem, _, ending = name.rpartition(".")
    return name if language == plain() else f"{stem}.{FILES.get(language, language)}.{ending}"
