"""Finance and tax, section 3.3: the area rule for incubators, rates, loans."""

import pandas as pd

from compendium.ledger.evidence import Data, joined, outside, rank, weigh
from compendium.ledger.judging import Judged, Part, bounded, missing, parts, printed, recomputed
from study.finance import RAISED, lending, loan_share, period_names, raised, terms
from study.judgements.innovation import said_values, with_levers
from study.judgements.policy import paper_year
from study.judgements.registry import judges


@judges("Q84")
def area(claim: pd.Series, data: Data) -> Judged:
    """The area share asked of incubators that claim relief, by legal basis: the tax notice, then recognition."""
    rules = data("tax_rules")
    mine = rules[rules["source_id"] == "paper"]
    rules = outside(rules)
    rules = rules[rules["condition"].isin(mine["condition"]) & rules["doc_id"].ne("")]
    direct = rules[rules["subject"].isin(mine["subject"]) & (rules["comparator"] == ">=")]
    by_recognition = rules[(rules["basis"] == "derived") & (rules["comparator"] == ">=")]
    silent = rules[rules["comparator"] == "none"]
    wanted, found = data.value(claim["claim_id"]), []
    for zh, en, rows in (
        ("税收通知", "by the tax notice", direct),
        ("国家级认定", "by national recognition", by_recognition),
    ):
        if not rows.empty:
            found.append(Part(zh, en, bool((rows["value"] == wanted).all()), rows))
    if not found:
        return missing("printed")
    by_province = silent[silent["recognised_by"] == "national_or_provincial"]
    unread = [] if by_province.empty else [Part("省级认定", "by provincial recognition", None, by_province)]
    told_zh = "，".join(
        f"{p.zh}（{span(p.rows).replace('–', '—')}年）要求{said_values(p.rows['value'], 0)}%" for p in found
    )
    told_en = ", ".join(f"{said_values(p.rows['value'], 0)}% {p.en} ({span(p.rows)})" for p in found)
    later = f"{silent['valid_from'].min()[:4]}" if not silent.empty else ""
    year = paper_year(data)
    valid = [p for p in found if p.rows["valid_from"].min()[:4] <= str(year) <= p.rows["valid_to"].max()[:4]]
    valid_zh, valid_en = "、".join(p.zh for p in valid), ", ".join(p.en for p in valid)
    return parts([*found, *unread]).because(
        f"论文发表的{year}年仍有效的依据：{valid_zh or '没有读到'}。在孵面积占比：{told_zh}。"
        + (
            f"{later}年起的通知，读到的部分里不再自列面积条件，改看国家级或省级认定；省级的认定办法没有读全。"
            if later
            else ""
        ),
        f"In {year}, when the paper appeared, still in force: {valid_en or 'none read'}. "
        f"Least share of area: {told_en}."
        + (
            f" Notices from {later} on, in the parts read, name no area share but ask for recognition, national or "
            "provincial; the rules "
            "of provinces were not all read."
            if later
            else ""
        ),
        silent,
    )


def span(rules: pd.DataFrame) -> str:
    """Return the years in which rules hold: 2016–2018."""
    return f"{rules['valid_from'].min()[:4]}–{rules['valid_to'].max()[:4]}"


@judges("Q200")
def online(claim: pd.Series, data: Data) -> Judged:
    """What the rules on space leave to a platform without any, by the recognition that the relief asks for."""
    rules = outside(data("tax_rules"))
    year = paper_year(data)
    national = rules[(rules["recognised_by"] == "national") & (rules["condition"] == "floor_area")]
    notices = rules[(rules["recognised_by"] == "national_or_provincial") & (rules["comparator"] == "none")]
    first, last = (notices[column].str[:4].astype(int) for column in ("valid_from", "valid_to"))
    notices = notices[(first <= year) & (year <= last)]
    if national.empty and notices.empty:
        return missing("printed")
    found = [Part("国家级认定", "national recognition", True, national)] if len(national) else []
    found += [Part("省级认定", "provincial recognition", None, notices)] if len(notices) else []
    least = said_values(national["value"], 0)
    return parts(found).because(
        f"国家级认定要求场地至少{least}平方米，没有场地的线上平台不能得到；{year}年有效的税收通知在读到的部分里不列面积条件，"
        "省级认定也可以，省级的办法没有读全。线上平台是否真有被拒的，没有查到。",
        f"National recognition asks for at least {least} square metres, which a platform without space cannot have; "
        f"the tax notice in force in {year}, in the part read, names no area, and provincial recognition will do, "
        "whose rules were not all read. Whether any online platform was refused was not found.",
    )


@judges("Q86")
def rates(claim: pd.Series, data: Data) -> Judged:
    """What enterprise loans cost, beside an earlier date, the euro area, and what industrial firms earn on assets."""
    loans, now, euro, profit = lending(data)
    if now.empty:
        return missing("printed")
    past, later = loans.head(1), loans.loc[now.index[0] :].iloc[1:]
    past = past.drop(now.index, errors="ignore")
    cost, found, told = now["value"].iloc[0], [], []
    for rows, zh, en in (
        (past, "此前的贷款", "earlier loans"),
        (euro, "欧元区企业贷款", "corporate loans in the euro area"),
        (profit, "规上工业利润占资产", "profit over assets of industrial firms"),
    ):
        if not rows.empty:
            value, day, summed = rows["value"].iloc[0], rows["as_of"].iloc[0], rows["basis"].iloc[0] == "derived"
            how = ("，推算", ", computed") if summed else ("", "")
            found.append(Part(f"与{zh}比", f"against {en}", bool(cost > value), joined([now, rows])))
            side = ("高于", "above") if cost > value else ("不高于", "not above")
            told.append((f"{side[0]}{zh} {value:g}%（{day}{how[0]}）", f"{side[1]} {en}, {value:g}% ({day}{how[1]})"))
    if not found:
        return missing("printed")
    after = [f"{row.value:g}%（{row.as_of}）" for row in later.itertuples()]
    after_en = [f"{row.value:g}% ({row.as_of})" for row in later.itertuples()]
    judged = parts(found).because(
        f"企业贷款加权平均利率{now['as_of'].iloc[0]}为{cost:g}%：{'，'.join(zh for zh, _ in told)}。"
        + (f"其后：{'，'.join(after)}。" if after else "")
        + "论文没有说与什么比，所比的都是我们选的。",
        f"Enterprise loans cost {cost:g}% in {now['as_of'].iloc[0]}: {'; '.join(en for _, en in told)}. "
        + (f"Later: {', '.join(after_en)}. " if after else "")
        + "The paper does not say compared with what; the yardsticks are ours.",
        later,
    )
    yardsticks = (("lending_rates_and_returns", tuple(rows.index), "value") for rows in (past, euro, profit))
    return with_levers(judged, *yardsticks)  # the earlier rate is computed from the later, which so cannot move alone


@judges("Q107")
def loans(claim: pd.Series, data: Data) -> Judged:
    """Loans beside bonds and shares of firms, in the period with the best sources; of the others the share is told.

    What is known of a longer period only lies between nothing and all of it, so that the share has two ends. Where no
    period has all three, aggregate financing is related evidence: it holds loans to households.
    """
    firms, total = data("corporate_financing_2020"), data("aggregate_financing_structure")
    periods = firms.loc[firms["measure"] == "loans_increase", "period"].drop_duplicates()
    known = {period: rows for period in periods if len(rows := raised(firms, period, data)) == len(RAISED)}
    if not known:
        total = total[(total["kind"] == "stock") & (total["instrument"] == "rmb_loans")]
        parts_of_stock = said_values(total["share_pct"], 1)
        return printed(claim, total, list(total["share_pct"] > 50), data, [False] * len(total)).because(
            f"人民币贷款占社会融资规模存量的{parts_of_stock}%，居民贷款在内。",
            f"RMB loans are {parts_of_stock}% of the stock of aggregate financing, loans to households included.",
        )
    best = {period: weigh(rows, False, data) for period, rows in known.items()}
    period = min(known, key=lambda p: rank((best[p][1] == "unsafe", best[p][0])))
    rows = known.pop(period)
    own_period = rows["period"] == period
    share, least = loan_share(rows), not own_period.all()
    main = (share > 50, loan_share(rows[own_period]) > 50)
    named, longer = period_names(), [RAISED[measure] for measure in rows.loc[~own_period, "measure"]]
    also = {p: f"{loan_share(other):.1f}%" for p, other in known.items()}
    lacking = firms[(firms["period"] == period) & firms["measure"].isin(rows.loc[~own_period, "measure"])]
    same = pd.concat([rows[own_period], lacking]).drop_duplicates("measure")
    exact = f"{loan_share(same):.1f}%" if least and len(same) == len(RAISED) else ""
    found = bounded(claim, main, rows) if least else recomputed(claim, main[0], rows)
    judged = found.because(
        f"企（事）业单位的贷款与企业的债券、股票（万亿元）：{terms(rows).zh}。"
        + f"贷款（含事业单位）{'至少' if least else ''}占三者的{share:.1f}%"
        + (f"，除非{'、'.join(zh for zh, _ in longer)}在其余月份净减少。" if least else "。")
        + (f"较弱的来源有同期的{'、'.join(zh for zh, _ in longer)}，按它占{exact}。" if exact else "")
        + "".join(f"{named[p].zh}占{other}。" for p, other in also.items())
        + "事业单位的贷款分不出来；自有资金、商业信用、信托贷款和委托贷款不在内。",
        f"Raised by firms, loans also by public institutions, in trillion yuan: {terms(rows).en}. "
        + f"Loans, those to institutions counted, are {'at least ' if least else ''}"
        + f"{share:.1f}% of the three"
        + (f", unless {' and '.join(en for _, en in longer)} shrank in the other months. " if least else ". ")
        + (f"By a weaker source on {' and '.join(en for _, en in longer)} of that period: {exact}. " if exact else "")
        + "".join(f"In {named[p].en}: {other}. " for p, other in also.items())
        + "Loans to institutions are not told apart; own funds, trade credit, trust and entrusted loans are left out.",
        [*known.values(), same] if exact else list(known.values()),
    )
    borrowed = tuple(rows.index[rows["measure"] == "loans_increase"])
    return with_levers(judged, ("corporate_financing_2020", borrowed, "value"))
