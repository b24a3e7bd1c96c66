"""The slider panel: sliders from the declarations, the same runs redrawn, nothing but the lever changed."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import pytest
from PIL import Image

import article10
from article10.model.randomness import Stream
from article10.model.scenario import ScenarioError, all_declarations
from article10.runs.interactive.ensemble_cache import EnsembleCache
from article10.runs.interactive.levers import DEFAULT_LEVERS, chosen_levers
from article10.runs.interactive.panel import Debounced, explore
from article10.runs.interactive.state import InteractiveState

SHORT = {"horizon": "2027-12-06"}


@pytest.fixture(scope="module")
def short():
    return article10.read_scenario("baseline", SHORT)


@pytest.fixture
def panel(short):
    return explore(short, runs=30, seed=7)


def pixels(panel):
    return np.asarray(Image.open(io.BytesIO(panel._image.value)))


def test_cached_runs_are_the_runs_of_simulate_bit_for_bit(short):
    ensemble = EnsembleCache(short, 30, 7, ("HUN", "USA"), every=1, chunk=20)
    ensemble.simulate({"stance.peer_rate": 0.9})
    for changes in ({}, {"stance.peer_rate": 0.2}, {"russia.strategy": "inert"}):
        seen = ensemble.simulate(changes)
        data = article10.simulate(short, 30, 7, changes=changes).data
        assert np.array_equal(seen.stance, data["stance"].sel(member=["HUN", "USA"]).to_numpy())
        assert np.array_equal(seen.acceded, data["stage"].to_numpy() == 4)


def test_a_change_that_needs_other_draws_gets_them(short):
    ensemble = EnsembleCache(short, 6, 7, ("HUN",), every=1)
    ensemble.simulate()
    seen = ensemble.simulate({"russia.review_weeks": 20})
    data = article10.simulate(short, 6, 7, changes={"russia.review_weeks": 20}).data
    assert np.array_equal(seen.stance[..., 0], data["stance"].sel(member="HUN").to_numpy())


def test_draws_are_made_once(short, monkeypatch):
    draw, drawn = Stream.draw, []
    monkeypatch.setattr(Stream, "draw", lambda stream, *rest: drawn.append(stream.name) or draw(stream, *rest))
    ensemble = EnsembleCache(short, 6, 7, ("HUN",))
    ensemble.simulate()
    assert "member_shocks" in drawn
    drawn.clear()
    ensemble.simulate({"stance.peer_rate": 0.9})
    assert drawn == []


def test_a_moved_slider_redraws_and_back_again_gives_the_same_picture(panel):
    before = pixels(panel)
    panel.sliders["russia.strategy"].value = "inert"
    moved = pixels(panel)
    assert not np.array_equal(before, moved)
    assert panel.changes == {"russia.strategy": "inert"}
    assert panel.scenario.russia.strategy == "inert"
    panel.reset()
    assert np.array_equal(before, pixels(panel))
    assert panel.changes == {}


def test_a_lever_that_does_nothing_changes_nothing(short):
    panel = explore(short, ["candidate.guarantee_weight"], runs=10, seed=7)
    still = article10.read_scenario(short, {"russia.strategy": "inert"})
    inert = explore(still, ["russia.effort"], runs=10, seed=7)
    inert.sliders["russia.effort"].value = 12.0
    assert np.array_equal(inert.now.stance, inert.given.stance), "the inert spend no effort"
    assert "difference +0.0 [-27.8, +27.8] percentage points" in inert.state.headline()
    assert panel.now is panel.given


def test_sliders_come_from_the_declarations(panel):
    declared = {d.key: d for d in all_declarations()}
    assert tuple(panel.sliders) == DEFAULT_LEVERS
    for key, slider in panel.sliders.items():
        assert slider.value == declared[key].default
        assert declared[key].description in slider.tooltip
    rate = panel.sliders["stance.peer_rate"]
    assert (rate.min, rate.max) == declared["stance.peer_rate"].meta.plausible
    assert set(panel.sliders["russia.strategy"].options) == set(article10.STRATEGIES)


def test_levers_are_chosen_by_key_and_by_group(short):
    chosen = [d.key for d in chosen_levers(short, ["trust", "candidate.readiness"])]
    assert chosen == ["trust.adjustment_rate", "trust.divergence_cost", "candidate.readiness"]
    panel = explore(short, ["candidate", "mechanisms.peers"], runs=2)
    assert "candidate.name" not in panel.sliders
    assert panel.sliders["mechanisms.peers"].value is True


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"levers": ["stance.peer_rat"]}, r"did you mean 'stance.peer_rate'"),
        ({"levers": ["candidate.name"]}, "no range"),
        ({"members": []}, "at least one"),
        ({"members": ["HNU"]}, "HNU"),
    ],
)
def test_what_cannot_be_explored_is_refused(short, options, message):
    with pytest.raises((ValueError, KeyError), match=message):
        explore(short, runs=2, **options)


def test_a_value_that_the_scenario_refuses_is_said(short):
    panel = explore(short, ["candidate.shelving_line"], runs=2)
    panel.sliders["candidate.shelving_line"].max = 2.0
    panel.sliders["candidate.shelving_line"].value = 1.5
    assert "candidate.shelving_line = 1.5" in panel._message.value
    panel.reset()
    assert "Member by" in panel._message.value


def test_a_page_without_widgets_shows_the_picture(panel):
    bundle = panel._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(bundle)
    assert bundle["text/plain"].startswith("Explorer('baseline', changes={}: Member by December 2027")


def test_sliders_that_keep_moving_are_drawn_once_at_rest():
    calls = []

    async def drag():
        wait = Debounced(lambda: calls.append(1))
        for _ in range(20):
            wait()
            await asyncio.sleep(0.005)
        assert calls == []
        await asyncio.sleep(0.3)

    asyncio.run(drag())
    assert calls == [1]


def test_a_panel_that_is_shown_is_not_behind_its_sliders(panel):
    async def move_and_show():
        panel.sliders["russia.strategy"].value = "inert"
        return panel._repr_mimebundle_()

    shown = asyncio.run(move_and_show())
    assert "'russia.strategy': 'inert'" in shown["text/plain"]
    assert panel.now.scenario.russia.strategy == "inert"


def test_the_panel_and_the_dashboard_say_the_same_of_the_same_changes(short):
    pytest.importorskip("solara")
    from article10.runs.interactive.dashboard.fan import Fan

    panel = explore(short, runs=30, seed=7)
    panel.sliders["russia.strategy"].value = "inert"
    drawn = Fan(short, seed=7, runs=30).drawn(panel.changes, "HUN")
    assert (drawn.headline, drawn.changes) == (panel.state.headline(), panel.changes)


def test_a_state_keeps_its_runs_when_a_change_is_refused_and_follows_the_next(short):
    state = InteractiveState(short, 4, 7, ["HUN"])
    before = state.simulate()
    state.changes = {"candidate.shelving_line": 1.5}
    with pytest.raises(ScenarioError, match=r"candidate\.shelving_line"):
        state.simulate()
    assert state.now is before
    state.changes = {"stance.peer_rate": 0.9}
    assert state.simulate() is state.now is not before
    assert state.simulate() is state.now
    state.changes = {}
    assert state.simulate() is state.given


def test_a_snapshot_of_one_member_holds_its_stances(short):
    given = InteractiveState(short, 4, 7, ["HUN", "USA"]).given
    assert np.array_equal(given.of("USA").stance, given.stance[:, :, [1]])
    with pytest.raises(KeyError, match="POL"):
        given.of("POL")
