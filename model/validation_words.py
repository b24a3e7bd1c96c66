"""What pydantic finds wrong with a value, in our own words."""

from __future__ import annotations

import re
from typing import Any

from article10.model.days import EXAMPLE

WRONG_TYPE = {
    "bool": "true or false",
    "date": EXAMPLE,
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

WRONG_LENGTH = {
    "string_too_short": "at least {min_length} character",
    "too_long": "at most {max_length} values",
    "too_short": "at least {min_length} value",
}
"""What was expected, by pydantic's name of the error that text or a list of the wrong length makes."""

INPUT_SHOULD_BE = "Input should be "
"""How pydantic begins to say what a value of the right type has to be."""


OF_A_UNION = re.compile(r"(function-\w+|lax-or-strict|literal|tuple)\[.*\]")
"""What pydantic calls the alternatives of a type, among the keys that lead to a value."""


def keys_to(error: Any) -> list[str | int]:  # noqa: ANN401 - an item of pydantic's ValidationError.errors()
    """The keys and places in lists that lead to a value."""
    return [part for part in error["loc"] if isinstance(part, int) or not OF_A_UNION.fullmatch(part)]


def objection(error: Any) -> str:  # noqa: ANN401 - an item of pydantic's ValidationError.errors()
    """What was expected in place of a value; what one of our own checks said, where it was one of them."""
    kind, text, context = error["type"], error["msg"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in WRONG_LENGTH:
        return f"expected {WRONG_LENGTH[kind].format(**context)}"
    wanted = text.removeprefix(INPUT_SHOULD_BE)
    if kind.endswith(("_type", "_parsing", "_size", "_of")) or wanted == text:
        return f"expected {WRONG_TYPE.get(kind.split('_')[0], 'another value')}"
    if kind == "int_from_float":
        return f"expected {WRONG_TYPE['int']}"
    return f"expected a number {wanted}" if wanted.startswith(("greater", "less")) else f"expected {wanted}"
