"""Contributions of mechanisms add up to the change of stance, and each can be switched off, added or passed in."""

from __future__ import annotations

import numpy as np
import pytest

import article10
from article10.model.mechanisms import BOUNDS, MECHANISMS
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.recorder import CONTRIBUTION, Recorder
from article10.runs.ensemble.simulate import simulate
from article10.runs.ensemble.stepping import chunks, step_chunk
from article10.runs.stories.explain import BESIDE, VISIBLE, waterfall

SHORT = {"horizon": "2029-12-03"}
HUNGARY = article10.read_roster().index("HUN")


class Balance:
    """Compares what the recorder keeps with the stances in full precision."""

    def __init__(self, setup, runs):
        self.recorder = Recorder(setup, runs, ("stance", CONTRIBUTION))
        self.worst, self.at_bounds = 0.0, 0

    def before(self, world, rows):
        self.recorder.before(world, rows)

    def after_step(self, world, rows, stance_before):
        self.recorder.after_step(world, rows, stance_before)
        parts = self.recorder.trajectories.held[CONTRIBUTION][world.step - 1, rows]
        change = world.members.stance - stance_before
        self.worst = max(self.worst, float(np.abs(parts.sum(axis=-1) - change).max()))
        self.at_bounds += int((np.abs(parts[..., -1]) > 1e-9).sum())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"stance.shock": 1.5},
        {"stance.confidence_bound": 0.5, "russia.strategy": "uniform", "russia.effort": 100.0},
    ],
)
def test_contributions_add_up_everywhere(changes):
    from article10.model.randomness import Sampler

    setup = Setup.of(read_scenario("heavy_pressure", SHORT | changes))
    balance = Balance(setup, 20)
    sampler = Sampler(setup.streams, 3)
    for rows in chunks(20, 20):
        step_chunk(setup, sampler.draw(range(20)), balance, rows)
    assert balance.worst < 1e-12
    if "stance.shock" in changes:  # wild noise drives stances to the bounds: the sum holds there too
        assert balance.at_bounds > 0


def test_every_mechanism_moves_some_stance_in_the_shipped_scenarios():
    moved = dict.fromkeys([*MECHANISMS], 0.0)
    for name in ("heavy_pressure", "sweden_2022"):
        data = simulate(name, 6, 5, record=("stance", CONTRIBUTION)).data
        for mechanism in MECHANISMS:
            moved[mechanism] += float(np.abs(data[CONTRIBUTION].sel(mechanism=mechanism).to_numpy()).sum())
    assert all(value > 0 for value in moved.values()), moved


@pytest.mark.parametrize("mechanism", list(MECHANISMS))
def test_a_mechanism_switched_off_contributes_nothing(mechanism):
    changes = {f"mechanisms.{mechanism}": False}
    data = simulate("sweden_2022", 3, 5, changes=changes, record=("stance", CONTRIBUTION)).data
    assert data["mechanism"].to_numpy().tolist() == [m for m in MECHANISMS if m != mechanism] + [BOUNDS]
    total = data[CONTRIBUTION].sum("mechanism").sum("interval").to_numpy()
    stance = data["stance"].to_numpy()
    assert np.abs(stance[:, -1] - stance[:, 0] - total).max() < 1e-6


def push(world: World):
    return np.full_like(world.members.stance, 0.2)


def test_a_mechanism_of_one_s_own_is_one_more_contribution():
    mechanisms = {**MECHANISMS, "push": push}
    with_it = simulate("baseline", 3, 5, changes=SHORT, mechanisms=mechanisms, record=("stance", CONTRIBUTION)).data
    setup = Setup.of(read_scenario("baseline", SHORT))
    own = with_it[CONTRIBUTION].sel(mechanism="push").to_numpy()
    assert np.allclose(own, 0.2 * setup.values.alone.constants.effective_step, atol=1e-15)
    without = simulate("baseline", 3, 5, changes=SHORT).data
    assert (with_it["stance"].to_numpy()[:, -1] > without["stance"].to_numpy()[:, -1]).mean() > 0.9


def only_hungary(known: article10.Intelligence):
    weights = np.zeros_like(known.observed)
    weights[:, HUNGARY] = 1.0
    return weights


def test_a_strategy_of_one_s_own_decides_where_effort_goes():
    result = simulate("baseline", 3, 5, changes=SHORT, strategy=only_hungary, record=("pressure",))
    pressure = result.data["pressure"].to_numpy()[:, -1]
    assert (pressure[:, HUNGARY] > 0).all()
    assert (np.delete(pressure, HUNGARY, axis=1) == 0).all()
    assert result.data.attrs["strategy"].startswith("custom:")


def test_a_strategy_that_returns_nonsense_is_refused():
    with pytest.raises(ValueError, match="non-negative weights"):
        simulate("baseline", 1, 0, changes=SHORT, strategy=lambda known: -known.observed - 5)


def test_a_strategy_of_the_wrong_shape_is_told_the_right_one():
    with pytest.raises(ValueError, match=r"strategy must return weights \(run, member\) = \(2, 32\), got \(2,\)"):
        simulate("baseline", 2, 0, changes=SHORT, strategy=lambda known: known.observed[:, 0])


@pytest.mark.parametrize(("rate", "given"), [(np.ones((2, 3)), r"\(2, 3\)"), (None, "None")])
def test_a_mechanism_of_the_wrong_shape_is_named(rate, given):
    mechanisms = {**MECHANISMS, "push": lambda world: rate}
    with pytest.raises(ValueError, match=rf"mechanism 'push' must return rates .* got {given}"):
        simulate("baseline", 2, 0, changes=SHORT, mechanisms=mechanisms)


def test_an_explanation_adds_up_and_is_of_the_run_that_was_drawn(tmp_path):
    result = simulate("baseline", 4, 9, changes=SHORT)
    explained = article10.load(result.save(tmp_path / "r.nc")).explain("TUR", 2)
    parts = explained.drop(columns=["start", "end", *BESIDE]).sum(axis=1)
    assert np.abs(explained["start"] + parts - explained["end"]).max() < 1e-12
    assert (explained["end"] + explained["cover"] == explained["voiced"]).all()
    stance = result.data["stance"].sel(member="TUR").to_numpy()[2]
    assert abs(explained["start"].iloc[0] - stance[0]) < 1e-6
    assert abs(explained["end"].iloc[-1] - stance[-1]) < 1e-6
    bars = waterfall(explained)
    assert abs(bars[-2].bottom + bars[-2].height - bars[-1].height) < 9 * VISIBLE
    assert "bounds" not in [bar.label for bar in bars]  # rounding alone, here


def test_an_explanation_of_what_cannot_be_made_again_says_so():
    result = simulate("baseline", 2, 9, changes=SHORT, strategy=only_hungary)
    with pytest.raises(ValueError, match="only_hungary"):
        result.explain("HUN", 0)
    assert len(result.explain("HUN", 0, strategy=only_hungary))
    with pytest.raises(ValueError, match="runs 0 to 1"):
        result.explain("HUN", 2, strategy=only_hungary)
    with pytest.raises(KeyError, match="did you mean"):
        result.explain("HUNGRY", 0, strategy=only_hungary)


def test_the_mean_explanation_is_the_mean_of_the_explanations_of_all_runs():
    result = simulate("baseline", 5, 9, changes=SHORT, first_run=3)
    between = {"start": "2026-06-01", "end": "2028-03-01"}
    mean = result.explain("HUN", **between)["mean"]
    each = [result.explain("HUN", run, **between) for run in range(3, 8)]
    for name in mean.index.drop(["start", "end"]):
        assert mean[name] == pytest.approx(np.mean([run[name].sum() for run in each]), abs=1e-12)
    assert mean["start"] == pytest.approx(np.mean([run["start"].iloc[0] for run in each]), abs=1e-6)
    assert mean["end"] == pytest.approx(mean.drop("end").sum(), abs=1e-12)
    assert waterfall(result.explain("HUN"))[-1].height == pytest.approx(
        float(result.data["stance"].sel(member="HUN")[:, -1].mean()), abs=1e-6
    )


def test_explanations_of_two_spans_meet_where_one_ends_and_the_other_begins():
    result = simulate("baseline", 2, 9, changes=SHORT)
    first, second = result.explain("SVK", 1, end="2027-05-03"), result.explain("SVK", 1, start="2027-05-03")
    whole = result.explain("SVK", 1)
    assert first["end"].iloc[-1] == pytest.approx(second["start"].iloc[0], abs=1e-12)
    assert first["peers"].sum() + second["peers"].sum() == pytest.approx(whole["peers"].sum(), abs=1e-12)


@pytest.mark.parametrize(
    ("between", "message"),
    [
        ({"start": "2020-01-01"}, "start = 2020-01-01: expected 2025-12-01 to 2029-12-03"),
        ({"start": "foo"}, "start = 'foo': expected a date such as 2030-12-01"),
        ({"end": "2040-01-01"}, "end = 2040-01-01: expected"),
        ({"start": "2027-01-01", "end": "2026-01-01"}, "at least a step after the start"),
    ],
)
def test_dates_that_cannot_be_explained_are_refused(between, message):
    result = simulate("baseline", 1, 9, changes=SHORT)
    for run in (None, 0):
        with pytest.raises(ValueError, match=message):
            result.explain("HUN", run, **between)


def thrice_the_peers(world):
    return 3.0 * MECHANISMS["peers"](world)


@pytest.mark.parametrize(
    "mechanisms",
    [
        {name: function for name, function in MECHANISMS.items() if name != "shock"},
        {**MECHANISMS, "peers": thrice_the_peers},
    ],
    ids=["one left out", "one of one's own under a name that is known"],
)
def test_an_explanation_is_of_the_run_as_it_was_made(mechanisms):
    result = simulate("baseline", 2, 5, changes=SHORT, mechanisms=mechanisms)
    ended = result.data["stance"].sel(run=1, member="HUN").to_numpy()[-1]
    explained = result.explain("HUN", run=1, mechanisms=mechanisms)
    assert explained["end"].iloc[-1] == pytest.approx(ended, abs=1e-6)
    if thrice_the_peers in mechanisms.values():
        with pytest.raises(ValueError, match="thrice_the_peers: give all again as mechanisms="):
            result.explain("HUN", run=1)
    else:
        assert result.explain("HUN", run=1).equals(explained)
        assert "shock" not in explained
