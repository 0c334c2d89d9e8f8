"""Quantities that the compilers compute from claims: shown where they help, attributed to nobody, never judged."""

import ast
import operator

import numpy as np
import pandas as pd

from compendium.data import tables
from compendium.ledger.evidence import Data, LedgerError

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def quantities(data: Data | None = None) -> pd.DataFrame:
    """Return the table derived with a further column `value`, computed from the claims by its formula."""
    data = data or Data()
    rows = tables.raw("derived")
    return rows.assign(value=np.array([evaluate(formula, data) for formula in rows["formula"]], dtype=float))


def evaluate(formula: str, data: Data) -> float:
    """Return the value of an arithmetic expression over claims: numbers, `Q17`, `items("Q02")` and + - * / **.

    Raises:
        LedgerError: it is no such expression.
    """
    try:
        return float(_value(ast.parse(formula, mode="eval").body, data))
    except (ArithmeticError, LookupError, SyntaxError, TypeError, ValueError) as error:
        raise LedgerError(
            f'derived.csv: {formula!r} is no formula over claims ({error}). Remedy: use + - * / **, Q17, items("Q02")'
        ) from None


def _value(node: ast.expr, data: Data) -> float:
    if isinstance(node, ast.BinOp):
        return float(OPERATORS[type(node.op)](_value(node.left, data), _value(node.right, data)))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return data.value(node.id)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "items" and isinstance(node.args[0], ast.Constant):
        return float((data("claim_items")["claim_id"] == node.args[0].value).sum())
    raise KeyError(ast.unparse(node))
