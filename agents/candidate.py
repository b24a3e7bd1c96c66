"""The candidate: how much it aspires to join, how ready it is, and whether it pursues its bid.

Only the candidate may shelve the bid. Accepting a plan that rules membership out is its own act, under pressure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, IntArray, share
from article10.agents.name import Label
from article10.agents.parameter import Meta, Parameters


class CandidateParameters(Parameters):
    """Aspiration, readiness and the choice to shelve or resume the bid."""

    name: Annotated[
        Label,
        Field(description="Name of the state that asks to join; by default that of the edition."),
        Meta("", None, "public record"),
    ] = "candidate"
    aspiration: Annotated[
        float,
        Field(ge=0, le=1, description="The candidate's wish to join at the start."),
        Meta("1", (0.7, 0.95), "model/data/2025-12/public_opinion.csv: 83% in October 2022"),
    ] = 0.8
    aspiration_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast aspiration follows the war and guarantees."),
        Meta(
            "1/year",
            (0.5, 3.0),
            "assumption: Ukrainian support doubled within about a year of 2014 and of 2022",
        ),
    ] = 1.0
    aggression_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Rise of aspiration when war intensity rises from 0 to 1."),
        Meta("1", (0.1, 0.5), "polls of 2014 and 2022; size assumed"),
    ] = 0.3
    guarantee_weight: Annotated[
        float,
        Field(
            ge=0,
            le=2,
            description="Fall of aspiration under a full guarantee that wholly replaces membership (rho = 1).",
        ),
        Meta(
            "1",
            (0.3, 1.0),
            "14 December 2025: ready to drop the bid for Article 5-like guarantees; size assumed",
        ),
    ] = 0.7
    readiness: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the required reforms done at the start."),
        Meta("1", (0.4, 0.8), "assumption: annual national programmes in place since Vilnius 2023"),
    ] = 0.6
    reform_rate: Annotated[
        float,
        Field(ge=0, le=5, description="Share of the remaining reforms done in a year while the bid is pursued."),
        Meta("1/year", (0.05, 0.3), "assumption"),
    ] = 0.15
    shelving_line: Annotated[
        float,
        Field(ge=0, le=1, description="Aspiration below which the candidate shelves its bid of its own accord."),
        Meta("1", (0.2, 0.5), "assumption: a government rarely keeps a bid that its public has left"),
    ] = 0.35
    resumption_line: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Aspiration above which the candidate resumes a shelved bid, provided that no plan binds it.",
        ),
        Meta("1", (0.5, 0.8), "assumption; Ukraine 2010-14 is the precedent"),
    ] = 0.6
    may_shelve: Annotated[
        bool,
        Field(description="Whether the candidate can shelve its bid; if not, only a plan's other terms apply."),
        Meta("", None, "a switch: the channel of informal influence that runs through the candidate"),
    ] = True
    war_burden: Annotated[
        float,
        Field(ge=0, le=10, description="Burden of ten years of hot war, relative to the worth of membership."),
        Meta("1", (0.5, 3.0), "war-weariness; assumption"),
    ] = 1.5
    front_burden: Annotated[
        float,
        Field(
            ge=0,
            le=50,
            description="Rise of the burden of ten years of hot war per unit of Russian territorial progress.",
        ),
        Meta("1", (0.0, 10.0), "assumption: who loses ground expects to lose more"),
    ] = 4.0
    guarantee_worth: Annotated[
        float,
        Field(ge=0, le=5, description="Worth of a full guarantee, relative to that of membership."),
        Meta("1", (0.2, 0.8), "14 December 2025: ready to drop the bid for Article 5-like guarantees; size assumed"),
    ] = 0.5
    cap_burden: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Burden of a plan that would leave the candidate no forces, relative to the worth of "
            "membership.",
        ),
        Meta("1", (0.2, 1.0), "assumption"),
    ] = 0.5
    reluctance: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Burden of giving in to any plan, relative to the worth of membership: land, honour, office.",
        ),
        Meta(
            "1",
            (0.3, 1.0),
            "assumption: the plans of Istanbul 2022 and November 2025 were not accepted as proposed",
        ),
    ] = 0.85
    choice_error: Annotated[
        float,
        Field(
            gt=0,
            le=10,
            description="Standard deviation of the error with which the candidate compares a plan with going on.",
        ),
        Meta("1", (0.2, 0.8), "assumption: decided in war and under pressure"),
    ] = 0.6
    lasting_error: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of the variance of that error that lasts for the whole run; the rest is drawn anew for "
            "each plan.",
        ),
        Meta("1", (0.3, 0.9), "assumption: who would not take one plan will hardly take the next"),
    ] = 0.7


class GuaranteeParameters(Parameters):
    """Security guarantees to the candidate: how long they last and how they change members' stances."""

    initial: Annotated[
        float,
        Field(ge=0, le=1, description="Level of non-binding commitments at the start."),
        Meta(
            "1",
            (0.1, 0.4),
            "model/data/2025-12/security_commitments.csv: bilateral agreements of 26 members; scale assumed",
        ),
    ] = 0.2
    renewal: Annotated[
        bool,
        Field(description="Whether the initial commitments are kept renewed; if not, they fade like later ones."),
        Meta("", None, "model/data/2025-12/security_commitments.csv: agreements run ten years"),
    ] = True
    decay_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast a non-binding guarantee fades when not renewed."),
        Meta("1/year", (0.1, 0.6), "assumption"),
    ] = 0.3
    binding_decay_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast a binding guarantee fades when not renewed."),
        Meta("1/year", (0.0, 0.15), "assumption: treaties outlast declarations"),
    ] = 0.05
    non_binding_weight: Annotated[
        float,
        Field(ge=0, le=1, description="Credibility of a non-binding guarantee relative to a binding one."),
        Meta("1", (0.2, 0.8), "Budapest 1994 is remembered; size assumed"),
    ] = 0.5
    membership: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="How far the deterrence of an attack on a member covers the new member.",
        ),
        Meta(
            "1",
            (0.5, 1.0),
            "North Atlantic Treaty, Article 5; no member's territory in Europe has been attacked since 1949",
        ),
    ] = 1.0
    relief: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Rate at which a full guarantee raises a fully cautious member's stance (it deters war).",
        ),
        Meta("stance/year", (0.0, 0.6), "Yarhi-Milo, Lanoszka & Cooper 2016; size assumed"),
    ] = 0.3
    substitution: Annotated[
        float,
        Field(
            ge=-1,
            le=1,
            description="rho: above 0 guarantees replace membership; below 0 they are a stepping stone towards it.",
        ),
        Meta("1", (-1.0, 1.0), "no estimate of the sign exists: vary it over its range"),
    ] = 0.0
    urgency_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rate at which a full guarantee changes a stance when rho is 1 or -1."),
        Meta("stance/year", (0.2, 1.0), "assumption"),
    ] = 0.6


@dataclass
class CandidateState:
    """The candidate's state in all runs; every array has shape ``(run,)``.

    Attributes:
        aspiration: wish to join, in [0, 1].
        readiness: share of the required reforms done, in [0, 1].
        shelved: whether the bid is shelved.
        bound_by_plan: whether an accepted plan that rules membership out is in force.
        force_cap: cap on the candidate's forces under an accepted plan; 0 none, 1 no forces left.
        guarantee: level of non-binding guarantees given since the start.
        binding_guarantee: level of binding guarantees.
        plans: plans that were offered at the last review and how they were answered, a sum of the bits of
            ``article10.agents.plans``, int8.
    """

    aspiration: FloatArray
    readiness: FloatArray
    shelved: BoolArray
    bound_by_plan: BoolArray
    force_cap: FloatArray
    guarantee: FloatArray
    binding_guarantee: FloatArray
    plans: IntArray

    def void_plan(self, broken: BoolArray) -> None:
        """Release the candidate from its plan and the cap on its forces where a ceasefire has broken, (run,)."""
        if broken.any():
            self.bound_by_plan[broken] = False
            self.force_cap[broken] = 0.0


def credible_guarantee(
    guarantee: FloatArray, binding: FloatArray, initial: float, p: GuaranteeParameters
) -> FloatArray:
    """Guarantee as far as it is believed, in [0, 1], (run,): binding ones count in full, others by their weight."""
    return np.minimum(binding + p.non_binding_weight * (guarantee + initial), 1.0)


def reassurance(guarantee_change: FloatArray, caution: FloatArray, p: GuaranteeParameters) -> FloatArray:
    """Rate of change of members' stances from guarantees, (run, member).

    ``(relief * caution - urgency_weight * rho) * guarantee_change``: guarantees deter war, which raises the stance of
    cautious members; and they make membership less urgent if rho > 0 ("in lieu") and more urgent if rho < 0
    ("stepping stone").
    """
    return guarantee_change * (p.relief * caution - p.urgency_weight * p.substitution)


def aspiration_target(
    war_change: FloatArray, guarantee_change: FloatArray, substitution: float, p: CandidateParameters
) -> FloatArray:
    """Aspiration to which the candidate tends, in [0, 1], (run,): war raises it, guarantees lower it.

    Guarantees lower it as far as they replace membership, in proportion to ``(1 + rho) / 2``: in full for rho = 1, and
    not at all for rho = -1, where they are a stepping stone.
    """
    weight = p.guarantee_weight * (1.0 + substitution) / 2.0
    return share(p.aspiration + p.aggression_weight * war_change - weight * guarantee_change)


def decide_on_bid(
    aspiration: FloatArray, shelved: BoolArray, bound_by_plan: BoolArray, p: CandidateParameters
) -> BoolArray:
    """Whether the bid is shelved after this step's decision by the candidate, (run,)."""
    if not p.may_shelve:
        return np.zeros_like(shelved)
    stays = shelved & (bound_by_plan | (aspiration < p.resumption_line))
    return stays | (~shelved & (aspiration < p.shelving_line))
