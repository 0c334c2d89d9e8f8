"""Contracts of the committed notebooks: run in order, two languages, small cells, no typed results, nothing unsafe."""

import ast
import io
import math
import re
import tokenize
from functools import cache
from itertools import pairwise
from types import SimpleNamespace

import nbformat
import parity
import pytest
from bs4 import BeautifulSoup
from parity import halves
from worlds import HERE

from compendium.base.cells import SOLUTION
from compendium.ledger import claims
from compendium.notebook import reading_time
from compendium.notebook.bilingual import BETWEEN, HAN, select_comment_language
from compendium.notebook.tables import render_column_title
from compendium.notebook.wording import render_bilingual_words
from compendium.run import comparison, contents, notebookfile

WIDTH = 100
# A digit in a text cell must belong to a year, a section, a figure, a notebook, a claim, a formula or a name in code.
ALLOWED = re.compile(
    r"\$[^$]*\$|```.*?```|`[^`]*`|\]\([^)]*\)|\bQ\d+(?:[–-]Q?\d+)?|(?:19|20)\d\d(?:[–-](?:19|20)?\d\d)?"
    r"|(?<![\d.])\d\.\d(?:\.\d)?(?![\d.])"
    r"|(?:第|图|Figure |Fig\. |[Ss]ection |[Nn]otebooks? |笔记本 ?)\d+(?:\.\d)?"
    r"|\b\d\d-[a-z][a-z-]+|\b[A-Z]{1,4}/?[A-Z]?-? ?\d[\d.]*(?:-\d+)?[a-d]?|5G|工业4\.0|Industry 4\.0",
    re.S,
)


@cache
def load(name):
    """Return a notebook: its name, file and cells, those of code, and the sources of those of text by id."""
    file = contents.list_declared_notebooks(HERE)[name].path
    cells = nbformat.read(file, as_version=4).cells
    code = [c for c in cells if c.cell_type == "code"]
    texts = {c.id: c.source for c in cells if c.cell_type == "markdown"}
    return SimpleNamespace(name=name, file=file, cells=cells, code=code, texts=texts)


@pytest.fixture(params=contents.list_declared_notebooks(HERE))
def notebook(request):
    return load(request.param)


def every():
    return [load(name) for name in contents.list_declared_notebooks(HERE)]


def test_gate(notebook):
    assert notebookfile.list_notebook_faults(notebook.file) == []


def test_text_cells_hold_both_languages_alike(notebook):
    assert [f"{cell}: {fault}" for cell, text in notebook.texts.items() for fault in parity.faults(text)] == []


def test_no_language_was_edited_without_the_other():
    """The remedy is to edit the other half as well; the command then records both, or confirms that one is enough."""
    found = [*parity.changes(parity.recorded(), parity.hashes(HERE))]
    assert found == [], f"bring both languages to the same meaning, then: {parity.COMMAND}"


def test_no_number_is_typed_in_text(notebook):
    for cell, text in notebook.texts.items():
        left = re.findall(r".{0,15}\d.{0,10}", ALLOWED.sub("", SOLUTION.sub("", text)))
        assert not left, f"{cell}: typed number near {left}"


def size(node):
    """Return the number of lines of at most `WIDTH` characters that some code takes, however it is wrapped."""
    return sum(math.ceil(len(line.strip()) / WIDTH) for line in ast.unparse(node).splitlines())


def folded(cell):
    return "hide-input" in cell.metadata.get("tags", [])


def in_view(notebook):
    return [c for c in notebook.code if not folded(c)]


def test_cells_are_few_and_small_and_most_code_is_in_view(notebook):
    """At most forty cells; at least three fifths of the lines of code in view, no cell of them longer than a screen."""
    lines = {c.id: size(ast.parse(c.source)) for c in notebook.code}
    seen = {c.id: lines[c.id] for c in in_view(notebook)}
    assert len(notebook.cells) <= 40
    assert sum(seen.values()) >= 0.6 * sum(lines.values())
    assert {cell: n for cell, n in seen.items() if n > 25} == {}
    hidden = [bool(c.metadata.get("jupyter", {}).get("source_hidden")) for c in notebook.cells]
    assert hidden == [folded(c) for c in notebook.cells]


def test_a_notebook_imports_one_name_of_the_engine(notebook):
    taken = re.findall(r"^(?:from|import) (compendium\S*.*)$", "\n".join(c.source for c in notebook.code), re.M)
    assert taken == ["compendium import begin"]


def names(cells, context):
    """Return the variables that cells set (ast.Store) or use (ast.Load), without what they import or define."""
    every = (node for cell in cells for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name))
    return {node.id for node in every if isinstance(node.ctx, context)}


def test_what_is_in_view_depends_on_nothing_hidden(notebook):
    visible, hidden = in_view(notebook), [c for c in notebook.code if folded(c)]
    made = names(hidden, ast.Store) - names(visible, ast.Store) - {"notebook"}
    assert names(visible, ast.Load) & made == set()


def test_the_data_are_read_in_view(notebook):
    """Cells called data-… read raw tables and show rows of them; a text before them leads to the codebook."""
    data = [c for c in notebook.code if c.id.startswith("data")]
    assert data and all(not folded(c) and 'notebook.read("data/' in c.source for c in data)
    text = notebook.cells[notebook.cells.index(data[0]) - 1]
    assert all("codebook" in half for half in halves(text.source))


def key_figure(notebook):
    """Return the name of the figure on the first screen."""
    return re.search(r'notebook\.figure\("(.*?)"\)', "\n".join(c.source for c in notebook.code))[1]


def test_the_first_screen_has_the_question_the_story_and_the_key_figure(notebook):
    box, setup, answer, *rest = notebook.cells
    assert [box.id, setup.id, answer.id] == ["box", "setup", "answer"] and folded(setup) and folded(answer)
    for mark, half in zip("？?", halves(box.source), strict=True):
        title, question = half.split("\n\n")
        assert title.startswith("# ") and question.endswith(mark)
    for half in halves(answer.outputs[0]["data"]["text/markdown"]):
        assert re.fullmatch(r"\*\*[^*]+\*\*", half.strip()), "one bold sentence answers the question"
    ledger = claims.read_ledger(HERE, HERE.root).values()
    assert {one.cell for one in ledger if one.notebook == notebook.name and one.weight == "headline"} <= {"story"}
    figure, story, *_ = rest
    assert folded(figure) and figure.source.startswith("notebook.figure(")
    if told := story.id == "story":
        assert folded(story) and re.match(r"notebook\.(since\(\w+\)\.)?story\(", story.source)
    read = halves(rest[1 + told].source)
    assert "怎样读" in read[0] and "How to read" in read[1]
    assert "language" not in contents.read_notebook_parameters(contents.list_declared_notebooks(HERE)[notebook.name]), (
        "--language chooses it"
    )
    assert notebook.cells[-1].source.endswith("notebook.versions()")
    assert not any(c.source == d.source for c, d in pairwise(notebook.code)), "the same cell twice"


def test_headings_descend_in_order_and_one_asks_what_if(notebook):
    both = [halves(text) for text in notebook.texts.values()]
    levels = [len(marks) for _, en in both for marks in re.findall(r"^(#+) ", en, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    asked = [re.search("^##+ 如果.*，结果会怎样", zh, re.M) and re.search("^##+ What if ", en, re.M) for zh, en in both]
    assert len(list(filter(None, asked))) == 1


def test_outputs_are_safe_and_free_of_the_machine(notebook):
    unsafe = HERE.tables("sources").query("host_trust == 'unsafe'")["url"]
    hosts = [re.sub(r"^hxxps?://", "", u).split("/")[0].replace("[.]", ".") for u in unsafe]
    for cell in notebook.code:
        text = comparison.render_outputs_as_text(cell)
        assert not re.search(r"<script|javascript:|<iframe|\bon(?:load|error|click)=", text, re.I), cell.id
        assert not re.search(r"0x[0-9a-f]{8,}|/home/|/root/|/tmp/|C:\\\\Users", text), f"{cell.id}: the machine"
        assert not any(re.search(rf"https?://[^\s\"]*{re.escape(h)}", text) for h in hosts), f"{cell.id}: unsafe link"


GRADES = {"A", "B", "C"}
SNAKE = re.compile(r"(?<![\w./-])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w/-])")


@cache
def coded():
    """Return the heading of each column with labels, with the codes that its labels say otherwise."""
    fields = [field for table in HERE.tables.resources.values() for field in table["schema"]["fields"]]
    labels = [(render_column_title(HERE, field), field["labels"]) for field in fields if "labels" in field]
    said = [(title, {code for code in known if known[code]["en"] != code}) for title, known in labels]
    return [(render_bilingual_words(title, HERE.languages), codes - GRADES) for title, codes in said]


def codes_shown(html):
    """Yield the cells of a table that hold a code: snake_case, or a code under the heading of a column with labels."""
    lines = BeautifulSoup(html, "html.parser")("tr")
    head, *rows = [[cell.get_text().strip() for cell in line(["th", "td"])] for line in lines]
    for place, heading in enumerate(head):
        known = {code for title, codes in coded() if title == heading for code in codes}
        shown = (row[place] for row in rows)
        yield from (f"{heading}: {cell}" for cell in shown if SNAKE.search(cell) or cell in known)


def test_no_table_shows_a_code(notebook):
    made = [c for c in notebook.code if not c.id.startswith("data")]  # which show raw tables as they are
    tables = (o["data"]["text/html"] for c in made for o in c.outputs if "text/html" in o.get("data", {}))
    assert [found for html in tables if 'class="dataframe' in html for found in codes_shown(html)] == []


ABOUT = ("学到", "先备|先修|预备", "输入", "输出"), ("learn", "Needed before", "Inputs", "Outputs")


def test_a_notebook_says_what_awaits_the_reader(notebook):
    for half, wanted in zip(halves(notebook.texts["about"]), ABOUT, strict=True):
        assert [part for part in wanted if not re.search(part, half)] == [], half


def test_every_figure_is_followed_by_how_to_read_it(notebook):
    """In one of the next two texts; but the key figure where it is drawn, as that stands at the top."""
    key = re.compile(rf'draw\(\s*"{key_figure(notebook)}"')
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and reading_time.FIGURE.search(cell.source) and not key.search(cell.source):
            texts = [halves(c.source) for c in notebook.cells[place:] if c.cell_type == "markdown"][:2]
            assert any("怎样读" in zh and "How to read" in en for zh, en in texts), cell.id


def test_every_exercise_is_followed_by_its_self_check(notebook):
    for exercise, cell in pairwise(notebook.cells):
        if "exercise" not in exercise.metadata.get("tags", []):
            continue
        assert cell.id == f"{exercise.id}-check", f"{exercise.id}: no self-check follows"
        zh, en = halves(exercise.source)
        assert "答案" in zh and re.search("[Aa]nswer", en), f"{exercise.id}: the text does not say what the answer is"
        assert "提示" in zh and "Hint" in en, exercise.id
        first, call = cell.source.splitlines()
        assert re.fullmatch("answer = None  # 你的答案：[^/]* / your answer: [^\u4e00-\u9fff/]*", first), first
        assert call == f'notebook.check("{exercise.id}", answer)'
        assert "no answer yet" in comparison.render_outputs_as_text(
            cell
        ) and "尚未作答" in comparison.render_outputs_as_text(cell)


def test_comments_come_apart_by_language(notebook):
    for cell in notebook.code:
        zh, en = (select_comment_language(cell.source, language, ("zh", "en")) for language in ("zh", "en"))
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
见 [02](02-growth.ipynb)：2018年有 **项目** `n`，$x$ 为数。
- 一
| 甲 |
<!-- en -->
## Growth
See [02](02-growth.ipynb): in 2018 there are **projects** `n`, with $x$ the number.
- one
| first |

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
        ("in 2018 there", "there", "numbers differ"),
        ("that of 2017", "that of 2016", "numbers differ"),
        ("](02-growth.ipynb): in", "](03-regions.ipynb): in", "links differ"),
        ("See [02](02-growth.ipynb)", "See", "links differ"),
        ("## Growth\n", "", "headings differ"),
        ("## Growth", "### Growth", "headings differ"),
        ("**projects**", "projects", "bold terms differ"),
        ("`n`, with", "`m`, with", "code differ"),
        ("with $x$", "with $y$", "formulas differ"),
        ("- one\n", "", "list items differ"),
        ("| first |\n", "", "table rows differ"),
        ("It is that of 2017.\n", "", "paragraphs differ"),
        ("the number.", "那个数" * 20, "Chinese in the English part"),
    ],
)
def test_texts_that_differ_are_told_apart(old, new, fault):
    assert parity.faults(TEXT) == []
    assert halves(TEXT) == halves(TEXT.replace("answer = 5", "answer = 6")), "code belongs to neither half"
    assert old in TEXT and any(fault in found for found in parity.faults(TEXT.replace(old, new)))


def test_a_half_edited_alone_is_noticed_and_the_command_records_it(tmp_path, monkeypatch, capsys):
    was = {("02-pilot-growth", cell): (f"zh-{cell}", f"en-{cell}") for cell in "abcd"}
    new = {"a": ("zh-a", "changed"), "b": ("changed", "en-b"), "c": ("changed", "changed"), "e": ("zh-e", "en-e")}
    now = {("02-pilot-growth", cell): halves for cell, halves in new.items()}
    monkeypatch.setattr(parity, "TABLE", tmp_path / "parity.csv")
    for hashes in (was, now):
        monkeypatch.setattr(parity, "hashes", lambda _, hashes=hashes: hashes)
        parity.main()
        assert parity.recorded() == hashes
    said = capsys.readouterr().out
    assert "02-pilot-growth, cell a: only the English changed" in said and "cell c" not in said
    told = {"a": "only the English changed", "b": "only the Chinese changed", "c": "both languages changed"}
    assert {cell: what for _, cell, what in parity.changes(was, now)} == told | {"d": "gone", "e": "new"}
