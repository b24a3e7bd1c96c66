"""What is fixed during a run: the scenario as arrays, the calendar, the network, random streams and functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.bargaining import cover_matrix, hesitancy
from article10.agents.bounded_confidence import is_bounded, near_peers
from article10.agents.instruments import INSTRUMENTS
from article10.agents.members import NEVER, peers, war_line
from article10.agents.outlook import Outlook
from article10.agents.parameter import Parameters
from article10.agents.plans import PLAN_DRAWS
from article10.agents.russia import FORWARD_LOOKING, STRATEGIES, Strategy
from article10.agents.stackable import is_stackable
from article10.model.accession_rule import STAGES
from article10.model.calendars import council_dates, election_dates, recess_shares, term_years
from article10.model.coded import STANCE_PER_CODE
from article10.model.constants import SOUNDING_DAYS, quantile, quarter_steps, review_steps
from article10.model.edition import Edition, read_edition
from article10.model.events import ALL, Event, SummitEvent
from article10.model.government_events import ElectionEvent, SnapElectionEvent
from article10.model.influence_network import influence_network
from article10.model.mechanisms import MECHANISMS, Mechanism
from article10.model.randomness import Stream
from article10.model.roster import Roster
from article10.model.scenario import Scenario, ScenarioError
from article10.model.values import Stack, stack_key, stacks

SPELL_DRAWS = ("opens", "ends", "asks to be paid", "yields unpaid", "holds out again")
"""What is left to chance in bargaining, in each quarter for each member."""

SUMMIT = "summit"
"""Kind of the meetings on whose agenda the question can force a decision."""

SURE = 8.0
"""Normal quantile that stands for certainty, where a sum of infinite ones would have no value."""

SAME_ELECTION_DAYS = 60
"""A dated election event replaces an election on the calendar that is at most this many days away."""


@dataclass(frozen=True)
class Setup:
    """A scenario ready to run, or a stack of scenarios that differ in numbers only.

    Attributes:
        scenario: the scenario from which it was made; of a stack the first, for what its scenarios have in common.
        roster: the scenario's members, with its overrides applied.
        strategy: function that spreads Russia's effort.
        mechanisms: the mechanisms in use, indexed by name; those switched off are left out.
        stacked: the scenarios of the stack; a single one if there is no other.
        own_outlook: an outlook to use instead of that of the edition, while one is fitted.
    """

    scenario: Scenario
    roster: Roster
    strategy: Strategy
    mechanisms: Mapping[str, Mechanism]
    stacked: tuple[Scenario, ...]
    own_outlook: Outlook | None = None

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
    ) -> Setup:
        """Prepare a scenario.

        Args:
            scenario: the scenario to run.
            strategy: a function to use instead of the strategy that the scenario names.
            mechanisms: mechanisms to use instead of ``MECHANISMS``; the scenario's switches apply to those it names.

        Raises:
            ScenarioError: the scenario names a strategy that does not exist.
        """
        name = scenario.russia.strategy
        if strategy is None:
            if name not in STRATEGIES:
                raise ScenarioError(
                    f"russia.strategy = {name!r}: no such strategy; valid: {', '.join(STRATEGIES)}, or pass a function"
                )
            strategy = STRATEGIES[name]
        switches: Parameters = scenario.mechanisms
        offered = MECHANISMS if mechanisms is None else mechanisms
        used = {k: f for k, f in offered.items() if getattr(switches, k, True)}
        return cls(scenario, scenario.members(), strategy, used, (scenario,))

    def stack(self, scenarios: Sequence[Scenario]) -> Setup:
        """The same for scenarios that are to be stepped side by side.

        Args:
            scenarios: with the same ``stack_key`` as this one, which need not be among them.

        Raises:
            ValueError: one differs in more than numbers.
        """
        key = stack_key(self.scenario)
        for scenario in scenarios:
            if stack_key(scenario) != key:
                raise ValueError(
                    f"{scenario.name}: cannot be stepped beside {self.scenario.name}: it differs in more than numbers"
                )
        return replace(self, scenario=scenarios[0], stacked=tuple(scenarios))

    @property
    def is_stackable(self) -> bool:
        """Whether every function and every kind of event in it is marked ``stackable``."""
        return all(map(is_stackable, self.rules))

    @property
    def rules(self) -> tuple[Callable[..., object], ...]:
        """Every function and every kind of event in it."""
        return self.strategy, *self.mechanisms.values(), *map(type, self.scenario.events)

    @cached_property
    def values(self) -> Stack:
        """Parameters and constants of every scenario of the stack."""
        return Stack(self.stacked, self.roster, self.mechanisms)

    @cached_property
    def edition(self) -> Edition:
        """The tables on which the scenario stands."""
        return read_edition(self.scenario.edition)

    @cached_property
    def outlook(self) -> Outlook:
        """How likely accession looks to actors that look ahead."""
        return self.own_outlook or Outlook.of(self.edition.table("outlook"))

    @property
    def looks_ahead(self) -> bool:
        """Whether Russia chooses among its instruments."""
        return self.strategy is STRATEGIES[FORWARD_LOOKING]

    # --- time ---------------------------------------------------------------------------------------------------

    @cached_property
    def dt(self) -> float:
        """Length of a step in years."""
        return self.scenario.step_years

    @cached_property
    def n_steps(self) -> int:
        """Number of steps."""
        return self.scenario.n_steps

    @cached_property
    def review_steps(self) -> int:
        """Steps between two reviews of Russia's effort."""
        return review_steps(self.scenario)

    @cached_property
    def review_years(self) -> float:
        """Time between two reviews in years."""
        return self.review_steps * self.dt

    @cached_property
    def n_reviews(self) -> int:
        """Number of reviews."""
        return -(-self.n_steps // self.review_steps)

    @cached_property
    def steps_a_year(self) -> int:
        """Number of steps in a year."""
        return max(1, round(365.25 / self.scenario.step_days))

    @cached_property
    def n_quarters(self) -> int:
        """Number of quarters, the last of which may be cut short by the horizon."""
        return -(-self.n_steps // self.quarter_steps)

    @cached_property
    def sounding_steps(self) -> int:
        """Number of steps between two soundings of the members."""
        return max(1, round(SOUNDING_DAYS / self.scenario.step_days))

    @cached_property
    def sounding_years(self) -> float:
        """Time between two soundings in years."""
        return self.sounding_steps * self.dt

    @cached_property
    def quarter_steps(self) -> int:
        """Number of steps between two quarterly updates of defence spending and trust."""
        return quarter_steps(self.scenario)

    # --- members ------------------------------------------------------------------------------------------------

    @cached_property
    def network(self) -> FloatArray:
        """Influence of member j on member i in row i, (member, member); stored by column, which makes sums faster."""
        made_of = self.scenario.stance.network
        return np.asfortranarray(influence_network(self.roster.influence_weight, self.roster.affinity, made_of))

    @cached_property
    def peers(self) -> Callable[..., FloatArray]:
        """The rule by which peers pull: with the confidence bound where there is one."""
        return near_peers if is_bounded(self.scenario.stance) else peers

    @cached_property
    def hegemon(self) -> int:
        """Position on the member axis of the member with the greatest influence weight."""
        return int(np.argmax(self.roster.influence_weight))

    @cached_property
    def smallness(self) -> FloatArray:
        """1 minus the influence weight as a share of the greatest, (member,): small members can ride free."""
        weight = self.roster.influence_weight
        return 1.0 - weight / weight.max()

    @cached_property
    def cover(self) -> FloatArray:
        """Rise of each member's voiced stance if another ceases to object, at a cover weight of 1, (other, member)."""
        return cover_matrix(hesitancy(self.roster.stance, STANCE_PER_CODE), self.roster.influence_weight)

    def barred_at(self, intensity: float) -> tuple[str, ...]:
        """Codes of the members that usually object because of a war of this intensity: in at least half of the runs."""
        alone, middle = self.values.alone, np.full(len(self.roster), 0.5)
        line = war_line(alone.constants.war_bar, middle, alone.war.hot_line, alone.accession.war_bar_spread)
        return tuple(code for code, own in zip(self.roster.iso3, line, strict=True) if intensity > own)

    def chosen(self, codes: tuple[str, ...] | str) -> FloatArray:
        """1 for each named member and 0 for the others, (member,); ``"all"`` names every member."""
        return np.array([float(codes == ALL or code in codes) for code in self.roster.iso3])

    @cached_property
    def event_members(self) -> Mapping[str, FloatArray]:
        """Indexed by event: 1 for members that the event names (all if it names none), 0 for others, (member,)."""
        return {event.name: self.chosen(event.members_named or ALL) for event in self.scenario.events}

    @cached_property
    def event_weight(self) -> Mapping[str, float]:
        """Indexed by event: summed influence weight of the members that it names."""
        return {name: float(named @ self.roster.influence_weight) for name, named in self.event_members.items()}

    # --- calendar -----------------------------------------------------------------------------------------------

    @cached_property
    def councils(self) -> Mapping[int, tuple[date, str]]:
        """Council meetings, indexed by step: date and kind. Dated summits of the scenario are included."""
        s = self.scenario
        meetings = list(council_dates(s.start, s.horizon, self.edition))
        meetings += [(e.date, "summit") for e in s.events if isinstance(e, SummitEvent) and e.date]
        by_step = {s.step_of(day): (day, kind) for day, kind in sorted(meetings)}
        return {step: meeting for step, meeting in by_step.items() if 0 <= step < self.n_steps}

    @cached_property
    def recess(self) -> tuple[float, ...]:
        """Share of each step's days on which parliaments are in recess."""
        return recess_shares(self.scenario.start, self.scenario.step_days, self.n_steps)

    @cached_property
    def without_agenda(self) -> frozenset[int]:
        """Steps of meetings at which the question cannot be put: the scenario says that it is not on their agenda."""
        s = self.scenario
        mute = {s.step_of(e.date) for e in s.events if isinstance(e, SummitEvent) and e.date and not e.agenda}
        others = {s.step_of(day) for day, _ in council_dates(s.start, s.horizon, self.edition)}
        others |= {s.step_of(e.date) for e in s.events if isinstance(e, SummitEvent) and e.date and e.agenda}
        return frozenset(mute - others)

    @cached_property
    def agenda(self) -> tuple[int, ...]:
        """For each step, the last summit for which the question can now be put on the agenda, by its step; or -1."""
        s = self.scenario
        weeks = round(s.bargaining.agenda_weeks * 7 / s.step_days)
        beyond = s.horizon + timedelta(days=(weeks + 1) * s.step_days)  # a longer horizon must change no step
        days = [day for day, kind in council_dates(s.start, beyond, self.edition) if kind == SUMMIT]
        days += [e.date for e in s.events if isinstance(e, SummitEvent) and e.date and e.agenda]
        next_summit = [NEVER] * self.n_steps
        for step in sorted(map(s.step_of, days)):  # of several, the last gives the longest time to decide
            for before in range(max(0, step - weeks), min(step + 1, self.n_steps)):
                next_summit[before] = step
        return tuple(next_summit)

    @cached_property
    def elections(self) -> Mapping[int, tuple[int, ...]]:
        """Elections on the calendar, indexed by step: positions of the members that vote then."""
        found: dict[int, list[int]] = {}
        for i, steps in enumerate(self._election_steps):
            for step in steps:
                found.setdefault(step, []).append(i)
        return {step: tuple(places) for step, places in sorted(found.items())}

    @cached_property
    def _election_steps(self) -> tuple[tuple[int, ...], ...]:
        """Steps of each member's elections on the calendar."""
        s = self.scenario
        votes = [e for e in s.events if isinstance(e, ElectionEvent | SnapElectionEvent)]
        found = []
        for code in self.roster.iso3:
            given = [e.date for e in votes if e.member == code and e.date]
            early = [e.date for e in votes if e.member == code and e.date and isinstance(e, SnapElectionEvent)]
            days = election_dates(code, s.start, s.horizon, early, self.edition)
            kept = (day for day in days if all(abs((d - day).days) > SAME_ELECTION_DAYS for d in given))
            found.append(tuple(step for step in map(s.step_of, kept) if step < self.n_steps))
        return tuple(found)

    @cached_property
    def first_elections(self) -> npt.NDArray[np.int32]:
        """Step of each member's first election, the number of steps where there is none, int32 (member,)."""
        return np.array([steps[0] if steps else self.n_steps for steps in self._election_steps], np.int32)

    @cached_property
    def following_elections(self) -> npt.NDArray[np.int32]:
        """Step of the election that follows one in each step, int32 (step, member).

        That is the next on the calendar after one on the calendar or one that the scenario calls early, and one term
        later after any other early election: in the first step of a quarter, as those are.
        """
        terms = np.array([4 * term_years(code, self.edition) for code in self.roster.iso3])
        quarters = np.arange(self.n_steps)[:, None] // self.quarter_steps + terms
        following = (quarters * self.quarter_steps).astype(np.int32)
        early = [e for e in self.scenario.events if isinstance(e, SnapElectionEvent) and e.date]
        for i, (code, steps) in enumerate(zip(self.roster.iso3, self._election_steps, strict=True)):
            for step in {*steps, *(self.scenario.step_of(e.date) for e in early if e.member == code and e.date)}:
                following[step, i] = next((later for later in steps if later > step), self.n_steps)
        return following

    @cached_property
    def alternative_strength(self) -> FloatArray:
        """Normal quantile of the probability that each member's main alternative wins an even election, (member,)."""
        return np.clip([quantile(each) for each in self.roster.alternative_probability], -SURE, SURE)

    @cached_property
    def start_stage(self) -> int:
        """Code of the stage at the start."""
        return STAGES.index(self.scenario.accession.stage)

    # --- randomness ---------------------------------------------------------------------------------------------

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """Every stream of random draws that a run uses."""
        steps, members = self.n_steps, len(self.roster)
        quarters = self.n_quarters
        own = (
            Stream("initial_stance", (1, members)),
            Stream("war_bar", (1, members), "uniform"),
            Stream(
                "member_shocks", (steps, members + 1), "uniform", np.float32
            ),  # the last column is common to all members
            Stream("elections", (quarters, members, 2), "normal", np.float32),  # who wins, and with what orientation
            Stream(
                "government_falls", (quarters, members, 2), "uniform", np.float32
            ),  # when, and whether with an election
            Stream("spells", (quarters, len(SPELL_DRAWS), members), "uniform", np.float32),
            Stream("ceasefire", (steps,), "uniform"),
            Stream("war", (steps, 2)),
            Stream("observation", (self.n_reviews, members)),
            Stream("instruments", (self.n_reviews, len(INSTRUMENTS)), "exponential"),
            Stream("candidate", (1,)),
            Stream("plans", (self.n_reviews, len(PLAN_DRAWS))),
            Stream("ratification", (1, members), "exponential"),
        )
        return own + tuple(stream for event in self.scenario.events for stream in _event_streams(event, steps))

    def activity(self, event: Event, draws: FloatArray) -> BoolArray:
        """Whether an event acts in each step of each run, (step, run).

        Args:
            event: an event of the scenario.
            draws: uniform draws of its stream, (step, run).
        """
        if event.rate is not None:
            begins = draws < float(-np.expm1(-event.rate * self.dt))
        else:
            begins = np.zeros(draws.shape, dtype=bool)
            step = self.scenario.step_of(event.date) if event.date else self.n_steps
            begins[step : step + 1] = True
        if not event.has_duration:
            return begins
        steps = max(1, round(getattr(event, "weeks", 1) * 7 / self.scenario.step_days))
        so_far = np.cumsum(begins, axis=0)
        before = np.zeros_like(so_far)
        before[steps:] = so_far[:-steps]
        return so_far > before


def stacked_setups(
    scenarios: Sequence[Scenario],
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> list[tuple[list[int], Setup]]:
    """Scenarios in as few stacks as they fit: each stack with the places of its scenarios in what was given.

    Args:
        scenarios: to be stepped, in any mixture.
        strategy: a function in place of the named strategy of every scenario.
        mechanisms: in place of ``MECHANISMS``; see ``Setup.of``.
    """
    found = []
    for places in stacks(scenarios):
        setup = Setup.of(scenarios[places[0]], strategy, mechanisms)
        for some in [places] if setup.is_stackable else ([place] for place in places):
            found.append((some, setup.stack([scenarios[place] for place in some])))
    return found


def outcome_stream(event: Event) -> str:
    """Name of the stream for the outcome that an event leaves to chance."""
    return f"event:{event.name}:outcome"


def _event_streams(event: Event, steps: int) -> Iterator[Stream]:
    yield Stream(f"event:{event.name}", (steps,), "uniform", np.float32)
    if event.n_random:
        yield Stream(outcome_stream(event), (steps,) if event.n_random == 1 else (steps, event.n_random))
