"""What pydantic finds wrong, in words of ours: the key, the value and what was expected."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from article10.agents.nearest import nearest
from article10.agents.short_error import ScenarioError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Where an object lies in memory, which says nothing to anybody."""

LONGEST_VALUE, LONGEST, MOST = 60, 300, 3
"""Letters of a value and of a sentence that are shown, and sentences of one message in Python."""

WRONG_TYPE = {
    "bool": "true or false",
    "date": "a date such as 2030-12-01",
    "dict": "a table",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "missing": "a value",
    "model": "a table",
    "string": "text",
    "tuple": "a list",
}
"""What was expected, by the first word of pydantic's name of the error that a value of the wrong type makes."""

OF_A_KIND = ("_type", "_parsing", "_from_float", "_inexact", "_unicode", "missing")
"""How pydantic's names of those errors end."""


def shown(value: object) -> str:
    """A value as a message shows it: on one line, and cut if it is long."""
    if isinstance(value, dt.date):
        return value.isoformat()
    text = " ".join(ADDRESS.sub("", repr(value)).split())
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def expected(item: ErrorDetails) -> str:
    """What was expected in place of a value, as the end of a sentence that begins with "expected"."""
    kind, text = item["type"], item["msg"]
    word = WRONG_TYPE.get(kind.split("_")[0])
    if word is not None and kind.endswith(OF_A_KIND):
        return word
    if kind == "finite_number":
        return "a finite number"
    if kind == "too_short":
        return f"at least {item['ctx']['min_length']}"
    wanted = text.removeprefix("Input should be ")
    return f"a number {wanted}" if wanted.startswith(("greater", "less")) else f"{wanted[0].lower()}{wanted[1:]}"


def own_words(item: ErrorDetails) -> str | None:
    """The message of a check of ours; None where pydantic's own found the fault."""
    if item["type"] != "value_error":
        return None
    return str(item.get("ctx", {}).get("error", item["msg"])).removeprefix("Value error, ")


def path_of(item: ErrorDetails) -> list[str | int]:
    """Where the fault is, without the names that pydantic gives to the alternatives of a type."""
    return [part for part in item["loc"] if isinstance(part, int) or ("[" not in part and part not in ("str", "bool"))]


def refusal(of: type[Any], error: ValidationError) -> ScenarioError:
    """A value that cannot be made, in one line.

    Args:
        of: its class; its fields are the valid names.
        error: what pydantic found.
    """
    found = list(dict.fromkeys(_sentence(of, item) for item in error.errors(include_url=False)))
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return ScenarioError("; ".join([*found[:MOST], *more]))


def _sentence(of: type[Any], item: ErrorDetails) -> str:
    path, own = path_of(item), own_words(item)
    key = ".".join([of.__name__, *map(str, path)])
    if item["type"] == "extra_forbidden":
        text = f"{key}: unknown key{nearest(path[-1], of.model_fields if len(path) == 1 else ())}"
    elif item["type"] == "missing":
        text = f"{key}: missing"
    elif own is not None and not path:
        text = f"{key}: {own}"
    else:
        text = f"{key} = {shown(item['input'])}: {own or f'expected {expected(item)}'}"
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
