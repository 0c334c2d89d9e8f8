"""Contracts of the committed notebooks: run in order, two languages, small cells, no typed results, nothing unsafe."""

import ast
import io
import math
import re
import tokenize
from functools import cache
from itertools import pairwise

import nbformat
import pandas as pd
import parity
import pytest
from bs4 import BeautifulSoup
from parity import halves
from worlds import HERE

from compendium import CompendiumError, paths
from compendium import cells as notebook_cells
from compendium.cells import SOLUTION
from compendium.ledger import claims
from compendium.run import comparison, contents, notebookfile
from compendium.show import pace, versions
from compendium.show.halves import BETWEEN, HAN, pick_comments
from compendium.show.tabulation import name_column
from compendium.show.wording import show_words

NAMES = list(contents.catalogue(HERE))
WIDTH = 100
# A digit in a text cell must belong to a year, a section, a figure, a notebook, a claim, a formula or a name in code.
ALLOWED = re.compile(
    "|".join(
        (
            r"\$[^$]*\$",
            r"```.*?```",
            r"`[^`]*`",
            r"\]\([^)]*\)",
            r"\bQ\d+(?:[–-]Q?\d+)?",
            r"(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?",
            r"(?<![\d.])\d\.\d(?:\.\d)?(?![\d.])",
            r"(?:第|图|Figure |Fig\. |[Ss]ection |[Nn]otebooks? |笔记本 ?)\d+(?:\.\d)?",
            r"\b\d\d-[a-z][a-z-]+",
            r"\b[A-Z]{1,4}/?[A-Z]?-? ?\d[\d.]*(?:-\d+)?[a-d]?",
            r"5G|工业4\.0|Industry 4\.0",
        )
    ),
    re.S,
)


def load(name):
    return nbformat.read(contents.catalogue(HERE)[name].path, as_version=4)


def cells(name, kind):
    return [c for c in load(name).cells if c.cell_type == kind]


def test_a_cell_that_is_no_python_is_named_with_its_line(tmp_path):
    cell = nbformat.v4.new_code_cell("a = 1\n%time a", id="timed")
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("%"), cell]), tmp_path / "a.ipynb")
    with pytest.raises(CompendiumError, match=r"a\.ipynb, cell timed, line 2: invalid syntax\. Remedy: write plain"):
        list(notebook_cells.parse_code(tmp_path / "a.ipynb"))


def test_every_notebook_file_is_declared():
    assert sorted(p.stem for p in HERE.notebooks.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_gate(name):
    assert notebookfile.faults(contents.catalogue(HERE)[name].path) == []


@pytest.mark.parametrize("name", NAMES)
def test_text_cells_hold_both_languages_alike(name):
    found = [f"{cell.id}: {fault}" for cell in cells(name, "markdown") for fault in parity.faults(cell.source)]
    assert found == []


def test_no_language_was_edited_without_the_other():
    """The remedy is to edit the other half as well; the command then records both, or confirms that one is enough."""
    found = [
        f"{name}, cell {cell}: {what}" for name, cell, what in parity.changes(parity.recorded(), parity.hashes(HERE))
    ]
    assert found == [], f"bring both languages to the same meaning, then: {parity.COMMAND}"


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_typed_in_text(name):
    for cell in cells(name, "markdown"):
        left = re.findall(r".{0,15}\d.{0,10}", ALLOWED.sub("", SOLUTION.sub("", cell.source)))
        assert not left, f"{cell.id}: typed number near {left}"


def size(node):
    """Return the number of lines of at most `WIDTH` characters that some code takes, however it is wrapped."""
    return sum(math.ceil(len(line.strip()) / WIDTH) for line in ast.unparse(node).splitlines())


def folded(cell):
    return "hide-input" in cell.metadata.get("tags", [])


def shown(cell):
    return cell.cell_type == "code" and not folded(cell)


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_few_and_small_and_most_code_is_in_view(name):
    """At most forty cells; at least three fifths of the lines of code in view, no cell of them longer than a screen."""
    members, code = load(name).cells, cells(name, "code")
    lines = {c.id: size(ast.parse(c.source)) for c in code}
    in_view = {c.id: lines[c.id] for c in code if shown(c)}
    assert len(members) <= 40
    assert sum(in_view.values()) >= 0.6 * sum(lines.values())
    assert {cell: n for cell, n in in_view.items() if n > 25} == {}
    assert [c.id for c in members if folded(c) != bool(c.metadata.get("jupyter", {}).get("source_hidden"))] == []
    for cell in code:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                assert size(node) - 1 <= 6, f"{cell.id}: long function {node.name}"


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_imports_one_name_of_the_engine(name):
    trees = [ast.parse(c.source) for c in cells(name, "code")]
    froms = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    engine = {alias.name for node in froms if node.module.startswith("compendium") for alias in node.names}
    assert engine == {"begin"}
    assert not any(
        isinstance(n, ast.Import) and "compendium" in ast.unparse(n) for tree in trees for n in ast.walk(tree)
    )


def imported(code):
    """Return the packages that some code imports."""
    nodes = list(ast.walk(ast.parse(code)))
    found = {alias.name.split(".")[0] for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    return found | {n.module.split(".")[0] for n in nodes if isinstance(n, ast.ImportFrom) and n.module}


def test_the_versions_told_are_those_of_what_is_really_used():
    """Every library that notebooks name is imported by a notebook, the study or the figures; papermill runs them."""
    files = [*(paths.HOME / "study").glob("**/*.py"), paths.CODE / "compendium/show/figures.py"]
    used = [imported(c.source) for name in NAMES for c in cells(name, "code")]
    used += [imported(file.read_text(encoding="utf-8")) for file in files]
    assert set(versions.PACKAGES) <= set().union(*used, {"papermill"})


def test_seaborn_draws_in_view():
    drawing = [
        name for name in NAMES if any(shown(c) and re.search(r"\bsns\.\w+\(", c.source) for c in cells(name, "code"))
    ]
    assert len(drawing) > len(NAMES) / 2


def names(cells, context):
    """Return the variables that cells set (ast.Store) or use (ast.Load), without what they import or define."""
    nodes = [n for c in cells for n in ast.walk(ast.parse(c.source)) if isinstance(n, ast.Name)]
    return {n.id for n in nodes if isinstance(n.ctx, context)}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_in_view_depends_on_nothing_hidden(name):
    code = cells(name, "code")
    visible, hidden = [c for c in code if shown(c)], [c for c in code if not shown(c)]
    made = names(hidden, ast.Store) - names(visible, ast.Store) - {"notebook"}
    assert names(visible, ast.Load) & made == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_data_are_read_in_view(name):
    """Cells called data-… read raw tables and show rows of them; a text before them leads to the codebook."""
    members = load(name).cells
    data = [c for c in members if c.id.startswith("data") and c.cell_type == "code"]
    assert data and all(shown(c) and 'notebook.read("data/' in c.source for c in data)
    text = members[members.index(data[0]) - 1]
    assert all("codebook" in half for half in halves(text.source))


@pytest.mark.parametrize("name", NAMES)
def test_the_key_figure_is_drawn_in_a_short_cell_in_view(name):
    """The figure of the first screen is drawn further down, in at most twenty lines that a reader sees."""
    code = cells(name, "code")
    key = next(re.search(r'notebook\.figure\("(.*?)"\)', c.source)[1] for c in code if "notebook.figure(" in c.source)
    drawn = [node for c in code if shown(c) for node in ast.walk(ast.parse(c.source)) if draws(node, key)]
    assert len(drawn) == 1 and size(drawn[0]) <= 20


def draws(node, key):
    """Tell whether a node of code is the loop that draws a figure."""
    return isinstance(node, ast.For) and re.match(rf"notebook\.draw\(\s*'{key}'", ast.unparse(node.iter)) is not None


def test_the_size_of_a_cell_does_not_depend_on_how_it_is_wrapped():
    long = f"f({', '.join(['abcdefgh'] * 25)})"
    wrapped = "# said\nf(\n" + "    abcdefgh,\n" * 25 + ")\n"
    assert size(ast.parse(long)) == size(ast.parse(wrapped)) == 3
    assert size(ast.parse("if a:\n    b\n\n    c")) == 3


@pytest.mark.parametrize("name", NAMES)
def test_frame_of_a_notebook(name):
    notebook = load(name)
    code = cells(name, "code")
    assert "language" not in contents.parameters(contents.catalogue(HERE)[name]), "--language chooses it"
    assert code[0].id == "setup" and notebook.cells[-1].source.endswith("notebook.versions()")
    assert not any(c.source == d.source for c, d in pairwise(code)), "the same cell twice"


@pytest.mark.parametrize("name", NAMES)
def test_the_first_screen_has_the_question_the_story_and_the_key_figure(name):
    box, setup, answer, *rest = load(name).cells
    assert [box.id, setup.id, answer.id] == ["box", "setup", "answer"] and folded(setup) and folded(answer)
    for language, half in zip(("zh", "en"), halves(box.source), strict=True):
        title, question = half.split("\n\n")
        assert title.startswith("# ") and question.endswith("？" if language == "zh" else "?")
    for half in halves(answer.outputs[0]["data"]["text/markdown"]):
        assert re.fullmatch(r"\*\*[^*]+\*\*", half.strip()), "one bold sentence answers the question"
    ledger = claims.read_ledger(HERE, HERE.root).values()
    headline = {one.cell for one in ledger if one.notebook == name and one.weight == "headline"}
    figure, *rest = rest
    assert folded(figure) and figure.source.startswith("notebook.figure(")
    if rest[0].id == "story":
        assert folded(rest[0]) and re.match(r"notebook\.(since\(\w+\)\.)?story\(", rest[0].source)
        rest = rest[1:]
    assert headline <= {"story"}
    read = rest[0]
    assert all(word in half for word, half in zip(("怎样读", "How to read"), halves(read.source), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_headings_descend_in_order(name):
    levels = [len(m) for c in cells(name, "markdown") for m in re.findall(r"^(#+) ", halves(c.source)[1], re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_safe_and_free_of_the_machine(name):
    unsafe = HERE.tables("sources").query("host_trust == 'unsafe'")["url"]
    hosts = [re.sub(r"^hxxps?://", "", u).split("/")[0].replace("[.]", ".") for u in unsafe]
    for cell in cells(name, "code"):
        text = comparison.outputs(cell)
        assert not re.search(r"<script|javascript:|<iframe|\bon(?:load|error|click)=", text, re.I), cell.id
        assert not re.search(r"0x[0-9a-f]{8,}|/home/|/root/|/tmp/|C:\\\\Users", text), (
            f"{cell.id}: an address or a path"
        )
        assert not any(re.search(rf"https?://[^\s\"]*{re.escape(h)}", text) for h in hosts), f"{cell.id}: unsafe link"


GRADES = {"A", "B", "C"}
SNAKE = re.compile(r"(?<![\w./-])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w/-])")


@cache
def coded():
    """Return the heading of each column with labels, with the codes that its labels say otherwise."""
    fields = [field for table in HERE.tables.resources.values() for field in table["schema"]["fields"]]
    labels = [
        (show_words(name_column(HERE, field), HERE.languages), field["labels"]) for field in fields if "labels" in field
    ]
    return [(title, {code for code in known if known[code]["en"] != code} - GRADES) for title, known in labels]


def codes_shown(html):
    """Yield the cells of a table that hold a code: snake_case, or a code under the heading of a column with labels."""
    lines = BeautifulSoup(html, "html.parser")("tr")
    head, *rows = [[cell.get_text().strip() for cell in line(["th", "td"])] for line in lines]
    for place, heading in enumerate(head):
        known = {code for title, codes in coded() if title == heading for code in codes}
        shown = (row[place] for row in rows)
        yield from (f"{heading}: {cell}" for cell in shown if SNAKE.search(cell) or cell in known)


@pytest.mark.parametrize("name", NAMES)
def test_no_table_shows_a_code(name):
    made = [c for c in cells(name, "code") if not c.id.startswith("data")]  # which show raw tables as they are
    tables = (o["data"]["text/html"] for c in made for o in c.outputs if "text/html" in o.get("data", {}))
    assert [found for html in tables if 'class="dataframe' in html for found in codes_shown(html)] == []


def test_a_code_in_a_table_is_noticed():
    frame = pd.DataFrame({"阶段 Stage": ["最终名单 final list", "final", "A"], "x": ["in a", "a/b_c", "b_c"]})
    assert list(codes_shown(frame.to_html())) == ["阶段 Stage: final", "x: b_c"]


ABOUT = {
    "learn": ("学到", "learn"),
    "needed before": ("先备|先修|预备", "Needed before"),
    "inputs": ("输入", "Inputs"),
    "outputs": ("输出", "Outputs"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_says_what_awaits_the_reader_and_how_long_it_takes(name):
    about, setup = (next(c for c in load(name).cells if c.id == cell) for cell in ("about", "setup"))
    for half, place in zip(halves(about.source), (0, 1), strict=True):
        assert [part for part, words in ABOUT.items() if not re.search(words[place], half)] == [], half
    assert "Time" in setup.outputs[0]["data"]["text/markdown"]


def test_all_of_it_can_be_read_in_a_day():
    """All notebooks in six hours; a student's path through five of them in two and a half."""
    paces = {name: pace.pace(HERE, name) for name in NAMES}
    assert sum(p.read for p in paces.values()) < 360
    assert sum(p.read for name, p in paces.items() if name[:2] in ("02", "03", "05", "06", "07")) <= 150


@pytest.mark.parametrize("name", NAMES)
def test_one_section_asks_what_if(name):
    both = [halves(c.source) for c in cells(name, "markdown")]
    asked = [re.search("^##+ 若.*会怎样", zh, re.M) and re.search("^##+ What if ", en, re.M) for zh, en in both]
    assert len(list(filter(None, asked))) == 1


def unread(members):
    """Return the cells that draw a figure without a word on how to read it in the two text cells that follow."""
    found = []
    for place, cell in enumerate(members):
        if cell.cell_type == "code" and pace.FIGURE.search(cell.source):
            texts = [halves(c.source) for c in members[place:] if c.cell_type == "markdown"][:2]
            if not any("怎样读" in zh and "How to read" in en for zh, en in texts):
                found.append(cell.id)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_followed_by_how_to_read_it(name):
    """But the key figure where it is drawn: that stands at the top."""
    members = load(name).cells
    key = next(c.source for c in members if c.source.startswith("notebook.figure("))[17:-2]
    others = [c for c in members if f'draw(\n    "{key}"' not in c.source and f'draw("{key}"' not in c.source]
    assert unread(others) == []
    assert unread([c for c in others if c.cell_type == "code"]), "the check would not notice"


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_followed_by_its_self_check(name):
    members = load(name).cells
    for exercise, cell in pairwise(members):
        if "exercise" not in exercise.metadata.get("tags", []):
            continue
        assert cell.id == f"{exercise.id}-check", f"{exercise.id}: no self-check follows"
        zh, en = halves(exercise.source)
        assert "答案" in zh and re.search("[Aa]nswer", en), f"{exercise.id}: the text does not say what the answer is"
        assert "提示" in zh and "Hint" in en, exercise.id
        first, call = cell.source.splitlines()
        assert re.fullmatch("answer = None  # 你的答案：[^/]* / your answer: [^\u4e00-\u9fff/]*", first), first
        assert call == f'notebook.check("{exercise.id}", answer)'
        assert "no answer yet" in comparison.outputs(cell) and "尚未作答" in comparison.outputs(cell)


@pytest.mark.parametrize("name", NAMES)
def test_comments_come_apart_by_language(name):
    for cell in cells(name, "code"):
        zh, en = (pick_comments(cell.source, language, ("zh", "en")) for language in ("zh", "en"))
        assert ast.dump(ast.parse(zh)) == ast.dump(ast.parse(en)) == ast.dump(ast.parse(cell.source)), cell.id
        assert not any(HAN.search(part) for part in comments(en)), cell.id
        assert all(HAN.search(part) and BETWEEN not in part for part in comments(zh)), cell.id
        if cell.id == "parameters":
            assert len(comments(zh)) > 0 < len(comments(en)), "a choice is told in both languages"


def comments(code):
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


TEXT = """<!-- zh -->
## 增长

见 [02](02-pilot-growth.ipynb)：2018年有 **项目** `n`，$x$ 为数。

- 一
- 二

| 甲 | 乙 |
| --- | --- |

<!-- en -->
## Growth

See [02](02-pilot-growth.ipynb): in 2018 there are **projects** `n`, with $x$ the number.

- one
- two

| first | second |
| --- | --- |

<details><summary>答案 Solution</summary>

```python
answer = 5
```

它是2017年的。

It is that of 2017.
</details>
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", ""),
        ("in 2018 there", "there", "numbers differ"),
        ("that of 2017", "that of 2016", "numbers differ"),
        ("](02-pilot-growth.ipynb): in", "](03-regional-distribution.ipynb): in", "links differ"),
        ("See [02](02-pilot-growth.ipynb)", "See", "links differ"),
        ("## Growth\n", "", "headings differ"),
        ("## Growth", "### Growth", "headings differ"),
        ("**projects**", "projects", "bold terms differ"),
        ("`n`, with", "`m`, with", "code differ"),
        ("with $x$", "with $y$", "formulas differ"),
        ("- two\n", "", "list items differ"),
        ("| --- | --- |\n\n<details>", "\n<details>", "table rows differ"),
        ("It is that of 2017.\n", "", "paragraphs differ"),
        ("the number.", "那个数" * 20, "Chinese in the English part"),
    ],
)
def test_texts_that_differ_are_told_apart(old, new, fault):
    assert parity.faults(TEXT) == []
    changed = TEXT.replace(old, new) if old else TEXT
    assert (changed != TEXT) == bool(old)
    assert any(fault in found for found in parity.faults(changed)) == bool(fault)


def test_a_half_edited_alone_is_noticed_and_the_command_records_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(parity, "TABLE", tmp_path / "parity.csv")
    now = {("02-pilot-growth", cell): (f"zh-{cell}", f"en-{cell}") for cell in "abcd"}
    monkeypatch.setattr(parity, "hashes", lambda _: now)
    parity.main()
    assert parity.recorded() == now
    assert list(parity.changes(parity.recorded(), now)) == []
    now |= {
        ("02-pilot-growth", "a"): ("zh-a", "changed"),
        ("02-pilot-growth", "b"): ("changed", "en-b"),
        ("02-pilot-growth", "c"): ("changed", "changed"),
        ("02-pilot-growth", "e"): ("zh-e", "en-e"),
    }
    del now["02-pilot-growth", "d"]
    assert [(cell, what) for _, cell, what in parity.changes(parity.recorded(), now)] == [
        ("a", "only the English changed"),
        ("b", "only the Chinese changed"),
        ("c", "both languages changed"),
        ("d", "gone"),
        ("e", "new"),
    ]
    capsys.readouterr()
    parity.main()
    said = capsys.readouterr().out
    assert "02-pilot-growth, cell a: only the English changed" in said and "cell c" not in said
    assert list(parity.changes(parity.recorded(), now)) == []


def test_a_code_only_edit_of_a_solution_changes_neither_half():
    assert halves(TEXT) == halves(TEXT.replace("answer = 5", "answer = 6"))
    assert halves(TEXT)[0].endswith("它是2017年的。") and halves(TEXT)[1].endswith("It is that of 2017.")
