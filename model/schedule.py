"""The schedule: the only place that orders the phases of a step. Ensembles and the Mesa model both use it.

Each phase takes the world and changes it in place. ``PHASES`` lists them in order; ``plan()`` describes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from article10.agents import bargaining, candidate, members, russia, secretary_general
from article10.agents.arrays import BoolArray, count, relax, share
from article10.agents.instruments import ESCALATE, PRESS
from article10.agents.members import NEVER, STANCE_LIMIT
from article10.agents.secretary_general import NOT_CLEAR
from article10.agents.war import breach_hazard, ceasefire_hazard, front_drift, war_target
from article10.model import governments
from article10.model.accession_rule import (
    ASPIRANT,
    INVITED,
    MEMBER,
    NO_BALLOT,
    PROTOCOL_SIGNED,
    RATIFYING,
    SHELVED,
    Ballots,
    decide,
)
from article10.model.bargain import bargain
from article10.model.membership import attack, attack_hazard, deter
from article10.model.review import review
from article10.model.setup import outcome_stream
from article10.model.world import Council, RowArray, World

DAYS_PER_WEEK = 7.0

NO_OUTCOME = np.empty(0)
"""Passed to events that leave nothing to chance."""


def events(world: World) -> None:
    """Events that act in this step change the world."""
    for event, acts, any_acts in world.events:
        if any_acts[world.step]:
            outcome = world.draws[outcome_stream(event)][world.step] if event.n_random else NO_OUTCOME
            event.apply(world, acts[world.step], outcome)
    world.guarantee = world.believed_guarantee()


def elections(world: World) -> None:
    """Governments fall, and elections that are due are held; a new government has a new orientation and new ties."""
    quarter, past = divmod(world.step, world.setup.quarter_steps)
    if past > 0 and world.step not in world.setup.elections:
        return
    due = world.members.election_due == world.step
    if past == 0 and quarter > 0:
        due |= _fall(world, quarter)
    if due.any():
        _vote(world, quarter, *due.nonzero())


def _fall(world: World, quarter: int) -> BoolArray:
    """Once a quarter, governments may fall: which of them face an early election, (run, member)."""
    draw = world.draws["government_falls"][quarter]
    falls = (draw[..., 0] < world.by_member.constants.falls_a_quarter) & world.setup.roster.can_fall
    early = draw[..., 1] < world.by_member.elections.snap_share
    _lead_anew(world, quarter, *(falls & ~early).nonzero())
    return np.asarray(falls & early)


def _lead_anew(world: World, quarter: int, rows: RowArray, places: RowArray) -> None:
    """A new leader of the same side takes over, whose orientation departs from the last one's."""
    m = world.members
    draw = world.draws["elections"][quarter][rows, places, 1]
    moved = (
        world.by_run_at(rows).elections.leader_departure * governments.orientation_spread(world, rows, places) * draw
    )
    orientation, ties = m.orientation[rows, places] + moved, m.government_ties[rows, places]
    governments.take_office(world, rows, places, m.alternative[rows, places], orientation, ties)


def _vote(world: World, quarter: int, rows: RowArray, places: RowArray) -> None:
    """Elections: the side in office stays as it is, or the other one takes office."""
    m = world.members
    m.election_due[rows, places] = world.setup.following_elections[world.step, places]
    draw = world.draws["elections"][quarter][rows, places]
    wins = governments.alternative_wins(world, rows, places, draw[:, 0])
    new = wins != m.alternative[rows, places]
    rows, places, wins = rows[new], places[new], wins[new]
    governments.take_office(
        world, rows, places, wins, governments.expected_orientation(world, rows, places, wins, draw[new, 1])
    )


def war(world: World) -> None:
    """A ceasefire may begin or break; the intensity of the war follows, and the front moves."""
    r, p, dt, draws = world.russia, world.by_run.war, world.setup.dt, world.draws
    chance = draws["ceasefire"][world.step]
    admitted = world.accession.is_member
    prolongs = r.prolongs * ~admitted  # a war cannot bar a membership that there is
    pauses = ceasefire_hazard(prolongs, world.by_run.russia.ambition, p)
    breach = breach_hazard(world.guarantee, world.candidate.force_cap, p)
    flares_up = np.where(admitted, attack_hazard(world), breach)
    turns = chance < -np.expm1(-dt * np.where(r.ceasefire, flares_up, pauses))
    broken = turns & r.ceasefire
    world.candidate.void_plan(broken)
    r.ceasefire = r.ceasefire ^ turns
    attack(world, (broken & admitted).nonzero()[0])
    noise = draws["war"][world.step]
    level = share(r.war_level + world.by_run.instruments.escalation * r.uses[:, ESCALATE])
    target = war_target(level, r.resources, r.ceasefire, p)
    moved = world.by_run.constants.war_followed * (target - r.war_intensity)
    r.war_intensity = share(r.war_intensity + moved + p.volatility * math.sqrt(dt) * noise[:, 0])
    drift = front_drift(world.spending_rise, p)
    r.front = r.front + r.war_intensity * (drift * dt + p.front_volatility * math.sqrt(dt) * noise[:, 1])


def pressure(world: World) -> None:
    """Russia's alarm moves, it reviews its choices, and it presses members."""
    r, m, setup, stage = world.russia, world.members, world.setup, world.accession.stage
    p, c, dt = world.by_run.russia, world.by_run.constants, setup.dt
    later = (stage == RATIFYING) | (stage == MEMBER)
    reached = russia.stage_alarm(stage == INVITED, stage == PROTOCOL_SIGNED, later, p)
    objectors, reach = world.secretary_general.objectors_in_peace, world.by_run.secretary_general.reach
    near = russia.nearness(reached, objectors, reach) * ~world.candidate.shelved
    r.alarm = r.alarm + c.alarm_followed * (near - r.alarm)
    if world.step % setup.review_steps == 0:
        review(world)
    if not setup.looks_ahead:
        r.prolongs = r.alarm * world.by_run.instruments.prolong
    r.effort = russia.effort(r.resources, r.alarm, r.uses[:, PRESS], p)
    war_change = r.war_intensity - c.war_intensity
    r.resources = np.maximum(r.resources + dt * russia.resources_change(r.resources, war_change, p), 0.0)
    m.pressure *= world.by_member.constants.pressure_left
    m.pressure += ((1.0 - c.pressure_left) / p.pressure_decay_rate * r.effort)[:, None] * r.shares
    m.felt_pressure = members.felt(m.pressure)


def bid(world: World) -> None:
    """Guarantees fade, aspiration and readiness move, and the candidate shelves or resumes its bid."""
    c, p, rho = world.candidate, world.by_run.candidate, world.by_run.guarantees.substitution
    constants = world.by_run.constants
    c.guarantee = c.guarantee * constants.guarantee_left
    c.binding_guarantee = c.binding_guarantee * constants.binding_guarantee_left
    world.guarantee = world.believed_guarantee()
    war_change = world.russia.war_intensity - constants.war_intensity
    target = candidate.aspiration_target(war_change, world.guarantee_change, rho, p)
    c.aspiration = c.aspiration + constants.aspiration_followed * (target - c.aspiration)
    reform = constants.reformed * ~c.shelved
    c.readiness = c.readiness + reform * (1.0 - c.readiness)
    a = world.accession
    was_shelved = a.stage == SHELVED
    c.shelved = candidate.decide_on_bid(c.aspiration, c.shelved, c.bound_by_plan, p) & ~a.is_member
    a.stage[was_shelved & ~c.shelved] = ASPIRANT
    shelved_now = (c.shelved & ~was_shelved).nonzero()[0]
    if shelved_now.size:
        a.stage[shelved_now] = SHELVED
        a.talks[shelved_now] = 0.0
        a.ratifying[shelved_now] = 0.0
        world.members.ratification_progress[shelved_now] = 0.0
        world.members.ratified_step[shelved_now] = NEVER
        world.members.hold[shelved_now] = world.members.consent[shelved_now] = False
        world.bargain.forget(shelved_now, slice(None))


def perceptions(world: World) -> None:
    """Members' perceived threat and knowledge of each other are updated."""
    m, r, p, c = world.members, world.russia, world.by_member.threat, world.by_member.constants
    exposure = world.setup.roster.exposure
    target = members.threat_target(
        exposure, r.war_intensity[:, None], r.front[:, None], m.incidents, m.felt_pressure, p
    )
    relax(m.threat, target, c.threat_followed)
    m.incidents *= c.incidents_left
    relax(m.perceived, m.stance, c.stances_learned)


def commitments(world: World) -> None:
    """Once a quarter, trust in the hegemon and defence spending move; susceptibility and deterrence follow."""
    if world.step % world.setup.quarter_steps == 0:
        _trust(world)
        _spend(world)
        deter(world)
        world.update_susceptibility()


def _trust(world: World) -> None:
    m, hegemon = world.members, world.setup.hegemon
    perceived = m.perceived[:, hegemon : hegemon + 1]
    trusted = members.trust_target(perceived, m.stance, world.by_member.trust)
    m.trust = m.trust + world.by_member.constants.trust_followed * (trusted - m.trust)
    world.lent_cover = world.distrust * world.setup.cover[hegemon]


def _spend(world: World) -> None:
    m, setup, p = world.members, world.setup, world.by_member
    s, roster, dt = setup.scenario, setup.roster, setup.quarter_steps * setup.dt
    year = s.start.year + (s.start.timetuple().tm_yday - 1) / 365.25 + world.step * setup.dt
    left = np.maximum(world.pledge_deadline - year, dt)
    world.pledge = world.pledge + np.minimum(dt / left, 1.0) * (world.pledge_target - world.pledge)
    aim = members.spending_target(
        m.spending,
        roster.defence_spending,
        m.threat - world.by_run.constants.threat,
        setup.smallness,
        world.spending_rise[:, None],
        world.pledge[:, None],
        secretary_general.pressed(p.spending.compliance, p.secretary_general),
        world.distrust,
        p.spending,
    )
    m.spending = m.spending + p.constants.spending_followed * (aim - m.spending)
    world.spending_rise = ((m.spending - roster.defence_spending) * roster.influence_weight).sum(axis=-1)


def stances(world: World) -> None:
    """Stances move by the sum of the mechanisms' rates."""
    m = world.members
    change = np.zeros(m.stance.shape)
    for name, mechanism in world.setup.mechanisms.items():
        rate = mechanism(world)
        try:
            change += rate
        except (TypeError, ValueError):
            given = getattr(rate, "shape", rate)
            raise ValueError(
                f"mechanism {name!r} must return rates (run, member) = {change.shape}, got {given!r}"
            ) from None
        if world.record_rates:
            world.rates[name] = rate
    if not np.isfinite(change).all():
        raise ValueError(_not_finite(world))
    change *= world.by_member.constants.effective_step
    change += m.stance
    m.stance = change.clip(-STANCE_LIMIT, STANCE_LIMIT, out=change)


def _not_finite(world: World) -> str:
    """Which mechanism gives what is not a number: they are functions of the world, and give it again."""
    wrong = [name for name, rate in world.setup.mechanisms.items() if not np.isfinite(rate(world)).all()]
    return f"mechanism {', '.join(map(repr, wrong))}: expected finite rates; it gave infinity or what is not a number"


def soundings(world: World) -> None:
    """The Secretary General takes stock of who objects, campaigns and persuades; hesitant members take cover."""
    office, setup = world.secretary_general, world.setup
    if world.step % setup.sounding_steps > 0:
        return
    _take_stock(world)
    rows = world.accession.rows(ASPIRANT)
    ballots = Ballots(setup.roster.iso3, world.soundings.ballots(rows), setup.scenario.edition)
    clear = rows[decide(ballots, world.by_run_at(rows).accession)]
    between = setup.sounding_steps * setup.scenario.step_days / DAYS_PER_WEEK
    before, office.weeks_clear = office.weeks_clear, np.full(world.n_runs, NOT_CLEAR)
    office.weeks_clear[clear] = np.where(before[clear] >= 0.0, before[clear] + between, 0.0)


def _take_stock(world: World) -> None:
    m, office, setup = world.members, world.secretary_general, world.setup
    p, of_member, weight = (
        world.by_run.secretary_general,
        world.by_member.secretary_general,
        setup.roster.influence_weight,
    )
    found = members.sound_out(world.standing(), world.by_member.accession.objection_line)
    pending = m.ratified_step == NEVER
    for objects in (found.objects, found.by_stance, found.in_peace):
        objects &= pending  # who has ratified objects no longer
    world.soundings = found
    office.objectors = count(found.objects).astype(np.float64)
    office.objectors_in_peace = count(found.in_peace).astype(np.float64)
    live = ~world.candidate.shelved & ~world.accession.is_member
    office.campaign = secretary_general.campaign_effort(office.objectors, live, p)
    office.champions = secretary_general.champions_share(m.stance, weight, of_member)
    need = np.maximum(-m.stance, 0.0)
    need *= found.by_stance
    m.persuasion = secretary_general.persuasion(office.campaign[:, None], office.champions[:, None], need, of_member)
    _take_cover(world)


def _take_cover(world: World) -> None:
    setup, objects = world.setup, world.soundings.by_stance
    lent = objects[:, setup.hegemon, None] * world.lent_cover
    at_rest = world.by_run.constants.objects_at_rest
    world.members.cover = bargaining.cover(setup.cover, at_rest, objects, lent, world.by_member.bargaining)


def council(world: World) -> None:
    """On council dates members ballot, and the question may be put."""
    if world.step not in world.setup.councils:
        world.council = None
        return
    setup, a = world.setup, world.accession
    ballots, reasons = world.positions()
    asked = a.stage == ASPIRANT
    would_pass = decide(Ballots(setup.roster.iso3, ballots, setup.scenario.edition), world.by_run.accession)
    on_agenda = asked & (world.step not in setup.without_agenda)
    put = secretary_general.puts_question(
        world.secretary_general.weeks_clear,
        would_pass,
        world.candidate.readiness,
        on_agenda,
        world.by_run.secretary_general,
    )
    invited = put & would_pass
    a.stage = np.where(invited, INVITED, a.stage).astype(np.int8)
    world.council = Council(
        ballots=np.where(asked[:, None], ballots, NO_BALLOT).astype(np.int8),
        reasons=np.where(asked[:, None], reasons, 0).astype(np.int8),
        question_put=put,
        invited=invited,
    )


def accession(world: World) -> None:
    """Talks, signature, ratification and accession; members' ballots alone decide."""
    a = world.accession
    signed = a.rows(PROTOCOL_SIGNED)
    invited = a.rows(INVITED)
    if invited.size:
        _talk(world, invited)
    a.stage[signed] = RATIFYING
    ratifying = a.rows(RATIFYING)
    if ratifying.size:
        _ratify(world, ratifying)


def _talk(world: World, rows: RowArray) -> None:
    a, setup = world.accession, world.setup
    a.talks[rows] += setup.dt * world.candidate.readiness[rows] / world.by_run_at(rows).accession.talks_years
    agreed = rows[a.talks[rows] >= 1.0]
    if agreed.size:
        ballots = members.sound_out(
            world.standing(agreed), world.by_member_at(agreed).accession.objection_line
        ).ballots()
        rule = world.by_run_at(agreed).accession
        a.stage[agreed[decide(Ballots(setup.roster.iso3, ballots, setup.scenario.edition), rule)]] = PROTOCOL_SIGNED


def _ratify(world: World, rows: RowArray) -> None:
    m, a, setup = world.members, world.accession, world.setup
    of_round = world.by_run_at(rows).ratification
    began = a.ratifying[rows]
    ended = began + setup.dt * (1.0 - (1.0 - of_round.recess_weight) * setup.recess[world.step])
    a.ratifying[rows] = ended
    shape = np.full_like(ended, of_round.shape)  # an array even of a number: all runs go by the same routine
    grown = np.power(ended, shape) - np.power(began, shape)
    place, member = (m.ratified_step[rows] == NEVER).nonzero()
    row = rows[place]
    p, line = world.by_run_at(row).ratification, world.by_run_at(row).accession.objection_line
    standing = world.standing(row, member)
    speed = setup.roster.ratification_speed[member]
    hazard = members.ratification_hazard(standing, speed, p.urgency, p.full_stance, line, p.shape)
    progress = m.ratification_progress[row, member] + hazard * grown[place]
    m.ratification_progress[row, member] = progress
    newly = (progress >= world.draws["ratification"][0][row, member]).nonzero()[0]
    if newly.size:
        m.ratified_step[row[newly], member[newly]] = world.step + 1
        changed = rows[np.bincount(place[newly], minlength=len(rows)) > 0]
        ballots = Ballots.of_ratifications(setup.roster.iso3, m.ratified_step[changed] != NEVER, setup.scenario.edition)
        complete = decide(ballots, world.by_run_at(changed).accession)
        a.stage[changed[complete]] = MEMBER


Phase = Callable[[World], None]

PHASES: tuple[Phase, ...] = (
    events,
    elections,
    war,
    pressure,
    bid,
    commitments,
    perceptions,
    stances,
    soundings,
    bargain,
    accession,
    council,
)
"""The phases of a step, in order."""


def step(world: World) -> None:
    """Advance the world by one step: every phase once, in order."""
    for phase in PHASES:
        phase(world)
    world.step += 1


def begin(world: World) -> None:
    """Before the first step, the Secretary General takes stock of who objects, and sets the campaign."""
    _take_stock(world)


def plan() -> list[tuple[str, str]]:
    """Name and description of each phase of a step, in order."""
    return [(phase.__name__, (phase.__doc__ or "").split("\n")[0]) for phase in PHASES]
