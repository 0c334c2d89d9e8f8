"""Where what was added is shown: a claim in one cell of a notebook; the notebook itself."""

import ast
import json
import re
from collections.abc import Sequence

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from compendium import CompendiumError
from compendium.base.files import write_atomic
from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.notebook.bilingual import join_languages_in_cell
from compendium.run import contents
from compendium.run.notebookfile import normalise_notebook, read_notebook

text = catalogue("compendium/adding")
STORY = "verdicts"  # the cell of the claims at the top
CARDS = "show_claims"  # the method that shows claims as cards
WIDEST = 100  # letters of a line of code
HIDDEN = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
SETUP = """
from compendium import begin

notebook = begin({name})
"""
EVIDENCE = """
evidence = notebook.read("data/raw/claim_evidence.csv")
notebook.table(evidence, "claim_id", "says", "relation", "source_id")
"""
TABLE = """
{variable} = notebook.read("data/raw/{table}.csv")
{variable}.head()
"""


def add_claim_to_notebook(c: Compendium, claim: dict[str, str]) -> str:
    """Have the last notebook that shows claims, or a first one, show this in story or cards; return name and cell."""
    claim_id = claim["claim_id"]
    for name in list_notebooks_open_to_claims(c):
        notebook = read_notebook(c.notebooks / f"{name}.ipynb")
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        story, cards = (
            [cell for cell in code if find_method_calls(cell.source, method)] for method in ("story", CARDS)
        )
        empty = [cell for cell in code if cell.id == STORY and not cell.source]  # as `begin` leaves it
        if not story and not cards and not empty:
            continue
        method = "story" if empty or (story and claim["weight"] == "headline") else CARDS
        if method == CARDS and not cards:
            cards = [new_code_cell("", id="claims", metadata=HIDDEN)]
            notebook.cells.insert(notebook.cells.index(story[-1]) + 1, cards[0])
        cell = (story + empty)[0] if method == "story" else cards[-1]
        cell.source = add_claim_to_call(cell.source, method, claim_id)
        write_notebook(c, name, notebook)
        return f"notebooks/{name}.ipynb, cell {cell.id}"
    if list_notebooks_open_to_claims(c):
        remedy = f"add a code cell notebook.{CARDS}({json.dumps(claim_id)}) to one, and the row of the claim by hand"
        raise CompendiumError(f"no notebook has a cell that shows claims. Remedy: {remedy}")
    create_notebook(
        c, f"01-{c.declaration.name}", [table for table in c.tables.resources if table not in contents.COMMON]
    )
    return add_claim_to_notebook(c, claim)


def list_notebooks_open_to_claims(c: Compendium) -> list[str]:
    """Return the names of the notebooks that what is added may go to, the last first: they wait for no other."""
    return [notebook.name for notebook in reversed(contents.list_declared_notebooks(c).values()) if not notebook.last]


def write_notebook(c: Compendium, name: str, notebook: NotebookNode) -> None:
    """Write a notebook."""
    write_atomic(c.notebooks / f"{name}.ipynb", normalise_notebook(notebook).encode("utf-8"))


def find_method_calls(source: str, method: str) -> list[ast.Call]:
    """Return the calls of a method of `notebook` that name something, in a cell."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    return [call for call in calls if ast.unparse(call.func) == f"notebook.{method}"]


def add_claim_to_call(source: str, method: str, claim_id: str) -> str:
    """Return the code of a cell whose last call of a method of `notebook` names one more claim."""
    found = find_method_calls(source, method)
    if not found:
        return f"notebook.{method}({json.dumps(claim_id)})"
    last = found[-1].args[-1]
    lines = source.encode("utf-8").split(b"\n")  # places in a line are counted in bytes
    row, place = (last.end_lineno or 1) - 1, last.end_col_offset or 0
    gap = " " if len(lines[row].decode("utf-8")) + len(claim_id) + 4 <= WIDEST else "\n    "
    lines[row] = lines[row][:place] + f",{gap}{json.dumps(claim_id)}".encode() + lines[row][place:]
    return b"\n".join(lines).decode("utf-8")


def create_notebook(c: Compendium, name: str, tables: Sequence[str] = ()) -> None:
    """Write a notebook that reads `tables`, shows the evidence and has a place for claims; declare it in contents.toml.

    Raises:
        CompendiumError: the name is not of a form such as 02-costs, or there is such a notebook.
    """
    if not re.fullmatch("[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*", name) or name in contents.list_declared_notebooks(c):
        raise CompendiumError(f"{name!r} is no name for a new notebook. Remedy: one such as 02-costs that is not there")

    def say(cell: str, key: str, **values: object) -> NotebookNode:
        said = text(key, **values).markdown
        return new_markdown_cell(join_languages_in_cell({one: said[one] for one in c.languages}), id=cell)

    def read_table(table: str) -> NotebookNode:
        source = TABLE.format(variable=table.replace("-", "_"), table=table).strip()
        return new_code_cell(source, id=f"table-{table.replace('_', '-')}")

    cells = [
        say("title", "first-title", paper=c.declaration.paper.title),
        new_code_cell(SETUP.format(name=json.dumps(name)).strip(), id="setup", metadata=HIDDEN),
        new_code_cell("", id=STORY, metadata=HIDDEN),
        say("evidence-text", "first-evidence"),
        new_code_cell(EVIDENCE.strip(), id="evidence"),
        say("choices", "first-choices"),
        new_code_cell("", id="parameters", metadata={"tags": ["parameters"]}),
        *map(read_table, tables),
        say("end", "first-end"),
        new_code_cell("notebook.versions()", id="versions", metadata=HIDDEN),
    ]
    write_notebook(c, name, new_notebook(cells=cells))
    write_atomic(c.notebooks / "texts" / f"{name}.toml", f"# The texts of {name}.ipynb.\n".encode())
    titles = [f"{code} = {json.dumps(text('first-entry')[code], ensure_ascii=False)}" for code in c.languages]
    listed = c.notebooks / "contents.toml"
    entry = "\n".join(["", f"[{name}]", 'section = "all"', *titles, f"reads = {json.dumps(tables)}", ""])
    write_atomic(listed, f"{listed.read_text(encoding='utf-8').rstrip()}\n{entry}".lstrip().encode("utf-8"))
