"""Days, as a user gives them: one reading of dates, wherever a date is taken."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator

from article10.agents.refusal import A_DATE
from article10.agents.short_error import shown

EARLIEST = dt.date(1949, 4, 4)
"""The North Atlantic Treaty was signed on this day: before it there was no alliance to join."""

LATEST = dt.date(2261, 12, 31)
"""End of the last whole year that the dates of results can hold: they count nanoseconds from 1970 in 64 bits."""


def as_day(value: Any) -> dt.date:  # noqa: ANN401 - whatever a user passes
    """A day from a date, its text as YYYY-MM-DD, or a time at midnight of Python's, pandas' or NumPy's.

    Raises:
        ValueError: the value is not a date, or outside ``EARLIEST`` to ``LATEST``; the message says what
            was expected, and the caller where and what was given.

    >>> as_day("2030-12-01"), as_day(np.datetime64("2026-03-01"))
    (datetime.date(2030, 12, 1), datetime.date(2026, 3, 1))
    """
    day = _date_of(value)
    if day is None:
        raise ValueError(f"expected {A_DATE}")
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"expected a date from {EARLIEST} (the North Atlantic Treaty) to {LATEST}")
    return day


def day_given(name: str, value: Any) -> dt.date:  # noqa: ANN401 - whatever a user passes
    """The day that an argument gives; see ``as_day``.

    Raises:
        ValueError: the value is not a date; the message names the argument and its value.
    """
    try:
        return as_day(value)
    except ValueError as error:
        raise ValueError(f"{name} = {shown(value)}: {error}") from None


def _date_of(value: object) -> dt.date | None:
    match value:
        case np.datetime64() if value == value.astype("datetime64[D]"):  # not so for NaT
            found: object = value.astype("datetime64[D]").item()
            return found if isinstance(found, dt.date) else None  # years beyond 9999 are numbers
        case dt.datetime():
            return value.date() if value == value and value.timetz() == dt.time() else None  # NaT differs from itself
        case dt.date():
            return value
        case str():
            return _date_written(value)
    return None


def _date_written(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None  # Python also reads 20301201 and weeks


Day = Annotated[dt.date, BeforeValidator(as_day)]
"""The type of a field that holds a day."""
