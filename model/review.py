"""Russia's review: what it observes, whom it presses, and which of its instruments it uses until the next review.

Rules are in agents/russia.py and agents/instruments.py. Under a strategy that does not look ahead, Russia always
presses, and prolongs the war in proportion to its alarm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from article10.agents import bargaining, instruments, members, russia
from article10.agents.arrays import LOG2_E, BoolArray, FloatArray, count
from article10.agents.instruments import ESCALATE, INSTRUMENTS, OFFER, PRESS, PROLONG, SIDE_DEALS, Options
from article10.agents.outlook import logistic
from article10.agents.plans import ANSWERS_EXTERNAL_POWER, FROM_EXTERNAL_POWER, PlanTerms
from article10.agents.war import ceasefire_hazard
from article10.model import plans
from article10.model.values import Values
from article10.model.world import RowArray, World

Option = tuple[BoolArray, FloatArray, FloatArray | float]
"""Whether an instrument can be used, what it gains, and what it costs."""


def review(world: World) -> None:
    """Russia observes stances, spreads its effort, and chooses its instruments; the hegemon may offer a plan."""
    number = world.step // world.setup.review_steps
    world.candidate.plans[:] = 0
    _observe(world, number)
    targets = _targets(world)
    uses = _chosen(world, number, targets) if world.setup.looks_ahead else _pressing_alone(world)
    world.russia.uses = uses
    _use(world, number, targets)
    plans.hegemon_offers(world, number)


def _observe(world: World, number: int) -> None:
    r, m, setup = world.russia, world.members, world.setup
    p = world.by_member.russia
    observed = m.stance + p.observation_error * world.draws["observation"][number]
    if world.step > 0:
        r.response = russia.learn(r.response, observed - r.observed, m.felt_pressure, setup.review_years, p.learning)
    r.observed = observed
    known = russia.Intelligence(
        observed=observed,
        susceptibility=m.susceptibility,
        exposure=setup.roster.exposure,
        influence_weight=setup.roster.influence_weight,
        objection_line=world.by_member.accession.objection_line,
        focus=p.focus,
        response=r.response,
    )
    r.shares = russia.shares_of(setup.strategy(known), observed.shape)
    r.active = r.shares.sum(axis=-1) > 0


def _targets(world: World) -> RowArray:
    """Whom a side deal would go to, (run,): of the holdouts with an open spell the most susceptible; or -1."""
    open_spell = world.bargain.spell & (world.soundings.in_peace | world.members.hold)
    most = np.where(open_spell, world.members.susceptibility, -1.0).argmax(axis=1)
    return np.where(open_spell.any(axis=1), most, -1)


def _pressing_alone(world: World) -> FloatArray:
    """Use of the instruments under a strategy that does not look ahead, (run, instrument)."""
    p, uses = world.by_run, np.zeros((world.n_runs, len(INSTRUMENTS)))
    if p.instruments.press:
        years = world.setup.review_years
        budget = instruments.budget(world.russia.resources, p.russia.ambition, years)
        uses[:, PRESS] = instruments.affordable(p.instruments.press_cost * years, budget) * world.russia.active
    return uses


def _chosen(world: World, number: int, targets: RowArray) -> FloatArray:
    """Use of the instruments that serve Russia best, as it sees it, (run, instrument); none where there is no bid."""
    uses = np.zeros((world.n_runs, len(INSTRUMENTS)))
    rows = plans.live(world).nonzero()[0]
    if rows.size:
        view = _View.of(world, rows)
        options = (_press(view), _prolong(view), _offer(view), _side_deal(view, targets[rows]), _escalate(view))
        p = view.p.instruments
        can = [getattr(p, name) & option[0] for name, option in zip(INSTRUMENTS, options, strict=True)]
        found = Options(can, [gain for _, gain, _ in options], [cost for _, _, cost in options])
        budget = instruments.budget(world.russia.resources[rows], view.p.russia.ambition, view.years)
        uses[rows] = instruments.choose(found, budget, world.draws["instruments"][number][rows], p)
    return uses


@dataclass(frozen=True)
class _View:
    """What Russia foresees in the runs in which there is a bid; every array has shape (row,).

    Attributes:
        world: the world.
        rows: positions of these runs.
        p: their parameters.
        years: time until the next review.
        hot: whether the war is hot.
        ceasefire: whether there is a ceasefire.
        ground: worth to Russia of the ground that a pause would cost it.
        chance: of accession.
        paused: the same, if the war paused.
        pressed: if Russia pressed members.
        one_fewer: if one fewer objected.
        hotter: if the war were hotter.
        frightened: if incidents frightened members.
    """

    world: World
    rows: RowArray
    p: Values
    years: float
    hot: BoolArray
    ceasefire: BoolArray
    ground: FloatArray
    chance: FloatArray
    paused: FloatArray
    pressed: FloatArray
    one_fewer: FloatArray
    hotter: FloatArray
    frightened: FloatArray

    @classmethod
    def of(cls, world: World, rows: RowArray) -> _View:
        """Russia sees the war and the stage without error, and who would object in peace with error."""
        m, r, p, of_member = world.members, world.russia, world.by_run_at(rows), world.by_member_at(rows)
        distance = r.observed[rows] + m.cover[rows] - of_member.accession.objection_line
        pending = ~m.ratified[rows]  # those whose consent is still needed
        hold, consent, ceasefire = m.hold[rows], m.consent[rows], r.ceasefire[rows]
        n = count((((distance < 0.0) & ~consent) | hold) & pending).astype(np.float64)
        open_to, error = pending & ~(hold | consent), of_member.russia.observation_error
        falls = np.stack([_fall_by_pressure(world, rows), _fall_by_fear(world, rows)])
        gained = instruments.objectors_gained(distance, falls, error, open_to)
        seen = world.prospect(rows)
        cases = replace(
            seen,
            objectors=np.stack([n, n, n + gained[0], np.maximum(n - 1.0, 0.0), n, n + gained[1]]),
            hot=np.stack([seen.hot, np.zeros_like(seen.hot), seen.hot, seen.hot, ~ceasefire, seen.hot]),
            intensity=seen.intensity + np.array([0.0, 0.0, 0.0, 0.0, 1.0, 0.0])[:, None] * p.instruments.escalation,
        )
        years = world.setup.outlook.hot_years(replace(seen, objectors=n).and_paused())
        ground = _ground_a_year(p) * (years[0] - years[1])
        chances = world.setup.outlook.chance(cases)
        return cls(world, rows, p, world.setup.review_years, seen.hot, ceasefire, ground, *chances)


def _fall_by_pressure(world: World, rows: RowArray) -> FloatArray:
    """Fall of stances that Russia expects of pressing members until the next review, (row, member)."""
    r, years = world.russia, world.setup.review_years
    active = r.active[rows].astype(np.float64)
    effort = russia.effort(r.resources[rows], r.alarm[rows], active, world.by_run_at(rows).russia)
    return -r.response[rows] * members.felt((effort * years)[:, None] * r.shares[rows])


def _fall_by_fear(world: World, rows: RowArray) -> FloatArray:
    """Fall of stances that Russia expects of incidents: they frighten the cautious, and alarm, (row, member)."""
    p, roster = world.by_member_at(rows), world.setup.roster
    fear = p.stance.entrapment_weight * p.article5.incident_fear * roster.caution
    fear = fear * world.exposed[rows, None] - p.stance.threat_weight * p.threat.incident_weight
    return p.instruments.incident_severity * roster.exposure * fear


def _ground_a_year(p: Values) -> FloatArray | float:
    """Worth to Russia of the ground that it expects to gain in a year of war of full intensity, a number or (row,)."""
    return p.russia.ambition * p.instruments.prize * p.war.front_drift


def _press(view: _View) -> Option:
    """Pressure moves members below the objection line, by as much as Russia has learned to expect."""
    active = view.world.russia.active[view.rows]
    return active, view.chance - view.pressed, view.p.instruments.press_cost * view.years


def _prolong(view: _View) -> Option:
    """A ceasefire that would otherwise come is refused, so that members who bar a state at war go on doing so."""
    hazard = ceasefire_hazard(np.zeros(len(view.rows)), view.p.russia.ambition, view.p.war)
    refused = (1.0 - np.exp2(-LOG2_E * view.years * hazard)) * view.p.war.prolongation
    gain = refused * (view.paused - view.chance + view.ground)
    return ~view.ceasefire, gain, view.p.instruments.prolong_cost * view.years


def _offer(view: _View) -> Option:
    """A ceasefire for a bar on membership: if accepted it ends the bid, and Russia's gains at the front."""
    world, rows, p, gain = view.world, view.rows, view.p, np.zeros(len(view.rows))
    rested = (world.step - world.russia.offered[rows]) * world.setup.scenario.step_days >= 7 * p.instruments.offer_weeks
    can = view.hot & ~view.ceasefire & rested & p.candidate.may_shelve
    if can.any():
        worth = plans.worth(world, rows[can], _terms(world, rows[can]))
        gain[can] = logistic(instruments.PROBIT_PER_LOGIT * worth) * (view.chance - view.ground)[can]
    return can, gain, 0.0


def _terms(world: World, rows: RowArray) -> PlanTerms:
    return PlanTerms(force_cap=world.by_run_at(rows).instruments.offer_cap)


def _side_deal(view: _View, targets: RowArray) -> Option:
    """A holdout that would yield holds out for longer: its price has risen."""
    world, has, gain = view.world, targets >= 0, np.zeros(len(view.rows))
    if has.any():
        rows, member = view.rows[has], targets[has]
        p = world.by_run_at(rows)
        depth = p.accession.objection_line - world.soundings.voiced[rows, member]
        hold, ties = world.members.hold[rows, member], world.members.government_ties[rows, member]
        stakes = bargaining.stakes(depth, hold, 0.0, p.bargaining)
        cases = np.stack([stakes, stakes + p.instruments.side_deal_stakes])
        pace = bargaining.pace(np.zeros(len(rows), dtype=bool), cases, ties, p.bargaining)
        holds = np.exp2(-LOG2_E * view.years * pace)
        gain[has] = (holds[1] - holds[0]) * (view.one_fewer - view.chance)[has]
    return has, gain, view.p.instruments.side_deal_cost * view.years


def _escalate(view: _View) -> Option:
    """At the front, the war is hotter, and bars more members; during a ceasefire, incidents frighten the cautious."""
    p = view.p.instruments
    at_front = view.chance - view.hotter + _ground_a_year(view.p) * (p.escalation * view.years)
    gain = np.where(view.ceasefire, view.chance - view.frightened, at_front)
    return np.ones(len(view.rows), dtype=bool), gain, p.escalation_cost * view.years


def _use(world: World, number: int, targets: RowArray) -> None:
    """The instruments act: each on members, on the war or on the candidate's choice, and none on a ballot."""
    r, i, years = world.russia, world.by_run.instruments, world.setup.review_years
    for k, cost in enumerate((i.press_cost, i.prolong_cost, 0.0, i.side_deal_cost, i.escalation_cost)):
        r.spent = r.spent + r.uses[:, k] * (cost * years)
    r.used = r.used + r.uses
    if not world.setup.looks_ahead:
        return
    r.prolongs = r.uses[:, PROLONG].copy()
    world.bargain.deal[:] = False
    dealt = (r.uses[:, SIDE_DEALS] > 0.0).nonzero()[0]
    world.bargain.deal[dealt, targets[dealt]] = True
    severity = i.incident_severity * r.uses[:, ESCALATE] * r.ceasefire
    world.members.incidents += severity[:, None] * world.setup.roster.exposure
    offered = (r.uses[:, OFFER] > 0.0).nonzero()[0]
    if offered.size:
        r.offered[offered] = world.step
        draw = world.draws["plans"][number][offered, ANSWERS_EXTERNAL_POWER]
        plans.put_plan(world, offered, _terms(world, offered), draw, FROM_EXTERNAL_POWER)
