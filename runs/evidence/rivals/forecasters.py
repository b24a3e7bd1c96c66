"""What each model of collective decisions says, given positions, influence and a rule of salience."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.accession_rule import AccessionParameters
from article10.model.roster import Roster
from article10.runs.analyses.rules.power_indices import VotingGame
from article10.runs.evidence.rivals.challenge import challenge, forecast
from article10.runs.evidence.rivals.spatial import ROUNDING, compromise, core, median_voter

ADMITS_FROM = -ROUNDING
"""Position from which an outcome counts as admission: 0, halfway between the status quo and membership, and the stance
from which a member supports. The outcomes of sums of stances reach 0 only up to rounding."""

FLOOR = 0.25
"""Salience of the member that cares least, where it differs; an assumption."""

CHALLENGE_DRAWS = 100
"""Draws of positions for which challenges are computed, at most: their cost grows with the cube of the members."""

MEDIAN, WEIGHTED, COMPROMISE = "median voter", "weighted median", "compromise"
UNANIMITY, SILENCE, QUALIFIED, CHALLENGES = "unanimity", "unanimity by silence", "qualified majority", "challenges"
EVERYBODY, SIMULATION = "everybody is admitted", "simulation"

RULES = (UNANIMITY, SILENCE, QUALIFIED)
"""Forecasters whose position is that of the pivotal member."""

Salience = Callable[[Roster, FloatArray], FloatArray]

SALIENCES: Mapping[str, Salience] = MappingProxyType(
    {
        "exposure": lambda roster, _: FLOOR + (1.0 - FLOOR) * roster.exposure,
        "equal": lambda roster, _: np.ones(len(roster)),
        "extremity": lambda _, position: FLOOR + (1.0 - FLOOR) * np.abs(position),
    }
)
"""How much each member cares, from 0.25 to 1, by its exposure to the external power; all alike; or by how far its
position is from indifference. No expert has coded it. Each takes the roster and positions, (draw, member)."""


@dataclass(frozen=True)
class Said:
    """What a model says.

    Attributes:
        position: the outcome, or the pivotal member's position, (draw,).
        admits: whether the candidate is admitted, (draw,).
    """

    position: FloatArray
    admits: BoolArray


def quotas(p: AccessionParameters, members: int) -> dict[str, int]:
    """Number of members that must agree under each rule; a qualified majority is at least a majority."""
    asked = {
        rule: VotingGame.of_rule(p.with_(rule=rule), members).quota for rule in ("consensus", "qualified_majority")
    }
    return {UNANIMITY: asked["consensus"], QUALIFIED: max(asked["qualified_majority"], members // 2 + 1)}


def all_said(roster: Roster, position: FloatArray, rule: str, p: AccessionParameters) -> dict[str, Said]:
    """What every model says about a roster.

    Args:
        roster: the members, with their influence weights and exposure.
        position: their positions, (draw, member).
        rule: name of the rule of salience, from ``SALIENCES``.
        p: parameters of accession, for the qualified majority and the objection line.
    """
    salience = np.broadcast_to(SALIENCES[rule](roster, position), position.shape)
    influence = roster.influence_weight
    few = slice(CHALLENGE_DRAWS)
    last = forecast(challenge(position[few], influence, salience[few]), influence, salience[few])
    outcomes = {
        MEDIAN: median_voter(position),
        WEIGHTED: median_voter(position, influence),
        COMPROMISE: compromise(position, influence, salience),
        CHALLENGES: last,
    }
    found = {name: Said(outcome, outcome >= ADMITS_FROM) for name, outcome in outcomes.items()}
    for name, quota in quotas(p, len(roster)).items():
        under = core(position, quota)
        found[name] = Said(under.pivot, under.admits)
        if name == UNANIMITY:
            found[SILENCE] = Said(under.pivot, under.pivot >= p.objection_line)
    return {name: found[name] for name in (MEDIAN, WEIGHTED, COMPROMISE, CHALLENGES, UNANIMITY, SILENCE, QUALIFIED)}


def among_lowest(position: FloatArray, count: int) -> FloatArray:
    """Share of draws in which each member is among those with the lowest positions, ties shared, (member,).

    Args:
        position: positions, (draw, member).
        count: number of members that are named.
    """
    lower = (position[:, :, None] > position[:, None, :]).sum(axis=2)
    alike = (position[:, :, None] == position[:, None, :]).sum(axis=2)
    share: FloatArray = np.clip((count - lower) / alike, 0.0, 1.0).mean(axis=0)
    return share
