"""What a batch keeps: outcomes, trajectories, quantiles; and what is drawn from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from failing_steps import fail_at

import article10
from article10 import BatchError, Design, UnfinishedBatchWarning, open_batch, run_batch

SHORT = {"horizon": "2026-12-07"}
QUIET = {"workers": 1, "progress": False}


def test_outcomes_are_those_of_ensembles(tmp_path):
    design = Design(
        scenarios=("baseline", "no_pressure"), runs=40, seed=7, changes=SHORT, grid={"stance.peer_rate": (0.2, 0.8)}
    )
    batch = run_batch(design, tmp_path / "b", **QUIET)
    assert batch.is_complete
    assert len(batch.outcomes) == 160
    changes = SHORT | {"stance.peer_rate": 0.8}
    alone = article10.simulate("no_pressure", 40, 7, changes=changes, record=()).outcomes_by_member.reset_index()
    mine = batch.outcomes[batch.outcomes["point"] == 3].drop(columns="point").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone, check_dtype=False, check_categorical=False)
    assert batch.points.loc[3, "scenario"] == "no_pressure"
    assert batch.summary.loc[3, "runs"] == 40


def test_trajectories_are_those_of_ensembles_and_are_read_as_they_are_used(tmp_path):
    design = Design(
        runs=600, seed=7, record=("stance", "threat", "front"), changes=SHORT, grid={"stance.peer_rate": (0.2, 0.8)}
    )
    batch = run_batch(design, tmp_path / "b", **QUIET)
    assert batch.data["stance"].dims == ("point", "run", "step", "member")
    assert not batch.data["stance"].variable._in_memory
    changes = SHORT | {"stance.peer_rate": 0.8}
    alone = article10.simulate("baseline", 600, 7, changes=changes, record=("stance", "threat"))
    mine = batch.point(1)
    assert mine.scenario == alone.scenario
    assert {"stance", "threat", "front", "ballot"} <= set(mine.data)
    assert "alarm" not in mine.data
    for name in mine.data.data_vars:
        assert np.array_equal(mine.data[name].to_numpy(), alone.data[name].to_numpy()), name
    for name in ("step", "member", "member_name", "council", "council_kind"):
        assert np.array_equal(mine.data[name].to_numpy(), alone.data[name].to_numpy()), name
    pd.testing.assert_frame_equal(mine.outcomes, alone.outcomes, check_dtype=False)
    assert batch.data["stance"].attrs["unit"] == "1"
    for key in ("article10_version", "git_commit", "libraries", "machine", "created", "scenario", "seed"):
        assert key in batch.data.attrs


def test_trajectories_written_stretch_by_stretch_are_those_of_ensembles(tmp_path, monkeypatch):
    monkeypatch.setattr("article10.runs.batches.trajectories.CHUNK_BYTES", 2**20)
    record = ("stance", "ratified", "stage", "front", "contribution")
    batch = run_batch(Design(runs=300, seed=7, record=record, changes=SHORT), tmp_path / "b", **QUIET)
    alone = article10.simulate("baseline", 300, 7, changes=SHORT, record=record).data
    chunks = list((tmp_path / "b" / "trajectories" / "baseline.zarr" / "contribution" / "c" / "0" / "0").iterdir())
    assert len(chunks) > 20
    for name in ("stance", "ratified", "stage", "front", "contribution"):
        assert np.array_equal(batch.data[name][0].to_numpy(), alone[name].to_numpy()), name
    events = [name for name in alone if str(name).startswith("event_")]
    assert sum(int(alone[name].sum()) for name in events) > 0
    for name in events:
        assert np.array_equal(batch.data[name][0].to_numpy(), alone[name].to_numpy()), name


def test_a_point_that_fails_on_the_way_leaves_no_trajectories(tmp_path, monkeypatch):
    monkeypatch.setattr("article10.runs.batches.trajectories.CHUNK_BYTES", 2**16)
    fail_at(monkeypatch, (0.4,), late=True)
    design = Design(runs=40, record="stance", changes=SHORT, grid={"stance.peer_rate": (0.2, 0.4)})
    batch = run_batch(design, tmp_path / "b", **QUIET)
    assert len(batch.failures) == 1
    with pytest.warns(UnfinishedBatchWarning, match=r"40 failed \(point 1\)"):
        data = batch.data
    assert data["point"].to_numpy().tolist() == [0]
    assert np.isfinite(data["stance"].to_numpy()).all()
    chunks = [path for path in tmp_path.glob("b/trajectories/*/stance/c/1/**/*") if path.is_file()]
    assert not chunks


def test_a_full_disk_stops_the_batch_rather_than_fail_the_point(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("article10.runs.batches.trajectories.TrajectoryWriter._write", full)
    with pytest.raises(OSError, match="No space left"):
        run_batch(Design(runs=40, record="stance", changes=SHORT), tmp_path / "b", **QUIET)
    assert open_batch(tmp_path / "b").failures.empty


def test_a_summary_s_quantiles_are_right_to_a_bin(tmp_path):
    kept = run_batch(Design(runs=700, seed=7, record="summary", changes=SHORT), tmp_path / "b", **QUIET)
    stance = article10.simulate("baseline", 700, 7, changes=SHORT).data["stance"].to_numpy()
    exact = np.quantile(stance, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf")
    assert np.abs(kept.quantiles(0, (0.05, 0.5, 0.95)).to_numpy() - exact).max() <= 0.0051
    assert kept.data["stance"].dims == ("point", "quantile", "step", "member")
    with pytest.raises(BatchError, match='record = "stance"'):
        kept.point(0)


def test_tables_can_be_queried(tmp_path):
    design = Design(scenarios=("baseline", "no_pressure"), runs=30, changes=SHORT)
    batch = run_batch(design, tmp_path / "b", **QUIET)
    query = "select scenario, count(*) as n, avg(war_years) as war from outcomes join points using (point) group by all"
    answer = batch.sql(query).set_index("scenario")
    assert answer["n"].to_dict() == {"baseline": 30, "no_pressure": 30}
    mine = batch.outcomes.join(batch.points, on="point").groupby("scenario")["war_years"].mean()
    assert answer["war"]["baseline"] == pytest.approx(mine["baseline"])


def test_what_was_not_kept_or_does_not_exist_is_said(tmp_path):
    design = Design(scenarios=("baseline", "no_pressure"), runs=10, changes=SHORT)
    batch = run_batch(design, tmp_path / "b", **QUIET)
    with pytest.raises(BatchError, match="several scenarios"):
        _ = batch.data
    with pytest.raises(BatchError, match="only outcomes were kept"):
        batch.data_of("baseline")
    with pytest.raises(KeyError, match="points 0 to 1"):
        batch.scenario(2)
    with pytest.raises(BatchError, match="no batch"):
        open_batch(tmp_path)


@pytest.mark.parametrize("record", ["summary", "stance"])
def test_figures_compare_points_and_state_the_runs(tmp_path, record):
    grid = {"stance.peer_rate": (0.2, 0.8)}
    batch = run_batch(Design(runs=20, seed=7, record=record, changes=SHORT, grid=grid), tmp_path / "b", **QUIET)
    drawn = [
        batch.plot.accession("invitation"),
        batch.plot.against("stance.peer_rate", "invitation"),
        batch.plot.fan("HUN"),
    ]
    for axes in drawn:
        words = " ".join(text.get_text() for text in axes.get_figure().findobj(lambda a: hasattr(a, "get_text")))
        assert "20 runs" in words
    with pytest.raises(ValueError, match="not varied"):
        batch.plot.against("stance.shock")
    with pytest.raises(AttributeError, match="several points"):
        batch.plot.heatmap()


def test_a_batch_of_one_point_draws_what_an_ensemble_draws(tmp_path):
    batch = run_batch(Design(runs=20, seed=7, record="stance", changes=SHORT), tmp_path / "b", **QUIET)
    assert batch.plot.heatmap().get_title(loc="left")
    assert batch.plot.holdouts().get_title(loc="left")
