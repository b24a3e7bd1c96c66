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
    ElectionParameters,
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

REASON_NONE, REASON_STANCE, REASON_WAR, REASON_BOTH = 0, 1, 2, 3
"""Why a member objects: its own stance, the war, or both."""


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
        concession: stock of concessions received, in [0, 1).
        trust: trust in the hegemon, in [0, 1].
        spending: defence spending, % of GDP.
        isolation: share of the cost of objecting that the member bears until the next council.
        persuasion: persuasion of the member, if it is a holdout, until the next council.
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
    concession: FloatArray
    trust: FloatArray
    spending: FloatArray
    isolation: FloatArray
    persuasion: FloatArray
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
    p: SpendingParameters,
) -> FloatArray:
    """Defence spending at which a member aims, % of GDP: pledge and threat raise it, allies' spending lowers it.

    Args:
        spending: present spending, (run, member).
        start: spending on the first day, (member,).
        threat_change: change of perceived threat since the start, (run, member).
        small: 1 minus the member's influence weight as a share of the greatest, (member,); 0 for the greatest.
        mean_rise: rise of the weighted mean of members' spending since the start, (run, 1).
        pledge: spending that the pledged path asks for at this date, % of GDP, a number or (run, 1).
        compliance: share of the gap to the pledge that members aim to close.
        p: the weights.
    """
    gap = np.maximum(pledge - spending, 0.0)
    aim = spending + compliance * gap + p.threat_response * threat_change - p.free_riding * small * mean_rise
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
    war_change: FloatArray,
    caution: FloatArray,
    p: StanceParameters,
) -> FloatArray:
    """Return of the stance to the member's own assessment (Walt 1987; Snyder 1984).

    ``rate * (leaning + threat_weight * threat_change - entrapment_weight * caution * war_change - stance)``

    Args:
        stance: (run, member).
        leaning: disposition plus orientation, (run, member).
        threat_change: change of perceived threat since the start, (run, member).
        war_change: change of war intensity since the start, (run, 1).
        caution: fear of entrapment, (member,).
        p: the weights.
    """
    pull = p.threat_weight * threat_change
    pull += leaning
    pull -= war_change * (p.entrapment_weight * caution)
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


def isolation(cost: FloatArray, p: StanceParameters) -> FloatArray:
    """Rate at which the cost of objecting raises a holdout's stance: a lone objector pays more than one of many."""
    return p.isolation_weight * cost


def concession(stock: FloatArray, p: StanceParameters) -> FloatArray:
    """Rate at which the concessions that a holdout has received raise its stance (Schneider 2009)."""
    return p.concession_weight * stock


# --- how elections change it -----------------------------------------------------------------------------------------


def new_orientation(orientation: FloatArray, draw: FloatArray, p: ElectionParameters) -> FloatArray:
    """Orientation of a new government, drawn around the opposite side: ``volatility * draw - alternation * last``.

    Args:
        orientation: orientation of the last government, (run, ...).
        draw: standard normal draws.
        p: alternation and volatility.
    """
    return p.volatility * draw - p.alternation * orientation


def ties_of(
    disposition: FloatArray, orientation: FloatArray, at_start: FloatArray | float, p: ElectionParameters
) -> FloatArray:
    """Ties of a new government with Russia, in [0, 1]: none if its leaning is above a line, full if it is far below.

    ``(line - disposition - orientation) / ties_orientation``. If the initial government has ties, the line is the
    disposition, so that the same orientation brings back the same ties; otherwise the line is ``ties_line``, or the
    disposition if that lies lower.

    Args:
        disposition: the member's disposition, (run, ...).
        orientation: orientation of the new government, (run, ...).
        at_start: ties of the initial government.
        p: ``ties_line`` and ``ties_orientation``, the distance below the line at which ties are full.
    """
    line = np.where(at_start > 0.0, disposition, np.minimum(p.ties_line, disposition))
    return share((line - disposition - orientation) / p.ties_orientation)


# --- how it ballots and ratifies -----------------------------------------------------------------------------------


def objections(
    stance: FloatArray, bars_states_at_war: BoolArray, is_war_hot: BoolArray, objection_line: float
) -> tuple[BoolArray, BoolArray]:
    """Which members object by their own stance, and which because of the war; arguments as in ``position``."""
    return stance < objection_line, is_war_hot & bars_states_at_war


def position(
    stance: FloatArray, bars_states_at_war: BoolArray, is_war_hot: BoolArray, objection_line: float
) -> tuple[IntArray, IntArray]:
    """Each member's ballot and, where it objects, the reason.

    A member supports if its stance is at least 0, acquiesces between the objection line and 0 (the silence procedure),
    and objects below that line. While the war is hot, a member that holds that a state at war cannot be admitted
    objects, whatever its stance.

    Args:
        stance: (run, member).
        bars_states_at_war: whether each member holds that view, (member,).
        is_war_hot: whether the candidate is in a hot war in each run, (run, 1).
        objection_line: stance below which a member objects.

    Returns:
        Ballots and reasons, both int8 (run, member).
    """
    by_stance, by_war = objections(stance, bars_states_at_war, is_war_hot, objection_line)
    ballots = np.where(stance >= 0, np.int8(SUPPORT), np.int8(ACQUIESCE))
    ballots[by_stance | by_war] = OBJECT
    return ballots, by_stance * np.int8(REASON_STANCE) + by_war * np.int8(REASON_WAR)


def ratification_hazard(
    stance: FloatArray,
    by_war: BoolArray,
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
    as acquiescence. Willingness rises in a straight line from 0 at the objection line to 1 at the stance ``full``.

    Args:
        stance: stances of some members in some runs.
        by_war: whether they object because of the war.
        speed: their institutional speed in the urgency of the 2022 round, per year.
        urgency: pace of this round; 1 is the pace of 2022.
        full: stance from which a member is fully willing.
        objection_line: stance below which it is not willing at all.
        shape: of the Weibull distribution; an array over the same members, or a number.
    """
    willingness = share((stance - objection_line) / (full - objection_line))
    pace = speed * urgency
    return np.where(by_war, 0.0, np.power(pace, shape * np.ones_like(pace)) * willingness)
