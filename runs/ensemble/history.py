"""A run's history: eras, each with its scenario and the run whose draws it uses, and how a world passes into the next.

A run that was never branched has one era. A branch adds one: its scenario holds from the fork on, with the draws of the
run that goes on. Everything before the fork is that of the earlier eras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from article10.agents import bargaining
from article10.agents.arrays import BoolArray
from article10.agents.members import war_line
from article10.agents.russia import Strategy
from article10.model import schedule
from article10.model.first_day import first_day
from article10.model.mechanisms import Mechanism
from article10.model.randomness import Draws, draw
from article10.model.scenario import Scenario
from article10.model.setup import SPELL_DRAWS, Setup
from article10.model.world import Council, World
from article10.runs.ensemble.rerun import rebuild_setup, recorded_functions
from article10.runs.ensemble.result import EnsembleResult

AnyArray = npt.NDArray[Any]

FIXED_AT_START = ("initial_stance", "war_bar", "candidate")
"""Streams of what a run is from its first day on: what they decided is the run's past."""

RULES_AND_RECORDS = frozenset(
    {"setup", "place", "by_run", "by_member", "draws", "events", "step", "record_rates", "rates", "payments"}
)
"""What a world holds beside its state: what follows from setup and draws, and what the last step left for records."""


@dataclass(frozen=True)
class Era:
    """A stretch of a run's history.

    Attributes:
        run: number of the run whose draws it uses.
        step: its first step.
        made_with: scenario, digest of the edition, strategy and mechanisms, as attributes of a dataset.
    """

    run: int
    step: int
    made_with: Mapping[str, str]

    NAMES = ("scenario", "edition_digest", "strategy", "mechanisms")
    """What ``made_with`` holds."""

    @classmethod
    def of(cls, attributes: Mapping[str, Any], run: int, step: int) -> Era:
        """The era that a dataset with these attributes records."""
        return cls(run, step, {name: str(attributes[name]) for name in cls.NAMES if name in attributes})

    @classmethod
    def of_setup(cls, setup: Setup, run: int, step: int) -> Era:
        """The era of runs with this setup."""
        made = {"scenario": setup.scenario.model_dump_json(), "edition_digest": setup.edition.digest}
        return cls.of({**made, **recorded_functions(setup)}, run, step)

    @property
    def scenario(self) -> Scenario:
        """The scenario that holds in it."""
        return Scenario.from_json(self.made_with["scenario"])

    def setup(self, strategy: Strategy | None = None, mechanisms: Mapping[str, Mechanism] | None = None) -> Setup:
        """The setup of the era; see ``rebuild_setup``."""
        return rebuild_setup(EnsembleResult(xr.Dataset(attrs=dict(self.made_with))), strategy, mechanisms)


# --- the state of a world as arrays ---------------------------------------------------------------------------------


def arrays_of(world: World) -> dict[str, AnyArray]:
    """The state of a world as arrays by name, such as ``members.stance``; the first axis of each is the run."""
    found: dict[str, AnyArray] = {}
    for name, value in _states(world):
        if is_dataclass(value):
            found |= {f"{name}.{field.name}": getattr(value, field.name) for field in fields(value)}
        elif value is not None:
            found[name] = value
    return found


def set_arrays(world: World, arrays: Mapping[str, AnyArray]) -> None:
    """Give a world a state; the reverse of ``arrays_of``."""
    for name, value in _states(world):
        kind = Council if name == "council" else type(value)
        if is_dataclass(kind):
            within = {field.name: f"{name}.{field.name}" for field in fields(kind)}
            is_there = set(within.values()) <= set(arrays)
            setattr(world, name, kind(**{own: arrays[full] for own, full in within.items()}) if is_there else None)
        else:
            setattr(world, name, arrays[name])


def _states(world: World) -> Iterator[tuple[str, Any]]:
    return ((field.name, getattr(world, field.name)) for field in fields(world) if field.name not in RULES_AND_RECORDS)


# --- from one era into the next -------------------------------------------------------------------------------------


def forked(before: World, setup: Setup, draws: Draws, anew: BoolArray) -> World:
    """The world of one run as the beginning of an era of several runs.

    Where the draws are another run's, what chance has decided and not yet shown is decided anew, given what has
    happened: how long it takes to ratify, when an open spell ends, who holds out for a price this quarter.

    Args:
        before: the world of one run, which is not changed.
        setup: that of the era.
        draws: of the runs of the era; the past part of events' draws is replaced.
        anew: for each run, whether its draws are not those of the past, (run,).
    """
    n, step = len(anew), before.step
    mixed = {**draws, **{name: _repeated(np.asarray(before.draws[name]), n, axis=1) for name in FIXED_AT_START}}
    unchanged = {event.name for event in setup.scenario.events if event in before.setup.scenario.events}
    for event in setup.scenario.events:
        name = f"event:{event.name}"
        never = np.ones((step, n), np.float32)  # no event begins at a draw of one
        past = _repeated(before.draws[name][:step], n, axis=1) if event.name in unchanged else never
        mixed[name] = np.concatenate([past, np.asarray(draws[name])[step:]])
    world = first_day(setup, mixed)
    set_arrays(world, {name: _repeated(values, n) for name, values in arrays_of(before).items()})
    world.step = step
    world.war_line = _repeated(_war_line(before, setup), n)
    _call_to_vote(world, before.setup)
    if not setup.scenario.bargaining.consent:
        world.members.hold[:] = world.members.consent[:] = False
    if anew.any() and step < setup.n_steps:
        decide_anew(world, anew.nonzero()[0])
    return world


def _repeated(values: AnyArray, n: int, axis: int = 0) -> AnyArray:
    return np.repeat(values, n, axis=axis)


def _war_line(before: World, setup: Setup) -> AnyArray:
    """Intensity of the war above which each member objects: the run's draw, by the rules of the era, (1, member)."""
    rules = setup.values.alone
    spread = rules.accession.war_bar_spread
    return war_line(rules.constants.war_bar, np.asarray(before.draws["war_bar"])[0], rules.war.hot_line, spread)


def _call_to_vote(world: World, earlier: Setup) -> None:
    """Where the next election on the calendar is no longer on the same day, members await the new one."""
    due = world.members.election_due
    for member, (was, now) in enumerate(zip(_next(earlier, world.step), _next(world.setup, world.step), strict=True)):
        due[:, member] = np.where(due[:, member] == was, now, due[:, member])


def _next(setup: Setup, step: int) -> list[int]:
    """Step of each member's next election on the calendar, or the number of steps."""
    found = [setup.n_steps] * len(setup.roster)
    for day, places in sorted(setup.elections.items(), reverse=True):
        for place in places if day >= step else ():
            found[place] = day
    return found


def decide_anew(world: World, rows: npt.NDArray[np.intp]) -> None:
    """What chance has decided and not yet shown is decided anew by the world's draws, in some runs.

    Args:
        world: changed in place; its draws are those of the runs from here on.
        rows: positions of the runs.
    """
    m, b, setup = world.members, world.bargain, world.setup
    m.ratification_progress[rows] = 0.0  # what is left of an exponential time does not depend on what has passed
    drawn = world.draws["spells"][world.step // setup.quarter_steps][rows].astype(np.float64)
    rules = world.by_member.bargaining
    ends = bargaining.ends_at(b.age[rows], -np.log1p(-drawn[:, SPELL_DRAWS.index("ends")]), rules)
    b.ends_at[rows] = np.where(b.spell[rows], ends, b.ends_at[rows])
    resists = bargaining.resists(drawn[:, SPELL_DRAWS.index("opens")], rules.opportunism * setup.roster.opportunism)
    so_far = b.temptation[rows, None]
    b.resists[rows] = np.where(b.resists[rows] > so_far, so_far + resists, b.resists[rows])
    b.weakest[rows] = b.resists[rows].min(axis=-1)


# --- a whole history ------------------------------------------------------------------------------------------------

AfterStep = Callable[[World, AnyArray], None]
"""A function of the world after a step, and of the stances before it."""


def begun(setups: Sequence[Setup], eras: Sequence[Era], seed: int) -> Iterator[World]:
    """The world of one run at the beginning of each era; step it to the next before asking for that."""
    world = first_day(setups[0], draw(setups[0].streams, seed, [eras[0].run]))
    schedule.begin(world)
    yield world
    for (earlier, era), setup in zip(pairwise(eras), setups[1:], strict=True):
        anew = np.array([era.run != earlier.run])
        world = forked(world, setup, draw(setup.streams, seed, [era.run]), anew)
        yield world


def step_to(world: World, step: int, after: AfterStep | None = None) -> None:
    """Step a world until so many steps are done.

    Args:
        world: changed in place.
        step: number of steps done at the end.
        after: called after each step.
    """
    while world.step < step:
        before = world.members.stance
        schedule.step(world)
        if after is not None:
            after(world, before)


def ends_of(eras: Sequence[Era], last: int) -> list[int]:
    """Step at which each era ends: where the next begins, and the last one at the step given."""
    return [*(era.step for era in eras[1:]), last]
