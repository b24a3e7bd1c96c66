"""Whether conclusions survive: the perturbations are what they say, and the verdicts follow from the counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.analyses.levers import LEVERS
from article10.runs.batches.ranges import plausible_points
from article10.runs.evidence.perturbations import Perturbation, every_point
from article10.runs.evidence.robustness import STATEMENTS, Reading, Robustness, robustness, variants
from article10.runs.evidence.verdicts import separating, verdict, within
from article10.runs.statistics.intervals import Difference
from generated import with_blocks
from robustness_page import left_blocks, robustness_blocks, verdicts

BASE = read_scenario()
EFFECT = Difference(-0.1, -0.13, -0.07, 300, 60, 0.4, 2.0)
NOTHING = Difference(0.0, -0.02, 0.02, 300, 4, 0.1, 2.0)
REVERSED = Difference(0.1, 0.07, 0.13, 300, 60, 0.4, 2.0)
OBJECTING = pd.Series([0.7, 0.6, 0.2, 0.1], index=["SVK", "HUN", "DEU", "USA"])


def reading(family, name, pressure=EFFECT, objecting=OBJECTING, values=None):
    return Reading(Perturbation(family, name, BASE, values or {}), pressure, REVERSED, EFFECT, 0.2, objecting)


def answer(*readings):
    return Robustness(BASE, 300, 0, reading("baseline", "as it is"), readings)


def row(found, statement, family):
    table = found.table()
    return table[(table["statement"] == STATEMENTS[statement]) & (table["perturbation"] == family)].iloc[0]


def test_codes_are_redrawn_as_far_as_their_spread_says():
    points = [p for p in every_point(BASE, 200, 2, 3) if p.family == "codes"]
    shifts, roster = pd.DataFrame([p.values for p in points]), BASE.members()
    inside = np.abs(roster.stance) + 3 * roster.stance_spread < 1
    ratio = shifts.std().to_numpy()[inside] / roster.stance_spread[inside]
    assert inside.sum() > 5
    assert np.abs(ratio - 1).max() < 0.2
    assert np.allclose(points[0].scenario.members().stance - roster.stance, shifts.iloc[0])


def test_parameters_cover_every_declared_range_and_nothing_beyond_it():
    points = pd.DataFrame([p.values for p in every_point(BASE, 1, 20, 3) if p.family == "parameters"])
    ranges = {d.key: d.meta.plausible for d in all_declarations(BASE) if d.meta.plausible is not None}
    assert set(points) == set(ranges)
    for key, (low, high) in ranges.items():
        assert points[key].between(low, high).all()
        if not isinstance(points[key].iloc[0], np.integer):
            assert set(np.floor((points[key] - low) / (high - low) * 20).clip(0, 19)) == set(range(20))


def test_networks_differ_and_the_default_is_as_before():
    weights = {p.name: Setup.of(p.scenario).network for p in every_point(BASE, 1, 2, 0) if p.family == "networks"}
    assert np.array_equal(weights["capability_affinity"], Setup.of(BASE).network)
    n = len(BASE.members())
    assert np.allclose(weights["equal"], (1 - np.eye(n)) / (n - 1))
    assert np.allclose(weights["affinity"] * weights["affinity"].T > 0, BASE.members().affinity > 0)
    columns = weights["capability"] / BASE.members().influence_weight
    assert np.allclose([np.ptp(np.delete(line, i)) for i, line in enumerate(columns)], 0)
    assert len({w.tobytes() for w in weights.values()}) == 4


@pytest.mark.parametrize(
    ("keep", "decided", "points", "sampled", "expected"),
    [
        (60, 60, 60, True, "robust"),
        (10, 10, 10, True, "conditional"),  # ten of ten leave the share above 72% only
        (29, 29, 60, True, "conditional"),  # fewer than half decide
        (30, 60, 60, True, "not supported"),
        (0, 0, 60, True, "not supported"),
        (4, 4, 5, False, "robust"),
        (3, 4, 5, False, "conditional"),
    ],
)
def test_verdicts_are_those_defined_beforehand(keep, decided, points, sampled, expected):
    assert verdict(keep, decided, points, sampled) == expected


def test_a_point_that_cannot_tell_is_counted_apart():
    found = answer(reading("networks", "a"), reading("networks", "b", NOTHING), reading("networks", "c", REVERSED))
    assert row(found, "pressure", "networks")[["points", "decided", "kept"]].tolist() == [3, 2, 0.5]
    assert row(found, "pressure", "networks")["verdict"] == "not supported"
    assert row(found, "stepping_stone", "networks")["verdict"] == "robust"


def test_the_members_of_a_family_that_lose_a_statement_are_named():
    found = answer(*(reading("networks", n) for n in "abc"), reading("networks", "equal", REVERSED))
    assert row(found, "pressure", "networks")["condition"] == "not kept with equal"


def test_who_holds_out_is_lost_when_another_takes_the_place():
    other = pd.Series([0.7, 0.6, 0.5, 0.1], index=["SVK", "DEU", "USA", "HUN"])
    found = answer(*(reading("networks", n) for n in "ab"), reading("networks", "c", objecting=other))
    assert found.holdouts == ("SVK", "HUN")
    assert row(found, "holdouts", "networks")["kept"] == pytest.approx(2 / 3)


def test_a_size_is_decided_only_when_the_whole_interval_is_in_or_out():
    assert within(EFFECT, [-0.2, -0.05]) is True
    assert within(EFFECT, [-0.2, -0.1]) is None
    assert within(REVERSED, [-0.2, -0.1]) is False


def test_the_parameter_that_separates_is_found_and_chance_is_not_taken_for_one():
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.uniform(0, 1, (60, 80)), columns=[f"p{i}" for i in range(80)])
    measure = values["p7"].to_numpy() - 0.5 + 0.1 * rng.standard_normal(60)
    assert separating(values, measure, np.array(measure > 0, dtype=object)).startswith("`p7`")
    noise = rng.standard_normal(60)
    assert separating(values, noise, np.array(noise > 0, dtype=object)) == "no single parameter explains it"


@pytest.fixture(scope="module")
def small():
    seen: list[tuple[int, int]] = []
    found = robustness(
        runs=12,
        redraws=1,
        points=2,
        changes={"horizon": "2026-09-01"},
        progress=lambda done, of: seen.append((done, of)),
    )
    of_a_point = 6 * 12
    assert seen == [(done * of_a_point, 14 * of_a_point) for done in range(1, 15)]
    return found


def test_inert_russia_is_the_control(small):
    control = next(r for r in small.readings if r.point.name == "inert")
    assert control.pressure.differ == 0
    assert np.array_equal(small.baseline.objecting, small.readings[5].objecting)  # forward_looking is the baseline's


def test_the_answer_is_the_same_again_and_has_all_its_parts(small, tmp_path):
    again = robustness(runs=12, redraws=1, points=2, changes={"horizon": "2026-09-01"})
    pd.testing.assert_frame_equal(small.table(), again.table())
    paths = small.save(tmp_path)
    assert {"verdicts.csv", "points.csv", "pressure.png"} <= {p.name for p in paths}


def test_the_page_is_made_anew_between_its_markers(small):
    page = Path(__file__).parent.parent / "docs" / "evidence" / "robustness.md"
    points = pd.DataFrame(plausible_points(2, 1))
    left = robustness(runs=12, left=points, changes={"horizon": "2026-09-01"})
    blocks = robustness_blocks(small) | left_blocks(left, verdicts(small, "parameters"))
    text = with_blocks(page.read_text("utf-8"), blocks)
    assert "12 runs of each variant at each of 14 points" in text
    assert "12 runs of each variant at each of 2 points that are not ruled out" in text
    assert text.count("| verdict |") == 3
    with pytest.raises(KeyError, match="markers"):
        with_blocks("nothing", robustness_blocks(small))


def test_two_processes_give_what_one_gives():
    short = {"runs": 4, "redraws": 1, "points": 2, "changes": {"horizon": "2026-08-01"}}
    pd.testing.assert_frame_equal(robustness(**short, workers=2).table(), robustness(**short).table())


def test_the_world_without_pressure_is_the_lever_s_dated_pressure_gone_too():
    pressed = read_scenario("heavy_pressure")
    calm = variants(pressed)["calm"]
    assert any(event.kind == "pressure" for event in pressed.events)
    assert not any(event.kind == "pressure" for event in calm.events)
    assert calm == LEVERS["pressure"].without(pressed)


def test_counts_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="redraws = 0"):
        robustness(redraws=0)
    with pytest.raises(ValueError, match="expected a date after 2026-07-01, when the guarantee is given"):
        robustness(changes={"horizon": "2026-06-01"})
