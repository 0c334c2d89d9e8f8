"""Texts of the book taken apart by language, links to claims, and the copy of MathJax."""

import hashlib

import pytest

from compendium import paths
from compendium.book import bilingual, edition


def test_mathjax_is_the_one_its_note_names():
    folder = edition.PLACE / "static" / "mathjax"
    digest = hashlib.sha256((folder / "tex-svg.js").read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("年份 year", ("年份", "year")),
        ("层级 1 tier 1", ("层级 1", "tier 1")),
        ("缺口 2020 gap", ("缺口 2020", "2020 gap")),
        ("平衡 break-even 14.9 %", ("平衡 14.9 %", "break-even 14.9 %")),
        ("0.76–1.91 仅属可能 only possible", ("0.76–1.91 仅属可能", "0.76–1.91 only possible")),
        (
            "P2.3a 已回应 answered; P2.3b 未回应 unanswered",
            ("P2.3a 已回应；P2.3b 未回应", "P2.3a answered; P2.3b unanswered"),
        ),
        ("a; b", ("a; b", "a; b")),
        ("四经普后 GDP GDP after the 4th census", ("四经普后 GDP", "GDP after the 4th census")),
        ("工信部 MIIT", ("工信部 MIIT",) * 2),
        ("有 A 或 B", ("有 A 或 B",) * 2),
        ("2016 to 2020", ("2016 to 2020",) * 2),
    ],
)
def test_texts_in_two_languages_are_taken_apart_only_where_it_is_sure(text, parts):
    assert bilingual.parted(text, {}) == parts


def test_links_keep_out_of_code_formulas_and_headings():
    chinese = edition.Edition("zh", paths.project().notebooks, {})
    text = "# Q15\n见**Q15**、Q24–Q31，`Q15`，$Q15$，[Q15](a.md)\n"
    assert chinese.linked(text, "../") == (
        '# Q15\n见<a href="../claims/Q15.html"><strong>Q15</strong></a>、<a href="../claims/Q24.html">Q24</a>–'
        '<a href="../claims/Q31.html">Q31</a>，`Q15`，$Q15$，[Q15](a.md)\n'
    )
