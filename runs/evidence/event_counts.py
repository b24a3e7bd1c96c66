"""The dated events of an edition, counted: how many of each kind there were, and the rate a year that follows.

What a row of ``events.csv`` counts as stands in its column ``counts_as``; most rows count as nothing, because they are
statements, meetings, or events without a counterpart in the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from article10.model.edition import Edition, read_edition
from article10.model.tables import Row, day_of
from article10.runs.statistics.poisson import poisson_rate

COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "incident": "a hostile act on a member's ground, in its air, waters or networks, made public when it happened",
        "guarantee": "a guarantee that its providers declared; none of them commits them to fight",
        "guarantee_offer": "a guarantee that was outlined or drafted and not signed",
        "plan_barring_membership": "a plan for the whole settlement that bars membership; none was accepted",
        "plan": "a plan for the whole settlement that does not bar membership; none was accepted",
        "truce": "a general truce of a few days, after which fighting resumed",
        "partial_truce": "a pause in some kinds of strikes only, or one that only one side confirmed",
    }
)
"""What the column ``counts_as`` says, with what it means."""


@dataclass(frozen=True)
class Rate:
    """Events of one kind in a span of time.

    Attributes:
        kind: as in the column ``counts_as``.
        count: number of rows.
        years: length of the span.
        rate: events a year.
        low: lower end of its 95% interval.
        high: upper end.
    """

    kind: str
    count: int
    years: float
    rate: float
    low: float
    high: float


def rows_counted_as(kind: str, start: date, end: date, edition: str | Path | Edition | None = None) -> Sequence[Row]:
    """Rows of ``events.csv`` that count as one kind, from a first day to a last, in order of time.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in COUNTED:
        raise ValueError(f"kind = {kind!r}: expected one of {', '.join(COUNTED)}")
    rows = [row for row in read_edition(edition).table("events") if row["counts_as"] == kind]
    return sorted((row for row in rows if start <= day_of(row["date"]) <= end), key=lambda row: row["date"])


def rate_of(kind: str, start: date, end: date, edition: str | Path | Edition | None = None) -> Rate:
    """The rate a year of one kind of event, with its exact 95% Poisson interval.

    Args:
        kind: as in the column ``counts_as``.
        start: first day of the span.
        end: its last day; by the last day of evidence, later events cannot be known.
        edition: whose table is counted; by default the newest.

    Raises:
        ValueError: there is no such kind.
    """
    count = len(rows_counted_as(kind, start, end, edition))
    years = ((end - start).days + 1) / 365.25
    return Rate(kind, count, years, *poisson_rate(count, years))
