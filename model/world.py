"""The world: every actor's state in a group of runs, as arrays whose first axis is the run, and the random draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import BoolArray, FloatArray, IntArray
from article10.agents.candidate import CandidateState, credible_guarantee
from article10.agents.member_state import NEVER, MemberStates, peers, position, susceptibility, ties_of, trust_target
from article10.agents.russia import RussiaState, prior_response
from article10.agents.secretary_general import SecretaryGeneralState
from article10.model.accession_rule import MEMBER
from article10.model.events import Event
from article10.model.randomness import Draws
from article10.model.setup import Setup

STANCE_LIMIT = 1.0
"""Stances lie between minus and plus this."""


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
    """

    stage: IntArray
    talks: FloatArray

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
        setup: what is fixed during a run.
        draws: random draws, indexed by stream.
        events: each event, whether it acts in each step of each run, (step, run), and whether in any run, (step,).
        step: number of steps completed.
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
    draws: Draws
    events: list[tuple[Event, BoolArray, BoolArray]]
    step: int
    members: MemberStates
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
        p, c = self.setup.scenario.guarantees, self.candidate
        return credible_guarantee(c.guarantee[rows], c.binding_guarantee[rows], p.initial if p.renewal else 0.0, p)

    @property
    def deterrent(self) -> FloatArray:
        """Deterrent against a breach of a ceasefire, in [0, 1], (run,): the greater of guarantee and membership."""
        membership = self.setup.scenario.guarantees.membership
        return np.maximum(self.guarantee, membership * self.accession.is_member)

    @property
    def guarantee_change(self) -> FloatArray:
        """Change of the believed guarantee since the start, (run,)."""
        p = self.setup.scenario.guarantees
        return self.guarantee - p.non_binding_weight * p.initial

    @property
    def ballot_stance(self) -> FloatArray:
        """Stance by which members ballot, (run, member): their own, or one for a ballot that the scenario gives."""
        given = self.setup.given_stance
        if not self.setup.scenario.ballots:
            return self.members.stance
        return np.where(np.isnan(given), self.members.stance, given)

    @property
    def hot(self) -> BoolArray:
        """Whether the war is hot, (run,)."""
        return self.russia.war_intensity > self.setup.scenario.war.hot_line

    def positions(self, rows: RowArray | slice = EVERY) -> tuple[IntArray, IntArray]:
        """Each member's ballot if it were cast now, and its reason to object, int8 (run, member) each.

        Args:
            rows: positions of the runs; by default all.
        """
        line = self.setup.scenario.accession.objection_line
        return position(self.ballot_stance[rows], self.setup.war_bar, self.hot[rows, None], line)

    def elect(self, member: int, new: BoolArray, orientation: FloatArray, ties: float | None = None) -> None:
        """Give a member a new government in some runs, and update its susceptibility.

        Args:
            member: position of the member on the roster.
            new: whether there is a new government, (run,).
            orientation: orientation of the new government, (run,).
            ties: its ties with Russia; by default computed from its orientation.
        """
        m, p = self.members, self.setup.scenario.elections
        at_start = float(self.setup.roster.government_ties[member])
        ties_there = ties_of(m.disposition[:, member], orientation, at_start, p) if ties is None else ties
        m.orientation[:, member] = np.where(new, orientation, m.orientation[:, member])
        m.government_ties[:, member] = np.where(new, ties_there, m.government_ties[:, member])
        self.update_susceptibility(member)

    def update_susceptibility(self, member: int | slice = EVERY) -> None:
        """Recompute members' susceptibility from their government's ties and their defence spending.

        Args:
            member: position of one member; by default all members.
        """
        m, roster = self.members, self.setup.roster
        m.susceptibility[:, member] = susceptibility(
            roster.structural_susceptibility[member],
            m.government_ties[:, member],
            m.spending[:, member] - roster.defence_spending[member],
            self.setup.scenario.spending.resilience,
        )

    @classmethod
    def start(cls, setup: Setup, draws: Draws) -> World:
        """Build the world on the first day.

        Stances are drawn around their coded values; dispositions are solved so that the drawn stances are at rest.

        Args:
            setup: what is fixed during a run.
            draws: random draws, indexed by stream.
        """
        n, s, roster = draws["initial_stance"].shape[1], setup.scenario, setup.roster
        members = _members_at_start(setup, draws["initial_stance"][0])
        zeros, ones = np.zeros(n), np.ones(n)
        russia = RussiaState(
            resources=ones.copy(),
            effort=zeros.copy(),
            alarm=zeros.copy(),
            war_intensity=np.full(n, setup.war_intensity),
            war_level=np.full(n, s.war.intensity),
            front=zeros.copy(),
            ceasefire=np.full(n, s.war.starts_in_ceasefire),
            shares=np.zeros_like(members.stance),
            active=np.zeros(n, dtype=bool),
            observed=members.stance.copy(),
            response=prior_response(members.susceptibility, s.russia),
        )
        fresh_guarantee = 0.0 if s.guarantees.renewal else s.guarantees.initial
        candidate = CandidateState(
            aspiration=np.full(n, s.candidate.aspiration),
            readiness=np.full(n, s.candidate.readiness),
            shelved=np.zeros(n, dtype=bool),
            bound_by_plan=np.zeros(n, dtype=bool),
            force_cap=zeros.copy(),
            guarantee=np.full(n, fresh_guarantee),
            binding_guarantee=zeros.copy(),
        )
        events = []
        for event in s.events:
            acts = setup.activity(event, draws[f"event:{event.name}"])
            events.append((event, acts, np.asarray(acts.any(axis=-1))))
        return cls(
            setup=setup,
            draws=draws,
            events=events,
            step=0,
            members=members,
            russia=russia,
            candidate=candidate,
            secretary_general=SecretaryGeneralState(zeros.copy(), zeros.copy(), zeros.copy()),
            accession=AccessionState(stage=np.full(n, setup.start_stage, dtype=np.int8), talks=zeros.copy()),
            pledge=np.full(n, float(roster.defence_spending.mean())),
            pledge_target=np.full(n, s.spending.pledge),
            pledge_deadline=np.full(n, float(s.spending.pledge_deadline)),
            trust_start=members.trust.copy(),
        )


def _members_at_start(setup: Setup, draws: FloatArray) -> MemberStates:
    s, roster = setup.scenario, setup.roster
    spread = s.stance.spread_scale * roster.stance_spread
    stance = np.clip(roster.stance + spread * draws, -STANCE_LIMIT, STANCE_LIMIT)
    none = np.zeros_like(stance)
    ties = np.broadcast_to(roster.government_ties, stance.shape).copy()
    orientation = -s.elections.ties_orientation * ties
    hegemon = stance[:, setup.hegemon : setup.hegemon + 1]
    assessed = stance.copy()
    if "peers" in setup.mechanisms and s.stance.assessment_rate > 0:  # at rest, assessment offsets the pull of peers
        pull = peers(stance, stance, setup.network, setup.hegemon, none, s.stance)
        assessed -= pull / s.stance.assessment_rate
    return MemberStates(
        stance=stance,
        perceived=stance.copy(),
        disposition=assessed - orientation,
        orientation=orientation,
        government_ties=ties,
        threat=np.broadcast_to(setup.threat, stance.shape).copy(),
        incidents=none.copy(),
        pressure=none.copy(),
        felt_pressure=none.copy(),
        susceptibility=susceptibility(roster.structural_susceptibility, ties, none, s.spending.resilience),
        concession=none.copy(),
        trust=trust_target(hegemon, stance, s.trust),
        spending=np.broadcast_to(roster.defence_spending, stance.shape).copy(),
        isolation=none.copy(),
        persuasion=none.copy(),
        ratified_step=np.full(stance.shape, NEVER, dtype=np.int32),
        ratification_progress=none.copy(),
    )
