"""Finance and tax, section 3.3: the area rule for incubators, rates, loans."""

import pandas as pd

from compendium.base import texts
from compendium.base.texts import NOTHING, SENTENCE
from compendium.ledger.evidence import (
    EvidenceTables,
    compute_grade_and_trust,
    drop_paper_based_rows,
    rank_source_quality,
)
from compendium.ledger.readings import by_reading, read_under
from compendium.ledger.rules import Judged, Part, bounded, missing, parts, printed, recomputed
from study.analysis.finance import (
    CLAUSE,
    RAISED,
    compute_loan_share,
    describe_financing,
    select_financing_by_period,
    select_lending_rate_rows,
)
from study.judgements.innovation import format_distinct_values, replace_levers
from study.judgements.policy import find_paper_year
from study.judgements.registry import judges

text = texts.catalogue("study/funding")


@judges("Q84")
def judge_incubator_area_share(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The area share asked of incubators that claim relief, by legal basis: the tax notice, then recognition."""
    rules = data("tax_rules")
    mine = rules[rules["source_id"] == "paper"]
    rules = drop_paper_based_rows(rules)
    rules = rules[rules["condition"].isin(mine["condition"]) & rules["doc_id"].ne("")]
    direct = rules[rules["subject"].isin(mine["subject"]) & (rules["comparator"] == ">=")]
    by_recognition = rules[(rules["basis"] == "derived") & (rules["comparator"] == ">=")]
    silent = rules[rules["comparator"] == "none"]
    bases = {"notice": direct, "recognition": by_recognition}
    bases = {basis: rows for basis, rows in bases.items() if len(rows)}
    if not bases:
        return missing("printed")
    wanted, year = data.value(claim["claim_id"]), find_paper_year(data)
    found = [Part(bool((rows["value"] == wanted).all()), rows) for rows in bases.values()]
    shares, valid = [], []
    for basis, rows in bases.items():
        first, last, named = rows["valid_from"].min()[:4], rows["valid_to"].max()[:4], text(f"area-{basis}")
        values = format_distinct_values(rows["value"], 0)
        shares.append(text("area-share", basis=named, values=values, first=first, last=last))
        valid += [named] if first <= str(year) <= last else []
    valid_told = texts.join_texts(valid, empty=text("area-none"))
    told = text("area", year=year, valid=valid_told, shares=texts.join_texts(shares, CLAUSE))
    later = silent["valid_from"].min()[:4] if len(silent) else ""
    said = [told, text("area-later", year=later) if later else NOTHING]
    return parts(found).told(texts.join_texts(said, SENTENCE), silent)


@judges("Q200")
def judge_online_platform_relief(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What the rules on space leave to a platform without any, by the recognition that the relief asks for."""
    rules = drop_paper_based_rows(data("tax_rules"))
    year = find_paper_year(data)
    national = rules[(rules["recognised_by"] == "national") & (rules["condition"] == "floor_area")]
    notices = rules[(rules["recognised_by"] == "national_or_provincial") & (rules["comparator"] == "none")]
    first, last = (notices[column].str[:4].astype(int) for column in ("valid_from", "valid_to"))
    notices = notices[(first <= year) & (year <= last)]
    if national.empty and notices.empty:
        return missing("printed")
    found = [Part(True, national)] if len(national) else []
    found += [Part(None, notices)] if len(notices) else []
    return parts(found).told(text("online", least=format_distinct_values(national["value"], 0), year=year))


@judges("Q86")
def judge_loan_rates(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What enterprise loans cost, beside an earlier date, the euro area, and what industrial firms earn on assets."""
    loans, now, euro, profit = select_lending_rate_rows(data)
    if now.empty:
        return missing("printed")
    past, later = loans.head(1), loans.loc[now.index[0] :].iloc[1:]
    past = past.drop(now.index, errors="ignore")
    cost, day, found = now["value"].iloc[0], now["as_of"].iloc[0], {}
    for name, rows in {"earlier": past, "euro": euro, "profit": profit}.items():
        found[name] = missing("printed")
        if not rows.empty:
            other = rows.iloc[0]
            how = text("rates-computed") if other["basis"] == "derived" else NOTHING
            told = text("rates", day=day, cost=cost, what=text(f"rates-{name}"), other=other, how=how)
            found[name] = recomputed(claim, bool(cost > other["value"]), [now, rows]).told(told)
    after = texts.join_texts((text("rates-one", row=row) for row in later.itertuples()), CLAUSE)
    for name in ("bearable", "abroad"):
        found[name] = read_under(claim, name, data, text(f"rates-{name}"))
    judged = by_reading(claim, found, data)
    said = [judged.reason, text("rates-later", rates=after) if len(later) else NOTHING, text("rates-yardsticks")]
    judged = judged.told(texts.join_texts(said, SENTENCE), later)
    yardsticks = (("lending_rates_and_returns", tuple(rows.index), "value") for rows in (past, euro, profit))
    return replace_levers(
        judged, *yardsticks
    )  # the earlier rate is computed from the later, which so cannot move alone


@judges("Q107")
def judge_loan_share(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Loans beside bonds and shares of firms, in the period with the best sources; of the others the share is told.

    What is known of a longer period only lies between nothing and all of it, so that the share has two ends. Where no
    period has all three, aggregate financing is related evidence: it holds loans to households.
    """
    firms, total = data("corporate_financing_2020"), data("aggregate_financing_structure")
    periods = firms.loc[firms["measure"] == "loans_increase", "period"].drop_duplicates()
    known = {period: select_financing_by_period(firms, period, data) for period in periods}
    known = {period: rows for period, rows in known.items() if len(rows) == len(RAISED)}
    if not known:
        total = total[(total["kind"] == "stock") & (total["instrument"] == "rmb_loans")]
        found = printed(claim, total, list(total["share_pct"] > 50), data, [False] * len(total))
        found = found.told(text("loans-stock", share=format_distinct_values(total["share_pct"], 1)))
        own_funds = read_under(claim, "all_funds", data, text("loans-own-funds"))
        return by_reading(claim, {"outside_funds": found, "all_funds": own_funds}, data)
    best = {period: compute_grade_and_trust(rows, False, data) for period, rows in known.items()}
    period = min(known, key=lambda p: rank_source_quality((best[p][1] == "unsafe", best[p][0])))
    rows = known.pop(period)
    own_period = rows["period"] == period
    share, least = compute_loan_share(rows), not own_period.all()
    main = (share > 50, compute_loan_share(rows[own_period]) > 50)
    longer = texts.join_texts((RAISED[measure] for measure in rows.loc[~own_period, "measure"]), ("、", " and "))
    lacking = firms[(firms["period"] == period) & firms["measure"].isin(rows.loc[~own_period, "measure"])]
    same = pd.concat([rows[own_period], lacking]).drop_duplicates("measure")
    exact = least and len(same) == len(RAISED)
    found = bounded(claim, main, rows) if least else recomputed(claim, main[0], rows)
    names = data.tables.labels("corporate_financing_2020", "period")
    said = [text("loans-least", share=share, longer=longer) if least else text("loans-share", share=share)]
    said += [text("loans-raised", terms=describe_financing(rows, data))]
    said += [text("loans-weaker", share=compute_loan_share(same), longer=longer)] if exact else []
    said += [text("loans-other", period=names[p], share=compute_loan_share(other)) for p, other in known.items()]
    said += [text("loans-left-out")]
    beside = [*known.values(), same] if exact else list(known.values())
    among_channels = found.told(texts.join_texts(said, SENTENCE), beside)
    own_funds = read_under(claim, "all_funds", data, text("loans-own-funds"))
    judged = by_reading(claim, {"outside_funds": among_channels, "all_funds": own_funds}, data)
    borrowed = tuple(rows.index[rows["measure"] == "loans_increase"])
    return replace_levers(judged, ("corporate_financing_2020", borrowed, "value"))
