"""The generated parts of the form of data editors, and the manifest of codecheckers beside it.

The headings are those of the template README of the Social Science Data Editors, version 1.1.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from compendium.base import escape, paths
from compendium.base.texts import CLAUSE, NOTHING, catalogue, join_texts, make_translated_text
from compendium.compendium import Compendium
from compendium.data import sourcing
from compendium.forms import manifest
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.begin import PACKAGES
from compendium.pages import readme
from compendium.pages.listing import render_markdown_table

text = catalogue("compendium/forms")
NONE = "notspecified"  # licence of a source that prints none
CITED = ("A", "B")
DOI = "https://doi.org/"
CASES = {  # of benchmarks/results.csv: what a replicator waits for
    readme.RUN: "all",
    "compendium run, one notebook changed": "one",
    "compendium run, nothing changed": "none",
    "compendium sweep, 256 specifications": "sweep",
    readme.LOOP: "papermill",
}


def render_form_files(c: Compendium) -> Iterator[tuple[str, str, str]]:
    """Yield each file that there is, as it is and as it should be by `c.out`: path, old and new text."""
    for language in c.languages.plain_first:
        for name, parts in ((c.languages.page(page, language), parts) for page, parts in PAGES.items()):
            if (c.root / name).is_file():
                made = {part: write_part(c, language) for part, write_part in parts.items()}
                yield name, *readme.fill_generated_parts(c, name, made)
    if (file := c.root / manifest.CODECHECK).is_file():
        yield file.name, file.read_text(encoding="utf-8"), manifest.render_codecheck_yml(c)


def render_forms(c: Compendium) -> dict[str, bytes]:
    """Return, by path, what is made from the run in `c.out`; nothing where it has no ledger."""
    return (
        {name: new.encode("utf-8") for name, _, new in render_form_files(c)}
        if c.processed_path("claims").is_file()
        else {}
    )


def list_outdated(c: Compendium) -> list[str]:
    """Return one line for each file that is not what is made from what is committed, which `c.out` is to be."""
    return [
        f"{name}: is not up to date. Remedy: compendium accept" for name, old, new in render_form_files(c) if old != new
    ]


def render_form_table(name: str, language: str, rows: Sequence[Sequence[object]], align: str) -> str:
    """Return a Markdown table under the headings of the catalogue."""
    return render_markdown_table(text(f"{name}-columns")[language].split(" | "), rows, align)


def render_raw_tables_list(c: Compendium, language: str) -> str:
    """Return the raw tables: rows, those taken from data files, licences, sources, kinds of their origins."""
    data, rows, files = EvidenceTables(c), [], c.tables("sources").query("taken_from == 'file'")["source_id"]
    kinds, labels = c.tables("origins").set_index("origin_id")["kind"], c.tables.field("origins", "kind")["labels"]
    for name, resource in c.tables.resources.items():
        used, frame = sourcing.list_sources_of_table(c.raw, resource), c.tables(name)
        known = {kinds[data.origin(source, name)[0]] for source in used}
        counted = used and "source_id" in frame and name != "source_origins"
        title = escape.markdown(c.tables.said(resource, "title")[language])
        licences = ", ".join(licence["name"] for licence in resource["licenses"])
        bodies = join_texts(make_translated_text(label) for kind, label in labels.items() if kind in known)[language]
        taken = frame["source_id"].isin(files).sum() if counted else "–"
        numbers = (len(frame), taken, licences, len(used) or "–", bodies or "–")
        rows.append((f"[{name}](../../data/raw/{name}.csv)", title, *numbers))
    return render_form_table("raw", language, rows, "llrrlrl")


def describe_data_licences(c: Compendium, language: str) -> str:
    """Return how many sources are data files, and the licences that were noted, with the sources that print none."""
    known = c.tables("sources")
    noted = known[known["licence"].ne("")]
    counted = noted["licence"].value_counts().sort_index()
    none = noted.loc[noted["licence"].eq(NONE), "source_id"]
    return text(
        "terms",
        sources=len(known),
        files=known["taken_from"].eq("file").sum(),
        noted=len(noted),
        licences=join_texts(text("terms-licence", name=name, count=count) for name, count in counted.items()),
        lacking=text("terms-lacking", name=NONE, sources=join_texts(none)) if len(none) else NOTHING,
    )[language]


def render_missing_records(c: Compendium, language: str) -> str:
    """Return the records that are known to exist and were not obtained, and who holds them."""
    rows = c.tables("records").query("not obtained")[["record_id", f"record_{language}", f"holder_{language}"]]
    return render_form_table("missing", language, rows.map(escape.markdown).to_numpy().tolist(), "lll")


def render_software_versions(c: Compendium, language: str) -> str:
    """Return the versions of what the results depend on, as the lock fixes them."""
    lock = paths.find_requirements_lock(c.root).read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.M))
    packages = join_texts(f"{name} {pinned[name]}" for name in PACKAGES)
    return text("software", packages=packages, rest=len(pinned) - len(PACKAGES))[language]


def describe_runtime_and_memory(c: Compendium, language: str) -> str:
    """Return how long what a replicator runs takes, and its memory, as measured; and on what machine."""
    rows = [
        (text(f"runtime-{CASES[row['case']]}")[language], row["median_s"], row["largest_process_mb"])
        for row in readme.read_benchmark_rows(c, *CASES)
    ]
    machine = escape.markdown((c.root / readme.MACHINE).read_text(encoding="utf-8").strip())
    return text("runtime", table=render_form_table("runtime", language, rows, "lrr"), machine=machine)[language]


def describe_archived_sources(c: Compendium, language: str) -> str:
    """Return how many sources have an archived address, and of what kind."""
    known = count_archived_sources(c)
    return text("archived", every=len(c.tables("sources")), found=sum(known.values()), **known)[language]


def count_archived_sources(c: Compendium) -> dict[str, int]:
    """Return how many sources have an archived address: a DOI, their own address as it names a commit, another one."""
    sources = c.tables("sources")
    doi, own = sources["archived"].str.startswith(DOI), sources["archived"].eq(sources["url"])
    other = sources["archived"].ne("") & ~doi & ~own
    return {"doi": int(doi.sum()), "own": int(own.sum()), "other": int(other.sum())}


def render_references(c: Compendium, language: str) -> str:
    """Return the sources of grade A and B as references, and how many others there are."""
    known = c.tables("sources").sort_values(["grade", "source_id"], kind="stable").astype(str)
    good = known["grade"].isin(CITED)
    listed = [render_reference_line(row, language) for row in known[good].to_dict("records")]
    others, unsafe = (~good).sum(), (~good & known["host_trust"].eq("unsafe")).sum()
    return "\n".join([*listed, "", text("citations-others", others=others, unsafe=unsafe)[language]])


def render_reference_line(row: dict[Any, Any], language: str) -> str:
    """Return a source as a line of the references; the address of an untrusted site is no link."""
    parts = [escape.markdown(row[key]) for key in ("title", "publisher", "published") if row[key]]
    form = "`{}`" if row["host_trust"] == "unsafe" else "<{}>"
    other = row["archived"] not in ("", row["url"])
    return text(
        "reference",
        source=row["source_id"],
        grade=row["grade"],
        facts=join_texts(parts, CLAUSE),
        address=form.format(row["url"]),
        copy=text("reference-copy", address=form.format(row["archived"])) if other else NOTHING,
        day=row["accessed"][:10],
    )[language]


PAGES: dict[str, dict[str, Callable[[Compendium, str], str]]] = {  # the form, and the long lists beside it
    "docs/forms/data-editors.md": {
        "terms": describe_data_licences,
        "missing": render_missing_records,
        "archived": describe_archived_sources,
        "software": render_software_versions,
        "runtime": describe_runtime_and_memory,
    },
    "docs/forms/raw-tables.md": {"raw": render_raw_tables_list},
    "docs/forms/citations.md": {"citations": render_references},
}
