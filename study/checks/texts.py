"""Checks of talent, research, policies, problems and paths."""

from collections.abc import Iterator

from compendium.base.files import InputError
from compendium.data.checks import Table, TypedRow, requires_tables


@requires_tables("talent_guide", "talent_guide_coverage")
def guide_field_names_unique(guide: Table, coverage: Table) -> Iterator[InputError]:
    """A field of the guide has one name in either language."""
    names: dict[int, TypedRow] = {}
    for row in guide + coverage:
        first = names.setdefault(row["field_no"], row)
        for column in ("field_zh", "field_en"):
            if row[column] != first[column]:
                rule = f"field {row['field_no']} is named otherwise in {first.table}.csv {first.number}"
                yield row.fault(column, rule)
                return


@requires_tables("talent_statements")
def percentages_within_100(statements: Table) -> Iterator[InputError]:
    """A statement in per cent gives a part of a whole."""
    for row in statements:
        if row["unit"] == "%" and not 0 <= row["value_10k"] <= 100:
            yield row.fault("value_10k", "must lie between 0 and 100, as its unit is %")


@requires_tables("rd_intensity_china")
def implied_revisions_add_up(china: Table) -> Iterator[InputError]:
    """An implied revision is the next first published value less the next stated rise."""
    years = {row["year"]: row for row in china}
    for row in china:
        if row["implied_revision_pct"] is not None:
            after = years.get(row["year"] + 1)
            if after is None or after["stated_rise_pp"] is None:
                yield row.fault("implied_revision_pct", f"{row['year'] + 1} must give a first value and a stated rise")
                continue
            due = after["first_published_pct"] - after["stated_rise_pp"]
            if row["implied_revision_pct"] != due:
                yield row.fault("implied_revision_pct", f"must be {due}, as row {after.number} implies")


@requires_tables("rd_intensity_countries")
def country_groups_are_marked(countries: Table) -> Iterator[InputError]:
    """Groups of countries, and only they, are marked as aggregates."""
    for row in countries:
        if row["aggregate"] != (row["iso3"] in {"HIC", "WLD", "OED", "EUU"}):
            yield row.fault("aggregate", f"must be {str(not row['aggregate']).lower()} for {row['iso3']}")


@requires_tables("policy_documents")
def document_dates_fit_basis(documents: Table) -> Iterator[InputError]:
    """The dates of a document have the form its date basis says."""
    for row in documents:
        start, end, basis = row["date_start"], row["date_end"], row["date_basis"]
        if basis in ("day", "release"):
            good, rule = start is not None and start == end, "date_start and date_end must be the same day"
        elif basis == "not_after":
            good, rule = start is None and end is not None, "date_end only must be given"
        elif basis == "unknown":
            good, rule = start is None and end is None, "both dates must be empty"
        else:
            good, rule = None not in (start, end) and start < end, "date_start must be given and lie before date_end"
        if not good:
            yield row.fault("date_basis", f"with this basis {rule}")


@requires_tables("policy_documents")
def paper_documents_have_section(documents: Table) -> Iterator[InputError]:
    """A document has a section if and only if the paper refers to it."""
    for row in documents:
        if (row["named_in_paper"] == "context") == bool(row["paper_section"]):
            state = "empty" if row["named_in_paper"] == "context" else "given"
            yield row.fault("paper_section", f"must be {state} with named_in_paper {row['named_in_paper']}")


@requires_tables("target_outcomes", "policy_targets")
def target_outcomes_fit_values(outcomes: Table, targets: Table) -> Iterator[InputError]:
    """An outcome that is said to have reached its target is not below it, and not after its year without saying so; one
    that is said not to have reached it is below."""
    aims = {row["target_id"]: row for row in targets}
    for row in outcomes:
        aim, (said, value) = aims[row["target_id"]], (row["result"], row["value"])
        if value is None or not said.startswith(("reached", "not_reached")):
            continue
        due = f"{row['value']} against {aim['value']} of target {aim['target_id']}"
        if said.startswith("not_reached") != (value < aim["value"]):
            yield row.fault("result", f"must fit the value, {due}")
        elif said == "reached" and int(row["as_of"][:4]) > aim["target_year"]:
            yield row.fault("result", f"must say that it came late: as_of lies after {aim['target_year']}, {due}")


@requires_tables("problems_countermeasures")
def problem_items_are_coded(items: Table) -> Iterator[InputError]:
    """Problems, and only they, have a coverage, and a sub-item starts with the code of its parent."""
    for row in items:
        if (row["side"] == "problem") != bool(row["coverage"]):
            state = "given" if row["side"] == "problem" else "empty"
            yield row.fault("coverage", f"must be {state} for side {row['side']}")
        if row["parent_code"] and not row["code"].startswith(row["parent_code"]):
            yield row.fault("parent_code", f"must be the beginning of the code {row['code']}")


@requires_tables("problem_links", "problems_countermeasures")
def links_join_problem_and_remedy(links: Table, items: Table) -> Iterator[InputError]:
    """Links lead from a problem to a countermeasure."""
    sides = {row["code"]: row["side"] for row in items}
    for row in links:
        for column, side in (("problem_code", "problem"), ("countermeasure_code", "countermeasure")):
            if sides[row[column]] != side:
                yield row.fault(column, f"must be the code of a {side}")
