"""The site of notebooks: what goes into it."""

import hashlib
import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from worlds import HERE

from compendium import CompendiumError
from compendium.browser import site
from compendium.run import contents


@pytest.fixture
def libraries(tmp_path):
    """A distribution that holds Python and one wheel of the two in its lock."""
    source, packages = tmp_path / "source", {}
    source.mkdir()
    for name in ("numpy", "gone"):
        file = f"{name}-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
        packages[name] = {"name": name, "version": "1.0", "file_name": file, "depends": []}
        packages[name]["sha256"] = hashlib.sha256(name.encode()).hexdigest()
    (source / packages["numpy"]["file_name"]).write_bytes(b"numpy")
    for name in site.RUNTIME:
        (source / name).touch()
    (source / site.LOCK).write_text(json.dumps({"info": {"python": "3.14.0"}, "packages": packages}))
    return site.PyodideLibraries(str(source), tmp_path / "site")


def test_a_place_without_pyodide_or_with_another_wheel_than_the_lock_names_is_told(libraries, tmp_path):
    source = libraries.source
    for libraries.source, said in (
        (str(tmp_path), r"has no pyodide.mjs. Remedy: --wheels with a distribution"),
        ("http://127.0.0.1:1", r"^http://127.0.0.1:1: .*refused. Remedy: --wheels with a folder"),
    ):
        with pytest.raises(CompendiumError, match=said):
            libraries.begin()
    libraries.source = source
    libraries.begin()
    next(libraries.folder.parent.glob("source/numpy*")).write_bytes(b"another")
    with pytest.raises(CompendiumError, match=r"numpy-1.0.*is not the file of pyodide-lock.json"):
        libraries.gather(["numpy"])


def test_what_pyodide_lacks_is_packed_if_it_is_pure_and_else_missing_with_what_needs_it(libraries):
    libraries.begin()
    libraries.gather(["numpy", "jinja2", "gone", "scipy", "jsonschema"])
    assert {"gone", "scipy", "rpds-py", "jsonschema"} <= libraries.absent and libraries.python == "3.14"
    assert {"numpy", "jinja2", "markupsafe"} <= {*libraries.close()}
    written = json.loads((libraries.folder / site.LOCK).read_text())["packages"]
    assert not libraries.absent & {*written}
    for entry in written.values():
        content = (libraries.folder / entry["file_name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize(("language", "codebook"), [("zh", "数据说明"), ("en", "codebook")])
def test_a_copy_begins_with_what_to_do_and_leads_only_to_the_book(language, codebook):
    run = replace(HERE, language=language, out=HERE.root)
    cells = json.loads(site.render_jupyterlite_notebook(run, "02-pilot-growth", ["altair"]))["cells"]
    said = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    assert f"#book/{language}/notebooks/02-pilot-growth.html" in said and "](../" not in said
    assert f"[{codebook}](#book/{language}/codebook.html)" in said
    assert "#start-again" in cells[0]["source"] and "altair" in cells[0]["source"]


def test_the_start_page_leads_to_every_notebook_in_each_language(tmp_path):
    (tmp_path / "static" / "pyodide").mkdir(parents=True)
    (tmp_path / "static" / "pyodide" / "wheel").write_bytes(bytes(3_000_000))
    site.write_start_page([replace(HERE, language=language) for language in HERE.languages], tmp_path)
    page = BeautifulSoup((tmp_path / "index.html").read_text(encoding="utf-8"), "html.parser")
    for language in HERE.languages:
        section = page.find(id=language)
        links = [link["href"] for link in section.select("li a")]
        assert links == [
            f"notebooks/index.html?path={language}/{name}.ipynb" for name in contents.list_declared_notebooks(HERE)
        ]
        assert f"{language}/07-talent-gap.ipynb" in section.select_one(".begin")["href"]
        assert "3 MB" in section.get_text() and "http.server" in section.select_one(".from-disk").get_text()
    assert page.find(id="jupyter-config-data"), "without it the apps do not start"
    assert not [one for one in page.select("[src], [href]") if "//" in (one.get("src") or one["href"])]
