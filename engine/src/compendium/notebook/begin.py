"""A notebook at work: what `begin` returns, on which hangs all that a notebook uses of the engine."""

import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath

import pandas as pd
from IPython.display import Markdown, display

from compendium import CompendiumError
from compendium.base.texts import NOTHING, TranslatedText, catalogue
from compendium.compendium import Compendium
from compendium.ledger import claims, gate
from compendium.ledger.evidence import EvidenceTables, LedgerError
from compendium.ledger.record import Ledger
from compendium.ledger.recording import record_claim
from compendium.ledger.verdict import Judges, PostPublicationJudgements
from compendium.notebook import exercises, figures, tables
from compendium.notebook.verdict_cards import ClaimsView, JudgedClaim, StoryRow, render_claim_cards, render_story
from compendium.notebook.wording import NotebookWording
from compendium.run import judge_all

text = catalogue("compendium/show")
PACKAGES = ("pandas", "numpy", "scipy", "highspy", "statsmodels", "matplotlib", "seaborn", "papermill")


class Notebook(NotebookWording):
    """A notebook at work: its words, tables, figures and self-checks, and the verdicts that it tells of.

    The verdicts are read from the ledger that `compendium judge` writes; with other choices than the defaults the
    judgements of the study are asked themselves.

    `data` are the raw tables, `claims` is the table claims by claim, `rows` the ledger, `records` are those of it that
    were shown so far, `choices` those of the analyst that were made.
    """

    def __init__(self, c: Compendium, name: str, judges: Judges):
        super().__init__(c, name)
        self.judges, self.data = judges, EvidenceTables(c)
        self.claims = c.tables("claims").set_index("claim_id", drop=False)
        self.rows, self.records = claims.read_ledger(c), Ledger()
        self.choices: dict[str, object] = {}
        self._note = judge_all.describe_outdated_ledger(c)
        self._headline: tuple[str | tuple, ...] = ()
        self._sequel: LaterVerdicts | None = None

    table = tables.render_table
    draw = figures.draw_figure
    figure = figures.show_last_drawn_figure
    check = exercises.check_answer

    def read(self, path: str) -> pd.DataFrame:
        """Return a table of this compendium by its path, such as `data/raw/counts.csv`.

        It is pandas.read_csv with the types of columns that the codebook gives; an empty cell of a text column is the
        empty string. CompendiumError if the path leads to neither data/raw nor data/processed, or to no table.
        """
        place, folders = PurePosixPath(path), {"data/raw": self.c.tables, "data/processed": self.c.processed}
        if place.parent.as_posix() not in folders or place.suffix != ".csv":
            raise CompendiumError(f"{path} is no table. Remedy: data/raw/NAME.csv, or data/processed/NAME.csv")
        return folders[place.parent.as_posix()](place.stem)  # type: ignore[operator]

    def save(self, frame: pd.DataFrame, name: str) -> None:
        """Write a frame as the processed table `name`, without its index."""
        self.c.save(frame, name)

    def labels(self, table: str, column: str) -> dict[str, TranslatedText]:
        """Return the codes of a column of a raw table with their labels for readers."""
        return self.c.tables.labels(table, column)

    def versions(self) -> Markdown:
        """Return the installed versions of the libraries that the results depend on."""
        found = []
        for name in PACKAGES:
            with suppress(PackageNotFoundError):  # in a browser
                found.append(f"{name} {version(name)}")
        return Markdown(" · ".join(found))

    def story(self, *rows: str | tuple) -> None:
        """Show the headline claims at the top, one row a claim or group; `choose` may tell them anew.

        A row is a claim, or a tuple of what several claims are about and these claims, of which the one most in doubt
        gives answer and reason; LedgerError if a claim is unknown or has no row in the ledger.
        """
        self._headline = rows
        display(self._story(), display_id="story")

    def show_claims(self, *claim_ids: str) -> ClaimsView:
        """Return claims for display, each as a card, judged by the choices that were made; each must have a row."""
        return render_claim_cards(self.c, [self._entry(claim_id) for claim_id in claim_ids], self._note)

    def choose(self, **choices: object) -> None:
        """Make choices of the analyst, which some judgement takes: claims at the top and below are told by them."""
        known = {name for claim_id in self.claims.index for name in self.judges.defaults(claim_id)}
        if idle := sorted(choices.keys() - known):
            raise LedgerError(f"{', '.join(idle)}: no judgement takes it")
        self.choices = choices
        named = [name for row in self._headline for name in ([row] if isinstance(row, str) else row[1:])]
        if any(choices.keys() & self.judges.defaults(name) for name in named):
            display(self._story(again=True), display_id="story", update=True)

    def since(self, judges: PostPublicationJudgements) -> "LaterVerdicts":
        """Return what judges claims once more, by what was printed after the paper; the same in every cell."""
        self._sequel = self._sequel or LaterVerdicts(self, judges)
        return self._sequel

    def _story(self, again: bool = False) -> ClaimsView:
        groups = [(NOTHING, row) if isinstance(row, str) else row for row in self._headline]
        rows = [StoryRow(about, [self._entry(name, again) for name in names]) for about, *names in groups]
        return render_story(self.c, rows, self._note)

    def _entry(self, claim_id: str, again: bool = False) -> JudgedClaim:
        """Return a claim as judged by the choices; but for one shown again, tell a runner that the cell shows it."""
        claim, usual = self.data.claim(claim_id), self.judges.defaults(claim_id)
        choices = {name: self.choices[name] for name in usual if self.choices.get(name, usual[name]) != usual[name]}
        if not choices and claim_id not in self.rows:
            raise LedgerError(f"{claim_id} is not in the ledger. Remedy: compendium judge")
        one = record_claim(self.judges, claim, self.data, choices) if choices else self.rows[claim_id]
        if not again:
            sys.audit("compendium.shows", claim_id)
        self.records[claim_id] = one
        return JudgedClaim(claim, one)


class LaterVerdicts:
    """Claims of the paper judged once more, by what was printed after it; no part of the ledger and of no count."""

    def __init__(self, notebook: Notebook, judges: PostPublicationJudgements):
        self.notebook, self.judges = notebook, judges
        self.records: Ledger = {}

    def story(self, *claim_ids: str) -> ClaimsView:
        """Judge these claims and return what the paper says, what has come since, the answer and why."""
        data, rows = self.notebook.data, []
        for name in claim_ids:
            claim = data.claim(name)
            self.records[name] = record_claim(self.judges, claim, data, {})
            rows.append(StoryRow(NOTHING, [JudgedClaim(claim, self.records[name])]))
        return render_story(self.notebook.c, rows, answer="story-answer-since")

    def save(self, name: str) -> None:
        """Write the judged claims to the processed table `name`."""
        languages, order = self.notebook.c.languages, sorted(self.records, key=claims.parse_claim_number)
        cells = [self.records[claim_id].cells(languages) for claim_id in order]
        self.notebook.save(pd.DataFrame(cells).drop(columns=[*claims.OF_CLAIM, "verdict_codings"]), name)


def begin_notebook(name: str) -> Notebook:
    """Begin a notebook: find its compendium and its study, which can be imported then.

    `name` is that of its file without ending, such as `02-growth`; CompendiumError if there is none.
    """
    c = Compendium.find()
    if not (c.notebooks / f"{name}.ipynb").is_file():
        raise CompendiumError(f"no notebook is called {name!r}. Remedy: begin() with the name of its file")
    exercises.take_typed_answers()
    pd.set_option("display.max_colwidth", None)  # else pandas cuts texts in tables at 50 characters
    return Notebook(c, name, gate.load_judgements(c))
