"""Values as TOML, for the files and commands that the package writes."""

from __future__ import annotations

import json
from datetime import date


def toml_value(value: object) -> str:
    """A value as TOML writes it: text quoted, truth in small letters, dates bare, sequences in brackets.

    Raises:
        TypeError: TOML has no such value.

    >>> print(toml_value(["Åland", True, 0.5, 2, date(2026, 7, 1)]))
    ["Åland", true, 0.5, 2, 2026-07-01]
    """
    match value:
        case bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float() | date():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(f"{value!r}: TOML has no value of type {type(value).__name__}")
