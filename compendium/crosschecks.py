"""What must hold between rows and between tables: the arithmetic of the evidence.

Every check is a small generator over whole tables that yields one InputError for each place that breaks it. Checks
speak of relations, not of today's numbers, so that new batches, years and shares may be added.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

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

# Claims that follow from other claims: claim, claims it follows from, formula, decimals it is printed with.


def _claims(claims: Table, ids: Iterable[str]) -> list[Row]:
    """Return the claims with these ids; an id that is missing or has no value is left out."""
    rows = {row["claim_id"]: row for row in claims}
    return [rows[id_] for id_ in ids if id_ in rows and rows[id_]["value_low"] is not None]


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


# pilots


def _preferred(batches: Table) -> dict[int, Row]:
    return {row["year"]: row for row in batches if row["preferred"]}


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


def _names(rows: Table, provinces: Table) -> Iterator[InputError]:
    """Yield the first row of each province whose name is not that of its code."""
    names = {row["adcode"]: row["province_zh"] for row in provinces}
    told = set()
    for row in rows:
        code = row["adcode"]
        if row["province_zh"] != names[code] and code not in told:
            told.add(code)
            yield row.fault("province_zh", f"must be {names[code]}, the province of adcode {code} in provinces.csv")


@needs("pilot_province_evidence", "provinces")
def evidence_names(evidence: Table, provinces: Table) -> Iterator[InputError]:
    """Province names of the evidence fit the codes."""
    yield from _names(evidence, provinces)


@needs("pilot_projects", "provinces")
def project_names(projects: Table, provinces: Table) -> Iterator[InputError]:
    """Province names of the projects fit the codes."""
    yield from _names(projects, provinces)


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


Span = tuple[int, int, int]


def _span(row: Row) -> Span:
    return row["adcode"], row["period_start"], row["period_end"]


def _caps(evidence: Table) -> list[Row]:
    """Return for each span and kind of count the row with the lowest upper bound."""
    caps: dict[tuple, Row] = {}
    for row in sorted(evidence, key=lambda row: row.number):
        if row["upper"] is not None:
            key = (_span(row), row["counts"])
            if key not in caps or row["upper"] < caps[key]["upper"]:
                caps[key] = row
    return list(caps.values())


def _floors(evidence: Table, cap: str = "project") -> dict[Span, Row]:
    """Return for each span the row with the highest lower bound that a cap of this kind has to respect.

    A cap on enterprises says nothing about projects, since one firm may run several.
    """
    floors: dict[Span, Row] = {}
    for row in evidence:
        if row["lower"] is not None and (cap == "project" or row["counts"] == "enterprise"):
            best = floors.get(_span(row))
            if best is None or row["lower"] > best["lower"]:
                floors[_span(row)] = row
    return floors


@needs("pilot_province_evidence")
def evidence_agrees(evidence: Table) -> Iterator[InputError]:
    """No lower bound lies above an upper bound of the same province and period."""
    for cap in _caps(evidence):
        floor = _floors(evidence, cap["counts"]).get(_span(cap))
        if floor and floor["lower"] > cap["upper"]:
            yield floor.fault("lower", f"must not exceed the upper bound {cap['upper']} in row {cap.number}")


@needs("pilot_province_evidence")
def evidence_of_years(evidence: Table) -> Iterator[InputError]:
    """Yearly lower bounds of a province do not add up to more than an upper bound on the whole period."""
    for cap in _caps(evidence):
        adcode, start, end = _span(cap)
        floors = _floors(evidence, cap["counts"])
        parts = [floors[adcode, year, year] for year in range(start, end + 1) if (adcode, year, year) in floors]
        total = sum(part["lower"] for part in parts)
        if total > cap["upper"]:
            where = ", ".join(str(part.number) for part in parts)
            yield cap.fault("upper", f"must be at least {total}, the sum of the yearly lower bounds in rows {where}")


@needs("pilot_province_evidence", "pilot_batches", "provinces")
def evidence_fits_batches(evidence: Table, batches: Table, provinces: Table) -> Iterator[InputError]:
    """Over all provinces, lower bounds do not exceed the batches of a period and upper bounds do not fall short."""
    chosen = _preferred(batches)
    study = {row["adcode"] for row in provinces if row["in_study"]}
    floors = _floors(evidence)
    caps = {_span(row): row for row in _caps(evidence) if row["counts"] == "project"}
    for start, end in sorted({(row["period_start"], row["period_end"]) for row in evidence}):
        years = range(start, end + 1)
        if not all(year in chosen for year in years):
            continue
        total = sum(chosen[year]["projects"] for year in years)
        lows = [row for span, row in floors.items() if span[1:] == (start, end)]
        highs = [row for span, row in caps.items() if span[1:] == (start, end)]
        low, high = sum(row["lower"] for row in lows), sum(row["upper"] for row in highs)
        if low > total:
            largest = max(lows, key=lambda row: row["lower"])
            rule = f"lower bounds of {start}-{end} add up to {low}, but the batches hold {total}; this is the largest"
            yield largest.fault("lower", rule)
        if {row["adcode"] for row in highs} == study and high < total:
            lowest = min(highs, key=lambda row: row["upper"])
            rule = f"upper bounds of {start}-{end} add up to {high}, but the batches hold {total}; this is the smallest"
            yield lowest.fault("upper", rule)


@needs("pilot_projects")
def projects_once(projects: Table) -> Iterator[InputError]:
    """A project of a named enterprise is listed once."""
    seen: dict[tuple, Row] = {}
    for row in projects:
        if row["enterprise"]:
            first = seen.setdefault((row["adcode"], row["enterprise"], row["project"]), row)
            if first is not row:
                yield row.fault("enterprise", f"the same project stands in row {first.number}")


@needs("pilot_projects", "pilot_province_evidence")
def projects_of_cities(projects: Table, evidence: Table) -> Iterator[InputError]:
    """A city with projects in the list has as many of them in a period as its row of evidence counts."""
    for fact in evidence:
        own = [
            row for row in projects if fact["city"] and (row["adcode"], row["city"]) == (fact["adcode"], fact["city"])
        ]
        inside = [row for row in own if _within(row, fact)]
        if own and len(inside) != fact["lower"]:
            period = f"{fact['period_start']}-{fact['period_end']}"
            rule = f"pilot_projects.csv lists {len(inside)} projects of {fact['city']} in {period}; both must agree"
            yield fact.fault(
                "lower", rule, "correct lower, or add or correct a row in pilot_projects.csv, named or not"
            )
            return


@needs("pilot_projects", "pilot_province_evidence")
def projects_below_caps(projects: Table, evidence: Table) -> Iterator[InputError]:
    """No province has more listed projects, or enterprises, in a period than its upper bound allows."""
    for cap in _caps(evidence):
        inside = [row for row in projects if row["adcode"] == cap["adcode"] and _within(row, cap)]
        if cap["counts"] == "enterprise":
            inside = list({row["enterprise"] or row["project_row"]: row for row in inside}.values())
        if len(inside) > cap["upper"]:
            where = ", ".join(str(row.number) for row in inside)
            yield cap.fault("upper", f"pilot_projects.csv lists {len(inside)} {cap['counts']}s, in rows {where}")


def _within(project: Row, fact: Row) -> bool:
    return fact["period_start"] <= project["year_start"] and project["year_end"] <= fact["period_end"]


# provinces

OUTSIDE = {710000, 810000, 820000}
REGIONS = {"east": 10, "central": 6, "west": 12, "northeast": 3}
CLUSTERS = {
    "bohai_rim": 5, "yangtze_delta": 4, "pearl_delta": 1, "central_west": 17, "northeast_other": 2, "east_other": 2,
}  # fmt: skip


@needs("provinces", "claims")
def provinces_in_study(provinces: Table, claims: Table) -> Iterator[InputError]:
    """All but Taiwan, Hong Kong and Macau are in the study, as many as Q24 counts, and none is missing."""
    for row in provinces:
        if row["in_study"] == (row["adcode"] in OUTSIDE):
            yield row.fault("in_study", "must be false for Taiwan, Hong Kong and Macau and true for all others")
            return
    inside = sum(row["in_study"] for row in provinces)
    for claim in _claims(claims, ["Q24"]):
        if inside != claim["value_low"] or len(provinces) != inside + len(OUTSIDE):
            rule = f"must list {claim['value_low']} provinces of the study and {len(OUTSIDE)} others"
            yield InputError(provinces[0].file, f"{rule}, not {inside} and {len(provinces) - inside}", REMEDY)


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
    """Regions and broad clusters have the number of provinces they have by definition."""
    for column, sizes in (("region4", REGIONS), ("cluster_broad", CLUSTERS)):
        counts = Counter(row[column] for row in provinces if row["in_study"])
        wrong = [f"{name} {counts[name]} instead of {size}" for name, size in sizes.items() if counts[name] != size]
        if wrong:
            yield InputError(provinces[0].file, f"provinces by {column}: {_join(wrong)}", REMEDY, column=column)


@needs("province_covariates", "provinces")
def covariates_of_provinces(covariates: Table, provinces: Table) -> Iterator[InputError]:
    """Every year has one row for each province of the study, under its name."""
    yield from _names(covariates, provinces)
    study = {row["adcode"]: row["province_zh"] for row in provinces if row["in_study"]}
    for year in sorted({row["year"] for row in covariates}):
        rows = {row["adcode"]: row for row in covariates if row["year"] == year}
        for adcode in sorted(set(rows) - set(study)):
            yield rows[adcode].fault("adcode", "must be a province of the study")
        lost = [name for adcode, name in study.items() if adcode not in rows]
        if lost:
            yield InputError(covariates[0].file, f"{year} has no row for {_join(lost)}", REMEDY, column="adcode")


@needs("province_covariates")
def covariates_reproduce(covariates: Table) -> Iterator[InputError]:
    """R&D over preliminary GDP gives the printed intensity, share times GDP the value added, within rounding."""
    for row in covariates:
        ratio = 100 * row["rd_expenditure_100m_yuan"] / row["gdp_prelim_100m_yuan"]
        if abs(ratio - row["rd_intensity_pct"]) > Decimal("0.00505"):
            yield row.fault("rd_intensity_pct", f"R&D expenditure over preliminary GDP is {ratio:.3f} %")
            continue
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
    """The levels of one source are complete and add up to 100 and to the groups it gives.

    A source may print groups alone. Sums are exact, unless a note says that the shares are rounded.
    """
    groups: dict[tuple, dict[str, Row]] = defaultdict(dict)
    for row in levels:
        groups[row["scope"], row["year"], row["source_id"]][row["level_class"]] = row
    for part in groups.values():
        yield from islice(_share_faults(part), 1)


def _share_faults(part: dict[str, Row]) -> Iterator[InputError]:
    yield from _complete(part)
    yield from _adds_up(part, ["le1" if "le1" in part else "1", "2", "3", "ge4"], 100)
    for whole, classes in (("le1", ["lt1", "1"]), ("ge2", ["2", "3", "ge4"])):
        if whole in part:
            yield from _adds_up(part, classes, part[whole]["share_pct"], part[whole])
    yield from _adds_up(part, ["le1", "ge2"], 100)


def _complete(part: dict[str, Row]) -> Iterator[InputError]:
    first = next((part[name] for name in ("2", "3", "ge4") if name in part), None)
    if first:
        due = ["1", "2", "3", "ge4"] if first["source_id"] == "paper" else ["le1", "2", "3", "ge4", "ge2"]
        if {"1", "lt1"} & set(part) and first["source_id"] != "paper":
            due += ["1", "lt1"]
        lost = [name for name in due if name not in part]
        if lost:
            yield first.fault(
                "level_class", f"its source must also give {_join(lost)} for {first['scope']} {first['year']}"
            )


def _adds_up(
    part: dict[str, Row], classes: list[str], due: Decimal | int, whole: Row | None = None
) -> Iterator[InputError]:
    if not set(classes) <= set(part):
        return
    rows = [part[name] for name in classes]
    total = sum(row["share_pct"] for row in rows)
    slack = 0
    if any("rounded" in (row["note"] or "") for row in part.values()):
        digits = min(-row["share_pct"].as_tuple().exponent for row in rows)
        slack = Decimal("0.5").scaleb(-digits) * (len(rows) + (whole is not None))
    if abs(total - due) > slack:
        where = ", ".join(str(row.number) for row in rows)
        remedy = "correct the wrong share, or write rounded into the note of one of the rows if the source rounds"
        yield (whole or rows[0]).fault("share_pct", f"rows {where} add up to {total}, not {due}", remedy)


@needs("maturity_levels", "maturity_samples")
def shares_from_counts(levels: Table, samples: Table) -> Iterator[InputError]:
    """Shares computed from exact counts agree with the counts within 0.05."""
    counts = {(row["scope"], row["year"], row["measure"]): row for row in samples if row["exact"]}
    for row in levels:
        part = counts.get((row["scope"], row["year"], "firms_ge2"))
        whole = counts.get((row["scope"], row["year"], "firms_assessed"))
        if row["level_class"] == "ge2" and part and whole:
            yield from _is_share(row, "share_pct", part, whole)
    for row in samples:
        part = counts.get((row["scope"], row["year"], "firms_assessed"))
        whole = counts.get(("national", row["year"], "firms_assessed"))
        if row["measure"] in ("firms_ge2", "share_of_national") and not (part and whole):
            yield row.fault(
                "measure", f"needs exact rows of firms_assessed for {row['scope']} and national {row['year']}"
            )
        elif row["measure"] == "share_of_national":
            yield from _is_share(row, "value", part, whole)


def _is_share(row: Row, column: str, part: Row, whole: Row) -> Iterator[InputError]:
    share = 100 * part["value"] / whole["value"]
    if abs(share - row[column]) >= Decimal("0.05"):
        yield row.fault(column, f"maturity_samples.csv rows {part.number} and {whole.number} give {share:.2f} %")


@needs("maturity_levels", "maturity_samples")
def derived_shares_have_parts(levels: Table, samples: Table) -> Iterator[InputError]:
    """A derived share can be derived: from other levels of its source or from exact counts."""
    groups = defaultdict(set)
    for row in levels:
        groups[row["scope"], row["year"], row["source_id"]].add(row["level_class"])
    counted = {(row["scope"], row["year"]) for row in samples if row["exact"] and row["measure"] == "firms_ge2"}
    for row in levels:
        others = groups[row["scope"], row["year"], row["source_id"]] - {row["level_class"]}
        by_count = row["level_class"] == "ge2" and (row["scope"], row["year"]) in counted
        by_level = len(others) > 1 or (row["level_class"] == "le1" and "ge2" in others)
        if row["basis"] == "derived" and not (by_count or by_level):
            yield row.fault("basis", "the shares or exact counts it is derived from are missing")


@needs("maturity_industries", "claims")
def figure_order(industries: Table, claims: Table) -> Iterator[InputError]:
    """The labels of Figure 2 stand in order, as many as Q52 counts, half of them discrete industries."""
    labels = [row for row in industries if row["measure"] == "printed_order"]
    for claim in _claims(claims, ["Q52"]):
        if len(labels) != claim["value_low"]:
            rule = f"must list {claim['value_low']} industries with measure printed_order (Q52), not {len(labels)}"
            yield InputError(industries[0].file, rule, REMEDY, column="measure", value="printed_order")
            return
    for due, row in enumerate(labels, 1):
        if row["position"] != due:
            yield row.fault("position", f"must be {due}: rows of printed_order stand in the order of the figure")
            return
    discrete = sum(row["process_type"] == "discrete" for row in labels)
    if 2 * discrete != len(labels):
        rule = f"half of the {len(labels)} industries of printed_order must be discrete, not {discrete}"
        yield InputError(industries[0].file, rule, REMEDY, column="process_type")


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
    """Links lead from a problem to a countermeasure, and every problem has one."""
    sides = {row["code"]: row["side"] for row in items}
    for row in links:
        for column, side in (("problem_code", "problem"), ("countermeasure_code", "countermeasure")):
            if sides[row[column]] != side:
                yield row.fault(column, f"must be the code of a {side}")
    linked = {row["problem_code"] for row in links}
    for row in items:
        if row["side"] == "problem" and row["code"] not in linked:
            yield row.fault("code", "this problem has no row in problem_links.csv")


def _join(things: Iterable) -> str:
    return ", ".join(map(str, things))
