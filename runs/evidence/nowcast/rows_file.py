"""A CSV file of dated rows of a user's own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from article10.agents.nearest import nearest
from article10.agents.short_error import ScenarioError, shown
from article10.model.days import as_day
from article10.model.roster import Roster
from article10.model.tables import Row, day_of, parsed_table
from article10.runs.evidence.nowcast.observations import CEASEFIRE, GOVERNMENT, KINDS, POSITION, Observation
from article10.runs.evidence.stance_positions import last_day_of

NEEDED = ("date", "kind", "member", "value")
"""Columns that a file must have."""

OPTIONAL = ("seen", "decides", "sourced", "note")
"""Columns that it may have: the day from which a row is known, whether the deciding office speaks, whether a source was
read (yes or no, by default yes), and words that are not read."""

SIDES = {"alternative": 1.0, "same": 0.0}
"""Who governs: the main alternative of the roster, or the side that governed on the first day."""

YES_OR_NO = {"yes": True, "no": False}

LOWEST, HIGHEST = -2.0, 2.0


def read_rows(path: str | Path, roster: Roster) -> tuple[Observation, ...]:
    """The rows of a CSV file; rows without a value are missing, and are left out.

    Args:
        path: path of the file.
        roster: the members that rows may name.

    Raises:
        OSError: the file cannot be read.
        ScenarioError: a column is unknown or missing, or a cell is not what it has to be; the message names the line.
    """
    try:
        table = parsed_table(Path(path).read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: expected a CSV file in UTF-8") from None
    known = [*NEEDED, *OPTIONAL]
    for column in table[0] if table else ():
        if column not in known:
            raise ScenarioError(f"{path}: column {shown(column)}: unknown{nearest(str(column), known)}")
    for column in NEEDED:
        if table and column not in table[0]:
            raise ScenarioError(f"{path}: column {column!r}: missing; expected {', '.join(NEEDED)}")
    rows = [(f"{path}, line {line}", row) for line, row in enumerate(table, start=2)]
    return tuple(_observation(place, row, roster) for place, row in rows if (row["value"] or "").strip())


def _observation(place: str, row: Row, roster: Roster) -> Observation:
    kind = _one_of(place, "kind", row, KINDS)
    day, last = _days(place, row["date"])
    seen = _days(place, row["seen"])[1] if row.get("seen") else last
    if seen < day:
        raise ScenarioError(f"{place}: seen = {seen}: before the date, {day}; expected that day or a later one")
    member = (row["member"] or "").strip()
    if kind == CEASEFIRE:
        if member:
            raise ScenarioError(f"{place}: member = {shown(member)}: a ceasefire is nobody's; leave it empty")
        return Observation(day, seen, kind, (), (float(YES_OR_NO[_one_of(place, "value", row, YES_OR_NO)]),))
    try:
        member = roster.code(member)
    except KeyError as error:
        raise ScenarioError(f"{place}: member: {error.args[0]}") from None
    value = SIDES[_one_of(place, "value", row, SIDES)] if kind == GOVERNMENT else _coded(place, row["value"])
    flags = {name: YES_OR_NO[_one_of(place, name, row, YES_OR_NO)] for name in ("decides", "sourced") if row.get(name)}
    return Observation(day, seen, kind, (member,), (value,), **(flags if kind == POSITION else {}))


def _one_of(place: str, column: str, row: Row, words: Collection[str]) -> str:
    word = (row[column] or "").strip()
    if word not in words:
        raise ScenarioError(f"{place}: {column} = {shown(word)}: expected {' or '.join(words)}")
    return word


def _coded(place: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not LOWEST <= value <= HIGHEST:
        raise ScenarioError(f"{place}: value = {shown(text)}: expected a code from {LOWEST:g} to {HIGHEST:g}")
    return value


def _days(place: str, text: str) -> tuple[date, date]:
    """The day that a cell names, and the last one that it can mean: of a month or year the middle, and its last day."""
    text = (text or "").strip()
    try:
        day = as_day(day_of(text).isoformat())
    except ValueError:
        raise ScenarioError(f"{place}: date = {shown(text)}: expected YYYY-MM-DD, YYYY-MM or YYYY") from None
    return day, last_day_of(text) or day
