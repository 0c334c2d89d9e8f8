"""What readers see: lists of claims, the findings, the HTML report, the generated parts of the READMEs."""

import re
import shutil
import tomllib
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import frozen
import pytest
import worlds
from bs4 import BeautifulSoup
from click.testing import CliRunner
from poison import POISON, shown

from compendium import CompendiumError
from compendium.__main__ import main
from compendium.base import escape, files, paths
from compendium.base.files import InputError, csv_text, write_atomic
from compendium.base.texts import catalogue, make_bilingual_text
from compendium.base.vocabulary import ANSWERS, DEPENDS, VERDICTS, WEIGHTS
from compendium.book import building
from compendium.ledger import claims, record, recording
from compendium.ledger.evidence import LedgerError
from compendium.pages import findings, listing, quotes, readme, report
from compendium.run import contents

SOURCES = frozen.texts("sources")
READMES = ("README.md", "README.zh-CN.md")
text = catalogue("compendium/show")
SAFE, UNSAFE = (SOURCES.loc[SOURCES["host_trust"] == trust, "source_id"].iloc[-1] for trust in ("ok", "unsafe"))
JUDGED = {
    "Q14": ("confirmed", "46", SAFE, "B", "ok", "firm"),
    "Q12": ("traced", "305", f"{SAFE} ; {UNSAFE}", "C", "unsafe", "weak"),
    "Q49": ("inconsistent", "yes", "", "", "", ""),
    "Q24": ("bounded", "20 to 24", SAFE, "B", "ok", "firm"),
    "Q25": ("open", "no to yes", SAFE, "B", "ok", "firm"),
    "Q42": ("relabelled", "75", SAFE, "C", "ok", "weak"),
    "Q37": ("contradicted", "1024", SAFE, "C", "ok", "weak"),
    "Q34": ("indirect", "no / yes", SAFE, "C", "ok", "weak"),
    "Q11": ("mixed", "no / yes", SAFE, "C", "ok", "weak"),
    "Q77": (DEPENDS, "no / yes", SAFE, "B", "ok", "firm"),
    "Q31": ("not obtained", "", "", "", "", ""),
    "Q35": ("no source found", "", "", "", "", ""),
    "Q04": ("not testable", "", "", "", "", ""),
    "Q13": ("traced", "yes", SAFE, "C", "ok", "weak"),
}
AGREEING = {"bounded": "interval", "open": "open", "indirect": "related", "mixed": "part", DEPENDS: "depends"}


@pytest.fixture
def root(tmp_path, frozen_root):
    """A root with the frozen tables, one processed table, and the notebooks as they are declared today."""
    (tmp_path / "data" / "processed").mkdir(parents=True)
    (tmp_path / "data" / "raw").symlink_to(frozen_root / "data" / "raw")
    paths.processed_path("pilot-batch-sizes", tmp_path).write_text(SIZES, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(paths.HOME / "notebooks" / "contents.toml", tmp_path / "notebooks")
    for name, content in (("findings", FEW), ("quotes", INSTEAD), ("summary", PARTS)):
        (tmp_path / "notebooks" / f"{name}.toml").write_text(content, encoding="utf-8")
    return worlds.declare(tmp_path)


@pytest.fixture
def world(root, frozen_tables):
    """The compendium in that root; the frozen tables are read once."""
    c = worlds.at(root)
    vars(c)["tables"] = frozen_tables.tables
    return c


@pytest.fixture
def ledger(root, world):
    """Return a ledger of all claims, some judged as above, with awkward characters in the reasons."""
    found = {}
    for row in world.tables("claims").itertuples():
        told = {name: getattr(row, name) for name in ("claim_id", *claims.OF_CLAIM, "printed_zh", "printed_en")}
        told |= {"value_printed": row.value_text, "rule": "own", "agreement": "same", "verdict": "consistent"}
        if row.claim_id not in JUDGED:
            found[row.claim_id] = worlds.judged(**told)
            continue
        fields = ("verdict", "value_computed", "evidence", "lowest_grade", "trust", "strength")
        told |= dict(zip(fields, JUDGED[row.claim_id], strict=True)) | {"difference": "0", "rule": "printed"}
        weak = SimpleNamespace(strength=told["strength"], grade=told["lowest_grade"], trust=told["trust"])
        owned = recording.describe_weak_evidence(weak)
        told |= {"reason_zh": f"数值<b>相同</b>。{owned.zh}", "reason_en": f"Equal & <b>bold</b>.{owned.en}"}
        told |= {"flip_zh": "若是别的数，就不同。", "flip_en": "It would differ with another number."}
        one = worlds.judged(**told | {"agreement": AGREEING.get(told["verdict"], "same")})
        found[row.claim_id] = replace(one, notebook="02-pilot-growth", cell=f"check-{row.claim_id.lower()}")
    return found


def keep(ledger, root):
    """Write a ledger, and where its claims are shown, below `root`."""
    seen = [(one.notebook, one.cell, "claim", name) for name, one in ledger.items() if one.notebook]
    cells = [one.cells(worlds.HERE.languages).values() for one in ledger.values()]
    for name, header, rows in (
        ("claims", record.list_ledger_columns(worlds.HERE.languages), cells),
        (claims.SHOWN, ("notebook", "cell", "kind", "name"), seen),
    ):
        write_atomic(paths.processed_path(name, root), csv_text(header, rows).encode("utf-8"))


def every(ledger, **fields):
    """Return a ledger with other fields of every record."""
    return {name: replace(one, **fields) for name, one in ledger.items()}


def of_substance(ledger):
    """Return the verdicts of the claims of substance, counted."""
    return Counter(one.verdict for one in ledger.values() if one.weight != claims.LISTS)


def test_claims_are_ordered_by_verdict_weight_and_number(ledger):
    told = listing.sort_claims_by_verdict(claims.ledger_to_frame(ledger))
    assert told["claim_id"].tolist()[:8] == ["Q37", "Q49", "Q11", "Q42", "Q77", "Q24", "Q25", "Q14"]
    rest = told[told["verdict"] == "consistent"]
    assert rest["weight"].tolist() == sorted(rest["weight"], key=list(WEIGHTS).index)
    numbers = rest.loc[rest["weight"] == "structural", "claim_id"].str[1:].astype(int).tolist()
    assert numbers == sorted(numbers)


# The findings a reader takes away.

SIZES = """
year,notice_low,rule
2015,,printed
2016,64,recomputed
2017,97,printed
2018,99,recomputed
""".lstrip()
FEW = """
[firm]
expects = { Q14 = "confirmed" }
zh = "首批{Q14.printed}个，公示{notice:.0f}个。"
en = "First {Q14.printed}, notice {notice:.0f}."
cells.notice = { table = "pilot-batch-sizes", where = { year = 2016 }, column = "notice_low" }

[light]
expects = { Q49 = "inconsistent" }
zh = "比为{Q49.computed}。"
en = "Ratio {Q49.computed}."

[mixed]
expects = { Q14 = "confirmed", Q24 = "bounded", Q42 = "relabelled" }
zh = "界为{Q24.computed}。"
en = "Bounds {Q24.computed}."
"""


INSTEAD = """
[Q42]
expects = { Q42 = "relabelled", Q14 = "confirmed" }
zh = "公示{notice:.0f}个，一级及以下{Q42.computed}%。"
en = "Notice {notice:.0f}, level 1 and below {Q42.computed}%."
cells.notice = { raw = "pilot_batches", where = { stage = "public_notice", year = 2016 }, column = "projects" }
"""
PARTS = """
[counts]
expects = { Q14 = "confirmed" }
zh = "首批{Q14.computed}个相符"
en = "the first batch of {Q14.computed} matches"

[map]
expects = { Q31 = "not obtained" }
zh = "地图无法核对"
en = "its map could not be checked"
"""
CONTENT = {"findings": FEW, "quotes": INSTEAD, "summary": PARTS}


@pytest.fixture
def rewrite(root):
    """A function that puts one text for another in one of the files of sentences."""

    def put(old, new, name="findings"):
        assert old in CONTENT[name]
        (root / "notebooks" / f"{name}.toml").write_text(CONTENT[name].replace(old, new), encoding="utf-8")

    return put


def test_findings_are_filled_and_name_their_claims_by_answer_with_marks_and_notebooks(world, rewrite, ledger):
    found = findings.fill_findings(world, ledger)
    assert [tuple(f.claims) for f in found] == [("Q14",), ("Q49",), ("Q14", "Q24", "Q42")]
    assert [f.said.en for f in found] == ["First 46, notice 64.", "Ratio yes.", "Bounds 20 to 24."]
    assert found[2].said.zh == "界为20至24。" and not any(f.faults for f in found)
    zh, en = (findings.render_findings_list(found, language, "notebooks/").splitlines() for language in ("zh", "en"))
    link = "[02](notebooks/02-pilot-growth.ipynb)"
    every_answer = ("correct", "precise", "unsettled", "matches")
    wrong, vague, unsettled, sound = ((ANSWERS[name].zh, ANSWERS[name].en) for name in every_answer)
    told = f"({vague[1]}: Q42 ○; {unsettled[1]}: Q24; {sound[1]}: Q14 ●; notebook {link})"
    assert en[2] == f"3. Bounds 20 to 24. {told}"
    assert zh[0] == f"1. 首批46个，公示64个。（{sound[0]}：Q14 ●；笔记本 {link}）"
    rewrite("First {Q14.printed}", "First {Q14.computed:.2f} {Q14.computed:batch|batches}, {Q14.computed}")
    assert findings.fill_findings(world, ledger)[0].said.en == "First 46.00 batches, 46, notice 64."
    rewrite('{ Q49 = "inconsistent" }', f'{{ Q49 = "inconsistent", Q77 = "{DEPENDS}" }}')
    ledger = worlds.altered(ledger, "Q49", strength="weak")
    linked = findings.render_findings_list(findings.fill_findings(world, ledger), "en", page="docs/all.md")
    assert f"{wrong[1]}: [Q49](docs/all.md#q49) ○; {vague[1]}: [Q77](docs/all.md#q77)" in linked
    assert "(02-pilot-growth.ipynb)" in linked and linked.count("docs/all.md") == 3, "only those to be corrected"
    rewrite("[light]", "[light]\nwithdrawn = true")
    assert [f.said.en[:6] for f in findings.fill_findings(world, ledger)] == ["First ", "Bounds"], (
        "one is not published"
    )


def test_a_changed_verdict_withdraws_a_sentence_to_the_end_with_all_its_faults(world, rewrite, ledger):
    ledger = worlds.altered(ledger, "Q49", verdict="traced")
    found = findings.fill_findings(world, ledger)
    assert [list(f.claims)[-1] for f in found] == ["Q14", "Q42", "Q49"] and [bool(f.faults) for f in found] == [0, 0, 1]
    now, was = (VERDICTS[verdict].zh for verdict in ("traced", "inconsistent"))
    assert found[2].said.zh == f"已撤下，待改写 `light`：Q49 现为“{now}”，不是“{was}”。"
    assert f"3. {found[2].said.en}" in findings.render_findings(world, ledger, "en", "here")
    rewrite('"notice_low" }', '"notice_low", must = 65 }')
    for name in ("Q14", "Q42"):
        ledger = worlds.altered(ledger, name, verdict="contradicted")
    told = {list(f.claims)[-1]: f.said.en.partition(": ")[2] for f in findings.fill_findings(world, ledger) if f.faults}
    moved = "Q14 is now contradicted, not confirmed; "
    assert told == {
        "Q14": f"{moved}notice_low of pilot-batch-sizes (2016) is now 64.0, not 65.",
        "Q49": "Q49 is now traced, not inconsistent.",
        "Q42": f"{moved}Q42 is now contradicted, not relabelled.",
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year = 2016", "year = 1999", "the row of pilot-batch-sizes it speaks of is gone (year 1999)"),
        ("{ year = 2016 }", "{}", "rows, not one"),
        ("year = 2016", "year = 2015", "notice_low of pilot-batch-sizes (2015) is empty"),
        ('"notice_low"', '"notice_low", must = 65', "of pilot-batch-sizes (2016) is now 64.0, not 65"),
        ('"notice_low"', '"notice"', "pilot-batch-sizes has no column notice"),
        ("{notice:.0f}", "{other:.0f}", "cannot fill in 'other'"),
    ],
)
def test_a_number_that_cannot_be_filled_in_withdraws_the_sentence(world, rewrite, ledger, old, new, message):
    rewrite(old, new)
    (stale,) = (f for f in findings.fill_findings(world, ledger) if f.faults)
    assert message in stale.said.en and re.search(r"^已撤下，待改写 `(firm|mixed)`：.*[\u4e00-\u9fff]", stale.said.zh)


def test_a_sentence_on_an_unknown_claim_and_a_quote_on_another_are_errors(world, rewrite, ledger):
    rewrite('Q42 = "relabelled", ', "", "quotes")
    with pytest.raises(LedgerError, match=r"notebooks/quotes\.toml, Q42: expects must name Q42\. Remedy"):
        quotes.list_proposed_quotes(world, ledger)
    rewrite('Q49 = "', 'Q999 = "')
    said = r"notebooks/findings\.toml, light.expects.Q999: .* no claim; ids run from Q01 to Q"
    with pytest.raises(LedgerError, match=said):
        findings.fill_findings(world, ledger)


FILES = {"findings": findings.FILE, "quotes": quotes.FILE, "summary": findings.SUMMARY, "teaching": readme.SAID}
DECLARED = {
    name: tomllib.loads((paths.HOME / "notebooks" / file).read_text(encoding="utf-8")) for name, file in FILES.items()
}


@pytest.mark.parametrize("name", FILES)
def test_each_number_of_a_sentence_is_declared_and_none_is_typed(c, name):
    for key, entry in DECLARED[name].items():
        named = {n for language in ("zh", "en") for n in re.findall(r"\{(\w+)", entry[language])}
        assert named <= {*entry["expects"], *entry.get("cells", {}), *c.tables("derived")["derived_id"]}, key
        for language in ("zh", "en"):
            free = r"\{[^}]*\}|(?:19|20)\d\d|R&D|图1|Figure 1|GDP|[Ll]evel \d|(?<=年)\d+(?=月)"
            free += r"|(?m:^\d\. )|\[\d\d\]\((?:\.\./)?notebooks/[^)]*\)"
            assert re.findall(r"\d", re.sub(free, "", entry[language])) == [], key


# The sentence that sums up, and what to quote instead.


def test_the_summary_is_filled_from_the_ledger_and_counts_the_claims_by_answer(world, ledger):
    whole = Counter(one.answer for one in ledger.values() if one.weight != claims.LISTS)
    numbers = [whole.total(), whole["matches"], whole["precise"], whole["correct"], whole["unsettled"]]
    left = [one for one in ledger.values() if one.weight != claims.LISTS and one.answer == "unsettled"]
    sides = Counter(one.direction or one.nearness for one in left)
    numbers += [sides[name] for name in ("for", "against", "both", "neighbour")]
    numbers += [len(left) - sum(numbers[-4:])]
    numbers.append(sum(one.verdict == "confirmed" for one in ledger.values()))
    told = findings.render_summary_paragraph(world, ledger)
    assert told.en.endswith("In particular: the first batch of 46 matches; its map could not be checked.")
    assert "：首批46个相符；地图无法核对。" in told.zh
    for said in told.forms:
        assert [int(n) for n in re.findall(r"\d+", said)][:-1] == numbers
    ledger |= every({name: one for name, one in ledger.items() if one.verdict == "confirmed"}, verdict="traced")
    assert "none is confirmed by a second" in findings.render_summary_paragraph(world, ledger).en
    ledger |= every({name: one for name, one in ledger.items() if one.answer == "correct"}, verdict=DEPENDS)
    told = findings.render_summary_paragraph(world, ledger)
    assert "0 need correcting" in told.en and "0条须更正" in told.zh


def test_a_part_of_the_summary_drops_out_when_it_moves_and_its_limits_stand_alone(world, rewrite, ledger):
    told = findings.render_summary_paragraph(world, worlds.altered(ledger, "Q31", verdict="traced")).en
    assert ": the first batch of 46 matches. Withdrawn" in told and "map could" not in told
    assert told.endswith("Withdrawn until `map` is rewritten: Q31 is now traced, not not obtained.")
    limits = '[limits]\nexpects = { Q14 = "confirmed" }\nzh = "只见{Q14.printed}"\nen = "Of {Q14.printed} little"\n'
    rewrite("[counts]", f"{limits}\n[counts]", "summary")
    told = findings.render_summary_paragraph(world, ledger)
    assert told.en.endswith("its map could not be checked. Of 46 little.")
    assert told.zh.endswith("只见46。") and told.zh.count("只见") == 1


def test_a_quote_gives_its_sentence_its_sources_and_how_to_cite(world, ledger):
    (source,) = world.tables("pilot_batches").query("stage == 'public_notice' and year == 2016")["source_id"]
    found = quotes.list_proposed_quotes(world, worlds.altered(ledger, "Q42", told_beside=(source,)))
    assert set(found) == {"Q37", "Q49", "Q11", "Q42", "Q77"} and found["Q42"].stands
    assert found["Q42"].said.en == "Notice 64, level 1 and below 75%." and found["Q42"].sources == (source,)
    assert found["Q42"].cite.en.endswith("claim Q42: relabelled (on the paper DOI 10.15302/J-SSCAE-2022.02.025)")
    assert f"版，论断 Q42：{VERDICTS['relabelled'].zh}" in found["Q42"].cite.zh
    assert quotes.list_proposed_quotes(world, ledger)["Q42"].sources == (SAFE,), (
        "what the verdict does not name carries no quote"
    )
    missing = "No sentence is written yet: Q37 is now contradicted."
    zh = f"Q37 现判为“{VERDICTS['contradicted'].zh}”，替换的句子还没有写。"
    assert found["Q37"].said == make_bilingual_text(zh, missing) and not found["Q37"].stands
    moved = quotes.list_proposed_quotes(world, worlds.altered(ledger, "Q14", verdict="mixed"))["Q42"]
    assert moved.said.en == "Withdrawn until `Q42` is rewritten: Q14 is now mixed, not confirmed." and not moved.stands


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tables_of_quotes_have_headline_claims_first_and_the_short_one_leads_to_the_rest(world, ledger, language):
    ledger = worlds.altered(ledger, "Q11", weight="supporting")
    ledger = worlds.altered(ledger, "Q37", evidence=tuple(SOURCES["source_id"][:5]))
    short, whole = (quotes.render_quotes_table(world, ledger, language, page=page) for page in ("docs/all.md", ""))
    head, _, *lines = whole.split("\n\n")[0].splitlines()
    due, statements = ["Q37", "Q42", "Q49", "Q77", "Q11"], world.tables("claims").set_index("claim_id")
    assert head.count("|") == 5 and [re.search(r"\[(Q\d+)\]", line)[1] for line in lines] == due
    assert all(statements.at[name, f"statement_{language}"] in line for name, line in zip(due, lines, strict=True))
    names = SOURCES[f"name_{language}"].map(escape.markdown)
    lines, more = short.split("\n\n")
    assert re.findall(r"\[(Q\d+)\]", lines) == due[:4] and re.findall(r"\d+", more)[0] == "5"
    (place,) = re.findall(r"\]\(docs/all\.md#(\w+)\)", more)
    assert whole.count(f'<a id="{place}"></a>[Q37](') == 1 and "<a id" not in short
    assert [name in lines for name in names[:5]] == [True, True, False, False, False]
    assert text("sources-more", rest=3)[language] in lines and all(name in whole for name in names[:5])
    told = quotes.render_quotes_table(world, every(ledger, verdict="open"), language)
    assert told.count("\n| ") == 2 and re.search("Withdrawn|已撤下", told), "one is still told"


# The parts of the READMEs.


def test_withdraw_marks_a_sentence_wherever_its_entry_stands_and_waits_for_a_run(tmp_path, monkeypatch):
    file, c = tmp_path / "findings.toml", worlds.at(worlds.declare(tmp_path))
    file.write_text("[a]\nen = '[b]'\n\n[b]  # second\nexpects = {}\n", encoding="utf-8")
    broken = {(file, "a"): "moved", (file, "b"): "moved"}
    monkeypatch.setattr(readme, "find_broken_sentences", lambda run: broken if run.out == c.build / "run" else {})
    monkeypatch.setattr(files, "SECONDS", 0)

    def command():
        return CliRunner().invoke(main.commands["withdraw"], obj=c)

    with files.running_lock(c.build):
        assert "another run or accept is at work here" in str(command().exception)
    assert command().output.count(": withdrawn\n") == 2
    said = "[a]\nwithdrawn = true\nen = '[b]'\n\n[b]  # second\nwithdrawn = true\nexpects = {}\n"
    assert file.read_text(encoding="utf-8") == said
    broken.clear()
    assert command().output == "nothing is withdrawn: the last run bears every declared sentence out\n"


def test_the_table_of_verdicts_counts_each_verdict_that_is_given_under_its_answer(ledger):
    few = dict(list({one.verdict: one for one in ledger.values() if one.weight == "headline"}.items())[:3])
    for some, listed in ((ledger, VERDICTS), (few, {one.verdict for one in few.values()})):
        table = readme.render_verdict_counts(some, "en").split("\n\n")[0]
        told = iter([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:])
        number = of_substance(some)
        for answer in ANSWERS.values():
            for place, verdict in enumerate(verdict for verdict in answer.verdicts if verdict in listed):
                first, word, headline, supporting, meaning = next(told)
                assert word == VERDICTS[verdict].en and meaning and int(headline) + int(supporting) == number[verdict]
                total = sum(number[v] for v in answer.verdicts)
                assert (answer.en in first and str(total) in first) if place == 0 else first == ""
        assert [*told] == []
    beside = readme.render_verdict_counts(ledger, "en").split("\n\n")[1]
    assert f"{len(ledger) - of_substance(ledger).total()}" in re.findall(r"\d+", beside)


def marks(*parts, old=""):
    """Return the marks of generated parts, with something old between them."""
    return "".join(f"<!-- generated:{part} -->\n{old}<!-- /generated:{part} -->\n" for part in parts)


BARE = "# T\n\n" + marks("findings", old="old\n") + "prose\n"
BARE += marks("summary", "notebooks", "quotes", "verdicts") + "end\n"


@pytest.fixture
def house(root, ledger, monkeypatch):
    """The root with two READMEs that hold the marks and something old between them, and a committed ledger."""
    monkeypatch.setattr(readme, "estimate_reading_time", lambda *_: (5, 10))
    for name in READMES:
        (root / name).write_text(BARE, encoding="utf-8")
    keep(ledger, root)
    return root


def regenerate(c):
    """Write the READMEs as they should be, as an accept does."""
    for name, (_, new) in readme.regenerate_pages(c).items():
        (c.root / name).write_text(new, encoding="utf-8")


def stale(c):
    """Return the names of the pages that are not up to date."""
    return [line.split(":")[0] for line in readme.list_outdated(c) if "cannot be published" not in line]


def test_regenerating_renews_only_what_is_between_the_marks_and_a_digit_or_a_verdict_moves_it(world, house, ledger):
    assert stale(world) == list(READMES)
    before = {path.name for path in house.iterdir()}
    regenerate(world)
    english = (house / "README.md").read_text(encoding="utf-8")
    assert english.startswith("# T\n\n<!-- generated:findings -->\n1. First 46") and "\nold\n" not in english
    assert ": the first batch of 46 matches; " in english and "| Notice 64, level 1 and" in english
    assert "\nprose\n" in english and english.endswith("<!-- /generated:verdicts -->\nend\n")
    assert "核心" in (house / "README.zh-CN.md").read_text(encoding="utf-8")
    rows = english.partition("generated:notebooks -->\n")[2].splitlines()[2:]
    for (name, notebook), row in zip(contents.list_declared_notebooks(world).items(), rows, strict=False):
        assert f"](notebooks/{name}.ipynb)" in row and contents.render_answers(world, notebook, "en") in row
    assert stale(world) == [] and {path.name for path in house.iterdir()} == before
    (house / "README.md").write_text(english.replace("First 46", "First 47"), encoding="utf-8")
    assert stale(world) == ["README.md"]
    keep(worlds.altered(ledger, "Q37", verdict="bounded"), house)
    assert stale(world) == list(READMES)


def test_other_pages_are_generated_where_they_stand_and_the_readme_leads_to_all_quotes(world, house, ledger):
    keep(worlds.altered(ledger, "Q11", weight="supporting"), house)
    batch = 'zh = "首批{Q14.printed}个。"\nen = "The first batch is {Q14.printed}."\nexpects = { Q14 = "confirmed" }'
    (house / "notebooks" / readme.SAID).write_text(f"[batch]\n{batch}\n", encoding="utf-8")
    (house / "docs").mkdir()
    for name, parts in (("verdicts", ("quotes", "terms")), ("teaching", ("batch",))):
        for ending in ("md", "zh-CN.md"):
            (house / f"docs/{name}.{ending}").write_text(marks(*parts), encoding="utf-8")
    assert len(stale(world)) == 6
    regenerate(world)
    whole, short, taught = (house / name for name in ("docs/verdicts.md", "README.md", "docs/teaching.md"))
    assert stale(world) == [] and "[Q11](../notebooks/" in whole.read_text("utf-8")
    led = re.findall(r"\(docs/verdicts\.md#(q\d+)\)", short.read_text("utf-8"))
    assert set(led) == {"q37", "q42", "q49"} and "[Q11](" not in short.read_text("utf-8")
    assert all(f'<a id="{place}"></a>' in whole.read_text("utf-8") for place in led)
    taught.write_text(taught.read_text("utf-8").replace("batch is 46.", "batch is 47."), encoding="utf-8")
    assert stale(world) == ["docs/teaching.md"]
    keep(worlds.altered(ledger, "Q14", verdict="mixed"), house)
    regenerate(world)
    assert "Withdrawn until `batch` is " in taught.read_text("utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "said"),
    [
        ("findings", "{Q49.computed}", "{Q49.computed:.1f}", "light", "cannot fill in {:.1f}: '是'"),
        ("findings", "{Q24.computed}", "{Q24.found}", "mixed", "no attribute 'found'"),
        ("findings", "{Q24.computed}", "{Q24.computed", "mixed", "cannot fill in "),
        ("findings", 'Q49 = "inconsistent"', 'Q49 = "traced"', "light", "Q49 is now inconsistent, not traced"),
        ("summary", '"not obtained"', '"open"', "map", "Q31 is now not obtained, not open"),
    ],
)
def test_nothing_broken_is_published_by_any_command(world, house, ledger, rewrite, file, old, new, key, said):
    keep(ledger, house)
    regenerate(world)
    assert readme.list_broken_sentences(world) == []
    rewrite(old, new, file)
    [line] = readme.list_broken_sentences(world)
    assert line.startswith(f"notebooks/{file}.toml, {key}: cannot be published: ") and said in line
    assert ". Remedy: correct what stands in braces, " in line and "\n" not in line
    assert line in readme.list_outdated(world)  # what `compendium check` tells
    for refused in (
        lambda: readme.render_accepted_pages(world, house),
        lambda: building.write_editions([world], house / "book", print),
    ):
        with pytest.raises(CompendiumError, match=re.escape(line)):  # accept, and the book
            refused()
    assert not (house / "book").exists()


@pytest.mark.parametrize(
    ("name", "lost", "said"),
    [
        ("README.zh-CN.md", "<!-- /generated:findings -->", "must hold <!-- generated:"),
        ("README.zh-CN.md", "<!-- generated:notebooks -->", "must hold <!-- generated:"),
        ("README.md", BARE, "is missing"),
    ],
)
def test_a_missing_mark_or_readme_is_an_error_and_nothing_is_written(world, house, name, lost, said):
    (house / name).write_text(BARE.replace(lost, ""), encoding="utf-8")
    if lost == BARE:
        (house / name).unlink()
    with pytest.raises(InputError, match=rf"{re.escape(name)}: {said}"):
        regenerate(world)
    assert all((house / other).read_text("utf-8") == BARE for other in READMES if other != name)


# The HTML report.


def read(page):
    """Return what a page says, the ids in it and where it leads."""
    soup = BeautifulSoup(page, "html.parser")
    ids, links = ([tag[name] for tag in soup.select(f"[{name}]")] for name in ("id", "href"))
    return soup.get_text(), ids, links


def test_report_is_whole_without_scripts_and_begins_with_the_summary_the_counts_and_what_to_quote(world, ledger):
    text = report.render_report(world, ledger)
    page, ids, links = read(text)
    tags = re.findall(r"</?\w+", text)
    assert tags == re.findall(r"</?\w+", str(BeautifulSoup(text, "html.parser"))), "every tag is closed in its turn"
    assert "doctype html" in text[:20].lower() and not {*tags} & {"<script", "<iframe", "<img", "<link"}
    assert 'name="viewport"' in text and 'charset="utf-8"' in text and "src=" not in text
    assert len(ids) == len(set(ids)) and set(ledger) <= set(ids)
    inner = [link[1:] for link in links if link.startswith("#")]
    assert set(inner) <= set(ids) and f"s-{SAFE}" in inner
    assert all(link.startswith(("#", "http://", "https://")) for link in links)
    quoted, turned = "Notice 64, level 1 and below 75%.", "It would differ with another number."
    first = [*findings.render_summary_paragraph(world, ledger).forms, quoted, "claim Q42: relabelled", turned]
    assert (places := [page.index(said) for said in first]) == sorted(places)
    assert page.count(turned) == len(JUDGED) and "no / yes" not in page and "弱证据 weak" in page
    for name in ("Q34", "Q11", "Q13", "Q31"):
        assert all(said and said in page for said in ledger[name].found.forms)
    given = Counter(one.answer for one in ledger.values() if one.weight != claims.LISTS)
    for name, answer in ANSWERS.items():
        row = text.partition(f'{answer.zh} <span lang="en">{answer.en}</span>')[2]
        headline, supporting, both_weights = map(int, re.findall(r'<td class="n">(\d+)</td>', row)[:3])
        assert both_weights == given[name] == headline + supporting


def test_the_report_says_of_which_paper_version_data_and_choices_it_is(world, ledger):
    paper = SOURCES.set_index("source_id").loc["paper"]
    for chosen, told, other in (
        ((), ("all choices at their defaults", "differences.txt"), "stage="),
        (["stage=public_notice"], ("stage=public_notice",), "differences.txt"),
    ):
        said, _, links = read(report.render_report(world, ledger, chosen))
        assert paper["title"] in said and paper["url"] in links
        assert f"version {world.declaration.version}, data as of {frozen.DAY[:10]}" in said
        assert all(one in said for one in told) and other not in said
    held = {name: world.tables(name) for name in world.tables.resources}
    undated = worlds.holding(held | {"sources": held["sources"].assign(published="")}, world.root)
    assert re.search(r"Strategic Study of CAE [^,]*, 2022\. <a", report.render_report(undated, ledger)), "as declared"


def test_report_tells_what_does_not_stand_first_and_counts(world, ledger):
    text = report.render_report(world, ledger)
    said, ids, links = read(text)
    url = SOURCES.set_index("source_id").at[UNSAFE, "url"]
    assert url.startswith("hxxp") and url.split("&")[0] in text and "untrusted site" in text
    assert not any("hxxp" in link or "[.]" in link for link in links), "an unsafe address is no link"
    substance = of_substance(ledger)
    given = [verdict for verdict in VERDICTS if substance[verdict]]
    groups = ["quotes", "verdicts", *(verdict.replace(" ", "-") for verdict in given), "lists"]
    assert [name for name in ids if not re.match(r"Q\d|s-", name)] == groups and len(given) > 9
    assert ids.index("Q37") < ids.index("Q42") < ids.index("Q14")
    assert "Equal & <b>bold</b>." in said and "不符 contradicted (1)" in said
    assert [said.count(VERDICTS[verdict].means.en) for verdict in given] == [1] * len(given)
    assert f"Lists and names ({len(ledger) - substance.total()})" in said
    _, ids, _ = read(report.render_report(world, every(ledger, verdict="traced")))
    assert [name for name in ids if not re.match(r"Q\d|s-", name)] == ["quotes", "verdicts", "traced", "lists"]


def test_nothing_that_a_table_holds_acts_in_the_report(world, ledger):
    spoilt = {name: replace(one, printed=make_bilingual_text(POISON, one.printed.en)) for name, one in ledger.items()}
    spoilt = {
        name: replace(one, reason=make_bilingual_text(one.reason.zh, POISON), notebook=POISON)
        for name, one in spoilt.items()
    }
    said, tags, attributes = shown(report.render_report(world, spoilt))
    assert said.count(" ".join(POISON.split())) == said.count("document.title") == 3 * len(ledger)
    plain = shown(report.render_report(world, ledger))
    assert tags == plain[1] and [set(a) for a in attributes if a] == [set(a) for a in plain[2] if a]


def test_the_report_is_written_beside_the_ledger_of_a_run(world, ledger, tmp_path):
    run = tmp_path / "run"
    report.write_report(world, run)
    assert not run.exists(), "no ledger, no report"
    keep(ledger, run)
    report.write_report(world, run, chosen := ["stage=final"])
    due = report.render_report(world, claims.read_ledger(world, root=run), chosen)
    assert (run / "report.html").read_text(encoding="utf-8") == due


# Claims in a terminal


@pytest.fixture
def asked(ledger, root, monkeypatch):
    """Return a function that runs `compendium claims` on this ledger and returns its lines."""
    monkeypatch.chdir(root)
    keep(ledger, root)

    def ask(*arguments):
        return CliRunner().invoke(main, ["claims", *arguments], env={"COLUMNS": "110"}).output.splitlines()

    return ask


def test_claims_are_listed_with_what_is_found_and_one_that_is_not_there_is_refused_in_one_line(asked, ledger, root):
    head, *lines, _ = asked()
    assert head.split() == ["claim", "answer", "verdict", "printed", "we", "find"] and len(lines) == len(ledger)
    assert next(line for line in lines if line.startswith("Q34")).endswith("related evidence both ways")
    assert next(line for line in lines if line.startswith("Q24")).endswith("20 to 24 provinces")
    first, *_, last = ledger
    (said,) = asked("Q999")
    assert f"ids run from {first} to {last}; those of withdrawn claims stay free" in said
    keep({}, root)
    assert asked() == ["there is no claim yet. Next: compendium claim add"]


def test_a_claim_tells_what_it_rests_on_apart_from_what_was_read_beside_it(asked, ledger, root):
    told = frozen.texts("claim_evidence").set_index("evidence_id")["claim_id"]
    read = frozen.texts("excerpts").query("table == 'claim_evidence'")
    read = read[read["row_key"].map(told) == "Q118"]
    decides, *others = read["row_key"].drop_duplicates()
    first = read.loc[read["row_key"] == decides, "source_id"].iloc[0]
    keep(worlds.altered(ledger, "Q118", evidence=(first,), evidence_rows=(decides,)), root)
    lines = asked("q118")
    middle = lines.index("read as well, and decides nothing")
    rest = lines[lines.index("rests on") + 1 : middle]
    source = SOURCES.set_index("source_id").loc[first]
    assert rest[0] == f"  [{source['grade']}] {first}: {source['name_zh']} / {source['name_en']}" and decides in rest[1]
    assert len(rest) == 1 + (read["row_key"] == decides).sum()
    assert others and all(any(name in line for line in lines[middle:]) for name in others)
    assert not any(decides in line for line in lines[middle:])


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("raw/sources", "source_id,", "id,", "sources.csv: is no table with a column source_id. Remedy"),
        ("processed/claims", "claim_id", "\udcff", "claims.csv: is no table in UTF-8. Remedy"),
        ("processed/claims", "", None, "Q14 has no accepted verdict yet. Remedy: make, then make accept"),
        ("raw/excerpts", "", None, ""),
    ],
)
def test_what_was_replaced_or_is_missing_is_told_in_one_line(asked, root, table, old, new, said):
    link = root / "data" / "raw"
    raw = link.resolve()
    link.unlink()
    shutil.copytree(raw, link)
    file = root / "data" / f"{table}.csv"
    text = file.read_text("utf-8")
    assert old in text
    file.unlink()
    if new is not None:
        file.write_text(text.replace(old, new, 1), "utf-8", "surrogateescape")
    lines = asked("Q14")
    assert (said in lines[0] and len(lines) == 1) if said else any("Equal & <b>bold</b>." in line for line in lines)


def test_a_claim_tells_its_verdicts_by_each_coding_where_they_part(world, asked, ledger, root):
    parted = ("indirect, mixed, mixed", "仅有旁证、部分不符、部分不符")
    for codings, said in ((("indirect", "mixed", "mixed"), parted), (("mixed",) * 3, ()), ((), ())):
        again = worlds.altered(ledger, "Q14", verdict_codings=codings)
        keep(again, root)
        told = [line for line in asked("Q14") if line.startswith("codings")]
        assert told == ([f"codings   each alone: {' '.join(said)}; the majority decides"] if said else [])
        written = re.findall("By each coding alone: (.*); the majority decides[.]", report.render_report(world, again))
        assert written == [*said[:1]]


def test_what_the_raw_tables_no_longer_hold_is_told_in_one_line(asked, ledger, root):
    bare = every(ledger, evidence=(), told_beside=())
    for claim, fields, lost, table in (
        ("Q14", {"evidence": ("gone",)}, "gone", "sources"),
        ("Q14", {"told_beside": ("gone",)}, "gone", "sources"),
        ("Q999", {"claim_id": "Q999"}, "Q999", "claims"),
    ):
        keep(bare | {"Q14": replace(bare["Q14"], **fields)}, root)
        [said] = asked(claim)
        lost = f"data/processed/claims.csv, {claim}: {lost} is no longer in data/raw/{table}.csv. Remedy: make, then"
        assert said.endswith(f"{lost} make accept; or bring the row back")
    assert len(asked("Q12")) > 5 and len(asked()) == len(ledger) + 2
