"""Batches that were stopped, or some points of which failed: what is done is read, and what is not is said."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import numpy as np
import pytest
from failing_steps import fail_at
from rich.console import Console

from article10 import BatchError, Design, UnfinishedBatchWarning, open_batch, run_batch
from article10.runs.analyses.discovery.discovery import discover_parameters
from article10.runs.analyses.sensitivity.sensitivity import outcomes_by_point
from article10.runs.batches import batch as batches
from article10.runs.batches import plan as planning
from article10.runs.batches.coverage import Coverage
from article10.runs.batches.store import Commit, Task
from article10.runs.batches.summary import rendered_batch
from article10.runs.statistics.intervals import TooFewRunsWarning

CHANGES = {"horizon": "2026-05-04", "candidate.resumption_line": 0.0}
RATES = (0.2, 0.4, 0.6, 0.8)
RUNS = 6


class Stop(BaseException):
    """Stands for Ctrl-C."""


@pytest.fixture(params=["stopped", "failed", "both"])
def unfinished(request, monkeypatch, tmp_path):
    """A function: a batch with what is recorded, some runs of which are not made, and the points that have none."""
    if request.param != "stopped":
        fail_at(monkeypatch, RATES[:1])

    def stops(done, total):
        if done >= 2 * RUNS and request.param != "failed":
            raise Stop

    def make(record):
        design = Design(runs=RUNS, seed=7, record=record, changes=CHANGES, grid={"stance.peer_rate": RATES})
        with suppress(Stop):
            run_batch(design, tmp_path / "b", workers=1, progress=stops)
        return open_batch(tmp_path / "b"), {"stopped": [2, 3], "failed": [0], "both": [0, 2, 3]}[request.param]

    for module in (batches, planning):
        monkeypatch.setattr(module, "task_shape", lambda design, scenario, n: (1, RUNS))  # a point a task
    return make


def words(batch) -> str:
    """The summary as it is shown."""
    page = io.StringIO()
    Console(file=page, width=200).print(rendered_batch(batch))
    return page.getvalue()


@pytest.mark.parametrize("record", ["stance", "summary"])
def test_trajectories_hold_what_is_done_alone_and_say_what_is_not(unfinished, record):
    batch, without = unfinished(record)
    done = [point for point in range(len(RATES)) if point not in without]
    with pytest.warns(UnfinishedBatchWarning, match=rf"{len(done) * RUNS} of 24 runs are done.*data holds"):
        data = batch.data
    assert data["point"].to_numpy().tolist() == done
    for name in data.data_vars:
        assert data[name].dtype == data[name].load().dtype
        assert not (data[name].dtype.kind == "f" and data[name].isnull().any()), name
    if record == "stance":
        assert data["war_steps"].dtype == np.int32
        assert (data["war_steps"] >= 0).all()
        assert (data["final_stage"] >= 0).all()
    for point in without:
        with pytest.raises(BatchError, match=rf"point = {point}: no run is done: 0 of 6 runs are done"):
            batch.quantiles(point)


def test_tables_summary_and_repr_hold_what_is_done_and_say_what_is_not(unfinished):
    batch, without = unfinished("outcomes")
    done = [point for point in range(len(RATES)) if point not in without]
    assert batch.missing.startswith(f"{6 * len(done)} of 24 runs are done")
    assert batch.outcomes["point"].unique().tolist() == done
    assert batch.summary["runs"].tolist() == [0 if point in without else RUNS for point in range(len(RATES))]
    assert batch.summary.loc[without, "accession"].isna().all()
    assert batch.summary.loc[done, "accession"].notna().all()
    for said in (words(batch), repr(batch)):
        assert batch.missing in said
    for point in without:
        row = next(line for line in words(batch).splitlines() if line.split()[:1] == [str(point)])
        assert row.split()[3:] == (["failed"] if point == 0 else ["not", "made", "yet"]) * 3


@pytest.mark.parametrize("figure", ["accession", "against", "fan"])
def test_figures_draw_what_is_done_and_say_what_is_not(unfinished, figure):
    batch, without = unfinished("summary")
    axes = getattr(batch.plot, figure)(*(["stance.peer_rate"] if figure == "against" else []))
    texts = [text.get_text() for text in axes.get_figure().findobj(lambda a: hasattr(a, "get_text"))]
    assert any(batch.missing in text for text in texts)
    drawn = len(axes.lines[0].get_xdata()) if figure == "against" else sum("peer_rate" in text for text in texts)
    assert drawn == len(RATES) - len(without)


def test_analyses_of_batches_say_what_is_missing(unfinished):
    batch, _ = unfinished("outcomes")
    with pytest.raises(ValueError, match=r"runs are done|point 0 failed"):
        outcomes_by_point(batch)
    with (
        pytest.warns(UnfinishedBatchWarning, match=re.escape(batch.missing)),
        pytest.warns(TooFewRunsWarning),
    ):
        discover_parameters(batch, outcome="invitation")


@pytest.mark.parametrize("record", ["outcomes", "stance", "summary"])
def test_a_batch_without_any_run_says_so(tmp_path, monkeypatch, record):
    monkeypatch.setattr(batches, "_run", lambda *_: None)
    design = Design(runs=RUNS, record=record, changes=CHANGES, grid={"stance.peer_rate": RATES})
    batch = run_batch(design, tmp_path / "b", workers=1, progress=False)
    assert batch.outcomes.empty
    assert "0 of 24 runs are done" in words(batch)
    for draw in (batch.plot.accession, lambda: batch.plot.against("stance.peer_rate"), batch.plot.fan):
        with pytest.raises(BatchError, match="no runs to draw"):
            draw()
    if record != "outcomes":
        with pytest.raises(BatchError, match="no run of 'baseline' is done"):
            _ = batch.data


def test_a_point_that_was_stopped_halfway_holds_its_first_runs(tmp_path, monkeypatch):
    def stops(done, total):
        if done:
            raise Stop

    for module in (batches, planning):
        monkeypatch.setattr(module, "task_shape", lambda design, scenario, n: (1, 2))
    with suppress(Stop):
        run_batch(Design(runs=RUNS, record="stance", changes=CHANGES), tmp_path / "b", workers=1, progress=stops)
    batch = open_batch(tmp_path / "b")
    for read in (lambda: batch.data.isel(point=0), lambda: batch.point(0).data):
        with pytest.warns(UnfinishedBatchWarning, match="2 of 6 runs are done"):
            data = read()
        assert data["run"].to_numpy().tolist() == [0, 1]
        assert np.isfinite(data["stance"].to_numpy()).all()


def test_the_largest_part_that_is_done_is_read():
    def done(*commits):
        tasks = [Task("", points, first, 10) for points, first in commits]
        return Coverage.of([Commit(task, (), {}) for task in tasks], 30)

    every = [((0, 1), 0), ((0, 1), 10), ((0, 1), 20)]
    assert done(*every, ((2, 3), 0)).largest_part(range(4)) == ([0, 1], list(range(30)))
    assert done(*every[:1], ((2, 3), 0)).largest_part(range(4)) == ([0, 1, 2, 3], list(range(10)))
    assert done(((0,), 0), ((0,), 20)).largest_part(range(4)) == ([0], [*range(10), *range(20, 30)])
    assert done().largest_part(range(4)) == ([], [])
