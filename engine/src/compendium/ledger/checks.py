"""Checks of the tables that the ledger is made from: sources, claims, items, derived quantities, evidence."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from posixpath import normpath
from urllib.parse import parse_qsl, unquote, urlsplit

from compendium.base import escape
from compendium.base import values as printed
from compendium.base.files import InputError
from compendium.base.texts import find_language_columns
from compendium.base.values import SCALES, SIGNED, WORDS
from compendium.data.checks import Check, Table, TypedRow, requires_tables
from compendium.data.datapackage import LIST, split_list
from compendium.data.quoting import list_numbers_with_scales
from compendium.ledger.coding import CODES, READ, digest, majority, select_deciding
from compendium.ledger.derived import evaluate
from compendium.ledger.evidence import LedgerError


@requires_tables("sources")
def source_urls_are_valid(sources: Table) -> Iterator[InputError]:
    """Addresses lead where they seem to, hold no sign that means something on a page, and are defanged if untrusted.

    A copy in web.archive.org is one of the source's own address, defanged where that is; that address itself is an
    archived one only if it names a commit.
    """
    for row in sources:
        copy, url, host = row["archived"] or "", row["url"], r"https?://web\.archive\.org"
        odd = next((name for name in ("url", "archived") if row[name] and not escape.is_safe_url(row[name])), "")
        if (defanged := url.startswith("hxxp")) != (row["host_trust"] == "unsafe"):
            form = "an http(s) address" if defanged else "defanged, such as hxxp://example[.]com/"
            yield row.fault("url", f"with host_trust {row['host_trust']} the address must be {form}")
        elif odd:
            yield row.fault(odd, escape.ADDRESSED, escape.CODED)
        elif re.match(host, copy) and not re.fullmatch(rf"{host}/web/[0-9]{{4,14}}/{re.escape(url)}", copy):
            remedy = "write https://web.archive.org/web/, the time of the copy, / and the url, or leave the cell empty"
            yield row.fault("archived", f"must end in the url of this source, {url}", remedy)
        elif copy == url and not re.search(r"/[0-9a-f]{40}(/|$)", url):
            rule = "must be another address than url, which names no commit of a repository"
            yield row.fault("archived", rule, "write the address of an archived copy, or leave the cell empty")


@requires_tables("searches")
def searches_hold_the_query(searches: Table) -> Iterator[InputError]:
    """A search holds the query as typed and the place by its name, or neither and says so."""
    for row in searches:
        whole = row.values.get("kept") == "query_and_place"
        for column in ("query", "place"):
            if whole == (row.values.get(column) is None) and "kept" in row.values:
                rule = f"must be {'given' if whole else 'empty'}, as kept is {row['kept']}"
                yield row.fault(column, rule, "write it as it was typed, or nothing and topic_only in kept")


def normalise_url(url: str) -> tuple[str, dict[str, str]]:
    """Return host and path of an address, and its query: without what leads to the same page under another name.

    That is scheme, user, port, www, m, dots and double slashes, index, visit, fragment, defanging, an archive.
    """
    address = re.sub(r"https?://web\.archive\.org/web/\w+/", "", url.replace("[.]", "."))
    parts = urlsplit(re.sub(r"^hxxp", "http", address))
    host = re.sub(r"^((www|m|wap|mobile|amp)\.)+", "", parts.hostname or "")
    plain = re.sub("(?i);jsessionid=[^/]*|/(index|default)[.][a-z]+$", "", unquote(parts.path))
    return host + normpath(f"/{plain.strip('/')}"), dict(parse_qsl(parts.query, keep_blank_values=True))


@requires_tables("sources", "source_origins")
def one_page_has_one_origin(sources: Table, source_origins: Table) -> Iterator[InputError]:
    """Two sources of one page have one origin in each table; pages of one path differ if a part of their query does."""
    origins: dict[str, dict[str, str]] = defaultdict(dict)
    for row in source_origins:
        origins[row["source_id"]][row["table"] or ""] = row["origin_id"]
    seen: dict[str, list[tuple[TypedRow, dict[str, str]]]] = defaultdict(list)
    for row in sources:
        path, query = normalise_url(row["url"])
        for other, asked in seen[path]:
            one, two = origins[row["source_id"]], origins[other["source_id"]]
            alike = all(query[name] == asked[name] for name in query.keys() & asked.keys())
            for table in sorted(one.keys() | two.keys()) if alike else ():
                first, second = (found.get(table) or found.get("") for found in (two, one))
                if first and second and first != second:
                    place = f"{table}.csv" if table else "what both give"
                    rule = (
                        f"is the page of {other['source_id']}, but of another origin for {place}: {second}, not {first}"
                    )
                    remedy = "cite that source instead, or give both the same origin in source_origins.csv"
                    yield row.fault("url", rule, remedy)
                    break
        seen[path].append((row, query))


def organisations_are_in_changelog(changelog: str) -> Check:
    """Return the check that each body stands below the one it belongs to, and in a line of a history on bodies."""
    noted = " ".join(re.findall(r"^.*\d{4}-\d{2}-\d{2}.*\bbodies\b.*$", changelog, re.M))

    def bodies_are_noted(bodies: Table) -> Iterator[InputError]:
        known = {None}
        for row in bodies:
            if row["part_of"] not in known:
                yield row.fault("part_of", "must stand further up in the table", "put the body it belongs to first")
            if f"`{row['body_id']}`" not in noted:
                rule = "stands, between backticks, in no line of data/raw/CHANGES.md with a day and the word bodies"
                yield row.fault("body_id", rule, "write there on which day who added it, and why")
            known.add(row["body_id"])

    return Check(bodies_are_noted, (("bodies",),))


@requires_tables("claims")
def claims_ascend(claims: Table) -> Iterator[InputError]:
    """Claim ids ascend; the number of a claim that was withdrawn stays free."""
    last = 0
    for row in claims:
        number = int(row["claim_id"][1:])
        if number <= last:
            yield row.fault("claim_id", f"ids must ascend, but Q{last:02d} stands above")
            return
        last = number


@requires_tables("claims")
def claims_fit_text(claims: Table) -> Iterator[InputError]:
    """The values of a claim are those of its printed form: `63`, `5-10`, `>=18`, `99 / 46 = 2.15`, `first`."""
    for row in claims:
        text, low, high = row["value_text"], row["value_low"], row["value_high"]
        try:
            value = printed.parse_value_text(text)
        except printed.Malformed as error:
            yield row.fault("value_text", str(error), printed.REMEDY)
            continue
        found = [Decimal(number) for number in value.numbers]
        if value.ends:
            due = " and ".join("empty" if end is None else f"{end:f}" for end in value.ends)
            fits = (low, high) == value.ends
        else:
            allowed = [*found, sum(found)]
            due = f"the same at both ends and one of {', '.join(map(str, allowed))}, or both empty"
            fits = low == high and (low in allowed or (low is None and " " in text))
        if not fits:
            column = "value_high" if low is not None and (low in found or high is None) else "value_low"
            yield row.fault(column, f"value_low and value_high must be {due}, as value_text {text!r} says")


def forecasts_look_ahead(year: int) -> Check:
    """Return the check that a forecast is about a year after that of the paper."""

    def forecasts_look_ahead(claims: Table) -> Iterator[InputError]:
        for row in claims:
            if row["kind"] == "forecast" and (row["year_end"] or 0) <= year:
                rule = f"must lie after {year}, the year of the paper, as kind is forecast"
                yield row.fault("year_end", rule, "write the year of which the claim speaks, or another kind")

    return Check(forecasts_look_ahead, (("claims",),))


@requires_tables("claims")
def claims_fit_print(claims: Table) -> Iterator[InputError]:
    """The values of a claim are among the numbers of its print in each language, or are their sum, and its print says
    the sign of the value, such as more than; a fall may be printed without its minus."""
    for row in claims:
        scale = SCALES.get(row["unit"].split()[0], 1)
        ends = {end * scale for end in (row["value_low"], row["value_high"]) if end is not None}
        for column in find_language_columns(row.texts, "printed").values():
            ordinals = r"(?<=\d)(st|nd|rd|th)\b" if printed.parse_value_text(row["value_text"]).form == "rank" else "$^"
            found = printed_numbers(re.sub(ordinals, "", row[column]))
            lost = ends - {*found, sum(found)}
            if found and not {-end for end in lost} <= {number for number in found if number > 0}:
                due = " and ".join(f"{end:f}" for end in sorted(ends))
                yield row.fault(column, f"must print {due}, as value_low, value_high and unit say")
                return
            words, language = sign_words(row["value_text"]), column.rpartition("_")[2]
            said = any(word in row[column].lower() for every in words.values() for word in every)
            if found and language in words and not said:
                rule = f"must print {', '.join(words[language])}, as value_text is {row['value_text']}"
                yield row.fault(column, rule, "write both as the paper prints them")
                return


def sign_words(value_text: str) -> dict[str, list[str]]:
    """Return by language the words one of which prints the sign of a value; none without a sign."""
    value = printed.parse_value_text(value_text)
    alike = {">": (">", ">="), "<": ("<", "<=", "nearly")}.get(value.sign[:1], ())
    signs = ("about", "nearly") if value.form == "about" else alike
    return {code: [w.lstrip("_") for sign in signs for w in SIGNED[sign][code]] for code in ("zh", "en") if signs}


def printed_numbers(text: str) -> list[Decimal]:
    """Return the numbers a text prints in digits, `7.5 million` in full, and 0 for `no`; no ordinals."""
    found = [number * by for number, by in list_numbers_with_scales(text)]
    none = [*WORDS[0]["zh"], *(rf"\b{word}\b" for word in WORDS[0]["en"])]
    return [*found, Decimal(0)] if re.search("|".join(none), text) else found


@requires_tables("claims", "source_origins", "origins")
def origins_fit_the_paper(claims: Table, source_origins: Table, origins: Table) -> Iterator[InputError]:
    """The origin of a claim is what source_origins says of the paper for its table, or one that is not named; what the
    authors say in words may be their own. Only claims have an origin that is not named."""
    kinds = {row["origin_id"]: row["kind"] for row in origins}
    drawn = {row["table"] or "": row["origin_id"] for row in source_origins if row["source_id"] == "paper"}
    for row in claims:
        table, kind = row["check_table"] or "", kinds[row["origin_id"]]
        due = drawn.get(table, row["origin_id"])
        free = kind == "unnamed" or (kind == "paper" and row["value_low"] is row["value_high"] is None)
        if row["origin_id"] != due and not free:
            place = f"for {table}" if table else "without a table, as check_table is empty"
            remedy = "write that origin, or one of kind unnamed; or correct check_table or source_origins.csv"
            yield row.fault("origin_id", f"must be {due}, which source_origins.csv gives for paper {place}", remedy)
    for row in source_origins:
        if kinds[row["origin_id"]] == "unnamed":
            remedy = "name the body, or add an origin that says what is known of it"
            yield row.fault("origin_id", "must be named: only a claim may have an origin that is not", remedy)


@requires_tables("claim_items", "claims", "derived")
def items_are_numbered(items: Table, claims: Table, derived: Table) -> Iterator[InputError]:
    """Items belong to a claim or a derived quantity, and are numbered from 1 within it."""
    known = {row["claim_id"] for row in claims} | {row["derived_id"] for row in derived}
    told: Counter[str] = Counter()
    for row in items:
        told[row["claim_id"]] += 1
        if row["claim_id"] not in known:
            yield row.fault("claim_id", "stands neither in claims.csv nor in derived.csv")
            return
        if row["position"] != told[row["claim_id"]]:
            yield row.fault("position", f"must be {told[row['claim_id']]}: items stand in order, numbered from 1")
            return


@requires_tables("derived", "claims", "claim_items")
def derived_evaluate(derived: Table, claims: Table, items: Table) -> Iterator[InputError]:
    """Derived quantities name exactly the claims of their formula, and it has a value."""
    values = {row["claim_id"]: math.nan if row["value_low"] is None else float(row["value_low"]) for row in claims}
    counts = Counter(row["claim_id"] for row in items)
    for row in derived:
        named = set(re.findall(r"Q\d+", row["formula"]))
        if named != set(split_list(row["inputs"] or "")):
            yield row.fault("inputs", f"must be {LIST.join(sorted(named)) or 'empty'}, the claims in the formula")
            continue
        try:
            value = evaluate(row["formula"], values, counts)
        except LedgerError:
            value = math.nan
        if not math.isfinite(value):
            remedy = 'use + - * / **, ids of claims with a value, and items("Q02") for the number of items'
            yield row.fault("formula", "must be a formula over claims that has a value", remedy)


@requires_tables("claim_evidence", "claims")
def evidence_fits_comparison(evidence: Table, claims: Table) -> Iterator[InputError]:
    """Evidence gives a value if and only if values are compared, and none is given for what cannot be tested."""
    testable = {row["claim_id"]: row["testable"] for row in claims}
    for row in evidence:
        compared = row["comparison"] == "value"
        if compared != (row["value"] is not None):
            yield row.fault("value", f"must be {'given' if compared else 'empty'} with comparison {row['comparison']}")
        elif row["value"] is None and row["value_high"] is not None:
            yield row.fault("value_high", "must be empty where value is")
        if not testable[row["claim_id"]]:
            rule = "must be a claim that is testable"
            yield row.fault("claim_id", rule, "delete the row, or set testable to true in claims.csv")


@requires_tables("excerpts", "claim_evidence")
def excerpts_quote_evidence_numbers(excerpts: Table, evidence: Table) -> Iterator[InputError]:
    """An excerpt of a row of claim_evidence that prints numbers, years apart, prints one that the row tells."""
    spelt = {n: "|".join([*by["zh"], *(rf"\b{word}\b" for word in by["en"])]) for n, by in WORDS.items()}
    rows = {row["evidence_id"]: row for row in evidence}
    for excerpt in excerpts:
        row = rows.get(excerpt["row_key"]) if excerpt["table"] == "claim_evidence" else None
        seen = {
            abs(number) * by
            for number, by in list_numbers_with_scales(excerpt["excerpt"])
            if not 1900 <= number <= 2100
        }
        if row is None or not seen or excerpt["kind"] == "method":
            continue
        cells = (*find_language_columns(row.texts, "says").values(), "value", "value_high", "as_of")
        told = " ".join(str(row[column] or "") for column in cells)
        words = {number for number, pattern in spelt.items() if re.search(pattern, told, re.I)}
        if not seen & {*(abs(number) * by for number, by in list_numbers_with_scales(told)), *words}:
            place = f"row {row.number} of claim_evidence.csv, {row['evidence_id']}"
            rule = f"prints {', '.join(map(str, sorted(seen)))}, and {place}, tells no such number"
            yield excerpt.fault("excerpt", rule, "cite the place that carries the row, or tell the number there")


@requires_tables("claim_evidence", "codings", "coders", "claims")
def codes_match_majority(evidence: Table, codings: Table, coders: Table, claims: Table) -> Iterator[InputError]:
    """A row in words that was coded reads as it was coded, by all machine coders or none, and holds what most read."""
    order = {row["coder"]: number for number, row in enumerate(coders)}
    made_by = {row["coder"]: row["made_by"] for row in coders}
    machines = {coder for coder, by in made_by.items() if by == "machine"}
    stated = {row["claim_id"]: row.values for row in claims}
    found: dict[str, list[TypedRow]] = defaultdict(list)
    for coding in sorted(codings, key=lambda row: order[row["coder"]]):
        found[coding["evidence_id"]].append(coding)
    for row in evidence:
        words = digest(stated[row["claim_id"]] | row.values, *READ)
        read = found[row["evidence_id"]]
        codes, by = [(c["comparison"], c["differs_in"] or "") for c in read], {c["coder"] for c in read}
        if codes and row["comparison"] == "value":
            yield read[0].fault("evidence_id", "must be a row in words, not one that gives a number")
        elif other := [c for c in read if c["words"] != words]:
            rule = f"must be {words}: row {row.number} of claim_evidence.csv, or its claim, was reworded since"
            remedy = "put the words back, or delete its codings and code it anew"
            yield other[0].fault("words", rule, remedy)
        elif by & machines and (lacking := sorted(machines - by, key=order.__getitem__)):
            rule = f"must be coded by {lacking[0]} too: by all machine coders of coders.csv or by none"
            yield read[0].fault("evidence_id", rule, "put the codings back, or code the row with that coder as well")
        elif codes and not (
            row[next(iter(find_language_columns(row.texts, "part").values()))]
            and codes[0][1] == row["differs_in"] == "scope"
        ):
            deciding = select_deciding(codes, [made_by[c["coder"]] for c in read])
            for column, due in zip(CODES, majority(deciding), strict=True):
                if (row[column] or "") != due:
                    yield row.fault(column, f"must be {due or 'empty'}, as most of its {len(deciding)} codings read it")
