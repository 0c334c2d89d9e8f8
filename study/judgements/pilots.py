"""Pilot projects, section 2.2: the action, its modes, the batches, running totals, the target of 100."""

from dataclasses import replace

import pandas as pd

from compendium.base.texts import (
    NOTHING,
    SEMICOLON,
    SENTENCE,
    SLASH,
    TranslatedText,
    catalogue,
    each,
    join_texts,
    make_bilingual_text,
    of,
)
from compendium.ledger.evidence import (
    EvidenceTables,
    cache_until_tables_change,
    compute_grade_and_trust,
    drop_paper_based_rows,
    join_rows,
    rank_source_quality,
)
from compendium.ledger.missing_evidence import explain_missing_evidence
from compendium.ledger.readings import by_reading
from compendium.ledger.rules import Judged, Part, attested, missing, parts, printed, recomputed
from study.judgements.registry import judges

text = catalogue("study/pilots")
BATCHES = ("Q14", "Q15", "Q16", "Q17")


@cache_until_tables_change
def count_projects_by_list(data: EvidenceTables) -> pd.DataFrame:
    """Return the final lists that were obtained in full, each with the number of projects counted in it."""
    lists = data("pilot_lists")
    lists = lists[lists["complete"] & (lists["stage"] == "final")]
    counts = data("pilot_projects")["list_id"].value_counts()
    return lists.assign(projects=lists["list_id"].map(counts).fillna(0).astype(int), preferred=True)


@cache_until_tables_change
def list_printed_batch_sizes(data: EvidenceTables) -> pd.DataFrame:
    """Return what sources outside the paper print on the sizes of batches; a list obtained in full replaces reports."""
    rows, lists = drop_paper_based_rows(data("pilot_batches")), count_projects_by_list(data)
    replaced = (rows["stage"] == "final") & rows["year"].isin(lists["year"])
    return pd.concat([lists, rows[(rows["basis"] == "seen") & rows["projects"].notna() & ~replaced]])


@cache_until_tables_change
def list_final_batch_sizes(data: EvidenceTables) -> pd.DataFrame:
    """Return the sizes of final lists, by year and the preferred source first."""
    rows = list_printed_batch_sizes(data)
    rows = rows[rows["stage"] == "final"]
    return rows.sort_values(["year", "preferred"], ascending=[True, False], kind="stable")


@cache_until_tables_change
def list_final_or_notice_sizes(data: EvidenceTables) -> pd.DataFrame:
    """Return one size for each year: that of the final list, or of the public notice where no list is printed."""
    rows = list_printed_batch_sizes(data)
    notices = rows[rows["stage"] == "public_notice"].sort_values("projects", ascending=False, kind="stable")
    return pd.concat([list_final_batch_sizes(data), notices]).drop_duplicates("year").sort_values("year", kind="stable")


@cache_until_tables_change
def list_running_totals(data: EvidenceTables) -> pd.DataFrame:
    """Return the running totals that sources outside the paper print or that follow from one of them."""
    return drop_paper_based_rows(data("pilot_cumulative"))


def list_projects_if_complete(first_year: int, last_year: int, data: EvidenceTables) -> pd.DataFrame:
    """Return the projects of all batches from `first_year` to `last_year`, if the list of every one was obtained in
    full."""
    lists = count_projects_by_list(data)
    batches = pd.concat([data("pilot_lists")["year"], data("pilot_batches")["year"]])
    wanted = set(batches[batches.between(first_year, last_year)])
    projects = data("pilot_projects")
    return projects[projects["list_id"].isin(lists["list_id"])] if wanted <= set(lists["year"]) else projects.head(0)


def make_source_quality_key(rows: pd.DataFrame, by_best_row: bool, data: EvidenceTables) -> tuple[bool, bool, str]:
    """Return the order of preference of `rows`, as good as their best row or as their worst."""
    grade, trust = compute_grade_and_trust(rows, by_best_row, data)
    return rank_source_quality((trust == "unsafe", grade))


def select_best_sourced_row(rows: pd.DataFrame, data: EvidenceTables) -> pd.DataFrame:
    """Return the row with the best source, as a frame."""
    order = sorted(range(len(rows)), key=lambda place: make_source_quality_key(rows.iloc[[place]], True, data))
    return rows.iloc[order[:1]]


@cache_until_tables_change
def list_best_running_totals(data: EvidenceTables) -> pd.Series:
    """Return the running totals by year, each as its best source has it."""
    found = [select_best_sourced_row(rows, data) for _, rows in list_running_totals(data).groupby("through_year")]
    return pd.concat(found).set_index("through_year")["projects"]


def find_totals_around_batch(year: int, data: EvidenceTables) -> pd.DataFrame:
    """Return the two running totals whose difference is the batch of `year`, the first alone, or an empty frame."""
    first = list_final_batch_sizes(data).rename(columns={"year": "through_year"})
    first = first[first["through_year"] == first["through_year"].min()]
    known = list_running_totals(data)
    ends = []
    alone = year == known["through_year"].min() == min(int(data.claim(name)["year_start"]) for name in BATCHES)
    for end in (year,) if alone else (year - 1, year):
        rows = known[known["through_year"] == end]
        ends.append(select_best_sourced_row(first[first["through_year"] == end] if rows.empty else rows, data))
    return pd.concat(ends) if all(len(rows) for rows in ends) else known.head(0)


def choose_batch_size_rule(listed: pd.DataFrame, pair: pd.DataFrame, data: EvidenceTables) -> str:
    """Return the rule that tells the size of a batch best: by its list, or by two running totals."""
    counted = listed["list_id"].notna().any() if "list_id" in listed else False
    if (
        pair.empty
        or counted
        or (
            not listed.empty
            and make_source_quality_key(listed, True, data) <= make_source_quality_key(pair, False, data)
        )
    ):
        return "printed"
    return "recomputed"


def compute_batch_size(rule: str, rows: pd.DataFrame) -> int:
    """Return the size of a batch that `choose_batch_size_rule` tells."""
    return int(rows["projects"].iloc[0] if rule == "printed" or len(rows) == 1 else rows["projects"].diff().iloc[-1])


@cache_until_tables_change
def compute_batch_sizes(data: EvidenceTables) -> pd.Series:
    """Return the size of every batch of which rows tell, by year."""
    lists, found = list_final_batch_sizes(data), {}
    for year in sorted({*list_printed_batch_sizes(data)["year"], *list_running_totals(data)["through_year"]}):
        listed, pair = lists[lists["year"] == year], find_totals_around_batch(year, data)
        rule = choose_batch_size_rule(listed, pair, data)
        if len(rows := listed if rule == "printed" else pair):
            found[year] = compute_batch_size(rule, rows)
    return pd.Series(found, name="projects", dtype=int)


def join_distinct_numbers(values: pd.Series) -> TranslatedText:
    """Return the different numbers of a column as text: `97 / 98`."""
    return join_texts((f"{value:.0f}" for value in sorted(set(values.dropna()))), SLASH, make_bilingual_text("–", "–"))


@judges("Q10")
def judge_pilot_start_year(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The year of the first central document on the pilots whose day is known, and the year that pages print."""
    documents, said = data("policy_documents"), data.evidence(claim["claim_id"])
    central = documents["on_pilots"] & (documents["level"] == "central")
    dated = documents[central & (documents["date_basis"] == "day")]
    first = dated[dated["date_start"] == dated["date_start"].min()]
    years = [*first["date_start"].dt.year, *said["value"]]
    one_year = said["differs_in"].eq("") & said["value_high"].isna()  # a page that prints two years settles neither
    alike = [True] * len(first) + one_year.tolist()
    told = [*(text("start-copies", day=day) for day in first["date_start"].unique()), *each(said, "says")]
    return printed(claim, [first, said], years, data, alike).told(join_texts(told, SENTENCE), said)


@judges("Q11")
def judge_pilot_modes(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The modes that sources print for each year: whether they cover most projects, and whether every year."""
    rows = drop_paper_based_rows(data("pilot_batches"))
    known = rows[(rows["basis"] == "seen") & rows["categories"].notna()].sort_values("year", kind="stable")
    number, paper = data.value("Q11"), data.value("Q12")
    found = {year: Part(bool((group["categories"] == number).all()), group) for year, group in known.groupby("year")}
    printed_counts = (
        text("modes-year", year=y, n=join_distinct_numbers(part.rows["categories"])) for y, part in found.items()
    )
    silent = join_texts(sorted(set(rows["year"]) - set(found)), empty=text("none"))
    counts = text("modes", counts=join_texts(printed_counts, SEMICOLON), silent=silent)
    under = [part.rows for part in found.values() if part.holds]
    batches = compute_batch_sizes(data)
    covered = batches[batches.index.isin([y for y, part in found.items() if part.holds])].sum()
    most = paper - batches[batches.index.isin([y for y, part in found.items() if not part.holds])].sum()
    action = recomputed(claim, True if 2 * covered > paper else None, under)
    if 2 * most <= paper:
        action = recomputed(claim, False, [part.rows for part in found.values() if not part.holds])
    named = {"whole_action": action.told(text("modes-most", n=covered, most=most, paper=paper))}
    named["every_year"] = parts(list(found.values())).told(counts)
    return replace(by_reading(claim, named, data), levers="categories")


@judges(*BATCHES)
def judge_batch_size(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The size of a final list: its own size, or the difference of running totals where that is better evidence."""
    year, printings = int(claim["year_start"]), list_printed_batch_sizes(data)
    listed, pair = list_final_batch_sizes(data), find_totals_around_batch(year, data)
    listed = listed[listed["year"] == year]
    if listed.empty and pair.empty:
        return missing("printed")
    rule = choose_batch_size_rule(listed, pair, data)
    notices = printings[(printings["stage"] == "public_notice") & (printings["year"] == year)]
    means = [] if listed.empty else [text("batch-list", n=join_distinct_numbers(listed["projects"]))]
    if len(pair) == 1:
        means.append(text("batch-inferred", n=compute_batch_size("recomputed", pair)))
    elif not pair.empty:
        before, after = pair["projects"]
        means.append(text("batch-totals", before=before, after=after, n=compute_batch_size("recomputed", pair)))
    if rule == "printed":
        found = printed(claim, listed, listed["projects"], data)
    else:
        found, means = recomputed(claim, compute_batch_size(rule, pair), pair), means[::-1]
    told = [text("batch", year=year, means=join_texts(means, ("，", ", ")))]
    told += [
        text("batch-no-notice") if notices.empty else text("batch-notice", n=join_distinct_numbers(notices["projects"]))
    ]
    if rule == "recomputed" and not listed.empty:
        told += [text("batch-by-list", grade=compute_grade_and_trust(listed, True, data)[0])]
    beside = join_rows([found.beside, listed, pair, notices])
    return replace(found, reason=join_texts(told, SENTENCE), beside=beside, levers="projects")


@judges("Q12")
def judge_pilot_total(claim: pd.Series, data: EvidenceTables) -> Judged:
    """All lists counted if they were obtained, else the last running total with later batches, and what is said."""
    first, deadline = int(claim["year_start"]), int(claim["year_end"])
    projects = list_projects_if_complete(first, deadline, data)
    if not projects.empty:
        return recomputed(claim, len(projects), projects).told(text("total-listed", n=len(projects)))
    known, lists = list_running_totals(data), list_final_or_notice_sizes(data)
    known = known[known["through_year"] <= deadline]
    latest = known[known["through_year"] == known["through_year"].max()]
    through = int(latest["through_year"].iloc[0]) if len(latest) else first - 1
    later = lists[lists["year"].between(through + 1, deadline)]
    said = data.evidence(claim["claim_id"])
    if later.empty:
        values = [*latest["projects"], *said["value"]]
        found = printed(claim, [latest, said], values, data, [True] * len(values))
    else:
        start = select_best_sourced_row(latest, data)
        found = recomputed(claim, int(start["projects"].sum() + later["projects"].sum()), [start, later])
    batches = join_texts(text("total-batch", n=r.projects, year=r.year) for r in later.itertuples())
    added = NOTHING if later.empty else text("total-added", batches=batches, n=found.computed)
    totals = join_distinct_numbers(latest["projects"])
    totalled: dict[str, object] = {"through": through, "n": len(latest), "totals": totals}
    totalled |= {"added": added, "deadline": deadline, "paper": data.value("Q12")}
    return found.told(join_texts([text("total", **totalled), of(said, "says", SENTENCE)], SENTENCE), levers="projects")


@judges("Q13")
def judge_pilot_industries(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The industries of the last running total that gives them; if batches followed, it held at another time."""
    deadline = int(claim["year_end"])
    rows, lists = list_running_totals(data).dropna(subset="industries"), list_final_or_notice_sizes(data)["year"]
    rows = rows[rows["through_year"] == rows["through_year"].max()]
    last = lists[lists <= deadline].max()
    found = printed(claim, rows, rows["industries"].astype(int), data, alike=~(rows["through_year"] < last))
    through, numbers = join_distinct_numbers(rows["through_year"]), join_distinct_numbers(rows["industries"])
    reason = text(
        "industries", n=len(rows), through=through, numbers=numbers, last=join_distinct_numbers(lists[lists == last])
    )
    return found.told(reason, levers="industries")


@judges("Q20")
def judge_pilot_firms(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The enterprises counted in the lists if all were obtained, else where a running total gives their number."""
    projects = list_projects_if_complete(int(claim["year_start"]), int(claim["year_end"]), data)
    if not projects.empty:
        number = projects["enterprise"].nunique()
        return recomputed(claim, number, projects).told(text("firms-listed", projects=len(projects), n=number))
    rows = list_running_totals(data).dropna(subset="enterprises")
    if rows.empty:
        return missing("printed").told(
            join_texts([text("firms-unread"), explain_missing_evidence(claim, data)[1]], SENTENCE)
        )
    found = printed(claim, rows, rows["enterprises"], data)
    return found.told(text("firms", numbers=join_distinct_numbers(rows["enterprises"])))


@judges("Q97")
def judge_industry_leaders(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Judged by what is said of it; the lists name who leads a project, not who leads an industry."""
    found, lists = attested(claim, data), data.records(claim["claim_id"])
    if found.agreement != "none" or lists.empty:
        return found
    return missing("printed").told(text("leading", n=len(lists)))


def list_other_pilot_targets(data: EvidenceTables) -> pd.DataFrame:
    """Return the targets of pilot enterprises, or of projects in another period, which are not the paper's target."""
    rows = drop_paper_based_rows(data("policy_targets"))
    return rows[rows["kind"].eq("target") & rows["quantity"].isin(["pilot_enterprises", "pilot_projects"])]


@judges("Q22")
def judge_pilot_target(claim: pd.Series, data: EvidenceTables) -> Judged:
    """A target of pilot projects up to the end of the plan; else the same number of enterprises, or to another year.

    Where the only targets that are known have other numbers, the paper's is not theirs.
    """
    rows, year = drop_paper_based_rows(data("policy_targets")), int(claim["year_end"])
    rows = rows[rows["kind"] == "target"]
    aims = rows[(rows["unit"] == claim["unit"]) & (rows["target_year"] == year)]
    if aims.empty:
        near, said = list_other_pilot_targets(data), attested(claim, data)
        found = printed(claim, near, near["value"], data, [False] * len(near))
        found = found if found.agreement != "none" else printed(claim, near, near["value"], data)
        if near.empty:
            found = said if said.agreement != "none" else missing("printed")
        unread = explain_missing_evidence(claim, data)[1] if found.agreement == "none" else NOTHING
        like = [
            text("target-like", measure=of(row, "measure"), year=row["target_year"], n=row["value"])
            for _, row in near.iterrows()
        ]
        other = text("target-other", like=join_texts(like, SEMICOLON, empty=text("none")))
        told = join_texts([text("target-none", year=year), other, said.reason, unread], SENTENCE)
        return found.told(told, data.evidence(claim["claim_id"]))
    return printed(claim, aims, aims["value"], data).told(
        text("target", year=year, numbers=join_distinct_numbers(aims["value"]))
    )


@judges("Q164")
def judge_target_exceeded(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The projects against the paper's target, which is read as one of enterprises, and against one of projects."""
    rows, lists = drop_paper_based_rows(data("policy_targets")), list_final_or_notice_sizes(data)
    aims = rows[(rows["kind"] == "target") & (rows["quantity"] == "pilot_projects")]
    if aims.empty or lists.empty:
        return missing("printed")
    aim, first = aims["value"].max(), lists["year"].min()
    every, later = lists["projects"].sum(), lists.loc[lists["year"] > first, "projects"].sum()
    own = data.value("Q22")
    said: dict[str, object] = {"every": every, "first": first, "later": later, "own": own}
    said |= {"times_own": every / own, "until": join_distinct_numbers(aims["target_year"]), "aim": aim}
    said |= {"least": later / aim, "most": every / aim}
    near, told = list_other_pilot_targets(data), text("beyond", **said)
    near = near[near["value"] == own]
    if near.empty or every <= own:
        return Judged("printed", "related", aims, [bool(later > aim)]).told(told)
    found = Judged("printed", "relabelled", join_rows([near, aims, lists]), [True])
    first = near.iloc[0]
    other = text("target-like", measure=of(first, "measure"), year=first["target_year"], n=first["value"])
    return found.told(join_texts([told, text("beyond-like", like=other)], SENTENCE))
