"""Quantities that the compilers compute from claims: shown where they help, attributed to nobody, never judged."""

import ast
import operator
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from compendium.ledger.evidence import EvidenceTables, LedgerError

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def quantities(data: EvidenceTables) -> pd.DataFrame:
    """Return the table derived with a further column `value`, computed from the claims by its formula."""
    rows, claims, items = data.tables("derived"), data("claims"), data("claim_items")
    values = dict(zip(claims["claim_id"], claims["value_low"], strict=True))
    counts = Counter(items["claim_id"])
    return rows.assign(value=np.array([evaluate(one, values, counts) for one in rows["formula"]], dtype=float))


def evaluate(formula: str, values: Mapping[str, float], counts: Mapping[str, int]) -> float:
    """Return the value of an arithmetic expression over claims: numbers, `Q17`, `items("Q02")` and + - * / **.

    Args:
        formula: the expression.
        values: the number that the paper prints, or the lower end of its interval, by claim.
        counts: the number of items that the paper lists, by claim.

    Raises:
        LedgerError: it is no such expression.
    """
    try:
        return float(_value(ast.parse(formula, mode="eval").body, values, counts))
    except (ArithmeticError, LookupError, SyntaxError, TypeError, ValueError) as error:
        raise LedgerError(
            f'derived.csv: {formula!r} is no formula over claims ({error}). Remedy: use + - * / **, Q17, items("Q02")'
        ) from None


def _value(node: ast.expr, values: Mapping[str, float], counts: Mapping[str, int]) -> float:
    if isinstance(node, ast.BinOp):
        left, right = (_value(side, values, counts) for side in (node.left, node.right))
        return float(OPERATORS[type(node.op)](left, right))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return float(values[node.id])
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "items" and isinstance(node.args[0], ast.Constant):
        return float(counts[str(node.args[0].value)])
    raise KeyError(ast.unparse(node))
