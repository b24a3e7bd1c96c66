"""Russia, the external power: it fights a war, is alarmed by accession, and spends effort to move those with a ballot.

It has no ballot itself: the accession rule reads nothing in this file. A strategy is a function that takes what Russia
knows and returns how its effort is shared out over members; users can pass their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from article10.agents.arrays import LOG2_E, BoolArray, FloatArray, share
from article10.agents.parameter import Meta, Parameters
from article10.agents.short_error import shown
from article10.agents.stackable import stackable

IntegerArray = npt.NDArray[np.integer]

STRATEGY_NAMES = ("inert", "uniform", "weakest_link", "heavyweights", "adaptive", "forward_looking")
"""The strategies that come with the model."""

FORWARD_LOOKING = STRATEGY_NAMES[-1]
"""The strategy under which Russia chooses among its instruments."""


class RussiaParameters(Parameters):
    """Russia's resources, alarm and pressure on members."""

    strategy: Annotated[
        str,
        Field(
            description="How effort is spread over members: a name in STRATEGIES, or that of a function passed in. "
            "Under forward_looking Russia also chooses among its instruments; under the others it always presses."
        ),
        Meta("name", None, "assumption: under unanimity one objector is enough", STRATEGY_NAMES),
    ] = FORWARD_LOOKING
    effort: Annotated[
        float,
        Field(
            ge=0,
            le=200,
            description="Pressure per year at full resources and alarm; 1 for a year on one member makes a stock of 1.",
        ),
        Meta(
            "pressure/year",
            (2.0, 15.0),
            "assumption; the hostile acts in model/data/2025-12/events.csv are of this order",
        ),
    ] = 6.0
    ambition: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of resources that Russia spends on subordinating its neighbours, whatever NATO does.",
        ),
        Meta("1", (0.4, 0.8), "assumption: war takes most of the resources"),
    ] = 0.6
    base_effort: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the remaining effort that Russia spends even without alarm."),
        Meta("1", (0.2, 0.8), "assumption"),
    ] = 0.5
    recovery_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast resources return to their initial level."),
        Meta("1/year", (0.2, 1.0), "assumption"),
    ] = 0.5
    war_cost: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            description="Resources that a year of war costs per unit of intensity, at full ambition.",
        ),
        Meta("1/year", (0.1, 0.6), "assumption"),
    ] = 0.3
    alarm_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast alarm follows how near accession looks."),
        Meta("1/year", (1.0, 12.0), "assumption"),
    ] = 6.0
    alarm_at_invitation: Annotated[
        float,
        Field(ge=0, le=1, description="How near accession looks to Russia once the candidate is invited."),
        Meta("1", (0.4, 0.8), "assumption; it is 0 for an aspirant, and 1 from ratification on"),
    ] = 0.6
    alarm_at_signature: Annotated[
        float,
        Field(ge=0, le=1, description="How near accession looks to Russia once the protocol is signed."),
        Meta("1", (0.7, 1.0), "assumption"),
    ] = 0.9
    review_weeks: Annotated[
        int,
        Field(ge=1, le=520, description="Weeks between two reviews of how effort is spread."),
        Meta("week", (4, 26), "assumption: campaigns run for a season", shapes=True),
    ] = 13
    observation_error: Annotated[
        float,
        Field(
            ge=0,
            le=2,
            description="Standard deviation of the error with which Russia observes a member's stance.",
        ),
        Meta("stance", (0.0, 0.3), "assumption"),
    ] = 0.15
    focus: Annotated[
        float,
        Field(
            gt=0,
            le=2,
            description="Distance from the objection line at which Russia's interest in a member has fallen to 1/e.",
        ),
        Meta("stance", (0.15, 0.5), "assumption"),
    ] = 0.25
    learning: Annotated[
        float,
        Field(ge=0, le=1, description="Weight of the latest observed effect in the beliefs of the adaptive strategy."),
        Meta("1", (0.1, 0.6), "assumption"),
    ] = 0.3
    expected_response: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Fall of a fully susceptible stance that Russia at first expects of a year of pressure.",
        ),
        Meta("stance/year", (0.2, 1.0), "assumption: about what pressure does in this model"),
    ] = 0.5
    pressure_decay_rate: Annotated[
        float,
        Field(gt=0, le=52, description="How fast the stock of pressure on a member fades when it is not renewed."),
        Meta("1/year", (0.5, 3.0), "assumption; gas cut-offs of 2022 were absorbed within a year or so"),
    ] = 1.0


@dataclass
class RussiaState:
    """Russia's state in all runs; arrays have shape ``(run,)`` unless another is given.

    Attributes:
        resources: resources at Russia's disposal; 1 at the start.
        effort: pressure exerted per year.
        alarm: perceived threat of accession, in [0, 1].
        war_intensity: intensity of the war, in [0, 1].
        war_level: intensity to which the hot war tends.
        front: Russian territorial progress since the start; 1 would be the whole country.
        ceasefire: whether a ceasefire is in force.
        shares: share of the effort that goes to each member, (run, member).
        active: whether the strategy presses any member, (run,).
        observed: stances as observed at the last review, (run, member).
        response: believed effect of a year of fully felt pressure on a stance, (run, member).
        uses: share to which each instrument is in use until the next review, (run, instrument).
        prolongs: share to which Russia prolongs the war in order to bar membership.
        offered: step of Russia's last offer of a plan, or long before the first step, int32.
        spent: resources that its instruments have taken so far.
        used: reviews at which each instrument was chosen, weighted by the share, (run, instrument).
    """

    resources: FloatArray
    effort: FloatArray
    alarm: FloatArray
    war_intensity: FloatArray
    war_level: FloatArray
    front: FloatArray
    ceasefire: BoolArray
    shares: FloatArray
    active: BoolArray
    observed: FloatArray
    response: FloatArray
    uses: FloatArray
    prolongs: FloatArray
    offered: IntegerArray
    spent: FloatArray
    used: FloatArray


# --- strategies ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Intelligence:
    """What Russia knows when it reviews its effort.

    Attributes:
        observed: members' stances as observed, with error, (run, member).
        susceptibility: (run, member).
        exposure: (member,).
        influence_weight: (member,).
        objection_line: stance below which a member objects.
        focus: distance from that line at which interest in a member has fallen to 1/e.
        response: believed effect of pressure on each stance, learned from the past, (run, member).
    """

    observed: FloatArray
    susceptibility: FloatArray
    exposure: FloatArray
    influence_weight: FloatArray
    objection_line: float
    focus: float
    response: FloatArray


Strategy = Callable[[Intelligence], FloatArray]
"""Takes what Russia knows and returns non-negative weights, (run, member); effort is spread in proportion to them."""


def near_line(known: Intelligence) -> FloatArray:
    """Interest in members close above or below the objection line, in (0, 1], (run, member)."""
    distance = (known.observed - known.objection_line) / known.focus
    return np.exp2(-LOG2_E * (distance * distance))


def inert(known: Intelligence) -> FloatArray:
    """No pressure on anyone."""
    return np.zeros_like(known.observed)


def uniform(known: Intelligence) -> FloatArray:
    """The same pressure on every member."""
    return np.ones_like(known.observed)


def weakest_link(known: Intelligence) -> FloatArray:
    """Members near the objection line, by the square of their susceptibility: one objector is enough."""
    return near_line(known) * known.susceptibility * known.susceptibility


def heavyweights(known: Intelligence) -> FloatArray:
    """Members in proportion to their influence weight."""
    return np.ones_like(known.observed) * known.influence_weight


def adaptive(known: Intelligence) -> FloatArray:
    """Members near the objection line whose stance fell under past pressure; none whose stance hardened."""
    return near_line(known) * np.maximum(-known.response, 0.0)


def forward_looking(known: Intelligence) -> FloatArray:
    """The members of ``weakest_link``; whether they are pressed is weighed against Russia's other instruments."""
    return weakest_link(known)


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        name: stackable(function)
        for name, function in zip(
            STRATEGY_NAMES,
            (inert, uniform, weakest_link, heavyweights, adaptive, forward_looking),
            strict=True,
        )
    }
)
"""The strategies that come with the model: their functions, indexed by name."""


def shares_of(weights: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Weights scaled so that they sum to one over members; they stay zero where all of them are zero.

    Args:
        weights: weights returned by a strategy, (run, member), or (member,) if they are the same in all runs.
        shape: (run, member).

    Raises:
        ValueError: the weights have another shape, or one is negative or not finite.
    """
    try:
        weights = np.broadcast_to(np.asarray(weights, np.float64), shape)
    except (TypeError, ValueError):
        given = getattr(weights, "shape", shown(weights))
        raise ValueError(f"a strategy must return weights (run, member) = {shape}, got {given}") from None
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError("a strategy must return finite, non-negative weights (run, member)")
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


def prior_response(susceptible: FloatArray, p: RussiaParameters) -> FloatArray:
    """Effect of pressure that Russia expects at first: it lowers a stance in proportion to susceptibility."""
    return -p.expected_response * susceptible


def learn(
    response: FloatArray, moved: FloatArray, felt_pressure: FloatArray, years: float, learning: float
) -> FloatArray:
    """Believed effect of pressure after a review: it moves towards the change per year observed under pressure.

    Args:
        response: belief so far, (run, member).
        moved: observed change of stance since the last review, (run, member).
        felt_pressure: (run, member).
        years: time since the last review.
        learning: weight of the newest effect, scaled by how much pressure was felt.
    """
    return response + learning * felt_pressure * (moved / years - response)


# --- effort, resources, alarm --------------------------------------------------------------------------------------


def effort(resources: FloatArray, alarm: FloatArray, pressing: FloatArray, p: RussiaParameters) -> FloatArray:
    """Pressure exerted per year, (run,): a base share of what ambition leaves over, and more as alarm rises.

    Args:
        resources: at Russia's disposal.
        alarm: in [0, 1].
        pressing: share to which Russia presses members at all, in [0, 1].
        p: effort at full resources and alarm, and its shares.
    """
    urge = p.base_effort + (1.0 - p.base_effort) * alarm
    return p.effort * (1.0 - p.ambition) * resources * urge * pressing


def resources_change(resources: FloatArray, war_change: FloatArray, p: RussiaParameters) -> FloatArray:
    """Rate of change of resources, (run,): recovery, less the cost of extra war intensity."""
    return p.recovery_rate * (1.0 - resources) - p.war_cost * p.ambition * war_change


def stage_alarm(invited: BoolArray, signed: BoolArray, later: BoolArray, p: RussiaParameters) -> FloatArray:
    """How near accession looks by the stage reached alone, in [0, 1], (run,): 0 before an invitation, 1 in the end.

    Args:
        invited: runs in which the candidate is invited, (run,).
        signed: runs in which the protocol is signed.
        later: runs in which members ratify or have ratified.
        p: alarm at the first two.
    """
    return np.where(invited, p.alarm_at_invitation, np.where(signed, p.alarm_at_signature, later))


def nearness(stage_alarm: FloatArray, objectors: FloatArray, reach: float) -> FloatArray:
    """How near accession looks, in [0, 1], (run,): by the stage, or by how few would object if the war paused."""
    return np.maximum(stage_alarm, share(1.0 - objectors / reach))
