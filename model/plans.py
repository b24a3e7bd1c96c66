"""Peace plans in a world: they are put to the candidate, which alone accepts them; rules are in agents/plans.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.plans import ANSWERS_HEGEMON, FROM_HEGEMON, HEGEMON_OFFERS, PlanTerms, error, plan_worth
from article10.model.guarantees import add_guarantee

if TYPE_CHECKING:
    from article10.model.world import RowArray, World


def put_plan(world: World, rows: RowArray, terms: PlanTerms, draw: FloatArray, source: int = 0) -> None:
    """Put a plan to the candidate, which accepts it or not.

    Args:
        world: changed in place where it accepts.
        rows: positions of the runs.
        terms: of the plan; arrays are over these rows.
        draw: standard normal draws, (row,).
        source: bit of who offers it, 0 for a plan that the scenario states.
    """
    lasting = world.draws["candidate"][0][rows]
    accepted = error(lasting, draw, world.by_run_at(rows).candidate) < worth(world, rows, terms)
    world.candidate.plans[rows] += (source * (1 + accepted)).astype(np.int8)
    accept(world, rows[accepted], _of(terms, accepted))


def worth(world: World, rows: RowArray | slice, terms: PlanTerms) -> FloatArray:
    """What a plan is worth to the candidate, less what going on is worth, in errors of its choice, (row,)."""
    c = world.candidate
    return plan_worth(
        terms,
        world.prospect(rows),
        world.setup.outlook,
        c.aspiration[rows],
        world.believed_guarantee(rows),
        world.russia.front[rows],
        world.by_run_at(rows).candidate,
    )


def accept(world: World, rows: RowArray, terms: PlanTerms) -> None:
    """The terms of an accepted plan hold: bid shelved, guarantee given, war paused, the candidate's forces capped."""
    if not rows.size:
        return
    c = world.candidate
    if terms.no_membership:
        c.bound_by_plan[rows] = True
        c.shelved[rows] |= world.by_run.candidate.may_shelve & ~world.accession.is_member[rows]
    if terms.ceasefire:
        world.russia.ceasefire[rows] = True
        c.force_cap[rows] = terms.force_cap
    weight = float(world.setup.roster.influence_weight[world.setup.hegemon])  # given by the alliance as a whole
    add_guarantee(world, rows, terms.guarantee, terms.guarantee * weight, terms.binding)


def live(world: World) -> BoolArray:
    """Whether there is a bid that a plan could end, (run,): neither shelved nor a member."""
    return ~world.candidate.shelved & ~world.accession.is_member


def hegemon_offers(world: World, review: int) -> None:
    """While the war is hot, a hegemon that does not support the bid may offer a plan that bars membership."""
    draws = world.draws["plans"][review]
    comes = draws[:, HEGEMON_OFFERS] < world.by_run.constants.hegemon_offers
    doubts = world.members.stance[:, world.setup.hegemon] < 0.0
    rows = (comes & doubts & world.is_war_hot & live(world)).nonzero()[0]
    if rows.size:
        p = world.by_run_at(rows).plans
        terms = PlanTerms(force_cap=p.hegemon_cap, guarantee=p.hegemon_guarantee)
        put_plan(world, rows, terms, draws[rows, ANSWERS_HEGEMON], FROM_HEGEMON)


def _of(terms: PlanTerms, some: BoolArray) -> PlanTerms:
    """The terms in some of the rows."""
    cap, guarantee = (v[some] if isinstance(v, np.ndarray) else v for v in (terms.force_cap, terms.guarantee))
    return replace(terms, force_cap=cap, guarantee=guarantee)
