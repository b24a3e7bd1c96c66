"""Russia's instruments, and how it chooses among them when it looks ahead.

Each review weighs what an instrument does to the chance of accession, as Russia sees it, against what it costs. The
choice is a quantal response: it errs, less often the more is at stake. Resources are limited, so that instruments
compete. None of them is a ballot: they act on members, on the war, or on the candidate's own choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.outlook import logistic
from article10.agents.parameter import Meta, Parameters

INSTRUMENTS = ("press", "prolong", "offer", "side_deals", "escalate")
"""Russia's instruments, by the names of their switches."""

PRESS, PROLONG, OFFER, SIDE_DEALS, ESCALATE = range(len(INSTRUMENTS))

EULER = 0.5772156649015329
"""Mean of a standard Gumbel distribution."""

PROBIT_PER_LOGIT = 1.702
"""A normal distribution function is near a logistic one of this many times the argument."""


class InstrumentParameters(Parameters):
    """Russia's instruments: which it has, what they cost, and how it weighs them if it looks ahead."""

    press: Annotated[
        bool,
        Field(description="Whether Russia can press members; without it no strategy moves any of them."),
        Meta("", None, "a switch: energy, cyber, sabotage, disinformation (model/data/2025-12/events.csv)"),
    ] = True
    prolong: Annotated[
        bool,
        Field(description="Whether Russia can refuse a ceasefire in order to bar membership."),
        Meta("", None, "a switch: the war as a bar to membership"),
    ] = True
    offer: Annotated[
        bool,
        Field(description="Whether Russia can offer the candidate a ceasefire if it gives up membership."),
        Meta("", None, "a switch: Istanbul, March 2022"),
    ] = True
    side_deals: Annotated[
        bool,
        Field(description="Whether Russia can make side deals with holdouts, which raise the price of their consent."),
        Meta("", None, "a switch: gas and nuclear contracts with members that hold out"),
    ] = True
    escalate: Annotated[
        bool,
        Field(
            description="Whether Russia can escalate: at the front, or during a ceasefire by incidents on members' "
            "ground."
        ),
        Meta("", None, "a switch: offensives, drones and sabotage in members' countries"),
    ] = True
    press_cost: Annotated[
        float,
        Field(ge=0, le=10, description="Resources that pressing members at full effort takes, as a yearly share."),
        Meta("1/year", (0.05, 0.3), "assumption"),
    ] = 0.15
    prolong_cost: Annotated[
        float,
        Field(ge=0, le=10, description="Resources that refusing a ceasefire takes, as a yearly share."),
        Meta("1/year", (0.05, 0.3), "assumption"),
    ] = 0.1
    side_deal_cost: Annotated[
        float,
        Field(ge=0, le=10, description="Resources that a side deal with a holdout takes, as a yearly share."),
        Meta("1/year", (0.02, 0.2), "assumption: discounts on gas, a reactor, trade"),
    ] = 0.1
    escalation_cost: Annotated[
        float,
        Field(ge=0, le=10, description="Resources that escalation takes, as a yearly share."),
        Meta("1/year", (0.05, 0.4), "assumption"),
    ] = 0.2
    cost_weight: Annotated[
        float,
        Field(
            ge=0,
            le=100,
            description="Loss that a full year's resources are to Russia, relative to the candidate's accession.",
        ),
        Meta("1", (0.005, 0.08), "assumption: Russia presses and fights on, so that the weight is small"),
    ] = 0.02
    prize: Annotated[
        float,
        Field(
            ge=0,
            le=100,
            description="Worth of the whole of the candidate's territory to a Russia of full ambition, relative to "
            "preventing its accession.",
        ),
        Meta("1", (0.5, 4.0), "assumption"),
    ] = 2.0
    choice_error: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Scale of the error with which Russia compares instruments, as a chance of accession; 0 never "
            "errs.",
        ),
        Meta("1", (0.0005, 0.005), "assumption"),
    ] = 0.0015
    offer_weeks: Annotated[
        int,
        Field(ge=1, le=1040, description="Least number of weeks between two of Russia's offers."),
        Meta("week", (26, 104), "assumption"),
    ] = 52
    offer_cap: Annotated[
        float,
        Field(ge=0, le=1, description="Cap on the candidate's forces in Russia's offer; at 1 it is left without any."),
        Meta("1", (0.2, 0.8), "Istanbul, March 2022: Russia asked for deep cuts; scale assumed"),
    ] = 0.5
    side_deal_stakes: Annotated[
        float,
        Field(ge=0, le=5, description="Steps by which a side deal raises the stakes of a holdout, and so its price."),
        Meta("step", (0.3, 1.5), "assumption: the casebook codes no counter-offers"),
    ] = 1.0
    escalation: Annotated[
        float,
        Field(ge=0, le=1, description="Rise of the level of the hot war while Russia escalates."),
        Meta("1", (0.05, 0.3), "assumption"),
    ] = 0.15
    incident_severity: Annotated[
        float,
        Field(
            ge=0,
            le=2,
            description="Severity of the incidents on members' ground of one review, for a fully exposed member.",
        ),
        Meta("1", (0.1, 0.6), "assumption"),
    ] = 0.3


@dataclass(frozen=True)
class Options:
    """What each instrument would do if used until the next review; lists are in the order of ``INSTRUMENTS``.

    Attributes:
        can: whether it can be used, (run,) each.
        gain: by how much it lowers the chance of accession, as Russia sees it, less what else it gives up, (run,) each.
        cost: resources that it takes, numbers or (run,) each.
    """

    can: Sequence[BoolArray]
    gain: Sequence[FloatArray]
    cost: Sequence[FloatArray | float]


def choose(options: Options, budget: FloatArray, exponentials: FloatArray, p: InstrumentParameters) -> FloatArray:
    """Share to which each instrument is used until the next review, in [0, 1], (run, instrument).

    An instrument's worth is its gain, less ``cost_weight`` times its cost, plus a Gumbel error of the scale
    ``choice_error`` and mean 0 (quantal response; McKelvey & Palfrey 1995). Those of a positive worth are used, the
    worthiest first, as long as the budget pays for them. Pressure alone can be had in part.

    Args:
        options: from which to choose.
        budget: resources for the time until the next review, (run,).
        exponentials: standard exponential draws, (run, instrument).
        p: the weights.
    """
    n = len(budget)
    gumbel = -np.log(exponentials) - EULER
    worth, cost = np.empty((2, n, len(options.cost)))
    for k, (can, gain, price) in enumerate(zip(options.can, options.gain, options.cost, strict=True)):
        worth[:, k] = np.where(can, gain - p.cost_weight * price + p.choice_error * gumbel[:, k], -np.inf)
        cost[:, k] = price
    used, rows, left = np.zeros_like(worth), np.arange(n), np.asarray(budget, np.float64).copy()
    for place in np.argsort(-worth, axis=1, kind="stable").T:
        price = cost[rows, place]
        affords = np.divide(left, price, out=np.ones(n), where=price > 0.0)
        part = np.where(place == PRESS, np.minimum(affords, 1.0), affords >= 1.0)
        part = part * (worth[rows, place] > 0.0)
        used[rows, place] = part
        left = left - part * price
    return used


def affordable(cost: FloatArray | float, budget: FloatArray) -> FloatArray:
    """Share of a cost that a budget pays for, in [0, 1], (run,)."""
    price = cost * np.ones_like(budget)
    return np.minimum(np.divide(budget, price, out=np.ones_like(budget), where=price > 0.0), 1.0)


def budget(resources: FloatArray, ambition: float, years: float) -> FloatArray:
    """Resources that are left for instruments over some years, (run,): ambition binds its share to the war.

    Args:
        resources: at Russia's disposal; 1 at the start.
        ambition: share spent on subordinating the neighbours.
        years: time until the next review.
    """
    return years * (1.0 - ambition) * resources


def objectors_gained(
    distance: FloatArray, fall: FloatArray, error: FloatArray | float, at_stake: BoolArray
) -> FloatArray:
    """Members that Russia expects to win over to the objectors if stances fall, (run,) or (case, run).

    Each stance is known up to an error, so that the expected number is a sum of probabilities.

    Args:
        distance: of each stance, as observed, above the objection line, (run, member).
        fall: expected fall of each stance, (run, member), or (case, run, member) for several cases at once.
        error: standard deviation of the error, a number or (run, 1).
        at_stake: members whose objection would count, (run, member).
    """
    scale = PROBIT_PER_LOGIT / np.maximum(error, 0.01)
    away = scale * distance
    change = logistic(scale * fall - away) - logistic(-away)
    change *= at_stake
    return np.asarray(change.sum(axis=-1))


def payoff(
    acceded: BoolArray, front: FloatArray, spent: FloatArray, ambition: float, p: InstrumentParameters
) -> FloatArray:
    """What a run was worth to Russia, (run,).

    ``-acceded + ambition * prize * front - cost_weight * spent``: the candidate's accession is a loss of 1; territory
    is worth as much as Russia wants to subordinate the candidate; and what its instruments took is lost. A choice at a
    review weighs the same three.

    Args:
        acceded: whether the candidate acceded by the horizon.
        front: Russian territorial progress since the start; 1 would be the whole country.
        spent: resources that instruments took, in years of the resources of the start.
        ambition: in [0, 1].
        p: the weights.
    """
    return -acceded.astype(np.float64) + ambition * p.prize * front - p.cost_weight * spent
