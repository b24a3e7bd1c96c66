"""What a user knows of a holdout: rows in the casebook's columns, read or refused with the row and the column."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from article10.agents.short_error import ArgumentError, shown
from article10.model.days import as_day
from article10.runs.evidence.holdout_casebook import FORCING, STAKES, TIES

FloatArray = npt.NDArray[np.floating[Any]]

LEVELS = {FORCING: (0.0, 1.0), STAKES: (1.0, 2.0, 3.0), TIES: (0.0, 1.0)}
"""Values of the coded columns."""

FIRST, EARLIEST, LATEST = "first_public_objection", "first_earliest", "first_latest"
"""Columns that say when a spell began."""

UNKNOWN = {"", "missing", "unknown", "n/a", "na", "nan", "none", "?"}
"""Texts that stand for a value that is not known, in small letters."""


@dataclass(frozen=True)
class HoldoutRow:
    """What is known of one spell.

    Attributes:
        name: the row, as messages name it.
        weights: for each coded column, the probability of each of its levels, or None if the value is not known.
        start: first and last day on which the spell can have begun, or None if that is not known.
    """

    name: str
    weights: dict[str, FloatArray | None]
    start: tuple[dt.date, dt.date] | None


def read_rows(frame: pd.DataFrame) -> list[HoldoutRow]:
    """Read the rows of a frame.

    Args:
        frame: rows in the casebook's columns; those not used are ignored.

    Raises:
        ArgumentError: the frame has none of the coded columns, a column twice, or a value that is not possible.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentError(f"frame = {shown(frame)}: expected a pandas DataFrame in the columns of the casebook")
    used = [*LEVELS, FIRST, EARLIEST, LATEST]
    twice = [name for name in used if (frame.columns == name).sum() > 1]
    if twice:
        raise ArgumentError(f"frame: the column {twice[0]} is there twice")
    if not any(name in frame for name in LEVELS):
        raise ArgumentError(f"frame: expected at least one of the columns {', '.join(LEVELS)}")
    return list(_rows(frame, [name for name in used if name in frame]))


def _rows(frame: pd.DataFrame, used: list[str]) -> Iterator[HoldoutRow]:
    names = frame.get("id", frame.index)
    columns = {name: frame[name].tolist() for name in used}
    for place, name in enumerate(map(str, names)):
        cells = {column: values[place] for column, values in columns.items()}
        weights = {column: _weights(name, column, cells.get(column)) for column in LEVELS}
        yield HoldoutRow(name, weights, _start(name, cells))


def is_unknown(value: object) -> bool:
    """Whether a cell says that its value is not known: blank, not-a-number, or a word for it."""
    if isinstance(value, str):
        return value.strip().lower() in UNKNOWN
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _weights(row: str, column: str, value: Any) -> FloatArray | None:  # noqa: ANN401 - a cell of a frame
    """Probability of each level; a value between two levels is a probability of each of the two."""
    if is_unknown(value):
        return None
    levels = LEVELS[column]
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not levels[0] <= number <= levels[-1]:
        wanted = f"a number from {levels[0]:.0f} to {levels[-1]:.0f}, or blank if it is not known"
        raise ArgumentError(f"row {row!r}, column {column} = {shown(value)}: expected {wanted}")
    weights: FloatArray = np.maximum(1.0 - np.abs(np.array(levels) - number), 0.0)
    return weights


def _start(row: str, cells: dict[str, Any]) -> tuple[dt.date, dt.date] | None:
    spans = {column: _span(row, column, cells.get(column)) for column in (FIRST, EARLIEST, LATEST)}
    first, earliest, latest = spans[FIRST], spans[EARLIEST], spans[LATEST]
    begin, end = earliest or first or latest, latest or first or earliest
    if begin is None or end is None:
        return None
    if begin[0] > end[1]:
        raise ArgumentError(
            f"row {row!r}, column {LATEST} = {shown(cells.get(LATEST))}: expected a day not before {EARLIEST}"
        )
    return begin[0], end[1]


def _span(row: str, column: str, value: Any) -> tuple[dt.date, dt.date] | None:  # noqa: ANN401 - a cell of a frame
    """First and last day that a cell names: a day, or all days of a month or of a year."""
    if is_unknown(value):
        return None
    try:
        if isinstance(value, str):
            text = value.strip().removesuffix("00:00:00").rstrip(" T")
            first = as_day(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))
            if len(text) == 4:
                return first, first.replace(month=12, day=31)
            if len(text) == 7:
                return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
            return first, first
        return as_day(value), as_day(value)
    except ValueError as error:
        raise ArgumentError(f"row {row!r}, column {column} = {shown(value)}: {error}, or YYYY-MM or YYYY") from None
