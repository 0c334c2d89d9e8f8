"""Text cells hold both languages; here is one of them."""

import re

HAN = re.compile(r"[\u3400-\u9fff]")
SOLUTION = re.compile(r"<details>.*?</details>", re.S)
SUMMARY = re.compile(r"<summary>(.*[\u3400-\u9fff]\S*) (.*)</summary>")
MARK = "<!-- en -->"


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
