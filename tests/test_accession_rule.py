"""The accession rule: properties on 1,000 generated cases each, and a mutation that each of them catches."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from article10.agents import members
from article10.agents.members import ACQUIESCE, OBJECT, SUPPORT
from article10.agents.russia import STRATEGIES
from article10.model import accession_rule, schedule
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
from article10.model.randomness import draw
from article10.model.roster import read_roster
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


some_ballots = st.integers(1, 32).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([OBJECT, ACQUIESCE, SUPPORT]), min_size=n, max_size=n), min_size=1, max_size=3
    )
)
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


# --- no value of Russia's changes a decision ------------------------------------------------------------------------

russian = st.fixed_dictionaries(
    {
        "resources": st.floats(0, 50),
        "alarm": st.floats(0, 1),
        "war_intensity": st.floats(0, 1),
        "war_level": st.floats(0, 1),
        "front": st.floats(-1, 1),
        "effort": st.floats(0, 500),
        "ceasefire": st.booleans(),
    }
)
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
        }[kind],
        st.sampled_from(["pressure", "incident", "battlefield_shift", "breach"]),
        st.floats(0, 52),
        st.floats(0, 1),
    ),
    max_size=3,
)

stages = st.sampled_from(["aspirant", "invited", "protocol_signed"])

HELD = {"candidate.readiness": 1.0, "horizon": "2025-12-22"}


@cache
def held(codes: tuple[int, ...], stage: str):
    """A scenario in which every member's ballot is given, and that sits at a decision of the stage."""
    names = {OBJECT: "object", ACQUIESCE: "acquiesce", SUPPORT: "support"}
    ballots = {code: names[c] for code, c in zip(CODES, codes, strict=True)}
    return read_scenario("baseline", HELD | {"ballots": ballots, "accession.stage": stage}).with_(events=())


def stage_after_a_council(codes, stage, changes, events, state) -> list[int]:
    scenario = held(codes, stage)
    if changes or events:
        named = [{**event, "name": f"e{i}"} for i, event in enumerate(events)]
        scenario = read_scenario(scenario, {**changes, "events": named})
    setup = Setup.of(scenario)
    world = World.start(setup, draw(setup.streams, 5, range(2)))
    for name, value in state.items():
        array = getattr(world.russia, name)
        setattr(world.russia, name, np.full(array.shape, value, dtype=array.dtype))
    world.accession.talks[:] = 1.0
    schedule.begin(world)
    path = []
    for _ in range(2):  # the council of 3 December 2025 is in the first step
        schedule.step(world)
        path += [world.accession.stage.tolist(), world.members.ratified_step.tolist()]
    return path


def check_russia_is_powerless(stage_after, codes, stage, changes, events, state) -> None:
    undisturbed = stage_after(codes, stage, {}, (), {})
    assert stage_after(codes, stage, changes, events, state) == undisturbed


@thousand
@given(few_object, stages, russian_parameters, pressing, russian)
def test_nothing_of_russia_s_changes_a_decision_when_ballots_are_held(codes, stage, changes, events, state):
    check_russia_is_powerless(stage_after_a_council, codes, stage, changes, events, state)


def test_the_held_worlds_really_decide():
    """The property above is about something: these worlds are invited, sign and ratify, or are blocked."""
    willing, one_objects = (SUPPORT,) * 32, (OBJECT, *(SUPPORT,) * 31)
    assert stage_after_a_council(willing, "aspirant", {}, (), {})[::2] == [[INVITED] * 2, [PROTOCOL_SIGNED] * 2]
    assert stage_after_a_council(one_objects, "aspirant", {}, (), {})[0] == [ASPIRANT] * 2
    assert stage_after_a_council(willing, "invited", {}, (), {})[0] == [PROTOCOL_SIGNED] * 2
    assert stage_after_a_council(one_objects, "invited", {}, (), {})[2] == [INVITED] * 2
    ratified = np.array(stage_after_a_council(one_objects, "protocol_signed", {}, (), {})[3])
    assert (ratified[:, 0] == -1).all()
    assert (ratified[:, 1:] > 0).any()


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
        "candidate.readiness": st.floats(0.0, 1.0),
        "candidate.shelving_line": st.floats(0.0, 0.9),
        "stance.shock": st.floats(0.0, 1.0),
        "elections.volatility": st.floats(0.0, 1.0),
        "war.breach_rate": st.floats(0.0, 5.0),
        "secretary_general.expected_objectors": st.integers(0, 32),
    }
)


def check_stages(path: list[np.ndarray]) -> None:
    for before, after in pairwise(path):
        for a, b in zip(before.tolist(), after.tolist(), strict=True):
            assert b in ALLOWED[a], (a, b)


def walk(changes, step=schedule.step):
    setup = Setup.of(read_scenario("ceasefire_2026", changes | {"horizon": "2029-12-03", "step_days": 28}))
    world = World.start(setup, draw(setup.streams, 5, range(8)))
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
        changes = {"accession.objection_line": line, "candidate.readiness": readiness, "ratification.urgency": 1.0}
        seen.update(int(s) for row in walk(changes | {"accession.war_bar": 1.0}) for s in row)
    assert seen == {ASPIRANT, INVITED, PROTOCOL_SIGNED, RATIFYING, MEMBER, SHELVED}


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


def test_the_powerlessness_of_russia_catches_a_decision_that_reads_its_alarm(monkeypatch):
    def alarmed(world):
        schedule.council(world)
        world.accession.stage[world.russia.alarm > 0.5] = ASPIRANT

    replace_phase(monkeypatch, schedule.council, alarmed)
    with pytest.raises(AssertionError):
        check_russia_is_powerless(stage_after_a_council, (SUPPORT,) * 32, "aspirant", {}, (), {"alarm": 1.0})


def test_the_order_of_stages_catches_a_ratification_while_objecting(monkeypatch):
    def eager(world):
        ratifying = world.accession.stage == RATIFYING
        schedule.accession(world)
        world.members.ratified_step[ratifying] = world.step

    replace_phase(monkeypatch, schedule.accession, eager)
    changes = {"accession.objection_line": -0.2, "candidate.readiness": 1.0, "accession.war_bar": 1.0}
    with pytest.raises(AssertionError, match="while it objected"):
        walk(changes | {"ratification.urgency": 0.0, "stance.shock": 1.0, "accession.stage": "protocol_signed"})


def test_the_powerlessness_of_russia_catches_an_alarm_that_overrules_an_objection(monkeypatch):
    def overruled(world):
        schedule.council(world)
        world.accession.stage[(world.russia.alarm > 0.9) & (world.accession.stage == ASPIRANT)] = INVITED

    replace_phase(monkeypatch, schedule.council, overruled)
    one_objects = (OBJECT, *(SUPPORT,) * 31)
    with pytest.raises(AssertionError):
        check_russia_is_powerless(
            stage_after_a_council, one_objects, "aspirant", {"russia.alarm_rate": 0.0}, (), {"alarm": 1.0}
        )


def test_held_ballots_catch_a_war_that_overrides_them(monkeypatch):
    at_war = property(lambda world: np.tile(world.setup.roster.war_bar > 0.5, (world.n_runs, 1)))
    monkeypatch.setattr(World, "bars_states_at_war", at_war)
    peace = {"ceasefire": True, "war_intensity": 0.0}
    with pytest.raises(AssertionError):
        check_russia_is_powerless(stage_after_a_council, (SUPPORT,) * 32, "aspirant", {}, (), peace)


def test_the_walk_catches_a_ratification_against_the_war(monkeypatch):
    hazard = members.ratification_hazard
    blind = lambda stance, by_war, *rest: hazard(stance, np.zeros_like(by_war), *rest)  # noqa: E731
    monkeypatch.setattr(members, "ratification_hazard", blind)
    changes = {"accession.objection_line": -0.9, "accession.stage": "protocol_signed", "war.breach_rate": 5.0}
    with pytest.raises(AssertionError, match="while it objected"):
        walk(changes | {"accession.war_bar": 0.0, "ratification.urgency": 5.0})


def test_the_walk_catches_the_invitation_of_a_shelved_bid(monkeypatch):
    def deaf(world):
        world.accession.stage[world.candidate.shelved] = ASPIRANT
        schedule.council(world)

    replace_phase(monkeypatch, schedule.council, deaf)
    changes = {"accession.objection_line": -0.9, "candidate.readiness": 1.0, "candidate.shelving_line": 0.9}
    with pytest.raises(AssertionError, match="shelved bid"):
        walk(changes | {"accession.war_bar": 1.0})


@pytest.mark.parametrize("outsider", ["RUS", "UKR", "Russia", "BLR", "hun"])
def test_who_is_no_member_has_no_ballot(outsider):
    with pytest.raises(ValueError, match=f"{outsider}: not a member of the alliance, and so without a ballot"):
        Ballots(("HUN", outsider), np.array([[SUPPORT, SUPPORT]], dtype=np.int8))


# --- ballots --------------------------------------------------------------------------------------------------------


@thousand
@given(st.floats(-1, 1), st.booleans(), st.booleans(), st.floats(-0.99, 0))
def test_a_member_supports_acquiesces_or_objects_by_its_line_and_by_the_war(stance, bar, hot, line):
    from article10.agents.members import REASON_BOTH, REASON_NONE, REASON_STANCE, REASON_WAR, position

    assume(abs(stance - line) > 1e-9)
    ballot, reason = position(np.array([[stance]]), np.array([bar]), np.array([[hot]]), line)
    by_stance, by_war = stance < line, bar and hot
    expected = OBJECT if by_stance or by_war else SUPPORT if stance >= 0 else ACQUIESCE
    reasons = {(False, False): REASON_NONE, (True, False): REASON_STANCE, (False, True): REASON_WAR}
    assert ballot[0, 0] == expected
    assert reason[0, 0] == reasons.get((by_stance, by_war), REASON_BOTH)


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
        scenario = read_scenario(held(tuple(codes), "aspirant"), changes | {"secretary_general.expected_objectors": 5})
        setup = Setup.of(scenario)
        world = World.start(setup, draw(setup.streams, 1, range(5)))
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
