"""Scenarios that differ in numbers are stepped side by side, and each run has the bits that it has alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article10.agents.stackable import is_stackable, stackable
from article10.model.events import kinds
from article10.model.randomness import Sampler
from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.stacked_draws import OwnDraws, SharedDraws
from article10.model.values import stacks
from article10.runs.ensemble.recorder import CONTRIBUTION, MEMBER_VARIABLES, RUN_VARIABLES, Recorder
from article10.runs.ensemble.simulate import simulate
from article10.runs.ensemble.stepping import step_stacks

EVERYTHING = (*MEMBER_VARIABLES, CONTRIBUTION, *RUN_VARIABLES)
NUMBERS = [d for d in all_declarations() if d.stacks and d.meta.plausible is not None]
RUNS = range(40, 45)


def recorded(scenarios, chunk=None, once=False):
    """All variables of all runs of a stack, scenario after scenario, by name."""
    setup = Setup.of(scenarios[0]).stack(scenarios)
    recorder = Recorder(setup, len(scenarios) * len(RUNS), EVERYTHING)
    step_stacks([(setup, recorder)], SharedDraws(Sampler(setup.streams, 7, once=once)), RUNS, chunk=chunk)
    arrays = {name: held.swapaxes(0, 1) for name, held in recorder.trajectories.held.items()}
    outcomes = recorder.outcomes
    arrays |= {name: value for name, value in vars(outcomes).items() if isinstance(value, np.ndarray)}
    return arrays | {f"entered {code}": value for code, value in outcomes.entered.items()}


def same_bits(a, b):
    return [name for name in a if a[name].tobytes() != b[name].tobytes()]


def check_bits(scenarios, **how):
    """Compare each scenario in the stack with the same alone."""
    together = recorded(scenarios, **how)
    for i, scenario in enumerate(scenarios):
        alone = recorded([scenario])
        part = {name: value[i * len(RUNS) : (i + 1) * len(RUNS)] for name, value in together.items()}
        assert same_bits(alone, part) == []


def ends_of(d):
    """Values of a parameter at the ends and in the middle of its plausible range, and at its bounds where they hold."""
    group, name = d.key.split(".")
    (low, high), kind = d.meta.plausible, type(d.default)
    found = []
    for value in map(kind, (low, high, (low + high) / 2, *(bound for bound in d.bounds if bound is not None))):
        try:
            getattr(BASE, group).with_(**{name: value})
        except ValueError:  # a bound that is itself excluded
            continue
        found.append(value)
    return found


BASE = read_scenario("baseline", {"horizon": "2027-06-01"})
ENDS = {d.key: ends_of(d) for d in NUMBERS}
LIVELY = {  # much happens in few weeks
    "bargaining.reach": 32,
    "bargaining.scale": 0.2,
    "bargaining.opportunism": 3.0,
    "elections.fall_rate": 2.0,
    "secretary_general.sounding_weeks": 0,
    "accession.candidate_at_war": False,
    "ratification.urgency": 1.0,
    "accession.talks_years": 0.1,
    "secretary_general.readiness_needed": 0.5,
    "stance.spread_scale": 2.0,
    "war.ceasefire_rate": 3.0,
}


@st.composite
def some_values(draw, n_scenarios=3):
    """A few parameters, each at some end in each of several scenarios."""
    keys = draw(st.lists(st.sampled_from(sorted(ENDS)), min_size=1, max_size=8, unique=True))
    return [{key: draw(st.sampled_from(ENDS[key])) for key in keys} for _ in range(n_scenarios)]


@pytest.mark.parametrize("bounded", [False, True])
def test_every_number_can_differ_within_a_stack_and_changes_no_bit_of_the_others(bounded):
    """All parameters at once, each scenario at another end of each."""
    wanted = {key: ends for key, ends in ENDS.items() if key != "stance.confidence_bound" or bounded}
    rows = [{key: ends[i % len(ends)] for key, ends in wanted.items()} for i in range(4)]
    for row in rows:
        if bounded:
            row["stance.confidence_bound"] = min(row["stance.confidence_bound"], 1.5)
    scenarios = [BASE, *(read_scenario(BASE, row) for row in rows)][bounded:]
    check_bits(scenarios, chunk=11)


def test_members_hold_out_consent_and_are_paid_in_a_stack_as_alone():
    rows = ({}, {"bargaining.cover_weight": 2.0}, {"bargaining.capital": 3, "bargaining.office_capital": 0})
    scenarios = [read_scenario(BASE, LIVELY | row) for row in rows]
    check_bits(scenarios, chunk=4)
    arrays = recorded(scenarios)
    for name in ("hold", "consent", "cover", "paid"):
        of_each = np.split(arrays[name], len(rows))
        assert all(each.any() for each in of_each), name
        assert of_each[0].tobytes() != of_each[1].tobytes(), name
    assert arrays["paid"][-len(RUNS) :].sum() < arrays["paid"][: len(RUNS)].sum()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(some_values(), st.sampled_from([1, 5, 11, 64]), st.booleans())
def test_a_run_has_the_same_bits_alone_and_in_any_stack(rows, chunk, once):
    scenarios = [read_scenario(BASE, LIVELY | row) for row in rows]
    for places in stacks(scenarios):
        check_bits([scenarios[i] for i in places], chunk=chunk, once=once)


@pytest.mark.parametrize("name", ["ukraine_2022", "finland_2022", "heavy_pressure", "peace_plan", "us_champion"])
def test_shipped_scenarios_stack_with_their_events(name):
    short = {"russia.effort": 12.0}
    base = read_scenario(name)
    later = base.start.replace(year=base.start.year + 1)
    base = base.with_(horizon=later, events=[e for e in base.events if e.date is None or e.date < later])
    check_bits([base, read_scenario(base, short), read_scenario(base, {"stance.shock": 0.0})])


def test_scenarios_with_seeds_of_their_own_have_the_bits_that_each_has_alone():
    scenarios = [BASE, read_scenario(BASE, {"stance.shock": 0.2}), read_scenario(BASE, {"russia.effort": 9.0})]
    setup, seeds = Setup.of(BASE).stack(scenarios), (3, 5, 3)
    recorder = Recorder(setup, len(scenarios) * len(RUNS), EVERYTHING)
    step_stacks([(setup, recorder)], OwnDraws(setup.streams, seeds), RUNS, chunk=11)
    for i, (scenario, seed) in enumerate(zip(scenarios, seeds, strict=True)):
        alone = simulate(scenario, len(RUNS), seed, first_run=RUNS.start, record=("stance",)).data["stance"].to_numpy()
        own = recorder.trajectories.held["stance"].swapaxes(0, 1)[i * len(RUNS) : (i + 1) * len(RUNS)]
        assert own.tobytes() == alone.tobytes()


def test_what_differs_in_more_than_numbers_is_not_stacked():
    others = [
        {"horizon": "2027-07-01"},
        {"russia.strategy": "uniform"},
        {"russia.review_weeks": 4},
        {"mechanisms.peers": False},
        {"stance.confidence_bound": 1.0},
        {"accession.rule": "simple_majority"},
        {"candidate.may_shelve": False},
        {"roster.HUN.stance": 0.0},
        {"ballots.HUN": "support"},
    ]
    scenarios = [
        BASE,
        *(read_scenario(BASE, change) for change in others),
        read_scenario(BASE, {"war.volatility": 0.2}),
    ]
    assert stacks(scenarios) == [[0, len(others) + 1], *([i + 1] for i in range(len(others)))]
    for scenario in scenarios[1:-1]:
        with pytest.raises(ValueError, match="differs"):
            Setup.of(BASE).stack([BASE, scenario])


def test_every_parameter_says_whether_it_stacks():
    """A new switch, name or whole number that shapes arrays is part of the key without anybody's thinking of it."""
    alone = {d.key for d in all_declarations() if not d.stacks}
    assert "russia.review_weeks" in alone
    for d in all_declarations():
        kind = type(d.default)
        assert d.stacks == (kind in (int, float) and not d.meta.shapes), d.key


def test_rules_of_a_users_own_stack_only_when_marked():
    def own(known):
        return np.ones_like(known.observed)

    assert Setup.of(BASE).is_stackable
    assert not Setup.of(BASE, strategy=own).is_stackable
    assert Setup.of(BASE, strategy=stackable(own)).is_stackable
    shipped = [kind for kind in kinds().values() if kind.__module__.startswith("article10.model.")]
    assert len(shipped) >= 13
    assert all(map(is_stackable, shipped))
    derived = type("Derived", (shipped[0],), {"__annotations__": {}})
    assert not is_stackable(derived)
