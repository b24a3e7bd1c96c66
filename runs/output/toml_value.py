"""Values as TOML, for the files and commands that the package writes."""

from __future__ import annotations

import json
from datetime import date

import numpy as np

from article10.agents.plain_values import plain
from article10.model.days import as_day


def toml_value(value: object) -> str:
    """A value as TOML writes it: text quoted, truth in small letters, dates bare, sequences in brackets.

    Raises:
        TypeError: TOML has no such value.

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
