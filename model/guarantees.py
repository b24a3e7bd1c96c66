"""Guarantees that are given in a world: what they are worth depends on who gives them, and how far it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from article10.agents.arrays import FloatArray

if TYPE_CHECKING:
    from article10.model.world import RowArray, World


def add_guarantee(
    world: World, rows: RowArray, worth: FloatArray | float, by_hegemon: FloatArray | float, binding: bool
) -> None:
    """Raise the level of guarantees in some runs by a share of what is left to one.

    Args:
        world: changed in place.
        rows: positions of the runs.
        worth: the share, if the hegemon is trusted as at the start; a number or (row,).
        by_hegemon: the part of it that the hegemon gives, which is worth less as trust in it is lost.
        binding: whether it is binding.
    """
    level = world.candidate.binding_guarantee if binding else world.candidate.guarantee
    believed = worth - by_hegemon * world.guarantee_doubted(rows)
    level[rows] += believed * (1.0 - level[rows])
