"""Text cells, and comments in code, hold both languages; here is one of them."""

import io
import re
import tokenize

HAN = re.compile(r"[\u3400-\u9fff]")
SOLUTION = re.compile(r"<details>.*?</details>", re.S)
SUMMARY = re.compile(r"<summary>(.*[\u3400-\u9fff]\S*) (.*)</summary>")
MARK = "<!-- en -->"
BETWEEN = " / "  # what stands between the languages of one comment


def half(text: str, language: str) -> str:
    """Return the part of a text cell in a language; a solution, which stands only once, belongs to both."""
    if MARK not in text:
        return text
    zh, _, en = text.removeprefix("<!-- zh -->").partition(MARK)
    solutions = [] if SOLUTION.search(zh) else SOLUTION.findall(en)
    own = zh if language == "zh" else SOLUTION.sub("", en) if solutions else en
    return "\n\n".join((own.strip(), *(solution(found, language) for found in solutions)))


def solution(text: str, language: str) -> str:
    """Return a solution: its heading and its code, and of its paragraphs those in a language."""
    text = SUMMARY.sub(rf"<summary>\{1 if language == 'zh' else 2}</summary>", text)
    pieces = re.split(r"(<summary>.*?</summary>|</?details>|```.*?```)", text, flags=re.S)
    for i in range(0, len(pieces), 2):
        paragraphs = [p for p in pieces[i].split("\n\n") if (len(HAN.findall(p)) > len(p) / 5) == (language == "zh")]
        pieces[i] = "\n\n" + "\n\n".join(p.strip() for p in paragraphs) + "\n\n"
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip()


def commented(code: str, language: str) -> str:
    """Return the code of a cell with its comments in a language only; a line that held nothing else goes."""
    given = code.split("\n")
    lines: list[str | None] = [*given]
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            zh, between, en = token.string.removeprefix("# ").partition(BETWEEN)
            own = bool(HAN.search(token.string)) == (language == "zh")
            said = f"# {zh if language == 'zh' else en}" if between else token.string if own else ""
            lines[row - 1] = (given[row - 1][:column] + said).rstrip() or None
    return "\n".join(line for line in lines if line is not None)
