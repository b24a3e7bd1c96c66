"""A member state: the pressure and threat that it feels, how its stance on the candidate moves, and how it ballots.

Every rule is a pure function of arrays. Arrays of shape ``(run, member)`` hold one value for each member in each run,
``(run, 1)`` one for each run, ``(member,)`` one for each member. Rates are per year. The mechanisms that
``article10.model.mechanisms`` lists are rates of change of stance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import LOG2_E, BoolArray, FloatArray, IntArray, rows_times, share
from article10.agents.member_parameters import (
    SpendingParameters,
    StanceParameters,
    ThreatParameters,
    TrustParameters,
)

OBJECT, ACQUIESCE, SUPPORT = 0, 1, 2
"""Codes of a ballot, from the least to the most willing."""

STANCE_LIMIT = 1.0
"""Stances lie between minus and plus this."""

NEVER = -1
"""Stands in place of a step for something that has not happened."""

NO_BALLOT = -1
"""Recorded where members were not asked to ballot."""

REASON_STANCE, REASON_WAR, REASON_HOLD, REASON_COVER, REASON_CONSENT = 1, 2, 4, 8, 16
"""Why a member ballots as it does, as bits that add up: it objects by its voiced stance, because of the war, or because
it holds out for a price; cover decided on which side of the objection line its voiced stance lies; or consent that it
has given keeps its stance from objecting."""

REASONS = {
    REASON_STANCE: "stance",
    REASON_WAR: "war",
    REASON_HOLD: "holds out",
    REASON_COVER: "cover",
    REASON_CONSENT: "consent given",
}
"""Words for the bits of a reason."""


def reason_words(reason: int) -> str:
    """The reasons for a ballot in words, joined by +; empty if there is none beyond its stance.

    >>> reason_words(REASON_STANCE | REASON_WAR)
    'stance + war'
    """
    return " + ".join(word for bit, word in REASONS.items() if reason & bit)


@dataclass
class MemberArrays:
    """The state of all member states in all runs; every array is ``(run, member)``.

    Attributes:
        stance: willingness to admit the candidate now, in [-1, 1].
        perceived: the member's stance as the other members know it.
        disposition: long-run stance, whoever governs; a latent value that may lie outside [-1, 1].
        orientation: the present government's departure from the disposition.
        government_ties: the present government's closeness to Russia, in [0, 1].
        threat: threat from Russia as the member perceives it.
        incidents: stock of remembered incidents on the member's territory.
        pressure: stock of Russian pressure.
        felt_pressure: pressure as felt, ``1 - exp(-pressure)``.
        susceptibility: the member's present susceptibility to pressure, in [0, 1].
        trust: trust in the hegemon, in [0, 1].
        spending: defence spending, % of GDP.
        persuasion: persuasion of the member, if it objects by its stance.
        cover: what the member adds to its stance when it voices it: less than 0 while others object as at rest no more.
        hold: whether the member holds out for a price, though its stance does not object; bool.
        consent: whether the member has given its consent, so that its stance does not object; bool.
        alternative: whether the member's main alternative governs; bool.
        election_due: step of the next election, int32.
        ratified_step: number of steps completed when the member ratified the protocol, or NEVER; int32.
        ratification_progress: cumulative hazard of ratification so far.
    """

    stance: FloatArray
    perceived: FloatArray
    disposition: FloatArray
    orientation: FloatArray
    government_ties: FloatArray
    threat: FloatArray
    incidents: FloatArray
    pressure: FloatArray
    felt_pressure: FloatArray
    susceptibility: FloatArray
    trust: FloatArray
    spending: FloatArray
    persuasion: FloatArray
    cover: FloatArray
    hold: BoolArray
    consent: BoolArray
    alternative: BoolArray
    election_due: npt.NDArray[np.int32]
    ratified_step: npt.NDArray[np.int32]
    ratification_progress: FloatArray

    @property
    def ratified(self) -> BoolArray:
        """Whether each member has ratified, (run, member)."""
        return self.ratified_step != NEVER


# --- what a member feels -------------------------------------------------------------------------------------------


def felt(pressure: FloatArray) -> FloatArray:
    """Pressure as felt: ``1 - exp(-pressure)``, in [0, 1); it saturates.

    Because it saturates, no effort can make a susceptible member's veto permanent.
    """
    unfelt = -LOG2_E * pressure
    np.exp2(unfelt, out=unfelt)
    return np.subtract(1.0, unfelt, out=unfelt)


def susceptibility(
    structural: FloatArray, government_ties: FloatArray, spending_rise: FloatArray, resilience: float
) -> FloatArray:
    """How readily a member yields to pressure, in [0, 1].

    ``1 - (1 - structural * (1 - resilience * spending_rise)) * (1 - government_ties)``: the structural part (energy,
    distance in UN voting) falls as defence spending rises; the present government's ties add to it.

    Args:
        structural: structural susceptibility, (member,).
        government_ties: closeness of the present government to Russia, (run, member).
        spending_rise: rise of defence spending since the start, % of GDP, (run, member).
        resilience: share of the structural part that each point of spending removes.
    """
    remaining = np.minimum(structural * (1.0 - resilience * np.maximum(spending_rise, 0.0)), 1.0)
    return 1.0 - (1.0 - np.maximum(remaining, 0.0)) * (1.0 - government_ties)


def threat_target(
    exposure: FloatArray,
    war_intensity: FloatArray,
    front: FloatArray,
    incidents: FloatArray,
    felt_pressure: FloatArray,
    p: ThreatParameters,
) -> FloatArray:
    """Threat to which perception tends, (run, member): exposure times war, front and pressure, plus incidents.

    Args:
        exposure: (member,), in [0, 1].
        war_intensity: (run, 1), in [0, 1].
        front: Russian territorial progress, (run, 1).
        incidents: remembered incidents, (run, member).
        felt_pressure: (run, member).
        p: weights of the four sources of threat.
    """
    target = p.pressure_weight * felt_pressure
    target += p.war_weight * war_intensity + p.front_weight * front
    target *= exposure
    target += p.incident_weight * incidents
    return target


def spending_target(
    spending: FloatArray,
    start: FloatArray,
    threat_change: FloatArray,
    small: FloatArray,
    mean_rise: FloatArray,
    pledge: FloatArray | float,
    compliance: float,
    distrust: FloatArray,
    p: SpendingParameters,
) -> FloatArray:
    """Defence spending at which a member aims, % of GDP.

    Pledge, threat and distrust of the hegemon raise it, allies' spending lowers it.

    Args:
        spending: present spending, (run, member).
        start: spending on the first day, (member,).
        threat_change: change of perceived threat since the start, (run, member).
        small: 1 minus the member's influence weight as a share of the greatest, (member,); 0 for the greatest.
        mean_rise: rise of the weighted mean of members' spending since the start, (run, 1).
        pledge: spending that the pledged path asks for at this date, % of GDP, a number or (run, 1).
        compliance: share of the gap to the pledge that members aim to close.
        distrust: trust in the hegemon lost since the start, (run, member).
        p: the weights.
    """
    gap = np.maximum(pledge - spending, 0.0)
    aim = spending + compliance * gap + p.threat_response * threat_change - p.free_riding * small * mean_rise
    aim += p.distrust_response * np.maximum(distrust, 0.0)
    return np.maximum(aim, np.minimum(start, spending))


def trust_target(hegemon: FloatArray, stance: FloatArray, p: TrustParameters) -> FloatArray:
    """Trust in the hegemon to which a member tends, in [0, 1], (run, member): it falls as their stances diverge.

    Args:
        hegemon: the hegemon's stance as perceived, (run, 1).
        stance: (run, member).
        p: its ``divergence_cost`` is used.
    """
    return 1.0 - (p.divergence_cost / 2.0) * np.abs(hegemon - stance)


# --- how its stance moves: one function a mechanism ----------------------------------------------------------------


def assessment(
    stance: FloatArray,
    leaning: FloatArray,
    threat_change: FloatArray,
    danger_change: FloatArray,
    caution: FloatArray,
    p: StanceParameters,
) -> FloatArray:
    """Return of the stance to the member's own assessment (Walt 1987; Snyder 1984).

    ``rate * (leaning + threat_weight * threat_change - entrapment_weight * caution * danger_change - stance)``

    Args:
        stance: (run, member).
        leaning: disposition plus orientation, (run, member).
        threat_change: change of perceived threat since the start, (run, member).
        danger_change: change of the danger that the war reaches members, since the start, (run, member) or (run, 1).
        caution: fear of entrapment, (member,).
        p: the weights.
    """
    pull = p.threat_weight * threat_change
    pull += leaning
    pull -= danger_change * (p.entrapment_weight * caution)
    pull -= stance
    pull *= p.assessment_rate
    return pull


def peers(
    stance: FloatArray,
    perceived: FloatArray,
    network: FloatArray,
    hegemon: int,
    distrust: FloatArray,
    p: StanceParameters,
) -> FloatArray:
    """Pull of the other members' perceived stances (Friedkin & Johnsen 1990).

    ``rate * sum_j w_ij * (perceived_j - stance_i)``, the hegemon's weight being cut by distrust.

    Args:
        stance: (run, member).
        perceived: (run, member).
        network: influence of j on i in row i, (member, member), rows sum to one, zero diagonal.
        hegemon: column of the hegemon.
        distrust: trust of the start less present trust, (run, member).
        p: the rate.
    """
    pull = rows_times(perceived, network.T)
    pull -= stance
    lost = perceived[:, hegemon : hegemon + 1] - stance
    lost *= distrust * network[:, hegemon]
    pull -= lost
    pull *= p.peer_rate
    return pull


def intimidation(susceptible: FloatArray, felt_pressure: FloatArray, p: StanceParameters) -> FloatArray:
    """Rate at which pressure lowers the stance of susceptible members (Sechser 2011; Deák et al. 2024)."""
    return -p.intimidation_weight * susceptible * felt_pressure


def hardening(susceptible: FloatArray, felt_pressure: FloatArray, p: StanceParameters) -> FloatArray:
    """Rate at which pressure raises the stance of members that are not susceptible (Dafoe, Hatz & Zhang 2021)."""
    return p.hardening_weight * (1.0 - susceptible) * felt_pressure


# --- how it ballots and ratifies -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """All that a ballot is made of; every array is ``(run, member)``, and none has a place for anybody else.

    Attributes:
        stance: the member's stance.
        cover: what it adds to its stance when it voices it.
        by_war: whether its own judgement is that a state in this war cannot be admitted.
        hold: whether it holds out for a price.
        consent: whether it has given its consent.
    """

    stance: FloatArray
    cover: FloatArray
    by_war: BoolArray
    hold: BoolArray
    consent: BoolArray

    @property
    def voiced(self) -> FloatArray:
        """Stance as voiced to the others: the stance plus cover."""
        return self.stance + self.cover


def war_line(code: FloatArray, draw: FloatArray, hot_line: FloatArray | float, spread: float) -> FloatArray:
    """Intensity of the war above which each member holds that a state at war cannot be admitted, (run, member).

    ``hot_line + (1 - hot_line) * (1 - code) * (1 + spread * code * (2 * draw - 1))``: it falls in the code of the war
    bar. A code of 1 bars in any hot war, a code of 0 never; in between the line varies from run to run. It lies at or
    above the hot line, so that nobody objects because of the war through a ceasefire.

    Args:
        code: code of the war bar, in [0, 1].
        draw: uniform draws, (run, member).
        hot_line: intensity above which the war is hot, a number or (run, 1).
        spread: how far the line varies, as a share.
    """
    line = hot_line + (1.0 - hot_line) * (1.0 - code) * (1.0 + spread * code * (2.0 * draw - 1.0))
    return np.where(code > 0.0, line, np.inf)


@dataclass(frozen=True)
class Soundings:
    """What soundings of the members find; every array is ``(run, member)``.

    Attributes:
        voiced: stance as voiced.
        below: whether it lies below the objection line.
        by_war: whether the member objects because of the war.
        by_stance: whether it objects by its voiced stance: below the line, and without having consented.
        in_peace: whether it would object if the war paused: by its stance, or because it holds out.
        objects: whether it objects, for whatever reason.
    """

    voiced: FloatArray
    below: BoolArray
    by_war: BoolArray
    by_stance: BoolArray
    in_peace: BoolArray
    objects: BoolArray

    def ballots(self, rows: npt.NDArray[np.intp] | slice = slice(None)) -> IntArray:
        """Ballots if they were cast now, int8 (row, member).

        Args:
            rows: positions of the runs; by default all.
        """
        ballots = (self.voiced[rows] >= 0.0).view(np.int8) * np.int8(SUPPORT - ACQUIESCE) + np.int8(ACQUIESCE)
        ballots *= (~self.objects[rows]).view(np.int8)
        return ballots


def sound_out(standing: Standing, objection_line: float) -> Soundings:
    """Who objects, and why.

    A judgement of the war, or a hold, objects. Otherwise a member objects if its voiced stance lies below the objection
    line, unless it has consented.

    Args:
        standing: all that ballots are made of.
        objection_line: voiced stance below which a member objects.
    """
    voiced = standing.voiced
    below = voiced < objection_line
    by_stance = np.greater(below, standing.consent)
    in_peace = by_stance | standing.hold
    return Soundings(voiced, below, standing.by_war, by_stance, in_peace, in_peace | standing.by_war)


def position(standing: Standing, objection_line: float) -> tuple[IntArray, IntArray]:
    """Each member's ballot, and the reasons for it.

    A member that does not object (``sound_out``) supports if its voiced stance is at least 0, and otherwise acquiesces
    (the silence procedure).

    Args:
        standing: all that ballots are made of.
        objection_line: voiced stance below which a member objects.

    Returns:
        Ballots and reasons (sums of the bits ``REASON_STANCE`` to ``REASON_CONSENT``), both int8 (run, member).
    """
    found = sound_out(standing, objection_line)
    reasons = found.by_stance * np.int8(REASON_STANCE)
    reasons |= standing.by_war * np.int8(REASON_WAR)
    reasons |= standing.hold * np.int8(REASON_HOLD)
    reasons |= (found.below != (standing.stance < objection_line)) * np.int8(REASON_COVER)
    reasons |= (found.below & standing.consent) * np.int8(REASON_CONSENT)
    return found.ballots(), reasons


def ratification_hazard(
    standing: Standing,
    speed: FloatArray,
    urgency: float,
    full: float,
    objection_line: float,
    shape: FloatArray | float = 1.0,
) -> FloatArray:
    """Hazard of ratifying, relative to the growth of ``time**shape``; 0 while a member objects.

    Times to ratification have a Weibull distribution: of a member that stays fully willing, the hazard cumulated by a
    time t in years is ``(speed * urgency * t)**shape``. With a shape of 1 this is speed times urgency, per year. Time
    is counted from signature, less recess. The hazard is proportional to willingness, so that consent by silence counts
    as acquiescence. Willingness rises in a straight line from 0 at the objection line to 1 at the voiced stance
    ``full``. A member that has given its consent is at least as willing as one halfway between that line and 0.

    Args:
        standing: of some members in some runs, (case,).
        speed: their institutional speed in the urgency of the 2022 round, per year.
        urgency: pace of this round; 1 is the pace of 2022.
        full: stance from which a member is fully willing.
        objection_line: stance below which it is not willing at all.
        shape: of the Weibull distribution; an array over the same members, or a number.
    """
    voiced = standing.voiced
    stance = np.where(standing.consent, np.maximum(voiced, objection_line / 2.0), voiced)
    willingness = share((stance - objection_line) / (full - objection_line))
    pace = speed * urgency
    objects = standing.by_war | standing.hold
    return np.where(objects, 0.0, np.power(pace, np.full_like(pace, shape)) * willingness)
