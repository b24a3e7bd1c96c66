"""HTML views of parameters in notebooks, and the elements that other views share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from pydantic import BaseModel

from article10.agents.parameter import Parameters, declarations

LONGEST = 120
"""Largest number of characters of a value that a cell shows."""


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table; every cell is escaped.

    >>> table(["a"], [["<1>"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;1&gt;</td></tr></tbody></table>'
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in headers)
    body = "".join(f"<tr>{''.join(f'<td>{escape(shown(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def folded(title: str, content: str) -> str:
    """Content under a title; a click on the title opens it."""
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def shown(value: object) -> str:
    """Text of a value in a table cell.

    >>> shown((0.1, None)), shown(True), shown(None)
    ('0.1 to –', 'yes', '–')
    """
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple) and len(value) == 2 and all(v is None or isinstance(v, int | float) for v in value):
        return " to ".join(map(shown, value))
    text = ", ".join(map(shown, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def parameters_html(parameters: Parameters) -> str:
    """A group of parameters: value, default where it differs, plausible range, unit and meaning of each."""
    title = f"<p><b>{type(parameters).__name__}</b></p>"
    return title + parameter_table(parameters)


def parameter_table(parameters: Parameters) -> str:
    """HTML table of a group of parameters: name, value, plausible range, unit and meaning."""
    rows = []
    for declared in declarations("", parameters):
        name = declared.key.removeprefix(".")
        value: Any = declared.default
        default = type(parameters).model_fields[name].get_default(call_default_factory=True)
        changed = value if value == default else f"{shown(value)} (default {shown(default)})"
        rows.append((name, nested(changed), declared.meta.plausible, declared.meta.unit, declared.description))
    return table(("parameter", "value", "plausible", "unit", "what it does"), rows)


def nested(value: object) -> object:
    """A value; a nested group of parameters becomes a list of its names and values."""
    if isinstance(value, BaseModel):
        return ", ".join(f"{name} {shown(inner)}" for name, inner in value if inner is not None)
    return value
