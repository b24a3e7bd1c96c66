"""Dates of elections and of council meetings: the known ones, continued by term or habit."""

from collections.abc import Iterable
from datetime import date, timedelta

from article10.model.tables import day_of, member_rows, read_table


def governing_office(iso3: str) -> str:
    """Return the office whose election decides a member's stance: ``parliament``, or one that names a president.

    Raises:
        KeyError: the code is not that of a member.
    """
    if iso3 not in member_rows():
        raise KeyError(f"{iso3!r} is not a member")
    return next(row["governing_office"] for row in read_table("governments_2025_12") if row["iso3"] == iso3)


def election_dates(iso3: str, start: date, end: date, early: Iterable[date] = ()) -> tuple[date, ...]:
    """Return the elections of the office that decides the member's stance, in (start, end].

    These are the last one held, the one due, and then one in every term. The term is the time from the last to the one
    due, in whole years (4 or 5 everywhere). If only a month or a year is known, its middle is used. Snap elections are
    not foreseen; those that are given are included, and the next one is a term after the last of them.

    Args:
        iso3: code of the member.
        start: elections after this day.
        end: elections up to this day.
        early: days of snap elections.

    Raises:
        KeyError: the code is not that of a member.
    """
    office = governing_office(iso3)
    row = next(row for row in read_table("elections") if (row["iso3"], row["office"]) == (iso3, office))
    last, due = day_of(row["last_held_before_2025_12"]), day_of(row["due_or_latest_as_of_2025_12"])
    term = round((due - last).days / 365.25)
    days = [last, *_every(term, due, end)]
    for snap in sorted(early):
        days = [day for day in days if day < snap] + _every(term, snap, end)
    return tuple(day for day in days if start < day <= end)


def _every(years: int, first: date, end: date) -> list[date]:
    """The first day, and the same day in every so many years; 28 February stands for the 29th of a leap year."""
    day = first.replace(day=28) if (first.month, first.day) == (2, 29) else first
    return [first, *(day.replace(year=year) for year in range(first.year + years, end.year + 1, years))]


def council_dates(start: date, end: date) -> tuple[tuple[date, str], ...]:
    """Return the meetings of the council in (start, end], each with its kind.

    These are the announced meetings (nato_council_dates.csv) and, in other years, the usual ones: foreign ministers on
    3 April and 3 December, a summit on 10 July. A usual meeting within 45 days of an announced one is the same
    meeting. If only the year of a meeting was announced, it takes the usual day.
    """
    tabled = read_table("nato_council_dates")
    announced = [(day_of(row["date"]), row["kind"]) for row in tabled if len(row["date"]) == 10]
    habit = ((4, 3, "foreign ministers"), (7, 10, "summit"), (12, 3, "foreign ministers"))
    regular = [(date(y, m, d), kind) for y in range(start.year, end.year + 1) for m, d, kind in habit]
    same = timedelta(days=45)
    extra = [(day, kind) for day, kind in regular if all(abs(day - known) > same for known, _ in announced)]
    return tuple(sorted((day, kind) for day, kind in announced + extra if start < day <= end))
