"""The Secretary General has no ballot, but clarifies, persuades, brokers concessions and puts the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, share
from article10.agents.parameter import Meta, Parameters


class SecretaryGeneralParameters(Parameters):
    """How the Secretary General's office works on a live bid."""

    clarification_rate: Annotated[
        float,
        Field(
            ge=0,
            le=52,
            description="How much faster members learn of each other's stances because the office consults them.",
        ),
        Meta("1/year", (0.0, 12.0), "assumption"),
    ] = 4.0
    persuasion_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Rate at which a full campaign raises a holdout's stance, per unit of distance from support.",
        ),
        Meta("1/year", (0.0, 1.0), "Blankenship 2021 on patrons and laggards; size assumed"),
    ] = 0.5
    champions_weight: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of persuasion that depends on champions, in proportion to their influence weight.",
        ),
        Meta("1", (0.0, 1.0), "assumption: the office itself does half of the work"),
    ] = 0.5
    champion_line: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Stance at or above which a member champions the bid and helps to persuade holdouts.",
        ),
        Meta("stance", (0.4, 0.6), "model/data/2025-12/membership_stance.csv: code 2, champion, is 0.6"),
    ] = 0.5
    reach: Annotated[
        float,
        Field(
            gt=0,
            le=100,
            description="Number of objectors at which the bid looks hopeless, so that there is no campaign.",
        ),
        Meta(
            "member",
            (6.0, 20.0),
            "assumption: the seven and more named as hesitant in October 2024 did not end the effort",
        ),
    ] = 14.0
    expected_objectors: Annotated[
        int,
        Field(
            ge=0,
            le=100,
            description="Largest number of objectors with which the question is still put, in order to isolate them.",
        ),
        Meta("member", (0, 4), "Madrid 2022 was prepared with one open objector"),
    ] = 2
    readiness_needed: Annotated[
        float,
        Field(ge=0, le=1, description="Readiness of the candidate below which the question is not put."),
        Meta("1", (0.5, 0.9), "Washington 2024: when allies agree and conditions are met; size assumed"),
    ] = 0.7
    brokerage: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of what is left to concede that a holdout is offered at each council.",
        ),
        Meta("1/council", (0.1, 0.5), "trilateral memorandum, Madrid, 28 June 2022; size assumed"),
    ] = 0.3
    price: Annotated[
        float,
        Field(ge=0, le=20, description="How much more a single holdout asks for the same move than one of many."),
        Meta("1", (0.0, 3.0), "Schneider 2009; size assumed"),
    ] = 1.0

    spending_press: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of the remaining gap to the pledge that members aim to close at the office's urging.",
        ),
        Meta("1", (0.0, 0.3), "assumption: the office presses for spending before every summit; size assumed"),
    ] = 0.1


@dataclass
class SecretaryGeneralState:
    """The office's state in all runs; every array has shape ``(run,)``.

    Attributes:
        campaign: effort put into the bid since the last council, in [0, 1].
        champions: summed influence weight of the members that champion the bid, in [0, 1].
        objectors: number of members that objected at the last council, or at the start.
    """

    campaign: FloatArray
    champions: FloatArray
    objectors: FloatArray


def campaign_effort(objectors: FloatArray, live: BoolArray, p: SecretaryGeneralParameters) -> FloatArray:
    """Effort put into a live bid, in [0, 1], (run,): it is larger when fewer members object."""
    return np.where(live, share(1.0 - objectors / p.reach), 0.0)


def pressed(compliance: float, p: SecretaryGeneralParameters) -> float:
    """Share of the gap to the spending pledge that members aim to close once the office has pressed for it."""
    return compliance + p.spending_press * (1.0 - compliance)


def champions_share(stance: FloatArray, influence_weight: FloatArray, p: SecretaryGeneralParameters) -> FloatArray:
    """Influence weight of the members that champion the bid, in [0, 1], (run,)."""
    return ((stance >= p.champion_line) * influence_weight).sum(axis=-1)


def persuasion(
    campaign: FloatArray, champions: FloatArray, need: FloatArray, p: SecretaryGeneralParameters
) -> FloatArray:
    """The office's and the champions' work on holdouts until the next council, (run, member).

    Args:
        campaign: effort, (run, 1).
        champions: influence weight of champions, (run, 1).
        need: distance by which each holdout's stance is below support, 0 for other members, (run, member).
        p: its ``champions_weight`` is used.
    """
    return campaign * (1.0 - p.champions_weight + p.champions_weight * champions) * need


def puts_question(
    objectors: FloatArray,
    would_pass: BoolArray,
    readiness: FloatArray,
    pursued: BoolArray,
    p: SecretaryGeneralParameters,
) -> BoolArray:
    """Whether the question is put to the council, (run,): the bid is pursued, the candidate ready, and it may pass.

    It may pass if it would under the rule in force, or if so few object that putting it isolates them.
    """
    may_pass = would_pass | (objectors <= p.expected_objectors)
    return pursued & may_pass & (readiness >= p.readiness_needed)


def offer(
    stock: FloatArray,
    holdout: BoolArray,
    objectors: FloatArray,
    campaign: FloatArray,
    p: SecretaryGeneralParameters,
) -> FloatArray:
    """Stock of concessions after a council, (run, member): each holdout receives a share of what is left to concede.

    The more pivotal a holdout is, the higher its price and so the smaller the share that the same campaign buys.

    Args:
        stock: concessions received so far, (run, member).
        holdout: members that object by their own stance, (run, member).
        objectors: number of objectors, (run, 1).
        campaign: effort put into the bid, (run, 1).
        p: brokerage and price.
    """
    pivotality = 1.0 / np.maximum(objectors, 1.0)
    share = p.brokerage * campaign / (1.0 + p.price * pivotality)
    return np.where(holdout, stock + share * (1.0 - stock), stock)
