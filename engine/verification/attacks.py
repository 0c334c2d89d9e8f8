"""What a hurried or a dishonest hand may do to a copy of the compendium, one attack each, for trials.py.

An attack stands under a table of notebooks/notices.toml, which says what it is. Its hand commits what it planted; or it
renews the hashes of the raw tables first (`refreshes`); or it takes the run that follows as reference, too (`accepts`).
"""

import csv
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from verification.changes import Cells, Change, added, both, cells, edited, gone, holding, nothing, removed, rows, text

CONTROL = ""  # instead of a notice: harmless, and no command may notice anything


@dataclass(frozen=True)
class Attack:
    """One thing that a hand does."""

    name: str
    notice: str  # table of notebooks/notices.toml
    plant: Change
    hand: str = "commits"  # how far it goes on; else `refreshes` or `accepts`


# What several attacks share

Q16 = {"claim_id": "Q16"}
BATCH = {"year": "2017", "stage": "final", "source_id": "govcn-en-2017-10"}
PAGE = {"source_id": "govcn-en-2017-10"}
ADDRESS = "http://english.www.gov.cn/state_council/ministries/2017/10/21/content_281475915786040.htm"
WORDS = {"evidence_id": "V058"}
LEVEL = {"scope": "national", "year": "2020", "level_class": "2"}
EXAMPLE = "engine/examples/growth-and-debt/data/processed"
CODES = ("comparison", "differs_in")


def excerpt(value: str, source: str = "govcn-en-2017-10") -> Change:
    """Return what writes another number into the excerpt of the batch of 2017, with its hash."""
    where = {"row_key": "2017 / final / govcn-en-2017-10", "source_id": source}
    return cells("excerpts", where, excerpt=value, sha256=sha256(value.encode()).hexdigest())


def measured_again(url: str, **source: str) -> Change:
    """Return what adds a page at an address, of an origin of its own, that gives the batch of 2017, too."""
    new = {"source_id": "planted-2017"}
    names = {"name_zh": "另一处报道97个试点", "name_en": "Another report of the 97 pilots", "title": "97 pilots"}
    origin = {"origin_id": "O-PLANTED", "name_zh": "另一机构", "name_en": "another body"}
    return both(
        added("sources", PAGE, **new, **names, no_excerpt="not_kept", **{"url": url, **source}),
        added("origins", {"origin_id": "O-NBS-RD"}, **origin),
        added("source_origins", PAGE, **new, origin_id="O-PLANTED"),
        added("pilot_batches", BATCH, **new, also_in="", preferred="false", note=""),
    )


def agreeing(copy: Path) -> None:
    """Let the second coder read every row as the majority did."""
    with (copy / "data/raw/claim_evidence.csv").open(encoding="utf-8", newline="") as lines:
        most = {row["evidence_id"]: {code: row[code] for code in CODES} for row in csv.DictReader(lines)}
    rows("codings", lambda found: [
        row | most[row["evidence_id"]] if row["coder"] == "second" else row for row in found
    ])(copy)  # fmt: skip


def swapped(found: list[Cells]) -> list[Cells]:
    names = {"Anhui": "Jiangxi", "Jiangxi": "Anhui"}
    return [row | {"province_en": names.get(row["province_en"], row["province_en"])} for row in found]


def without_rules(before: str) -> str:
    content = json.loads(before)
    for column in next(table for table in content["resources"] if table["name"] == "sources")["schema"]["fields"]:
        column.pop("constraints", None)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def digests(copy: Path) -> None:
    """Renew the digests of the outputs that lie there, as `accept` would."""
    path = copy / "data/SHA256SUMS"
    names = [line.split("  ", 1)[1] for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [f"{sha256((copy / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    path.write_text("".join(lines), encoding="utf-8")


def in_cell(name: str, old: str, new: str) -> Change:
    return edited(f"notebooks/{name}.ipynb", lambda before: before.replace(old, new, 1))


FIRST = ("notebooks/texts/07-talent-gap.toml", '^en = "([A-Z])')
VERDICT = cells("claims", {"claim_id": "Q71"}, folder="data/processed", verdict="traced")
EXPECTED = text("tests/expected-verdicts.csv", "^Q71,.*$", "Q71,traced")

ATTACKS = [
    Attack("none", CONTROL, nothing),
    # Raw tables, hashes left as they are
    Attack("word-for-number", "not-valid", text("data/raw/pilot_batches.csv", "^2017,final,97", "2017,final,many")),
    Attack("key-twice", "not-valid", added("pilot_batches", BATCH), "refreshes"),
    Attack("digit", "hash", text("data/raw/pilot_batches.csv", "^2018,public_notice,99", "2018,public_notice,98")),
    Attack("stale-hash", "hash", text("data/raw/datapackage.json", r"sha256:\w{64}", "sha256:" + "0" * 64)),
    # Numbers and what proves them
    Attack("row-beside-excerpt", "excerpt", cells("pilot_batches", BATCH, projects="98"), "accepts"),
    Attack("excerpt-beside-row", "excerpt", excerpt("99"), "accepts"),
    Attack("row-and-excerpt", "row-and-excerpt", both(cells("pilot_batches", BATCH, projects="98"), *(
        excerpt("98", source) for source in ("govcn-en-2017-10", "qingdao-daily-2017", "beijingreview-de-2017-10"))),
        "accepts"),
    Attack("excerpt-disowned", "row-and-excerpt", both(cells("pilot_batches", BATCH, projects="98"),
        cells("excerpts", {"row_key": "2017 / final / govcn-en-2017-10"}, numbers_in_text="")), "accepts"),
    Attack("excerpts-gone", "row-and-excerpt", both(cells("pilot_batches", BATCH, projects="98"),
        gone("excerpts", row_key="2017 / final / govcn-en-2017-10")), "accepts"),
    Attack("number-without-excerpt", "number", cells("claim_evidence", {"evidence_id": "V009"}, value="5"), "accepts"),
    # Origins, sources, trust
    Attack("origin-cell", "origin", cells("claims", Q16, origin_id="O-PAPER"), "accepts"),
    Attack("origin-unnamed", "origin-open", cells("claims", Q16, origin_id="O-UNNAMED"), "accepts"),
    Attack("origin-of-source", "origin-open", cells("source_origins", PAGE, origin_id="O-NBS-RD"), "accepts"),
    Attack("copy-anchor", "copied-source", measured_again(f"{ADDRESS}#top"), "accepts"),
    Attack("copy-query", "copied-source", measured_again(f"{ADDRESS}?from=mobile"), "accepts"),
    Attack("copy-elsewhere", "invented-page", measured_again("https://www.pilots.example/97"), "accepts"),
    Attack("grade", "grade", cells("sources", {"source_id": "shelec-2015"}, grade="A"), "accepts"),
    Attack("trust", "grade", cells("sources", {"source_id": "jjckb-2017"},
        host_trust="ok", url="http://ytjhdl.cn/xw/bwdt/408245.html"), "accepts"),
    Attack("publisher", "source", cells("sources", {"source_id": "shelec-2015"}, publisher="Xinhua"), "accepts"),
    Attack("archived", "archived", cells("sources", {"source_id": "shelec-2015"},
        archived="https://web.archive.org/web/2016/http://example.org/"), "refreshes"),
    Attack("beside-earlier", "beside", cells("maturity_levels", LEVEL, also_in="govcn-en-2018-01"), "accepts"),
    Attack("beside-later", "beside", cells("maturity_levels", LEVEL, also_in="govcn-en-2021-12"), "accepts"),
    Attack("derived", "basis", cells("maturity_levels", LEVEL | {"level_class": "le1"}, basis="derived"), "accepts"),
    Attack("proof", "proof", cells("successor_programmes", {"row_id": "N003"}, proof="verbatim"), "accepts"),
    Attack("target", "target", cells("target_outcomes", {"outcome_id": "O25"}, result="reached"), "accepts"),
    # Words and who read them
    Attack("codings-agree", "codings", agreeing, "accepts"),
    Attack("codings-turned", "codings", both(
        cells("codings", WORDS, comparison="holds"), cells("claim_evidence", WORDS, comparison="holds")), "accepts"),
    Attack("coders-dropped", "coders", both(
        *(gone("codings", evidence_id="V152", coder=name) for name in ("first", "second")),
        cells("claim_evidence", {"evidence_id": "V152"}, differs_in="")), "accepts"),
    Attack("coder", "codings", cells("coders", {"coder": "third"}, made_by="person"), "accepts"),
    Attack("one-code", "code", cells("claim_evidence", WORDS, comparison="holds"), "accepts"),
    Attack("retold", "retold", cells("claim_evidence", WORDS, says_zh="2015年国家指南没有参考模型。",
        says_en="The national guide of 2015 has no model."), "accepts"),
    Attack("note", "note", cells("pilot_batches", BATCH, note="reworded"), "accepts"),
    Attack("names-swapped", "names", rows("provinces", swapped), "accepts"),
    # What was done and what was not
    Attack("evidence-gone", "evidence-gone", both(gone("claim_evidence", **WORDS), gone("codings", **WORDS),
        gone("excerpts", table="claim_evidence", row_key="V058")), "accepts"),
    Attack("search-added", "search-added", added("searches", {"search_id": "S002"}, search_id="S999"), "accepts"),
    Attack("search-gone", "search", gone("searches", search_id="S002"), "accepts"),
    Attack("record-obtained", "record", cells("records", {"record_id": "R16"}, obtained="true"), "accepts"),
    Attack("admission", "admission", text("notebooks/untried.toml", r"^\[platforms\]\n.*\n.*\n", ""), "accepts"),
    Attack("changes", "history", text("data/raw/CHANGES.md", r"^\| 2026-11-28 .*\n", "")),
    # What the paper says
    Attack("misquoted", "paper", cells("claims", Q16, value_text="98", value_low="98", value_high="98",
        printed_zh="98个项目", printed_en="98 projects", statement_zh="2017年批次为98个。",
        statement_en="The batch of 2017 has 98 projects."), "accepts"),
    Attack("sign", "sign", cells("claims", {"claim_id": "Q42"}, value_text=">75", value_high=""), "accepts"),
    Attack("restated", "paper-words", cells("claims", {"claim_id": "Q118"},
        statement_zh="我国还没有统一的标准。", statement_en="China has no single standard yet."), "accepts"),
    Attack("weight", "weight", cells("claims", {"claim_id": "Q71"}, weight="supporting"), "accepts"),
    Attack("not-testable", "weight", cells("claims", {"claim_id": "Q71"}, testable="false"), "accepts"),
    # Verdicts, outputs, rules
    Attack("verdict-typed", "output", VERDICT),
    Attack("figure", "output", edited("figures/en/12-verdicts.svg", lambda all: all.replace("<path", "<path ", 1))),
    Attack("notebook-output", "output", in_cell("07-talent-gap", '"execution_count": 3', '"execution_count": 4')),
    Attack("generated", "output", text("README.md", "16 match a source", "17 match a source")),
    Attack("expected", "verdict", EXPECTED),
    Attack("verdict-everywhere", "verdict", both(VERDICT, EXPECTED, digests)),
    Attack("rule", "rule", text(
        "engine/src/compendium/ledger/verdict.py", 'self.grade == "C" or self.trust', "self.trust"), "accepts"),
    Attack("rule-idle", "rule-idle", text(
        "engine/src/compendium/ledger/printed.py", r"return self\.half \+ 1e-9", "return self.half + 1e-4"), "accepts"),
    Attack("tolerance", "rule-idle", text(
        "engine/src/compendium/run/comparison.py", "^RELATIVE = 1e-9", "RELATIVE = 1e-2"), "accepts"),
    Attack("constraints", "rule-idle", edited("data/raw/datapackage.json", without_rules), "accepts"),
    Attack("test-gone", "test", removed("tests/test_ledger.py")),
    Attack("rate", "rate", rows("kills", lambda all: [row | {"exit_status": "0"} for row in all], "data/verification")),
    Attack("rate-commit", "rate-commit", both(
        *(cells(name, {}, folder="data/verification", commit="deadbeef") for name in ("measured", "rates")))),
    Attack("diff", "diff", edited(".gitattributes", lambda all: all.replace(".csv -text", ".csv -text -diff"))),
    Attack("example", "example", cells("claims", {"claim_id": "Q01"}, folder=EXAMPLE, verdict="open")),
    Attack("library", "library", holding(
        "build/site/seaborn-0.0.1.dist-info/METADATA", "Name: seaborn\nVersion: 0.0.1\n")),
    # Texts
    Attack("cell-one-language", "text-cell", in_cell("07-talent-gap", "**Inputs**", "**The inputs**")),
    Attack("cell-number", "text-cell", in_cell("07-talent-gap", "**Inputs**", "**7 inputs**")),
    Attack("sentence", "sentence", text(*FIRST, r'en = "Perhaps: \1'), "accepts"),
    Attack("sentence-number", "sentence", text(*FIRST, r'en = "7 times: \1'), "accepts"),
    Attack("finding", "finding", text("notebooks/findings.toml", "copied correctly", "copied wrongly"), "accepts"),
    Attack("notices", "finding", text("notebooks/notices.toml", "^diff = .*",
        'diff = { zh = "不需要", en = "not needed" }'), "accepts"),
    Attack("readme", "readme", text("README.md", "Machines read the words", "Persons read the words")),
    # Names of files
    Attack("names-of-windows", "name", both(holding("..\\..\\evil.txt"), holding("C:evil.txt"), holding("CON"))),
    Attack("names-alike", "name", holding("readme.md")),
    Attack("name-broken", "name", holding("a\nb.txt")),
]  # fmt: skip
