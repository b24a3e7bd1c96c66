"""Members' dated public positions as codes: the first sets the start of a hindcast, the later ones score it.

Rows of 2026, from a later edition, only score it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from article10.model.coded import SOURCED, SPREAD_GENERAL, SPREAD_SOURCED, mean_code
from article10.model.edition import read_edition
from article10.model.tables import Row, day_of

TABLE = "membership_positions"
"""The table of positions in an edition."""

EDITION = "2025-12"
"""The edition whose positions set the start and, up to its date, score it."""

LATER = "2026-12"
"""The edition with the positions and codes after that date, which only score it."""

CODED_ON = read_edition(EDITION).date
"""The date of the first of these editions; no position after it sets anything."""

UNMENTIONED = "not mentioned"
"""Words of a paraphrase by which a row of 2026 states no position on membership, whatever its column says."""

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

OF_2026 = WITHOUT_POSITION | {
    "",
    "brake (EU)",
    "conditional",
    "deal with Russia",
    "distance",
    "hesitant (aid)",
    "no consensus",
    "oppose (aid)",
    "oppose (participation)",
    "partial shift",
    "support (aid)",
    "support (arms)",
}
"""Entries of 2026 that state none: on aid, arms, guarantees, the European Union, or who may come to a summit."""

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
        last: the last day on which it may have been stated, if only a month or year is known.
    """

    member: str
    day: date
    code: float
    decides: bool
    sourced: bool
    last: date | None = None

    @property
    def spread(self) -> float:
        """Standard deviation of the stance around its code, wider for weak evidence, as in the roster."""
        return SPREAD_SOURCED if self.sourced and self.decides else SPREAD_GENERAL


def read_positions(rows: Iterable[Row] | None = None) -> tuple[Position, ...]:
    """The positions of members on membership, ordered by date, with those of 2026 and the codes that rest on 2026.

    Args:
        rows: rows to use instead of the tables.

    Raises:
        KeyError: the position of a row has no code.
    """
    if rows is not None:
        return _ordered(_positions(rows, WITHOUT_POSITION))
    later = [row for row in read_edition(LATER).table(TABLE) if _is_after(row["date"])]
    stated = [row for row in later if UNMENTIONED not in row["paraphrase"]]
    return _ordered(
        [*_positions(read_edition(EDITION).table(TABLE), WITHOUT_POSITION), *_positions(stated, OF_2026), *_codes()]
    )


def _ordered(positions: Iterable[Position]) -> tuple[Position, ...]:
    return tuple(sorted(positions, key=lambda p: (p.day, p.member)))


def _is_after(day: str) -> bool:
    return len(day) in FULL_DATES and day_of(day) > CODED_ON


def _positions(rows: Iterable[Row], left_out: frozenset[str]) -> Iterator[Position]:
    edition = read_edition(EDITION)
    offices = {row["iso3"]: row["governing_office"] for row in edition.table("governments")}
    for row in rows:
        code, word = row["iso3"], row["position"]
        if code not in edition.members or word in left_out or len(row["date"]) not in FULL_DATES:
            continue
        president = row["actor"].lower().startswith("president")
        decides = not president or "president" in offices[code]
        sourced = row["status"].startswith(("sourced", "found"))
        yield Position(code, day_of(row["date"]), float(CODES[word]), decides, sourced, last_day_of(row["date"]))


def last_day_of(text: str) -> date | None:
    """The last day of the month or year that a text names; None if it names a day.

    >>> last_day_of("2026-02"), last_day_of("2026-02-10")
    (datetime.date(2026, 2, 28), None)
    """
    if len(text) == FULL_DATES[-1]:
        return None
    year, month = int(text[:4]), int(text[5:7] or 12)
    return date(year, month, monthrange(year, month)[1])


def _codes() -> Iterator[Position]:
    """The codes of the later edition that rest on evidence after ``CODED_ON``, each on the last day of that evidence.

    A code that was kept because nothing was found says nothing about 2026.
    """
    edition = read_edition(LATER)
    for row in edition.table("membership_stance"):
        if _is_after(row["last_evidence"]):
            sourced = any(word in row["status"] for word in SOURCED)
            code = mean_code(row["iso3"], "stance_code", edition)
            known = row["last_evidence"]
            yield Position(row["iso3"], day_of(known), code, True, sourced, last_day_of(known))


def first_positions(positions: Iterable[Position]) -> dict[str, Position]:
    """Each member's first position up to ``CODED_ON``, the only one that the start of the scenario may use.

    A first position of an office that does not decide counts as weak evidence.
    """
    first: dict[str, Position] = {}
    for position in sorted(positions, key=lambda p: p.day):
        if position.day <= CODED_ON:
            first.setdefault(position.member, position)
    return dict(sorted(first.items()))


def later_positions(positions: Iterable[Position]) -> tuple[Position, ...]:
    """The positions to score, ordered by member and date: later ones of members with a first, by offices that decide.

    Positions of a member within one month are combined into one: their mean code, on the first day.
    """
    all_of_them = tuple(positions)
    first = first_positions(all_of_them)
    months: dict[tuple[str, int, int], list[Position]] = {}
    for p in all_of_them:
        if p.decides and p.member in first and p.day > first[p.member].day:
            months.setdefault((p.member, p.day.year, p.day.month), []).append(p)
    together = (sorted(said, key=lambda p: p.day) for said in months.values())
    merged = [
        Position(s[0].member, s[0].day, sum(p.code for p in s) / len(s), True, all(p.sourced for p in s))
        for s in together
    ]
    return tuple(sorted(merged, key=lambda p: (p.member, p.day)))
