"""The casebook of holdouts: spells in which members of a body that decides by unanimity held up a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.model.tables import Row, read_table

FloatArray = npt.NDArray[np.floating[Any]]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]

TABLE = "casebook/holdout_spells"
"""Name of the table in ``model/data/``."""

FORCING, STAKES, TIES = "public_threat_deadline", "stakes_for_holdout", "leader_pro_russian"
"""Columns of the covariates: a forcing event (0 or 1), stakes for the holdout (1 to 3), ties with Russia (0 or 1)."""

YIELDED = ("yielded", "yielded_with_concession")

ENDINGS: dict[str, tuple[str, ...]] = {
    "settled": (*YIELDED, "government_changed", "others_gave_up"),
    "yielded": YIELDED,
    "any": (*YIELDED, "government_changed", "others_gave_up", "bypassed", "decision_changed"),
}
"""Which outcomes count as the end of a spell; a spell with another outcome is right-censored on the day it ended.

``settled`` leaves out spells that were *bypassed* or whose *decision changed*: a body without a bypass has neither.
``yielded`` counts only what the member itself gave up; ``any`` counts whatever ended the block.
"""

HALF_A_DAY = 0.5
"""Days are whole numbers: a spell of d days lasted between d − 1/2 and d + 1/2."""


@dataclass(frozen=True)
class Spells:
    """Spells as arrays, (spell,) each.

    Attributes:
        identifier: identifier of the row.
        body: name of the body.
        holdouts: ISO 3166 codes of the members that held out, separated by ``;``.
        quarrel: the quarrel to which the spell belongs.
        outcome: how the spell ended, or ``still_blocking``.
        shortest: least duration, days; for a spell that still stands, how long it has been seen to stand.
        longest: greatest duration, days; infinite for a spell that still stands.
        forcing: whether a deadline, summit, session end or ultimatum hung over the decision, 0 or 1.
        stakes: stakes of the decision for the holdout, 1 to 3.
        ties: whether the holdout's leader was close to Russia, 0 or 1.
        alone: whether it was the only objector at the start, 0 or 1.
        members: number of members of the body.
    """

    identifier: TextArray
    body: TextArray
    holdouts: TextArray
    quarrel: TextArray
    outcome: TextArray
    shortest: FloatArray
    longest: FloatArray
    forcing: FloatArray
    stakes: FloatArray
    ties: FloatArray
    alone: FloatArray
    members: FloatArray

    def __len__(self) -> int:
        """Number of spells."""
        return len(self.identifier)

    def chosen(self, keep: BoolArray) -> Spells:
        """Some of the spells.

        Args:
            keep: whether each spell is kept, (spell,).
        """
        return Spells(*(getattr(self, each.name)[keep] for each in fields(self)))

    def ended(self, ending: str) -> BoolArray:
        """Whether each spell ended in the sense of ``ENDINGS``, (spell,)."""
        return np.isin(self.outcome, ENDINGS[ending])

    def bounds(self, ending: str) -> tuple[FloatArray, FloatArray]:
        """Interval in which the duration lies, days, (spell,) each; its upper end is infinite if censored.

        Args:
            ending: which outcomes count, a key of ``ENDINGS``.
        """
        ended = self.ended(ending)
        low = np.where(ended, np.maximum(self.shortest - HALF_A_DAY, 0.0), self.shortest)
        return low, np.where(ended, self.longest + HALF_A_DAY, np.inf)

    def shares_a_holdout(self, codes: str) -> BoolArray:
        """Whether each spell has a holdout among the given ones, (spell,).

        Args:
            codes: ISO 3166 codes, separated by ``;``.
        """
        wanted = set(codes.split(";"))
        return np.array([bool(wanted & set(each.split(";"))) for each in self.holdouts])


def casebook_rows() -> Sequence[Row]:
    """All rows of the casebook as text, nested ones included."""
    return read_table(TABLE)


def read_spells() -> Spells:
    """The spells of the casebook, without those that are part of another row."""
    rows = [row for row in casebook_rows() if row["nested"] == "0"]

    def texts(column: str) -> TextArray:
        return np.array([row[column] for row in rows], dtype=np.str_)

    def numbers(column: str, of: Callable[[str], float] = float) -> FloatArray:
        return np.array([of(row[column]) for row in rows], dtype=np.float64)

    return Spells(
        identifier=texts("id"),
        body=texts("body"),
        holdouts=texts("holdouts_iso3"),
        quarrel=texts("quarrel_group"),
        outcome=texts("outcome"),
        shortest=numbers("dur_min_days"),
        longest=numbers("dur_max_days", lambda text: float(text) if text else np.inf),
        forcing=numbers(FORCING),
        stakes=numbers(STAKES),
        ties=numbers(TIES),
        alone=numbers("n_objectors_start", lambda text: float(text == "1")),
        members=numbers("n_members"),
    )
