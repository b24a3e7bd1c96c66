"""What pydantic finds wrong, in words of ours: the key, the value and what was expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from article10.agents.nearest import nearest
from article10.agents.short_error import LONGEST_LINE, ScenarioError, named, shortened, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MOST = 3
"""Sentences of one message in Python."""

A_DATE = "a date such as 2030-12-01"

WRONG_TYPE = {
    "bool": "true or false",
    "date": A_DATE,
    "dict": "a table",
    "float": "a number",
    "int": "a whole number",
    "is": "a value of its type",
    "list": "a list",
    "missing": "a value",
    "model": "a table",
    "string": "text",
    "tuple": "a list",
}
"""What was expected, by the first word of pydantic's name of the error that a value of the wrong type makes."""

OF_A_TYPE = ("_type", "_parsing", "_size", "_of", "_from_float", "_inexact", "_unicode", "missing")
"""How pydantic's names of those errors end."""

WRONG_LENGTH = {
    "string_too_short": "at least {min_length} character",
    "too_long": "at most {max_length} values",
    "too_short": "at least {min_length} value",
}
"""What was expected, by pydantic's name of the error that text or a list of the wrong length makes."""

OF_A_UNION = re.compile(r"(function-\w+|lax-or-strict|literal|tuple|nullable|constrained-\w+)\[.*\]|str|bool")
"""What pydantic calls the alternatives of a type, among the keys that lead to a value."""


def keys_to(item: ErrorDetails) -> list[str | int]:
    """The keys and places in lists that lead to a value, without the names that pydantic gives to alternatives."""
    return [part for part in item["loc"] if isinstance(part, int) or not OF_A_UNION.fullmatch(part)]


def objection(item: ErrorDetails) -> str:
    """What one of our own checks said of a value; or what was expected in its place."""
    kind, context = item["type"], item.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", item["msg"])).removeprefix("Value error, ")
    return f"expected {_expected(kind, item['msg'], context)}"


def _expected(kind: str, text: str, context: dict[str, Any]) -> str:
    if kind in WRONG_LENGTH:
        return WRONG_LENGTH[kind].format(**context)
    if kind == "finite_number":
        return "a finite number"
    wanted = text.removeprefix("Input should be ")
    if kind.endswith(OF_A_TYPE) or wanted == text:
        return WRONG_TYPE.get(kind.split("_")[0], "another value")
    return f"a number {wanted}" if wanted.startswith(("greater", "less")) else f"{wanted[0].lower()}{wanted[1:]}"


def refusal(of: type[Any], error: ValidationError) -> ScenarioError:
    """A value that cannot be made, in one line.

    Args:
        of: its class; its fields are the valid names.
        error: an error of pydantic.
    """
    found = list(dict.fromkeys(_sentence(of, item) for item in error.errors(include_url=False)))
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return ScenarioError("; ".join([*found[:MOST], *more]))


def _sentence(of: type[Any], item: ErrorDetails) -> str:
    path, text = keys_to(item), objection(item)
    key = ".".join([of.__name__, *map(named, path)])
    if item["type"] == "extra_forbidden":
        text = f"{key}: unknown key{nearest(path[-1], of.model_fields if len(path) == 1 else ())}"
    elif item["type"] == "missing":
        text = f"{key}: missing"
    elif item["type"] == "value_error" and not path:
        text = f"{key}: {text}"
    else:
        text = f"{key} = {shown(item['input'])}: {text}"
    return shortened(" ".join(text.split()), LONGEST_LINE)
