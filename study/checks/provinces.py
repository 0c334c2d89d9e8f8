"""Checks of the provinces and of what describes them."""

from collections.abc import Iterator
from decimal import Decimal

from compendium.base.files import InputError
from compendium.data.checks import REMEDY, Table, requires_tables


@requires_tables("pilot_province_evidence", "provinces")
@requires_tables("pilot_projects", "provinces")
@requires_tables("pilot_orders", "provinces")
@requires_tables("province_covariates", "provinces")
def province_names_match_codes(rows: Table, provinces: Table) -> Iterator[InputError]:
    """Provinces stand under the names of their codes; the first row of each that does not is told."""
    names = {row["adcode"]: row["province_zh"] for row in provinces}
    told = set()
    for row in rows:
        code = row["adcode"]
        if row["province_zh"] != names[code] and code not in told:
            told.add(code)
            yield row.fault("province_zh", f"must be {names[code]}, the province of adcode {code} in provinces.csv")


@requires_tables("claim_items", "provinces")
def claim_item_provinces_match(items: Table, provinces: Table) -> Iterator[InputError]:
    """A province that a claim lists has the English name of provinces.csv."""
    names = {row["province_zh"]: row for row in provinces}
    for row in items:
        due = names.get(row["item_zh"])
        if due and row["item_en"] != due["province_en"]:
            rule = f"must be {due['province_en']}, as row {due.number} of provinces.csv says"
            yield row.fault("item_en", rule, "correct the name in whichever of the two rows is wrong")


@requires_tables("province_covariates", "provinces")
def covariates_cover_provinces(covariates: Table, provinces: Table) -> Iterator[InputError]:
    """Every year has one row for each province of the study."""
    study = {row["adcode"]: row["province_zh"] for row in provinces if row["in_study"]}
    for year in sorted({row["year"] for row in covariates}):
        rows = {row["adcode"]: row for row in covariates if row["year"] == year}
        for adcode in sorted(set(rows) - set(study)):
            yield rows[adcode].fault("adcode", "must be a province of the study")
        lost = [name for adcode, name in study.items() if adcode not in rows]
        if lost:
            yield InputError(covariates[0].file, f"{year} has no row for {', '.join(lost)}", REMEDY, column="adcode")


@requires_tables("province_covariates")
def value_added_fits_gdp(covariates: Table) -> Iterator[InputError]:
    """The value added of the secondary industry is computed: its share times GDP, within rounding."""
    for row in covariates:
        added = row["secondary_share_prelim"] * row["gdp_prelim_100m_yuan"]
        if abs(added - row["secondary_va_prelim_100m_yuan"]) > Decimal("0.06"):
            yield row.fault("secondary_va_prelim_100m_yuan", f"secondary share times preliminary GDP is {added:.1f}")


@requires_tables("covariate_sources", "province_covariates", "provinces")
def covariate_descriptions_match(described: Table, covariates: Table, provinces: Table) -> Iterator[InputError]:
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
