"""Texts that hold both languages, taken apart."""

import ast
import re

import nbformat

HAN = re.compile(r"[\u3400-\u9fff]")
JOINED = re.compile(
    r"([A-Z\d][\w.–]* )?([\u3400-\u9fff][\u3400-\u9fff、，：；（）“”《》·%]*)( [\d.]+)? "
    r"(?=.*[a-z]{2})([A-Za-z][^\u3400-\u9fff]*?)( [\d.]+ ?%)?"
)


def pairs(notebook: nbformat.NotebookNode) -> dict[str, tuple[str, str]]:
    """Return what the code of a notebook joins from two literals: `年份 year` -> (`年份`, `year`); one may be empty."""
    found = {}
    for cell in notebook.cells:
        for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                zh, en = (e.value if isinstance(e, ast.Constant) else None for e in node.elts)
                if isinstance(zh, str) and isinstance(en, str) and not HAN.search(en) and (HAN.search(zh) or not zh):
                    found[f"{zh} {en}".strip()] = (zh, en)
    return found


def parted(text: str, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """Return the Chinese and the English of a short text that holds both, else the text twice.

    The text must be a known pair, or Chinese signs only, then English words. A number before or between
    them, or a percentage at the end, belongs to both: `层级 1 tier 1`, `缺口 2020 gap`, `平衡 break-even 14.9 %`.
    """
    if text in known:
        return known[text]
    if "; " in text:
        zh, en = zip(*(parted(part, known) for part in text.split("; ")), strict=True)
        return "；".join(zh) if zh != en else text, "; ".join(en)
    found = JOINED.fullmatch(text)
    if not found:
        return text, text
    start, zh, number, en, end = found.groups(default="")
    if repeated := re.match(r"(\w+) (?=\1 )", en):  # `四经普后 GDP GDP after the 4th census`
        zh, en = f"{zh} {repeated[1]}", en.removeprefix(repeated[0])
    if not en.endswith(number):
        en = f"{number} {en}".strip()
    return f"{start}{zh}{number}{end}", f"{start}{en}{end}"
