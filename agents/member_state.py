"""A member state: what it feels, how its stance on the candidate moves, and how it ballots.

Every rule is a pure function of arrays. ``(run, member)`` arrays hold one value for each member in each run,
``(run, 1)`` one a run, ``(member,)`` one a member. Rates are per year. The contributions named as mechanisms in
``article10.model.mechanisms`` are rates of change of stance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, IntArray
from article10.agents.parameter import Meta, Parameters

OBJECT, ACQUIESCE, SUPPORT = 0, 1, 2
"""Codes of a ballot, in the order of willingness."""

NO_BALLOT = -1
"""Recorded where no ballot was asked for."""

REASON_NONE, REASON_STANCE, REASON_WAR, REASON_BOTH = 0, 1, 2, 3
"""Why a member objects: its own stance, the war, or both."""


class StanceParameters(Parameters):
    """How a member's stance moves."""

    assessment_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast a stance returns to what the member's own assessment says."),
        Meta("1/year", (0.5, 2.0), "assumption: positions in the table of public positions move over months to years"),
    ] = 1.0
    threat_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rise of the assessment with perceived threat from 0 to 1."),
        Meta("stance", (0.4, 1.2), "balance of threat: Walt 1987; sized by pattern 8: an attack raises support in all neighbours"),
    ] = 0.8
    entrapment_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Fall of a fully cautious member's assessment with war intensity from 0 to 1."),
        Meta("stance", (0.1, 0.8), "fear of entrapment: Snyder 1984; rare in fact: Beckley 2015; size assumed"),
    ] = 0.5
    peer_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast a stance moves to the weighted mean of the stances it perceives."),
        Meta("1/year", (0.1, 1.0), "Friedkin & Johnsen 1990; Naurin & Thomson 2009; size assumed"),
    ] = 0.5
    confidence_bound: Annotated[
        float,
        Field(gt=0, le=2, description="Members further apart than this do not sway each other; 2 is no bound."),
        Meta("stance", (0.3, 2.0), "Hegselmann & Krause 2002; off by default"),
    ] = 2.0
    clarity_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast members learn of others' changed stances without any clarification."),
        Meta("1/year", (1.0, 12.0), "assumption: positions become known at meetings, several a year"),
    ] = 4.0
    intimidation_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rate at which fully felt pressure lowers a fully susceptible member's stance."),
        Meta("stance/year", (0.2, 1.0), "Sechser 2011: compellence works in a minority of cases; size assumed"),
    ] = 0.6
    hardening_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rate at which fully felt pressure raises an unsusceptible member's stance."),
        Meta("stance/year", (0.1, 0.8), "Dafoe, Hatz & Zhang 2021; Powers & Altman 2023; size assumed"),
    ] = 0.4
    isolation_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rate at which being the lone objector raises a stance while the bid is live."),
        Meta("stance/year", (0.0, 0.8), "the silence procedure; sized by Türkiye and Hungary on Finland and Sweden 2022-24"),
    ] = 0.4
    concession_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rate at which a full stock of concessions raises the receiver's stance."),
        Meta("stance/year", (0.3, 1.5), "Schneider 2009; sized by Türkiye and Hungary on Finland and Sweden 2022-24"),
    ] = 1.0
    concession_decay_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast a concession loses its hold on the receiver."),
        Meta("1/year", (0.2, 2.0), "assumption: Türkiye ratified Finland nine months after the memorandum"),
    ] = 0.7
    shock: Annotated[
        float,
        Field(ge=0, le=2, description="Standard deviation of a year's noise in stance."),
        Meta("stance/year^0.5", (0.05, 0.2), "assumption: unnamed causes move a stance by about a tenth a year"),
    ] = 0.12
    shock_correlation: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the noise's variance that all members have in common."),
        Meta("1", (0.0, 0.6), "assumption"),
    ] = 0.3
    spread_scale: Annotated[
        float,
        Field(ge=0, le=5, description="Multiplies how uncertain the coded stances of the start are; 0 starts on the codes."),
        Meta("1", (0.5, 1.5), "model/data/ukraine_membership_stance_2025_12.csv, column status"),
    ] = 1.0


class ThreatParameters(Parameters):
    """How a member perceives Russia's threat."""

    adjustment_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast perceived threat follows the world."),
        Meta("1/year", (1.0, 6.0), "assumption: Finnish opinion turned within months of February 2022"),
    ] = 3.0
    war_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Threat that war at intensity 1 means to a fully exposed member."),
        Meta("threat", (0.3, 0.9), "balance of threat: Walt 1987; size assumed"),
    ] = 0.6
    front_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Further threat for each unit of Russian territorial progress."),
        Meta("threat", (0.0, 1.0), "offensive capability: Walt 1987; size assumed"),
    ] = 0.4
    incident_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Threat from a fresh incident of severity 1 on the member's own ground."),
        Meta("threat", (0.1, 0.5), "model/data/events_2021_2025.csv; size assumed"),
    ] = 0.25
    incident_decay_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast an incident is forgotten."),
        Meta("1/year", (1.0, 6.0), "assumption"),
    ] = 3.0
    pressure_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Threat that fully felt pressure means to a fully exposed member."),
        Meta("threat", (0.0, 0.5), "Powers & Altman 2023; size assumed"),
    ] = 0.2


class ElectionParameters(Parameters):
    """What an election does to a government's orientation and to its ties with Russia."""

    incumbency: Annotated[
        float,
        Field(ge=0, le=1, description="Probability that an election leaves the government, and so its orientation, in place."),
        Meta("probability", (0.3, 0.7), "assumption: about half of European governments survive an election"),
    ] = 0.5
    alternation: Annotated[
        float,
        Field(ge=0, le=1, description="How far a new government's mean orientation lies on the other side of the last one's."),
        Meta("1", (0.0, 0.6), "assumption"),
    ] = 0.3
    volatility: Annotated[
        float,
        Field(ge=0, le=2, description="Standard deviation of a new government's orientation."),
        Meta("stance", (0.15, 0.4), "assumption: Slovakia 2023 and the United States 2025 moved by one to three codes of 0.3"),
    ] = 0.3
    ties_orientation: Annotated[
        float,
        Field(gt=0, le=2, description="Orientation below zero that goes with full government ties to Russia."),
        Meta("stance", (0.3, 0.7), "assumption: ties and orientation are two readings of one government"),
    ] = 0.5


class SpendingParameters(Parameters):
    """How defence spending follows the pledge, threat and free riding, and what it changes."""

    adjustment_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast spending moves to what the member aims at."),
        Meta("1/year", (0.1, 0.6), "model/data/defence_expenditure.csv: European allies closed about a third of the gap to 2% in three years"),
    ] = 0.3
    pledge: Annotated[
        float,
        Field(ge=0, le=10, description="Pledged core defence spending in force at the start."),
        Meta("% GDP", None, "model/data/spending_pledges.csv, The Hague, 25 June 2025"),
    ] = 3.5
    pledge_deadline: Annotated[
        int,
        Field(ge=1949, le=2100, description="Year by which the pledge is to be met; it is approached in a straight line from the start."),
        Meta("year", None, "model/data/spending_pledges.csv, The Hague, 25 June 2025"),
    ] = 2035
    compliance: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the gap to the pledge that members aim to close."),
        Meta("1", (0.3, 0.9), "model/data/defence_expenditure.csv: three of 32 met the Wales pledge in 2014, 31 in 2025"),
    ] = 0.6
    threat_response: Annotated[
        float,
        Field(ge=0, le=10, description="Rise of the aim with perceived threat from 0 to 1."),
        Meta("% GDP", (0.0, 3.0), "assumption"),
    ] = 1.5
    free_riding: Annotated[
        float,
        Field(ge=0, le=1, description="Fall of a small member's aim for each point by which its allies' mean spending rises."),
        Meta("1", (0.0, 0.4), "Olson & Zeckhauser 1966; size assumed"),
    ] = 0.15
    resilience: Annotated[
        float,
        Field(ge=0, le=1, description="Share of structural susceptibility that a further point of spending removes."),
        Meta("1/(% GDP)", (0.0, 0.3), "assumption"),
    ] = 0.12


class TrustParameters(Parameters):
    """How members trust the hegemon, the member of the greatest influence weight, and so how far it pulls them."""

    adjustment_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast trust follows the distance between the hegemon's stance and one's own."),
        Meta("1/year", (0.3, 3.0), "assumption"),
    ] = 1.0
    divergence_cost: Annotated[
        float,
        Field(ge=0, le=1, description="Trust lost when hegemon and member stand at opposite ends of the scale."),
        Meta("1", (0.0, 1.0), "assumption; polls after February 2025 show the direction"),
    ] = 0.7


@dataclass
class MemberStates:
    """The state of all member states in all runs; every array is ``(run, member)``.

    Attributes:
        stance: willingness to admit the candidate now, in [-1, 1].
        perceived: each member's stance as the others know it.
        disposition: long-run leaning, a latent value that may lie outside [-1, 1].
        orientation: the present government's departure from the disposition.
        government_ties: the present government's closeness to Russia, in [0, 1].
        threat: perceived threat.
        incidents: stock of remembered incidents on the member's ground.
        pressure: stock of Russian pressure.
        felt_pressure: pressure as felt, ``1 - exp(-pressure)``.
        susceptibility: how readily it yields to pressure at present, in [0, 1].
        concession: stock of concessions received, in [0, 1).
        trust: trust in the hegemon, in [0, 1].
        spending: defence spending, % of GDP.
        isolation: share of the cost of objecting that falls on the member since the last council.
        persuasion_need: how far below support a holdout stood at the last council.
        ratified: whether the member has ratified the protocol.
        ratification_progress: integrated hazard of ratification.
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
    persuasion_need: FloatArray
    ratified: BoolArray
    ratification_progress: FloatArray


# --- what a member feels -------------------------------------------------------------------------------------------


def felt(pressure: FloatArray) -> FloatArray:
    """Pressure as felt: ``1 - exp(-pressure)``, in [0, 1); it saturates, so that no effort makes a permanent veto."""
    return 1.0 - np.exp(-pressure)


def susceptibility(
    structural: FloatArray, government_ties: FloatArray, spending_rise: FloatArray, resilience: float
) -> FloatArray:
    """How readily a member yields to pressure, in [0, 1].

    ``1 - (1 - structural * (1 - resilience * spending_rise)) * (1 - government_ties)``: the structural part (energy,
    distance in UN voting) falls with defence spending, the present government's closeness adds to it.

    Args:
        structural: structural susceptibility, (member,).
        government_ties: closeness of the present government to Russia, (run, member).
        spending_rise: defence spending less that of the start, % of GDP, (run, member).
        resilience: share of the structural part that a point of spending removes.
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
    """The threat that a member would perceive if the world stood still: exposure times war, front, incidents, pressure.

    Args:
        exposure: (member,), in [0, 1].
        war_intensity: (run, 1), in [0, 1].
        front: Russian territorial progress, (run, 1).
        incidents: remembered incidents, (run, member).
        felt_pressure: (run, member).
        p: the weights.
    """
    world = p.war_weight * war_intensity + p.front_weight * front
    return exposure * (world + p.pressure_weight * felt_pressure) + p.incident_weight * incidents


def spending_target(
    spending: FloatArray,
    start: FloatArray,
    threat_change: FloatArray,
    small: FloatArray,
    mean_rise: FloatArray,
    pledge: FloatArray | float,
    p: SpendingParameters,
) -> FloatArray:
    """Defence spending that a member aims at, % of GDP: pledge and threat raise it, allies' spending lowers it.

    Args:
        spending: present spending, (run, member).
        start: spending of the start date, (member,).
        threat_change: threat less that of the start, (run, member).
        small: one less the member's influence weight, (member,).
        mean_rise: rise of the allies' weighted mean since the start, (run, 1).
        pledge: pledged path at this date, % of GDP, a number or (run, 1).
        p: the weights.
    """
    gap = np.maximum(pledge - spending, 0.0)
    aim = spending + p.compliance * gap + p.threat_response * threat_change - p.free_riding * small * mean_rise
    return np.maximum(aim, np.minimum(start, spending))


# --- how its stance moves: one function a mechanism ----------------------------------------------------------------


def assessment(
    stance: FloatArray,
    leaning: FloatArray,
    threat_change: FloatArray,
    entrapment: FloatArray,
    p: StanceParameters,
) -> FloatArray:
    """Return of the stance to the member's own assessment (Walt 1987; Snyder 1984).

    ``rate * (leaning + threat_weight * threat_change - entrapment_weight * entrapment - stance)``

    Args:
        stance: (run, member).
        leaning: disposition plus orientation, (run, member).
        threat_change: perceived threat less that of the start, (run, member).
        entrapment: caution times the change of war intensity since the start, (run, member).
        p: the weights.
    """
    view = leaning + p.threat_weight * threat_change - p.entrapment_weight * entrapment
    return p.assessment_rate * (view - stance)


def peers(
    stance: FloatArray,
    perceived: FloatArray,
    network: FloatArray,
    hegemon: int,
    distrust: FloatArray,
    p: StanceParameters,
) -> FloatArray:
    """Pull of the other members' perceived stances (Friedkin & Johnsen 1990).

    ``rate * sum_j w_ij * (perceived_j - stance_i)``, the hegemon's weight being cut by distrust. With a confidence
    bound, weights beyond it are zero and the others are scaled to a sum of one (Hegselmann & Krause 2002).

    Args:
        stance: (run, member).
        perceived: (run, member).
        network: influence of j on i in row i, (member, member), rows sum to one, zero diagonal.
        hegemon: column of the hegemon.
        distrust: trust of the start less present trust, (run, member).
        p: the rate and the bound.
    """
    if p.confidence_bound < 2.0:
        near = np.abs(perceived[:, None, :] - stance[:, :, None]) <= p.confidence_bound
        weights = network * near
        total = weights.sum(axis=-1)
        mean = (weights * perceived[:, None, :]).sum(axis=-1) / np.where(total > 0, total, 1.0)
        return p.peer_rate * np.where(total > 0, mean - stance, 0.0)
    pull = np.vecmat(perceived, network.T) - stance
    gap = perceived[:, hegemon : hegemon + 1] - stance
    return p.peer_rate * (pull - distrust * network[:, hegemon] * gap)


def intimidation(susceptible: FloatArray, felt_pressure: FloatArray, p: StanceParameters) -> FloatArray:
    """Fall of a susceptible member's stance under pressure (Sechser 2011; Deák et al. 2024)."""
    return -p.intimidation_weight * susceptible * felt_pressure


def hardening(susceptible: FloatArray, felt_pressure: FloatArray, p: StanceParameters) -> FloatArray:
    """Rise of an unsusceptible member's stance under pressure (Dafoe, Hatz & Zhang 2021; Finland 2022)."""
    return p.hardening_weight * (1.0 - susceptible) * felt_pressure


def isolation(cost: FloatArray, p: StanceParameters) -> FloatArray:
    """Rise of an objector's stance with the cost of standing out: a lone objector pays more than one of many."""
    return p.isolation_weight * cost


def concession(stock: FloatArray, p: StanceParameters) -> FloatArray:
    """Rise of a holdout's stance with the concessions it has received (Schneider 2009)."""
    return p.concession_weight * stock


# --- what an election does -----------------------------------------------------------------------------------------


def elect(
    orientation: FloatArray, turnover: FloatArray, draw: FloatArray, incumbent_below: float, p: ElectionParameters
) -> FloatArray:
    """Orientation after an election: kept if the government survives, else drawn about the other side of the last.

    Args:
        orientation: (run, ...) before the election.
        turnover: standard normal draws; the government survives where they fall below ``incumbent_below``.
        draw: standard normal draws of a new government's orientation.
        incumbent_below: normal quantile of the probability of survival.
        p: alternation and volatility.
    """
    new = -p.alternation * orientation + p.volatility * draw
    return np.where(turnover < incumbent_below, orientation, new)


def ties_of(orientation: FloatArray, p: ElectionParameters) -> FloatArray:
    """Ties with Russia that go with a new government's orientation, in [0, 1]."""
    return np.clip(-orientation / p.ties_orientation, 0.0, 1.0)


# --- how it ballots and ratifies -----------------------------------------------------------------------------------


def objections(
    stance: FloatArray, war_bar: BoolArray, hot: BoolArray, objection_line: float
) -> tuple[BoolArray, BoolArray]:
    """Which members object by their own stance, and which because of the war; arguments as in ``position``."""
    return stance < objection_line, hot & war_bar


def position(
    stance: FloatArray, war_bar: BoolArray, hot: BoolArray, objection_line: float
) -> tuple[IntArray, IntArray]:
    """Each member's ballot and, where it objects, the reason.

    A member supports from stance 0 up, acquiesces between its objection line and 0 (the silence procedure), and
    objects below it. While the war is hot, one that holds that a state at war cannot be admitted objects whatever
    its stance.

    Args:
        stance: (run, member).
        war_bar: members that hold that view, (member,).
        hot: runs in which the candidate is at hot war, (run, 1).
        objection_line: stance below which a member objects.

    Returns:
        Ballots and reasons, both int8 (run, member).
    """
    by_stance, by_war = objections(stance, war_bar, hot, objection_line)
    ballots = np.where(by_stance | by_war, OBJECT, np.where(stance >= 0, SUPPORT, ACQUIESCE)).astype(np.int8)
    reasons = (by_stance * REASON_STANCE + by_war * REASON_WAR).astype(np.int8)
    return ballots, reasons


def ratification_hazard(
    stance: FloatArray, by_war: BoolArray, speed: FloatArray, urgency: float, full: float, objection_line: float
) -> FloatArray:
    """Hazard of ratifying, per year: institutional speed times urgency times willingness, zero while objecting.

    Willingness rises in a straight line from 0 at the objection line to 1 at the stance ``full``.

    Args:
        stance: (run, member).
        by_war: members that object because of the war, (run, member).
        speed: institutional speed in the urgency of the 2022 round, per year, (member,).
        urgency: of this round; 1 is that of 2022.
        full: stance from which a member is fully willing.
        objection_line: stance below which it is not willing at all.
    """
    willingness = np.clip((stance - objection_line) / (full - objection_line), 0.0, 1.0)
    return np.where(by_war, 0.0, speed * urgency * willingness)
