"""What is recorded of a run: each variable is declared once, with its dimensions, unit, meaning and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.agents.bargaining import Payments
from article10.agents.instruments import INSTRUMENTS
from article10.agents.members import NEVER, NO_BALLOT
from article10.model.accession_rule import SHELVED, Milestone
from article10.model.arguments import check_names
from article10.model.mechanisms import BOUNDS
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.machine import check_memory

AnyArray = npt.NDArray[Any]

CONTRIBUTION = "contribution"
"""Name under which what each mechanism did to each stance in each step is recorded."""


@dataclass(frozen=True)
class Variable:
    """A recorded variable.

    Attributes:
        unit: unit of the values.
        description: meaning of the variable.
        read: returns the present value, given the world.
        dtype: type in which values are stored.
    """

    unit: str
    description: str
    read: Callable[[World], AnyArray]
    dtype: type = np.float32


def _barred_by_war(world: World) -> AnyArray:
    return world.standing().by_war


def _use_of(place: int) -> Callable[[World], AnyArray]:
    return lambda world: world.russia.uses[:, place]


MEMBER_VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "stance": Variable("1", "willingness to admit the candidate now, -1 to 1", lambda w: w.members.stance),
        "perceived": Variable("1", "stance as the other members know it", lambda w: w.members.perceived),
        "orientation": Variable(
            "1", "present government's departure from disposition", lambda w: w.members.orientation
        ),
        "government_ties": Variable(
            "1", "government's closeness to Russia, 0 to 1", lambda w: w.members.government_ties
        ),
        "threat": Variable("1", "perceived threat", lambda w: w.members.threat),
        "pressure": Variable("1", "stock of Russian pressure", lambda w: w.members.pressure),
        "felt_pressure": Variable("1", "pressure as felt, 0 to 1", lambda w: w.members.felt_pressure),
        "susceptibility": Variable(
            "1", "how readily it yields to pressure, 0 to 1", lambda w: w.members.susceptibility
        ),
        "cover": Variable("1", "what it adds to its stance when it voices it", lambda w: w.members.cover, np.float64),
        "hold": Variable("", "whether it holds out for a price", lambda w: w.members.hold, np.int8),
        "consent": Variable("", "whether it has given its consent", lambda w: w.members.consent, np.int8),
        "side_deal": Variable("", "whether Russia has a side deal with it", lambda w: w.bargain.deal, np.int8),
        "election_due": Variable("step", "step of the next election", lambda w: w.members.election_due, np.int32),
        "barred_by_war": Variable("", "whether it objects because of the war", _barred_by_war, np.int8),
        "trust": Variable("1", "trust in the hegemon, 0 to 1", lambda w: w.members.trust),
        "spending": Variable("% GDP", "defence spending", lambda w: w.members.spending),
        "ratified": Variable("", "whether the member has ratified", lambda w: w.members.ratified, np.int8),
    }
)
"""Variables of shape (run, step, member), recorded on request; ``stance`` by default."""

RUN_VARIABLES: Mapping[str, Variable] = MappingProxyType(
    {
        "stage": Variable("", "stage of the accession, by code", lambda w: w.accession.stage, np.int8),
        "war_intensity": Variable("1", "intensity of the war, 0 to 1", lambda w: w.russia.war_intensity),
        "front": Variable(
            "share of the country", "Russian territorial progress since the start", lambda w: w.russia.front
        ),
        "ceasefire": Variable("", "whether a ceasefire holds", lambda w: w.russia.ceasefire, np.int8),
        "alarm": Variable("1", "Russia's alarm at accession, 0 to 1", lambda w: w.russia.alarm),
        "effort": Variable("1/year", "pressure exerted by Russia", lambda w: w.russia.effort),
        "resources": Variable("1", "Russia's resources; 1 at the start", lambda w: w.russia.resources),
        **{
            f"use_{name}": Variable("1", f"share to which Russia uses its instrument {name}", _use_of(place))
            for place, name in enumerate(INSTRUMENTS)
        },
        "plans": Variable(
            "",
            "plans offered at the last review, a sum: 1 by Russia, 2 if accepted; 4 by the hegemon, 8 if accepted",
            lambda w: w.candidate.plans,
            np.int8,
        ),
        "deterrence": Variable("1", "deterrence of an attack on a member, 0 to 1", lambda w: w.deterrence),
        "guarantee": Variable("1", "security guarantee as far as it is believed", lambda w: w.guarantee),
        "force_cap": Variable("1", "cap on the candidate's forces by a plan, 0 to 1", lambda w: w.candidate.force_cap),
        "aspiration": Variable("1", "candidate's wish to join, 0 to 1", lambda w: w.candidate.aspiration),
        "readiness": Variable("1", "candidate's reforms done, 0 to 1", lambda w: w.candidate.readiness),
    }
)
"""Variables of shape (run, step), of which an ensemble records all whenever it records a variable by member."""


def check_record(record: Sequence[str]) -> tuple[str, ...]:
    """The names of the variables to record, checked.

    Raises:
        ValueError: a name is unknown.
    """
    check_names("record", record)
    known = [*MEMBER_VARIABLES, CONTRIBUTION, *RUN_VARIABLES]
    for name in record:
        if name not in known:
            raise ValueError(f"record: {name!r} is not a variable; valid: {', '.join(known)}")
    return tuple(dict.fromkeys(record))


def bytes_of_a_run(setup: Setup, record: Sequence[str]) -> int:
    """About how many bytes a run takes, in memory and on disk: its outcomes, and what is recorded at every step."""
    members, steps, councils = len(setup.roster), setup.n_steps + 1, len(setup.councils)
    sizes = {name: members * np.dtype(variable.dtype).itemsize for name, variable in MEMBER_VARIABLES.items()}
    sizes |= {name: np.dtype(variable.dtype).itemsize for name, variable in RUN_VARIABLES.items()}
    sizes[CONTRIBUTION] = members * (len(setup.mechanisms) + 1) * np.dtype(float).itemsize
    outcomes = 2 * councils * (members + 1) + 4 * setup.n_quarters * members + 6 * members + 54 + 4 * len(INSTRUMENTS)
    events = len(setup.scenario.events) if any(name in RUN_VARIABLES for name in record) else 0
    return outcomes + steps * (sum(sizes[name] for name in record) + events)


def with_run_variables(record: Sequence[str]) -> tuple[str, ...]:
    """What an ensemble records: the variables named, and with them, if there are any, the variables by run."""
    return tuple(dict.fromkeys([*record, *RUN_VARIABLES])) if record else ()


class OutcomeRecorder:
    """Outcomes of each run: stages reached, ballots, ratifications, years of war. They are always recorded."""

    def __init__(self, setup: Setup, runs: int) -> None:
        """Allocate the arrays.

        Args:
            setup: setup of the ensemble.
            runs: number of runs.
        """
        members, councils = len(setup.roster), len(setup.councils)
        self.place_of_council = {step: place for place, step in enumerate(setup.councils)}
        self.stage = np.zeros(runs, np.int8)
        self.entered = {milestone: np.full(runs, NEVER, np.int32) for milestone in Milestone}
        self.ever_shelved = np.zeros(runs, np.int8)
        self.war_steps = np.zeros(runs, np.int32)
        self.breaches = np.zeros(runs, np.int16)
        self.ceasefire = np.zeros(runs, dtype=bool)
        self.ballot = np.full((runs, councils, members), NO_BALLOT, np.int8)
        self.reason = np.zeros((runs, councils, members), np.int8)
        self.question_put = np.zeros((runs, councils), np.int8)
        self.invited = np.zeros((runs, councils), np.int8)
        self.ratified_step = np.full((runs, members), NEVER, np.int32)
        quarters = (runs, setup.n_quarters, members)
        self.payer = np.full(quarters, NEVER, np.int8)
        self.paid = np.zeros(quarters, np.int8)
        self.paid_for = np.zeros(quarters, np.int8)
        self.paid_week = np.zeros(quarters, np.int8)
        self.final_capital = np.zeros((runs, members + 1), np.int16)
        self.final_spending = np.zeros(runs, np.float32)
        self.final_cohesion = np.zeros(runs, np.float32)
        self.final_stance = np.zeros(runs, np.float32)
        self.final_front = np.zeros(runs, np.float32)
        self.attacked_step = np.full(runs, NEVER, np.int32)
        self.russia_payoff = np.zeros(runs, np.float32)
        self.russia_spent = np.zeros(runs, np.float32)
        self.instrument_use = np.zeros((runs, len(INSTRUMENTS)), np.float32)

    def part(self, rows: slice) -> OutcomeRecorder:
        """The outcomes of some of the runs, in the same memory."""
        own = copy(self)
        own.__dict__.update({name: value[rows] for name, value in vars(self).items() if isinstance(value, np.ndarray)})
        own.entered = {milestone: step[rows] for milestone, step in self.entered.items()}
        return own

    def arrays(self, rows: slice) -> dict[str, AnyArray]:
        """Everything that is recorded of some runs, by name, as views."""
        by_name = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        by_name |= {f"entered_{code}": step for code, step in self.entered.items()}
        return {name: value[rows] for name, value in by_name.items()}

    def before(self, world: World, rows: slice) -> None:
        """Record the stages on the first day."""
        self._enter(world, rows, np.ones(world.n_runs, dtype=bool))
        self.ceasefire[rows] = world.russia.ceasefire

    def after_step(self, world: World, rows: slice) -> None:
        """Record the world after a step."""
        self.war_steps[rows] += world.is_war_hot
        self.breaches[rows] += self.ceasefire[rows] > world.russia.ceasefire
        self.ceasefire[rows] = world.russia.ceasefire
        changed = world.accession.stage != self.stage[rows]
        if changed.any():
            self._enter(world, rows, changed)
        if world.council is not None:
            place = self.place_of_council[world.step - 1]
            self.ballot[rows, place] = world.council.ballots
            self.reason[rows, place] = world.council.reasons
            self.question_put[rows, place] = world.council.question_put
            self.invited[rows, place] = world.council.invited
        if world.payments is not None:
            self._pay(world, rows, world.payments)
        if world.step == world.setup.n_steps:
            members = world.members
            self.ratified_step[rows] = members.ratified_step
            self.final_spending[rows] = (members.spending * world.setup.roster.influence_weight).sum(axis=-1)
            self.final_cohesion[rows] = 1.0 - members.stance.std(axis=-1)
            self.final_stance[rows] = (members.stance * world.setup.roster.influence_weight).sum(axis=-1)
            self.final_front[rows] = world.russia.front
            self.final_capital[rows] = world.bargain.budget
            self.attacked_step[rows] = world.accession.attacked_step
            self.russia_payoff[rows] = world.russia_payoff
            self.russia_spent[rows] = world.russia.spent
            self.instrument_use[rows] = world.russia.used / world.setup.n_reviews

    def _pay(self, world: World, rows: slice, made: Payments) -> None:
        """Record payments: a member is paid at most once a quarter."""
        quarter, step = divmod(world.step - 1, world.setup.quarter_steps)
        place = rows.start + made.row, quarter, made.holdout
        self.payer[place], self.paid[place] = made.payer, made.amount
        self.paid_for[place], self.paid_week[place] = made.kind, step

    def _enter(self, world: World, rows: slice, changed: AnyArray) -> None:
        run = rows.start + changed.nonzero()[0]
        stage = world.accession.stage[changed]
        shelved = stage == SHELVED
        self.stage[run] = stage
        self.ever_shelved[run] |= shelved
        for milestone, step in self.entered.items():
            so_far = step[run]
            reached = np.where(so_far == NEVER, world.step, so_far)
            step[run] = np.where((stage >= milestone.stage) & ~shelved, reached, NEVER)


Keep = Callable[[str, int, AnyArray], None]
"""A function of a variable's name, the position of the first value on its time axis, and values, (time, run, ...)."""


class TrajectoryRecorder:
    """The chosen variables at every step, and whether each event acted.

    Attributes:
        held: by variable, (time, run, ...), so that a step writes contiguous memory; time is the step, or, for what
            happens between two steps (events, contributions), the interval.
    """

    def __init__(
        self, setup: Setup, runs: int, record: Sequence[str], stretch: int | None = None, keep: Keep | None = None
    ) -> None:
        """Allocate the arrays.

        Args:
            setup: setup of the ensemble.
            runs: number of runs.
            record: names in MEMBER_VARIABLES or RUN_VARIABLES, or CONTRIBUTION.
            stretch: number of steps to hold at a time, by default all; fewer only if all runs are stepped together.
            keep: receives the values of each stretch of steps when it is full.
        """
        steps, members = setup.n_steps, len(setup.roster)
        self.mechanisms = [*setup.mechanisms, BOUNDS]
        self.members = [name for name in check_record(record) if name in MEMBER_VARIABLES]
        self.runs = [name for name in record if name in RUN_VARIABLES]
        self.events = [event.name for event in setup.scenario.events] if self.runs else []
        axes: dict[str, tuple[int, tuple[int, ...], type]] = {
            **{name: (steps + 1, (members,), MEMBER_VARIABLES[name].dtype) for name in self.members},
            **{name: (steps + 1, (), RUN_VARIABLES[name].dtype) for name in self.runs},
            **{f"event_{name}": (steps, (), np.int8) for name in self.events},
        }
        if CONTRIBUTION in record:
            axes[CONTRIBUTION] = steps, (members, len(self.mechanisms)), np.float64
        self.ends = {name: length for name, (length, _, _) in axes.items()}
        self.held: dict[str, AnyArray] = {
            name: np.zeros((min(length, stretch or length), runs, *rest), dtype)
            for name, (length, rest, dtype) in axes.items()
        }
        self.keep = keep

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        world.record_rates = CONTRIBUTION in self.held
        self._state(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: AnyArray) -> None:
        """Record the world after a step.

        Args:
            world: the world after the step.
            rows: rows of this chunk.
            stance_before: stances before the step, from which contributions are computed.
        """
        self._state(world, rows)
        interval = world.step - 1
        if self.events:
            for event, acts, _ in world.events:
                self._note(f"event_{event.name}", interval, rows, acts[interval])
        if CONTRIBUTION in self.held:
            parts = np.empty((*stance_before.shape, len(self.mechanisms)))
            effective_step = world.by_member.constants.effective_step
            for place, rate in enumerate(world.rates.values()):
                parts[..., place] = np.asarray(effective_step, np.asarray(rate).dtype) * rate  # float32 noise stays so
            parts[..., -1] = world.members.stance - stance_before - parts[..., :-1].sum(axis=-1)
            self._note(CONTRIBUTION, interval, rows, parts)

    def _state(self, world: World, rows: slice) -> None:
        for name in self.members:
            self._note(name, world.step, rows, MEMBER_VARIABLES[name].read(world))
        for name in self.runs:
            self._note(name, world.step, rows, RUN_VARIABLES[name].read(world))

    def _note(self, name: str, time: int, rows: slice, values: AnyArray) -> None:
        held = self.held[name]
        place = time % len(held)
        held[place, rows] = values
        if self.keep is not None and (place + 1 == len(held) or time + 1 == self.ends[name]):
            self.keep(name, time - place, held[: place + 1])


class Recorder:
    """Everything recorded of an ensemble, chunk by chunk; a chunk does not see the rows of another.

    Attributes:
        outcomes: outcomes of each run.
        trajectories: the variables at every step; None if none are recorded.
    """

    def __init__(self, setup: Setup, runs: int, record: Sequence[str]) -> None:
        """Allocate the arrays for some runs; without names to record, those of their outcomes alone.

        Raises:
            TooLargeError: there is too little memory.
        """
        check_memory(f"{runs:,} runs", runs * bytes_of_a_run(setup, check_record(record)))
        self.n_runs = runs
        self.outcomes = OutcomeRecorder(setup, runs)
        self.trajectories = TrajectoryRecorder(setup, runs, record) if check_record(record) else None

    def part(self, rows: slice) -> Recorder:
        """The records of some of the runs, in the same memory: outcomes, and trajectories if recorded."""
        own = copy(self)
        own.n_runs, own.outcomes, own.trajectories = rows.stop - rows.start, self.outcomes.part(rows), None
        return own

    def arrays(self, rows: slice) -> dict[str, AnyArray]:
        """Everything that is recorded of some runs, by name, as views."""
        held = {} if self.trajectories is None else self.trajectories.held
        return {**self.outcomes.arrays(rows), **{f"by_time_{name}": values[:, rows] for name, values in held.items()}}

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self.outcomes.before(world, rows)
        if self.trajectories is not None:
            self.trajectories.before(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: AnyArray) -> None:
        """Record the world after a step; ``stance_before`` are the stances before it."""
        self.outcomes.after_step(world, rows)
        if self.trajectories is not None:
            self.trajectories.after_step(world, rows, stance_before)
