"""Dates of elections and of council meetings: the known ones, continued by term or habit."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from article10.model.edition import Edition, read_edition
from article10.model.tables import day_of


def governing_office(iso3: str, edition: str | Path | Edition | None = None) -> str:
    """Return the office whose election decides a member's stance: ``parliament``, or one that names a president.

    Raises:
        KeyError: the code is not that of a member.
    """
    tables = read_edition(edition)
    if iso3 not in tables.members:
        raise KeyError(f"{iso3!r} is not a member")
    return next(row["governing_office"] for row in tables.table("governments") if row["iso3"] == iso3)


def election_dates(
    iso3: str,
    start: date,
    end: date,
    early: Iterable[date] = (),
    edition: str | Path | Edition | None = None,
) -> tuple[date, ...]:
    """Return the elections of the office that decides the member's stance, in (start, end].

    These are the last one held, the one due, and then one in every term. The term is the time from the last to the one
    due, in whole years (4 or 5 everywhere). If only a month or a year is known, its middle is used. Snap elections are
    not foreseen; those that are given are included, and the next one is a term after the last of them.

    Args:
        iso3: code of the member.
        start: elections after this day.
        end: elections up to this day.
        early: days of snap elections.
        edition: name or folder, or an edition; by default the newest.

    Raises:
        KeyError: the code is not that of a member.
    """
    last, due = _last_and_due(iso3, edition)
    term = term_years(iso3, edition)
    days = [last, *_every(term, due, end)]
    for snap in sorted(early):
        days = [day for day in days if day < snap] + _every(term, snap, end)
    return tuple(day for day in days if start < day <= end)


def term_years(iso3: str, edition: str | Path | Edition | None = None) -> int:
    """Return the years between two elections of the office that decides the member's stance.

    Raises:
        KeyError: the code is not that of a member.
    """
    last, due = _last_and_due(iso3, edition)
    return round((due - last).days / 365.25)


def _last_and_due(iso3: str, edition: str | Path | Edition | None) -> tuple[date, date]:
    tables, office = read_edition(edition), governing_office(iso3, edition)
    row = next(row for row in tables.table("elections") if (row["iso3"], row["office"]) == (iso3, office))
    return day_of(row["last_held"]), day_of(row["due"])


def _every(years: int, first: date, end: date) -> list[date]:
    """The first day, and the same day in every so many years; 28 February stands for the 29th of a leap year."""
    day = first.replace(day=28) if (first.month, first.day) == (2, 29) else first
    return [first, *(day.replace(year=year) for year in range(first.year + years, end.year + 1, years))]


def recess_shares(start: date, days: int, n_steps: int) -> tuple[float, ...]:
    """Return the share of each step's days on which parliaments are usually in recess.

    These are July and August, and 20 December to 6 January, in every country: an approximation.

    Args:
        start: first day of the first step.
        days: length of a step.
        n_steps: number of steps.

    >>> recess_shares(date(2022, 6, 27), 7, 2)
    (0.42857142857142855, 1.0)
    """

    def in_recess(day: date) -> bool:
        return day.month in (7, 8) or (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6)

    flags = [in_recess(start + timedelta(days=day)) for day in range(days * n_steps)]
    return tuple(sum(flags[step * days : (step + 1) * days]) / days for step in range(n_steps))


def council_dates(start: date, end: date, edition: str | Path | Edition | None = None) -> tuple[tuple[date, str], ...]:
    """Return the meetings of the council in (start, end], each with its kind.

    These are the announced meetings (council_dates.csv) and, in other years, the usual ones that the edition names. A
    usual meeting within 45 days of an announced one is the same meeting. If only the year of a meeting was announced,
    it takes the usual day.
    """
    tables = read_edition(edition)
    tabled, usual = tables.table("council_dates"), tables.file.usual_meetings
    announced = [(day_of(row["date"]), row["kind"]) for row in tabled if len(row["date"]) == 10]
    regular = [(date(y, each.month, each.day), each.kind) for y in range(start.year, end.year + 1) for each in usual]
    same = timedelta(days=45)
    extra = [(day, kind) for day, kind in regular if all(abs(day - known) > same for known, _ in announced)]
    return tuple(sorted((day, kind) for day, kind in announced + extra if start < day <= end))
