"""Members' dated public positions as codes: the first sets the start of a hindcast, the later ones score it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from article10.model.coded import SPREAD_GENERAL, SPREAD_SOURCED
from article10.model.edition import read_edition
from article10.model.tables import Row, day_of

TABLE = "membership_positions"
"""The table of positions in an edition."""

EDITION = "2025-12"
"""The edition whose positions are read."""

CODES: Mapping[str, int] = MappingProxyType(
    {
        "champion": 2,
        "support": 1,
        "defer": -1,
        "hesitant": -1,
        "alternative": -1,
        "oppose/defer": -1,
        "oppose": -2,
        "oppose (veto)": -2,
    }
)
"""Codes of the positions on membership (coded judgement), on the scale of membership_stance.csv."""

WITHOUT_POSITION = frozenset(
    {"application", "candidate shift", "observation", "opt-out", "oppose (pledge)", "security commitment"}
)
"""Entries that state no position of a government on membership: those rows are left out."""

FULL_DATES = (4, 7, 10)
"""Lengths of dates given as year, month or day; less precise dates ("2024-2025") are left out."""


@dataclass(frozen=True)
class Position:
    """A position that an office of a member stated on a day.

    Attributes:
        member: code of the member.
        day: the date; the middle of the month or year if no day is known.
        code: from -2 (opposed) to 2 (champion); the mean if several positions are combined.
        decides: whether the office decides; a president beside a governing parliament does not.
        sourced: whether the row names a source that was checked.
    """

    member: str
    day: date
    code: float
    decides: bool
    sourced: bool

    @property
    def spread(self) -> float:
        """Standard deviation of the stance around its code, wider for weak evidence, as in the roster."""
        return SPREAD_SOURCED if self.sourced and self.decides else SPREAD_GENERAL


def read_positions(rows: Iterable[Row] | None = None) -> tuple[Position, ...]:
    """The positions of members on membership, ordered by date.

    Args:
        rows: rows to use instead of the table.

    Raises:
        KeyError: the position of a row has no code.
    """
    edition = read_edition(EDITION)
    offices = {row["iso3"]: row["governing_office"] for row in edition.table("governments")}
    found = []
    for row in edition.table(TABLE) if rows is None else rows:
        code, word = row["iso3"], row["position"]
        if code not in edition.members or word in WITHOUT_POSITION or len(row["date"]) not in FULL_DATES:
            continue
        president = row["actor"].lower().startswith("president")
        decides = not president or "president" in offices[code]
        found.append(
            Position(code, day_of(row["date"]), float(CODES[word]), decides, row["status"].startswith("sourced"))
        )
    return tuple(sorted(found, key=lambda p: (p.day, p.member)))


def first_positions(positions: Iterable[Position]) -> dict[str, Position]:
    """Each member's first position, the only one that the start of the scenario may use.

    A first position of an office that does not decide counts as weak evidence.
    """
    first: dict[str, Position] = {}
    for position in sorted(positions, key=lambda p: p.day):
        first.setdefault(position.member, position)
    return dict(sorted(first.items()))


def later_positions(positions: Iterable[Position]) -> tuple[Position, ...]:
    """The positions to score, ordered by member and date: later ones, by offices that decide.

    Positions of a member within one month are combined into one: their mean code, on the first day.
    """
    all_of_them = tuple(positions)
    first = first_positions(all_of_them)
    months: dict[tuple[str, int, int], list[Position]] = {}
    for p in all_of_them:
        if p.decides and p.day > first[p.member].day:
            months.setdefault((p.member, p.day.year, p.day.month), []).append(p)
    together = (sorted(said, key=lambda p: p.day) for said in months.values())
    merged = [
        Position(s[0].member, s[0].day, sum(p.code for p in s) / len(s), True, all(p.sourced for p in s))
        for s in together
    ]
    return tuple(sorted(merged, key=lambda p: (p.member, p.day)))
