"""What the package's tables have of dated rows and events on Ukraine, for a nowcast from an edition on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.tables import day_of, read_table
from article10.runs.evidence.nowcast.observations import CEASEFIRE, GOVERNMENT, POSITION, Observation
from article10.runs.evidence.stance_positions import CODED_ON, EDITION, LATER, Position, first_positions, read_positions
from article10.runs.evidence.stance_scenario import (
    BASE_EVENTS,
    HORIZON,
    NAME,
    changes_of_government,
    event_of_2026,
    known_governments,
)

OUTCOMES = "track_record/2025-12-outcomes"
"""The table that says which governments changed in 2026, and when."""

OTHER_SIDE = ("BGR", "HUN", "SVN")
"""Members where the main alternative of ``alternatives.csv`` took office in 2026, judged by the two tables: Radev,
Tisza, and the right under Janša. New leaders of GBR, LTU, LVA and NLD are not of the alternative named there."""

ASKED_WEEKS = 13
"""Weeks between two looks at all governments and at the war, from the first day."""

BEFORE, NOT_YET = "before the start", "not known yet"
"""Why a row is not used."""

HEGEMON_PLAN = "hegemon_plan"
"""Stands for the hegemon's plans of peace among what is left to chance: no event of the scenario brings them."""

SUMMIT = "summit"
"""Events that are on the calendar of the edition already."""


@dataclass(frozen=True)
class Record:
    """What is known of the years that a nowcast covers.

    Attributes:
        scenario: the scenario with the dated events that are known.
        rows: the dated rows, in the order in which they become known.
        silent: by name of an event that is otherwise left to chance, the last day on which it is known not to have
            happened beside the dated ones.
        left_out: rows that are not used, in a few words, with the reason.
    """

    scenario: Scenario
    rows: tuple[Observation, ...] = ()
    silent: dict[str, date] = field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()


def is_covered(scenario: Scenario) -> bool:
    """Whether the package's rows speak of the scenario's candidate and of members of its roster."""
    return scenario.candidate.name == read_edition(EDITION).candidate.name and scenario.edition in (EDITION, LATER)


def record_of(scenario: Scenario, until: date, events: bool) -> Record:
    """The rows and events in the package's tables.

    Args:
        scenario: the scenario; only rows from its start on are used.
        until: the last day that counts.
        events: whether the dated events are put into the scenario.
    """
    rows, left_out = _positions(scenario, until)
    fresh = scenario.edition == EDITION and scenario.start >= CODED_ON
    if fresh:
        rows += list(_states(scenario, until))
    rows.sort(key=lambda row: (row.seen, row.day, row.kind, row.members))
    silent: dict[str, date] = {}
    if events and scenario.name == NAME:
        scenario = known_governments(scenario)
    elif events and fresh:
        scenario, silent = _with_events(scenario, until)
    return Record(scenario, tuple(rows), silent, tuple(left_out))


def _positions(scenario: Scenario, until: date) -> tuple[list[Observation], list[tuple[str, str]]]:
    """Positions as rows, and those that are not used."""
    rows, left_out = [], []
    said, roster = read_positions(), scenario.members()
    first = list(first_positions(said).values()) if scenario.name == NAME else []
    for one in said:
        row = as_row(one)
        if any(one is each for each in first):
            left_out.append((row.label, "these set the start of the scenario"))
        elif one.member not in roster.iso3:
            left_out.append((row.label, "not members in the scenario"))
        elif one.day <= scenario.start:
            left_out.append((row.label, BEFORE))
        elif row.seen > until:
            left_out.append((row.label, NOT_YET))
        else:
            rows.append(row)
    return rows, left_out


def as_row(one: Position) -> Observation:
    """A position as a row; if only its month or year is known, it becomes known at the end of it."""
    return Observation(one.day, one.last or one.day, POSITION, (one.member,), (one.code,), one.decides, one.sourced)


def _states(scenario: Scenario, until: date) -> Iterator[Observation]:
    """Who governs and that there is no ceasefire: at each change, and every ``ASKED_WEEKS`` weeks for all."""
    codes = scenario.members().iso3
    known = {row["id"]: row for row in read_table(OUTCOMES)}
    changed = {
        code: day_of(known[f"government-{code}"]["resolved_on"])
        for code in codes
        if known[f"government-{code}"]["outcome"] == "yes"
    }
    for code, day in changed.items():
        if scenario.start < day <= until:
            yield Observation(day, day, GOVERNMENT, (code,), (float(code in OTHER_SIDE),))
    last = min(until, HORIZON)
    day = scenario.start + timedelta(weeks=ASKED_WEEKS)
    days = []
    while day < last:
        days.append(day)
        day += timedelta(weeks=ASKED_WEEKS)
    for day in (*days, *([last] if last > scenario.start else [])):
        sides = {code: side for code in codes if (side := _side(known[f"government-{code}"], code, day)) is not None}
        yield Observation(day, day, GOVERNMENT, tuple(sides), tuple(sides.values()))
        yield Observation(day, day, CEASEFIRE, (), (0.0,))


def _side(row: dict[str, str], code: str, day: date) -> float | None:
    """1 if the main alternative governs on a day, 0 if it does not, None if that is not known.

    Between an election and the day on which its government takes office, and before, a member whose government
    changed is left out: in the model a government takes office on the day of its election.
    """
    if row["outcome"] == "no":
        return 0.0 if day <= day_of(row["resolved_on"]) else None
    if row["outcome"] == "yes" and day >= day_of(row["resolved_on"]):
        return float(code in OTHER_SIDE)
    return None


def _with_events(scenario: Scenario, until: date) -> tuple[Scenario, dict[str, date]]:
    """The scenario with the dated events of 2026 in place of those that it leaves to chance until they are known."""
    last = min(until, HORIZON)
    found: dict[str, dict[str, object]] = {}
    for row in read_edition(LATER).table("events"):
        event = event_of_2026(row, without=scenario.without)
        if event is not None and event["kind"] != SUMMIT:
            found.setdefault(str(event["name"]), event)
    found |= {str(event["name"]): event for event in changes_of_government()}
    dated = [event for event in found.values() if scenario.start <= _day(event) <= last]
    by_chance = [event.name for event in scenario.events if event.rate is not None and event.name in BASE_EVENTS]
    by_chance.append(HEGEMON_PLAN)
    return read_scenario(scenario, {"events": dated}), dict.fromkeys(by_chance, last)


def _day(event: dict[str, object]) -> date:
    day = event["date"]
    return day if isinstance(day, date) else date.max
