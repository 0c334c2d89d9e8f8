"""Calls that ask for a text by its key, against the texts: a helper to import."""

import ast
import itertools
import re
from collections import Counter

from compendium.base import texts


def calls(tree, asked):
    """Yield every call of one of the functions `asked`, such as `say(…)` or `page.label(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in asked:
            yield node


def chosen(tree):
    """Return the names that code sets to one text or another, on a condition, and never otherwise, with these."""
    found, bound = {}, Counter(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp):
            pair = [part.value for part in (node.value.body, node.value.orelse) if isinstance(part, ast.Constant)]
            for target in node.targets if len(pair) == 2 else ():
                found.setdefault(ast.unparse(target), []).append(pair)
    whole = {name: pairs for name, pairs in found.items() if len(pairs) == bound[name]}
    return {name: [text for pair in pairs for text in pair] for name, pairs in whole.items()}


def patterns(node, names):
    """Yield a regular expression for each key that the first argument of a call may be.

    A name may be any text, but for `names`, each of whose texts has a key.
    """
    if isinstance(node, ast.Constant):
        yield re.escape(str(node.value))
    elif isinstance(node, ast.JoinedStr):
        options = [
            [re.escape(part.value)]
            if isinstance(part, ast.Constant)
            else [re.escape(str(text)) for text in names.get(ast.unparse(part.value), ())] or ["[A-Za-z0-9_-]+"]
            for part in node.values
        ]
        yield from map("".join, itertools.product(*options))
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body, names)
        yield from patterns(node.orelse, names)


def wanted(text):
    """Return the names of the values that a text takes."""
    return set(texts.list_value_names(text))


def fit(code, keys, asked):
    """Return what does not fit between code and texts, and the keys that the code uses.

    Args:
        code: sources by place; what one of them sets, the others see.
        keys: by key, the names of the values that its text takes.
        asked: names of the functions that give a text.
    """
    found, used, named = [], set(), False
    trees = {place: ast.parse(source) for place, source in code.items()}
    names = chosen(ast.parse("\n".join(code.values())))
    for place, tree in trees.items():
        for call in calls(tree, asked):
            given = {keyword.arg for keyword in call.keywords}
            asks = list(patterns(call.args[0], names))
            named |= not asks
            for pattern in asks:
                there = {key: takes for key, takes in keys.items() if re.fullmatch(pattern, key)}
                # what **values holds is known when it runs only
                fitting = [key for key, takes in there.items() if None in given or takes == given]
                found += [] if fitting else [f"{place}: no text {pattern} takes {sorted(given)}, there is {there}"]
                used |= set(fitting)
    if named:  # a key that stands in a name is written somewhere
        constants = (node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Constant))
        used |= {node.value for node in constants if node.value in keys}
    return found, used
