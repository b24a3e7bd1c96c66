"""The world: every actor's state in a group of runs, as arrays whose first axis is the run, and the random draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import BoolArray, FloatArray, IntArray, at_places, share
from article10.agents.article5 import danger
from article10.agents.bargaining import BargainArrays, Payments
from article10.agents.candidate import CandidateState, credible_guarantee
from article10.agents.instruments import payoff
from article10.agents.members import (
    MemberArrays,
    Soundings,
    Standing,
    position,
    sound_out,
    susceptibility,
)
from article10.agents.outlook import Prospect
from article10.agents.russia import RussiaState
from article10.agents.secretary_general import SecretaryGeneralState
from article10.model.accession_rule import INVITED, MEMBER, PROTOCOL_SIGNED, RATIFYING
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
        attacked_step: number of steps completed when the new member was first attacked, or NEVER; int32.
    """

    stage: IntArray
    talks: FloatArray
    ratifying: FloatArray
    attacked_step: npt.NDArray[np.int32]

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
        reasons: why each member ballots so, sums of bits (``REASON_STANCE`` and others), int8 (run, member).
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
        bargain: state of bargaining over consent.
        accession: state of the accession.
        pledge: pledged defence spending at this date, % of GDP, (run,).
        pledge_target: level to which the pledge rises, % of GDP, (run,).
        pledge_deadline: year by which it reaches that level, (run,).
        trust_start: members' trust in the hegemon at the start, (run, member).
        war_line: intensity of the war above which each member objects because of it, (run, member).
        spending_rise: rise of members' mean defence spending since the start, weighted by influence, % of GDP, (run,).
        deterrence: how far an attack on a member is deterred, in [0, 1], (run,).
        exposed: how far members are exposed to the war, relative to the start, (run,).
        lent_cover: rise of voiced stances if the hegemon objects and is trusted less, at a cover weight of 1,
            (run, member).
        soundings: what the last soundings found.
        guarantee: security guarantee as far as it is believed, updated after events and after fading, (run,).
        record_rates: whether to record each mechanism's rate; this costs time, and few analyses need it.
        rates: if recorded, the rate of change of stance from each mechanism in the last step, (run, member) each.
        council: the council meeting of the last step, or ``None``.
        payments: payments for consent in the last step, or ``None``.
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
    bargain: BargainArrays
    accession: AccessionState
    pledge: FloatArray
    pledge_target: FloatArray
    pledge_deadline: FloatArray
    trust_start: FloatArray
    war_line: FloatArray
    spending_rise: FloatArray
    deterrence: FloatArray
    exposed: FloatArray
    lent_cover: FloatArray
    soundings: Soundings = field(init=False)
    guarantee: FloatArray = field(init=False)
    record_rates: bool = False
    rates: dict[str, FloatArray] = field(default_factory=dict)
    council: Council | None = None
    payments: Payments | None = None

    def __post_init__(self) -> None:
        self.guarantee = self.believed_guarantee()
        self.soundings = sound_out(self.standing(), self.by_member.accession.objection_line)

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
    def guarantee_change(self) -> FloatArray:
        """Change of the believed guarantee since the start, (run,)."""
        p = self.by_run.guarantees
        return self.guarantee - p.non_binding_weight * p.initial

    @property
    def bars_states_at_war(self) -> BoolArray:
        """Members whose own judgement is that a state in the present war cannot be admitted, (run, member)."""
        return self.russia.war_intensity[:, None] > self.war_line

    @property
    def is_war_hot(self) -> BoolArray:
        """Whether the war is hot, (run,)."""
        return self.russia.war_intensity > self.by_run.war.hot_line

    war_bar, hot = bars_states_at_war, is_war_hot
    """Earlier names, for mechanisms written before version 0.3."""

    @property
    def danger(self) -> FloatArray:
        """Danger that the war reaches each member if it admits the candidate now, (run, member)."""
        p, intensity = self.by_member.article5, self.russia.war_intensity
        return danger(intensity[:, None], self.members.incidents, self.exposed[:, None], p)

    @property
    def russia_payoff(self) -> FloatArray:
        """What the runs are worth to Russia so far, (run,): see ``article10.agents.instruments.payoff``."""
        r, p = self.russia, self.by_run
        return payoff(self.accession.is_member, r.front, r.spent, p.russia.ambition, p.instruments)

    def prospect(self, rows: RowArray | slice = EVERY) -> Prospect:
        """What actors that look ahead see: the stage, the war, and who would object in peace, in some runs."""
        stage, by_run = self.accession.stage[rows], self.by_run_at(rows)
        intensity = self.russia.war_intensity[rows]
        return Prospect(
            invited=stage == INVITED,
            signed=(stage == PROTOCOL_SIGNED) | (stage == RATIFYING),
            hot=intensity > by_run.war.hot_line,
            intensity=intensity,
            objectors=self.secretary_general.objectors_in_peace[rows],
            hot_line=by_run.war.hot_line,
        )

    @property
    def distrust(self) -> FloatArray:
        """Trust in the hegemon that each member has lost since the start, (run, member)."""
        return self.trust_start - self.members.trust

    def guarantee_doubted(self, rows: RowArray) -> FloatArray:
        """Share of the worth of a guarantee by the hegemon that lost trust takes away, in some runs, (row,)."""
        distrust = self.trust_start[rows] - self.members.trust[rows]
        lost = (self.setup.roster.influence_weight * distrust).sum(axis=-1)
        return self.by_run_at(rows).trust.guarantee_weight * share(lost)

    # --- ballots ------------------------------------------------------------------------------------------------

    def standing(self, rows: RowArray | slice = EVERY, places: RowArray | None = None) -> Standing:
        """All that members' ballots are made of, (run, member); a ballot that the scenario gives is final.

        Args:
            rows: positions of the runs; by default all.
            places: positions of as many members, to take one member in each of these runs, (row,); by default all.
        """
        m, at = self.members, rows if places is None else (rows, places)
        intensity = self.russia.war_intensity[rows]
        by_war = (intensity[:, None] if places is None else intensity) > self.war_line[at]
        own = Standing(m.stance[at], m.cover[at], by_war, m.hold[at], m.consent[at])
        if not self.setup.scenario.ballots:
            return own
        given = self.by_run_at(rows).constants.given_stance
        given = given if places is None else at_places(given, places)
        free = np.isnan(given)
        return Standing(
            np.where(free, own.stance, given), own.cover * free, by_war, own.hold & free, own.consent & free
        )

    def positions(self, rows: RowArray | slice = EVERY) -> tuple[IntArray, IntArray]:
        """Each member's ballot if it were cast now, and the reasons for it, int8 (run, member) each.

        Args:
            rows: positions of the runs; by default all.
        """
        return position(self.standing(rows), self.by_member_at(rows).accession.objection_line)

    def update_susceptibility(self) -> None:
        """Members' susceptibility follows from their government's ties and their defence spending."""
        m, roster = self.members, self.setup.roster
        rise = m.spending - roster.defence_spending
        resilience = self.by_member.spending.resilience
        m.susceptibility = susceptibility(roster.structural_susceptibility, m.government_ties, rise, resilience)
