"""Where what was added is shown: a claim in one cell of a notebook, a table in another; the first notebook itself."""

import ast
import json
import re

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from compendium import CompendiumError, paths
from compendium.data import datapackage
from compendium.declaration import declared
from compendium.languages import spoken
from compendium.run import contents
from compendium.run.notebookfile import normalise, read
from compendium.texts import Part, catalogue

text = catalogue("compendium/adding", Part)
WIDEST = 100  # letters of a line of code
HIDDEN = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
SETUP = """
from compendium.show.notebook import begin, read, table
from study.judgements import judges

notebook = begin({name}, judges)
"""
EVIDENCE = """
evidence = read("data/raw/claim_evidence.csv")
table(evidence, "claim_id", "says", "relation", "source_id")
"""
TABLE = """
{variable} = read("data/raw/{name}.csv")
{variable}.head()
"""


def show(claim_id: str, headline: bool) -> str:
    """Have a notebook show a claim, the last one that shows any; return its name and the cell.

    A headline claim joins the story at the top, another one the last cards. Where there is no notebook, the first is
    written.

    Raises:
        CompendiumError: no notebook has a cell that shows claims.
    """
    names = taking()
    for name in names:
        file = paths.project().notebooks / f"{name}.ipynb"
        notebook = read(file)
        told, cards = (
            [cell for cell in notebook.cells if cell.cell_type == "code" and calls(cell.source, method)]
            for method in ("story", "check")
        )
        if not told and not cards:
            continue
        if headline and told:
            method, cell = "story", told[0]
        else:
            method, cell = "check", cards[-1] if cards else new_cell(notebook, told[-1], "claims")
        cell.source = with_claim(cell.source, method, claim_id)
        file.write_text(normalise(notebook), encoding="utf-8", newline="\n")
        return f"notebooks/{name}.ipynb, cell {cell.id}"
    if names:
        remedy = f"add a code cell notebook.check({json.dumps(claim_id)}) to one, and the row of the claim by hand"
        raise CompendiumError(f"no notebook has a cell that shows claims. Remedy: {remedy}")
    return first(claim_id)


def taking() -> list[str]:
    """Return the names of the notebooks that what is added may go to, the last first: they wait for no other."""
    return [notebook.name for notebook in reversed(contents.catalogue().values()) if not notebook.last]


def calls(source: str, method: str) -> list[ast.Call]:
    """Return the calls of a method of `notebook` that name something, in a cell."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) == f"notebook.{method}"
    ]


def new_cell(notebook: NotebookNode, after: NotebookNode, name: str) -> NotebookNode:
    """Put a code cell without code after another one, and return it."""
    cell = new_code_cell("", id=name, metadata=HIDDEN)
    notebook.cells.insert(notebook.cells.index(after) + 1, cell)
    return cell


def with_claim(source: str, method: str, claim_id: str) -> str:
    """Return the code of a cell whose last call of a method of `notebook` names one more claim."""
    found = calls(source, method) if source else []
    if not found:
        return f"notebook.{method}({json.dumps(claim_id)})"
    last = found[-1].args[-1]
    lines = source.encode("utf-8").split(b"\n")  # places in a line are counted in bytes
    line, place = lines[(last.end_lineno or 1) - 1], last.end_col_offset or 0
    gap = " " if len(line.decode("utf-8")) + len(claim_id) + 4 <= WIDEST else "\n    "
    lines[(last.end_lineno or 1) - 1] = line[:place] + f",{gap}{json.dumps(claim_id)}".encode() + line[place:]
    return b"\n".join(lines).decode("utf-8")


def first(claim_id: str) -> str:
    """Write the first notebook, which tells of a claim and shows the evidence and the tables; return name and cell."""
    name = f"01-{declared().name}"
    setup = SETUP.format(name=json.dumps(name))
    cells = [
        new_markdown_cell(said("first-title", paper=declared().paper.title), id="title"),
        new_code_cell(setup.strip(), id="setup", metadata=HIDDEN),
        new_code_cell(f"notebook.story({json.dumps(claim_id)})", id="verdicts", metadata=HIDDEN),
        new_markdown_cell(said("first-evidence"), id="evidence-text"),
        new_code_cell(EVIDENCE.strip(), id="evidence"),
        new_markdown_cell(said("first-choices"), id="choices"),
        new_code_cell("", id="parameters", metadata={"tags": ["parameters"]}),
        new_markdown_cell(said("first-end"), id="end"),
        new_code_cell("notebook.versions()", id="versions", metadata=HIDDEN),
    ]
    file = paths.project().notebooks / f"{name}.ipynb"
    file.write_text(normalise(new_notebook(cells=cells)), encoding="utf-8", newline="\n")
    (file.parent / "texts").mkdir(exist_ok=True)
    (file.parent / "texts" / f"{name}.toml").write_text(f"# The texts of {name}.ipynb.\n", encoding="utf-8")
    titles = [f"{language} = {json.dumps(text('first-entry')[language], ensure_ascii=False)}" for language in spoken()]
    entry = "\n".join([f"[{name}]", 'section = "all"', *titles, "reads = []"])
    listed = file.parent / "contents.toml"
    written = listed.read_text(encoding="utf-8").rstrip("\n")
    listed.write_text(f"{written}\n\n{entry}\n".lstrip("\n"), encoding="utf-8", newline="\n")
    for table in datapackage.names():
        if table not in contents.COMMON:
            read_table(table, name)
    return f"notebooks/{name}.ipynb, cell verdicts"


def said(key: str, **values: object) -> str:
    """Return a text cell in the languages of the compendium."""
    filled = text(key, **values)
    if len(spoken()) == 1:
        return filled[spoken()[0]]
    return "\n\n".join(f"<!-- {language} -->\n{filled[language]}" for language in spoken())


def read_table(table: str, notebook: str) -> str:
    """Have a notebook read a raw table, and declare it in contents.toml; return its name and the cell."""
    listed = paths.project().notebooks / "contents.toml"
    before = listed.read_text(encoding="utf-8")
    entry = re.compile(rf"(^\[\"?{re.escape(notebook)}\"?\][^[]*\nreads *= *\[)([^]]*)\]", re.M)

    def with_table(found: re.Match) -> str:
        names, end = found[2].rstrip().rstrip(","), ",\n" if "\n" in found[2] else ""
        return f"{found[1]}{names}{', ' if names else ''}{json.dumps(table)}{end}]"

    listed.write_text(entry.sub(with_table, before, count=1), encoding="utf-8", newline="\n")
    file = paths.project().notebooks / f"{notebook}.ipynb"
    content = read(file)
    code = TABLE.format(variable=table.replace("-", "_"), name=table).strip()
    if not any(re.search(r"\bimport\b.*\bread\b", other.source) for other in content.cells):
        code = f"from compendium.show.notebook import read\n\n{code}"
    cell = new_code_cell(code, id=f"table-{table.replace('_', '-')}")
    places = [number for number, other in enumerate(content.cells) if other.id == "end"]
    content.cells.insert(places[0] if places else len(content.cells), cell)
    file.write_text(normalise(content), encoding="utf-8", newline="\n")
    return f"notebooks/{notebook}.ipynb, cell {cell.id}"
