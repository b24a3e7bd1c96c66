"""Measures of a forecast: whether what a question asks about happens, in each run of an ensemble.

A question names its measure and gives the arguments (``forecast_questions``). Days are inclusive.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from article10.agents.arrays import BoolArray, IntArray
from article10.agents.members import NEVER
from article10.agents.short_error import ArgumentError
from article10.model.accession_rule import OBJECT, SHELVED
from article10.model.constants import review_steps
from article10.runs.analyses.paired import reached
from article10.runs.ensemble.result import EnsembleResult

NEAREST_MEETING = dt.timedelta(days=45)
"""A meeting that a question names by a day is the nearest one, at most so far away: days of meetings move."""


def milestone_reached(result: EnsembleResult, milestone: str, by: dt.date) -> BoolArray:
    """Whether the candidate has reached ``invitation``, ``signature`` or ``accession`` by a day."""
    return reached(result, milestone, by)


def ratified_within(result: EnsembleResult, days: int, member: str = "") -> BoolArray:
    """Whether a member, or without one every member, ratifies within so many days of the signature."""
    signed = result.data["signature_step"].to_numpy()
    ratified = result.data["ratified_step"].to_numpy()
    ratified = ratified if not member else ratified[:, [_place(result, member)]]
    latest = np.where((ratified == NEVER).any(axis=1), np.iinfo(np.int32).max, ratified.max(axis=1))
    within: BoolArray = (signed != NEVER) & ((latest - signed) * result.scenario.step_days <= days)
    return within


def question_put(result: EnsembleResult, by: dt.date) -> BoolArray:
    """Whether the question of an invitation is formally put to the council by a day."""
    held = result.data["council"].to_numpy() <= np.datetime64(by)
    return np.asarray(result.data["question_put"].to_numpy()[:, held].any(axis=1))


def members_object(result: EnsembleResult, on: dt.date, at_least: int) -> BoolArray:
    """Whether at least so many members object at a meeting; nobody does where no bid is before the council."""
    return np.asarray((_ballots(result, on) == OBJECT).sum(axis=1) >= at_least)


def member_objects(result: EnsembleResult, member: str, on: dt.date) -> BoolArray:
    """Whether a member objects at a meeting."""
    return np.asarray(_ballots(result, on)[:, _place(result, member)] == OBJECT)


def ceasefire_begins(result: EnsembleResult, by: dt.date, days: int) -> BoolArray:
    """Whether a ceasefire begins by a day and then lasts so many days, also beyond that day."""
    held = np.cumsum(_by_step(result, "ceasefire"), axis=1, dtype=np.int32)
    steps = -(-days // result.scenario.step_days)
    before = np.pad(held, ((0, 0), (1, 0)))[:, : held.shape[1] - steps + 1]
    throughout = held[:, steps - 1 :] - before == steps  # from each step on
    return np.asarray(throughout[:, : _step(result, by) + 1].any(axis=1))


def ceasefire_holds(result: EnsembleResult, on: dt.date) -> BoolArray:
    """Whether a ceasefire holds on a day."""
    return np.asarray(_by_step(result, "ceasefire")[:, _step(result, on)] > 0)


def ceasefire_breaks(result: EnsembleResult, by: dt.date) -> BoolArray:
    """Whether a ceasefire breaks by a day."""
    holds = _by_step(result, "ceasefire")[:, : _step(result, by) + 1].astype(np.int8)
    return np.asarray((np.diff(holds, axis=1) < 0).any(axis=1))


def new_government(result: EnsembleResult, member: str, by: dt.date) -> BoolArray:
    """Whether a member gets a new government by a day: in the model, another orientation than on the first day."""
    orientation = _by_step(result, "orientation")[:, : _step(result, by) + 1, _place(result, member)]
    return np.asarray((orientation != orientation[:, :1]).any(axis=1))


def stance_moves(result: EnsembleResult, member: str, on: dt.date, level: float) -> BoolArray:
    """Whether a member's stance has risen by a level since the start, or fallen by it where the level is negative."""
    stance = _by_step(result, "stance")[:, :, _place(result, member)]
    moved = stance[:, _step(result, on)] - stance[:, 0]
    return np.asarray(moved * np.sign(level) >= abs(level))


def member_spends(result: EnsembleResult, member: str, on: dt.date, level: float) -> BoolArray:
    """Whether a member's defence spending on a day is at least a level, % of GDP."""
    return np.asarray(_by_step(result, "spending")[:, _step(result, on), _place(result, member)] >= level)


def members_spend(result: EnsembleResult, on: dt.date, level: float, at_least: int) -> BoolArray:
    """Whether at least so many members spend at least a level on defence on a day, % of GDP."""
    return np.asarray((_by_step(result, "spending")[:, _step(result, on)] >= level).sum(axis=1) >= at_least)


def events_happen(result: EnsembleResult, event: str, since: dt.date, by: dt.date, at_least: int) -> BoolArray:
    """Whether an event of the scenario happens at least so many times between two days."""
    name = f"event_{event}"
    if name not in result.data:
        raise ArgumentError(f"event = {event!r}: the scenario {result.scenario.name} has no event of that name")
    acts = result.data[name].to_numpy()[:, _step(result, since) : _step(result, by) + 1]
    return np.asarray(acts.sum(axis=1) >= at_least)


def plan_put(result: EnsembleResult, since: dt.date, by: dt.date) -> BoolArray:
    """Whether the external power or the hegemon puts a plan that bars membership to the candidate between two days."""
    reviews = np.arange(0, result.data.sizes["step"] - 1, review_steps(result.scenario))
    days = result.data["step"].to_numpy()[reviews]
    asked = reviews[(days >= np.datetime64(since)) & (days <= np.datetime64(by))]
    return np.asarray((_by_step(result, "plans")[:, asked + 1] > 0).any(axis=1))


def guarantees_in_force(result: EnsembleResult, since: dt.date, on: dt.date, event: str = "guarantee") -> BoolArray:
    """Whether a ceasefire holds on a day and a guarantee was declared between another day and that one."""
    return ceasefire_holds(result, on) & events_happen(result, event, since, on, 1)


def front_moves(result: EnsembleResult, on: dt.date, level: float) -> BoolArray:
    """Whether Russian territorial progress since the start is at least a share of the candidate's country on a day."""
    return np.asarray(_by_step(result, "front")[:, _step(result, on)] >= level)


def bid_shelved(result: EnsembleResult, by: dt.date) -> BoolArray:
    """Whether the candidate shelves its bid by a day, if only for a time."""
    return np.asarray((_by_step(result, "stage")[:, : _step(result, by) + 1] == SHELVED).any(axis=1))


# --- reading a result -----------------------------------------------------------------------------------------------


def _by_step(result: EnsembleResult, name: str) -> IntArray:
    found: IntArray = result.data[name].to_numpy()
    return found


def _step(result: EnsembleResult, day: dt.date) -> int:
    """Position of the last step that begins on or before a day."""
    return int(np.searchsorted(result.data["step"].to_numpy(), np.datetime64(day), "right")) - 1


def _place(result: EnsembleResult, member: str) -> int:
    return result.scenario.members().index(member)


def _ballots(result: EnsembleResult, on: dt.date) -> IntArray:
    """Ballots at the meeting nearest to a day, (run, member)."""
    days = result.data["council"].to_numpy()
    away = np.abs(days - np.datetime64(on))
    if not len(days) or away.min() > np.timedelta64(NEAREST_MEETING):
        raise ArgumentError(f"on = {on}: no meeting of the council within {NEAREST_MEETING.days} days of it")
    found: IntArray = result.data["ballot"].to_numpy()[:, int(away.argmin())]
    return found


# --- the declared ones ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """A measure by which questions can be answered.

    Attributes:
        happens: function of a result and of the arguments that a question gives; true or false by run, (run,).
        record: variables by member that have to be recorded for it.
    """

    happens: Callable[..., BoolArray]
    record: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of all arguments beside the result."""
        return tuple(inspect.signature(self.happens).parameters)[1:]

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the arguments that have no default."""
        declared = inspect.signature(self.happens).parameters
        return tuple(name for name in self.arguments if declared[name].default is inspect.Parameter.empty)


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.happens.__name__: measure
        for measure in (
            Measure(milestone_reached),
            Measure(ratified_within),
            Measure(question_put),
            Measure(members_object),
            Measure(member_objects),
            Measure(ceasefire_begins),
            Measure(ceasefire_holds),
            Measure(ceasefire_breaks),
            Measure(new_government, ("orientation",)),
            Measure(stance_moves, ("stance",)),
            Measure(member_spends, ("spending",)),
            Measure(members_spend, ("spending",)),
            Measure(events_happen),
            Measure(plan_put),
            Measure(guarantees_in_force),
            Measure(front_moves),
            Measure(bid_shelved),
        )
    }
)
"""Every measure by name."""
