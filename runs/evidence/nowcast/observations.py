"""Dated observations, what they are assumed to say of a run, and their likelihood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.parameter import Meta, Parameters
from article10.model.coded import STANCE_PER_CODE

POSITION, GOVERNMENT, CEASEFIRE = "position", "government", "ceasefire"
"""Kinds of observations: what an office says of membership, who governs, and whether a ceasefire holds."""

KINDS = (POSITION, GOVERNMENT, CEASEFIRE)

N_CODES = 5
"""Codes of a position, from -2 to 2."""

LEAST = 1e-300
"""Smallest likelihood, so that no row is impossible in every run."""

Chance = Annotated[float, Field(ge=0, le=1)]


class Assumptions(Parameters):
    """What is assumed of the rows, and of what the model leaves out; each with its range and its reason."""

    sourced_spread: Annotated[
        float,
        Field(gt=0, le=1, description="Standard deviation between a government's stance and what it says, if sourced."),
        Meta("stance", (0.03, 0.12), "as the roster's spread of a code that rests on sourced statements; size assumed"),
    ] = 0.06
    general_spread: Annotated[
        float,
        Field(gt=0, le=1, description="The same if the row is not sourced, or another office than the deciding one."),
        Meta("stance", (0.06, 0.24), "as the roster's spread of a code that rests on general knowledge; size assumed"),
    ] = 0.12
    wrong_row: Annotated[
        Chance,
        Field(description="Probability that a row on a position says nothing of the stance: wrong, or said for show."),
        Meta(
            "1",
            (0.02, 0.21),
            "a second reading of 43 rows of the edition 2026-12 found 9 wrong, and expects a tenth of the rest to be",
        ),
    ] = 0.1
    other_office: Annotated[
        Chance,
        Field(description="The same for an office that does not decide, such as a president beside a government."),
        Meta("1", (0.3, 0.9), "assumption: such a president speaks for the government about as often as not"),
    ] = 0.5
    wrong_side: Annotated[
        Chance,
        Field(description="Probability that a row on who governs, or on a ceasefire, is wrong."),
        Meta("1", (0.005, 0.1), "assumption: public record, but which side a cabinet belongs to is a judgement"),
    ] = 0.02
    jump_rate: Annotated[
        float,
        Field(ge=0, le=5, description="How often a government's own stance moves by what the model has no cause for."),
        Meta(
            "1/year",
            (0.0, 0.2),
            "assumption: from 2022 to 2025 three of twelve members left the model's 90% band in some 36 member-years",
        ),
    ] = 0.05
    jump_size: Annotated[
        float,
        Field(gt=0, le=2, description="Standard deviation of such a move."),
        Meta("stance", (0.15, 0.6), "assumption: one code"),
    ] = 0.3


@dataclass(frozen=True)
class Observation:
    """One dated row.

    Attributes:
        day: the day that it is about.
        seen: the day from which it is known; later than ``day`` for what comes late.
        kind: one of ``KINDS``.
        members: codes of the members; none for a ceasefire.
        values: as many values: a code from -2 to 2; or 1 if the main alternative governs and 0 if it does not. For a
            ceasefire one value, 1 if it holds and 0 if it does not.
        decides: whether the office that speaks is the one that decides.
        sourced: whether the row rests on a source that was read.
    """

    day: date
    seen: date
    kind: str
    members: tuple[str, ...]
    values: tuple[float, ...]
    decides: bool = True
    sourced: bool = True

    @property
    def label(self) -> str:
        """The row in a few words."""
        if self.kind == CEASEFIRE:
            return "a ceasefire holds" if self.values[0] else "no ceasefire"
        if self.kind == POSITION:
            return f"{self.members[0]} {_code(self.values[0])}{'' if self.decides else ' (other office)'}"
        new = [code for code, value in zip(self.members, self.values, strict=True) if value]
        if len(self.members) == 1:
            return f"{self.members[0]}: {'the alternative governs' if new else 'the same side governs'}"
        return f"{len(self.members)} governments known" + (f", of the other side: {', '.join(new)}" if new else "")

    @property
    def stance(self) -> float:
        """The stance that the code of a position stands for."""
        return self.values[0] * STANCE_PER_CODE

    def spread(self, assumed: Assumptions) -> float:
        """Standard deviation of what was said around the stance of the government."""
        return assumed.sourced_spread if self.sourced and self.decides else assumed.general_spread

    def wrong(self, assumed: Assumptions) -> float:
        """Probability that a position says nothing of the government's stance."""
        return assumed.wrong_row if self.decides else max(assumed.wrong_row, assumed.other_office)


def _code(value: float) -> str:
    return f"{value:+.0f}" if value == round(value) else f"{value:+.1f}"


@dataclass(frozen=True)
class Seen:
    """What a row is compared with, in each run.

    Attributes:
        stance: of the members that the row names, (run, member named).
        alternative: whether their main alternative governs, (run, member named).
        ceasefire: whether a ceasefire holds, (run,).
    """

    stance: FloatArray
    alternative: BoolArray
    ceasefire: BoolArray


def log_likelihood(row: Observation, seen: Seen, assumed: Assumptions) -> FloatArray:
    """Logarithm of the probability of a row in each run, (run,).

    A position is an ordered probit (McKelvey & Zavoina 1975): an office says its stance with a normal error of standard
    deviation ``s``, and the coder gives the nearest code. So with the probability ``w`` that a row says nothing, and
    lines ``a`` and ``b`` half a code below and above the code (none beyond the outermost codes),

        P(code | stance) = (1 - w) (Phi((b - stance) / s) - Phi((a - stance) / s)) + w / 5

    A row on who governs, or on a ceasefire, has probability ``1 - e`` where it is so in a run, and ``e`` elsewhere.
    """
    if row.kind == POSITION:
        wrong = row.wrong(assumed)
        right = code_probability(row.values[0], seen.stance[:, 0], row.spread(assumed))
        return np.log(np.maximum((1.0 - wrong) * right + wrong / N_CODES, LEAST))
    found = seen.ceasefire[:, None] if row.kind == CEASEFIRE else seen.alternative
    agrees = found == np.array(row.values, dtype=bool)
    chance = np.maximum(np.where(agrees, 1.0 - assumed.wrong_side, assumed.wrong_side), LEAST)
    total: FloatArray = np.log(chance).sum(axis=-1)
    return total


def code_probability(code: float, stance: FloatArray, spread: float) -> FloatArray:
    """Probability of a code given a stance, of rows that are right: an ordered probit, see ``log_likelihood``.

    Args:
        code: from -2 to 2; that of several readings may lie between whole codes.
        stance: (run,).
        spread: standard deviation of what was said around the stance.

    >>> code_probability(-2.0, np.array([-0.6, 0.0]), 0.06).round(3)
    array([0.994, 0.   ])
    """
    from scipy.special import ndtr

    half = (N_CODES - 1) / 2
    above = (STANCE_PER_CODE * (code + 0.5) - stance) / spread if code < half else np.full_like(stance, np.inf)
    below = (STANCE_PER_CODE * (code - 0.5) - stance) / spread if code > -half else np.full_like(stance, -np.inf)
    probability: FloatArray = np.where(below > 0, ndtr(-below) - ndtr(-above), ndtr(above) - ndtr(below))
    return probability


def powers(rows: Iterable[Observation]) -> dict[int, float]:
    """Weight of each row by its place: what one office of a member says within a month counts as one statement.

    Rows that agree thus count once, and rows that contradict one another share it: the likelihood of the month is the
    geometric mean of theirs, which leaves both possible.
    """
    listed = list(rows)
    together: Mapping[int, tuple[object, ...]] = {
        k: (row.members, row.decides, row.day.year, row.day.month)
        for k, row in enumerate(listed)
        if row.kind == POSITION
    }
    said = list(together.values())
    return {k: 1.0 / said.count(together[k]) if k in together else 1.0 for k in range(len(listed))}
