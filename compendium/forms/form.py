"""The generated parts of the form of data editors, and the files of archives beside it.

The headings are those of the template README of the Social Science Data Editors, version 1.1.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from compendium import escape, paths
from compendium.data import datapackage, tables
from compendium.forms import manifest
from compendium.forms.entities import CITATION, archives, cited_sources
from compendium.languages import page, plain_first
from compendium.ledger.claims import spans
from compendium.ledger.evidence import Data
from compendium.show import cost
from compendium.show.listing import PACKAGES, grid
from compendium.show.readme import filled, there
from compendium.texts import CLAUSE, NOTHING, catalogue, given, joined

text = catalogue("compendium/forms")
NONE = "notspecified"  # licence of a source that prints none
FORM = "FORM.md"
CITED = ("A", "B")
CASES = {  # of benchmarks/results.csv: what a replicator waits for
    cost.RUN: "all",
    "compendium run, one notebook changed": "one",
    "compendium run, nothing changed": "none",
    "compendium sweep, 256 specifications": "sweep",
    cost.LOOP: "papermill",
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
    """Yield each file that there is, as it is and as it should be: by path, old and new text."""
    for name, language in ((page(FORM, language), language) for language in plain_first()):
        if there(name):
            yield name, *filled(name, {part: write(language) for part, write in PARTS.items()})
    for name in filter(there, FILES):
        yield name, (paths.project().root / name).read_text(encoding="utf-8"), FILES[name]()


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


def table(name: str, language: str, rows: Sequence[Sequence[object]], align: str) -> str:
    """Return a Markdown table under the headings of the catalogue."""
    return grid(text(f"{name}-columns")[language].split(" | "), rows, align)


def raw(language: str) -> str:
    """Return the raw tables: rows, those taken from data files, licences, sources and the kinds of bodies that first
    produced their figures."""
    data, rows = Data(), []
    files = data_files()
    resources = {resource["name"]: resource for resource in datapackage.descriptor()["resources"]}
    kinds = {row.origin_id: row.kind for row in tables.raw("origins").itertuples()}
    labels = datapackage.field("origins", "kind")["labels"]
    for name, resource in resources.items():
        used = cited_sources(resource)
        known = {kinds[data.origin(source, name)[0]] for source in used}
        told = joined(given(label) for kind, label in labels.items() if kind in known)[language]
        licences = ", ".join(licence["name"] for licence in resource["licenses"])
        title, frame = escape.markdown(datapackage.said(resource, "title")[language]), tables.raw(name)
        told_of = used and "source_id" in frame and name != "source_origins"
        taken = frame["source_id"].isin(files).sum() if told_of else "–"
        link = f"[{name}](data/raw/{name}.csv)"
        rows.append((link, title, len(frame), taken, licences, len(used) or "–", told or "–"))
    return table("raw", language, rows, "llrrlrl")


def data_files() -> set[str]:
    """Return the sources whose values were taken out of a data file."""
    known = tables.raw("sources")
    return set(known.loc[known["taken_from"].eq("file"), "source_id"])


def terms(language: str) -> str:
    """Return how many sources are data files, and the licences that were noted, with the sources that print none."""
    known = tables.raw("sources")
    noted = known[known["licence"].ne("")]
    counted = noted["licence"].value_counts().sort_index()
    none = joined(noted.loc[noted["licence"].eq(NONE), "source_id"])
    return text(
        "terms",
        sources=len(known),
        files=len(data_files()),
        noted=len(noted),
        licences=joined(text("terms-licence", name=name, count=count) for name, count in counted.items()),
        lacking=text("terms-lacking", name=NONE, sources=none) if none else NOTHING,
    )[language]


def missing(language: str) -> str:
    """Return the records that are known to exist and were not obtained, and who holds them."""
    rows = [
        (row["record_id"], escape.markdown(row[f"record_{language}"]), escape.markdown(row[f"holder_{language}"]))
        for row in tables.raw("records").query("not obtained").to_dict("records")
    ]
    return table("missing", language, rows, "lll")


def software(language: str) -> str:
    """Return the versions of what the results depend on, as the lock fixes them."""
    lock = paths.lock().read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.M))
    packages = joined(f"{name} {pinned[name]}" for name in PACKAGES)
    return text("software", packages=packages, rest=len(pinned) - len(PACKAGES))[language]


def runtime(language: str) -> str:
    """Return how long what a replicator runs takes, and its memory, as measured; and on what machine.

    Raises:
        InputError: a case was not measured.
    """
    rows = [
        (text(f"runtime-{CASES[row['case']]}")[language], row["median_s"], row["largest_process_mb"])
        for row in cost.measured(*CASES)
    ]
    machine = escape.markdown(cost.file().with_name("machine.txt").read_text(encoding="utf-8").strip())
    return text("runtime", table=table("runtime", language, rows, "lrr"), machine=machine)[language]


def exhibits(language: str) -> str:
    """Return every figure and processed table with its program, output file and claims."""
    rows = []
    for exhibit in manifest.exhibits():
        claims = spans(exhibit.claims) or text("exhibits-all")[language]
        rows.append(
            (
                f"[{exhibit.name}]({exhibit.file(language)})",
                escape.markdown(exhibit.title[language]),
                f"[{exhibit.notebook}](notebooks/{exhibit.notebook}.ipynb), `{exhibit.cell}`"
                if exhibit.notebook
                else "`compendium run`",
                f"**{claims}**" if exhibit.named else claims,
            )
        )
    return table("exhibits", language, rows, "llll")


def archived(language: str) -> str:
    """Return how many sources have an archived address, and of what kind."""
    known = archives()
    return text("archived", every=len(tables.raw("sources")), found=sum(known.values()), **known)[language]


def citations(language: str) -> str:
    """Return the sources of grade A and B as references, and how many others there are."""
    known = tables.raw("sources").sort_values(["grade", "source_id"]).astype(str).to_dict("records")
    listed = [reference(row, language) for row in known if row["grade"] in CITED]
    others = [row for row in known if row["grade"] not in CITED]
    unsafe = sum(row["host_trust"] == "unsafe" for row in others)
    return "\n".join([*listed, "", text("citations-others", others=len(others), unsafe=unsafe)[language]])


def reference(row: dict[str, Any], language: str) -> str:
    """Return a source as a line of the references; the address of an untrusted site is no link."""
    facts = [escape.markdown(row[key]) for key in ("title", "publisher", "published") if row[key]]
    form = "`{}`" if row["host_trust"] == "unsafe" else "<{}>"
    other = row["archived"] not in ("", row["url"])
    return text(
        "reference",
        source=row["source_id"],
        grade=row["grade"],
        facts=joined(facts, CLAUSE),
        address=form.format(row["url"]),
        copy=text("reference-copy", address=form.format(row["archived"])) if other else NOTHING,
        day=row["accessed"][:10],
    )[language]


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
