"""Which module imports which.  python engine/tests/house.py  draws it anew in CONTRIBUTING.md."""

import ast
import re
from functools import cache

from compendium.base import cells, paths

# The rooms from bottom to top: each may import what stands before it.
ROOMS = ["forkserver", "base", "data", "compendium", "ledger", "run", "notebook", "pages", "authoring"]
ROOMS += ["forms", "book", "browser", "testing", "__init__", "__main__"]
PAGE = paths.HOME / ".github" / "CONTRIBUTING.md"
MARKS = re.compile(r"(?<=<!-- generated:house -->\n).*?(?=<!-- /generated:house -->)", re.S)


@cache
def modules(*packages):
    """Return the text of the modules of packages by relative path."""
    tops = {package: paths.CODE if package == "compendium" else paths.HOME for package in packages}
    files = [(file.relative_to(top), file) for package, top in tops.items() for file in top.glob(f"{package}/**/*.py")]
    return {name: file.read_text("utf-8") for name, file in sorted(files) if "template" not in name.parts[:2]}


def trees(*packages):
    """Return the trees of the modules of packages by relative path."""
    return {file: ast.parse(text) for file, text in modules(*packages).items()}


def imported(tree):
    """Return the modules of this project that a module imports, as dotted names."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.startswith(("compendium.", "study."))]


def part_of(name):
    """Return the room that a dotted name or a path belongs to; of what lies beside the rooms its module."""
    top, *rest = re.split(r"[./]", name)
    if top != "compendium":
        return top
    return rest[0] if rest and rest[0] in ROOMS and not rest[0].startswith("__") else "commands"


def renew(text):
    """Return the page with the imports between packages as a Mermaid graph: an arrow leads to what is used directly."""
    every = [(file.as_posix(), tree) for file, tree in trees("compendium", "study").items()]
    for file in paths.HOME.glob("notebooks/*.ipynb"):
        every += [("notebooks", tree) for _, tree in cells.parse_code(file)]
    uses = {}
    for file, tree in every:
        uses.setdefault(part_of(file), set()).update(part_of(name) for name in imported(tree))
    uses = {one: others - {one, "commands"} for one, others in uses.items()}
    arrows = {(one, other) for one, others in uses.items() for other in others
              if not any(other in reach(third, uses) for third in others - {other})}  # fmt: skip
    lines = ["```mermaid", "flowchart TD", *(f"    {one} --> {other}" for one, other in sorted(arrows)), "```", ""]
    return MARKS.sub(lambda _: "\n".join(lines), text, count=1)


def reach(part, uses):
    """Return the parts that a part uses, through others too."""
    direct = uses.get(part, set())
    return direct.union(*(reach(other, uses) for other in direct))


if __name__ == "__main__":
    PAGE.write_text(renew(PAGE.read_text("utf-8")), encoding="utf-8")
