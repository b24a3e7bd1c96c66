"""The slider panel: sliders from the declarations, the same runs redrawn, nothing but the lever changed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from chromium import PROGRAM, chromium
from PIL import Image

import article10
from article10.agents.russia import STRATEGIES
from article10.model.randomness import Stream
from article10.model.scenario import ScenarioError, all_declarations
from article10.runs.interactive import ensemble_cache
from article10.runs.interactive.ensemble_cache import FIRST, EnsembleCache
from article10.runs.interactive.figure import ComparisonFigure
from article10.runs.interactive.panel import explore
from article10.runs.interactive.sliders import DEFAULT_SLIDERS, chosen_parameters
from article10.runs.interactive.state import InteractiveState

SHORT = {"horizon": "2027-12-06"}


@pytest.fixture(scope="module")
def short():
    return article10.read_scenario("baseline", SHORT)


@pytest.fixture
def panel(short):
    return explore(short, runs=30, seed=7)


def pixels(panel):
    return np.asarray(Image.open(io.BytesIO(panel.png())))


def test_cached_runs_are_the_runs_of_simulate_bit_for_bit(short):
    ensemble = EnsembleCache(short, 130, 7, ("HUN", "USA"), every=1, chunk=20)
    ensemble.simulate({"stance.peer_rate": 0.9})
    for changes in ({}, {"stance.peer_rate": 0.2}, {"russia.strategy": "inert"}):
        seen = ensemble.simulate(changes)
        data = article10.simulate(short, 130, 7, changes=changes).data
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
    assert "difference +0.0 [-27.8, +27.8] percentage points" in inert.headline()
    assert panel.now is panel.given


def test_sliders_come_from_the_declarations(panel):
    declared = {d.key: d for d in all_declarations()}
    assert tuple(panel.sliders) == DEFAULT_SLIDERS
    for key, slider in panel.sliders.items():
        assert slider.value == declared[key].default
        assert declared[key].description in slider.tooltip
    rate = panel.sliders["stance.peer_rate"]
    assert (rate.min, rate.max) == declared["stance.peer_rate"].meta.plausible
    assert set(panel.sliders["russia.strategy"].options) == set(article10.STRATEGIES)


def test_parameters_are_chosen_by_key_and_by_group(short):
    chosen = [d.key for d in chosen_parameters(short, ["trust", "candidate.readiness"])]
    assert chosen == ["trust.adjustment_rate", "trust.divergence_cost", "trust.guarantee_weight", "candidate.readiness"]
    panel = explore(short, ["candidate", "mechanisms.peers"], runs=2)
    assert "candidate.name" not in panel.sliders
    assert panel.sliders["mechanisms.peers"].value is True


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parameters": ["stance.peer_rat"]}, r"did you mean 'stance.peer_rate'"),
        ({"parameters": ["candidate.name"]}, "no range"),
        ({"members": []}, "at least one"),
        ({"members": ["HNU"]}, "HNU"),
        ({"members": ["HUN", "HUN"]}, "members: HUN is given twice"),
        ({"runs": 2.5}, r"runs = 2\.5: expected a whole number"),
    ],
)
def test_what_cannot_be_explored_is_refused(short, options, message):
    with pytest.raises((ValueError, KeyError), match=message):
        explore(short, **{"runs": 2, **options})


def test_a_value_that_the_scenario_refuses_is_said(short):
    panel = explore(short, ["candidate.shelving_line"], runs=2)
    panel.sliders["candidate.shelving_line"].max = 2.0
    panel.sliders["candidate.shelving_line"].value = 1.5
    assert panel.now is panel.given
    assert "candidate.shelving_line = 1.5" in panel._message.value
    panel.reset()
    assert panel.now is panel.given
    assert "Member by" in panel._message.value


def test_whatever_goes_wrong_is_said_in_the_panel(short, monkeypatch):
    panel = explore(short, ["stance.peer_rate"], runs=2)
    with monkeypatch.context() as broken:
        broken.setattr(EnsembleCache, "stages", lambda *_: 1 // 0)
        panel.sliders["stance.peer_rate"].value = 0.7
        panel.png()
    assert panel._message.value == "<b>ZeroDivisionError: integer division or modulo by zero</b>"
    panel.sliders["stance.peer_rate"].value = 0.8
    panel.png()
    assert "peer_rate&#x27;: 0.8" in panel._message.value


def test_a_page_without_widgets_shows_the_picture(panel):
    bundle = panel._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(bundle)
    assert bundle["text/plain"].startswith("Explorer('baseline', changes={}: Member by December 2027")


def test_the_first_runs_are_shown_before_all_and_none_is_stepped_twice(short, monkeypatch):
    stepped = []
    step = ensemble_cache.step_chunk
    monkeypatch.setattr(
        ensemble_cache,
        "step_chunk",
        lambda setup, draws, recorder, rows: stepped.append(rows) or step(setup, draws, recorder, rows),
    )
    ensemble = EnsembleCache(short, 120, 7, ("HUN",))
    first, every = ensemble.stages({"stance.peer_rate": 0.9})
    assert (first.counted, every.counted) == ("the first 100 of 120 runs", "120 runs")
    assert [(rows.start, rows.stop) for rows in stepped] == [(0, FIRST), (FIRST, 120)]
    assert np.array_equal(first.stance, every.stance[:FIRST])
    assert np.array_equal(first.acceded, every.first(FIRST).acceded)


def test_runs_that_are_no_longer_wanted_are_dropped_at_the_next_step(short, monkeypatch):
    steps = []
    after_step = ensemble_cache._SnapshotRecorder.after_step
    monkeypatch.setattr(
        ensemble_cache._SnapshotRecorder,
        "after_step",
        lambda recorder, world, rows, before: steps.append(rows.start) or after_step(recorder, world, rows, before),
    )
    ensemble = EnsembleCache(short, 120, 7, ("HUN",))
    found = list(ensemble.stages({"stance.peer_rate": 0.9}, lambda: steps.count(FIRST) >= 3))
    assert [snapshot.counted for snapshot in found] == ["the first 100 of 120 runs"]
    assert steps.count(FIRST) == 3 < steps.count(0)


def test_a_dragged_slider_shows_pictures_and_the_last_value_wins(short):
    panel = explore(short, ["stance.peer_rate"], runs=120, seed=7)
    panel.png()
    said, drawn = [], []
    panel._message.observe(lambda change: said.append(change.new), names="value")
    panel.image.observe(lambda change: drawn.append(change.new), names="value")
    for value in np.linspace(0.51, 0.9, 40):
        panel.sliders["stance.peer_rate"].value = value
    last = panel.png()
    assert 2 <= len(drawn) < 40, "two pictures of each value would be 80"
    assert "120 runs" in said[-1]
    assert "&#x27;stance.peer_rate&#x27;: 0.9}" in said[-1]
    assert drawn[-1] == last
    fresh = explore(short, ["stance.peer_rate"], runs=120, seed=7)
    fresh.sliders["stance.peer_rate"].value = 0.9
    assert last == fresh.png()


def test_the_first_runs_are_compared_with_the_same_runs_as_given(short):
    state = InteractiveState(short, 120, 7, ["HUN"])
    first, _ = state.stages({"russia.strategy": "inert"})
    alone = InteractiveState(short, FIRST, 7, ["HUN"])
    alone.changes = {"russia.strategy": "inert"}
    alone.simulate()
    assert state.headline(first) == alone.headline().replace("100 runs", "the first 100 of 120 runs")


def test_a_picture_of_the_first_runs_is_marked_as_such(short):
    state = InteractiveState(short, 120, 7, ["HUN", "USA"])
    figure = ComparisonFigure(state.given)
    texts = []
    for shown in (state.given.first(FIRST), state.given):
        figure.show(shown)
        texts.append({text.get_text() for ax in figure.figure.axes for text in ax.texts})
    assert "the first 100 of 120 runs" in texts[0] - texts[1]
    assert sum(text.startswith("100 runs of 120; ") for text in texts[0]) == 1
    assert sum(text.startswith("120 runs; ") for text in texts[1]) == 1


def test_the_scenario_as_given_is_drawn_in_grey_once_something_differs_from_it(short):
    state = InteractiveState(short, 4, 7, ["HUN", "USA"])
    moved = EnsembleCache(short, 4, 7, ["HUN", "USA"]).simulate({"russia.strategy": "inert"})
    figure = ComparisonFigure(state.given)
    for shown, is_compared in ((state.given, False), (moved, True), (state.given, False)):
        figure.show(shown)
        said = " ".join(text.get_text() for ax in figure.figure.axes for text in ax.texts)
        dotted = [line for ax in figure.figure.axes for line in ax.get_lines() if line.get_linestyle() == ":"]
        assert ("grey" in said) == is_compared
        assert [line.get_visible() for line in dotted] == [is_compared] * 3


def test_a_picture_does_not_depend_on_what_was_drawn_before(short):
    state = InteractiveState(short, 4, 7, ["HUN", "USA"])
    moved = EnsembleCache(short, 4, 7, ["HUN", "USA"]).simulate({"russia.strategy": "inert"})
    used, new = ComparisonFigure(state.given), ComparisonFigure(state.given)
    for shown in (moved, state.given, moved):
        used.show(shown)
        used.png()
    new.show(moved)
    assert used.png() == new.png()


def test_a_closed_panel_follows_no_slider(short):
    panel = explore(short, ["stance.peer_rate"], runs=2)
    before = panel.png()
    panel.close()
    panel.sliders["stance.peer_rate"].value = 0.9
    assert panel.png() == before


def test_a_panel_that_is_shown_is_not_behind_its_sliders(panel):
    panel.sliders["russia.strategy"].value = "inert"
    shown = panel._repr_mimebundle_()
    assert "'russia.strategy': 'inert'" in shown["text/plain"]
    assert panel.now.scenario.russia.strategy == "inert"


def test_the_panel_and_the_dashboard_say_the_same_of_the_same_changes(short):
    from article10.runs.interactive.dashboard.opening import Opened
    from article10.runs.interactive.dashboard.session import Session
    from article10.runs.interactive.state import RUNS

    panel, answers = explore(short, runs=RUNS, seed=7), []
    panel.sliders["russia.strategy"].value = "inert"
    session = Session(Opened(short, 7, 0, "short"), answers.append)
    session.receive({"kind": "ensemble", "state": {"changes": panel.changes}})
    session.wait()
    assert answers[-1]["headline"] == panel.headline()


def test_pinned_changes_are_compared_with_in_the_same_runs(short):
    state = InteractiveState(short, 30, 7, ["HUN"])
    pinned = state.reference({"stance.peer_rate": 0.9})
    assert state.reference({"stance.peer_rate": 0.9}) is pinned
    assert state.reference({}) is state.given
    *_, now = state.stages({"stance.peer_rate": 0.9})
    assert np.array_equal(now.stance, pinned.stance)
    assert "pinned" in state.headline(state.given, pinned)


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


# --- a page on which one slider works without Python ----------------------------------------------------------------


def test_a_page_has_the_picture_and_the_effect_of_the_panel_at_each_position(panel):
    panel.sliders["stance.peer_rate"].value = 0.7
    made = panel.page("russia.strategy")
    assert set(made.values) == set(STRATEGIES)
    assert made.values[made.start] == "forward_looking"
    assert made.effects[made.start] == panel.headline()
    panel.sliders["russia.strategy"].value = "inert"
    assert made.effects[made.values.index("inert")] == panel.headline()
    assert panel.changes == {"stance.peer_rate": 0.7, "russia.strategy": "inert"}
    by_number = panel.page("stance.peer_rate", positions=3)
    assert by_number.values == (0.1, 0.7, 1.0)
    assert len(repr(by_number)) < 2000
    with pytest.raises(ValueError, match="parameter = 'russia'"):
        panel.page("russia")
    with pytest.raises(ValueError, match="positions = 1"):
        panel.page(positions=1)


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")
def test_in_a_browser_the_slider_of_a_page_shows_another_picture_by_the_keyboard(panel, tmp_path):
    made = panel.page("stance.peer_rate", positions=3)
    seen = "[...document.querySelectorAll('figure')].filter(each => !each.hidden).map(each => each.innerText.trim())"
    with chromium(tmp_path / "profile") as browser:
        browser.open(made.save(tmp_path / "page.html").as_uri())
        browser.wait("document.readyState === 'complete'")
        assert browser.run(seen) == [made.effects[made.start]]
        browser.run("document.querySelector('input').focus()")
        browser.key("ArrowRight", 39)
        browser.wait(f"document.querySelector('output').textContent === '{made.values[made.start + 1]}'")
        assert browser.run(seen) == [made.effects[made.start + 1]]
