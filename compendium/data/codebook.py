"""The codebook: datapackage.json for readers, in Chinese and in English."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from compendium import escape
from compendium.data.datapackage import links
from compendium.data.sourcing import DIGEST

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "file": "codebook.md",
        "suffix": "",
        "title": "Codebook",
        "made": "Made from datapackage.json by `compendium data refresh`; do not edit by hand.",
        "other": "中文：[codebook.zh-CN.md](codebook.zh-CN.md)",
        "rules": [
            "Files are UTF-8 with LF, comma and one header row; one fact is one row.",
            "An empty cell means unknown or not applicable.",
            "Lists inside a cell are separated by ` ; `.",
            "Dates follow ISO 8601; a date written as text may be shortened to YYYY or YYYY-MM.",
            "Addresses of untrusted sites are defanged (`hxxp://example[.]com/`) and are never links.",
            "The digest of a table's sources is the SHA-256 of the lines of sources.csv, then of source_origins.csv, "
            "about the sources that it names; of the origins those that hold for the table.",
        ],
        "tables": "Tables",
        "shared": "Codes of several tables",
        "key": "Key",
        "licence": "Licence",
        "digest": "Digest of its sources",
        "head": ["column", "meaning", "type", "unit", "values", "refers to"],
        "codes": "Codes of",
        "required": "required",
        "unique": "unique",
        "list": "list of ",
        "length": "at most {} characters",
        "types": {t: t for t in ("integer", "number", "boolean", "date", "string")},
        "at_least": "at least {}",
        "colon": ": ",
        "comma": ", ",
        "semicolon": "; ",
        "stop": ".",
    },
    "zh": {
        "file": "codebook.zh-CN.md",
        "suffix": "_zh",
        "title": "数据说明",
        "made": "由 `compendium data refresh` 根据 datapackage.json 生成，请勿手工修改。",
        "other": "English: [codebook.md](codebook.md)",
        "rules": [
            "文件为 UTF-8 编码、LF 换行、逗号分隔，首行为列名；一行记一条事实。",
            "空单元格表示未知或不适用。",
            "单元格内的列表以 ` ; ` 分隔。",
            "日期遵循 ISO 8601；以文本记录的日期可缩写为 YYYY 或 YYYY-MM。",
            "不可信站点的网址作去链接处理（`hxxp://example[.]com/`），不得设为链接。",
            "“来源校验值”是 sources.csv 中该表所引来源的各行，连同 source_origins.csv 中适用于该表的各行，"
            "合在一起的 SHA-256。",
        ],
        "tables": "数据表",
        "shared": "多表共用的代码",
        "key": "主键",
        "licence": "许可",
        "digest": "来源校验值",
        "head": ["列", "含义", "类型", "单位", "取值", "引用"],
        "codes": "代码",
        "required": "必填",
        "unique": "不重复",
        "list": "列表：",
        "length": "不超过{}字",
        "types": {"integer": "整数", "number": "数值", "boolean": "布尔", "date": "日期", "string": "文本"},
        "at_least": "不小于{}",
        "colon": "：",
        "comma": "、",
        "semicolon": "；",
        "stop": "。",
    },
}


def texts(package: dict) -> dict[str, str]:
    """Return the codebook of a data package, given as datapackage.json holds it: text by file, English and Chinese."""
    return {WORDS[language]["file"]: _book(package, language) for language in WORDS}


def _book(package: dict, language: str) -> str:
    words, suffix = WORDS[language], WORDS[language]["suffix"]
    colon, shared = words["colon"], _shared(package)
    title, description = (escape.markdown(package[text + suffix]) for text in ("title", "description"))
    lines = [f"# {words['title']}{colon}{title}", "", words["made"], words["other"], ""]
    lines += [description, "", *(f"* {rule}" for rule in words["rules"]), ""]
    lines += [f"## {words['tables']}", ""]
    lines += [
        f"* [{table['name']}](#{table['name']}){colon}{escape.markdown(table['title' + suffix])}"
        for table in package["resources"]
    ]
    lines += ["", f"## {words['shared']}", ""]
    for field in shared.values():
        lines += _codes(field, language)
    for table in package["resources"]:
        lines += _chapter(table, language, shared)
    return "\n".join(lines).rstrip("\n") + "\n"


def _shared(package: dict) -> dict[str, dict]:
    """Return the fields whose codes mean the same in three tables or more, one for each name."""
    fields = [field for table in package["resources"] for field in table["schema"]["fields"] if "labels" in field]
    return {
        field["name"]: field
        for field in fields
        if sum(other["name"] == field["name"] and other["labels"] == field["labels"] for other in fields) > 2
    }


def _codes(field: dict, language: str) -> list[str]:
    words = WORDS[language]
    lines = [f"{words['codes']} {_code(field['name'])}", ""]
    lines += [
        f"* {_code(code)}{words['colon']}{escape.markdown(label[language])}" for code, label in field["labels"].items()
    ]
    return [*lines, ""]


def _chapter(table: dict, language: str, shared: dict[str, dict]) -> list[str]:
    words, suffix = WORDS[language], WORDS[language]["suffix"]
    colon, stop, fields = words["colon"], words["stop"], table["schema"]["fields"]
    key = words["comma"].join(_code(column) for column in table["schema"]["primaryKey"])
    licences = words["comma"].join(escape.markdown(licence["name"]) for licence in table["licenses"])
    title, description = (escape.markdown(table[text + suffix]) for text in ("title", "description"))
    lines = [f"## {table['name']}", "", f"**{title}**{colon}{description}", ""]
    lines += [f"{words['key']}{colon}{key}{stop} {words['licence']}{colon}{licences}{stop}".replace("。 ", "。"), ""]
    if DIGEST in table:
        lines += [f"{words['digest']}{colon}{_code(table[DIGEST])}{stop}", ""]
    lines += [_line(words["head"]), _line(["---"] * len(words["head"]))]
    targets = {column: ".".join(target) for column, target in links(table["schema"], table["name"])}
    for field in fields:
        meaning = escape.markdown(f"{field['title' + suffix]}{colon}{field['description' + suffix]}")
        values = words["semicolon"].join(_values(field, language))
        refers = _code(targets[field["name"]]) if field["name"] in targets else ""
        if "listOf" in field:
            refers = words["list"] + refers
        kind, unit = words["types"][field["type"]], escape.markdown(field.get("unit" + suffix, ""))
        lines.append(_line([_code(field["name"]), meaning, kind, unit, values, refers]))
    lines.append("")
    for field in fields:
        if "labels" in field and field["labels"] != shared.get(field["name"], {}).get("labels"):
            lines += _codes(field, language)
    return lines


def _values(field: dict, language: str) -> Iterator[str]:
    """Yield what is allowed in a column, in the words of `language`."""
    words, constraints = WORDS[language], field.get("constraints", {})
    if constraints.get("required"):
        yield words["required"]
    if constraints.get("unique"):
        yield words["unique"]
    if "enum" in constraints:
        yield " ".join(_code(str(value)) for value in constraints["enum"])
    if "maximum" in constraints:
        yield f"{constraints['minimum']}–{constraints['maximum']}"
    elif "minimum" in constraints:
        yield words["at_least"].format(constraints["minimum"])
    if "form" in field:
        yield escape.markdown(field["form" + words["suffix"]])
    if "maxLength" in constraints:
        yield words["length"].format(constraints["maxLength"])


def _code(text: str) -> str:
    return escape.markdown(text) if "`" in text else f"`{text}`"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", r"\|", cell) for cell in cells) + " |"
