"""Core technology, section 3.2: rank in manufacturing, materials, software, chips, distance from the frontier."""

from dataclasses import replace

import pandas as pd

from compendium.data import datapackage
from compendium.ledger.evidence import Data, derived, joined, outside
from compendium.ledger.judging import Judged, Part, attested, by_side, missing, parts, printed, sided, stated
from study.judgements.registry import judges

ROUNDING = 1.5  # points by which three rounded shares of one whole may miss 100
TENTH = 5  # points by which a share printed in tenths may miss


@judges("Q60")
def largest(claim: pd.Series, data: Data) -> Judged:
    """China's rank by value added, in the last year for which no large economy is absent, beside printed statements.

    The value of China in the international table leans on its own bureau, as the ministry's statement does: a copy.
    """
    table = data("manufacturing_value_added")
    complete = table[table["absent"].eq("") & (table["iso3"] != "WLD") & (table["year"] <= claim["year_end"])]
    last = complete[complete["year"] == complete["year"].max()]
    china = last[last["iso3"] == "CHN"].assign(relation="copy")
    said = data.evidence(claim["claim_id"])
    rows = joined([china, said])
    if rows.empty:
        return missing("printed")
    ranks = [1 + int((last["value_bn_usd"] > value).sum()) for value in china["value_bn_usd"]]
    zh, en = "世界银行表中没有可用的年份。", "The World Bank table has no year that can be used."
    if not china.empty:
        year, value, rest = last["year"].iloc[0], china["value_bn_usd"].iloc[0], last[last["iso3"] != "CHN"]
        next_best = rest.loc[rest["value_bn_usd"].idxmax()]
        zh = (
            f"世界银行数据中，{year}年（各大经济体齐备的最近一年）中国制造业增加值{value / 1000:.2f}万亿美元，"
            f"居第{ranks[0]}位；{next_best['name_zh']} {next_best['value_bn_usd'] / 1000:.2f}万亿美元。"
        )
        en = (
            f"In World Bank data for {year}, the last year with all large economies, value added in China is "
            f"{value:g} billion US dollars, rank {ranks[0]}; {next_best['name_en']}: {next_best['value_bn_usd']:g}."
        )
    values = [*ranks, *(stated(row) for _, row in said.iterrows())]
    alike = [True] * len(china) + list(said["differs_in"].eq(""))
    judged = printed(claim, rows, values, data, alike).because(
        f"{zh}另有{len(said)}处表述。国际数据中的中国一行出自中国的统计，不算第二次测量。",
        f"{en} {len(said)} statements speak of the rank too. The international value rests on China's own statistics "
        "and is no second measurement.",
    )
    if china.empty:
        return judged
    return replace(judged, levers=[("manufacturing_value_added", tuple(china.index), "value_bn_usd")])


@derived
def surveys(data: Data) -> pd.DataFrame:
    """Return the rows of outside surveys whose shares add up to a whole, with the shares made in China and not."""
    rows = outside(data("key_materials"))
    home = rows["share_pct"].where(rows["category"] == "self_supplied", 0.0)
    keys = [rows["survey"], rows["source_id"]]
    rows = rows.assign(home_pct=home.groupby(keys).transform("sum"))
    whole = rows["share_pct"].groupby(keys).transform("sum")
    rows["lacking_pct"] = whole - rows["home_pct"]
    return rows[((whole - 100).abs() <= ROUNDING) & (rows["home_pct"] > 0)]


TYPES = {
    "absent": ("国内空白", "not made in China"),
    "made_but_unstable": ("国产但质量不稳定", "made in China, quality unstable"),
    "import_dependent": ("依赖进口", "dependent on imports"),
    "self_supplied": ("可自给", "can be supplied in China"),
}


@judges("Q61", "Q62")
def materials(claim: pd.Series, data: Data) -> Judged:
    """The share not reliably made in China, or supplied there; a survey that counts types is of another kind."""
    rows = surveys(data)
    if rows.empty:
        return missing("printed")
    home = claim["claim_id"] == "Q62"
    rows, column = rows[(rows["category"] == "self_supplied") == home], "home_pct" if home else "lacking_pct"
    found = printed(claim, rows, rows[column], data, rows["n_materials"].isna())
    if found.agreement == "none":
        return found
    rows = found.rows
    counted = bool(rows["n_materials"].notna().all())
    told = " / ".join(f"{value:g}%" for value in sorted(set(rows[column])))
    terms = rows.drop_duplicates(["category", "share_pct"])[["category", "share_pct"]].to_numpy()
    zh = "、".join(f"{TYPES[category][0]} {share:g}%" for category, share in terms)
    en = " and ".join(f"{share:g}% {TYPES[category][1]}" for category, share in terms)
    kinds_zh, kinds_en = ("材料种类", "types of material") if counted else ("材料", "materials")
    number = " / ".join(f"{n:.0f}" for n in sorted(set(rows["n_materials"].dropna())))
    days = " / ".join(sorted(set(rows["survey_date"].astype(str).str[:10])))
    asked_zh = f"（{days}所载，{number}种关键材料）" if number else ""
    asked_en = f" (reported {days}, {number} key materials)" if number else ""
    short_zh, short_en = (
        f"读到的{told}是{kinds_zh}的占比{asked_zh}{'，由我们相加' * (len(terms) > 1)}：{zh}",
        f"The {told} read is a share of {kinds_en}{asked_en}{', our sum of' if len(terms) > 1 else ':'} {en}",
    )
    if home:
        short_zh, short_en = (
            f"读到的{told}是能够自给的{kinds_zh}的占比{asked_zh}",
            f"The {told} read is the share of {kinds_en} that can be supplied in China{asked_en}",
        )
    use_zh = "数的是种类，不是用量或金额；按后者计的比率可高可低，没有一处来源写明是这样计的。" if counted else ""
    use_en = (
        " This counts types; a rate by use or value may be higher or lower; no source read says that it is by either."
    )
    seen_zh, seen_en = ("。", ".")
    if found.agreement in ("same", "relabelled") and not data.records(claim["claim_id"], decides=False).empty:
        seen_zh = "。论文所据的来源没有见到，对上的只是数。"
        seen_en = ". The source that the paper cites was not seen, the match is by number."
    every = outside(data("key_materials"))
    mine = pd.MultiIndex.from_frame(rows[["survey", "source_id"]])
    other = every[~pd.MultiIndex.from_frame(every[["survey", "source_id"]]).isin(mine)]
    also_zh, also_en = elsewhere(other, every.drop(other.index), data)
    wider_zh, wider_en, wider = of_parts_too(data) if home else ("", "", other.head(0))
    return found.because(
        short_zh + seen_zh + use_zh + also_zh + wider_zh,
        short_en + seen_en + use_en * counted + also_en + wider_en,
        [other, wider],
    )


def of_parts_too(data: Data) -> tuple[str, str, pd.DataFrame]:
    """Return what is told of key components and materials together, another population, and the rows."""
    aims = data("policy_targets").query("quantity == 'home_share_materials'")["target_id"]
    rows = outside(data("target_outcomes"))
    rows = rows[rows["target_id"].isin(aims) & rows["value"].notna()]
    told = [(r.as_of, r.measure_zh, r.measure_en, "约" * (r.comparator == "≈"), r.value) for r in rows.itertuples()]
    return (
        "".join(
            f"{day}另有一说，{zh}{about}{value:g}%；连零部件一起说，不能与新材料相比。"
            for day, zh, _, about, value in told
        ),
        "".join(
            f" Another number, {'about ' * bool(about)}{value:g}% at {day} ({en[:1].lower()}{en[1:]}), holds "
            "components too and is not compared."
            for day, _, en, about, value in told
        ),
        rows,
    )


@derived
def survey_names(data: Data) -> dict[str, tuple[str, str]]:
    """Return what a survey is called in Chinese and in English: by the data package, else by its source."""
    sources = data("sources").set_index("source_id")[["name_zh", "name_en"]].T.to_dict("list")
    labels = datapackage.field("key_materials", "survey")["labels"]
    named = data("key_materials").drop_duplicates("survey").set_index("survey")["source_id"]
    found = {survey: sources.get(source, (source, source)) for survey, source in named.items()}
    found |= {survey: (label["zh"], label["en"]) for survey, label in labels.items()}
    return {survey: (zh, en) for survey, (zh, en) in found.items()}


def elsewhere(other: pd.DataFrame, own: pd.DataFrame, data: Data) -> tuple[str, str]:
    """Return what other surveys print, and whether one may be the same as that of `own`, in both languages."""
    names, zh, en = data("sources").set_index("source_id")[["name_zh", "name_en"]].T.to_dict("list"), "", ""
    own = own[["category", "share_pct", "n_materials"]]
    for (survey, source), said in other.groupby(["survey", "source_id"], sort=False):
        types = said["n_materials"].iloc[0]
        shares = said[["category", "share_pct"]].to_numpy()
        told_zh = "、".join(f"{TYPES[category][0]} {share:g}%" for category, share in shares)
        told_en = ", ".join(f"{share:g}% {TYPES[category][1]}" for category, share in shares)
        common, (about_zh, about_en) = said[own.columns].dropna().merge(own), survey_names(data)[survey]
        zh += f"另有一处说的是{about_zh}，"
        en += f" Another survey, {about_en}, has "
        if pd.isna(types):
            zh, en = zh + told_zh, en + told_en
        else:
            number = f"{said['comparator'].iloc[0]}{types:.0f}"
            zh, en = f"{zh}{number}种，{told_zh}，数的也是种类", f"{en}{number} types, {told_en}, of types again"
        if len(common):
            alike = [f"{share:g}%" for share in common["share_pct"]]
            zh += f"；种数相近，{'、'.join(alike)}相同，也可能是同一次调查的另一种说法"
            en += f"; a number alike and {' and '.join(alike)} equal, it may be the same count in other words"
        where_zh, where_en = names.get(source, (source, source))
        zh += f"；见{where_zh}。"
        en += f"; see {where_en}."
    return zh, en


FOREIGN = (
    "把国外产品或国外企业的份额读作进口，是我们的读法。",
    " That what is foreign is imported is our reading.",
)


@judges("Q69")
def high_end(claim: pd.Series, data: Data) -> Judged:
    """The classes of software one by one; the reason begins with those of which the statement holds and fails."""
    found, rows = attested(claim, data), data.evidence(claim["claim_id"])
    rows = rows[rows["part_en"].ne("") & rows["differs_in"].eq("")]
    if found.agreement not in ("part", "same", "differs") or rows.empty:
        return found.because(found.zh + FOREIGN[0], found.en + FOREIGN[1]) if found.zh else found
    sides = [rows[rows["comparison"] == word] for word in ("holds", "fails")]
    zh, en = (
        ["、".join(side["part_zh"]) or "无" for side in sides],
        [", ".join(side["part_en"]) or "none" for side in sides],
    )
    return found.because(
        f"大多是国外的：{zh[0]}；并非如此的：{zh[1]}。{found.zh}{FOREIGN[0]}",
        f"Mostly foreign: {en[0]}; not so: {en[1]}. {found.en}{FOREIGN[1]}",
    )


CLASSES = {"Q139": ("design",), "Q140": ("production_control", "all")}


@judges("Q139", "Q140")
def software(claim: pd.Series, data: Data) -> Judged:
    """Whether more than half of the Chinese market is foreign: in the class named, or in classes that are wider."""
    table = data("industrial_software_shares")
    shares = table[table["software_class"].isin(CLASSES[claim["claim_id"]])]
    shares = shares[shares["measure"].isin(["domestic_in_home_market", "foreign_in_home_market"])]
    domestic = shares["measure"] == "domestic_in_home_market"
    foreign = shares["value_pct"].where(~domestic, 100 - shares["value_pct"])
    said = data.evidence(claim["claim_id"])
    said = said[~said["source_id"].isin(table["source_id"])]
    rows = joined([shares, said])
    if rows.empty:
        return missing("printed")
    named = claim["claim_id"] == "Q139"
    alike = [named] * len(shares) + list(said["differs_in"].eq(""))
    values = [*(foreign > 50), *(stated(row) for _, row in said.iterrows())]
    names_zh = {
        "design": "设计和仿真类软件（EDA、CAD、CAE）",
        "production_control": "生产控制类软件",
        "all": "全部工业软件",
    }
    names_en = {
        "design": "design and simulation software (EDA, CAD, CAE)",
        "production_control": "production control software",
        "all": "all industrial software",
    }
    about = shares["comparator"].eq("≈")
    told = list(zip(shares["software_class"], foreign, about, strict=True))
    zh = "，".join(f"{names_zh[name]}{'约' if rough else ''}{value:g}%是国外的" for name, value, rough in told)
    en = " and ".join(f"{'about ' if rough else ''}{value:g}% of {names_en[name]}" for name, value, rough in told)
    wider_zh = wider_en = ""
    nearer = shares["software_class"] == CLASSES[claim["claim_id"]][0]
    if not named and nearer.any():
        value, slack = foreign[nearer].iloc[0], TENTH * about[nearer].iloc[0]
        if value - slack < 50 < value + slack:
            half = ("按整成数算不上明确过半", "not clearly more than half, in round tenths,")
        else:
            half = ("过半", "more than half") if value > 50 else ("不过半", "no more than half")
        wider_zh = f"两者的范围都比论文点名的几种宽，其中较近的一类{half[0]}。"
        wider_en = f" Both are wider than the kinds named; of the nearer class {half[1]} is foreign."
    cut_zh = cut_en = ""
    if shares["basis"].eq("seen_partial").any():
        cut_zh = "有的占比在来源里没有写全，是隐含或残缺的。"
        cut_en = " Some of the shares are not printed in full: they are implied or cut off in the source."
    return printed(claim, rows, values, data, alike).because(
        f"国内市场上，{zh}。{cut_zh}{wider_zh}{FOREIGN[0]}",
        f"Foreign products or firms hold {en} in the Chinese market.{cut_en}{wider_en}{FOREIGN[1]}",
    )


# What a rise means: the gap in points widens, the ratio to the United States narrows it.
WIDENS = {"gap_other_subindices": True, "productivity_ratio": False}


@judges("Q105")
def frontier(claim: pd.Series, data: Data) -> Judged:
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
    names = {
        "gap_other_subindices": (
            "不计规模的三项与美国的差距",
            "The gap to the United States in three sub-indices without scale",
        ),
        "productivity_ratio": ("劳动生产率与美国之比", "Labour productivity over that of the United States"),
    }
    told = []
    for measure, (first, last) in ends.items():
        unit_zh, unit_en = ("%", "%") if first["unit"] == "%" else ("分", f" {first['unit']}")
        (zh, en), (begin, end) = names[measure], (first["year_end"], last["year_end"])
        told.append(
            (
                held[measure],
                f"{zh}由{begin}年的{first['value']:g}{unit_zh}到{end}年的{last['value']:g}{unit_zh}。",
                f"{en} went from {first['value']:g}{unit_en} in {begin} to {last['value']:g}{unit_en} in {end}.",
            )
        )
    told += [(bool(stated(row)), row["says_zh"], row["says_en"]) for _, row in said.iterrows()]
    every = joined([rows, said])
    values = [*rows["measure"].map(held), *(stated(row) for _, row in said.iterrows())]
    origins = len(set(data.origins(every)))
    zh, en = sided(told)
    return printed(claim, every, values, data, [False] * len(every)).because(
        f"{zh}都是制造强国指数，出自{origins}家机构；量的是制造业整体，不是核心技术。",
        f"{en} All are of the manufacturing power index, by {origins} {'body' if origins == 1 else 'bodies'}, and "
        "measure manufacturing as a whole, not core technology.",
    )


FORECAST = (("光刻", "lithography"), ("离子注入", "ion implantation"), ("光刻胶", "photoresist"))


@judges("Q145")
def dependent(claim: pd.Series, data: Data) -> Judged:
    """What is said of the items of the forecast, which of them no row is of, and whether a row looks ahead."""
    found = attested(claim, data)
    if found.agreement not in ("related", "interval"):
        return found
    found = replace(found, agreement="related")  # what holds today is not what will
    lacking = [name for name in FORECAST if name[0] not in set(found.rows["part_zh"])]
    zh = en = ""
    if lacking:
        zh = f"{'、'.join(zh for zh, _ in lacking)}没有单独的证据。"
        en = f" No row is of {', '.join(en for _, en in lacking)} alone."
    if not (found.rows["as_of"].str[:4] > f"{claim['year_end']:.0f}").any():
        zh, en = f"{zh}各条说的都不是今后。", f"{en} None looks ahead."
    return found.because(found.zh + zh, found.en + en)


@judges("Q144")
def shortage(claim: pd.Series, data: Data) -> Judged:
    """Running counts of cars not built, which cannot fall, and times of delivery in the world; neither decides."""
    rows = data.evidence(claim["claim_id"])
    if rows.empty:
        return missing()
    origins = len(set(data.origins(rows[rows["part_en"] == ""])))
    zh, en = by_side(rows, data)
    return printed(claim, rows, [stated(row) for _, row in rows.iterrows()], data, [False] * len(rows)).because(
        f"{zh}少产的汽车是{origins}家机构的累计数，只升不降；数变大，并不说明短缺加重。没有一处量的是我国缺多少芯片。",
        f"{en} Cars not built are running counts by {origins} firm{'s' * (origins > 1)}, which can only rise: a higher "
        "count does not show that the shortage grows. None measures how many chips China lacks.",
    )


@judges("Q146")
def bases(claim: pd.Series, data: Data) -> Judged:
    """The bases that the paper lists, one by one, against another list of five; one that no row is of is open."""
    items, rows = data("claim_items").query("claim_id == 'Q87'"), data.evidence(claim["claim_id"])
    rows = rows[rows["differs_in"] == ""]
    found = []
    for item in items.itertuples():
        mine = rows[rows["part_zh"] == item.item_zh]
        holds = None if mine.empty else not (mine["comparison"] == "fails").any()
        found.append(Part(item.item_zh, item.item_en, holds, mine))
    have = [part for part in found if part.holds]
    lack = rows[rows["comparison"] == "fails"]
    open_zh = "、".join(part.zh for part in found if part.holds is None)
    open_en = ", ".join(part.en for part in found if part.holds is None)
    return parts(found).because(
        f"一本书所列的“五基”里有{'、'.join(part.zh for part in have) or '–'}。{''.join(lack['says_zh'])}"
        f"{f'没有证据的：{open_zh}。' if open_zh else ''}把论文所列的五项读作“五基”，是我们的读法。",
        f"The “five bases” of a book chapter hold {', '.join(part.en for part in have) or '–'}. "
        f"{''.join(f'{said} ' for said in lack['says_en'])}{f'Without evidence: {open_en}. ' if open_en else ''}"
        "That the five of the paper are meant as these is our reading.",
    )
