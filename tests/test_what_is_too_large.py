"""What would take memory, disk or time beyond reason is refused before it is begun, with the figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import article10
from article10 import BatchError, Design, Sample, ScenarioError, read_scenario, run_batch, simulate
from article10.model.setup import Setup
from article10.runs.analyses.paired import paired_runs
from article10.runs.batches.design_size import MOST_POINTS, check_size
from article10.runs.ensemble import machine
from article10.runs.ensemble.machine import TooLargeError, memory_bytes
from article10.runs.ensemble.recorder import MEMBER_VARIABLES, Recorder, bytes_of_a_run, with_run_variables

SHORT = read_scenario("baseline", {"horizon": "2026-02-01"})
MANY = 10**12
FIGURE = r"\d (GB|TB|PB|EB)"

ASKED = {
    "simulate": lambda: simulate(SHORT, MANY),
    "simulate, outcomes alone": lambda: simulate(SHORT, MANY, record=()),
    "simulate, in one chunk": lambda: simulate(SHORT, 10**9, chunk=10**9, record=()),
    "simulate, long and all variables": lambda: simulate(
        "baseline",
        20_000,
        changes={"step_days": 1, "horizon": "2050-01-01"},
        record=(*MEMBER_VARIABLES, "contribution"),
    ),
    "worlds": lambda: paired_runs({"baseline": SHORT}, MANY),
    "influence": lambda: article10.influence(SHORT, runs=MANY),
    "rank_influence": lambda: article10.rank_influence(SHORT, runs=MANY),
    "influence_curve": lambda: article10.influence_curve(SHORT, runs=MANY),
    "holdout_power": lambda: article10.holdout_power(SHORT, MANY),
    "compare_rules": lambda: article10.compare_rules(SHORT, MANY),
    "three_futures": lambda: article10.three_futures(SHORT, MANY, given="2026-01-01"),
    "guarantee_tradeoff": lambda: article10.guarantee_tradeoff(SHORT, runs=MANY, given="2026-01-01"),
    "discover": lambda: article10.discover(SHORT, MANY),
    "tornado": lambda: article10.tornado(SHORT, MANY),
    "report": lambda: article10.report(SHORT, MANY),
    "hindcast": lambda: article10.hindcast("finland_2022", runs=MANY),
    "hindcast, draws": lambda: article10.hindcast("finland_2022", runs=10**9, draws=10**9),
    "hindcast_stances": lambda: article10.hindcast_stances(runs=MANY),
    "nowcast": lambda: article10.nowcast(runs=MANY),
    "rivals": lambda: article10.rivals(SHORT, MANY),
    "history_match": lambda: article10.history_match(SHORT, MANY),
    "explore": lambda: article10.explore(SHORT, runs=MANY),
    "screen": lambda: article10.screen(SHORT, MANY),
    "sobol": lambda: article10.sobol(SHORT, MANY),
    "tune": lambda: article10.tune(
        SHORT,
        ["stance.shock"],
        article10.Targets(objection=({"member": "HUN", "value": 0.5, "tolerance": 0.1},)),
        runs=MANY,
    ),
}


@pytest.mark.parametrize("asked", list(ASKED))
def test_more_runs_than_memory_holds_are_refused_with_the_figure(asked):
    with pytest.raises(TooLargeError, match=FIGURE) as refused:
        ASKED[asked]()
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "asked",
    [
        lambda: article10.screen(SHORT, 2, trajectories=10**9),
        lambda: article10.sobol(SHORT, 2, base_samples=2**40),
        lambda: check_size(MOST_POINTS + 1, 1),
        lambda: check_size(10**5000, 1),
    ],
)
def test_more_points_than_a_design_may_have_are_refused_before_they_are_drawn(asked):
    with pytest.raises(TooLargeError, match=r"points; at most 1,000,000") as refused:
        asked()
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("runs = 1000000000000", r"1,000,000,000,000 runs .* 40 TB of outcomes"),
        ("runs = 1" + "0" * 4000, "runs = a whole number of about 4,001 digits"),
        (
            "[sample]\nn = 1000000000000\nranges = ['stance.shock']",
            "sample.n = 1000000000000: expected a number less than",
        ),
        (
            "[grid]\n"
            + "\n".join(
                f"{key} = [{', '.join(['0.5'] * 100)}]"
                for key in ("stance.shock", "war.intensity", "candidate.readiness", "candidate.aspiration")
            ),
            "100,000,000 points; at most 1,000,000",
        ),
    ],
)
def test_a_design_beyond_reason_is_refused_as_its_file_is_read(text, because, tmp_path):
    path = tmp_path / "d.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=because) as refused:
        Design.read(path)
    assert len(str(refused.value)) < 500


def test_a_batch_that_the_disk_cannot_hold_is_refused_with_the_figure_and_nothing_is_written(tmp_path, monkeypatch):
    free = machine.in_bytes(2_000)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Disk", (), {"free": 2_000, "total": 2_000_000}))
    design = Design(scenarios=SHORT, runs=1000)
    with pytest.raises(BatchError, match=f"1,000 runs would take at least 40 kB of the disk, which has {free}"):
        run_batch(design, tmp_path / "b", workers=1, progress=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "b").mkdir()  # what is there may be most of it
    assert len(run_batch(design, tmp_path / "b", workers=1, progress=False).outcomes) == 1000


@pytest.mark.parametrize("record", [(), ("stance",), (*MEMBER_VARIABLES, "contribution")])
def test_the_figure_is_what_is_kept(record):
    setup, kept = Setup.of(SHORT), with_run_variables(record)
    recorder = Recorder(setup, 100, kept)
    held = recorder.trajectories.held.values() if recorder.trajectories else ()
    outcomes = [value for value in vars(recorder.outcomes).values() if isinstance(value, np.ndarray)]
    taken = sum(array.nbytes for array in [*outcomes, *recorder.outcomes.entered.values(), *held])
    assert taken == pytest.approx(100 * bytes_of_a_run(setup, kept), rel=0.1)


@pytest.mark.parametrize(("stated", "counts"), [("1000\n", 1000), ("max\n", None)])
def test_memory_is_that_of_the_container_where_it_has_less(stated, counts, tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    limit.write_text(stated)
    monkeypatch.setattr(machine, "LIMIT_OF_CONTAINER", limit)
    there = memory_bytes()
    assert there == counts if counts else there > 10**8


def test_a_sample_may_be_large_and_no_more():
    assert Sample(n=MOST_POINTS, ranges=["stance.shock"]).n == MOST_POINTS


@pytest.mark.parametrize("workers", [True, 0, 10**6, 2.0])
def test_workers_are_a_number_of_processes(workers, tmp_path):
    with pytest.raises(ValueError, match=r"workers = .*: expected a whole number of at (least 1|most 4096)"):
        run_batch(Design(scenarios=SHORT, runs=1), Path(tmp_path, "b"), workers=workers)
