"""Designs of batches: what values they take, how tables and files are read, what is refused before anything runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from article10 import Design, Sample, ScenarioError, run_batch
from article10.runs.batches.plan import plan

SHORT = {"horizon": "2026-03-02"}


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (
            '[grid]\nstance.peer_rate = ["0.3", 0.2]',
            "grid.stance.peer_rate = '0.3': expected a number",
        ),
        ("[grid]\nstance.peer_rate = [true]", "grid.stance.peer_rate = True: expected a number"),
        ("[grid]\nstance.peer_rate = [nan]", "grid.stance.peer_rate = nan: expected a finite number"),
        (
            "[grid]\nrussia.review_weeks = [4.5]",
            "grid.russia.review_weeks = 4.5: expected a whole number",
        ),
        ('[grid]\nrussia.strategy = ["weakest_lnk"]', "grid.russia.strategy = 'weakest_lnk': expected one of inert,"),
        ('[grid]\nhorizon = ["soon"]', "grid.horizon = 'soon': expected a date such as 2030-12-01"),
        (
            "[[table]]\nstance.peer_rate = 300.0",
            "table.stance.peer_rate = 300.0: expected a number less than or",
        ),
        ("changes.stance.peer_rate = 300", "changes.stance.peer_rate = 300: expected a number less than or"),
        ('changes.horizon = "2020-01-01"', "changes: horizon = 2020-01-01: expected a date after the start"),
        ('changes.russia.strategy = "x"', "changes.russia.strategy = 'x': expected one of inert, uniform,"),
        ("[sample]\nn = 4\nranges = {}", "sample.ranges = {}: expected at least 1 value"),
        ("[sample]\nn = 4\nranges = {horizon = [1, 14]}", "sample.ranges.horizon: expected the key of a number"),
        ("[sample]\nn = 4\nranges = {russia.strategy = [0, 1]}", "sample.ranges.russia.strategy: expected the key"),
        ("[sample]\nn = 4\nranges = {stance.shock = [-3, 1]}", "sample.ranges.stance.shock = -3.0: expected"),
        ('record = "outcome"', "record = 'outcome': expected one of outcomes, summary, stance, or variables; did you"),
        ("scenarios = [3]", "scenarios = [3]: expected names of shipped scenarios"),
    ],
)
def test_what_a_parameter_would_not_take_is_refused_in_one_line(tmp_path, text, because):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        Design.read(path)
    assert str(refused.value).startswith(f"{path}: {because}")
    assert "\n" not in str(refused.value)


def test_a_file_may_hold_dates_tables_with_dotted_keys_and_single_names(tmp_path):
    (tmp_path / "mine.toml").write_text('base = "no_pressure"\n')
    path = tmp_path / "good.toml"
    path.write_text(
        'scenarios = "mine.toml"\nchanges.horizon = 2026-06-01\nrecord = "war_intensity"\n'
        "[[table]]\nstance.peer_rate = 0.3\n[[table]]\nstance.peer_rate = 0.4\n"
    )
    design = Design.read(path)
    assert design.scenarios_in_full()["mine"].horizon.isoformat() == "2026-06-01"
    assert design.variables == ("war_intensity",)
    assert [point.changes for point in design.points()] == [{"stance.peer_rate": 0.3}, {"stance.peer_rate": 0.4}]


def test_variables_named_twice_are_kept_once():
    assert Design(record=("stance", "threat", "stance")).variables == ("stance", "threat")


def test_values_of_numpy_are_values():
    design = Design(
        grid={"stance.peer_rate": np.linspace(0.1, 0.9, 3).tolist(), "russia.review_weeks": np.arange(4, 6)}
    )
    assert [type(value) for value in design.grid["russia.review_weeks"]] == [int, int]


def test_whole_parameters_are_whole_in_samples_and_in_tables_such_as_salib_s():
    sampled = Sample(n=4, ranges={"step_days": (1, 14), "russia.review_weeks": (4, 26)}).rows()
    assert {type(value) for row in sampled for value in row.values()} == {int}
    frame = pd.DataFrame({"russia.review_weeks": [4.0, 8.6], "stance.peer_rate": [1.0, 0.5]})
    assert [point.changes for point in Design.from_frame(frame).points()] == [
        {"russia.review_weeks": 4, "stance.peer_rate": 1.0},
        {"russia.review_weeks": 9, "stance.peer_rate": 0.5},
    ]


@pytest.mark.parametrize(
    ("frame", "because"),
    [
        (pd.DataFrame({"stance.peer_rate": []}), "at least one row"),
        (pd.DataFrame(np.zeros((2, 2))), "frame.0: no such parameter"),
        (
            pd.DataFrame({"stance.peer_rate": [0.1, np.nan]}),
            "stance.peer_rate = nan: expected a finite",
        ),
        (pd.DataFrame({"russia.review_weeks": [4, np.nan]}), "russia.review_weeks = nan"),
        (pd.DataFrame({"russia.strategy": ["inert", None]}), "russia.strategy = (None|nan): expected"),
    ],
)
def test_a_table_without_points_or_with_empty_cells_is_refused(frame, because):
    with pytest.raises(ValueError, match=because):
        Design.from_frame(frame)


def test_files_of_scenarios_are_read_once(tmp_path, monkeypatch):
    from article10.runs.batches import design as designs

    real, read = designs.read_scenario, []
    monkeypatch.setattr(designs, "read_scenario", lambda *words, **named: read.append(words) or real(*words, **named))
    design = Design(scenarios=("baseline", "no_pressure"))
    once = len(read)
    design.points()
    design.described()
    assert len(read) == once


def test_points_of_few_runs_share_a_task_and_points_of_many_do_not_wait_for_each_other():
    values = tuple(np.linspace(0.1, 0.9, 4096).tolist())
    for runs, most in ((1, 40), (10, 40), (1024, 520)):
        design = Design(runs=runs, grid={"stance.peer_rate": values})
        assert len(plan(design, design.points())) <= most
    summary = Design(runs=10, grid={"stance.peer_rate": values[:64]}, record="summary")
    assert max(len(task.points) for task in plan(summary, summary.points())) <= 8  # each holds 13 MB of counts


@pytest.mark.parametrize(
    "varied",
    [
        {"grid": {"russia.review_weeks": (4, 9)}},
        {"grid": {"candidate.may_shelve": (True, False)}},
        {"grid": {"russia.strategy": ("inert", "uniform")}},
        {"grid": {"stance.peer_rate": (1, 0.5)}},
        {"table": ({"russia.review_weeks": 4}, {"candidate.may_shelve": False}, {"russia.strategy": "inert"})},
    ],
    ids=["whole", "true or false", "words", "real", "missing cells"],
)
def test_every_point_is_opened_as_the_design_has_it(tmp_path, varied):
    design = Design(runs=3, changes=SHORT, record="stance", **varied)
    batch = run_batch(design, tmp_path / "b", workers=1, progress=False)
    for point in design.points():
        scenario = batch.scenario(point.index)
        assert batch.point(point.index).scenario == scenario
        for key, value in point.changes.items():
            group, name = key.split(".")
            assert getattr(getattr(scenario, group), name) == value
    assert batch.plot.accession("invitation")
