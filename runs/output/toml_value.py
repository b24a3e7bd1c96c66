"""TOML text for the files and commands that the package writes; the caller adds comments between tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import numpy as np

from article10.agents.plain_values import plain
from article10.model.days import as_day


def toml_value(value: object) -> str:
    """A value in TOML: text in quotes, true and false in lower case, dates without quotes, sequences in brackets.

    Raises:
        TypeError: TOML has no value of this type.

    >>> print(toml_value(["Åland", True, 0.5, 2, date(2026, 7, 1)]))
    ["Åland", true, 0.5, 2, 2026-07-01]
    """
    match plain(value):
        case bool() | str() as word:
            return json.dumps(word, ensure_ascii=False)
        case date() | np.datetime64():
            return as_day(value).isoformat()
        case int() | float() as number:
            return str(number)
        case list() | tuple() as values:
            return f"[{', '.join(map(toml_value, values))}]"
    raise TypeError(f"{value!r}: TOML has no value of type {type(value).__name__}")


def toml_lines(values: Mapping[str, object], head: str = "") -> list[str]:
    """The lines of a TOML table: its header, such as ``[stance]``, if it has one, then a line for each value.

    >>> toml_lines({"peer_rate": 0.6}, "[stance]")
    ['[stance]', 'peer_rate = 0.6']
    """
    return [*([head] if head else []), *(f"{key} = {toml_value(value)}" for key, value in values.items())]
