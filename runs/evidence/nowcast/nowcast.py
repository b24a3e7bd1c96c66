"""A nowcast: where members stand on a day, from the model and from what has become known by then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from article10.agents.short_error import ArgumentError, shown
from article10.model.arguments import whole
from article10.model.checked import checked, list_of, refuse
from article10.model.days import day_given
from article10.model.edition import Edition, read_edition
from article10.model.events import Event
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario, shipped
from article10.model.setup import Setup
from article10.model.shipped import default_edition
from article10.runs.evidence.nowcast.cloud import NO_JUMPS, Jumps
from article10.runs.evidence.nowcast.nowcast_result import Nowcast
from article10.runs.evidence.nowcast.observations import Assumptions, Observation
from article10.runs.evidence.nowcast.particle_filter import Asked, filtered
from article10.runs.evidence.nowcast.record import BEFORE, NOT_YET, Record, is_covered, record_of
from article10.runs.evidence.nowcast.rows_file import read_rows
from article10.runs.evidence.stance_positions import EDITION, LATER
from article10.runs.output.progress import Progress

YEAR = dt.timedelta(days=365)
"""Time from the start to the last day, where neither is known from an edition."""


@checked
def nowcast(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 10_000,
    seed: int = 0,
    *,
    start: object = None,
    until: object = None,
    learn_until: object = None,
    rows: str | Path | Sequence[Observation] | None = None,
    known_events: bool = True,
    assumptions: Mapping[str, float] | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Nowcast:
    """Weigh and resample runs by what becomes known: where do members stand on the last day, and what taught it?

    A particle filter. The same runs are also stepped without being weighed, so that the filter can be scored.

    Args:
        scenario: name, path or scenario. A named scenario stands on the edition of December 2025, the newest after
            which there are rows, unless ``start`` or ``edition`` says otherwise.
        runs: number of runs.
        seed: seed of all random streams, that of the resampling among them.
        start: first day; by default that of the scenario.
        until: last day, whose rows are still taken in; by default the date of the edition after that of the scenario.
        learn_until: rows that become known after this day are scored, and not taken in; by default ``until``.
        rows: path of a CSV file with rows of your own, or observations; by default those of the package's tables.
        known_events: whether dated events in the package's tables happen in all runs; else they are left to chance.
        assumptions: what is assumed of rows, by name; see ``Assumptions``.
        changes: values by full key, for example ``{"stance.peer_rate": 0.6}``.
        edition: name or folder of the edition to stand on; see ``scenario``.
        progress: called with the number of runs done and the total.

    Raises:
        ArgumentError: there are no rows, or a day is out of order.
        ScenarioError: the scenario, an assumption or a file of rows is invalid.
        TooLargeError: so many runs would take more memory than there is.
        ValueError: another argument is invalid.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    assumed = Assumptions(**dict(_named_values(assumptions)))
    base = _scenario(scenario, start, changes, edition)
    last = _last_day(base, until)
    learned = last if learn_until is None else _within("learn_until", learn_until, base.start, last)
    record = _record(base, rows, last, known_events)
    setup = Setup.of(record.scenario)
    silent = {name: min(record.scenario.step_of(day) + 1, setup.n_steps) for name, day in record.silent.items()}
    found = []
    ways = ((learned, Jumps(assumed.jump_rate, assumed.jump_size)), (dt.date.min, NO_JUMPS))  # filtered, unfiltered
    for place, (rows_known_until, jumps) in enumerate(ways):
        asked = Asked(setup, runs, seed, record.rows, assumed, rows_known_until, silent, jumps)
        share = None if progress is None else _part(progress, place, runs, setup.n_steps)
        found.append(filtered(asked, share))
    return Nowcast(
        scenario=record.scenario,
        runs=runs,
        seed=seed,
        base=base,
        learn_until=learned,
        rows=record.rows,
        left_out=record.left_out,
        assumed=assumed,
        filtered=found[0],
        unfiltered=found[1],
    )


def _named_values(assumptions: object) -> Mapping[str, float]:
    if assumptions is None:
        return {}
    if not isinstance(assumptions, Mapping):
        raise ArgumentError(
            f'assumptions = {shown(assumptions)}: expected values by name, such as {{"wrong_row": 0.2}}'
        )
    return {str(name): value for name, value in assumptions.items()}


def _scenario(source: str | Path | Scenario, start: object, changes: Any, edition: Any) -> Scenario:  # noqa: ANN401
    """The scenario on its edition, with its first day."""
    asked = dict(changes or {})
    is_named = not isinstance(source, Scenario) and str(source) in shipped(EDITION)
    if is_named and edition is None and "edition" not in asked and default_edition() == LATER:
        later = start is not None and day_given("start", start) >= read_edition(LATER).date
        edition = None if later or _names_edition(str(source)) else EDITION
    chosen = read_scenario(source, changes, edition=edition)
    if start is None or day_given("start", start) == chosen.start:
        return chosen
    return read_scenario(source, type(changes or {})({**asked, "start": day_given("start", start)}), edition=edition)


def _names_edition(name: str) -> bool:
    """Whether a shipped scenario stands on an edition of its own."""
    return read_scenario(name).edition != default_edition()


def _last_day(base: Scenario, until: object) -> dt.date:
    if until is not None:
        return _within("until", until, base.start, base.horizon)
    newest = read_edition(LATER).date
    return min(newest if base.start < newest else base.start + YEAR, base.horizon)


def _within(name: str, value: object, start: dt.date, end: dt.date) -> dt.date:
    day = day_given(name, value)
    if not start < day <= end:
        raise ArgumentError(f"{name} = {day}: expected a day after the start, {start}, and up to {end}")
    return day


def _record(scenario: Scenario, rows: object, last: dt.date, events: bool) -> Record:
    """The scenario with the known events up to the last day, and the rows.

    Raises:
        ArgumentError: there are no rows.
        ScenarioError: a file of rows is not valid.
    """
    covered = is_covered(scenario)
    record = record_of(scenario, last, events) if covered else Record(scenario)
    given, left_out = record.rows, list(record.left_out)
    if rows is not None:
        given, left_out = _own_rows(rows, scenario), []
    used = []
    for row in given:
        if row.day < scenario.start or row.seen > last:
            left_out.append((row.label, BEFORE if row.day < scenario.start else NOT_YET))
        else:
            used.append(row)
    if not used:
        place = "" if covered else " in the tables of the package"
        raise ArgumentError(
            f"rows: there are none from {scenario.start} to {last}{place}; "
            "expected a CSV file with rows of your own (docs/evidence/nowcast.md)"
        )
    used.sort(key=lambda row: (row.seen, row.day, row.kind, row.members))
    ends = record.scenario.with_(horizon=last, events=[e for e in record.scenario.events if is_before(e, last)])
    return Record(ends, tuple(used), record.silent, tuple(left_out))


def is_before(event: Event, day: dt.date) -> bool:
    """Whether an event can still happen before a day."""
    return event.date is None or event.date < day


def _own_rows(rows: object, scenario: Scenario) -> tuple[Observation, ...]:
    """The rows that are given, from a file or as observations of members on the roster."""
    roster = scenario.members()
    if isinstance(rows, str | Path):
        return read_rows(rows, roster)
    given = []
    for row in list_of("rows", rows, "Observation"):
        if not isinstance(row, Observation):
            raise refuse("rows", row, "the path of a CSV file, or a list of Observation")
        given.append(replace(row, members=tuple(map(roster.code, row.members))))
    return tuple(given)


def _part(progress: Progress, place: int, runs: int, n_steps: int) -> Any:  # noqa: ANN401 - a function of steps
    """Progress of one of two passes, in runs."""
    return lambda step: progress(runs * place + runs * step // n_steps, 2 * runs)
