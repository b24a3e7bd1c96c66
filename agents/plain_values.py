"""Values of NumPy's as Python's own, wherever a value is taken from a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

OF_NUMBERS_AND_SWITCHES = "biuf"
"""Kinds of NumPy's types that have a plain equal: switches, whole numbers and real ones."""

PLAIN = frozenset({bool, int, float, str, type(None)})
"""Types of nearly all values, which are plain already."""

MOST_LEVELS = 32
"""Tables and lists within one another that are looked into: values of ours have five."""


def plain(value: Any, levels: int = MOST_LEVELS) -> Any:  # noqa: ANN401 - whatever a user passes
    """The value with NumPy's numbers and switches as Python's, also within tables and lists; all else as it is.

    Args:
        value: as it was given.
        levels: number of nested tables and lists to convert.

    >>> plain({"runs": np.int64(5), "ends": (np.float32(0.5), np.True_), "values": np.arange(2)})
    {'runs': 5, 'ends': (0.5, True), 'values': [0, 1]}
    """
    if levels == 0 or type(value) in PLAIN:
        return value
    match value:
        case np.generic() | np.ndarray() if value.dtype.kind in OF_NUMBERS_AND_SWITCHES:
            return value.tolist()
        case Mapping():
            return {key: plain(inner, levels - 1) for key, inner in value.items()}
        case list():
            return [plain(inner, levels - 1) for inner in value]
        case tuple():
            return tuple(plain(inner, levels - 1) for inner in value)
    return value
