"""What came after the paper: its claims judged once more, outside the ledger and every count."""

import pandas as pd

from compendium import here
from compendium.data import tables
from compendium.ledger.claims import COLUMNS, LATER, by_number, cell
from compendium.ledger.evidence import Data
from compendium.ledger.judges import Assessment, Judges, assess
from compendium.ledger.recording import Entry, Row, Story, record
from compendium.texts import NOTHING
from compendium.vocabulary import Word

LATER_VERDICT = Word("论文之后的判定", "Verdict since")


class Later(Judges):
    """Judgements by what was printed after the paper; where nothing comparable was, a claim is undecided."""

    def assess(self, claim_id: str, data: Data, **choices: object) -> Assessment:
        """Judge a claim from the tables."""
        claim = data.claim(claim_id)
        judged = self.known[claim_id](claim, data, **choices)
        if judged.agreement == "none":
            return Assessment("nowhere", "none", "", "undecided", (), "", "", judged)
        return assess(claim, judged, data, later=True)


class Sequel:
    """Claims of the paper judged once more, by what was printed after it; no part of the ledger and of no count.

    Args:
        judges: judgements that read what came after the paper.
    """

    def __init__(self, judges: Later):
        self.notebook, self.judges, self.data = here.notebook(), judges, Data()
        self.records: dict[str, dict] = {}

    def story(self, *claim_ids: str) -> Story:
        """Judge these claims and return what the paper says, what has come since, the verdict and why.

        Raises:
            LedgerError: unknown claim, or no cell that shows it.
        """
        rows = []
        for name in claim_ids:
            claim, place = self.data.claim(name), (self.notebook, cell(name, self.notebook, LATER))
            self.records[name] = record(self.judges, claim, self.data, {}, place)
            rows.append(Row(NOTHING, [Entry(claim, self.records[name])]))
        return Story(rows, LATER_VERDICT)

    def save(self, name: str) -> None:
        """Write the judged claims to the processed table `name`."""
        part = pd.DataFrame(self.records.values(), columns=COLUMNS).sort_values("claim_id", key=by_number)
        tables.save(part, name)
