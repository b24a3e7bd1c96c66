"""The world on the first day: every actor's state before the first step."""

from __future__ import annotations

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.bargaining import DAYS_PER_YEAR, BargainArrays
from article10.agents.candidate import CandidateState
from article10.agents.instruments import INSTRUMENTS
from article10.agents.members import (
    NEVER,
    STANCE_LIMIT,
    MemberArrays,
    susceptibility,
    trust_target,
    war_line,
)
from article10.agents.russia import RussiaState, prior_response
from article10.agents.secretary_general import NOT_CLEAR, SecretaryGeneralState
from article10.model.events import Event
from article10.model.randomness import Draws
from article10.model.setup import Setup
from article10.model.values import PlaceArray, Values
from article10.model.world import AccessionState, World

LONG_AGO = 1_000_000
"""Steps before the first one, in which anything that has never happened can be said to have happened last."""


def first_day(setup: Setup, draws: Draws, place: PlaceArray | None = None) -> World:
    """The world on the first day.

    Stances are drawn around their codes; dispositions are such that the drawn stances are at rest.

    Args:
        setup: setup of a scenario or of a stack.
        draws: random draws of all runs, in their order.
        place: for each run, the place of its scenario in the stack, (run,); not for one scenario.
    """
    stance_draws = draws["initial_stance"][0]
    n, values = len(stance_draws), setup.values
    by_run = values.alone if place is None else values.at(place)
    by_member = values.alone if place is None else values.at(place[:, None])
    members = _members(setup, by_run, by_member, stance_draws)
    zeros, bar, war = np.zeros(n), by_run.constants.war_bar, by_member.war
    return World(
        setup=setup,
        place=place,
        by_run=by_run,
        by_member=by_member,
        draws=draws,
        events=_activity(setup, draws),
        step=0,
        members=members,
        russia=_russia(setup, by_run, by_member, members),
        candidate=_candidate(setup, by_run, n),
        secretary_general=SecretaryGeneralState(
            zeros.copy(), zeros.copy(), zeros.copy(), zeros.copy(), np.full(n, NOT_CLEAR)
        ),
        bargain=_bargain(setup, by_run, members.stance.shape),
        accession=AccessionState(
            stage=np.full(n, setup.start_stage, dtype=np.int8),
            talks=zeros.copy(),
            ratifying=zeros.copy(),
            attacked_step=np.full(n, NEVER, np.int32),
        ),
        pledge=np.full(n, float(setup.roster.defence_spending.mean())),
        pledge_target=_filled(n, by_run.spending.pledge),
        pledge_deadline=_filled(n, by_run.spending.pledge_deadline),
        trust_start=members.trust.copy(),
        war_line=war_line(bar, draws["war_bar"][0], war.hot_line, by_member.accession.war_bar_spread),
        spending_rise=zeros.copy(),
        deterrence=_filled(n, by_run.article5.deterrence),
        exposed=np.ones(n),
        lent_cover=np.zeros_like(members.stance),
    )


def _activity(setup: Setup, draws: Draws) -> list[tuple[Event, BoolArray, BoolArray]]:
    """Each event, whether it acts in each step and run, and whether it acts in any run of a step."""
    events = []
    for event in setup.scenario.events:
        acts = setup.activity(event, np.asarray(draws[f"event:{event.name}"]))
        events.append((event, acts, np.asarray(acts.any(axis=-1))))
    return events


def _filled(n: int, value: FloatArray | float) -> FloatArray:
    """An array over runs, (run,), of a number or of one value a run."""
    return np.broadcast_to(np.asarray(value, np.float64), (n,)).copy()


def _bargain(setup: Setup, by_run: Values, shape: tuple[int, ...]) -> BargainArrays:
    none, n = np.zeros(shape), shape[0]
    capital = by_run.constants.capital
    return BargainArrays(
        spell=np.zeros(shape, dtype=bool),
        quarter=np.full(shape, NEVER, np.int16),
        deal=np.zeros(shape, dtype=bool),
        age=none.copy(),
        ends_at=none.copy(),
        stood=np.broadcast_to(setup.roster.standing_days / DAYS_PER_YEAR, shape).copy(),
        temptation=np.zeros(n),
        resists=none.copy(),
        weakest=np.zeros(n),
        budget=np.broadcast_to(capital, (n, capital.shape[-1])).copy(),
        forced_until=np.full(n, NEVER, np.int32),
        forced_since=np.full(n, -setup.n_steps - setup.steps_a_year, np.int32),
    )


def _members(setup: Setup, by_run: Values, by_member: Values, draws: FloatArray) -> MemberArrays:
    roster, p = setup.roster, by_member.stance
    stance = np.clip(roster.stance + p.spread_scale * roster.stance_spread * draws, -STANCE_LIMIT, STANCE_LIMIT)
    none = np.zeros_like(stance)
    ties = np.broadcast_to(roster.government_ties, stance.shape).copy()
    orientation = np.broadcast_to(by_run.constants.orientation, stance.shape).copy()
    hegemon = stance[:, setup.hegemon : setup.hegemon + 1]
    assessed = stance.copy()
    if "peers" in setup.mechanisms:  # at rest, assessment offsets the pull of peers
        pull = setup.peers(stance, stance, setup.network, setup.hegemon, none, p)
        assessed -= np.divide(pull, p.assessment_rate, out=none.copy(), where=np.greater(p.assessment_rate, 0))
    return MemberArrays(
        stance=stance,
        perceived=stance.copy(),
        disposition=assessed - orientation,
        orientation=orientation,
        government_ties=ties,
        threat=np.broadcast_to(by_run.constants.threat, stance.shape).copy(),
        incidents=none.copy(),
        pressure=none.copy(),
        felt_pressure=none.copy(),
        susceptibility=susceptibility(roster.structural_susceptibility, ties, none, by_member.spending.resilience),
        trust=trust_target(hegemon, stance, by_member.trust),
        spending=np.broadcast_to(roster.defence_spending, stance.shape).copy(),
        persuasion=none.copy(),
        cover=none.copy(),
        hold=np.zeros(stance.shape, dtype=bool),
        consent=np.zeros(stance.shape, dtype=bool),
        alternative=np.zeros(stance.shape, dtype=bool),
        election_due=np.broadcast_to(setup.first_elections, stance.shape).copy(),
        ratified_step=np.full(stance.shape, NEVER, dtype=np.int32),
        ratification_progress=none.copy(),
    )


def _russia(setup: Setup, by_run: Values, by_member: Values, members: MemberArrays) -> RussiaState:
    n = len(members.stance)
    zeros, uses = np.zeros(n), np.zeros((n, len(INSTRUMENTS)))
    return RussiaState(
        resources=np.ones(n),
        effort=zeros.copy(),
        alarm=zeros.copy(),
        war_intensity=_filled(n, by_run.constants.war_intensity),
        war_level=_filled(n, by_run.war.intensity),
        front=zeros.copy(),
        ceasefire=np.full(n, setup.scenario.war.starts_in_ceasefire),
        shares=np.zeros_like(members.stance),
        active=np.zeros(n, dtype=bool),
        observed=members.stance.copy(),
        response=prior_response(members.susceptibility, by_member.russia),
        uses=uses.copy(),
        prolongs=zeros.copy(),
        offered=np.full(n, -LONG_AGO, np.int32),
        spent=zeros.copy(),
        used=uses.copy(),
    )


def _candidate(setup: Setup, by_run: Values, n: int) -> CandidateState:
    fresh_guarantee = 0.0 if setup.scenario.guarantees.renewal else by_run.guarantees.initial
    return CandidateState(
        aspiration=_filled(n, by_run.candidate.aspiration),
        readiness=_filled(n, by_run.candidate.readiness),
        shelved=np.zeros(n, dtype=bool),
        bound_by_plan=np.zeros(n, dtype=bool),
        force_cap=np.zeros(n),
        guarantee=_filled(n, fresh_guarantee),
        binding_guarantee=np.zeros(n),
        plans=np.zeros(n, np.int8),
    )
