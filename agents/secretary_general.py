"""The Secretary General has no ballot, but clarifies, persuades, takes soundings, puts the question, and can pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, rows_times, share
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
    sounding_weeks: Annotated[
        int,
        Field(
            ge=0,
            le=520,
            description="Weeks for which soundings, taken every four weeks, must be clear before the question is put.",
        ),
        Meta("week", (1, 13), "assumption: what is put to a council has been settled in the weeks before"),
    ] = 4
    readiness_needed: Annotated[
        float,
        Field(ge=0, le=1, description="Readiness of the candidate below which the question is not put."),
        Meta("1", (0.5, 0.9), "Washington 2024: when allies agree and conditions are met; size assumed"),
    ] = 0.7
    spending_press: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of the remaining gap to the pledge that members aim to close at the office's urging.",
        ),
        Meta("1", (0.0, 0.3), "assumption: the office presses for spending before every summit; size assumed"),
    ] = 0.1


NOT_CLEAR = -1.0
"""Stands in place of a number of weeks where the last soundings showed that the question would not pass."""


@dataclass
class SecretaryGeneralState:
    """The office's state in all runs; every array has shape ``(run,)``.

    Attributes:
        campaign: effort put into the bid, in [0, 1].
        champions: summed influence weight of the members that champion the bid, in [0, 1].
        objectors: number of members that object in the last soundings.
        objectors_in_peace: number of those that would object if the war paused.
        weeks_clear: weeks since soundings first showed that the question would pass, if all did since; or NOT_CLEAR.
    """

    campaign: FloatArray
    champions: FloatArray
    objectors: FloatArray
    objectors_in_peace: FloatArray
    weeks_clear: FloatArray


def campaign_effort(objectors: FloatArray, live: BoolArray, p: SecretaryGeneralParameters) -> FloatArray:
    """Effort put into a live bid, in [0, 1], (run,): it is larger when fewer members object."""
    return np.where(live, share(1.0 - objectors / p.reach), 0.0)


def pressed(compliance: float, p: SecretaryGeneralParameters) -> float:
    """Share of the gap to the spending pledge that members aim to close once the office has pressed for it."""
    return compliance + p.spending_press * (1.0 - compliance)


def champions_share(stance: FloatArray, influence_weight: FloatArray, p: SecretaryGeneralParameters) -> FloatArray:
    """Influence weight of the members that champion the bid, in [0, 1], (run,)."""
    return rows_times((stance >= p.champion_line).astype(np.float64), influence_weight[:, None])[:, 0]


def persuasion(
    campaign: FloatArray, champions: FloatArray, need: FloatArray, p: SecretaryGeneralParameters
) -> FloatArray:
    """The office's and the champions' work on holdouts, (run, member).

    Args:
        campaign: effort, (run, 1).
        champions: influence weight of champions, (run, 1).
        need: distance by which each holdout's stance is below support, 0 for other members, (run, member).
        p: its ``champions_weight`` is used.
    """
    return campaign * (1.0 - p.champions_weight + p.champions_weight * champions) * need


def puts_question(
    weeks_clear: FloatArray,
    would_pass: BoolArray,
    readiness: FloatArray,
    pursued: BoolArray,
    p: SecretaryGeneralParameters,
) -> BoolArray:
    """Whether the question is put to the council, (run,): the bid is pursued, the candidate ready, the soundings clear.

    Args:
        weeks_clear: weeks since the soundings have been clear, below 0 if the last ones were not, (run,).
        would_pass: whether it would pass now, (run,).
        readiness: of the candidate, (run,).
        pursued: whether the bid is pursued, (run,).
        p: the weeks and the readiness needed.
    """
    return pursued & would_pass & (weeks_clear >= p.sounding_weeks) & (readiness >= p.readiness_needed)
