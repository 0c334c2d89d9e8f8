"""What the checks are worth and what each command notices, for the page on checks and the certificate."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable

from compendium import paths, toml
from compendium.files import keyed
from compendium.show.listing import grid
from compendium.texts import Entry, Text, catalogue

FILE = "notices.toml"
LOG, RATES = "data/verification/trials.csv", "data/verification/rates.csv"
COMMANDS = {"check": "check", "make": "run", "test": "test"}  # column -> command of the log
OTHERS = {"refresh": "`data refresh`", "accept": "`make accept`", "archive": "`make archive`"}
OUTCOMES = ("nothing", "until", "note", "stops")
text = catalogue("compendium/show")
HEAD = {column: text(f"notices-{column}") for column in ("fault", *COMMANDS, "others", "diff")}
GROUPS = ("passes", "accepted", "told")  # noticed by nothing; by make until accepted; once committed
Lines = list[dict[str, str]]  # rows of the log on one trial


class Notice(toml.Strict):
    """One table of notebooks/notices.toml: a kind of fault, and what a reader of the diff sees if no command does."""

    fault: Entry
    diff: Entry | None = None


def kinds() -> dict[str, Notice]:
    """Return the kinds of faults by name."""
    return toml.tables(paths.project().notebooks / FILE, Notice)


def trials() -> dict[str, list[Lines]]:
    """Return what is logged of the trials of each kind; nothing in a compendium where no fault was planted."""
    path, found = paths.project().root / LOG, dict[str, dict[str, Lines]]()
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["notice"], defaultdict(list))[row["trial"]].append(row)
    return {kind: list(lines.values()) for kind, lines in found.items()}


def outcome(lines: Lines, command: str) -> str:
    """Return what a command did in one trial, the last time that it was started: one of OUTCOMES; empty if it was not.

    `until` says that it stopped until the run was taken as reference.
    """
    started = [line for line in lines if line["command"] == command]
    if not started:
        return ""
    if started[-1]["noticed"] == "yes":
        return "note" if started[-1]["exit_status"] == "0" else "stops"
    return "until" if any(line["noticed"] == "yes" for line in started) else "nothing"


def silent(lines: Lines) -> bool:
    """Tell whether neither check nor make nor the tests notice the fault of a trial once it is committed."""
    return all(outcome(lines, command) in ("nothing", "until") for command in COMMANDS.values())


def noticed(lines: Lines) -> int:
    """Return how far the fault of a trial is noticed: 0 by nothing, 1 by make until accepted, 2 once committed."""
    return int(outcome(lines, "run") == "until") if silent(lines) else 2


def hidden(tried: list[Lines]) -> bool:
    """Tell whether a kind of fault can be hidden from all commands: whether a trial of it was silent."""
    return any(map(silent, tried))


def grouped() -> list[dict[str, Notice]]:
    """Return the kinds of faults in GROUPS, by the trial that is noticed least; none where nothing is logged."""
    logged, told = trials(), kinds() if (paths.project().root / LOG).is_file() else {}
    least = {kind: min(map(noticed, logged.get(kind, [])), default=2) for kind in told}
    return [{kind: told[kind] for kind in told if least[kind] == group} for group in range(len(GROUPS))]


def rows() -> list[dict[str, Text]]:
    """Return a row for each kind of fault, those first that are noticed least; none where nothing is logged."""
    logged = trials()
    return [row(notice, logged.get(kind, [])) for group in grouped() for kind, notice in group.items()]


def row(notice: Notice, tried: list[Lines]) -> dict[str, Text]:
    """Return the cells of one kind of fault: its words, what the commands did, and what is left to a reader."""
    cells = {column: counted(outcome(lines, command) for lines in tried) for column, command in COMMANDS.items()}
    reader = notice.diff if notice.diff and hidden(tried) else text("notices-unneeded")
    return {"fault": said(notice.fault), **cells, "others": others(tried), "diff": said(reader)}


def hideable() -> list[Text]:
    """Return the kinds of faults that can be hidden from all commands."""
    logged = trials()
    return [said(notice.fault) for kind, notice in kinds().items() if hidden(logged.get(kind, []))]


def said(words: Entry | Text) -> Text:
    """Return words as a text."""
    return Text(words.__getitem__)


def counted(outcomes: Iterable[str]) -> Text:
    """Return outcomes in words, each with its number where they differ."""
    numbers = Counter(outcomes)
    if len(numbers) < 2:
        return text(f"notices-{next(iter(numbers), '') or 'untried'}")
    known = [name for name in OUTCOMES if numbers[name]]
    return Text(lambda language: ", ".join(f"{text(f'notices-{name}')[language]} {numbers[name]}" for name in known))


def others(tried: list[Lines]) -> Text:
    """Return which other commands noticed the fault, and in how many trials of how many, if not in all."""
    parts = []
    for command, name in OTHERS.items():
        outcomes = [found for lines in tried if (found := outcome(lines, command))]
        if any(found != "nothing" for found in outcomes):
            parts.append((name, counted(outcomes)))
    if not parts:
        return text("notices-nothing" if any(outcome(lines, "accept") for lines in tried) else "notices-untried")
    return Text(lambda language: "; ".join(f"{name} {words[language]}" for name, words in parts))


def listed(language: str) -> str:
    """Return what was noticed in Markdown: a sentence that counts, and a table for each group of kinds."""
    logged = trials()
    every = [lines for kind in kinds() for lines in logged.get(kind, [])]
    quiet = [noticed(lines) for lines in every if silent(lines)]
    parts = [
        text("notices-counted", trials=len(every), silent=len(quiet), until=sum(quiet), never=quiet.count(0))[language]
    ]
    for name, group in zip(GROUPS, grouped(), strict=True):
        columns = [column for column in HEAD if (name, column) != ("told", "diff")]
        told = [row(notice, logged.get(kind, [])) for kind, notice in group.items()]
        cells = [[cell[column][language] for column in columns] for cell in told]
        head = [HEAD[column][language] for column in columns]
        parts += [f"### {text(f'notices-{name}', n=len(group))[language]}", grid(head, cells, "l" * len(head))]
    return "\n\n".join(parts)


def rates() -> list[dict[str, str]]:
    """Return what was measured on the checks, each rate with its day and commit; nothing where none was measured."""
    path = paths.project().root / RATES
    return list(keyed(path, "rate").values()) if path.is_file() else []


def worth(language: str) -> str:
    """Return what was measured on the checks as a Markdown table."""
    header = text("worth-columns")[language].split(" | ")
    cells = [
        [
            one[f"rate_{language}"],
            one["tried"],
            one["good"],
            f"{one['rate_pct']} ({one['low_pct']}–{one['high_pct']})",
            f"{one['day']}, {one['version']}, `{one['commit']}`",
        ]
        for one in rates()
    ]
    return grid(header, cells, "lrrll")
