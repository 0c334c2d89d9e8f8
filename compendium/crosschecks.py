"""What must hold between rows and between tables: form, transcription and provenance, never agreement.

Every check is a small generator over whole tables that yields one InputError for each place that breaks it. A check may
compare a cell with its own printed form, a computed cell with what it is computed from, a share with the others of its
own source. Whether the paper agrees with a source or with itself, and sources with one another, is for the ledger.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import pandas as pd

from compendium.ledger.derived import evaluate
from compendium.ledger.evidence import LIST, Data, LedgerError
from compendium.tables import InputError

REMEDY = "correct the row that is wrong, note why in data/raw/CHANGES.md, then run `compendium data refresh`"


@dataclass(frozen=True)
class Row:
    """One typed row: `texts` are the cells as written, `values` the same by type with None for an empty cell."""

    table: str
    file: str
    number: int
    texts: dict[str, str]
    values: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def fault(self, column: str, rule: str, remedy: str = REMEDY) -> InputError:
        """Return the error that `column` of this row breaks `rule`."""
        return InputError(self.file, rule, remedy, self.number, column, self.texts[column])


Table = list[Row]
Check = Callable[..., Iterator[InputError]]
CHECKS: list[tuple[tuple[str, ...], Check]] = []


def needs(*tables: str) -> Callable[[Check], Check]:
    """Register a check that takes `tables`, in this order."""

    def register(check: Check) -> Check:
        CHECKS.append((tables, check))
        return check

    return register


def run(tables: dict[str, Table]) -> list[InputError]:
    """Return what the checks find in `tables`; a check is left out if a table of it is missing or already at fault."""
    sound = set(tables)
    problems = []
    for wanted, check in CHECKS:
        if sound.issuperset(wanted):
            try:
                found = list(check(*(tables[name] for name in wanted)))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                rule = f"the check {check.__name__} does not fit its columns ({type(error).__name__}: {error})"
                remedy = f"give the columns of {', '.join(wanted)} their former names and types in datapackage.json"
                found = [InputError(tables[wanted[0]][0].file, rule, remedy)]
            problems += found
            if found:
                sound -= set(wanted)
    return problems


# sources


@needs("sources")
def addresses_fit_trust(sources: Table) -> Iterator[InputError]:
    """Addresses of unsafe hosts are defanged, all others are not."""
    for row in sources:
        defanged = row["url"].startswith("hxxp")
        if defanged != (row["host_trust"] == "unsafe"):
            form = "an http(s) address" if defanged else "defanged, such as hxxp://example[.]com/"
            yield row.fault("url", f"with host_trust {row['host_trust']} the address must be {form}")


# claims

SCALES = {"万": 10**4, "亿": 10**8, "million": 10**6, "billion": 10**9}
PRINTED = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?) ?(万|亿|million|billion|(?:st|nd|rd|th)\b)?")


@needs("claims")
def claims_ascend(claims: Table) -> Iterator[InputError]:
    """Claim ids ascend; the number of a claim that was withdrawn stays free."""
    last = 0
    for row in claims:
        number = int(row["claim_id"][1:])
        if number <= last:
            yield row.fault("claim_id", f"ids must ascend, but Q{last:02d} stands above")
            return
        last = number


@needs("claims")
def claims_fit_text(claims: Table) -> Iterator[InputError]:
    """The values of a claim are those of its printed form: `63`, `5-10`, `>=18`, `99 / 46 = 2.15`, `first`."""
    for row in claims:
        result = row["value_text"].split("=")[-1].strip() if " = " in row["value_text"] else row["value_text"]
        found = [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", result)]
        low, high = row["value_low"], row["value_high"]
        if re.fullmatch(r"[\d.]+-[\d.]+", result):
            due, fits = result, [low, high] == found
        elif result.startswith((">", "<")):
            due = f"{result}, the other end empty"
            fits = [low, high] == ([found[0], None] if result.startswith(">") else [None, found[0]])
        elif found or result == "first":
            allowed = [*found, sum(found)] if found else [Decimal(1)]
            due = f"the same at both ends and one of {_join(allowed)}, or both empty"
            fits = low == high and (low in allowed or (low is None and " " in result))
        else:
            due, fits = "empty, as the statement is in words", low is None and high is None
        if not fits:
            column = "value_high" if low is not None and (low in found or high is None) else "value_low"
            yield row.fault(column, f"value_low and value_high must be {due}, as value_text {row['value_text']!r} says")


@needs("claims")
def claims_fit_print(claims: Table) -> Iterator[InputError]:
    """The values of a claim are among the numbers of its print in either language, or are their sum."""
    for row in claims:
        scale = SCALES.get(row["unit"].split()[0], 1)
        ends = {end * scale for end in (row["value_low"], row["value_high"]) if end is not None}
        for column in ("printed_zh", "printed_en"):
            found = printed_numbers(row[column])
            if found and not ends <= {*found, sum(found)}:
                values = " and ".join(f"{end:f}" for end in sorted(ends))
                yield row.fault(column, f"must print {values}, as value_low, value_high and unit say")
                return


def printed_numbers(text: str) -> list[Decimal]:
    """Return the numbers a text prints in digits, `750 万` and `7.5 million` in full, and 0 for `no`; no ordinals."""
    found = [
        Decimal(number.replace(",", "")) * SCALES.get(word, 1)
        for number, word in PRINTED.findall(text)
        if not word.endswith(("st", "nd", "rd", "th"))
    ]
    return [*found, Decimal(0)] if re.search(r"没有|\bno\b", text) else found


@needs("claim_items", "claims", "derived")
def items_of_claims(items: Table, claims: Table, derived: Table) -> Iterator[InputError]:
    """Items belong to a claim or a derived quantity, and are numbered from 1 within it."""
    known = {row["claim_id"] for row in claims} | {row["derived_id"] for row in derived}
    told: Counter[str] = Counter()
    for row in items:
        told[row["claim_id"]] += 1
        if row["claim_id"] not in known:
            yield row.fault("claim_id", "stands neither in claims.csv nor in derived.csv")
            return
        if row["position"] != told[row["claim_id"]]:
            yield row.fault("position", f"must be {told[row['claim_id']]}: items stand in order, numbered from 1")
            return


@needs("derived", "claims", "claim_items")
def derived_evaluate(derived: Table, claims: Table, items: Table) -> Iterator[InputError]:
    """Derived quantities name exactly the claims of their formula, and it has a value."""
    values = pd.DataFrame([{"claim_id": row["claim_id"], "value_low": row["value_low"]} for row in claims])
    listed = pd.DataFrame([{"claim_id": row["claim_id"]} for row in items])
    data = Data(known={"claims": values.astype({"value_low": float}), "claim_items": listed})
    for row in derived:
        named = set(re.findall(r"Q\d+", row["formula"]))
        if named != set((row["inputs"] or "").split(LIST)) - {""}:
            yield row.fault("inputs", f"must be {LIST.join(sorted(named)) or 'empty'}, the claims in the formula")
            continue
        try:
            value = evaluate(row["formula"], data)
        except LedgerError:
            value = math.nan
        if not math.isfinite(value):
            remedy = 'use + - * / **, ids of claims with a value, and items("Q02") for the number of items'
            yield row.fault("formula", "must be a formula over claims that has a value", remedy)


@needs("claim_evidence", "claims")
def evidence_of_claims(evidence: Table, claims: Table) -> Iterator[InputError]:
    """Evidence gives a value if and only if values are compared, and none is given for what cannot be tested."""
    testable = {row["claim_id"]: row["testable"] for row in claims}
    for row in evidence:
        compared = row["comparison"] == "value"
        if compared != (row["value"] is not None):
            yield row.fault("value", f"must be {'given' if compared else 'empty'} with comparison {row['comparison']}")
        elif row["value"] is None and row["value_high"] is not None:
            yield row.fault("value_high", "must be empty where value is")
        if not testable[row["claim_id"]]:
            rule = "must be a claim that is testable"
            yield row.fault("claim_id", rule, "delete the row, or set testable to true in claims.csv")


# pilots


@needs("pilot_batches")
def batches_preferred(batches: Table) -> Iterator[InputError]:
    """Each year with a final list has exactly one preferred row, and that row is final."""
    chosen: dict[int, Row] = {}
    for row in batches:
        if row["preferred"]:
            if row["stage"] != "final":
                yield row.fault("preferred", "only a row of stage final may be preferred")
            if row["year"] in chosen:
                yield row.fault("preferred", f"{row['year']} already has a preferred row, {chosen[row['year']].number}")
            chosen[row["year"]] = row
    for year in sorted({row["year"] for row in batches if row["stage"] == "final"} - set(chosen)):
        first = next(row for row in batches if row["year"] == year and row["stage"] == "final")
        yield first.fault("preferred", f"one final row of {year} must be preferred")


@needs("pilot_province_evidence", "provinces")
@needs("pilot_projects", "provinces")
@needs("pilot_orders", "provinces")
@needs("province_covariates", "provinces")
def names_fit_codes(rows: Table, provinces: Table) -> Iterator[InputError]:
    """Provinces stand under the names of their codes; the first row of each that does not is told."""
    names = {row["adcode"]: row["province_zh"] for row in provinces}
    told = set()
    for row in rows:
        code = row["adcode"]
        if row["province_zh"] != names[code] and code not in told:
            told.add(code)
            yield row.fault("province_zh", f"must be {names[code]}, the province of adcode {code} in provinces.csv")


@needs("pilot_province_evidence", "provinces")
def evidence_bounds(evidence: Table, provinces: Table) -> Iterator[InputError]:
    """Each row bounds a province of the study, and a city bounds its province from below only."""
    study = {row["adcode"] for row in provinces if row["in_study"]}
    for row in evidence:
        if row["lower"] is None and row["upper"] is None:
            yield row.fault("lower", "lower or upper must be given")
        if row["adcode"] not in study:
            yield row.fault("adcode", "must be a province of the study")
        if row["city"] and row["upper"] is not None:
            yield row.fault("upper", "must be empty in a row on a city")


@needs("pilot_province_evidence", "pilot_batches")
def evidence_periods(evidence: Table, batches: Table) -> Iterator[InputError]:
    """Periods of the evidence begin and end with a batch."""
    yield from _years(evidence, ("period_start", "period_end"), batches)


@needs("pilot_projects", "pilot_batches")
def project_years(projects: Table, batches: Table) -> Iterator[InputError]:
    """Years of the projects are years of batches."""
    yield from _years(projects, ("year_start", "year_end"), batches)


def _years(rows: Table, columns: tuple[str, str], batches: Table) -> Iterator[InputError]:
    years = {row["year"] for row in batches}
    for row in rows:
        for column in columns:
            if row[column] not in years:
                yield row.fault(column, f"pilot_batches.csv has no batch of {row[column]}")


@needs("pilot_projects", "pilot_province_evidence")
def cities_in_one_province(projects: Table, evidence: Table) -> Iterator[InputError]:
    """A city lies in one province."""
    homes: dict[str, Row] = {}
    for row in evidence + projects:
        if row["city"]:
            first = homes.setdefault(row["city"], row)
            if first["adcode"] != row["adcode"]:
                yield row.fault("city", f"lies in {first['province_zh']} by {first.table}.csv row {first.number}")


@needs("pilot_projects")
def projects_once(projects: Table) -> Iterator[InputError]:
    """A project of a named enterprise is listed once."""
    seen: dict[tuple, Row] = {}
    for row in projects:
        if row["enterprise"]:
            first = seen.setdefault((row["adcode"], row["enterprise"], row["project"]), row)
            if first is not row:
                yield row.fault("enterprise", f"the same project stands in row {first.number}")


@needs("pilot_orders", "pilot_lists")
def orders_of_lists(orders: Table, lists: Table) -> Iterator[InputError]:
    """The order of provinces in a list has the year and stage of the list."""
    known = {row["list_id"]: row for row in lists}
    for row in orders:
        for column in ("year", "stage"):
            due = known[row["list_id"]]
            if row[column] != due[column]:
                yield row.fault(column, f"must be {due[column]}, as pilot_lists.csv row {due.number} says")


# provinces

OUTSIDE = {710000, 810000, 820000}
REGIONS = {"east": 10, "central": 6, "west": 12, "northeast": 3}


@needs("provinces")
def provinces_in_study(provinces: Table) -> Iterator[InputError]:
    """All provinces but Taiwan, Hong Kong and Macau are in the study."""
    for row in provinces:
        if row["in_study"] == (row["adcode"] in OUTSIDE):
            yield row.fault("in_study", "must be false for Taiwan, Hong Kong and Macau and true for all others")


@needs("provinces")
def provinces_on_tiles(provinces: Table) -> Iterator[InputError]:
    """No two provinces share a tile."""
    seen: dict[tuple, Row] = {}
    for row in provinces:
        first = seen.setdefault((row["tile_row"], row["tile_col"]), row)
        if first is not row:
            yield row.fault("tile_col", f"the tile is taken by {first['province_en']} in row {first.number}")


@needs("provinces")
def provinces_in_clusters(provinces: Table) -> Iterator[InputError]:
    """Regions and clusters are given inside the study only, and a named cluster equals the broad one."""
    for row in provinces:
        for column in ("cluster_broad", "region4"):
            if bool(row[column]) != row["in_study"]:
                yield row.fault(
                    column, f"must be {'given' if row['in_study'] else 'empty'} with in_study {row.texts['in_study']}"
                )
        if row["cluster_named"] and row["cluster_named"] != row["cluster_broad"]:
            yield row.fault("cluster_named", f"must be empty or equal to cluster_broad, {row['cluster_broad']}")


@needs("provinces")
def provinces_by_region(provinces: Table) -> Iterator[InputError]:
    """The four official regions have the number of provinces they have by definition."""
    counts = Counter(row["region4"] for row in provinces if row["in_study"])
    wrong = [f"{name} {counts[name]} instead of {size}" for name, size in REGIONS.items() if counts[name] != size]
    if wrong:
        yield InputError(provinces[0].file, f"provinces by region4: {_join(wrong)}", REMEDY, column="region4")


@needs("province_covariates", "provinces")
def covariates_of_provinces(covariates: Table, provinces: Table) -> Iterator[InputError]:
    """Every year has one row for each province of the study."""
    study = {row["adcode"]: row["province_zh"] for row in provinces if row["in_study"]}
    for year in sorted({row["year"] for row in covariates}):
        rows = {row["adcode"]: row for row in covariates if row["year"] == year}
        for adcode in sorted(set(rows) - set(study)):
            yield rows[adcode].fault("adcode", "must be a province of the study")
        lost = [name for adcode, name in study.items() if adcode not in rows]
        if lost:
            yield InputError(covariates[0].file, f"{year} has no row for {_join(lost)}", REMEDY, column="adcode")


@needs("province_covariates")
def value_added_computed(covariates: Table) -> Iterator[InputError]:
    """The value added of the secondary industry is computed: its share times GDP, within rounding."""
    for row in covariates:
        added = row["secondary_share_prelim"] * row["gdp_prelim_100m_yuan"]
        if abs(added - row["secondary_va_prelim_100m_yuan"]) > Decimal("0.06"):
            yield row.fault("secondary_va_prelim_100m_yuan", f"secondary share times preliminary GDP is {added:.1f}")


@needs("covariate_sources", "province_covariates", "provinces")
def covariates_described(described: Table, covariates: Table, provinces: Table) -> Iterator[InputError]:
    """Every covariate is described, and every description names a column that exists."""
    columns = {"province_covariates.csv": list(covariates[0].values), "provinces.csv": list(provinces[0].values)}
    known = {(row["table"], row["column"]) for row in described}
    for row in described:
        if row["column"] not in columns[row["table"]]:
            yield row.fault("column", f"{row['table']} has no such column")
    identity = ("adcode", "province_zh", "year")
    for column in columns["province_covariates.csv"]:
        if column not in identity and ("province_covariates.csv", column) not in known:
            rule = f"must describe column {column} of province_covariates.csv"
            yield InputError(described[0].file, rule, REMEDY, column="column", value=column)


# maturity


@needs("maturity_levels")
def shares_close(levels: Table) -> Iterator[InputError]:
    """The levels of one source add up to 100 and to the groups it gives, as far as it gives them.

    Sums are exact, unless the source rounds its shares. What the paper prints is taken as it is: its sum is judged.
    """
    groups: dict[tuple, dict[str, Row]] = defaultdict(dict)
    for row in levels:
        if row["source_id"] != "paper":
            groups[row["scope"], row["year"], row["source_id"]][row["level_class"]] = row
    for part in groups.values():
        yield from islice(_share_faults(part), 1)


def _share_faults(part: dict[str, Row]) -> Iterator[InputError]:
    yield from _adds_up(part, ["le1" if "le1" in part else "1", "2", "3", "ge4"], 100)
    for whole, classes in (("le1", ["lt1", "1"]), ("ge2", ["2", "3", "ge4"])):
        if whole in part:
            yield from _adds_up(part, classes, part[whole]["share_pct"], part[whole])
    yield from _adds_up(part, ["le1", "ge2"], 100)


def _adds_up(
    part: dict[str, Row], classes: list[str], due: Decimal | int, whole: Row | None = None
) -> Iterator[InputError]:
    if not set(classes) <= set(part):
        return
    rows = [part[name] for name in classes]
    total = sum(row["share_pct"] for row in rows)
    slack = 0
    if any(row["rounded"] for row in part.values()):
        digits = min(-row["share_pct"].as_tuple().exponent for row in rows)
        slack = Decimal("0.5").scaleb(-digits) * (len(rows) + (whole is not None))
    if abs(total - due) > slack:
        where = ", ".join(str(row.number) for row in rows)
        remedy = "correct the wrong share, or set rounded to true in its row if the source rounds"
        yield (whole or rows[0]).fault("share_pct", f"rows {where} add up to {total}, not {due}", remedy)


@needs("maturity_levels")
def firms_fit_text(levels: Table) -> Iterator[InputError]:
    """The number of firms is the one printed, where it is printed in digits."""
    for row in levels:
        digits = re.sub(r"\D", "", row["firms_text"] or "")
        if digits and row["firms_lower"] != int(digits):
            yield row.fault("firms_lower", f"must be {digits}, as firms_text {row['firms_text']!r} says")


@needs("maturity_levels", "maturity_samples")
def shares_from_counts(levels: Table, samples: Table) -> Iterator[InputError]:
    """Shares for which the same source gives exact counts agree with the counts within 0.05."""
    counts = {(row["scope"], row["year"], row["source_id"], row["measure"]): row for row in samples if row["exact"]}
    for row in levels:
        key = (row["scope"], row["year"], row["source_id"])
        if row["level_class"] == "ge2":
            yield from _is_share(
                row, "share_pct", counts.get((*key, "firms_ge2")), counts.get((*key, "firms_assessed"))
            )
    for row in samples:
        key = (row["year"], row["source_id"], "firms_assessed")
        if row["measure"] == "share_of_national":
            yield from _is_share(row, "value", counts.get((row["scope"], *key)), counts.get(("national", *key)))


def _is_share(row: Row, column: str, part: Row | None, whole: Row | None) -> Iterator[InputError]:
    if not (part and whole and whole["value"]):
        return
    share = 100 * part["value"] / whole["value"]
    if abs(share - row[column]) >= Decimal("0.05"):
        yield row.fault(column, f"maturity_samples.csv rows {part.number} and {whole.number} give {share:.2f} %")


@needs("maturity_levels", "maturity_samples")
def derived_shares_have_parts(levels: Table, samples: Table) -> Iterator[InputError]:
    """A derived share can be derived: from other levels of its source or from exact counts."""
    groups = defaultdict(set)
    for row in levels:
        groups[row["scope"], row["year"], row["source_id"]].add(row["level_class"])
    exact = [row for row in samples if row["exact"] and row["measure"] == "firms_ge2"]
    counted = {(row["scope"], row["year"], row["source_id"]) for row in exact}
    for row in levels:
        key = (row["scope"], row["year"], row["source_id"])
        others = groups[key] - {row["level_class"]}
        by_count = row["level_class"] == "ge2" and key in counted
        by_level = len(others) > 1 or (row["level_class"] == "le1" and "ge2" in others)
        if row["basis"] == "derived" and not (by_count or by_level):
            yield row.fault("basis", "the shares or exact counts it is derived from are missing")


@needs("maturity_industries")
def places_in_order(industries: Table) -> Iterator[InputError]:
    """Industries that a source prints in order stand in it, numbered from 1."""
    told: Counter[tuple] = Counter()
    for row in industries:
        if row["position"] is not None:
            order = (row["scope"], row["year"], row["measure"], row["source_id"])
            told[order] += 1
            if row["position"] != told[order]:
                yield row.fault("position", f"must be {told[order]}: the industries stand in the order of the source")
                return


@needs("maturity_standard")
def editions_complete(standard: Table) -> Iterator[InputError]:
    """Every edition has the levels 1 to 5."""
    levels = defaultdict(list)
    for row in standard:
        levels[row["edition"]].append(row["level"])
    for edition, found in levels.items():
        if sorted(found) != [1, 2, 3, 4, 5]:
            rule = f"edition {edition} must have levels 1 to 5, not {_join(sorted(found))}"
            yield InputError(standard[0].file, rule, REMEDY, column="level")


# talent


@needs("talent_guide", "talent_guide_coverage")
def fields_named(guide: Table, coverage: Table) -> Iterator[InputError]:
    """A field of the guide has one name in either language."""
    names: dict[int, Row] = {}
    for row in guide + coverage:
        first = names.setdefault(row["field_no"], row)
        for column in ("field_zh", "field_en"):
            if row[column] != first[column]:
                yield row.fault(
                    column, f"field {row['field_no']} is named otherwise in {first.table}.csv {first.number}"
                )
                return


@needs("talent_statements")
def rates_within_hundred(statements: Table) -> Iterator[InputError]:
    """A statement in per cent gives a part of a whole."""
    for row in statements:
        if row["unit"] == "%" and not 0 <= row["value_10k"] <= 100:
            yield row.fault("value_10k", "must lie between 0 and 100, as its unit is %")


# research


@needs("rd_intensity_china")
def revisions_follow(china: Table) -> Iterator[InputError]:
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


@needs("rd_intensity_countries")
def aggregates_marked(countries: Table) -> Iterator[InputError]:
    """Groups of countries, and only they, are marked as aggregates."""
    for row in countries:
        if row["aggregate"] != (row["iso3"] in {"HIC", "WLD", "OED", "EUU"}):
            yield row.fault("aggregate", f"must be {str(not row['aggregate']).lower()} for {row['iso3']}")


# policy


@needs("policy_documents")
def dates_fit_basis(documents: Table) -> Iterator[InputError]:
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


@needs("policy_documents")
def documents_have_section(documents: Table) -> Iterator[InputError]:
    """A document has a section if and only if the paper refers to it."""
    for row in documents:
        if (row["named_in_paper"] == "context") == bool(row["paper_section"]):
            state = "empty" if row["named_in_paper"] == "context" else "given"
            yield row.fault("paper_section", f"must be {state} with named_in_paper {row['named_in_paper']}")


@needs("problems_countermeasures")
def items_coded(items: Table) -> Iterator[InputError]:
    """Problems, and only they, have a coverage, and a sub-item starts with the code of its parent."""
    for row in items:
        if (row["side"] == "problem") != bool(row["coverage"]):
            yield row.fault(
                "coverage", f"must be {'given' if row['side'] == 'problem' else 'empty'} for side {row['side']}"
            )
        if row["parent_code"] and not row["code"].startswith(row["parent_code"]):
            yield row.fault("parent_code", f"must be the beginning of the code {row['code']}")


@needs("problem_links", "problems_countermeasures")
def links_answer(links: Table, items: Table) -> Iterator[InputError]:
    """Links lead from a problem to a countermeasure."""
    sides = {row["code"]: row["side"] for row in items}
    for row in links:
        for column, side in (("problem_code", "problem"), ("countermeasure_code", "countermeasure")):
            if sides[row[column]] != side:
                yield row.fault(column, f"must be the code of a {side}")


def _join(things: Iterable) -> str:
    return ", ".join(map(str, things))
