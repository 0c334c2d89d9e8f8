"""Core technology, section 3.2: rank in manufacturing, materials, software, chips, distance from the frontier."""

from dataclasses import replace

import pandas as pd

from compendium.base.texts import (
    NOTHING,
    SENTENCE,
    SLASH,
    TranslatedText,
    catalogue,
    each,
    join_texts,
    make_bilingual_text,
    of,
)
from compendium.ledger import evidence
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change, drop_paper_based_rows
from compendium.ledger.readings import by_reading, read_under
from compendium.ledger.rules import (
    Judged,
    Part,
    attested,
    bounded,
    describe_evidence_by_side,
    describe_pros_and_cons,
    missing,
    own,
    printed,
    read_stated,
    split_origins_by_side,
)
from study.judgements.registry import judges

text = catalogue("study/technology")
ROUNDING = 1.5  # points by which three rounded shares of one whole may miss 100


@judges("Q60")
def judge_largest_manufacturer(claim: pd.Series, data: EvidenceTables) -> Judged:
    """China's rank by value added, in the last year for which no large economy is absent, beside printed statements.

    The value of China in the international table leans on its own bureau, as the ministry's statement does: a copy.
    """
    table = data("manufacturing_value_added")
    complete = table[table["absent"].eq("") & (table["iso3"] != "WLD") & (table["year"] <= claim["year_end"])]
    last = complete[complete["year"] == complete["year"].max()]
    china = last[last["iso3"] == "CHN"].assign(relation="copy")
    said = data.evidence(claim["claim_id"])
    rows = evidence.join_rows([china, said])
    if rows.empty:
        return missing("printed")
    ranks = [1 + int((last["value_bn_usd"] > value).sum()) for value in china["value_bn_usd"]]
    values = [*ranks, *(read_stated(row) for _, row in said.iterrows())]
    alike = [True] * len(china) + list(said["differs_in"].eq(""))
    judged, also = printed(claim, rows, values, data, alike), text("largest-said", n=len(said))
    if china.empty:
        return judged.told(join_texts([text("largest-no-year"), also], SENTENCE))
    rest = last[last["iso3"] != "CHN"]
    following = rest.loc[rest["value_bn_usd"].idxmax()]
    sums = {"value": render_dollars(china["value_bn_usd"].iloc[0])}
    sums |= {"next_value": render_dollars(following["value_bn_usd"])}
    found = text("largest", year=last["year"].iloc[0], rank=ranks[0], next=of(following, "name"), **sums)
    judged = replace(judged, levers=[("manufacturing_value_added", tuple(china.index), "value_bn_usd")])
    return judged.told(join_texts([found, also], SENTENCE))


def render_dollars(billions: float) -> TranslatedText:
    """Return a sum in trillions of dollars in Chinese, in billions in English, without the unit."""
    return make_bilingual_text(f"{billions / 1000:.2f}", f"{billions:g}")


@cache_until_tables_change
def list_complete_surveys(data: EvidenceTables) -> pd.DataFrame:
    """Return the rows of outside surveys whose shares add up to a whole, with the shares made in China and not."""
    rows = drop_paper_based_rows(data("key_materials"))
    home = rows["share_pct"].where(rows["category"] == "self_supplied", 0.0)
    keys = [rows["survey"], rows["source_id"]]
    rows = rows.assign(home_pct=home.groupby(keys).transform("sum"))
    whole = rows["share_pct"].groupby(keys).transform("sum")
    rows["lacking_pct"] = whole - rows["home_pct"]
    return rows[((whole - 100).abs() <= ROUNDING) & (rows["home_pct"] > 0)]


@judges("Q61", "Q62")
def judge_key_material_shares(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The share not reliably made in China, or supplied there: by types of material, or by use or value.

    A type that can be supplied at home is one of self-supply, and any other may count as imported; of these, what is
    made with unstable quality may be imported or not.
    """
    rows = list_complete_surveys(data)
    if rows.empty:
        return missing("printed")
    home = claim["claim_id"] == "Q62"
    rows, column = rows[(rows["category"] == "self_supplied") == home], "home_pct" if home else "lacking_pct"
    by_type = rows["n_materials"].notna()
    types, amounts = rows[by_type], rows[~by_type]
    counted = printed(claim, types, types[column], data)
    every_row = amounts if len(amounts) else rows  # shares of types have another base than shares of amounts
    weighed = printed(claim, every_row, every_row[column], data, ~every_row["n_materials"].notna())
    found = counted if len(counted.rows) else weighed
    if found.agreement == "none":
        return found
    rows = found.rows
    by_number = found.agreement in ("same", "interval") and not data.records(claim["claim_id"], decides=False).empty
    every = drop_paper_based_rows(data("key_materials"))
    mine = pd.MultiIndex.from_frame(rows[["survey", "source_id"]])
    other = every[~pd.MultiIndex.from_frame(every[["survey", "source_id"]]).isin(mine)]
    wider, of_parts = list_component_statements(data) if home else (every.head(0), [])
    unseen = text("materials-unseen") if by_number else NOTHING
    told = [describe_survey_share(rows, column, data), unseen]
    told += [*describe_other_surveys(other, every.drop(other.index), data), *of_parts]
    told_of = {"by_type": counted, "by_value": weighed.told(text("materials-types-only"))}
    name = "by_type" if found is counted else "by_value"
    told_of[name] = found.told(join_texts(told, SENTENCE), [other, wider])
    if not home:
        told_of = {"complement": told_of["by_type"], **told_of, "by_type": judge_imported_share(claim, types)}
    return by_reading(claim, told_of, data)


def judge_imported_share(claim: pd.Series, types: pd.DataFrame) -> Judged:
    """Return between what the share of types that are imported lies: those that are made, if not reliably, may be."""
    absent = types.loc[types["category"] == "absent", "share_pct"]
    if types.empty:
        return missing()
    ends = float(absent.min()) if len(absent) else 0.0, float(types["lacking_pct"].max())
    return bounded(claim, ends, types).told(text("materials-imported", least=ends[0], most=ends[1]))


def describe_survey_share(rows: pd.DataFrame, column: str, data: EvidenceTables) -> TranslatedText:
    """Return what share the deciding rows give, of what, and when it was asked."""
    numbers, terms = sorted(set(rows["n_materials"].dropna())), rows.drop_duplicates(["category", "share_pct"])
    days = join_texts(sorted(set(rows["survey_date"].astype(str).str[:10])), SLASH)
    types = rows["n_materials"].notna().all()
    values = {"read": join_texts((f"{value:g}%" for value in sorted(set(rows[column]))), SLASH)}
    values["kinds"] = text("materials-types" if types else "materials-amounts")
    values["counted"] = text("materials-counted") if types else NOTHING
    asked = text("materials-asked", days=days, n=join_texts(map(int, numbers), SLASH)) if numbers else NOTHING
    if column == "home_pct":
        return join_texts([text("materials-home", **values), asked], SENTENCE)
    key = "materials-sum" if len(terms) > 1 else "materials-one"
    summed = text(key, terms=join_texts(describe_supply_shares(terms, data), ("、", " and ")))
    return join_texts([text("materials-lacking", **values), asked, summed], SENTENCE)


def describe_supply_shares(rows: pd.DataFrame, data: EvidenceTables) -> list[TranslatedText]:
    """Return the share of each state of domestic supply."""
    labels = data.tables.labels("key_materials", "category")
    return [text("share", share=r.share_pct, state=labels[r.category]) for r in rows.itertuples()]


def render_approximation_word(comparator: str) -> TranslatedText:
    """Return the word before a number that is rough."""
    return text("about") if comparator == "≈" else NOTHING


def list_component_statements(data: EvidenceTables) -> tuple[pd.DataFrame, list[TranslatedText]]:
    """Return the rows on key components and materials together, another population, and what each says."""
    aims = data("policy_targets").query("quantity == 'home_share_materials'")["target_id"]
    rows, told = drop_paper_based_rows(data("target_outcomes")), []
    rows = rows[rows["target_id"].isin(aims) & rows["value"].notna()]
    for row in rows.itertuples():
        measure = make_bilingual_text(row.measure_zh, f"{row.measure_en[:1].lower()}{row.measure_en[1:]}")
        about = render_approximation_word(row.comparator)
        told.append(text("parts-too", day=row.as_of, measure=measure, about=about, share=row.value))
    return rows, told


@cache_until_tables_change
def survey_names(data: EvidenceTables) -> dict[str, TranslatedText]:
    """Return what a survey is called: by the data package, else by its source."""
    rows = data("key_materials").drop_duplicates("survey")
    found = {row.survey: find_source_name(row.source_id, data) for row in rows.itertuples()}
    return found | data.tables.labels("key_materials", "survey")


@cache_until_tables_change
def source_names(data: EvidenceTables) -> dict[str, TranslatedText]:
    """Return what sources are called, by their ids."""
    return {row.source_id: make_bilingual_text(row.name_zh, row.name_en) for row in data("sources").itertuples()}


def find_source_name(source_id: str, data: EvidenceTables) -> TranslatedText:
    """Return what a source is called, its id where it has no name."""
    return source_names(data).get(source_id, make_bilingual_text(source_id, source_id))


def describe_other_surveys(other: pd.DataFrame, own: pd.DataFrame, data: EvidenceTables) -> list[TranslatedText]:
    """Return what each other survey prints, and whether it may be the same as that of `own`."""
    found, own = [], own[["category", "share_pct", "n_materials"]]
    for (survey, source), said in other.groupby(["survey", "source_id"], sort=False):
        types, of_source = said["n_materials"].iloc[0], find_source_name(source, data)
        told = join_texts(describe_supply_shares(said, data))
        common = said[own.columns].dropna().merge(own)
        if not pd.isna(types):
            told = text("elsewhere-types", comparator=said["comparator"].iloc[0], n=types, shares=told)
        alike = join_texts((f"{share:g}%" for share in common["share_pct"]), ("、", " and "))
        alike = text("elsewhere-alike", shares=alike) if len(common) else NOTHING
        found.append(text("elsewhere", survey=survey_names(data)[survey], told=told, alike=alike, source=of_source))
    return found


@judges("Q69")
def judge_high_end_software(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The classes of software one by one; the reason begins with those of which the statement holds and fails."""
    found, rows = attested(claim, data), data.evidence(claim["claim_id"])
    rows = rows[rows["part_en"].ne("") & rows["differs_in"].eq("")]
    if found.agreement == "none":
        return found
    told = [found.reason, text("foreign")]
    if found.agreement == "part" and not rows.empty:
        sides = {side: describe_parts_by_comparison(rows, side) for side in ("holds", "fails")}
        told.insert(0, text("high-end", **sides))
    return found.told(join_texts(told, SENTENCE))


def describe_parts_by_comparison(rows: pd.DataFrame, comparison: str) -> TranslatedText:
    """Return the parts of which a statement holds, or fails."""
    rows = rows[rows["comparison"] == comparison]
    return join_texts(map(make_bilingual_text, rows["part_zh"], rows["part_en"]), empty=text("none"))


CLASSES = {"Q139": "design", "Q140": "production_control"}
PLAIN = "business_management"  # the class that the paper sets against these as the one with a low threshold


SIZEABLE = 100 / 3  # per cent from which a foreign share is “relatively much” where it need not be more than half


@judges("Q139", "Q140")
def judge_foreign_software_share(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the foreign share of a class is larger than that of plain management software: “relatively much”."""
    table = data("industrial_software_shares")
    shares = table[table["software_class"].isin([CLASSES[claim["claim_id"]], PLAIN])]
    shares = shares[shares["measure"].isin(["domestic_in_home_market", "foreign_in_home_market"])]
    domestic = shares["measure"] == "domestic_in_home_market"
    foreign = shares["value_pct"].where(~domestic, 100 - shares["value_pct"])
    plain = shares["software_class"] == PLAIN
    if plain.all() or not plain.any():
        shares, foreign, plain = shares.head(0), foreign.head(0), plain.head(0)
    said = data.evidence(claim["claim_id"])
    said = said[~said["source_id"].isin(shares["source_id"])]  # what a source says of shares that are compared
    rows = evidence.join_rows([shares[~plain], said])
    if rows.empty:
        return missing("printed")
    held = [
        text("software-share", name=text(f"software-{c}"), about=render_approximation_word(sign), share=v)
        for c, v, sign in zip(shares["software_class"], foreign, shares["comparator"], strict=True)
    ]
    told = [text("software", shares=join_texts(held, ("，", " and ")))] if held else []
    told += [text("software-cut")] if shares["basis"].eq("seen_partial").any() else []
    told += [text("software-much"), text("foreign")] if held else [text("foreign")]
    alike = [True] * int((~plain).sum()) + list(said["differs_in"].eq(""))
    found, stated = {}, [read_stated(row) for _, row in said.iterrows()]
    mine, rough = foreign[~plain], shares.loc[~plain, "comparator"].eq("≈")
    for name, least in {"sizeable": SIZEABLE, "majority": 50, "more_than_management": foreign[plain].min()}.items():
        said_so = join_texts(told if name == "sizeable" else told[:1], SENTENCE)
        if (rough & mine.eq(least)).any():  # about the threshold is neither above nor below
            found[name] = missing().told(said_so)
        else:
            found[name] = printed(claim, rows, [*(mine > least), *stated], data, alike).told(said_so, shares[plain])
    moved = [("industrial_software_shares", (row,), "value_pct") for row in shares.index]
    return replace(by_reading(claim, found, data), levers=moved or None)


# What a rise means: the gap in points widens, the ratio to the United States narrows it.
WIDENS = {"gap_other_subindices": True, "productivity_ratio": False}


@judges("Q105")
def judge_distance_to_frontier(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Measures of the distance to the United States at two dates; none of them is of core technology."""
    table = data("manufacturing_power_index")
    rows = table[table["measure"].isin(list(WIDENS))].sort_values(["measure", "year_end"], kind="stable")
    rows = rows[rows.groupby("measure")["year_end"].transform("nunique") > 1]
    if rows.empty:
        return attested(claim, data)
    said = data.evidence(claim["claim_id"])
    said = said[~said["source_id"].isin(rows["source_id"])]
    ends = {m: (end.iloc[0], end.iloc[-1]) for m, end in rows.groupby("measure")}
    held = {m: (last["value"] >= first["value"]) == WIDENS[m] for m, (first, last) in ends.items()}
    told = [(held[m], text(f"frontier-{m}", first=first, last=last)) for m, (first, last) in ends.items()]
    told += [(bool(read_stated(row)), of(row, "says")) for _, row in said.iterrows()]
    every = evidence.join_rows([rows, said])
    values = [*rows["measure"].map(held), *(read_stated(row) for _, row in said.iterrows())]
    reason = text("frontier", said=describe_pros_and_cons(told), n=len(set(data.origins(every))))
    return printed(claim, every, values, data, [False] * len(every)).told(reason)


FORECAST = {"lithography": text("lithography"), "ion implantation": text("ion-implantation")}
FORECAST["photoresist"] = text("photoresist")


@judges("Q145")
def judge_import_dependence(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What is said of the items of the forecast, which of them no row is of, and whether a row looks ahead."""
    found = attested(claim, data)
    if found.agreement not in ("related", "interval"):
        return found
    lacking = [name for part, name in FORECAST.items() if part not in set(found.rows["part_en"])]
    ahead = (found.rows["as_of"].str[:4] > f"{claim['year_end']:.0f}").any()
    told = [found.reason, *([text("dependent-lacking", names=join_texts(lacking))] if lacking else [])]
    told += [] if ahead else [text("dependent-today")]
    return replace(found, agreement="related").told(join_texts(told, SENTENCE))  # what holds today is not what will


@judges("Q187")
def judge_tighter_chips(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What became of the output of chips, of access to what it takes to make them, and of supply against demand."""
    rows, found = data.evidence(claim["claim_id"]), {}
    for name, part in {"output": "output", "access": "equipment and licences"}.items():
        mine = rows[rows["part_en"] == part]
        values = [read_stated(row) for _, row in mine.iterrows()]
        found[name] = printed(claim, mine, values, data).told(of(mine, "says", SENTENCE))
    found["supply"] = read_under(claim, "supply", data, text("tighter-supply"))
    found["both"] = read_under(claim, "both", data, text("tighter-both"))
    return by_reading(claim, found, data)


@judges("Q144")
def judge_chip_shortage(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What is said of the shortage as a whole; running counts and times of delivery in the world stand beside."""
    rows = data.evidence(claim["claim_id"])
    if rows.empty:
        return missing()
    alike = rows["part_en"].eq("") & rows["differs_in"].eq("")
    found = printed(claim, rows, [read_stated(row) for _, row in rows.iterrows()], data, alike)
    return found.tallied(*split_origins_by_side(rows, data)).told(
        text("shortage", said=describe_evidence_by_side(rows, data))
    )


@judges("Q146")
def judge_industry_bases(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The bases that the paper lists in a recommendation are its own; how others list theirs is told besides."""
    items, rows = data("claim_items").query("claim_id == 'Q87'"), data.evidence(claim["claim_id"])
    rows = rows[rows["differs_in"] == ""]
    found = []
    for item in items.itertuples():
        mine = rows[rows["part_zh"] == item.item_zh]
        holds = None if mine.empty else not (mine["comparison"] == "fails").any()
        found.append(Part(holds, mine, make_bilingual_text(item.item_zh, item.item_en)))
    lack, unknown = rows[rows["comparison"] == "fails"], [part.name for part in found if part.holds is None]
    names = join_texts((part.name for part in found if part.holds), empty=make_bilingual_text("–", "–"))
    told = [text("bases", names=names)]
    told += [*each(lack, "says"), text("bases-open", names=join_texts(unknown)) if unknown else NOTHING]
    ours = own(claim, len(items) == int(data.value("Q87")), items)
    return ours.told(join_texts([text("bases-own"), *told], SENTENCE), [part.rows for part in found])
