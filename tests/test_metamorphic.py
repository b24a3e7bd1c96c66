"""What must hold whatever the numbers: relabelling, halving, stopping and going on, and zero influence."""

from __future__ import annotations

import copy
from dataclasses import fields, replace

import numpy as np
import pytest

from article10.agents.russia import STRATEGIES, Intelligence, shares_of
from article10.model import schedule
from article10.model.first_day import first_day
from article10.model.randomness import draw
from article10.model.roster import Roster
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.simulate import simulate

SHORT = {"horizon": "2028-12-04"}


def stepped(setup: Setup, draws, steps: int | None = None) -> World:
    world = first_day(setup, draws)
    schedule.begin(world)
    for _ in range(setup.n_steps if steps is None else steps):
        schedule.step(world)
    return world


class Shuffled(Roster):
    """A roster in another order; a Roster itself insists on the alphabet."""

    def __post_init__(self, outsiders) -> None:
        object.__setattr__(self, "outsiders", outsiders)


def test_relabelling_the_members_permutes_trajectories_and_nothing_else():
    setup = Setup.of(read_scenario("baseline", SHORT))
    n = len(setup.roster)
    order = np.random.default_rng(1).permutation(n)
    values = {}
    for field in fields(Roster):
        value = getattr(setup.roster, field.name)
        if isinstance(value, tuple):
            values[field.name] = tuple(value[i] for i in order)
        else:
            values[field.name] = value[np.ix_(order, order)] if value.ndim == 2 else value[order]
    shuffled = replace(setup, roster=Shuffled(**values))
    draws = {k: v.copy() for k, v in draw(setup.streams, 4, range(5)).items()}
    relabelled = dict(draws)
    for name in ("initial_stance", "war_bar", "observation", "ratification", "elections", "government_falls"):
        relabelled[name] = np.take(draws[name], order, axis=2)
    relabelled["spells"] = np.take(draws["spells"], order, axis=3)
    relabelled["member_shocks"] = np.take(draws["member_shocks"], [*order, n], axis=2)
    one, other = stepped(setup, draws), stepped(shuffled, relabelled)
    assert np.abs(one.members.stance[:, order] - other.members.stance).max() < 1e-12
    assert np.abs(one.russia.war_intensity - other.russia.war_intensity).max() < 1e-12
    assert (one.accession.stage == other.accession.stage).all()


def test_without_any_influence_stances_stay_exactly_where_they_are():
    off = dict.fromkeys([f"mechanisms.{m}" for m in Setup.of(read_scenario()).mechanisms], False)
    stance = simulate("baseline", 4, 2, changes=SHORT | off).data["stance"].to_numpy()
    assert np.array_equal(stance[:, 0], stance[:, -1])


def test_a_run_stopped_half_way_goes_on_as_if_it_had_not_been():
    setup = Setup.of(read_scenario("baseline", SHORT))
    draws = draw(setup.streams, 4, range(5))
    whole = stepped(setup, draws)
    half = copy.deepcopy(stepped(setup, draws, setup.n_steps // 2))
    for _ in range(setup.n_steps - setup.n_steps // 2):
        schedule.step(half)
    assert np.array_equal(whole.members.stance, half.members.stance)


@pytest.mark.slow
def test_halving_the_step_changes_results_only_within_tolerance():
    """Stated beforehand: mean stance of any member within 0.04, shares of runs within 0.05, on 2,000 runs."""
    means, invited, shelved = [], [], []
    for days in (14, 7):
        result = simulate("baseline", 2000, 6, changes={"step_days": days, "horizon": "2032-12-06"})
        means.append(result.data["stance"].isel(step=-1).mean("run").to_numpy())
        invited.append(result.outcomes["invitation_date"].notna().mean())
        shelved.append(result.outcomes["ever_shelved"].mean())
    assert np.abs(means[0] - means[1]).max() < 0.04
    assert abs(invited[0] - invited[1]) < 0.05
    assert abs(shelved[0] - shelved[1]) < 0.05


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_shares_of_effort_sum_to_one_or_to_nothing(name):
    rng = np.random.default_rng(5)
    known = Intelligence(
        observed=rng.uniform(-1, 1, (7, 32)),
        susceptibility=rng.uniform(0, 1, (7, 32)),
        exposure=rng.uniform(0, 1, 32),
        influence_weight=np.full(32, 1 / 32),
        objection_line=-0.15,
        focus=0.25,
        response=-rng.uniform(0, 1, (7, 32)),
    )
    total = shares_of(STRATEGIES[name](known), known.observed.shape).sum(axis=-1)
    assert np.allclose(total, 0.0 if name == "inert" else 1.0, atol=1e-12)


def test_adaptive_russia_backs_off_where_pressure_hardened():
    known = Intelligence(
        observed=np.full((1, 2), -0.15),
        susceptibility=np.full((1, 2), 0.5),
        exposure=np.zeros(2),
        influence_weight=np.full(2, 0.5),
        objection_line=-0.15,
        focus=0.25,
        response=np.array([[-0.3, 0.3]]),
    )
    assert STRATEGIES["adaptive"](known).tolist() == [[0.3, 0.0]]


EVENTS = [
    ({"kind": "pressure", "intensity": 3.0}, lambda w: w.members.pressure),
    ({"kind": "guarantee", "level": 0.5}, lambda w: w.candidate.guarantee),
    ({"kind": "guarantee", "level": 0.5, "binding": True}, lambda w: w.candidate.binding_guarantee),
    ({"kind": "peace_plan", "accepted": True}, lambda w: w.candidate.shelved),
    ({"kind": "ceasefire"}, lambda w: w.russia.ceasefire),
    ({"kind": "election", "member": "ESP", "orientation": 0.4}, lambda w: w.members.orientation),
    ({"kind": "summit", "clarification": 1.0}, lambda w: w.members.perceived),
    ({"kind": "spending_pledge", "target": 5.0}, lambda w: w.pledge_target),
    ({"kind": "battlefield_shift", "front": 0.1}, lambda w: w.russia.front),
    ({"kind": "incident", "severity": 0.9}, lambda w: w.members.incidents),
]


@pytest.mark.parametrize(("event", "read"), EVENTS, ids=[f"{e['kind']}{i}" for i, (e, _) in enumerate(EVENTS)])
def test_each_kind_of_event_changes_what_it_says_when_it_says(event, read):
    base = read_scenario("no_pressure", {"horizon": "2026-12-07", "war.ceasefire_rate": 0.0}).with_(events=())
    with_it = read_scenario(base, {"events": [{**event, "name": "e", "date": "2026-02-02"}]})
    never = read_scenario(base, {"events": [{**event, "name": "e", "rate": 0.0}]})
    values = {}
    for label, scenario in (("base", base), ("with", with_it), ("never", never)):
        setup = Setup.of(scenario)
        draws = draw(setup.streams, 4, range(3))
        day = scenario.step_of(scenario.start.replace(year=2026, month=2, day=2))
        values[label] = [read(stepped(setup, draws, steps)).astype(float) for steps in (day, day + 1)]
    assert np.array_equal(values["base"][0], values["with"][0])
    assert not np.array_equal(values["base"][1], values["with"][1])
    assert np.array_equal(values["base"][1], values["never"][1])


def test_a_breach_ends_a_ceasefire_and_frees_the_candidate_from_its_plan():
    plan = {"kind": "peace_plan", "name": "plan", "date": "2026-02-02", "accepted": True}
    breach = {"kind": "breach", "name": "breach", "date": "2026-06-01"}
    quiet = {"war.breach_rate": 0.0, "horizon": "2027-06-07"}
    setup = Setup.of(read_scenario(read_scenario("baseline", quiet).with_(events=()), {"events": [plan, breach]}))
    draws = draw(setup.streams, 4, range(3))
    before, after = stepped(setup, draws, 25), stepped(setup, draws, 27)
    assert before.russia.ceasefire.all()
    assert before.candidate.bound_by_plan.all()
    assert not after.russia.ceasefire.any()
    assert not after.candidate.bound_by_plan.any()


def test_events_at_a_rate_come_as_often_as_they_say():
    acts = simulate("baseline", 200, 8).data["event_incident"].to_numpy()
    years = acts.shape[1] * 7 / 365.25
    rate = acts.sum() / (200 * years)
    weekly = 1 - np.exp(-7.0 * 7 / 365.25)
    assert abs(rate - weekly * 365.25 / 7) < 0.15
