"""The pages of one language."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import nbformat
import pandas as pd
from bs4 import BeautifulSoup

from compendium import escape, paths
from compendium.book.bilingual import HAN, pairs, parted
from compendium.book.links import CLAIM, KEPT, claim_links, outside, place, slug
from compendium.data import datapackage, tables
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.run import contents, notebookfile
from compendium.show import findings, listing, readme
from compendium.vocabulary import GRADES, RULES, VERDICTS, WEIGHTS, computed

LANGUAGES = ("zh", "en")
PLACE = paths.project().root / "book"
SOLUTION = re.compile(r"<details>.*?</details>", re.S)
SECTIONS = {"abstract": ("摘要", "abstract")}
WORDS_ZH = {"firm": "证据牢", "weak": "弱证据", "unsafe": "可疑站点"}


class Edition:
    """The pages of one language.

    Args:
        language: zh or en.
        folder: the executed notebooks, figures in this language.
        measures: seconds and MB by notebook.
    """

    def __init__(self, language: str, folder: Path, measures: dict[str, tuple[float, int | None]]):
        self.language, self.measures = language, measures
        self.notebooks = {name: notebookfile.read(folder / f"{name}.ipynb") for name in contents.catalogue()}
        self.ledger = claims.stored("claims", paths.project().root).set_index("claim_id", drop=False)
        self.statements = tables.raw("claims").set_index("claim_id")
        self.sources = tables.raw("sources").set_index("source_id")
        rows = pd.read_csv(PLACE / "glossary.csv", dtype=str, encoding="utf-8").to_dict("records")
        names = ("term_zh", "term_en", "definition_zh", "definition_en")
        rows += [dict(zip(names, word, strict=False)) for word in VERDICTS.values()]
        self.headings = {name: self.headed(notebook) for name, notebook in self.notebooks.items()}
        self.terms = {slug(row["term_en"]): row for row in rows}
        self.claim_uses: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.term_uses: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def __call__(self, zh: str, en: str) -> str:
        """Return the text in the language of this edition."""
        return zh if self.language == "zh" else en

    def write(self, root: Path) -> None:
        """Write every page as a source for Sphinx below `root`."""
        pages = {f"notebooks/{name}.ipynb": self.notebook(name) for name in self.notebooks}
        pages["glossary.md"] = self.glossary()
        pages["findings.md"] = self.findings()
        pages["codebook.md"] = self.codebook()
        pages["runs.md"] = self.runs()
        pages["claims/index.md"] = self.claim_list()
        pages |= {f"claims/{claim_id}.md": self.claim(claim_id) for claim_id in self.ledger.index}
        pages["index.md"] = self.start()
        for name, text in pages.items():
            write_atomic(root / name, text.encode("utf-8"))

    # Notebooks

    def headed(self, notebook: nbformat.NotebookNode) -> dict[str, str]:
        """Return the heading above each cell, by its id; the first is the title."""
        found, heading = {}, ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and (named := re.search(r"^#+ (.+)$", self.half(cell.source), re.M)):
                heading = named[1]
            found[cell.id] = heading
        return found

    def notebook(self, name: str) -> str:
        """Return a notebook in this language, with a mark at every cell and links from its words."""
        notebook, seen = self.notebooks[name], set()
        known, cells = pairs(notebook), []
        for cell in notebook.cells:
            added = "injected-parameters" in cell.metadata.get("tags", [])
            self.note_uses(name, cell)
            mark = "" if added else place(f"cell-{cell.id}")
            if cell.cell_type == "markdown":
                text = self.linked(self.half(cell.source), "../", cell.source, seen)
                title, body = re.fullmatch(r"(# [^\n]*\n)?(.*)", text, re.S).groups(default="")
                cells.append(
                    nbformat.v4.new_markdown_cell(f"{title}\n{mark}\n\n{body}" if title else f"{mark}\n\n{text}")
                )
                continue
            if mark:
                cells.append(nbformat.v4.new_markdown_cell(mark))
            cell.outputs = [self.output(o, known, seen) for o in cell.outputs]
            for data in (o.data for o in cell.outputs if "image/svg+xml" in o.get("data", {})):
                cell.metadata["mystnb"] = {"image": {"alt": data["text/plain"]}}
            cells.append(cell)
        notebook.cells = cells
        return nbformat.writes(notebook)

    def half(self, text: str) -> str:
        """Return the part of a text in this language; a solution, which stands only once, belongs to both."""
        if "<!-- en -->" not in text:
            return text
        zh, en = text.removeprefix("<!-- zh -->").split("<!-- en -->")
        solutions = [] if SOLUTION.search(zh) else SOLUTION.findall(en)
        own = self(zh, SOLUTION.sub("", en) if solutions else en).strip()
        return "\n\n".join((own, *map(self.solution, solutions)))

    def solution(self, text: str) -> str:
        """Return a solution: its heading and its code, and of its paragraphs those in this language."""
        text = re.sub(r"<summary>(.*?)</summary>", lambda m: f"<summary>{self(*parted(m[1], {}))}</summary>", text)
        pieces = re.split(r"(<summary>.*?</summary>|</?details>|```.*?```)", text, flags=re.S)
        for i in range(0, len(pieces), 2):
            paragraphs = [p for p in pieces[i].split("\n\n") if (len(HAN.findall(p)) > len(p) / 5) == self(True, False)]
            pieces[i] = "\n\n" + "\n\n".join(p.strip() for p in paragraphs) + "\n\n"
        return re.sub(r"\n{3,}", "\n\n", "".join(pieces))

    def output(self, output: nbformat.NotebookNode, known: dict, seen: set[str]) -> nbformat.NotebookNode:
        """Return one output of a cell in this language."""
        data = output.get("data", {})
        if "text/markdown" in data:
            text = data["text/markdown"]
            data["text/markdown"] = self.linked(self.half(text), "../", text, seen)
        elif "text/html" in data:
            text = data["text/html"]
            cards = re.findall(r"<b>(Q\d+)</b>", text)
            shown = "".join(map(self.card, cards)) if cards else self.table(text, known)
            data["text/html"] = claim_links(shown, "../")
        return output

    def table(self, text: str, known: dict[str, tuple[str, str]]) -> str:
        """Return a table of pandas in this language, in a box of its own that scrolls.

        The empty column of an index without a name goes, and of two neighbouring columns that give the same in Chinese
        and in English the one in the other language.
        """
        soup = BeautifulSoup(text, "html.parser").table
        rows = [row.find_all(["th", "td"]) for row in soup.find_all("tr")]
        head = [parted(cell.get_text(), known) for cell in rows[0]]
        kept = [i for i in range(len(head)) if not self.spare(i, head) and any(row[i].get_text() for row in rows)]
        lines = []
        for number, row in enumerate(rows):
            kind, cells = "td" if number else "th", []
            for i in kept:
                said = escape.html(self(*parted(row[i].get_text(), known)))
                name = "th" if row[i].name == "th" else kind
                scope = f' scope="{"row" if number else "col"}"' if name == "th" else ""
                right = ' class="n"' if re.fullmatch(r"[-−–+]?[\d.,]*(?:–[\d.,]+)?", said) and number else ""
                cells.append(f"<{name}{scope}{right}>{said}</{name}>" if said else "<td></td>")
            lines.append(f"<tr>{''.join(cells)}</tr>")
        return self.box(lines[0], "".join(lines[1:]))

    def spare(self, column: int, head: list[tuple[str, str]]) -> bool:
        """Tell whether a column only repeats its neighbour in the other language."""
        alone = [("zh" if zh and not en else "en" if en and not zh else "") for zh, en in head]
        alone = [side or ("zh" if en.endswith("(zh)") else "") for side, (_, en) in zip(alone, head, strict=True)]
        if self.language == "zh":
            return alone[column] == "en" and column > 0 and alone[column - 1] == "zh"
        return alone[column] == "zh" and column + 1 < len(head) and alone[column + 1] == "en"

    def box(self, head: str, body: str) -> str:
        """Return a table in a box that scrolls by itself and can be reached by the keyboard."""
        name = self("表", "table")
        return (
            f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table><thead>{head}</thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def card(self, claim_id: str) -> str:
        """Return the verdict on a claim as a card, as its notebook shows it, in this language."""
        row, statement = self.ledger.loc[claim_id], self.statements.loc[claim_id]
        facts = (
            (self("论断", "claim"), claim_id),
            (self("论文", "printed"), row[f"printed_{self.language}"]),
            (self("重算", "computed"), self.value(row["value_computed"])),
            (self("判定", "verdict"), self.verdict(row["verdict"])),
            (self("证据等级", "grade"), self.ground(row)),
        )
        shown = "".join(f"<div><dt>{name}</dt><dd>{escape.html(said)}</dd></div>" for name, said in facts)
        why = (
            escape.html(row[f"{part}_{self.language}"]) for part in ("reason", "flip") if row[f"{part}_{self.language}"]
        )
        return (
            f'<div class="card" style="border-color:{VERDICTS[row["verdict"]].colour}">'
            f"<p>{escape.html(statement[f'statement_{self.language}'])}</p><dl>{shown}</dl>"
            f"<p>{'<br>'.join(why)}</p></div>"
        )

    def value(self, text: str) -> str:
        """Return a computed value as it is read in this language."""
        return computed(text, self.language) or "–"

    def verdict(self, name: str) -> str:
        """Return the name of a verdict."""
        return self(VERDICTS[name].zh, name)

    def ground(self, row: pd.Series) -> str:
        """Return grade, strength and trust of the evidence of a claim."""
        parts = (row["lowest_grade"], row["strength"], row["trust"].replace("ok", ""))
        return " · ".join(self(WORDS_ZH.get(p, p), p) for p in parts if p) or "–"

    # Links

    def note_uses(self, name: str, cell: nbformat.NotebookNode) -> None:
        """Write down which claims and terms a cell mentions."""
        texts = [cell.source] if cell.cell_type == "markdown" else []
        for output in cell.get("outputs", []):
            texts += [output.get("data", {}).get(kind, "") for kind in ("text/markdown", "text/html")]
        for claim_id in dict.fromkeys(m for text in texts for m in CLAIM.findall(text)):
            self.claim_uses[claim_id].append((name, cell.id))
        for term in dict.fromkeys(term for text in texts for term in self.used(text)):
            self.term_uses[term].append((name, cell.id))

    def used(self, text: str) -> list[str]:
        """Return the terms that a text uses in both of its languages: a word of one alone may mean something else."""
        halves = [KEPT.sub(" ", half) for half in text.split("<!-- en -->")]
        if len(halves) != 2:
            return []
        return [
            t for t, known in self.patterns.items() if known["zh"].search(halves[0]) and known["en"].search(halves[1])
        ]

    @cached_property
    def patterns(self) -> dict[str, dict[str, re.Pattern]]:
        """The regular expressions that find each term in each language."""
        return {
            term: {
                "zh": re.compile("|".join(map(re.escape, row["term_zh"].split(" / ")))),
                "en": re.compile(
                    rf"(?<![\w-])(?:{'|'.join(map(re.escape, row['term_en'].split(' / ')))})s?(?![\w-])", re.I
                ),
            }
            for term, row in self.terms.items()
        }

    def linked(self, text: str, up: str, whole: str = "", seen: set[str] | None = None) -> str:
        """Return a text with links from each claim to its page and from the first use of a term to the glossary.

        Args:
            text: Markdown in this language.
            up: what leads from the page to the root of the edition.
            whole: the text in both languages, to tell which terms it uses.
            seen: the terms already linked on this page; receives those linked now. None links no terms.
        """
        text = re.sub(r"(?<!\\)\[([^\]]+)\]\(([\w/-]+)\.ipynb(#[\w-]*)?\)", r'<a href="\2.html\3">\1</a>', text)
        terms = [t for t in self.used(whole) if t not in seen]
        for term in sorted(terms, key=lambda t: -len(self.terms[t][f"term_{self.language}"])):
            start = f'<a class="term" href="{up}glossary.html#term-{term}">'
            changed = outside(text, self.patterns[term][self.language], lambda _, start=start: start, once=True)
            if changed != text:
                text = changed
                seen.add(term)
        return claim_links(text, up)

    def places(self, uses: Iterable[tuple[str, str]], up: str) -> str:
        """Return links to cells, by notebook; of the cells under one heading the first, by the name of the heading."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for name, cell in uses:
            found[name].setdefault(self.headings[name][cell], cell)
        return self("；", "; ").join(
            f"{name[:2]} "
            + self("、", ", ").join(
                f'<a href="{up}notebooks/{name}.html#cell-{cell}">{heading}</a>' for heading, cell in cells.items()
            )
            for name, cells in found.items()
        )

    # Pages

    def start(self) -> str:
        """Return the start page: its text from the folder book, the findings in short, the notebooks, the contents."""
        text = (PLACE / f"start.{self.language}.md").read_text(encoding="utf-8")
        text = text.replace("{notebooks}", readme.notebooks(self.language))
        text = text.replace("{counts}", listing.counts(self.ledger, self.language))
        return self.linked(text, "") + "\n" + self.tree()

    def tree(self) -> str:
        """Return the navigation."""
        parts = {
            self("笔记本", "Notebooks"): [
                f"{name[:2]} {next(iter(self.headings[name].values()))} <notebooks/{name}>" for name in self.notebooks
            ],
            self("结果", "Results"): ["findings", "claims/index"],
            self("附录", "Reference"): ["glossary", "codebook", "runs"],
        }
        return "\n".join(
            f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"
            for caption, pages in parts.items()
        )

    def findings(self) -> str:
        """Return the page of the findings."""
        text = findings.findings(self.ledger.reset_index(drop=True), self.language)
        return self.linked(f"# {self('主要发现', 'Findings')}\n\n{text}\n", "")

    def codebook(self) -> str:
        """Return the codebook in this language, with a mark at every table."""
        text = (paths.project().raw / self("codebook.zh-CN.md", "codebook.md")).read_text(encoding="utf-8")
        text = re.sub(r"^.*\]\(codebook[\w.-]*\)\n", "", text, flags=re.M)
        names = "|".join(datapackage.names())
        text = re.sub(rf"^## ({names})$", place(r"table-\1") + r"\n\n## \1", text, flags=re.M)
        return re.sub(r"(?<!\\)\[([^\]]+)\]\(#(\w+)\)", r'<a href="#table-\2">\1</a>', text)

    def runs(self) -> str:
        """Return the page of run times and memory."""
        header = (self("笔记本", "notebook"), self("秒", "seconds"), self("内存峰值（MB）", "peak memory (MB)"))
        rows = [
            (f"[{name}](notebooks/{name}.ipynb)", f"{seconds:.1f}", "–" if memory is None else memory)
            for name, (seconds, memory) in self.measures.items()
        ]
        title = self("运行时间与内存", "Run time and memory")
        said = self(
            "制作本书的这台机器上，各笔记本运行一次所用的秒数（含启动内核；几本同时运行）和内核进程的内存峰值。别的机器会不同。",
            "Seconds for one run of each notebook on the machine that made this book, start of the kernel included and "
            "several running side by side, and the peak memory of the kernel. Other machines differ.",
        )
        return self.linked(f"# {title}\n\n{said}\n\n{listing.grid(header, rows, 'lrr')}\n", "")

    def glossary(self) -> str:
        """Return the glossary: each term in both languages, what it means, where it is used."""
        entries = []
        for term, row in sorted(self.terms.items(), key=lambda item: item[1]["term_en"].lower()):
            own, other = (escape.markdown(row[f"term_{tongue}"]) for tongue in (self.language, self("en", "zh")))
            first, second = own.split(" / "), other.split(" / ")
            also = self("又作", "also") + " " + self("、", ", ").join(first[1:])
            entries.append(
                f"{place(f'term-{term}')}\n\n## {first[0]}\n\n"
                f"**{second[0]}**{self('　', ' · ') + also if first[1:] else ''}\n\n"
                f"{escape.markdown(row[f'definition_{self.language}'])}\n\n"
                f"{self('见于', 'Used in')} {self.places(self.term_uses[term], '')}\n"
            )
        title = self("术语表", "Glossary")
        said = self(
            "各笔记本所用的术语，按英文排序。“见于”列出用到它的格子，点按即到。",
            "The terms that the notebooks use. “Used in” leads to the cells that use them.",
        )
        return f"# {title}\n\n{said}\n\n" + "\n".join(entries)

    def claim_list(self) -> str:
        """Return the list of all claims."""
        names = (self("编号", "id"), self("表述", "statement"), self("论文", "printed"), self("重算", "computed"))
        names += (self("判定", "verdict"), self("证据", "evidence"))
        head = "<tr>" + "".join(f'<th scope="col">{n}</th>' for n in names) + "</tr>"
        body = ""
        for claim_id, row in self.ledger.iterrows():
            said = (
                escape.html(row[f"printed_{self.language}"]),
                escape.html(self.value(row["value_computed"])),
                self.verdict(row["verdict"]),
                self.ground(row),
            )
            statement = escape.html(self.statements.at[claim_id, f"statement_{self.language}"])
            body += (
                f'<tr><th scope="row"><a href="{claim_id}.html">{claim_id}</a></th><td class="s">{statement}</td>'
                + "".join(f"<td>{s}</td>" for s in said)
                + "</tr>"
            )
        counts = listing.counts(self.ledger, self.language)
        return f"# {self('论断', 'Claims')}\n\n{counts}\n\n{self.box(head, body)}\n"

    def claim(self, claim_id: str) -> str:
        """Return the page of one claim: values, verdict, rule, reason, evidence, where it is told."""
        row, statement = self.ledger.loc[claim_id], self.statements.loc[claim_id]
        pick = LANGUAGES.index(self.language)
        means = self(VERDICTS[row["verdict"]].means_zh, VERDICTS[row["verdict"]].means_en)
        verdict = f"{self.verdict(row['verdict'])}{self('：', ': ')}{means}"
        section = SECTIONS.get(row["section"], (row["section"],) * 2)[pick]
        facts = (
            (self("论文所印", "printed"), row[f"printed_{self.language}"]),
            (self("重算", "computed"), self.value(row["value_computed"])),
            (self("判定", "verdict"), verdict),
            (self("规则", "rule"), self(RULES[row["rule"]].means_zh, RULES[row["rule"]].means_en)),
            (self("证据等级", "grade of the evidence"), self.ground(row)),
            (self("论文章节", "section of the paper"), section),
            (self("权重", "weight"), self(WEIGHTS[row["weight"]].zh, row["weight"])),
        )
        body = "".join(f'<tr><th scope="row" class="key">{n}</th><td>{escape.html(s)}</td></tr>' for n, s in facts)
        judged = f"{row['notebook']}{self('，格子', ', cell')} {row['cell']}"
        place = f'<a href="../notebooks/{row["notebook"]}.html#cell-{row["cell"]}">{judged}</a>'
        others = [use for use in self.claim_uses[claim_id] if use != (row["notebook"], row["cell"])]
        listed = "\n".join(f"* {self.source(s)}" for s in row["evidence"].split(" ; ") if s)
        parts = (
            (self("理由", "Reason"), self.linked(escape.markdown(row[f"reason_{self.language}"]), "../")),
            (self("证据", "Evidence"), listed or self("没有论文以外的证据。", "No evidence from outside the paper.")),
            (self("在哪里判定", "Where it is judged"), place),
            (self("还在哪里提到", "Where else it is mentioned"), self.places(others, "../")),
        )
        told = "\n\n".join(f"## {name}\n\n{said}" for name, said in parts if said)
        title = escape.markdown(statement[f"statement_{self.language}"].rstrip("。."))
        table = f'<div class="wide"><table><tbody>{body}</tbody></table></div>'
        around = self.around(claim_id)
        return f"---\norphan: true\n---\n# {claim_id} {title}\n\n{table}\n\n{told}\n\n{around}\n"

    def around(self, claim_id: str) -> str:
        """Return the way to the claims before and after; the theme's own would put all claims into every sidebar."""
        at, last = self.ledger.index.get_loc(claim_id), len(self.ledger) - 1
        before = f'<a href="{self.ledger.index[at - 1]}.html">← {self.ledger.index[at - 1]}</a>' if at else ""
        after = f'<a href="{self.ledger.index[at + 1]}.html">{self.ledger.index[at + 1]} →</a>' if at < last else ""
        name = self("全部论断", "All claims")
        return f'<nav class="around" aria-label="{name}">{before}<a href="index.html">{name}</a>{after}</nav>'

    def source(self, name: str) -> str:
        """Return a source in one line: title, publisher, date, grade, address; that of an unsafe host is no link."""
        row = self.sources.loc[name]
        grade = f"{row['grade']}{self('：', ': ')}{GRADES[row['grade']][self.language == 'en']}"
        unsafe = row["host_trust"] == "unsafe"
        trust = self("；可疑站点，网址已去链接", "; unsafe host, address defanged") if unsafe else ""
        url = escape.html(row["url"])
        link = f'<a class="address" href="{html.escape(row["url"])}">{url}</a>'
        address = f'<span class="address">{url}</span>' if unsafe else link
        facts = [escape.markdown(t) for t in (row["title"], row["publisher"], row["published"]) if t]
        end = self(f"（{grade}{trust}）。", f" ({grade}{trust}). ")
        return f"**{name}**{self('　', ' · ')}{self('，', ', ').join(facts)}{end}{address}"
