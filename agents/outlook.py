"""The outlook of actors that look ahead: how likely accession within ten years is, and how long the war may be hot.

A logit in what an actor sees: the stage, the war, and how many members would object if the war paused. Its coefficients
are fitted on the model's own runs and come with each edition (``outlook.csv``); a longer horizon changes none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray, share

OUTLOOK_YEARS = 10
"""Years over which actors look ahead."""

TERMS = (
    "intercept",
    "invited",
    "signed",
    "war_is_hot",
    "war_beyond_hot_line",
    "objectors",
    "objectors_once_signed",
)
"""Terms of the logit: an aspirant in a ceasefire whom nobody opposes, and what changes its odds.

``war_beyond_hot_line`` is the intensity of a hot war above its hot line, as a share of what is left to 1; ``objectors``
is ``log2(1 + n)`` of the number of members that would object if the war paused.
"""

WAR_TERMS = ("intercept", "war_is_hot", "war_beyond_hot_line")
"""Terms of the logit of hot war: how the war goes on is foreseen from the war, not from the bid or from members."""


@dataclass(frozen=True)
class Prospect:
    """What an actor sees when it looks ahead; arrays have shape ``(run,)``, or (case, run) for several cases at once.

    Attributes:
        invited: whether the candidate is invited.
        signed: whether the protocol is signed, or members ratify.
        hot: whether the war is hot.
        intensity: intensity of the war.
        objectors: number of members that would object if the war paused; it need not be whole.
        hot_line: intensity above which the war is hot, a number or (run,).
    """

    invited: BoolArray
    signed: BoolArray
    hot: BoolArray
    intensity: FloatArray
    objectors: FloatArray
    hot_line: FloatArray | float

    def and_paused(self) -> Prospect:
        """Two cases: the same, and the same with the war paused."""
        return replace(self, hot=self.hot & np.array([[True], [False]]))

    def terms(self) -> tuple[FloatArray | BoolArray, ...]:
        """Values of ``TERMS``, one array each."""
        objectors = np.log2(1.0 + np.maximum(self.objectors, 0.0))
        intercept, hot, beyond = self.war_terms()
        return intercept, self.invited, self.signed, hot, beyond, objectors, self.signed * objectors

    def war_terms(self) -> tuple[FloatArray | BoolArray, ...]:
        """Values of ``WAR_TERMS``, one array each."""
        beyond = share((self.intensity - self.hot_line) / np.maximum(1.0 - self.hot_line, 1e-9))
        return np.ones(self.hot.shape), self.hot, self.hot * beyond


@dataclass(frozen=True)
class Outlook:
    """Coefficients of the outlook.

    Attributes:
        accession: log odds of accession within ten years, in the order of ``TERMS``.
        hot_war: log odds of a moment of these ten years to be one of hot war, in the order of ``WAR_TERMS``.
    """

    accession: tuple[float, ...]
    hot_war: tuple[float, ...]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, str]]) -> Outlook:
        """The outlook that a table holds, with a row for each term; ``hot_war`` is empty where it has none.

        Raises:
            ValueError: a term is missing or unknown, or one of the bid or of members has a coefficient of hot war.
        """
        by_term = {row["term"]: row for row in rows}
        if set(by_term) != set(TERMS):
            raise ValueError(f"terms: expected a row for each of {', '.join(TERMS)}")
        if beside := [term for term in TERMS if term not in WAR_TERMS and by_term[term]["hot_war"]]:
            raise ValueError(f"hot_war: expected nothing in the rows {', '.join(beside)}")
        if empty := [term for term in WAR_TERMS if not by_term[term]["hot_war"]]:
            raise ValueError(f"hot_war: expected a number in the rows {', '.join(empty)}")
        return cls(
            accession=tuple(float(by_term[term]["accession"]) for term in TERMS),
            hot_war=tuple(float(by_term[term]["hot_war"]) for term in WAR_TERMS),
        )

    def chance(self, seen: Prospect) -> FloatArray:
        """Probability of accession within ten years, in the shape of what is seen."""
        return _logistic(self.accession, seen.terms())

    def hot_years(self, seen: Prospect) -> FloatArray:
        """Expected years of hot war within ten years, in the shape of what is seen."""
        return OUTLOOK_YEARS * _logistic(self.hot_war, seen.war_terms())


def _logistic(coefficients: Sequence[float], terms: Sequence[FloatArray | BoolArray]) -> FloatArray:
    index = coefficients[0] * terms[0]
    for coefficient, term in zip(coefficients[1:], terms[1:], strict=True):
        index = index + coefficient * term
    return logistic(index)


def logistic(index: FloatArray) -> FloatArray:
    """``1 / (1 + exp(-index))``."""
    found: FloatArray = 1.0 / (1.0 + np.exp(-index))
    return found
