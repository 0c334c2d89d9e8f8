"""What confirms: a known body that shares none with the claim's origin and the paper, and says how it measured; all
else is traced. Tried on Q16 with one source that somebody adds."""

import frozen
import pandas as pd
import pytest
from worlds import holding

from compendium.ledger import evidence, independence
from compendium.ledger.evidence import EvidenceTables
from study.judgements import judges

FROZEN = frozen.compendium().tables
HONEST = {"publisher": "National Bureau of Statistics", "url": "https://www.stats.gov.cn/census-of-pilots"}
HONEST |= {"origin_id": "O-NBS-CENSUS", "role": "origin", "published": "2019-05", "table": "pilot_batches"}
ENGLISH = "english.www.gov.cn/state_council/ministries/2017/10/16/content_281475909949998.htm"
ACADEMY = {"url": "https://www.cae.cn/pilots", "origin_id": "O-CAE"}
OUTSIDE = {  # what is added: fields in which it differs from the honest page
    "the ministry under another name": {"publisher": "工信部装备工业司", "url": "https://www.miit.gov.cn/pilots"},
    "the ministry's words on the page of another": {"publisher": "工信部装备工业司"},
    "a publisher that passes on what another published": {"original_publisher": "MIIT"},
    "a publisher spelt otherwise": {"publisher": "National Statistics Bureau"},
    "a publisher in other case": {"publisher": "NATIONAL BUREAU OF STATISTICS"},
    "a publisher with a stop": {"publisher": "National Bureau of Statistics."},
    "the same page by a subdomain": {"url": f"https://m.{ENGLISH}"},
    "a path in other case": {"url": f"https://{ENGLISH.replace('state', 'STATE')}"},
    "a translating proxy": {"url": "https://www-stats-gov-cn.translate.goog/census-of-pilots"},
    "another archive": {"url": "https://archive.ph/2019/https://www.stats.gov.cn/census-of-pilots"},
    "the known archive": {"url": "https://web.archive.org/web/2019/https://www.stats.gov.cn/census-of-pilots"},
    "a host with a dot": {"url": f"https://{ENGLISH.replace('.cn/', '.cn./')}"},
    "a host that stands before another": {"url": "https://www.stats.gov.cn@example.org/census-of-pilots"},
    "a subdomain that was not declared": {"url": "https://data.stats.gov.cn/census-of-pilots"},
    "a site that is not trusted": {"url": "hxxps://www[.]stats[.]gov[.]cn.example[.]org/"},
    "no address that can be read": {"url": "http://[www.stats.gov.cn/"},
    "the Academy": ACADEMY | {"publisher": "Chinese Academy of Engineering"},
    "the Academy by its letters": ACADEMY | {"publisher": "CAE"},
    "the Academy in Chinese": ACADEMY | {"publisher": "中国工程院院刊"},
    "the journal": {"publisher": "中国工程科学", "url": "https://www.engineering.org.cn/a", "origin_id": "O-CAE-IPLUS"},
    "the ministry's institute": {"publisher": "CCID", "url": "https://ccid.example/a", "origin_id": "O-CCID"},
    "an origin that is not the body's": {"origin_id": "O-OECD"},
    "an origin of the ministry too": {"origin_id": "O-GUIDE"},
    "an origin of no body": {"origin_id": "O-OFWEEK"},
    "a copy": {"role": "copy"},
    "a page printed after the paper that says not how": {"published": "2023", "table": ""},
    "a page that says not how": {"table": ""},
    "a page that says how it measured something else": {"table": "chips"},
}


def added(**cells):
    """Return the frozen tables with one source more that prints the 97 projects of Q16, by its fields."""
    cells = HONEST | {"source_id": "added", "original_publisher": "", "grade": "A", "host_trust": "ok"} | cells
    frames = {name: FROZEN(name) for name in FROZEN.resources}
    batches, bodies = frames["pilot_batches"], frames["bodies"].set_index("body_id", drop=False)
    bodies.loc["ccid", "hosts"] = "ccid.example"
    bodies.loc["nbs", "origin_ids"] += " ; O-GUIDE"
    final = batches[batches["preferred"] & batches["year"].eq(2017)]
    more = {
        "sources": pd.DataFrame([cells])[[*frames["sources"].columns.intersection([*cells])]],
        "source_origins": pd.DataFrame([cells | {"table": ""}])[["source_id", "table", "origin_id", "role"]],
        "excerpts": pd.DataFrame([{"source_id": "added", "table": cells["table"], "kind": "method"}]),
        "pilot_batches": final.assign(source_id="added", also_in="", preferred=False),
    }
    frames |= {name: pd.concat([frames[name], rows], ignore_index=True) for name, rows in more.items()}
    return EvidenceTables(holding(frames | {"bodies": bodies.reset_index(drop=True)}))


def verdict(data):
    return judges.assess("Q16", data).verdict


@pytest.mark.parametrize("published", ["2019-05", "", "2023"])
def test_a_known_body_that_counted_itself_and_says_how_confirms(published):
    data = added(published=published)
    assert verdict(data) == "confirmed"
    assert data.read >= {"bodies", "sources", "source_origins", "excerpts", "origins"}


@pytest.mark.parametrize("what", OUTSIDE)
def test_one_added_source_that_is_not_known_to_be_independent_leaves_q16_traced(what):
    assert verdict(added(**OUTSIDE[what])) == "traced"


@pytest.mark.parametrize("gone", ["bodies", "O-PAPER", "O-MIIT-PILOT"])
def test_where_the_bodies_of_paper_or_claim_are_not_known_nothing_is_independent_of_them(gone):
    data, frames = added(), added().tables.frames
    data.tables.frames["bodies"] = (
        frames["bodies"][:0]
        if gone == "bodies"
        else frames["bodies"].assign(origin_ids=frames["bodies"]["origin_ids"].str.replace(gone, "O-UIS"))
    )
    assert verdict(data) == "traced"


def test_a_page_of_no_known_body_is_told_in_one_line_with_a_remedy():
    known, other = (
        independence.list_unverified_origin_sources(added(**cells)) for cells in ({}, {"publisher": "Nobody"})
    )
    [line] = set(other) - set(known)
    assert line.startswith("data/raw/sources.csv, added: is of no body of bodies") and "Remedy: if it measured" in line


def test_an_outcome_appeared_after_the_paper_and_in_the_year_of_the_forecast():
    data = added()
    claims = [pd.Series({"year_end": year}) for year in (2021, float("nan"), 2025)]
    for published, due in ((2022, [0, 0, 0]), (2023, [1, 1, 0]), (2025, [1, 1, 1]), (0, [0, 0, 0])):
        data.made[evidence.list_published] = set(), {"office": published}
        assert [data.outcome("office", claim) for claim in claims] == [bool(one) for one in due]
    assert evidence.list_published(added())["added"] == 2019
