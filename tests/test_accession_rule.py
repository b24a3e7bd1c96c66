"""The accession rule: properties on 1,000 generated cases each, and a mutation that each of them catches."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article10.agents import members
from article10.agents.members import (
    ACQUIESCE,
    OBJECT,
    REASON_CONSENT,
    REASON_COVER,
    REASON_HOLD,
    REASON_STANCE,
    REASON_WAR,
    SUPPORT,
    Standing,
    position,
)
from article10.agents.outlook import TERMS, WAR_TERMS, Outlook
from article10.agents.russia import STRATEGIES
from article10.model import accession_rule, plans, schedule
from article10.model import events as event_kinds
from article10.model.accession_rule import (
    ASPIRANT,
    INVITED,
    MEMBER,
    PROTOCOL_SIGNED,
    RATIFYING,
    SHELVED,
    AccessionParameters,
    Ballots,
    decide,
    formal_weight,
)
from article10.model.events import PeacePlanEvent
from article10.model.first_day import first_day
from article10.model.randomness import draw
from article10.model.roster import read_roster
from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.simulate import simulate

thousand = settings(max_examples=1000, deadline=None, derandomize=True)

CODES = read_roster().iso3
RULES = ("consensus", "unanimity_minus", "qualified_majority", "simple_majority")


def ballots_of(codes) -> Ballots:
    codes = np.asarray(codes, dtype=np.int8)
    return Ballots(CODES[: codes.shape[-1]], codes)


some_ballots = st.tuples(st.integers(1, 3), st.integers(1, 32)).flatmap(
    lambda shape: st.binary(min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda drawn: np.array([OBJECT, ACQUIESCE, SUPPORT])[np.frombuffer(drawn, np.uint8).reshape(shape) % 3]
    )
)
"""Of one to three runs; a byte is a ballot, for lists of ballots are slow to draw."""

places = st.integers(0, 31)
few_object = st.builds(
    lambda objecting, silent: tuple(
        OBJECT if i in objecting else ACQUIESCE if i in silent else SUPPORT for i in range(32)
    ),
    st.sets(places, max_size=3),
    st.sets(places, max_size=32),
)
rules = st.builds(
    AccessionParameters,
    rule=st.sampled_from(RULES),
    majority=st.floats(0.01, 1.0),
    tolerated=st.integers(0, 32),
)


# --- the properties, as functions of what they are about ------------------------------------------------------------


def check_one_objection_blocks(decide, ballots: Ballots, who: int) -> None:
    codes = ballots.codes.copy()
    codes[:, who] = OBJECT
    assert not decide(Ballots(ballots.members, codes), AccessionParameters()).any()


def check_nobody_objecting_passes(decide, ballots: Ballots) -> None:
    codes = np.maximum(ballots.codes, ACQUIESCE).astype(np.int8)
    assert decide(Ballots(ballots.members, codes), AccessionParameters()).all()


def check_permutation(decide, ballots: Ballots, order: list[int], p: AccessionParameters) -> None:
    moved = Ballots(tuple(ballots.members[i] for i in order), np.ascontiguousarray(ballots.codes[:, order]))
    assert np.array_equal(decide(ballots, p), decide(moved, p))


def check_count(decide, ballots: Ballots, p: AccessionParameters) -> None:
    for row, passed in zip(ballots.codes.tolist(), decide(ballots, p).tolist(), strict=True):
        objections, n = row.count(OBJECT), len(row)
        expected = {
            "consensus": objections == 0,
            "unanimity_minus": objections <= p.tolerated,
            "qualified_majority": n - objections >= p.majority * n,
            "simple_majority": row.count(SUPPORT) > n / 2,
        }[p.rule]
        assert passed == expected


def check_monotone(decide, ballots: Ballots, who: int, p: AccessionParameters) -> None:
    better = ballots.codes.copy()
    better[:, who] = np.minimum(better[:, who] + 1, SUPPORT)
    assert (decide(Ballots(ballots.members, better), p) | ~decide(ballots, p)).all()


def check_missing_ratification_blocks(decide, ratified: np.ndarray, who: int) -> None:
    ratified = ratified.copy()
    ratified[:, who] = False
    assert not decide(Ballots.of_ratifications(CODES[: ratified.shape[1]], ratified), AccessionParameters()).any()


@thousand
@given(some_ballots, st.integers(0, 31))
def test_one_objection_always_blocks_consensus(codes, who):
    ballots = ballots_of(codes)
    check_one_objection_blocks(decide, ballots, who % len(ballots.members))


@thousand
@given(some_ballots)
def test_consensus_passes_when_nobody_objects(codes):
    check_nobody_objecting_passes(decide, ballots_of(codes))


@thousand
@given(some_ballots, rules, st.randoms())
def test_permuting_members_permutes_nothing_else(codes, p, shuffle):
    ballots = ballots_of(codes)
    order = list(range(len(ballots.members)))
    shuffle.shuffle(order)
    check_permutation(decide, ballots, order, p)


@thousand
@given(some_ballots, rules)
def test_each_rule_agrees_with_a_plain_count(codes, p):
    check_count(decide, ballots_of(codes), p)


@thousand
@given(some_ballots, rules, st.integers(0, 31))
def test_a_warmer_ballot_never_turns_a_pass_into_a_block(codes, p, who):
    ballots = ballots_of(codes)
    check_monotone(decide, ballots, who % len(ballots.members), p)


@thousand
@given(st.lists(st.booleans(), min_size=1, max_size=32), st.integers(0, 31))
def test_one_missing_ratification_always_blocks(ratified, who):
    check_missing_ratification_blocks(decide, np.array([ratified]), who % len(ratified))


@thousand
@given(some_ballots, st.sampled_from(RULES), st.integers(0, 32))
def test_russia_votes_under_no_rule(codes, rule, place):
    ballots = ballots_of(codes)
    n = len(ballots.members)
    with_russia = (*ballots.members[: place % n], "RUS", *ballots.members[place % n + 1 :])
    with pytest.raises(ValueError, match="without a ballot"):
        decide(Ballots(with_russia, ballots.codes), AccessionParameters(rule=rule))
    with pytest.raises(ValueError, match="without a ballot"):
        Ballots((*ballots.members, "RUS"), np.hstack([ballots.codes, ballots.codes[:, :1]]))
    assert formal_weight("RUS", ballots.members) == 0


@thousand
@given(some_ballots, st.integers(-3, 6), st.sampled_from([np.int64, np.float64, np.bool_]))
def test_ballots_come_from_the_member_axis_or_not_at_all(codes, extra, dtype):
    good = ballots_of(codes)
    n = len(good.members)
    with pytest.raises(ValueError, match="as int8"):
        Ballots(good.members, good.codes.astype(dtype))
    with pytest.raises(ValueError, match="need codes of shape"):
        Ballots(good.members, np.hstack([good.codes, good.codes[:, :1]]))
    if n > 1:
        with pytest.raises(ValueError, match="one ballot"):
            Ballots((good.members[0], good.members[0], *good.members[2:]), good.codes)
    if extra not in (OBJECT, ACQUIESCE, SUPPORT):
        wrong = good.codes.copy()
        wrong[0, 0] = extra
        with pytest.raises(ValueError, match="as int8"):
            Ballots(good.members, wrong)


# --- (a) with ballots given, nothing but ballots counts ---------------------------------------------------------------

CODED = {d.key: d for d in all_declarations()}


def within_bounds(key: str):
    """Any value that a parameter can have, in steps that keep cases simple."""
    kind, (low, high) = type(CODED[key].default), CODED[key].bounds
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(int(low), int(high))
    return st.floats(low + 0.01, high)  # a lower bound can itself be excluded


russian = st.fixed_dictionaries(
    {
        "resources": st.floats(0, 50),
        "alarm": st.floats(0, 1),
        "war_intensity": st.floats(0, 1),
        "war_level": st.floats(0, 1),
        "front": st.floats(-1, 1),
        "effort": st.floats(0, 500),
        "ceasefire": st.booleans(),
        "uses": st.floats(0, 1),
        "prolongs": st.floats(0, 1),
        "spent": st.floats(0, 50),
        "offered": st.integers(-1_000_000, 0),
        "deterrence": st.floats(0, 1),
        "exposed": st.floats(0, 3),
        "outlook": st.lists(st.floats(-9, 9), min_size=len(TERMS), max_size=len(TERMS)),
    }
)
AHEAD = ("instruments.", "plans.", "article5.")
looking_ahead = st.lists(
    st.sampled_from([key for key in CODED if key.startswith(AHEAD)]), max_size=4, unique=True
).flatmap(lambda keys: st.fixed_dictionaries({key: within_bounds(key) for key in keys}))
russian_parameters = st.fixed_dictionaries(
    {
        "russia.strategy": st.sampled_from(sorted(STRATEGIES)),
        "russia.effort": st.floats(0, 200),
        "russia.ambition": st.floats(0, 1),
        "russia.observation_error": st.floats(0, 2),
        "war.prolongation": st.floats(0, 1),
        "war.ceasefire_rate": st.floats(0, 20),
        "war.volatility": st.floats(0, 2),
        "war.front_volatility": st.floats(0, 1),
    }
)
pressing = st.lists(
    st.builds(
        lambda kind, rate, size: {
            "pressure": {"kind": "pressure", "instrument": "nuclear", "rate": rate, "intensity": 50 * size},
            "incident": {"kind": "incident", "rate": rate, "severity": size},
            "battlefield_shift": {"kind": "battlefield_shift", "rate": rate, "front": size, "intensity": size},
            "breach": {"kind": "breach", "rate": rate},
            "peace_plan": {"kind": "peace_plan", "rate": rate, "force_cap": size, "guarantee": size, "accepted": True},
            "open plan": {"kind": "peace_plan", "rate": rate, "no_membership": False, "binding": True},
        }[kind],
        st.sampled_from(["pressure", "incident", "battlefield_shift", "breach", "peace_plan", "open plan"]),
        st.floats(0, 52),
        st.floats(0, 1),
    ),
    max_size=3,
)

bargaining_parameters = st.lists(
    st.sampled_from([key for key in CODED if key.startswith("bargaining.")]), max_size=4, unique=True
).flatmap(lambda keys: st.fixed_dictionaries({key: within_bounds(key) for key in keys}))
bargained = st.fixed_dictionaries(
    {
        "deal": st.booleans(),
        "hold": st.booleans(),
        "consent": st.booleans(),
        "spell": st.booleans(),
        "cover": st.floats(-2, 2),
        "budget": st.integers(0, 1000),
        "age": st.floats(0, 10),
        "ends_at": st.floats(0, 10),
        "temptation": st.floats(0, 10),
        "forced_until": st.integers(-1, 2),
    }
)

stages = st.sampled_from(["aspirant", "invited", "protocol_signed"])

HELD = {
    "candidate.may_shelve": False,
    "candidate.readiness": 1.0,
    "secretary_general.sounding_weeks": 0,
    "horizon": "2025-12-22",
}
NEARLY_READY = 0.6995
"""Readiness at which the candidate is ready for the council of the first step, if it reforms in that week."""


@lru_cache(maxsize=64)
def held(codes: tuple[int, ...], stage: str):
    """A scenario in which every member's ballot is given, and that sits at a decision of the stage."""
    names = {OBJECT: "object", ACQUIESCE: "acquiesce", SUPPORT: "support"}
    ballots = {code: names[c] for code, c in zip(CODES, codes, strict=True)}
    return read_scenario("baseline", HELD | {"ballots": ballots, "accession.stage": stage}).with_(events=())


def put_into(world: World, state) -> None:
    """Write values to the arrays of the world and its actors that have these names."""
    for name, value in state.items():
        if name == "outlook":
            continue  # it is of the setup
        holder = next(each for each in (world.russia, world.members, world.bargain, world) if hasattr(each, name))
        array = getattr(holder, name)
        setattr(holder, name, np.full(array.shape, value, dtype=array.dtype))


def stage_after_a_council(codes, stage, changes, events, state) -> list[object]:
    """After each of two steps: stages, ratifications, and in which runs the question was put."""
    scenario = held(codes, stage)
    if changes or events:
        named = [{**event, "name": f"e{i}"} for i, event in enumerate(events)]
        scenario = read_scenario(scenario, {**changes, "events": named})
    own = Outlook(tuple(given), tuple(given[: len(WAR_TERMS)])) if (given := state.get("outlook")) else None
    setup = replace(Setup.of(scenario), own_outlook=own)
    world = first_day(setup, draw(setup.streams, 5, range(2)))
    world.accession.talks[:] = 1.0
    schedule.begin(world)
    put_into(world, state)
    path: list[object] = []
    for _ in range(2):  # the council of 3 December 2025 is in the first step
        schedule.step(world)
        put = world.council.question_put.tolist() if world.council else None
        path += [world.accession.stage.tolist(), world.members.ratified_step.tolist(), put]
    return path


def check_only_ballots_count(stage_after, codes, stage, changes, events, state, readiness=1.0) -> None:
    ready = {"candidate.readiness": readiness}
    undisturbed = stage_after(codes, stage, ready, (), {})
    assert stage_after(codes, stage, {**changes, **ready}, events, state) == undisturbed


@thousand
@given(
    few_object,
    stages,
    russian_parameters,
    looking_ahead,
    bargaining_parameters,
    pressing,
    russian,
    bargained,
    st.sampled_from([1.0, NEARLY_READY]),
)
def test_with_all_ballots_given_nothing_else_changes_a_question_a_stage_or_a_ratification(
    codes, stage, of_russia, ahead, of_bargaining, events, russia, bargain, readiness
):
    """No state, budget, instrument, side deal, outlook, plan or spell, and none of their parameters."""
    changes, state = {**of_russia, **ahead, **of_bargaining}, {**russia, **bargain}
    check_only_ballots_count(stage_after_a_council, codes, stage, changes, events, state, readiness)


WILLING, ONE_OBJECTS = (SUPPORT,) * 32, (OBJECT, *(SUPPORT,) * 31)


def test_the_held_worlds_really_decide():
    """The property above is about something: these worlds are invited, sign and ratify, or are blocked."""
    stages_of = slice(None, None, 3)
    assert stage_after_a_council(WILLING, "aspirant", {}, (), {})[stages_of] == [[INVITED] * 2, [PROTOCOL_SIGNED] * 2]
    assert stage_after_a_council(ONE_OBJECTS, "aspirant", {}, (), {})[0] == [ASPIRANT] * 2
    assert stage_after_a_council(WILLING, "invited", {}, (), {})[0] == [PROTOCOL_SIGNED] * 2
    assert stage_after_a_council(ONE_OBJECTS, "invited", {}, (), {})[3] == [INVITED] * 2
    ratified = np.array(stage_after_a_council(ONE_OBJECTS, "protocol_signed", {}, (), {})[4])
    assert (ratified[:, 0] == -1).all()
    assert (ratified[:, 1:] > 0).any()
    for readiness, put in ((NEARLY_READY, True), (NEARLY_READY - 0.001, False)):
        path = stage_after_a_council(WILLING, "aspirant", {"candidate.readiness": readiness}, (), {})
        assert path[2] == [put] * 2


# --- (b) with the week's ballots fixed, the decision changes with nothing else ----------------------------------------

DECIDES = {"council": "aspirant", "accession": "invited"}
"""The phases that decide by the ballots of the week, and the stage before each decision."""


def scrambled(world: World, seed: int, keep: tuple[str, ...] = ()) -> World:
    """Any values in every array of every actor, but for readiness and soundings, on which it hangs what is asked."""
    rng = np.random.default_rng(seed)
    kept = ("readiness", "weeks_clear", "setup", "place", "draws", *keep)
    for holder in (world.members, world.russia, world.candidate, world.secretary_general, world.bargain, world):
        for field in fields(holder):
            array = getattr(holder, field.name)
            if field.name in kept or not isinstance(array, np.ndarray):
                continue
            if array.dtype == bool:
                new = rng.random(array.shape) < rng.choice([0.0, 0.02, 0.5])
            elif np.issubdtype(array.dtype, np.integer):
                new = rng.integers(-1, 500, array.shape)
            else:
                new = rng.uniform(rng.choice([-1.0, -0.1, 0.0]), 1.0, array.shape)
            setattr(holder, field.name, new.astype(array.dtype))
    return world


@lru_cache(maxsize=64)
def setup_at_a_decision(phase: str, codes: tuple[int, ...] | None) -> Setup:
    stage = DECIDES[phase]
    own = HELD | {"accession.stage": stage}
    return Setup.of(held(codes, stage) if codes else read_scenario("baseline", own).with_(events=()))


def at_a_decision(phase: str, codes: tuple[int, ...] | None = None) -> World:
    """A world whose candidate waits for the decision, with given ballots or with members' own."""
    setup = setup_at_a_decision(phase, codes)
    world = first_day(setup, draw(setup.streams, 5, range(2)))
    world.accession.talks[:], world.secretary_general.weeks_clear[:] = 1.0, 9.0
    return world


def decision(world: World, phase: str) -> list[int]:
    """Stage of each run after the phase."""
    getattr(schedule, phase)(world)
    return world.accession.stage.tolist()


def of_two_worlds_with_the_same_ballots(phase: str, seeds: tuple[int, int]):
    """The ballots of a world with any state, the decision there, and that of another in which they are given."""
    own = scrambled(at_a_decision(phase), seeds[0])
    ballots, _ = own.positions()
    codes, decided = ballots[0], decision(own, phase)[0]
    other = scrambled(at_a_decision(phase, tuple(codes.tolist())), seeds[1], keep=("war_line",))
    return codes, decided, decision(other, phase)[0]


def check_the_ballots_decide(phase: str, seeds: tuple[int, int]) -> bool:
    codes, decided, there = of_two_worlds_with_the_same_ballots(phase, seeds)
    passes = bool(decide(ballots_of([codes]), AccessionParameters())[0])
    agreed = {"council": INVITED, "accession": PROTOCOL_SIGNED}[phase]
    waits = {"council": ASPIRANT, "accession": INVITED}[phase]
    assert decided == there == (agreed if passes else waits)
    return passes


seeds = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))


@thousand
@given(st.sampled_from(list(DECIDES)), seeds)
def test_with_the_week_s_ballots_fixed_the_decision_changes_with_nothing_else(phase, seeds):
    check_the_ballots_decide(phase, seeds)


@pytest.mark.parametrize("phase", list(DECIDES))
def test_the_worlds_with_any_state_really_decide(phase):
    assert {check_the_ballots_decide(phase, (i, i + 1)) for i in range(200)} == {False, True}


def test_the_rule_s_file_reads_nothing_of_russia_and_its_only_inputs_are_ballots_and_the_rule():
    tree = ast.parse(Path(accession_rule.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in imported if name and name.startswith("article10")}
    agents = {"article10.agents.arrays", "article10.agents.members", "article10.agents.parameter"}
    assert ours == {*agents, "article10.agents.short_error", "article10.model.roster"}
    assert list(inspect.signature(decide).parameters) == ["ballots", "p"]
    assert set(AccessionParameters.model_fields).isdisjoint({"russia", "alarm", "war", "effort"})


# --- stages ---------------------------------------------------------------------------------------------------------

ALLOWED = {
    ASPIRANT: {ASPIRANT, INVITED, SHELVED},
    INVITED: {INVITED, PROTOCOL_SIGNED, SHELVED},
    PROTOCOL_SIGNED: {RATIFYING, SHELVED, MEMBER},
    RATIFYING: {RATIFYING, MEMBER, SHELVED},
    MEMBER: {MEMBER},
    SHELVED: {SHELVED, ASPIRANT, INVITED},
}
"""By stage, what it can be a step later; a bid taken up again can be invited in the same step."""

lively = st.fixed_dictionaries(
    {
        "accession.objection_line": st.floats(-0.9, 0.0),
        "accession.war_bar": st.floats(0.0, 1.0),
        "accession.talks_years": st.floats(0.02, 1.0),
        "ratification.urgency": st.floats(0.0, 5.0),
        "accession.stage": stages,
        "candidate.readiness": st.one_of(st.just(1.0), st.floats(0.0, 1.0)),
        "candidate.shelving_line": st.floats(0.0, 0.9),
        "stance.shock": st.floats(0.0, 1.0),
        "elections.spread_scale": st.floats(0.0, 3.0),
        "elections.fall_rate": st.floats(0.0, 3.0),
        "war.breach_rate": st.floats(0.0, 5.0),
        "secretary_general.sounding_weeks": st.integers(0, 26),
        "bargaining.reach": st.integers(0, 32),
        "bargaining.scale": st.floats(0.05, 5.0),
        "bargaining.opportunism": st.one_of(st.just(0.0), st.floats(1e-9, 5.0)),
        "bargaining.second_spell": st.floats(0.0, 1.0),
    }
)


FIFTEEN_STEPS = {"horizon": "2027-02-01", "step_days": 28}
WALKERS = 12
"""Runs; more of them cost less than more steps."""


def check_stages(path: list[np.ndarray]) -> None:
    for before, after in pairwise(path):
        for a, b in zip(before.tolist(), after.tolist(), strict=True):
            assert b in ALLOWED[a], (a, b)


def walk(changes, step=schedule.step):
    setup = Setup.of(read_scenario("ceasefire_2026", {**FIFTEEN_STEPS, **changes}))
    world = first_day(setup, draw(setup.streams, 5, range(WALKERS)))
    schedule.begin(world)
    path = [world.accession.stage.copy()]
    for _ in range(setup.n_steps):
        ratified = world.members.ratified
        step(world)
        path.append(world.accession.stage.copy())
        council = world.council
        if council is not None:
            assert not (council.invited & (council.ballots == OBJECT).any(axis=1)).any()
            assert not (council.invited & ~council.question_put).any()
            assert not (council.invited & world.candidate.shelved).any(), "a shelved bid was invited"
        if world.accession.is_member.any():
            assert world.members.ratified[world.accession.is_member].all()
        newly = world.members.ratified & ~ratified
        ballots, _ = world.positions()
        assert (ballots[newly] != OBJECT).all(), "a member ratified while it objected"
    return path


@thousand
@given(lively)
def test_stages_come_in_order_and_nothing_is_decided_without_its_ballots(changes):
    check_stages(walk(changes))


def test_the_walks_above_reach_every_stage():
    seen: set[int] = set()
    for line, readiness in ((-0.9, 1.0), (-0.5, 0.8), (-0.2, 0.7)):
        changes = {"accession.objection_line": line, "candidate.readiness": readiness, "ratification.urgency": 5.0}
        seen.update(int(s) for row in walk(changes | {"accession.war_bar": 1.0}) for s in row)
    assert seen == {ASPIRANT, INVITED, PROTOCOL_SIGNED, RATIFYING, MEMBER, SHELVED}


# --- (c) the bid is shelved only where the candidate chose that in that week -----------------------------------------

shelving = st.fixed_dictionaries(
    {
        "candidate.may_shelve": st.booleans(),
        "candidate.aspiration": st.floats(0.2, 1.0),
        "candidate.shelving_line": st.floats(0.0, 0.9),
        "candidate.resumption_line": st.floats(0.0, 1.0),
        "candidate.reluctance": st.floats(0.0, 3.0),
        "candidate.war_burden": st.floats(0.0, 10.0),
        "plans.hegemon_rate": st.floats(0.0, 20.0),
        "accession.objection_line": st.floats(-0.9, 0.0),
        "accession.stage": stages,
        "war.breach_rate": st.floats(0.0, 5.0),
        "bargaining.scale": st.floats(0.05, 5.0),
    }
)
PLANS = [
    {"kind": "peace_plan", "name": "bars", "rate": 1.0},
    {"kind": "peace_plan", "name": "leaves open", "rate": 1.0, "no_membership": False},
]


def shelvings(changes) -> int:
    """How often a bid is shelved; each time the candidate's aspiration is below its line, or it accepts a plan."""
    changes = {**FIFTEEN_STEPS, **changes, "events": PLANS}
    setup = Setup.of(read_scenario("ceasefire_2026", changes))
    world = first_day(setup, draw(setup.streams, 5, range(WALKERS)))
    schedule.begin(world)
    p, number = setup.scenario.candidate, 0
    accept, accepted = plans.accept, np.zeros(WALKERS, dtype=bool)

    def recorded(world, rows, terms):
        accepted[rows] |= terms.no_membership
        accept(world, rows, terms)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "accept", recorded)  # as it is called of offers
        patch.setattr(event_kinds, "accept", recorded)  # and of dated plans
        for _ in range(setup.n_steps):
            entered, accepted[:] = np.zeros(WALKERS, dtype=bool), False
            for phase in schedule.PHASES:
                was = world.accession.stage == SHELVED
                phase(world)
                entered |= (world.accession.stage == SHELVED) & ~was
            world.step += 1
            chosen = (world.candidate.aspiration < p.shelving_line) | accepted
            assert (chosen & p.may_shelve)[entered].all(), "a bid was shelved that the candidate did not shelve"
            number += int(entered.sum())
    return number


@thousand
@given(shelving)
def test_the_bid_is_shelved_only_where_the_candidate_chose_that_in_that_week(changes):
    shelvings(changes)


def test_the_bids_above_really_are_shelved_by_plan_and_of_their_own_accord():
    eager = {"candidate.war_burden": 10.0, "candidate.reluctance": 0.0}
    assert shelvings({**eager, "candidate.shelving_line": 0.0}) > WALKERS // 2  # most of the bids
    assert shelvings({"candidate.reluctance": 5.0, "candidate.shelving_line": 0.9}) > 0
    assert shelvings({**eager, "candidate.may_shelve": False}) == 0


# --- a mutation for each property -----------------------------------------------------------------------------------

CONSENSUS = AccessionParameters()
EVERYBODY = ballots_of([[SUPPORT] * 32])
MIXED = ballots_of([[SUPPORT, ACQUIESCE, OBJECT, SUPPORT], [OBJECT, SUPPORT, SUPPORT, SUPPORT]])


def first_member_only(ballots: Ballots, p: AccessionParameters):
    return ballots.codes[:, 0] != OBJECT


def all_but_the_last(ballots: Ballots, p: AccessionParameters):
    return (ballots.codes[:, :-1] != OBJECT).all(axis=-1)


def silence_blocks(ballots: Ballots, p: AccessionParameters):
    return (ballots.codes == SUPPORT).all(axis=-1)


def upside_down(ballots: Ballots, p: AccessionParameters):
    return ~decide(ballots, p)


MUTATIONS = {
    "an objection overlooked": lambda: check_one_objection_blocks(all_but_the_last, EVERYBODY, 31),
    "acquiescence taken for objection": lambda: check_nobody_objecting_passes(silence_blocks, MIXED),
    "the first member decides": lambda: check_permutation(
        first_member_only, MIXED, [2, 1, 0, 3], AccessionParameters()
    ),
    "another count": lambda: check_count(upside_down, MIXED, AccessionParameters(rule="simple_majority")),
    "a warmer ballot blocks": lambda: check_monotone(
        upside_down, ballots_of([[OBJECT, SUPPORT]]), 0, AccessionParameters()
    ),
    "a ratification overlooked": lambda: check_missing_ratification_blocks(all_but_the_last, np.ones((1, 5), bool), 4),
    "membership without ratification": lambda: check_stages([np.array([INVITED]), np.array([MEMBER])]),
}


@pytest.mark.parametrize("mutation", list(MUTATIONS))
def test_each_property_catches_its_mutation(mutation):
    with pytest.raises(AssertionError):
        MUTATIONS[mutation]()


def replace_phase(monkeypatch, phase, mutant):
    monkeypatch.setattr(schedule, "PHASES", tuple(mutant if each is phase else each for each in schedule.PHASES))


def check_caught(codes, changes=None, events=(), state=None, stage="aspirant") -> None:
    """The first property does not hold of the mutated model."""
    with pytest.raises(AssertionError):
        check_only_ballots_count(stage_after_a_council, codes, stage, changes or {}, events, state or {})


def mutate_standing(monkeypatch, mutant) -> None:
    """Ballots are made of what a mutant makes of the world and the standing that the model has."""
    standing = World.standing

    def mutated(world, rows=slice(None), places=None):
        if places is None:
            return mutant(world, rows, standing(world, rows))
        whole = mutant(world, slice(None), standing(world))
        return members.Standing(**{name: values[rows, places] for name, values in vars(whole).items()})

    monkeypatch.setattr(World, "standing", mutated)


def test_given_ballots_catch_a_decision_that_reads_russia_s_alarm(monkeypatch):
    def alarmed(world):
        schedule.council(world)
        world.accession.stage[world.russia.alarm > 0.5] = ASPIRANT

    replace_phase(monkeypatch, schedule.council, alarmed)
    check_caught(WILLING, state={"alarm": 1.0})


def test_given_ballots_catch_a_payment_that_writes_consent(monkeypatch):
    def bought(world):
        schedule.bargain(world)
        world.members.consent[world.bargain.budget[:, -1] > 0] = True

    replace_phase(monkeypatch, schedule.bargain, bought)
    mutate_standing(monkeypatch, lambda world, rows, own: replace(own, consent=world.members.consent[rows]))
    check_caught(ONE_OBJECTS, {"bargaining.office_capital": 0}, state={"budget": 0}, stage="invited")


def test_given_ballots_catch_a_budget_that_enters_the_decision(monkeypatch):
    def costly(world):
        schedule.council(world)
        world.accession.stage[world.bargain.budget.sum(axis=-1) == 0] = ASPIRANT

    replace_phase(monkeypatch, schedule.council, costly)
    check_caught(WILLING, {"bargaining.capital": 0, "bargaining.office_capital": 0}, state={"budget": 0})


def test_given_ballots_catch_a_side_deal_that_writes_consent(monkeypatch):
    def bought(world):
        world.members.consent[world.bargain.deal] = True
        schedule.war(world)

    replace_phase(monkeypatch, schedule.war, bought)
    mutate_standing(monkeypatch, lambda world, rows, own: replace(own, consent=world.members.consent[rows]))
    check_caught(ONE_OBJECTS, state={"deal": True}, stage="invited")


def test_given_ballots_catch_resources_that_enter_the_decision(monkeypatch):
    def costly(world):
        schedule.council(world)
        world.accession.stage[world.russia.spent > 10.0] = ASPIRANT

    replace_phase(monkeypatch, schedule.council, costly)
    check_caught(WILLING, state={"spent": 40.0})


def test_given_ballots_catch_an_outlook_that_enters_the_decision(monkeypatch):
    def hopeless(world):
        schedule.council(world)
        world.accession.stage[world.setup.outlook.chance(world.prospect()) < 0.01] = ASPIRANT

    replace_phase(monkeypatch, schedule.council, hopeless)
    check_caught(WILLING, state={"outlook": [-9.0] * len(TERMS)})


def test_shelving_catches_an_offer_that_sets_the_stage(monkeypatch):
    def ended(world):
        schedule.pressure(world)
        world.accession.stage[world.russia.offered == world.step] = SHELVED

    replace_phase(monkeypatch, schedule.pressure, ended)
    with pytest.raises(AssertionError, match="did not shelve"):
        shelvings({"candidate.reluctance": 5.0, "instruments.offer_weeks": 1, "instruments.choice_error": 1.0})


def set_stage(event, world, now, outcome) -> None:
    """A mutant of the plan: it ends the bid itself."""
    world.accession.stage[now] = SHELVED


PLAN = {"kind": "peace_plan", "rate": 52.0}


def test_given_ballots_catch_a_plan_that_sets_the_stage(monkeypatch):
    monkeypatch.setattr(PeacePlanEvent, "apply", set_stage)
    check_caught(WILLING, events=[PLAN])


def test_given_ballots_catch_a_plan_that_delays_reform_though_it_cannot_shelve_the_bid(monkeypatch):
    apply = PeacePlanEvent.apply

    def shelving(event, world, now, outcome):
        apply(event, world, now, outcome)
        world.candidate.shelved[now] = True

    monkeypatch.setattr(PeacePlanEvent, "apply", shelving)
    with pytest.raises(AssertionError):
        check_only_ballots_count(stage_after_a_council, WILLING, "aspirant", {}, [PLAN], {}, NEARLY_READY)


def test_given_ballots_catch_a_hold_that_overrides_them(monkeypatch):
    mutate_standing(monkeypatch, lambda world, rows, own: replace(own, hold=world.members.hold[rows]))
    check_caught(WILLING, state={"hold": True})


def test_given_ballots_catch_cover_that_overrides_them(monkeypatch):
    mutate_standing(monkeypatch, lambda world, rows, own: replace(own, cover=world.members.cover[rows]))
    germany_objects = tuple(OBJECT if code == "DEU" else SUPPORT for code in CODES)
    check_caught(germany_objects, {"bargaining.cover_weight": 5.0})


@pytest.mark.parametrize("phase", list(DECIDES))
def test_fixed_ballots_catch_a_decision_that_reads_the_world(monkeypatch, phase):
    decides = getattr(schedule, phase)

    def trustful(world):
        decides(world)
        world.accession.stage[world.members.trust.mean(axis=-1) < 0.1] = ASPIRANT

    monkeypatch.setattr(schedule, phase, trustful)
    with pytest.raises(AssertionError):
        _ = [check_the_ballots_decide(phase, (i, i + 1)) for i in range(200)]


def test_given_ballots_catch_an_alarm_that_overrules_an_objection(monkeypatch):
    def overruled(world):
        schedule.council(world)
        world.accession.stage[(world.russia.alarm > 0.9) & (world.accession.stage == ASPIRANT)] = INVITED

    replace_phase(monkeypatch, schedule.council, overruled)
    check_caught(ONE_OBJECTS, {"russia.alarm_rate": 0.0}, state={"alarm": 1.0})


def test_given_ballots_catch_a_war_that_overrides_them(monkeypatch):
    def at_war(world, rows, own):
        bars = world.setup.roster.war_bar > 0.5
        return replace(own, by_war=bars & (world.russia.war_intensity[rows, None] > 0.35))

    mutate_standing(monkeypatch, at_war)
    check_caught(WILLING, state={"ceasefire": True, "war_intensity": 0.0})


def test_the_walk_catches_a_ratification_against_the_war(monkeypatch):
    hazard = members.ratification_hazard
    blind = lambda standing, *rest: hazard(replace(standing, by_war=np.zeros_like(standing.by_war)), *rest)  # noqa: E731
    monkeypatch.setattr(members, "ratification_hazard", blind)
    changes = {"accession.objection_line": -0.9, "accession.stage": "protocol_signed", "war.breach_rate": 5.0}
    with pytest.raises(AssertionError, match="while it objected"):
        walk(changes | {"accession.war_bar": 0.0, "ratification.urgency": 5.0})


def test_the_walk_catches_the_invitation_of_a_shelved_bid(monkeypatch):
    def deaf(world):
        world.accession.stage[world.candidate.shelved] = ASPIRANT
        world.secretary_general.weeks_clear[world.candidate.shelved] = 99.0
        schedule.council(world)

    replace_phase(monkeypatch, schedule.council, deaf)
    changes = {"accession.objection_line": -0.9, "candidate.readiness": 1.0, "candidate.shelving_line": 0.9}
    with pytest.raises(AssertionError, match="shelved bid"):
        walk(changes | {"accession.war_bar": 1.0})


def test_shelving_catches_a_plan_that_sets_the_stage(monkeypatch):
    monkeypatch.setattr(PeacePlanEvent, "apply", set_stage)
    with pytest.raises(AssertionError, match="did not shelve"):
        shelvings({})


def test_shelving_catches_a_bid_that_ends_when_a_member_is_paid_to_object(monkeypatch):
    def ended(world):
        schedule.bargain(world)
        world.accession.stage[world.members.hold.any(axis=1)] = SHELVED

    replace_phase(monkeypatch, schedule.bargain, ended)
    with pytest.raises(AssertionError, match="did not shelve"):
        shelvings({"bargaining.opportunism": 5.0, "accession.objection_line": -0.9})


def test_shelving_catches_a_candidate_that_shelves_though_it_may_not(monkeypatch):
    def forced(aspiration, shelved, bound_by_plan, p):
        return shelved | bound_by_plan

    monkeypatch.setattr(schedule.candidate, "decide_on_bid", forced)
    with pytest.raises(AssertionError, match="did not shelve"):
        shelvings({"candidate.may_shelve": False, "candidate.war_burden": 10.0, "candidate.reluctance": 0.0})


@pytest.mark.parametrize("outsider", ["RUS", "UKR", "Russia", "BLR", "hum"])
def test_who_is_no_member_has_no_ballot(outsider):
    with pytest.raises(ValueError, match=f"{outsider}: not a member of the alliance, and so without a ballot"):
        Ballots(("HUN", outsider), np.array([[SUPPORT, SUPPORT]], dtype=np.int8))


# --- ballots --------------------------------------------------------------------------------------------------------


@thousand
@given(st.integers(-100, 100), st.integers(-50, 50), st.booleans(), st.booleans(), st.booleans(), st.integers(-99, 0))
def test_a_ballot_follows_from_the_member_s_standing_and_the_line_alone(stance, cover, war, hold, consent, line):
    own = [np.array([[value]]) for value in (stance / 128, cover / 128, war, hold, consent)]  # sums that are exact
    ballot, reason = position(Standing(*own), line / 128)
    below = stance + cover < line
    objects = war or hold or (below and not consent)
    assert ballot[0, 0] == (OBJECT if objects else SUPPORT if stance + cover >= 0 else ACQUIESCE)
    assert bool(reason[0, 0] & REASON_STANCE) == (below and not consent)
    assert bool(reason[0, 0] & REASON_WAR) == war
    assert bool(reason[0, 0] & REASON_HOLD) == hold
    assert bool(reason[0, 0] & REASON_CONSENT) == (below and consent)
    assert bool(reason[0, 0] & REASON_COVER) == (below != (stance < line))


def test_a_what_if_rule_applies_to_invitation_and_to_ratification():
    codes = [OBJECT if code in ("HUN", "SVK") else SUPPORT for code in CODES]
    outcomes = {}
    for rule in RULES:
        changes = {
            "accession.rule": rule,
            "accession.tolerated": 2,
            "ratification.urgency": 5.0,
            "horizon": "2027-12-06",
        }
        scenario = read_scenario(held(tuple(codes), "aspirant"), changes)
        setup = Setup.of(scenario)
        world = first_day(setup, draw(setup.streams, 1, range(5)))
        schedule.begin(world)
        for _ in range(setup.n_steps):
            schedule.step(world)
        outcomes[rule] = world.accession.is_member.all()
    assert outcomes == {
        "consensus": False,
        "unanimity_minus": True,
        "qualified_majority": True,
        "simple_majority": True,
    }


# --- how long ratification takes ----------------------------------------------------------------------------------


def test_times_to_ratification_are_weibull_and_recess_delays_them():
    """Of members always willing, the hazard cumulated by a time t is (speed × urgency × t) ** shape."""
    alike = {"roster.all.ratification_speed": 1.0, "roster.all.stance": 1.0, "ratification.urgency": 1.0}
    fixed = {"ballots": dict.fromkeys(read_scenario("visegrad_1997").members().iso3, "support")}
    days = {}
    for shape, weight in ((1.0, 1.0), (2.0, 1.0), (2.0, 0.0)):
        changes = alike | fixed | {"ratification.shape": shape, "ratification.recess_weight": weight}
        step = simulate("visegrad_1997", 60, 3, changes=changes, record=()).data["ratified_step"].to_numpy()
        days[shape, weight] = np.where(step < 0, np.inf, step * 7.0)
        if weight == 1.0:
            for t in (91, 182, 364, 546):
                expected = -np.expm1(-((t / 365.25) ** shape))
                assert (days[shape, weight] <= t).mean() == pytest.approx(expected, abs=0.05)
    assert (days[2.0, 0.0] >= days[2.0, 1.0]).all()  # the same draws
    assert np.median(days[2.0, 0.0]) > np.median(days[2.0, 1.0]) + 20
