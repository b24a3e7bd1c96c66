"""The world: every actor's state in a group of runs, as arrays whose first axis is the run, and the random draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import BoolArray, FloatArray, IntArray
from article10.agents.candidate import CandidateState, credible_guarantee
from article10.agents.members import (
    NEVER,
    STANCE_LIMIT,
    MemberArrays,
    position,
    susceptibility,
    ties_of,
    trust_target,
)
from article10.agents.russia import RussiaState, prior_response
from article10.agents.secretary_general import SecretaryGeneralState
from article10.model.accession_rule import MEMBER
from article10.model.events import Event
from article10.model.randomness import Draws
from article10.model.setup import Setup
from article10.model.values import PlaceArray, Values

RowArray = npt.NDArray[np.intp]
"""Positions of some of the runs on the run axis."""

EVERY = slice(None)
"""All runs, or all members."""


@dataclass
class AccessionState:
    """State of the accession in each run; every array has shape ``(run,)``.

    Attributes:
        stage: code of the stage, int8.
        talks: share of the accession talks done.
        ratifying: time since signature in years, less recess.
    """

    stage: IntArray
    talks: FloatArray
    ratifying: FloatArray

    def rows(self, code: int) -> RowArray:
        """Positions of the runs at the stage with this code."""
        return (self.stage == code).nonzero()[0]

    @property
    def is_member(self) -> BoolArray:
        """Whether the candidate has acceded, (run,)."""
        return self.stage == MEMBER


@dataclass(frozen=True)
class Council:
    """Result of a council meeting.

    Attributes:
        ballots: ballot of each member, or NO_BALLOT if no bid was on the agenda, int8 (run, member).
        reasons: code of the reason for which each member objected, int8 (run, member).
        question_put: whether the question was formally put, (run,).
        invited: whether the candidate was invited, (run,).
    """

    ballots: IntArray
    reasons: IntArray
    question_put: BoolArray
    invited: BoolArray


@dataclass
class World:
    """The whole state of a group of runs at one moment.

    Attributes:
        setup: setup of the runs, which does not change.
        place: for each run, the place of its scenario in the stack, (run,); none where there is one scenario.
        by_run: parameters and constants for rules of ``(run,)`` arrays: each a number, or an array of that shape.
        by_member: the same for rules of ``(run, member)`` arrays: each a number, or an array ``(run, 1)``.
        draws: random draws by stream.
        events: each event with the runs and steps in which it acts, (step, run), and the steps in which any does.
        step: number of steps done.
        members: state of the member states.
        russia: state of Russia.
        candidate: state of the candidate.
        secretary_general: state of the Secretary General's office.
        accession: state of the accession.
        pledge: pledged defence spending at this date, % of GDP, (run,).
        pledge_target: level to which the pledge rises, % of GDP, (run,).
        pledge_deadline: year by which it reaches that level, (run,).
        trust_start: members' trust in the hegemon at the start, (run, member).
        guarantee: security guarantee as far as it is believed, updated after events and after fading, (run,).
        record_rates: whether to record each mechanism's rate; this costs time, and few analyses need it.
        rates: if recorded, the rate of change of stance from each mechanism in the last step, (run, member) each.
        council: the council meeting of the last step, or ``None``.
    """

    setup: Setup
    place: PlaceArray | None
    by_run: Values
    by_member: Values
    draws: Draws
    events: list[tuple[Event, BoolArray, BoolArray]]
    step: int
    members: MemberArrays
    russia: RussiaState
    candidate: CandidateState
    secretary_general: SecretaryGeneralState
    accession: AccessionState
    pledge: FloatArray
    pledge_target: FloatArray
    pledge_deadline: FloatArray
    trust_start: FloatArray
    guarantee: FloatArray = field(init=False)
    record_rates: bool = False
    rates: dict[str, FloatArray] = field(default_factory=dict)
    council: Council | None = None

    def __post_init__(self) -> None:
        self.guarantee = self.believed_guarantee()

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return len(self.accession.stage)

    def believed_guarantee(self, rows: RowArray | slice = EVERY) -> FloatArray:
        """Security guarantee as far as it is believed, from all guarantees in force, (run,).

        Args:
            rows: positions of the runs; by default all.
        """
        p, c = self.by_run_at(rows).guarantees, self.candidate
        return credible_guarantee(c.guarantee[rows], c.binding_guarantee[rows], p.initial if p.renewal else 0.0, p)

    def by_run_at(self, rows: RowArray | slice) -> Values:
        """``by_run`` in some of the runs: each value a number, or an array in the order of the rows."""
        return self.by_run if self.place is None else self.setup.values.at(self.place[rows])

    def by_member_at(self, rows: RowArray | slice) -> Values:
        """``by_member`` in some of the runs: each value a number, or an array ``(run, 1)`` in the order of the rows."""
        return self.by_member if self.place is None else self.setup.values.at(self.place[rows, None])

    @property
    def deterrent(self) -> FloatArray:
        """Deterrent against a breach of a ceasefire, in [0, 1], (run,): the greater of guarantee and membership."""
        membership = self.by_run.guarantees.membership
        return np.maximum(self.guarantee, membership * self.accession.is_member)

    @property
    def guarantee_change(self) -> FloatArray:
        """Change of the believed guarantee since the start, (run,)."""
        p = self.by_run.guarantees
        return self.guarantee - p.non_binding_weight * p.initial

    @property
    def ballot_stance(self) -> FloatArray:
        """Stance by which members ballot, (run, member): their own, or one for a ballot that the scenario gives."""
        if not self.setup.scenario.ballots:
            return self.members.stance
        given = self.by_run.constants.given_stance
        return np.where(np.isnan(given), self.members.stance, given)

    @property
    def bars_states_at_war(self) -> BoolArray:
        """Members that hold that a state at hot war cannot be admitted, (run, member)."""
        return np.broadcast_to(self.by_run.constants.bars_states_at_war, self.members.stance.shape)

    @property
    def is_war_hot(self) -> BoolArray:
        """Whether the war is hot, (run,)."""
        return self.russia.war_intensity > self.by_run.war.hot_line

    war_bar, hot = bars_states_at_war, is_war_hot
    """Earlier names, for mechanisms written before version 0.3."""

    def positions(self, rows: RowArray | slice = EVERY) -> tuple[IntArray, IntArray]:
        """Each member's ballot if it were cast now, and its reason to object, int8 (run, member) each.

        Args:
            rows: positions of the runs; by default all.
        """
        line = self.by_member_at(rows).accession.objection_line
        return position(self.ballot_stance[rows], self.bars_states_at_war[rows], self.is_war_hot[rows, None], line)

    def elect(self, member: int, new: BoolArray, orientation: FloatArray, ties: float | None = None) -> None:
        """Give a member a new government in some runs, and update its susceptibility.

        Args:
            member: position of the member on the roster.
            new: whether there is a new government, (run,).
            orientation: orientation of the new government, (run,).
            ties: its ties with Russia; by default computed from its orientation.
        """
        m, p = self.members, self.by_run.elections
        at_start = float(self.setup.roster.government_ties[member])
        ties_there = ties_of(m.disposition[:, member], orientation, at_start, p) if ties is None else ties
        m.orientation[:, member] = np.where(new, orientation, m.orientation[:, member])
        m.government_ties[:, member] = np.where(new, ties_there, m.government_ties[:, member])
        self.update_susceptibility(slice(member, member + 1))

    def update_susceptibility(self, member: slice = EVERY) -> None:
        """Members' susceptibility follows from their government's ties and their defence spending.

        Args:
            member: places of some, by default all.
        """
        m, roster = self.members, self.setup.roster
        m.susceptibility[:, member] = susceptibility(
            roster.structural_susceptibility[member],
            m.government_ties[:, member],
            m.spending[:, member] - roster.defence_spending[member],
            self.by_member.spending.resilience,
        )

    @classmethod
    def start(cls, setup: Setup, draws: Draws, place: PlaceArray | None = None) -> World:
        """The world on the first day.

        Stances are drawn around their codes; dispositions are such that the drawn stances are at rest.

        Args:
            setup: setup of a scenario or of a stack.
            draws: random draws of all runs, in their order.
            place: for each run, the place of its scenario in the stack, (run,); not for one scenario.
        """
        stance_draws = draws["initial_stance"][0]
        n, s, roster = len(stance_draws), setup.scenario, setup.roster
        values = setup.values
        by_run = values.alone if place is None else values.at(place)
        by_member = values.alone if place is None else values.at(place[:, None])
        members = _members_at_start(setup, by_run, by_member, stance_draws)
        zeros, ones = np.zeros(n), np.ones(n)
        russia = RussiaState(
            resources=ones.copy(),
            effort=zeros.copy(),
            alarm=zeros.copy(),
            war_intensity=_filled(n, by_run.constants.war_intensity),
            war_level=_filled(n, by_run.war.intensity),
            front=zeros.copy(),
            ceasefire=np.full(n, s.war.starts_in_ceasefire),
            shares=np.zeros_like(members.stance),
            active=np.zeros(n, dtype=bool),
            observed=members.stance.copy(),
            response=prior_response(members.susceptibility, by_member.russia),
        )
        fresh_guarantee = 0.0 if s.guarantees.renewal else by_run.guarantees.initial
        candidate = CandidateState(
            aspiration=_filled(n, by_run.candidate.aspiration),
            readiness=_filled(n, by_run.candidate.readiness),
            shelved=np.zeros(n, dtype=bool),
            bound_by_plan=np.zeros(n, dtype=bool),
            force_cap=zeros.copy(),
            guarantee=_filled(n, fresh_guarantee),
            binding_guarantee=zeros.copy(),
        )
        return cls(
            setup=setup,
            place=place,
            by_run=by_run,
            by_member=by_member,
            draws=draws,
            events=_activity(setup, draws),
            step=0,
            members=members,
            russia=russia,
            candidate=candidate,
            secretary_general=SecretaryGeneralState(zeros.copy(), zeros.copy(), zeros.copy()),
            accession=AccessionState(np.full(n, setup.start_stage, dtype=np.int8), zeros.copy(), zeros.copy()),
            pledge=np.full(n, float(roster.defence_spending.mean())),
            pledge_target=_filled(n, by_run.spending.pledge),
            pledge_deadline=_filled(n, by_run.spending.pledge_deadline),
            trust_start=members.trust.copy(),
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


def _members_at_start(setup: Setup, by_run: Values, by_member: Values, draws: FloatArray) -> MemberArrays:
    roster, p = setup.roster, by_member.stance
    stance = np.clip(roster.stance + p.spread_scale * roster.stance_spread * draws, -STANCE_LIMIT, STANCE_LIMIT)
    none = np.zeros_like(stance)
    ties = np.broadcast_to(roster.government_ties, stance.shape).copy()
    orientation = -by_member.elections.ties_orientation * ties
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
        concession=none.copy(),
        trust=trust_target(hegemon, stance, by_member.trust),
        spending=np.broadcast_to(roster.defence_spending, stance.shape).copy(),
        isolation=none.copy(),
        persuasion=none.copy(),
        ratified_step=np.full(stance.shape, NEVER, dtype=np.int32),
        ratification_progress=none.copy(),
    )
