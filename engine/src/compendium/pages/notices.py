"""What the checks are worth and what each command notices, for the page on checks; the rates for the certificate too.

It is for reviewers, who weigh what `0 differences` says, and for authors of another audit, who plant faults in theirs.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.base import toml
from compendium.base.files import read_rows_by_key
from compendium.base.texts import CatalogueEntry, TranslatedText, catalogue
from compendium.compendium import Compendium
from compendium.data.tables import read_csv_as_text
from compendium.pages.listing import render_markdown_table
from compendium.pages.participation import count_walks

FILE = "notices.toml"
LOG, RATES = "data/verification/trials.csv", "data/verification/rates.csv"
COMMANDS = {"check": "check", "make": "run", "test": "test"}  # column -> command of the log
OTHERS = {"refresh": "`data refresh`", "accept": "`make accept`"}
OUTCOMES = ("nothing", "until", "note", "stops")
text = catalogue("compendium/show")
HEAD = {column: text(f"notices-{column}") for column in ("fault", *COMMANDS, "others", "diff")}
GROUPS = ("passes", "accepted", "told")  # noticed by nothing; by make until accepted; once committed
TOLD = 2  # the place of the last: neither check nor make nor the tests notice the others once they are committed


class FaultKindEntry(toml.StrictTomlTable):
    """One table of notebooks/notices.toml: a kind of fault, and what a reader of the diff sees if no command does."""

    fault: CatalogueEntry
    diff: CatalogueEntry | None = None


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault: its words, and its rows of `read_trials`."""

    name: str
    notice: FaultKindEntry
    trials: pd.DataFrame

    @property
    def group(self) -> int:
        """The place in GROUPS, by the trial that is noticed least."""
        return min(self.trials["group"], default=TOLD)

    def cells(self) -> dict[str, TranslatedText]:
        """Return the cells of its row: its words, what the commands did, and what is left to a reader."""
        done = {column: count_outcomes_in_words(self.trials[command]) for column, command in COMMANDS.items()}
        reader = self.notice.diff if self.group < TOLD else None
        diff = TranslatedText(reader.__getitem__) if reader else text("notices-unneeded")
        return {"fault": TranslatedText(self.notice.fault.__getitem__), **done, "others": self.others(), "diff": diff}

    def others(self) -> TranslatedText:
        """Return which other commands noticed the fault, and in how many trials of how many, if not in all."""
        started = {command: self.trials.loc[self.trials[command] != "", command] for command in OTHERS}
        parts = {
            name: count_outcomes_in_words(started[key])
            for key, name in OTHERS.items()
            if started[key].ne("nothing").any()
        }
        if not parts:
            return text("notices-untried" if started["accept"].empty else "notices-nothing")
        return TranslatedText(lambda language: "; ".join(f"{name} {words[language]}" for name, words in parts.items()))


def read_trials(c: Compendium) -> pd.DataFrame:
    """Return what is logged of each trial, by the kind of its fault, with its place in GROUPS.

    The column of a command holds one of OUTCOMES, what it did last; `until` if it stopped until the run was taken as
    reference, empty if it was not started.
    """
    log = read_csv_as_text(c.root / LOG)
    log = log.assign(noticed=log["noticed"].eq("yes"), failed=log["exit_status"].ne("0"))
    started = log.groupby(["notice", "trial", "command"], sort=False)
    last, ever = started[["noticed", "failed"]].last(), started["noticed"].any()
    done = np.select([last["noticed"] & last["failed"], last["noticed"], ever], ["stops", "note", "until"], "nothing")
    trials = pd.Series(done, last.index).unstack(fill_value="").reset_index("notice")
    trials = trials.reindex(columns=["notice", *COMMANDS.values(), *OTHERS], fill_value="")
    silent = trials[[*COMMANDS.values()]].isin(["nothing", "until"]).all(axis=1)
    return trials.assign(group=np.where(silent, trials["run"].eq("until"), TOLD))


def list_fault_kinds(c: Compendium) -> list[FaultKind]:
    """Return the kinds of faults as they stand in the file; none where no fault was planted."""
    if not (c.root / LOG).is_file():
        return []
    trials, notices = read_trials(c), toml.read_tables(c.notebooks / FILE, FaultKindEntry, c.languages)
    return [FaultKind(name, notice, trials[trials["notice"] == name]) for name, notice in notices.items()]


def count_outcomes_in_words(outcomes: Iterable[str]) -> TranslatedText:
    """Return outcomes in words, each with its number where they differ."""
    numbers = Counter(outcomes)
    if len(numbers) < 2:
        return text(f"notices-{next(iter(numbers), '') or 'untried'}")
    known = [name for name in OUTCOMES if numbers[name]]
    return TranslatedText(
        lambda language: ", ".join(f"{text(f'notices-{name}')[language]} {numbers[name]}" for name in known)
    )


def render_planted_fault_table(c: Compendium, language: str) -> str:
    """Return what was noticed in Markdown: a sentence that counts, and a table for each group of kinds."""
    kinds = list_fault_kinds(c)
    trials = pd.concat([kind.trials for kind in kinds])
    quiet = trials.loc[trials["group"] < TOLD, "group"].tolist()
    numbers = {"trials": len(trials), "silent": len(quiet), "until": quiet.count(1), "never": quiet.count(0)}
    parts = [text("notices-counted", **numbers)[language]]
    for number, name in enumerate(GROUPS):
        columns = [column for column in HEAD if (name, column) != ("told", "diff")]
        rows = [kind.cells() for kind in kinds if kind.group == number]
        head, *cells = [[row[column][language] for column in columns] for row in (HEAD, *rows)]
        parts += [
            f"### {text(f'notices-{name}', n=len(rows))[language]}",
            render_markdown_table(head, cells, "l" * len(head)),
        ]
    return "\n\n".join(parts)


def read_detection_rates(c: Compendium) -> list[dict[str, str]]:
    """Return what was measured on the checks, each rate with its day and commit; nothing where none was measured."""
    return list(read_rows_by_key(c.root / RATES, "rate", True).values())


def render_detection_rates(c: Compendium, language: str) -> str:
    """Return what was measured on the checks as a Markdown table."""
    cells = []
    for one in read_detection_rates(c):
        rate = f"{one['rate_pct']} ({one['low_pct']}–{one['high_pct']})"
        place = f"{one['day']}, {one['version']}, `{one['commit']}`"
        cells.append((one[f"rate_{language}"], one["tried"], one["good"], rate, place))
    return render_markdown_table(text("worth-columns")[language].split(" | "), cells, "lrrll")


def render_walks(c: Compendium, language: str) -> str:
    """Return what reviewers found who opened sources, in a sentence with its bound."""
    counted = count_walks(c)
    return (text("walks-counted", **counted) if counted["opened"] else text("walks-none"))[language]
