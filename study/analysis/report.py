"""What notebook 12 reads besides the ledger: the sweep over choices, and what the checks noticed."""

import pandas as pd

from compendium import CompendiumError
from compendium.base import vocabulary
from compendium.base.texts import SEMICOLON, TranslatedText, join_texts, make_translated_text
from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.claims import LISTS, WEIGHED, read_ledger
from compendium.ledger.readings import answer_by_strictness
from compendium.notebook.begin import Notebook
from compendium.pages import listing
from compendium.run import sweep, sweep_choices

ANSWERS, VERDICTS = vocabulary.ANSWERS, vocabulary.VERDICTS


def map_verdicts_to_answers(verdicts: pd.Series) -> pd.Series:
    """Return the answer, a key of ANSWERS, that each verdict belongs to."""
    return verdicts.map(vocabulary.find_answer_category)


def list_answers_by_strictness(notebook: Notebook) -> pd.DataFrame:
    """Return the answer on each claim under its most charitable, plainest and strictest reading, by claim_id."""
    ledger = read_ledger(notebook.c)
    return pd.DataFrame({name: answer_by_strictness(one, notebook.data) for name, one in ledger.items()}).T


def select_claims_by_verdict(ledger: pd.DataFrame, lowest_weight: str, verdicts: str) -> pd.DataFrame:
    """Return the claims of some verdicts, headline first, then the gravest first; verdicts are words to be shown.

    Args:
        ledger: the table claims.
        lowest_weight: headline or supporting.
        verdicts: words of the ledger, separated by commas, or all.

    Raises:
        CompendiumError: there is no such weight or verdict.
    """
    weights = WEIGHED[: WEIGHED.index(LISTS)]
    wanted = list(VERDICTS) if verdicts == "all" else verdicts.split(", ")
    for name, chosen, known in (("lowest_weight", [lowest_weight], weights), ("verdicts_told", wanted, VERDICTS)):
        if odd := sorted(set(chosen).difference(known)):
            raise CompendiumError(f"{name}: there is no {odd[0]!r}. Remedy: {', '.join(known)}")
    counted = weights[: weights.index(lowest_weight) + 1]
    rows = ledger[ledger["weight"].isin(counted) & ledger["verdict"].isin(wanted)]
    rows = listing.sort_claims_by_verdict(rows).sort_values("weight", kind="stable")
    return rows.assign(verdict=rows["verdict"].map(VERDICTS))


def list_choice_sensitive_items(notebook: Notebook) -> pd.DataFrame:
    """Return the claims and results whose verdict or value moves with the declared choices, in words.

    Returns:
        item; verdict, by the default choices; share_pct of the specifications in which it holds; verdicts seen;
        flipped_by and moved_by, the choices that change verdict or value alone.
    """
    c = notebook.c
    titles, varied = sweep_choices.read_choices_file(c).results, sweep_choices.select_sweep_choices(c)
    robust = sweep.read_sweep_table(c, "robustness")
    robust = robust[robust["values"].gt(1) | robust["share"].lt(1)]
    words = VERDICTS | {code: notebook.say(f"outcome-{code}") for code in ("above", "open", "not_above")}

    def spoken(cell: str) -> TranslatedText:
        """Return the verdicts or outcomes of a cell in words."""
        return join_texts((words[word] for word in split_list(cell)), SEMICOLON)

    def choices(cell: str) -> TranslatedText:
        """Return the titles of the choices that a cell names with their values."""
        return join_texts(varied[name] for name in dict.fromkeys(pair.split("=")[0] for pair in split_list(cell)))

    shown = {name: robust[name].map(spoken) for name in ("verdict", "verdicts")}
    shown |= {name: robust[name].map(choices) for name in ("flipped_by", "moved_by")}
    item = [titles.get(item, item) for item in robust["item"]]
    item = [
        make_translated_text(title.words) if isinstance(title, sweep_choices.SweptFunction) else title for title in item
    ]
    return robust.assign(item=item, share_pct=100 * robust["share"], **shown)


def read_specification_curve(notebook: Notebook, result_id: str) -> pd.DataFrame:
    """Return a result with ends low and high by specification, with the choices that concern it and its outcome."""
    rows = sweep.read_sweep_table(notebook.c, "curves").query("item == @result_id")
    ends = rows["value"].str.split(" to ")
    concern = [name for name in sweep_choices.select_sweep_choices(notebook.c) if rows[name].ne("").all()]
    return rows[[*concern, "verdict"]].assign(low=ends.str[0].astype(float), high=ends.str[-1].astype(float))


def read_verification_table(c: Compendium, table_name: str) -> pd.DataFrame:
    """Return a table of data/verification: what the checks noticed."""
    path = c.root / "data" / "verification" / f"{table_name}.csv"
    return pd.read_csv(path, keep_default_na=False, dtype={"commit": str})
