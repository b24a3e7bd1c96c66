"""Governments: who wins elections, what a new government brings, falls between elections, and trust and spending."""

from __future__ import annotations

import numpy as np
import pytest

from article10.agents import members
from article10.agents.member_parameters import SpendingParameters
from article10.agents.war import WarParameters, front_drift
from article10.model import governments, schedule
from article10.model.events import GuaranteeEvent
from article10.model.first_day import first_day
from article10.model.randomness import draw
from article10.model.roster import read_roster
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.simulate import simulate

CALM = {"elections.fall_rate": 0.0}
"""Governments change by elections on the calendar alone."""

ITALY = read_roster().index("ITA")
PRESIDENTS = ("FRA", "TUR", "USA")
RUNS = 4000


def start(runs: int = RUNS, **changes: object) -> World:
    setup = Setup.of(read_scenario("baseline", {key.replace("__", "."): value for key, value in changes.items()}))
    own = tuple(stream for stream in setup.streams if stream.name not in ("member_shocks", "spells"))
    world_draws = draw(own, 11, range(runs))
    return first_day(setup, {**world_draws, **dict.fromkeys(("member_shocks", "spells"), np.empty(0))})


def vote_and_fall(world: World, steps: int) -> None:
    """Some steps in which nothing but governments moves."""
    for _ in range(steps):
        schedule.elections(world)
        world.step += 1


# --- elections ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def once_elected() -> World:
    """After the first election of most members, and no second one of any."""
    world = start(elections__fall_rate=0.0, horizon="2029-10-01")
    vote_and_fall(world, world.setup.n_steps)
    return world


def voted(world: World) -> np.ndarray:
    """Members that have had one election."""
    steps = [len(each) for each in world.setup._election_steps]
    assert max(steps) == 1
    return np.array(steps) == 1


def test_the_alternative_wins_as_often_as_its_probability_says(once_elected):
    world = once_elected
    expected = np.where(voted(world), world.setup.roster.alternative_probability, 0.0)
    assert voted(world).sum() > 25
    assert np.ptp(expected[voted(world)]) > 0.2  # it is about something
    won = world.members.alternative.mean(axis=0)
    assert np.abs(won - expected).max() < 4 * np.sqrt(0.25 / RUNS)


@pytest.mark.parametrize(("incumbency", "won"), [(1.0, 0.0), (0.0, 1.0)])
def test_incumbents_that_are_sure_to_survive_stay_and_others_go(incumbency, won):
    world = start(50, elections__fall_rate=0.0, elections__incumbency=incumbency, horizon="2029-10-01")
    vote_and_fall(world, world.setup.n_steps)
    assert (world.members.alternative == (voted(world) & bool(won))).all()


def test_an_advantage_of_incumbents_is_that_of_whoever_governs():
    kept = start(elections__fall_rate=0.0, elections__incumbency=0.7, horizon="2026-01-05")
    every, place = np.arange(RUNS), np.full(RUNS, ITALY)
    chance = np.random.default_rng(1).standard_normal(RUNS)
    from_present = governments.alternative_wins(kept, every, place, chance).mean()
    kept.members.alternative[:, ITALY] = True
    from_alternative = governments.alternative_wins(kept, every, place, chance).mean()
    assert from_present < kept.setup.roster.alternative_probability[ITALY] < from_alternative


def test_the_alternative_is_as_far_from_the_present_government_as_the_codes_are_and_brings_its_ties(once_elected):
    world, roster = once_elected, once_elected.setup.roster
    m, at_start = world.members, world.by_run.constants.orientation
    apart = roster.alternative_stance - roster.stance
    assert np.ptp(apart) > 0.3
    for place in np.flatnonzero(voted(world)):
        rows = m.alternative[:, place]
        moved = m.orientation[rows, place] - at_start[place]
        spread = roster.alternative_spread[place]
        assert moved.mean() == pytest.approx(apart[place], abs=4 * spread / np.sqrt(rows.sum()))
        assert moved.std() == pytest.approx(spread, rel=0.15)
        assert (m.government_ties[rows, place] == roster.alternative_ties[place]).all()
        assert (m.orientation[~rows, place] == at_start[place]).all()
        assert (m.government_ties[~rows, place] == roster.government_ties[place]).all()


def test_a_new_government_s_ties_make_it_susceptible(once_elected):
    world, roster = once_elected, once_elected.setup.roster
    place = int((roster.alternative_ties - roster.government_ties).argmax())
    rows = world.members.alternative[:, place]
    susceptible = world.members.susceptibility[:, place]
    assert susceptible[rows].min() > susceptible[~rows].max()


def test_a_side_that_returns_has_its_own_orientation_back_around_that_of_the_start():
    """Where incumbents never survive, the second election brings back the side of the start."""
    world = start(2000, elections__fall_rate=0.0, elections__incumbency=0.0, horizon="2035-12-03")
    m, roster, at_start = world.members, world.setup.roster, world.by_run.constants.orientation
    seconds = {place: steps[1] for place, steps in enumerate(world.setup._election_steps) if len(steps) > 1}
    assert len(seconds) > 25
    for step in range(world.setup.n_steps):
        vote_and_fall(world, 1)
        for place in (place for place, second in seconds.items() if second == step):
            spread = roster.alternative_spread[place]
            returned = m.orientation[:, place] - at_start[place]
            assert not m.alternative[:, place].any()
            assert returned.mean() == pytest.approx(0.0, abs=4 * spread / np.sqrt(2000))
            assert returned.std() == pytest.approx(spread, rel=0.1)
            assert (m.government_ties[:, place] == roster.government_ties[place]).all()


def test_the_spread_of_new_governments_can_be_scaled_to_nothing():
    world = start(200, elections__fall_rate=0.0, elections__spread_scale=0.0, horizon="2029-10-01")
    vote_and_fall(world, world.setup.n_steps)
    m, c = world.members, world.by_run.constants
    assert (m.orientation == np.where(m.alternative, c.alternative_orientation, c.orientation)).all()


# --- falls between elections ------------------------------------------------------------------------------------------


def falls(world: World, steps: int) -> np.ndarray:
    """Number of falls in each run, (run, member), where each brings a new leader and elections never come."""
    m, number = world.members, np.zeros(world.members.stance.shape, dtype=int)
    m.election_due[:] = world.setup.n_steps + 1
    for _ in range(steps):
        before = m.orientation.copy()
        vote_and_fall(world, 1)
        number += m.orientation != before
    return number


def test_governments_fall_at_the_rate_and_only_where_parliament_can_bring_them_down():
    world = start(1000, elections__fall_rate=0.6, elections__snap_share=0.0, horizon="2030-12-03")
    quarters, can_fall = 19, world.setup.roster.can_fall
    number = falls(world, (1 + quarters) * world.setup.quarter_steps)
    a_quarter = -np.expm1(-0.6 * world.setup.quarter_steps * world.setup.dt)  # at most one in a quarter
    assert number[:, can_fall].mean() == pytest.approx(quarters * a_quarter, rel=0.02)
    assert not number[:, ~can_fall].any()
    assert not world.members.alternative.any()


@pytest.mark.parametrize("rate", [0.0, 5e-324])
def test_there_are_no_falls_at_a_rate_of_zero_or_next_to_it(rate):
    assert not falls(start(50, elections__fall_rate=rate), 52).any()


def test_governments_fall_at_the_beginning_of_a_quarter_but_the_first():
    world = start(400, elections__fall_rate=0.6, elections__snap_share=0.0)
    assert not falls(world, world.setup.quarter_steps).any()
    assert falls(world, 1).any()
    assert not falls(world, world.setup.quarter_steps - 1).any()
    assert falls(world, 1).any()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_falls_leads_to_an_election_and_the_others_to_a_new_leader_of_the_same_side(share):
    """Where incumbents never survive, the side changes in every election and by no change of leader."""
    changes = {"elections__snap_share": share, "elections__incumbency": 0.0, "elections__fall_rate": 2.0}
    world = start(1000, **changes)
    m, can_fall = world.members, world.setup.roster.can_fall
    m.election_due[:] = world.setup.n_steps + 1
    vote_and_fall(world, 2 * world.setup.quarter_steps)
    fell = m.orientation != world.by_run.constants.orientation
    assert m.alternative[fell].mean() == pytest.approx(share, abs=0.02)
    assert not m.alternative[~fell].any()
    assert fell[:, can_fall].mean() > 0.3


def test_a_new_leader_departs_from_the_last_by_a_share_of_the_spread_and_keeps_the_ties():
    world = start(elections__fall_rate=5.0, elections__snap_share=0.0, elections__leader_departure=0.5)
    m = world.members
    m.election_due[:] = world.setup.n_steps + 1
    vote_and_fall(world, 2 * world.setup.quarter_steps)
    moved = m.orientation[:, ITALY] - world.by_run.constants.orientation[ITALY]
    led = moved[moved != 0.0]
    assert led.std() == pytest.approx(0.5 * world.setup.roster.alternative_spread[ITALY], rel=0.1)
    assert (m.government_ties[:, ITALY] == world.setup.roster.government_ties[ITALY]).all()


@pytest.mark.parametrize("edition", ["2025-12", "2026-12"])
def test_presidents_have_fixed_terms(edition):
    roster = read_roster(edition)
    assert {code for code, can in zip(roster.iso3, roster.can_fall, strict=True) if not can} == set(PRESIDENTS)
    world = start(50, edition=edition, elections__fall_rate=5.0, elections__snap_share=1.0)
    places = [roster.index(code) for code in PRESIDENTS]
    held: dict[int, set[int]] = {place: set() for place in places}
    for step in range(world.setup.n_steps):
        due = world.members.election_due.copy()
        vote_and_fall(world, 1)
        for place in places:
            if (world.members.election_due[:, place] != due[:, place]).any():
                held[place].add(step)
                assert (due[:, place] == step).all()
    assert held == {place: set(world.setup._election_steps[place]) for place in places}


def test_a_snap_election_moves_that_member_s_later_elections_in_that_run_only_and_nobody_else_s_draws():
    usual, snap = (start(3, elections__fall_rate=0.0, elections__snap_share=1.0) for _ in range(2))
    quarters = usual.setup.quarter_steps
    fall = usual.setup.first_elections[ITALY] // quarters * quarters - quarters
    for world in (usual, snap):
        vote_and_fall(world, fall)
    snap.members.election_due[1, ITALY] = fall  # its government has fallen, and an early election is held at once
    for world in (usual, snap):
        vote_and_fall(world, 3)
    others = np.ones(usual.members.stance.shape, dtype=bool)
    others[1, ITALY] = False
    a_term = 5 * 4 * quarters
    assert snap.members.election_due[1, ITALY] == fall + a_term
    assert usual.members.election_due[1, ITALY] == usual.setup.first_elections[ITALY]
    for step in range(usual.step, usual.setup.n_steps):
        for world in (usual, snap):
            vote_and_fall(world, 1)
        for name in ("orientation", "government_ties", "alternative", "election_due"):
            one, other = (getattr(world.members, name) for world in (usual, snap))
            assert np.array_equal(one[others], other[others]), (step, name)
    assert snap.members.election_due[1, ITALY] == fall + 2 * a_term


def test_a_longer_horizon_has_the_same_governments_up_to_the_shorter_one():
    changes = {"elections.fall_rate": 1.0}
    short, long = (
        simulate("baseline", 4, 7, changes={**changes, "horizon": day}, record=("orientation", "government_ties")).data
        for day in ("2029-02-03", "2031-12-03")
    )
    steps = short.sizes["step"]
    for name in ("orientation", "government_ties"):
        assert np.array_equal(short[name], long[name].isel(step=slice(steps))), name
    moved = short["orientation"].to_numpy()
    assert (moved[:, -1] != moved[:, 0]).mean() > 0.5


# --- trust and spending -----------------------------------------------------------------------------------------------


def after_distrust(phase, lost: float = 0.5, **changes: object) -> tuple[World, World]:
    """A world with the trust in the hegemon of the start, and one in which some has been lost, after a phase."""
    pair = tuple(start(3, **changes) for _ in range(2))
    pair[1].members.trust -= lost
    for world in pair:
        phase(world)
    return pair


def give(by: str, binding: bool):
    event = {"kind": "guarantee", "name": "given", "date": "2026-01-05", "level": 0.6, "binding": binding}
    event |= {"providers": [by]} if by != "all" else {}

    def phase(world: World) -> None:
        given = next(each for each in world.setup.scenario.events if each.name == "given")
        assert isinstance(given, GuaranteeEvent)
        given.apply(world, np.ones(world.n_runs, dtype=bool), np.empty(0))

    return phase, {"events": [event]}


@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize("by", ["USA", "GBR", "all"])
def test_distrust_lowers_the_worth_of_what_the_hegemon_guarantees_and_of_that_alone(by, binding):
    phase, changes = give(by, binding)
    level = "binding_guarantee" if binding else "guarantee"
    trusted, distrusted = (
        getattr(world.candidate, level)[0] - getattr(start(1, **changes).candidate, level)[0]
        for world in after_distrust(phase, **changes)
    )
    unmoved, the_same = (
        getattr(world.candidate, level)[0] for world in after_distrust(phase, trust__guarantee_weight=0.0, **changes)
    )
    assert unmoved == the_same
    assert trusted > 0
    if by == "GBR":
        assert distrusted == trusted
    elif by == "USA":
        assert distrusted == pytest.approx(trusted * (1 - 0.5 * 0.5))  # half of trust, at the weight of the default
    else:
        assert 0.5 * trusted < distrusted < trusted


def test_distrust_raises_spending_and_trust_gained_does_not_lower_it():
    usual, doubting = after_distrust(schedule.commitments)
    assert (doubting.members.spending > usual.members.spending).all()
    deaf, the_same = after_distrust(schedule.commitments, spending__distrust_response=0.0)
    assert np.array_equal(deaf.members.spending, the_same.members.spending)
    p, none, two = SpendingParameters(), np.zeros((1, 1)), np.full((1, 1), 2.0)
    aims = [
        members.spending_target(two, two[0], none, none[0], none, 2.0, 0.5, np.array([[lost]]), p).item()
        for lost in (-1.0, 0.0, 0.5, 1.0)
    ]
    assert aims == pytest.approx([2.0, 2.0, 2.0 + p.distrust_response / 2, 2.0 + p.distrust_response])


def test_spending_slows_the_front_and_never_turns_it_back():
    p = WarParameters()
    rises = np.array([-1.0, 0.0, 1.0, 2.0, 100.0])
    drift = front_drift(rises, p)
    expected = p.front_drift * np.array([1.0, 1.0, 1 - p.front_resilience, 1 - 2 * p.front_resilience, 0.0])
    assert drift == pytest.approx(expected)
    usual, armed = start(3), start(3)
    armed.spending_rise += 2.0
    for world in (usual, armed):
        schedule.war(world)
    assert (armed.russia.front < usual.russia.front).all()
