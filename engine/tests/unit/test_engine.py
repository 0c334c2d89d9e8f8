"""The page of the engine's contracts, in both languages, says what the code does."""

import inspect
import math
import re
import tomllib

import pandas as pd
import pytest
from worlds import HERE

from compendium.base import paths, values, vocabulary
from compendium.ledger import estimates, gate, independence, readings, rules, verdict
from compendium.ledger.missing_evidence import explain_missing_evidence
from compendium.ledger.printed import compare_computed_value
from compendium.pages.statements import DeclaredSentence
from compendium.run.contents import COMMON

pytestmark = pytest.mark.parametrize(
    ("name", "language", "comma"), [("engine.md", "en", ", "), ("engine.zh-CN.md", "zh", "、")]
)

MODULES = {"by_reading": readings, "within_error": estimates}  # of rules that do not stand in judging


def rows(name, first):
    """Return the cells of the rows of a page whose first cell fits, but for the ends of lines."""
    text = (paths.HOME / "docs" / name).read_text(encoding="utf-8")
    return [line.strip("| ").split(" | ") for line in text.splitlines() if re.match(rf"\| {first} \|", line)]


def verdicts(rule):
    """Return the verdicts that a rule of judging may give, by the agreements that its code names."""
    source, given = readings if rule == "by_reading" else getattr(MODULES.get(rule, rules), rule), set()
    code = inspect.getsource(source)
    for agreement in set(vocabulary.AGREEMENTS) - ({"none"} if rule != "missing" else set()):
        if f'"{agreement}"' not in code:
            continue
        if agreement == "none":
            lacking = inspect.getsource(explain_missing_evidence)
            given |= {verdict for verdict in vocabulary.VERDICTS if f'return "{verdict}"' in lacking}
        else:
            origins = ["authors", "data"] * (rule in independence.COMPUTED) + ["own"] * (rule == "by_reading")
            origins = ["own"] if rule == "own" else ["same", "other", *origins]
            numeric = rule in ("printed", "by_reading")
            given |= {vocabulary.decide_verdict(agreement, origin, numeric) for origin in origins}
    return [verdict for verdict in vocabulary.VERDICTS if verdict in given]


def test_the_example_of_a_judgement_runs(name, language, comma, monkeypatch):
    [code] = re.findall("```python\n(@judges.*?|from .*?)```", (paths.HOME / "docs" / name).read_text("utf-8"), re.S)
    monkeypatch.setattr(gate.import_study_modules(HERE, "judgements")[0], "judges", example := verdict.Judges())
    exec(code, {})
    survey = pd.DataFrame({"new": [1, 2], "all": [4, 6], "source_id": "s", "table": "survey"})
    claim = pd.Series({"claim_id": "Q02", "value_text": "30", "value_low": 30, "value_high": 30})
    judged = example.known["Q02"](claim, lambda table: {"survey": survey}[table])
    assert (judged.rule, judged.agreement, judged.computed) == ("recomputed", "same", 30)


def test_the_examples_of_a_finding_and_a_quote_have_the_form_of_the_files(name, language, comma):
    examples = re.findall("```toml\n(.*?)```", (paths.HOME / "docs" / name).read_text("utf-8"), re.S)
    finding, quote = (next(iter(tomllib.loads(one).values())) for one in examples)
    for one in (finding, quote):
        DeclaredSentence.model_validate({"zh": "", "en": ""} | one)
        assert one[language] and one["expects"].keys() == {"Q02"}
    assert set(quote["cells"]) == {"share"} and "{share}" in quote[language]


def test_the_rules_have_these_signatures_and_verdicts(name, language, comma):
    told = {signature.strip("`"): said.split(comma) for signature, _, said in rows(name, r"`\w+\(.*\)` \| .*")}
    given = {}
    for rule in vocabulary.RULES.keys() - {"searched"} | {"missing"}:
        parameters = inspect.signature(getattr(MODULES.get(rule, rules), rule)).parameters.values()
        plain = (p.replace(annotation=p.empty) for p in parameters)
        signature = f"{rule}({', '.join(map(str, plain))})".replace("'", '"')
        given[signature] = [getattr(vocabulary.VERDICTS[verdict], language) for verdict in verdicts(rule)]
    assert told == given
    words = {getattr(word, language) for word in vocabulary.VERDICTS.values()}
    assert {word for said in told.values() for word in said} == words
    page = (paths.HOME / "docs" / name).read_text(encoding="utf-8")
    assert all(module.__name__ in page for module in (rules, *MODULES.values()))


def test_every_form_of_a_value_agrees_and_does_not_as_the_examples_say(name, language, comma):
    examples = rows(name, r"[\w-]+ \| `.*` \| [-–\d.]+, [-–\d.]+ \| .*")
    for form, text, ends, agree, differ in examples:
        value, due = (
            values.parse_value_text(text.strip("`")),
            [None if end == "–" else float(end) for end in ends.split(", ")],
        )
        assert value.form == form and [end if end is None else float(end) for end in value.ends] == due
        low, high = (math.nan if end is None else end for end in due)
        claim = pd.Series({"claim_id": "Q1", "value_text": text.strip("`"), "value_low": low, "value_high": high})
        assert (compare_computed_value(claim, float(agree))[0], compare_computed_value(claim, float(differ))[0]) == (
            True,
            False,
        ), text
    assert {form for form, *_ in examples} == {*values.FORMS, "p-value"} - {"list"}


def test_the_tables_of_the_ledger_have_these_columns_and_claims_these_kinds(name, language, comma):
    told = {table.strip("`"): re.findall(r"`(.+?)`", columns) for table, columns in rows(name, r"`\w+` \| `.*`")}
    fields = {r["name"]: [f["name"] for f in r["schema"]["fields"]] for r in HERE.tables.package["resources"]}
    stems = {t: [*dict.fromkeys(re.sub("_(zh|en)$", "_*", column) for column in fields[t])] for t in COMMON}
    assert told == stems
    kinds = HERE.tables.field("claims", "kind")["constraints"]["enum"]
    assert sorted(kind.strip("`") for kind, _ in rows(name, r"`[a-z-]+` \| [^`|]*")) == sorted(kinds)
