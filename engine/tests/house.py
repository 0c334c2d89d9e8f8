"""Which module imports which.  python engine/tests/house.py  draws it anew in CONTRIBUTING.md."""

import ast
import re
from functools import cache

from compendium import cells, paths

# From bottom to top: each may import what stands before it.
LAYERS = ["forkserver", "engine", "escape", "paths", "files", "toml", "declaration", "languages"]
LAYERS += ["vocabulary", "texts", "values", "cells", "html", "data", "compendium", "ledger", "run", "show", "pages"]
LAYERS += ["adding", "forms", "book"]
TOP = ("example", "lite", "new", "small", "plugin", "proof", "__init__", "__main__")
PAGE = paths.HOME / ".github" / "CONTRIBUTING.md"
MARKS = re.compile(r"(?<=<!-- generated:house -->\n).*?(?=<!-- /generated:house -->)", re.S)


def modules(*packages):
    """Return the trees of the modules of packages by relative path."""
    tops = {package: paths.CODE if package == "compendium" else paths.HOME for package in packages}
    files = [file.relative_to(top) for package, top in tops.items() for file in top.glob(f"{package}/**/*.py")]
    return {file: parse(file) for file in sorted(files) if "template" not in file.parts[:2]}


@cache
def parse(file):
    return ast.parse(read(file))


def read(file):
    return ((paths.CODE if file.parts[0] == "compendium" else paths.HOME) / file).read_text(encoding="utf-8")


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
    """Return the part of the picture that a dotted name or a path belongs to: a package, or a group of modules."""
    top, *rest = re.split(r"[./]", name)
    if top != "compendium":
        return top
    inner = next((part for part in rest if part in LAYERS), "")
    if inner and (paths.CODE / top / inner / "__init__.py").is_file():
        return inner
    return {"compendium": "value", "": "commands"}.get(inner, "words")


def draw():
    """Return the imports between packages as a Mermaid graph: an arrow leads to what is used, through others or not."""
    arrows = {(part_of(file.as_posix()), part_of(name)) for file, tree in modules("compendium", "study").items()
              for name in imported(tree)}  # fmt: skip
    for file in paths.HOME.glob("notebooks/*.ipynb"):
        arrows |= {("notebooks", part_of(name)) for _, tree in cells.parse_code(file) for name in imported(tree)}
    arrows = {(one, other) for one, other in arrows if one != other and other != "commands"}
    uses = {one: {other for first, other in arrows if first == one} for one, _ in arrows}
    through = {one: set().union(*(reach(other, uses) for other in others)) for one, others in uses.items()}
    direct = sorted((one, other) for one, other in arrows if other not in through[one])
    return "\n".join(["```mermaid", "flowchart TD", *(f"    {one} --> {other}" for one, other in direct), "```", ""])


def reach(part, uses):
    """Return the parts that a part uses through others."""
    direct = uses.get(part, set())
    return direct.union(*(reach(other, uses) for other in direct))


def renew(text):
    """Return the page with the picture of today."""
    return MARKS.sub(lambda _: draw(), text, count=1)


if __name__ == "__main__":
    PAGE.write_text(renew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
