"""Options of the commands that add a row, and the cells they give: the schema of the table says which there are, what
each means and which must be given."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from compendium import CompendiumError
from compendium.compendium import Compendium
from compendium.data import ledgertables
from compendium.data.datapackage import LIST

ALWAYS = ("query", "place")  # must be given though the table may be without


class RowOption(NamedTuple):
    """An option of a command that adds a row."""

    columns: Sequence[str]  # those made of it, first the one, or its name without language, that holds it
    meaning: str
    many: bool = False  # whether it is given once or more; the values are joined
    codes: Sequence[str] = ()  # those that may stand in the column

    def for_click(self, name: str) -> click.Option:
        """Return the option as click takes it."""
        text = f"{self.meaning}{': ' if self.codes else ''}{', '.join(self.codes)}."
        return click.Option([f"--{name}"], multiple=True, metavar="TEXT", help=text)


def list_row_options(table: str, special_options: Mapping[str, RowOption]) -> dict[str, RowOption]:
    """Return by name the options that give a row of a table of the ledger: its columns, in one for all languages."""
    [schema] = [one["schema"] for one in ledgertables.read_ledger_descriptors() if one["name"] == table]
    names = {option.columns[0]: name for name, option in special_options.items()}
    other = {*schema["primaryKey"], "claim_id", "claim_ids"}.union(
        *(option.columns for option in special_options.values())
    )
    found: dict[str, RowOption] = {}
    for field in schema["fields"]:
        stem = field["name"].removesuffix("_zh").removesuffix("_en")
        if stem in names:
            found[names[stem]] = special_options[names[stem]]
        elif stem not in other:
            meaning = re.sub(",? in Chinese| Chinese", "", field["description"]).rstrip(".")
            option = RowOption((stem,), meaning, "listOf" in field, field.get("constraints", {}).get("enum", ()))
            found.setdefault(stem.replace("_", "-"), option)
    return found | dict(special_options)


def convert_options_to_cells(
    c: Compendium, table: str, options: Mapping[str, RowOption], given: Mapping[str, Sequence[str]], usual: Mapping
) -> dict[str, str]:
    """Return by column what was given for options of `table`; `usual` is what stands in columns of which nothing is.

    Raises:
        CompendiumError: a text does not say its language, or options that the schema wants lack; all are named.
    """
    fields = {field["name"]: field.get("constraints", {}) for field in c.tables.schema(table)["fields"]}
    cells, missing = dict[str, str](), list[str]()
    for name, option in options.items():
        values, stem = given[name.replace("-", "_")], option.columns[0]
        spoken = {column: code for code in c.languages if (column := f"{stem}_{code}") in fields}
        words = (
            split_by_language_prefix(c, name, values)
            if spoken
            else {"": LIST.join(values if option.many else values[-1:])}
        )
        required = any(fields.get(column, {}).get("required") for column in (*spoken, *option.columns))
        for column, language in (spoken or {stem: ""}).items():
            if cell := words.get(language, ""):
                cells[column] = cell
            elif stem not in usual and (required or stem in ALWAYS):
                codes = ", ".join(fields.get(column, {}).get("enum", ()))
                form = f"--{name} {language}=…" if len(spoken) > 1 else f"--{name}"
                missing.append(f"{form} ({option.meaning}{': ' if codes else ''}{codes})")
    raise_if_options_missing(missing)
    return cells


def raise_if_options_missing(options: Sequence[str]) -> None:
    """Raise CompendiumError with the options that lack, each with what it means, if any do."""
    if options:
        raise CompendiumError(f"missing: {'; '.join(options)}. Remedy: add it")


def split_by_language_prefix(c: Compendium, name: str, given: Sequence[str]) -> dict[str, str]:
    """Return by language texts that are given as `en=TEXT`, or plainly where there is one language."""
    found = dict[str, str]()
    for text in given:
        language, _, rest = text.partition("=")
        if language not in c.languages and len(c.languages) > 1:
            forms = " ".join(f"--{name} {code}=…" for code in c.languages)
            raise CompendiumError(f"--{name} does not say in which language it is. Remedy: {forms}")
        found |= {language: rest.strip()} if language in c.languages else {c.languages[0]: text.strip()}
    return found
