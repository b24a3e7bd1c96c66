"""The Secretary General: no ballot, but clarifies positions, persuades holdouts, brokers and puts the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, share
from article10.agents.parameter import Meta, Parameters


class SecretaryGeneralParameters(Parameters):
    """What the Secretary General's office does with a live bid."""

    clarification_rate: Annotated[
        float,
        Field(
            ge=0,
            le=52,
            description="How much faster members learn of each other's stances through consultation.",
        ),
        Meta("1/year", (0.0, 12.0), "assumption"),
    ] = 4.0
    persuasion_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Rate at which full effort raises a holdout's stance, by how far it is from support.",
        ),
        Meta("1/year", (0.0, 1.0), "Blankenship 2021 on patrons and laggards; size assumed"),
    ] = 0.5
    champions_weight: Annotated[
        float,
        Field(ge=0, le=1, description="Share of persuasion that is the champions' part, by their influence weight."),
        Meta("1", (0.0, 1.0), "assumption: half the work is the office's own"),
    ] = 0.5
    champion_line: Annotated[
        float,
        Field(ge=0, le=1, description="Stance from which a member champions the bid and joins in persuasion."),
        Meta("stance", (0.4, 0.6), "model/data/ukraine_membership_stance_2025_12.csv: code 2, champion, is 0.6"),
    ] = 0.5
    reach: Annotated[
        float,
        Field(gt=0, le=100, description="Objectors with which the office still thinks a bid worth an effort."),
        Meta(
            "member",
            (6.0, 20.0),
            "assumption: the seven and more named as hesitant in October 2024 did not end the effort",
        ),
    ] = 14.0
    expected_objectors: Annotated[
        int,
        Field(ge=0, le=100, description="Objectors with which the question is still put, to isolate them."),
        Meta("member", (0, 4), "Madrid 2022 was prepared with one open objector"),
    ] = 2
    readiness_needed: Annotated[
        float,
        Field(ge=0, le=1, description="Candidate's readiness below which the question is not put."),
        Meta("1", (0.5, 0.9), "Washington 2024: when allies agree and conditions are met; size assumed"),
    ] = 0.7
    brokerage: Annotated[
        float,
        Field(ge=0, le=1, description="Share of what is left to concede that a holdout is offered at a council."),
        Meta("1/council", (0.1, 0.5), "trilateral memorandum, Madrid, 28 June 2022; size assumed"),
    ] = 0.3
    price: Annotated[
        float,
        Field(ge=0, le=20, description="How much more a lone holdout asks for the same move than one of many."),
        Meta("1", (0.0, 3.0), "Schneider 2009; size assumed"),
    ] = 1.0

    spending_press: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of what members would leave of the gap to the spending pledge that they aim to close at "
            "the office's urging.",
        ),
        Meta("1", (0.0, 0.3), "assumption: the office presses for spending before every summit; size assumed"),
    ] = 0.1


@dataclass
class SecretaryGeneralState:
    """The office's state in all runs; arrays are ``(run,)``.

    Attributes:
        campaign: effort put into the bid since the last council, in [0, 1].
        champions: influence weight of the members that champion it, in [0, 1].
        objectors: members that objected at the last council, or at the start.
    """

    campaign: FloatArray
    champions: FloatArray
    objectors: FloatArray


def campaign_effort(objectors: FloatArray, live: BoolArray, p: SecretaryGeneralParameters) -> FloatArray:
    """Effort put into a live bid, in [0, 1], (run,): the more, the fewer object."""
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
        need: distance of holdouts below support, (run, member).
        p: the champions' part.
    """
    return campaign * (1.0 - p.champions_weight + p.champions_weight * champions) * need


def puts_question(
    objectors: FloatArray,
    would_pass: BoolArray,
    readiness: FloatArray,
    pursued: BoolArray,
    p: SecretaryGeneralParameters,
) -> BoolArray:
    """Whether the question is put to council: the bid is pursued, the candidate ready, and it may pass, (run,).

    It may pass where it would by the rule in force, or where so few object that they are to be isolated.
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
    """Concessions after a council, (run, member): a share of what is left, dearer the more pivotal the holdout.

    Args:
        stock: concessions received so far, (run, member).
        holdout: members that object by their own stance, (run, member).
        objectors: how many object, (run, 1).
        campaign: effort put into the bid, (run, 1).
        p: brokerage and price.
    """
    pivotality = 1.0 / np.maximum(objectors, 1.0)
    share = p.brokerage * campaign / (1.0 + p.price * pivotality)
    return np.where(holdout, stock + share * (1.0 - stock), stock)
