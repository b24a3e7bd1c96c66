"""After accession the new member may be attacked; deterrence follows spending and trust (agents/article5.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from article10.agents import article5
from article10.agents.arrays import FloatArray
from article10.agents.members import NEVER

if TYPE_CHECKING:
    from article10.model.world import RowArray, World


def deter(world: World) -> None:
    """Deterrence of an attack on a member, and how far members are exposed to the war, follow spending and trust."""
    p = world.by_run.article5
    distrust = (world.distrust * world.setup.roster.influence_weight).sum(axis=-1)
    world.deterrence = article5.deterrence(world.spending_rise, distrust, p)
    world.exposed = article5.exposed(world.deterrence, p)


def attack_hazard(world: World) -> FloatArray:
    """Hazard that a ceasefire with the new member breaks, per year, (run,)."""
    p = world.by_run
    return article5.attack_hazard(world.deterrence, p.guarantees.membership, p.war.breach_rate, p.article5)


def attack(world: World, rows: RowArray) -> None:
    """The new member is attacked: members feel it by exposure, and trust in the hegemon moves with what that does."""
    if not rows.size:
        return
    m, a, p, setup = world.members, world.accession, world.by_member_at(rows).article5, world.setup
    a.attacked_step[rows] = np.where(a.attacked_step[rows] == NEVER, world.step + 1, a.attacked_step[rows])
    m.incidents[rows] += p.severity * setup.roster.exposure
    supports = m.stance[rows, setup.hegemon] >= 0.0
    m.trust[rows] = article5.trust_after_attack(m.trust[rows], supports, p)
