"""The phase in which consent is bargained: spells open, age and end, and payers pay; rules are in agents/bargaining.py.

A spell can only open or age where a decision is within reach, so that all is computed for the runs in which one is.
Functions take the positions of those runs (``rows``), or of runs and members case by case (``row``, ``member``).
"""

from __future__ import annotations

import numpy as np

from article10.agents import bargaining
from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.bargaining import FOR_HOLD, FOR_OBJECTION, IntegerArray, Payments
from article10.model.accession_rule import ASPIRANT, INVITED, PROTOCOL_SIGNED, RATIFYING
from article10.model.setup import SPELL_DRAWS
from article10.model.world import RowArray, World


def bargain(world: World) -> None:
    """After soundings, members hold out, yield and are paid, where a decision is within reach."""
    world.payments = None
    quarter, past = divmod(world.step, world.setup.quarter_steps)
    if past == 0:
        _begin_quarter(world, quarter)
    if not world.setup.scenario.bargaining.consent:
        return
    _reconsider(world, world.accession.rows(PROTOCOL_SIGNED), quarter)  # a stage of one step: it cannot wait
    if world.step % world.setup.sounding_steps > 0:
        return
    rows = _within_reach(world)
    if not rows.size:
        return
    free = _free(world, rows)
    _force(world, rows)
    _tempt(world, rows, free, quarter)
    _open(world, rows, free, quarter)
    _age(world, rows, free, quarter)


def _draw(world: World, of: str, quarter: int, row: RowArray, member: RowArray | slice) -> FloatArray:
    """The uniform draws of a quarter for one thing that is left to chance."""
    drawn: FloatArray = world.draws["spells"][quarter][row, SPELL_DRAWS.index(of), member].astype(np.float64)
    return drawn


def _begin_quarter(world: World, quarter: int) -> None:
    """Temptation begins anew, and budgets are refilled."""
    b, p = world.bargain, world.by_member.bargaining
    opens = world.draws["spells"][quarter][:, SPELL_DRAWS.index("opens")].astype(np.float64)
    b.temptation = np.zeros(world.n_runs)
    b.resists = bargaining.resists(opens, p.opportunism * world.setup.roster.opportunism)
    b.weakest = b.resists.min(axis=-1)
    if quarter > 0:
        b.budget = bargaining.refilled(b.budget, world.by_run.constants.capital, quarter)


def _within_reach(world: World) -> RowArray:
    """Positions of the runs in which few enough object, or the protocol waits to be ratified."""
    stage, p = world.accession.stage, world.by_run.bargaining
    few = world.secretary_general.objectors <= p.reach + 1
    before = ((stage == ASPIRANT) | (stage == INVITED)) & few
    signed = (stage == PROTOCOL_SIGNED) | (stage == RATIFYING)
    return (before | signed).nonzero()[0]


def _free(world: World, rows: RowArray) -> BoolArray:
    """Members whose objection stands, or would stand, between the alliance and the decision, (row, member).

    They are neither barred by their judgement of the war, nor done, nor is their ballot given; and few others object.
    """
    s, stage = world.soundings, world.accession.stage[rows]
    signed = (stage == PROTOCOL_SIGNED) | (stage == RATIFYING)
    few = world.secretary_general.objectors[rows] <= world.by_run_at(rows).bargaining.reach
    near = (signed | few)[:, None] | s.objects[rows]  # an objector has one other fewer
    free = np.greater(near, s.by_war[rows])
    if signed.any():
        free &= ~world.members.ratified[rows]
    if world.setup.scenario.ballots:
        free &= np.isnan(world.by_run_at(rows).constants.given_stance)
    return free


def _force(world: World, rows: RowArray) -> None:
    """The office puts the question on the agenda of the next summit, at most once a year."""
    setup, b = world.setup, world.bargain
    summit = setup.agenda[world.step]
    if summit < world.step:
        return
    ready = world.candidate.readiness[rows] >= world.by_run_at(rows).secretary_general.readiness_needed
    asked = (world.accession.stage[rows] == ASPIRANT) & (world.secretary_general.objectors[rows] > 0)
    rested = world.step - b.forced_since[rows] >= setup.steps_a_year
    forced = rows[ready & asked & rested]
    b.forced_since[forced], b.forced_until[forced] = world.step, summit


def _reconsider(world: World, rows: RowArray, quarter: int) -> None:
    """Members that consented to the invitation may hold out again once the protocol is signed."""
    if not rows.size:
        return
    m, p = world.members, world.by_member_at(rows).bargaining
    again = m.consent[rows] & (_draw(world, "holds out again", quarter, rows, slice(None)) < p.second_spell)
    m.consent[rows] &= ~again
    m.hold[rows] |= again & ~world.soundings.below[rows]


def _tempt(world: World, rows: RowArray, free: BoolArray, quarter: int) -> None:
    """Members that could consent may begin to hold out for a price, sooner if few others object."""
    m, b = world.members, world.bargain
    b.temptation[rows] += world.setup.sounding_years / (1.0 + world.secretary_general.objectors[rows])
    tempted = (b.temptation[rows] >= b.weakest[rows]).nonzero()[0]
    if not tempted.size:
        return
    row = rows[tempted]
    could = free[tempted] & ~(m.consent[row] | m.hold[row] | world.soundings.below[row]) & (b.quarter[row] != quarter)
    place, member = (could & (b.temptation[row, None] >= b.resists[row])).nonzero()
    m.hold[row[place], member] = True


def _open(world: World, rows: RowArray, free: BoolArray, quarter: int) -> None:
    """Spells open of members that object by their stance or hold out; one of a stance that has risen is over."""
    m, b = world.members, world.bargain
    hold, below = m.hold[rows], world.soundings.below[rows]
    spell = b.spell[rows] & (hold | below)
    opens = free & ~spell & (hold | (below & ~m.consent[rows])) & (b.quarter[rows] != quarter)
    b.spell[rows] = spell | opens
    if opens.any():
        place, member = opens.nonzero()
        _begin(world, quarter, rows[place], member)


def _begin(world: World, quarter: int, row: RowArray, member: RowArray) -> None:
    """The age of spells that open, and the age at which they end."""
    m, b, p = world.members, world.bargain, world.by_run_at(row).bargaining
    sincere = ~m.hold[row, member]
    stood = b.stood[row, member] * sincere
    b.stood[row, member] -= stood
    pace = bargaining.pace(np.zeros_like(sincere), _stakes(world, row, member), m.government_ties[row, member], p)
    b.quarter[row, member] = quarter
    b.age[row, member] = age = stood * pace
    b.ends_at[row, member] = bargaining.ends_at(age, -np.log1p(-_draw(world, "ends", quarter, row, member)), p)


def _age(world: World, rows: RowArray, free: BoolArray, quarter: int) -> None:
    """Spells within reach age; those that reach their end are given up, paid or not, or go on unpaid."""
    m, b = world.members, world.bargain
    place, member = (free & b.spell[rows]).nonzero()
    if not place.size:
        return
    row = rows[place]
    p = world.by_run_at(row).bargaining
    forced = (b.forced_until[row] >= world.step) & (world.accession.stage[row] == ASPIRANT)
    at_stake = _stakes(world, row, member)
    age = b.age[row, member] + world.setup.sounding_years * bargaining.pace(
        forced, at_stake, m.government_ties[row, member], p
    )
    b.age[row, member] = age
    ends = (age >= b.ends_at[row, member]).nonzero()[0]
    if ends.size:
        _end(world, quarter, row[ends], member[ends], at_stake[ends])


def _stakes(world: World, row: RowArray, member: RowArray) -> FloatArray:
    line, p = world.by_run_at(row).accession.objection_line, world.by_run_at(row).bargaining
    raised = world.bargain.deal[row, member] * world.by_run_at(row).instruments.side_deal_stakes
    return bargaining.stakes(line - world.soundings.voiced[row, member], world.members.hold[row, member], raised, p)


def _end(world: World, quarter: int, row: RowArray, member: RowArray, at_stake: FloatArray) -> None:
    """Members yield; those that ask to be paid and are not may hold on, in a spell that begins in the next quarter."""
    m, b, p = world.members, world.bargain, world.by_run_at(row).bargaining
    asks = bargaining.asks_to_be_paid(_draw(world, "asks to be paid", quarter, row, member), at_stake, p)
    paid = _pay(world, row, member, np.rint(at_stake).astype(np.int32), asks)
    gives_up = _draw(world, "yields unpaid", quarter, row, member) < p.unpaid_share
    yields = ~asks | paid | gives_up
    b.spell[row, member] = False
    b.quarter[row, member] = quarter
    m.consent[row[yields], member[yields]] = True
    m.hold[row[yields], member[yields]] = False


def _pay(world: World, row: RowArray, member: RowArray, price: IntegerArray, asks: BoolArray) -> BoolArray:
    """Payments to members that ask, one after the other, in each run in the order of the roster.

    Returns:
        Which are paid, (case,).
    """
    m, b, weight = world.members, world.bargain, world.setup.roster.influence_weight
    paid, payer = np.zeros(len(row), dtype=bool), np.full(len(row), -1)
    left = asks.nonzero()[0]
    while left.size:
        first = np.concatenate([[True], row[left[1:]] > row[left[:-1]]])  # one of each run: cases are in their order
        now, left = left[first], left[~first]
        line = world.by_member_at(row[now]).secretary_general.champion_line
        eager = bargaining.eagerness(m.stance[row[now]], m.hold[row[now]], weight, line)
        chosen = bargaining.payer_of(price[now], member[now], b.budget[row[now]], eager)
        able = now[chosen >= 0]
        paid[able], payer[now] = True, chosen
        b.budget[row[able], payer[able]] -= price[able]
    if paid.any():
        kind = np.where(m.hold[row[paid], member[paid]], FOR_HOLD, FOR_OBJECTION)
        world.payments = Payments(row[paid], payer[paid], member[paid], price[paid], kind)
    return paid
