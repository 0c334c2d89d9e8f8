"""Text cells, and comments in code, hold each language of the compendium; here is one of them."""

import io
import re
import tokenize
from collections.abc import Mapping, Sequence

HAN = re.compile(r"[\u3400-\u9fff]")
SOLUTION = re.compile(r"<details>.*?</details>", re.S)
SUMMARY = re.compile(r"<summary>(.*[\u3400-\u9fff]\S*) (.*)</summary>")
MARK = re.compile(r"<!-- ([a-z]{2,3}) -->")  # before what a text cell says in a language
BETWEEN = " / "  # what stands between the languages of one comment


def join_languages_in_cell(texts: Mapping[str, str]) -> str:
    """Return a text cell from what it says by language: of one language the text alone."""
    marked = [f"<!-- {language} -->\n{text}" for language, text in texts.items()]
    return "\n\n".join(marked if len(texts) > 1 else texts.values())


def select_language_part(text: str, language: str) -> str:
    """Return the part of a text cell in a language; a solution that stands only once, at the end, belongs to both."""
    _, *pieces = MARK.split(text)
    said = dict(zip(pieces[::2], pieces[1::2], strict=True))
    if language not in said or len(said) == 1:  # it bears no marks, as with one language
        return text
    first, last = said.values()
    if SOLUTION.search(first) or not SOLUTION.search(last):
        return said[language].strip()
    solutions = SOLUTION.findall(last)
    if "zh" in said:
        solutions = [select_solution_language(found, language == "zh") for found in solutions]
    return "\n\n".join((SOLUTION.sub("", said[language]).strip(), *solutions))


def select_solution_language(text: str, chinese: bool) -> str:
    """Return a solution: its heading and its code, and of its paragraphs those in Chinese or those that are not."""
    text = SUMMARY.sub(rf"<summary>\{1 if chinese else 2}</summary>", text)
    pieces = re.split(r"(<summary>.*?</summary>|</?details>|```.*?```)", text, flags=re.S)
    for i in range(0, len(pieces), 2):
        paragraphs = [p for p in pieces[i].split("\n\n") if (len(HAN.findall(p)) > len(p) / 5) == chinese]
        pieces[i] = "\n\n" + "\n\n".join(p.strip() for p in paragraphs) + "\n\n"
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip()


def select_comment_language(code: str, language: str, languages: Sequence[str]) -> str:
    """Return the code of a cell with its comments in one of the languages; a line that held nothing else goes."""
    if len(languages) == 1:
        return code
    given = code.split("\n")
    lines: list[str | None] = [*given]
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            first, between, second = token.string.removeprefix("# ").partition(BETWEEN)
            own = "zh" not in languages or bool(HAN.search(token.string)) == (language == "zh")
            said = f"# {(first, second)[languages.index(language)]}" if between else token.string if own else ""
            lines[row - 1] = (given[row - 1][:column] + said).rstrip() or None
    return "\n".join(line for line in lines if line is not None)
