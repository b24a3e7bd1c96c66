"""A member's governments: the present one and its main alternative, elections between them, and falls in between.

Rules are pure functions of arrays, as in ``members.py``.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, share
from article10.agents.parameter import Meta, Parameters


class ElectionParameters(Parameters):
    """How elections and falls of governments change a government's orientation and its ties with Russia."""

    incumbency: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Probability that a government survives an election that would otherwise be even.",
        ),
        Meta(
            "probability",
            (0.3, 0.7),
            "assumption: at 0.5 the probabilities of the edition's alternatives hold as they are coded",
        ),
    ] = 0.5
    spread_scale: Annotated[
        float,
        Field(
            ge=0, le=5, description="Scales how widely a new government's orientation is drawn around what is expected."
        ),
        Meta("1", (0.5, 1.5), "model/data/2026-12/alternatives.csv, column spread: coded judgement"),
    ] = 1.0
    fall_rate: Annotated[
        float,
        Field(
            ge=0, le=5, description="Rate at which a government that parliament can bring down falls between elections."
        ),
        Meta("1/year", (0.05, 0.25), "assumption: about 15% a year fits the falls of 2026, in hindsight"),
    ] = 0.15
    snap_share: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of falls that lead to an early election; after the others a new leader takes over.",
        ),
        Meta("1", (0.2, 0.8), "assumption: of the falls of 2026 about half led to an election"),
    ] = 0.5
    leader_departure: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="How far a new leader of the same side departs from the last, as a share of the spread drawn "
            "after an election.",
        ),
        Meta("1", (0.0, 1.0), "assumption: the codes of three members whose leader changed in 2026 did not move"),
    ] = 0.5
    ties_orientation: Annotated[
        float,
        Field(
            gt=0,
            le=2,
            description="How far below zero the initial orientation of a government with full ties to Russia lies.",
        ),
        Meta("stance", (0.3, 0.7), "assumption: ties and orientation are two readings of one government"),
    ] = 0.5
    ties_line: Annotated[
        float,
        Field(
            ge=-2,
            le=2,
            description="Leaning below which a government whose orientation alone is given has ties with Russia, if "
            "the initial government has none.",
        ),
        Meta(
            "stance",
            (-0.85, -0.45),
            "assumption: halfway between the leanings at rest of the hesitant (-0.4, no ties) and the opposed (-0.9)",
        ),
    ] = -0.65


def alternative_wins(
    in_office: BoolArray, draw: FloatArray, strength: FloatArray, incumbent_advantage: FloatArray | float
) -> BoolArray:
    """Whether an election brings a member's main alternative to power, or leaves it there.

    It does where a standard normal draw lies below the alternative's strength, raised by the advantage of those in
    office if the alternative governs and lowered by it if it does not.

    Args:
        in_office: whether the alternative governs before the election.
        draw: standard normal draws.
        strength: normal quantile of the probability that the alternative wins an even race.
        incumbent_advantage: normal quantile of the probability that a government survives an even election.
    """
    return draw < strength + np.where(in_office, incumbent_advantage, -incumbent_advantage)


def ties_of(
    disposition: FloatArray, orientation: FloatArray, at_start: FloatArray | float, p: ElectionParameters
) -> FloatArray:
    """Ties with Russia of a government whose orientation alone is given, in [0, 1].

    ``(line - disposition - orientation) / ties_orientation``: none if its leaning is above a line, full if it is far
    below. If the initial government has ties, the line is the disposition, so that the same orientation brings back
    the same ties; otherwise the line is ``ties_line``, or the disposition if that lies lower.

    Args:
        disposition: the member's disposition, (run, ...).
        orientation: orientation of the new government, (run, ...).
        at_start: ties of the initial government.
        p: ``ties_line`` and ``ties_orientation``, the distance below the line at which ties are full.
    """
    line = np.where(at_start > 0.0, disposition, np.minimum(p.ties_line, disposition))
    return share((line - disposition - orientation) / p.ties_orientation)
