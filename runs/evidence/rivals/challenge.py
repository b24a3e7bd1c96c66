"""Bueno de Mesquita's expected-utility model of challenges, reimplemented from the published equations.

Bueno de Mesquita, B. (1994), Political forecasting: an expected utility method, in Bueno de Mesquita & Stokman (eds),
European Community Decision Making: 71-104. The equations are those of Scholz, J., Calbert, G. & Smith, G. (2011),
Unravelling Bueno De Mesquita's group decision model, Journal of Theoretical Politics 23: 510-531; Eftekhari, A. &
Rahimi, S. (2014) restate them. The original program was never published. Where texts leave something open, or the
programs that follow them differ, there is a choice (``Choices``), and ``all_choices`` goes through all of them.

In each round every actor weighs a challenge of every other. It expects to win with the share of the votes for its
position if the other resists, and the other resists with a probability that is its salience. Who expects less than its
challenger gives way: it loses a confrontation, meets the challenger part of the way, or capitulates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.runs.evidence.rivals.spatial import ROUNDING, median_voter

ROUNDS = 10
"""Rounds of challenges: as many as the published run that is repeated has."""


SAME = 1e-6
"""Moves that differ by less, as a share of the width of the issue, are the same: rounding must not decide."""


@dataclass(frozen=True)
class Choices:
    """What the published descriptions leave open; the defaults are the readings with which a published run is repeated.

    Attributes:
        votes: the votes that a challenge is weighed against. *all*: those of all pairs of positions together, so that
            chances of success are small. *pair*: those between the two positions, so that the chances of the two sides
            add up to 1.
        stay: Q, the probability that the other keeps its position if nobody challenges it.
        better: T, the probability that it moves for the better if it moves; without effect at Q = 1.
        risk: exponents of the utilities. *own*: each actor judges both sides by its own. *each*: each side by its own.
            *neutral*: all are 1.
        offers: which offer an actor takes. *kind*: a lost confrontation before a compromise before a capitulation, and
            the one that moves it least among these. *least*: the one that moves it least of all.
    """

    votes: Literal["all", "pair"] = "all"
    stay: float = 1.0
    better: float = 0.5
    risk: Literal["own", "each", "neutral"] = "own"
    offers: Literal["kind", "least"] = "kind"


def all_choices() -> Iterator[Choices]:
    """Every combination of the open choices: Q of 1, and of 0.5 with T of 0, 0.5 and 1."""
    moving = ((1.0, 0.5), (0.5, 0.0), (0.5, 0.5), (0.5, 1.0))
    for votes, (stay, better), risk, offers in product(
        ("all", "pair"), moving, ("own", "each", "neutral"), ("kind", "least")
    ):
        yield Choices(votes, stay, better, risk, offers)  # type: ignore[arg-type]


def challenge(
    position: FloatArray,
    influence: FloatArray,
    salience: FloatArray,
    choices: Choices | None = None,
    rounds: int = ROUNDS,
) -> FloatArray:
    """Positions after each round of challenges.

    Args:
        position: positions at first, (draw, actor).
        influence: capabilities, (actor,).
        salience: how much each cares, from 0 to 1, (actor,) or (draw, actor).
        choices: readings of what is left open.
        rounds: number of rounds.

    Returns:
        Positions, (round + 1, draw, actor); the first are those given.
    """
    held = choices or Choices()
    salience = np.broadcast_to(salience, position.shape)
    width = np.ptp(position, axis=-1)[:, None, None]
    path = [position]
    for _ in range(rounds):
        path.append(_moved(path[-1], influence * salience, salience, np.where(width > 0, width, 1.0), held))
    return np.stack(path)


def forecast(path: FloatArray, influence: FloatArray, salience: FloatArray) -> FloatArray:
    """The outcome, (draw,): the weighted median of the last positions, the winner of the votes between them."""
    return median_voter(path[-1], influence * salience)


@dataclass(frozen=True)
class Offers:
    """What each actor faces: for actor i and challenger j, arrays (draw, i, j).

    Attributes:
        mine: what i expects of challenging j.
        theirs: what i thinks that j expects of challenging i.
    """

    mine: FloatArray
    theirs: FloatArray

    @property
    def lost(self) -> BoolArray:
        """Where both would challenge and j expects more: i loses the confrontation."""
        return (self.theirs > self.mine + ROUNDING) & (self.mine > ROUNDING)

    @property
    def met(self) -> BoolArray:
        """Where j expects more than i fears: a compromise, nearer to j the more i fears."""
        return (self.theirs > -self.mine) & (self.mine < -ROUNDING)

    @property
    def yielded(self) -> BoolArray:
        """Where j would challenge and i fears at least as much as j expects: i capitulates."""
        return (self.theirs > ROUNDING) & (self.theirs <= -self.mine)

    @property
    def part(self) -> FloatArray:
        """How far i goes towards j, from 0 to 1."""
        share = np.divide(-self.mine, self.theirs, out=np.ones_like(self.mine), where=self.met)
        return np.where(self.met, share, 1.0)


def expectations(
    position: FloatArray, weight: FloatArray, salience: FloatArray, width: FloatArray, choices: Choices
) -> Offers:
    """What every actor expects of challenging every other, and of being challenged.

    Args:
        position: positions, (draw, actor).
        weight: votes, influence times salience, (draw, actor).
        salience: probabilities of resisting, (draw, actor).
        width: width of the issue, from one extreme of the first round to the other, (draw, 1, 1).
        choices: readings of what is left open.
    """
    exponent = np.ones_like(position)
    success = _success(position, weight, width, exponent, choices.votes)
    if choices.risk != "neutral":
        at_rest = _expected(position, weight, salience, width, choices, success, exponent[..., None])
        exponent = _exponents(at_rest.sum(axis=-2) - np.diagonal(at_rest, axis1=-2, axis2=-1))
        success = _success(position, weight, width, exponent, choices.votes)
    mine = _expected(position, weight, salience, width, choices, success, exponent[..., None])
    judged_by_me = _expected(position, weight, salience, width, choices, success, exponent[..., None, :])
    theirs = judged_by_me if choices.risk == "own" else mine
    return Offers(mine, np.swapaxes(theirs, -1, -2))


def _success(
    position: FloatArray, weight: FloatArray, width: FloatArray, exponent: FloatArray, votes: str
) -> FloatArray:
    """Probability that i succeeds against j, (draw, i, j): the votes for it as a share of those cast.

    A vote is the voter's weight times how much more it likes one position, with its own exponent.
    """
    far = (np.abs(position[:, :, None] - position[:, None, :]) / width) ** exponent[..., None]  # voter k, position i
    size = np.einsum("dk,dkij->dij", weight, np.abs(far[:, :, None, :] - far[:, :, :, None]))
    cost = np.einsum("dk,dki->di", weight, far)
    won = (size + cost[:, None, :] - cost[:, :, None]) / 2.0  # votes for i rather than j
    cast = size if votes == "pair" else np.broadcast_to(size.sum(axis=(-1, -2), keepdims=True), size.shape)
    return np.divide(won, cast, out=np.zeros_like(size), where=size > 1e-12)


def _expected(
    position: FloatArray,
    weight: FloatArray,
    salience: FloatArray,
    width: FloatArray,
    choices: Choices,
    success: FloatArray,
    exponent: FloatArray,
) -> FloatArray:
    """Expected utility of i's challenge of j, (draw, i, j), with exponents that broadcast against it.

    E = s_j (P u_success + (1 - P) u_failure) + (1 - s_j) u_success - Q u_same - (1 - Q)(T u_better + (1 - T) u_worse);
    each utility is 2 - 4 a^r, where a is 1/2 if nothing changes.
    """
    gap = np.abs(position[:, :, None] - position[:, None, :]) / width
    middle = median_voter(position, weight)[:, None, None]
    away = (np.abs(position[:, :, None] - middle) / width + gap) / 4.0
    won, failed, better, worse = (
        2.0 - 4.0 * np.clip(0.5 + by, 0.0, 1.0) ** exponent for by in (-gap / 2.0, gap / 2.0, -away, away)
    )
    same = 2.0 - 4.0 * 0.5**exponent
    resists = salience[:, None, :]
    challenged = resists * (success * won + (1.0 - success) * failed) + (1.0 - resists) * won
    left_alone = choices.better * better + (1.0 - choices.better) * worse
    expected: FloatArray = challenged - choices.stay * same - (1.0 - choices.stay) * left_alone
    return expected


def _exponents(danger: FloatArray) -> FloatArray:
    """Risk exponents from what others expect of challenging each actor, (draw, actor): from 1/2 to 2."""
    low, high = danger.min(axis=-1, keepdims=True), danger.max(axis=-1, keepdims=True)
    span = high - low
    risk = np.divide(2.0 * danger - high - low, span, out=np.zeros_like(danger), where=span > 1e-12)
    return (1.0 - risk / 3.0) / (1.0 + risk / 3.0)


def _moved(
    position: FloatArray, weight: FloatArray, salience: FloatArray, width: FloatArray, choices: Choices
) -> FloatArray:
    """Positions after one round in which each actor takes one of the offers made to it.

    Offers that tie would be chosen by the order of the actors; their mean is taken instead.
    """
    found = expectations(position, weight, salience, width, choices)
    move = found.part * (position[:, None, :] - position[:, :, None])
    kinds = (found.lost, found.met, found.yielded)
    size = np.where(np.any(kinds, axis=0) & (np.abs(move) > SAME * width), np.abs(move), np.inf)
    if choices.offers == "kind":
        size = size + sum(place * 2.0 * width * kind for place, kind in enumerate(kinds))
    least = size.min(axis=-1, keepdims=True)
    taken = np.isfinite(size) & (size <= np.where(np.isfinite(least), least, 0.0) + SAME * width)
    step: FloatArray = (move * taken).sum(axis=-1) / np.maximum(taken.sum(axis=-1), 1)
    return position + step
