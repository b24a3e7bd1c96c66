"""Peace plans: who offers them, their terms, and what the candidate makes of them.

Russia offers one where that serves it (agents/instruments.py); the hegemon offers one from time to time while it does
not support the bid. The candidate alone accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import FloatArray
from article10.agents.candidate import CandidateParameters
from article10.agents.outlook import OUTLOOK_YEARS, Outlook, Prospect
from article10.agents.parameter import Meta, Parameters

PLAN_DRAWS = ("the candidate answers the external power", "the hegemon offers", "the candidate answers the hegemon")
"""What is left to chance in plans at each review, besides the dated ones that a scenario states."""

FROM_EXTERNAL_POWER, FROM_HEGEMON = 1, 4
"""Bits of who has offered a plan; twice as much means that the candidate accepted it."""

ANSWERS_EXTERNAL_POWER, HEGEMON_OFFERS, ANSWERS_HEGEMON = range(len(PLAN_DRAWS))


class PlanParameters(Parameters):
    """Plans that the hegemon offers: a ceasefire and a guarantee for a candidate that gives up membership."""

    hegemon_rate: Annotated[
        float,
        Field(
            ge=0,
            le=20,
            description="How often the hegemon offers a plan that bars membership, while the war is hot and it does "
            "not support the bid.",
        ),
        Meta("1/year", (0.2, 1.0), "docs/evidence/event_rates.md: plans that bar membership since December 2021"),
    ] = 0.4
    hegemon_guarantee: Annotated[
        float,
        Field(ge=0, le=1, description="Level of the guarantee in the hegemon's plan."),
        Meta("1", (0.1, 0.6), "the plan of November 2025 offered reliable guarantees; scale assumed"),
    ] = 0.3
    hegemon_cap: Annotated[
        float,
        Field(ge=0, le=1, description="Cap on the candidate's forces in the hegemon's plan; at 1 it has none."),
        Meta("1", (0.1, 0.5), "the plan of November 2025: 600,000 soldiers; scale assumed"),
    ] = 0.3


@dataclass(frozen=True)
class PlanTerms:
    """Terms of a peace plan, the same in all runs or one value a run.

    Attributes:
        ceasefire: whether the war pauses.
        no_membership: whether the candidate gives up membership.
        force_cap: cap on the candidate's forces; 0 none, 1 no forces left.
        guarantee: level of the guarantee that the alliance gives.
        binding: whether that is binding.
    """

    ceasefire: bool = True
    no_membership: bool = True
    force_cap: FloatArray | float = 0.0
    guarantee: FloatArray | float = 0.0
    binding: bool = False


def error(lasting: FloatArray, own: FloatArray, p: CandidateParameters) -> FloatArray:
    """Error with which the candidate compares a plan with going on, standard normal, (run,).

    Args:
        lasting: standard normal draws, one a run.
        own: standard normal draws, one a plan.
        p: share of the variance that lasts.
    """
    found: FloatArray = np.sqrt(p.lasting_error) * lasting + np.sqrt(1.0 - p.lasting_error) * own
    return found


def plan_worth(
    terms: PlanTerms,
    seen: Prospect,
    outlook: Outlook,
    aspiration: FloatArray,
    guarantee: FloatArray,
    front: FloatArray,
    p: CandidateParameters,
) -> FloatArray:
    """What a peace plan is worth to the candidate, less what going on is worth, in errors of its choice, (run,).

    Going on brings the chance of accession within ten years, times the wish to join, less the burden of the hot war to
    be expected. The plan brings the same with the war paused, if it pauses it; without that chance, if it bars
    membership; and its guarantee, less the burden of its cap and of giving in at all. The plan is accepted where
    its error falls below the result (a quantal response).

    Args:
        terms: of the plan.
        seen: stage, war and objectors.
        outlook: the chance of accession and the years of hot war that they lead to.
        aspiration: wish to join, in [0, 1], (run,).
        guarantee: guarantee in force, as far as it is believed, in [0, 1], (run,).
        front: Russian territorial progress since the start, (run,).
        p: the weights.
    """
    both = seen.and_paused()
    chance, hot_years = outlook.chance(both), outlook.hot_years(both)
    after = int(terms.ceasefire)
    year_of_war = (p.war_burden + p.front_burden * np.maximum(front, 0.0)) / OUTLOOK_YEARS
    spared = year_of_war * (hot_years[0] - hot_years[after])
    given_up = aspiration * (chance[0] - (not terms.no_membership) * chance[after])
    gained = p.guarantee_worth * (np.minimum(guarantee + terms.guarantee, 1.0) - guarantee)
    return (spared + gained - given_up - p.cap_burden * terms.force_cap - p.reluctance) / p.choice_error
