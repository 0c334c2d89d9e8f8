"""The generated parts of the form of data editors, and the files of archives beside it.

The headings are those of the template README of the Social Science Data Editors, version 1.1.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from compendium import escape, paths
from compendium.data import datapackage, tables
from compendium.files import InputError
from compendium.forms import manifest
from compendium.forms.entities import CITATION, archives, cited_sources
from compendium.ledger.claims import spans
from compendium.ledger.evidence import Data
from compendium.show.listing import PACKAGES, grid
from compendium.show.readme import filled

NONE = "notspecified"  # licence of a source that prints none
FORMS = {"FORM.md": "en", "FORM.zh-CN.md": "zh"}
CITED = ("A", "B")
CASES = {  # of benchmarks/results.csv: what a replicator waits for
    "compendium run --force": "全部重跑",
    "compendium run, one notebook changed": "一本笔记本有改动",
    "compendium run, nothing changed": "没有改动",
    "compendium sweep, 256 specifications": "扫描256套设定",
    "papermill, one call a notebook": "用 papermill 逐本运行",
}
FILES: dict[str, Callable[[], str]] = {
    manifest.CODECHECK: manifest.codecheck,
    manifest.CODEMETA: manifest.codemeta,
    manifest.ZENODO: manifest.zenodo,
}


def due() -> bool:
    """Tell whether this compendium says how to cite it; forms are for one that does."""
    return (paths.project().root / CITATION).is_file()


def made() -> Iterator[tuple[str, str, str]]:
    """Yield each file as it is, empty where it is missing, and as it should be: by path, old and new text."""
    for name, language in FORMS.items():
        yield name, *filled(name, {part: write(language) for part, write in PARTS.items()})
    for name, write in FILES.items():
        path = paths.project().root / name
        yield name, path.read_text(encoding="utf-8") if path.is_file() else "", write()


def texts(root: Path) -> dict[str, bytes]:
    """Return, by path, what is made from the run below `root`; nothing where no form is due."""
    if not due() or not paths.processed("claims", root).is_file():
        return {}
    with paths.using(out=root):
        return {name: new.encode("utf-8") for name, _, new in made()}


def outdated() -> list[str]:
    """Return one line for each file that is not up to date, and for each fault of codecheck.yml."""
    if not due():
        return []
    with paths.using(out=paths.project().root):
        stale = [f"{name}: is not up to date. Remedy: compendium accept" for name, old, new in made() if old != new]
    path = paths.project().root / manifest.CODECHECK
    found = manifest.faults(path.read_bytes()) if path.is_file() else []
    return stale + [f"{manifest.CODECHECK}: {fault}. Remedy: compendium accept" for fault in found]


# The generated parts, each by language


def raw(language: str) -> str:
    """Return the raw tables: rows, those taken from data files, licences, sources and the kinds of bodies that first
    produced their figures."""
    data, zh, rows = Data(), language == "zh", []
    files = data_files()
    described = {resource["name"]: resource for resource in datapackage.descriptor()["resources"]}
    kinds = {row.origin_id: row.kind for row in tables.raw("origins").itertuples()}
    labels = datapackage.field("origins", "kind")["labels"]
    for name, resource in described.items():
        used = cited_sources(resource)
        known = {kinds[data.origin(source, name)[0]] for source in used}
        told = ("、" if zh else ", ").join(label[language] for kind, label in labels.items() if kind in known)
        licences = ", ".join(licence["name"] for licence in resource["licenses"])
        title, frame = escape.markdown(resource["title_zh" if zh else "title"]), tables.raw(name)
        told_of = used and "source_id" in frame and name != "source_origins"
        taken = frame["source_id"].isin(files).sum() if told_of else "–"
        link = f"[{name}](data/raw/{name}.csv)"
        rows.append((link, title, len(frame), taken, licences, len(used) or "–", told or "–"))
    header = ("table", "what", "rows", "from data files", "licence", "sources", "kinds of origin")
    if zh:
        header = ("表", "内容", "行数", "取自数据文件", "许可", "来源数", "出处类别")
    return grid(header, rows, "llrrlrl")


def data_files() -> set[str]:
    """Return the sources whose values were taken out of a data file."""
    known = tables.raw("sources")
    return set(known.loc[known["taken_from"].eq("file"), "source_id"])


def terms(language: str) -> str:
    """Return how many sources are data files, and the licences that were noted, with the sources that print none."""
    known, files = tables.raw("sources"), len(data_files())
    noted = known[known["licence"].ne("")]
    counted = noted["licence"].value_counts().sort_index()
    without = "、".join if language == "zh" else ", ".join
    none = without(noted.loc[noted["licence"].eq(NONE), "source_id"])
    if language == "zh":
        listed = "、".join(f"`{name}` {count}个" for name, count in counted.items())
        lacking = f"；`{NONE}` 的是没有写明许可的 {none}" if none else ""
        return (
            f"{len(known)}个来源中，{files}个是数据文件，其余在网页或文件上读到（`taken_from` 列）。"
            f"记下许可的有{len(noted)}个（`licence` 列）：{listed}{lacking}。其余没有记录。"
        )
    listed = ", ".join(f"`{name}` {count}" for name, count in counted.items())
    lacking = f"; `{NONE}`, no licence printed, is {none}" if none else ""
    return (
        f"Of {len(known)} sources {files} are data files, the others pages or documents that were read (column "
        f"`taken_from`). A licence is noted for {len(noted)} (column `licence`): {listed}{lacking}. Of the others none "
        "was noted."
    )


def missing(language: str) -> str:
    """Return the records that are known to exist and were not obtained, and who holds them."""
    zh = language == "zh"
    rows = [
        (row["record_id"], escape.markdown(row[f"record_{language}"]), escape.markdown(row[f"holder_{language}"]))
        for row in tables.raw("records").query("not obtained").to_dict("records")
    ]
    return grid(("编号", "资料", "持有者") if zh else ("id", "record", "holder"), rows, "lll")


def software(language: str) -> str:
    """Return the versions of what the results depend on, as the lock fixes them."""
    lock = (paths.project().root / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.M))
    listed = ("、" if language == "zh" else ", ").join(f"{name} {pinned[name]}" for name in PACKAGES)
    rest = len(pinned) - len(PACKAGES)
    return f"{listed}；另有{rest}个包。" if language == "zh" else f"{listed}; and {rest} more packages."


def runtime(language: str) -> str:
    """Return how long what a replicator runs takes, and its memory, as measured; and on what machine.

    Raises:
        InputError: a case was not measured.
    """
    folder, zh = paths.project().root / "benchmarks", language == "zh"
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        measured = {row["case"]: row for row in csv.DictReader(file)}
    if lacking := [case for case in CASES if case not in measured]:
        raise InputError("benchmarks/results.csv", f"has no row for {lacking[0]!r}", "make bench")
    rows = [
        (said if zh else case, measured[case]["median_s"], measured[case]["largest_process_mb"])
        for case, said in CASES.items()
    ]
    header = (
        ("运行", "秒（中位数）", "单个进程最多占内存，MB") if zh else ("run", "seconds, median", "largest process, MB")
    )
    machine = escape.markdown((folder / "machine.txt").read_text(encoding="utf-8").strip())
    return f"{grid(header, rows, 'lrr')}\n\n{'机器：' if zh else 'Machine: '}{machine}"


def exhibits(language: str) -> str:
    """Return every figure and processed table with its program, output file and claims."""
    zh, rows = language == "zh", []
    for exhibit in manifest.exhibits():
        claims = spans(exhibit.claims) or ("全部" if zh else "all")
        rows.append(
            (
                f"[{exhibit.name}]({exhibit.file(language)})",
                escape.markdown(exhibit.title.zh if zh else exhibit.title.en),
                f"[{exhibit.notebook}](notebooks/{exhibit.notebook}.ipynb), `{exhibit.cell}`",
                f"**{claims}**" if exhibit.named else claims,
            )
        )
    header = ("output file", "what it shows", "program and cell", "claims")
    return grid(("输出文件", "内容", "程序与格子", "论断") if zh else header, rows, "llll")


def archived(language: str) -> str:
    """Return how many sources have an archived address, and of what kind."""
    known, every = archives(), len(tables.raw("sources"))
    found, doi, own, other = sum(known.values()), known["doi"], known["own"], known["other"]
    if language == "zh":
        return (
            f"{every}个来源中有{found}个有存档网址（`archived` 列）：{doi}个是 DOI，"
            f"{own}个是写明某次提交的代码库网址，{other}个是网页存档等处的副本。"
        )
    return (
        f"{found} of {every} sources have an archived address (column `archived`): {doi} a DOI, {own} the address of a "
        f"repository at a commit, {other} a copy elsewhere, such as a web archive."
    )


def citations(language: str) -> str:
    """Return the sources of grade A and B as references, and how many others there are."""
    known = tables.raw("sources").sort_values(["grade", "source_id"]).astype(str).to_dict("records")
    listed = [reference(row, language) for row in known if row["grade"] in CITED]
    others = [row for row in known if row["grade"] not in CITED]
    unsafe = sum(row["host_trust"] == "unsafe" for row in others)
    where = "[sources.csv](data/raw/sources.csv)"
    if language == "zh":
        end = f"另有 C 级来源{len(others)}个，其中{unsafe}个在可疑站点：见 {where}。"
    else:
        end = f"And {len(others)} sources of grade C, {unsafe} of them on untrusted sites: see {where}."
    return "\n".join([*listed, "", end])


def reference(row: dict[str, Any], language: str) -> str:
    """Return a source as a line of the references; the address of an untrusted site is no link."""
    facts = [escape.markdown(row[key]) for key in ("title", "publisher", "published") if row[key]]
    form = "`{}`" if row["host_trust"] == "unsafe" else "<{}>"
    address, day = form.format(row["url"]), row["accessed"][:10]
    if row["archived"] not in ("", row["url"]):
        address += f"{'；存档：' if language == 'zh' else '; archived: '}{form.format(row['archived'])}"
    if language == "zh":
        return f"- {row['source_id']}（{row['grade']}）：{'，'.join(facts)}。{address}，{day}查阅。"
    return f"- {row['source_id']} ({row['grade']}): {', '.join(facts)}. {address}, read {day}."


PARTS: dict[str, Callable[[str], str]] = {
    "terms": terms,
    "raw": raw,
    "missing": missing,
    "software": software,
    "runtime": runtime,
    "exhibits": exhibits,
    "archived": archived,
    "citations": citations,
}
