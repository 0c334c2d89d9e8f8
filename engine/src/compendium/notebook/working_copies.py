"""Working copies of the notebooks for reading and playing, in one language: what happens there touches nothing else."""

import base64
import os
import re
from pathlib import Path

import nbformat

from compendium import CompendiumError, started
from compendium.base import paths
from compendium.base.files import write_atomic
from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.notebook import explorers, figures
from compendium.notebook.bilingual import SOLUTION, select_comment_language, select_language_part
from compendium.run import contents, notebookfile

text = catalogue("compendium/show")
SETTINGS = Path(__file__).parents[1] / "jupyterlab"  # nobody is asked about news, and no update is looked for
LINK = re.compile(r"\]\(([^)#:]+\.(?:md|py|csv|ipynb))[)#]")
STUDENTS = re.compile(r"(?<!→ )\[\d+\]\(notebooks/([\w-]+)\.ipynb\) →")  # where the README lets them begin


def describe_lab_command(c: Compendium, language: str) -> str:
    """Return the command by which a reader opens the copies in a language."""
    return "make lab" if language == c.languages[0] else f"make lab LANGUAGE={language}"


def find_copies_folder(c: Compendium, language: str) -> Path:
    """Return the folder of the working copies in a language; what they write goes there too."""
    return c.build / "lab" / language


def make_working_copies(c: Compendium, language: str, solutions: bool = True) -> Path:
    """Make the working copies that are missing, and return their folder; those that are there keep the reader's work.

    Without `solutions` new copies have none; `check` finds them either way.
    """
    root = find_copies_folder(c, language)
    for notebook in contents.list_declared_notebooks(c).values():
        target = root / "notebooks" / notebook.path.name
        if not target.is_file():
            write_atomic(
                target,
                render_working_copy(c, notebookfile.read_notebook(notebook.path), language, solutions).encode("utf-8"),
            )
    copy_linked_files(c, root)
    return root / "notebooks"


def copy_linked_files(c: Compendium, root: Path) -> None:
    """Copy what is missing of the pages, code and tables that the copies below `root` link to, and these in turn."""
    found, due = set[str](), [*(root / "notebooks").glob("*.ipynb")]
    while due:
        path = due.pop()
        linked = LINK.findall(path.read_text(encoding="utf-8")) if path.suffix in (".ipynb", ".md") else []
        places = {os.path.relpath(path.parent / link, root) for link in linked} - found
        for place in sorted(one for one in places if (c.root / one).is_file() and not one.startswith(os.pardir)):
            if not (root / place).exists():
                write_atomic(root / place, (c.root / place).read_bytes())
            due.append(root / place)
        found |= places


def holds_solutions(c: Compendium, language: str) -> bool:
    """Tell whether a working copy in a language holds a solution."""
    copies = find_copies_folder(c, language).glob("notebooks/*.ipynb")
    return any("```python" in path.read_text(encoding="utf-8") for path in copies)


def render_working_copy(c: Compendium, notebook: nbformat.NotebookNode, language: str, solutions: bool = True) -> str:
    """Return a notebook as text in one language, with what the last accepted run shows; tables keep all languages."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            own = select_language_part(cell.source, language)
            cell.source = own if solutions else SOLUTION.sub("", own).strip()
            cell.source += f"\n\n{text('run-first')[language]}" if cell is notebook.cells[0] else ""
            continue
        cell.source = select_comment_language(cell.source, language, c.languages)
        if not c.language:  # in which the outputs would be; an explorer is drawn in the first language only
            shown = [o for o in cell.outputs if language == c.languages[0] or explorers.KIND not in o.get("data", {})]
            cell.outputs = [select_output_language(c, output, language) for output in shown]
    return nbformat.writes(notebook)


def select_output_language(c: Compendium, output: nbformat.NotebookNode, language: str) -> nbformat.NotebookNode:
    """Return an output with its text or its figure in a language."""
    data = output.get("data", {})
    if "text/markdown" in data:
        data["text/markdown"] = select_language_part(data["text/markdown"], language)
    if named := re.search("<title>(.*?)</title>", data.get("image/svg+xml", "")):
        drawn = figures.SavedFigure(paths.figure_path(named[1], language, "svg", c.root))
        data |= {"image/svg+xml": drawn._repr_svg_(), "text/plain": repr(drawn)}
        data["image/png"] = base64.b64encode(drawn.png or b"").decode()
    return output


def find_first_notebook(c: Compendium) -> str:
    """Return the name of the notebook that students begin with by the README, else of the first."""
    readme = c.root / "README.md"
    begin = STUDENTS.search(readme.read_text(encoding="utf-8")) if readme.is_file() else None
    if not begin and not contents.list_declared_notebooks(c):
        raise CompendiumError("there is no notebook yet. Remedy: compendium claim add, which writes the first")
    return begin[1] if begin else next(iter(contents.list_declared_notebooks(c)))


def make_jupyterlab_command(c: Compendium, language: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens JupyterLab at the copy students begin with, else the first, and its environment."""
    root = find_copies_folder(c, language)
    line = [*started("jupyterlab.labapp"), f"--ServerApp.root_dir={root}", f"--LabApp.app_settings_dir={SETTINGS}"]
    line += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    line += [f"--LabApp.default_url=/lab/tree/notebooks/{find_first_notebook(c)}.ipynb"]
    start = str(Path(__file__).with_name("startup.py"))
    return line, os.environ | {paths.LANGUAGE: language, paths.OUT: str(root), "PYTHONSTARTUP": start}
