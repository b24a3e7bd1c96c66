"""Governments of members in a world: who wins an election, what a new government brings, and that it takes office.

Rules are in agents/governments.py. Each function takes some members in some runs: positions of the runs (``rows``) and,
as many, positions of the members (``places``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from article10.agents import governments
from article10.agents.arrays import BoolArray, FloatArray, at_places
from article10.agents.members import susceptibility

if TYPE_CHECKING:
    from article10.model.world import RowArray, World


def take_office(
    world: World,
    rows: RowArray,
    places: RowArray,
    alternative: BoolArray,
    orientation: FloatArray,
    ties: FloatArray | None = None,
) -> None:
    """New governments take office: what the last ones held or consented to is open again.

    Args:
        world: changed in place.
        rows: positions of the runs.
        places: positions of the members.
        alternative: whether each government is of the main alternative's side.
        orientation: of the new governments.
        ties: their ties with Russia; by default those of their side.
    """
    m, roster = world.members, world.setup.roster
    if ties is None:
        ties = np.where(alternative, roster.alternative_ties[places], roster.government_ties[places])
    m.alternative[rows, places] = alternative
    m.orientation[rows, places] = orientation
    m.government_ties[rows, places] = ties
    m.hold[rows, places] = m.consent[rows, places] = False
    world.bargain.forget(rows, places)
    m.susceptibility[rows, places] = susceptibility(
        roster.structural_susceptibility[places],
        ties,
        m.spending[rows, places] - roster.defence_spending[places],
        world.by_run_at(rows).spending.resilience,
    )


def alternative_wins(world: World, rows: RowArray, places: RowArray, draw: FloatArray) -> BoolArray:
    """Whether an election brings the main alternative to power, or leaves it there."""
    advantage = world.by_run_at(rows).constants.incumbent_advantage
    in_office = world.members.alternative[rows, places]
    return governments.alternative_wins(in_office, draw, world.setup.alternative_strength[places], advantage)


def expected_orientation(
    world: World, rows: RowArray, places: RowArray, alternative: BoolArray, draw: FloatArray
) -> FloatArray:
    """Orientation of a new government of a side, drawn around what is expected of that side."""
    c = world.by_run_at(rows).constants
    expected = np.where(alternative, at_places(c.alternative_orientation, places), at_places(c.orientation, places))
    return expected + at_places(c.orientation_spread, places) * draw


def orientation_spread(world: World, rows: RowArray, places: RowArray | int) -> FloatArray:
    """Standard deviation of a new government's orientation around what is expected of its side."""
    return at_places(world.by_run_at(rows).constants.orientation_spread, np.broadcast_to(places, rows.shape))


def is_nearer_alternative(world: World, rows: RowArray, places: RowArray, orientation: FloatArray) -> BoolArray:
    """Whether an orientation lies nearer to what is expected of the main alternative than to the start's."""
    c = world.by_run_at(rows).constants
    from_alternative = np.abs(orientation - at_places(c.alternative_orientation, places))
    return from_alternative < np.abs(orientation - at_places(c.orientation, places))


def ties_by_orientation(world: World, rows: RowArray, places: RowArray, orientation: FloatArray) -> FloatArray:
    """Ties with Russia of governments of which the orientation alone is given."""
    disposition, at_start = world.members.disposition[rows, places], world.setup.roster.government_ties[places]
    return governments.ties_of(disposition, orientation, at_start, world.by_run_at(rows).elections)
