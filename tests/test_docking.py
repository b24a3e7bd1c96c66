"""The package against a second implementation of its documented equations, and against published limits."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from article10.agents import bounded_confidence
from article10.agents.member_parameters import StanceParameters
from article10.agents.members import position
from article10.model import schedule
from article10.model.influence_network import friedkin_johnsen, influence_network
from article10.model.mechanisms import MECHANISMS
from article10.model.randomness import draw
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World

pytest.importorskip("mesa")

SOURCE = Path(__file__).with_name("object_model.py")
spec = importlib.util.spec_from_file_location("object_model", SOURCE)
assert spec is not None
object_model = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = object_model
spec.loader.exec_module(object_model)


def both_ways(scenario, seed, run, reverse=False):
    """Furthest distance of any stance at any step, and whether ballots and stage agree at all of them."""
    setup = Setup.of(scenario)
    draws = draw(setup.streams, seed, [run])
    world, model = World.start(setup, draws), object_model.ObjectModel(scenario, draws, reverse)
    schedule.begin(world)
    furthest, alike, stages = 0.0, True, set()
    for _ in range(setup.n_steps):
        schedule.step(world)
        model.step()
        states = model.by_place
        furthest = max(furthest, float(np.abs(world.members.stance[0] - [o.stance for o in states]).max()))
        ballots, _ = position(world.members.stance, world.bars_states_at_war, world.is_war_hot[:, None], model.line)
        alike &= ballots[0].tolist() == [o.ballot() for o in states]
        alike &= int(world.accession.stage[0]) == model.stage
        alike &= world.members.ratified[0].tolist() == [o.ratified for o in states]
        stages.add(model.stage)
    return furthest, alike, stages


def test_the_second_implementation_imports_no_rule_of_the_package():
    modules = [n.module for n in ast.walk(ast.parse(SOURCE.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)]
    assert [m for m in modules if m.startswith("article10")] == ["article10.model.calendars"]


@pytest.mark.parametrize(("seed", "run"), [(0, 0), (7, 4711), (19, 3)])
def test_a_full_run_of_the_baseline_agrees_with_the_second_implementation(seed, run):
    furthest, alike, _ = both_ways(read_scenario(), seed, run)
    assert furthest < 1e-9
    assert alike


def test_a_run_that_reaches_membership_agrees_through_every_stage():
    willing = {"accession.war_bar": 1.0, "ratification.urgency": 1.0, "roster": {"all": {"stance": 0.5}}}
    willing |= {"ratification.shape": 1.7, "ratification.recess_weight": 0.3}
    ready = {"candidate.readiness": 0.9, "candidate.may_shelve": False, "russia.strategy": "adaptive"}
    furthest, alike, stages = both_ways(read_scenario("baseline", willing | ready | {"horizon": "2031-12-01"}), 3, 5)
    assert furthest < 1e-9
    assert alike
    assert {object_model.INVITED, object_model.SIGNED, object_model.RATIFYING, object_model.MEMBER} <= stages


@pytest.mark.parametrize("strategy", ["uniform", "heavyweights", "inert"])
def test_the_other_strategies_agree_too(strategy):
    furthest, alike, _ = both_ways(
        read_scenario("baseline", {"russia.strategy": strategy, "horizon": "2028-12-04"}), 1, 2
    )
    assert furthest < 1e-9
    assert alike


def test_the_dated_events_of_2022_26_agree_too():
    """Pressure, incidents, pledges, guarantees, changes of government: a scenario that starts in a ceasefire."""
    scenario = read_scenario("ukraine_2022")
    kinds = {event.kind for event in scenario.events}
    acts = {"pressure", "breach", "summit", "spending_pledge", "guarantee", "incident"}
    assert kinds == {*acts, "snap_election", "leader_change"}
    furthest, alike, _ = both_ways(scenario, 5, 11)
    assert furthest < 1e-9
    assert alike


def test_elections_off_the_calendar_ceasefires_and_lasting_pressure_at_a_rate_agree_too():
    events = [
        {"kind": "election", "name": "given", "member": "HUN", "date": "2026-03-01", "orientation": 0.3},
        {"kind": "election", "name": "drawn", "member": "DEU", "date": "2026-06-01"},
        {"kind": "election", "name": "now_and_then", "member": "ITA", "rate": 1.0, "government_ties": 0.4},
        {"kind": "snap_election", "name": "early", "member": "FRA", "date": "2026-05-10"},
        {"kind": "government_fall", "name": "fallen", "member": "ESP", "date": "2026-05-11"},
        {"kind": "leader_change", "name": "replaced", "member": "GBR", "date": "2026-05-12", "departure": 0.8},
        {"kind": "ceasefire", "name": "pause", "date": "2026-05-04"},
        {"kind": "breach", "name": "attack", "rate": 0.5},
        {"kind": "pressure", "name": "cut", "instrument": "energy", "weeks": 20, "intensity": 3.0, "rate": 2.0},
        {"kind": "summit", "name": "extraordinary", "date": "2026-09-14"},
    ]
    scenario = read_scenario("baseline", {"events": events, "horizon": "2029-12-03"})
    furthest, alike, _ = both_ways(scenario, 2, 6)
    assert furthest < 1e-9
    assert alike


def test_the_order_in_which_members_act_changes_nothing():
    furthest, alike, _ = both_ways(read_scenario("baseline", {"horizon": "2028-12-04"}), 7, 1, reverse=True)
    assert furthest < 1e-9
    assert alike


def test_the_comparison_can_fail(monkeypatch):
    wrong = object_model.State.rates

    def without_hardening(self):
        found = list(wrong(self))
        found[3] = 0.0
        return tuple(found)

    monkeypatch.setattr(object_model.State, "rates", without_hardening)
    furthest, _, _ = both_ways(read_scenario("baseline", {"horizon": "2026-12-07"}), 0, 0)
    assert furthest > 1e-6


def sequential_rest(network, disposition, p, dt, order, years):
    """Friedkin and Johnsen with one member moving after another, each on what those before it have become."""
    stance = np.zeros(len(disposition))
    for _ in range(round(years / dt)):
        for i in order:
            pull = p.assessment_rate * (disposition[i] - stance[i]) + p.peer_rate * (network[i] @ stance - stance[i])
            stance[i] += dt * pull
    return stance


def test_one_member_after_another_in_small_steps_comes_to_where_all_at_once_come():
    """Stated beforehand: at half a year, the distance of the two orders falls as the step; at rest it is below 1e-6."""
    rng = np.random.default_rng(4)
    n, p = 12, StanceParameters()
    network = influence_network(rng.uniform(0.2, 1, n), rng.uniform(0.2, 1, (n, n)))
    disposition = rng.uniform(-0.9, 0.9, n)
    order = rng.permutation(n)
    apart = []
    for dt in (0.04, 0.02, 0.01):
        together = np.zeros(n)
        for _ in range(round(0.5 / dt)):
            pull = p.assessment_rate * (disposition - together) + p.peer_rate * (network @ together - together)
            together = together + dt * pull
        apart.append(np.abs(sequential_rest(network, disposition, p, dt, order, 0.5) - together).max())
    assert apart[1] < 0.6 * apart[0]
    assert apart[2] < 0.6 * apart[1]
    rest = sequential_rest(network, disposition, p, 0.02, order, 25.0)
    closed = friedkin_johnsen(disposition, network, p.assessment_rate, p.peer_rate)
    assert np.abs(rest - closed).max() < 1e-6


def hegselmann_krause(n, bound):
    """Positions of the clusters from evenly spaced opinions in [0, 1], by the package's peers mechanism.

    Opinions x become stances 2x - 1. Hegselmann and Krause count one's own opinion: weights are equal with a diagonal;
    at a peer rate of one and a step of one the rule is theirs.
    """
    p = StanceParameters(peer_rate=1.0, confidence_bound=2.0 * bound)
    opinion = even(n)[None, :]
    network, distrust = np.full((n, n), 1.0 / n), np.zeros((1, n))
    for _ in range(400):
        moved = opinion + bounded_confidence.near_peers(opinion, opinion, network, 0, distrust, p)
        if np.abs(moved - opinion).max() < 1e-13:
            break
        opinion = moved
    return clusters(opinion[0])


def even(n):
    """Stances of n members, evenly spaced over the whole range."""
    return 2.0 * (np.arange(n) + 0.5) / n - 1.0


def clusters(stance, apart=1e-6):
    """Their positions as opinions in [0, 1]; neighbours in a cluster are nearer than ``apart`` in stance."""
    found = np.sort(stance)
    parts = np.split(found, np.flatnonzero(np.diff(found) > apart) + 1)
    return np.array([(part.mean() + 1.0) / 2.0 for part in parts])


@pytest.mark.parametrize("bound", [0.2, 0.25, 0.3])
def test_hegselmann_and_krause_s_consensus_above_the_threshold(bound):
    """Hegselmann & Krause 2002: consensus at 0.25; Lorenz 2007: above about 0.19 for a uniform start."""
    assert hegselmann_krause(501, bound) == pytest.approx([0.5], abs=1e-9)


def test_hegselmann_and_krause_s_two_camps_below_the_threshold():
    """Lorenz 2007: just below it two great clusters, mirrored about the middle, with next to nobody between."""
    found = hegselmann_krause(501, 0.18)
    assert found == pytest.approx(1.0 - found[::-1], abs=1e-9)
    assert found[[0, -1]] == pytest.approx([0.307, 0.693], abs=0.01)
    assert len(found) <= 3  # an odd number of opinions leaves a few in the very middle


def test_small_bounds_leave_many_clusters_further_apart_than_the_bound():
    """Plurality at 0.05, and Blondel et al. 2009: clusters about 2.2 bounds apart, so about 1 / (2.2 * 0.05)."""
    found = hegselmann_krause(601, 0.05)
    assert 7 <= len(found) <= 10
    assert 1.8 < np.diff(found).mean() / 0.05 < 2.6


@pytest.mark.parametrize("bound", [0.25, 0.15])
def test_the_hegselmann_krause_limit_holds_within_the_schedule_too(bound):
    """The whole schedule with peers alone and equal weights, against the rule one member at a time: to 1e-9.

    A member does not count its own stance here, and knows the others' with a lag; the clusters are as many as without
    both, and within 0.02 of them.
    """
    changes = {f"mechanisms.{name}": name == "peers" for name in MECHANISMS} | {"stance.spread_scale": 0.0}
    changes |= {"stance.network": "equal", "stance.confidence_bound": 2.0 * bound, "trust.divergence_cost": 0.0}
    codes = read_scenario().members().iso3
    spaced = {code: {"stance": value} for code, value in zip(codes, even(len(codes)).tolist(), strict=True)}
    setup = Setup.of(read_scenario("baseline", changes | {"roster": spaced, "horizon": "2045-12-01"}))
    world = World.start(setup, draw(setup.streams, 0, [0]))
    schedule.begin(world)
    p, q = setup.scenario.stance, setup.scenario.secretary_general
    learned = 1.0 - np.exp(-(p.clarity_rate + q.clarification_rate) * setup.dt)
    stance = even(len(codes))
    seen = stance.copy()
    for _ in range(setup.n_steps):
        schedule.step(world)
        seen += learned * (stance - seen)
        pull = np.zeros(len(codes))
        for i, own in enumerate(stance):
            near = [other for j, other in enumerate(seen) if j != i and abs(other - own) <= 2.0 * bound]
            pull[i] = np.mean(near) - own if near else 0.0
        stance = stance + setup.values.alone.constants.effective_step * p.peer_rate * pull
    assert world.members.stance[0] == pytest.approx(stance, abs=1e-9)
    found = clusters(world.members.stance[0], apart=0.05)
    assert found == pytest.approx(hegselmann_krause(len(codes), bound), abs=0.02)
