"""Batches: what a design means, how one is resumed, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from failing_steps import fail_at
from typer.testing import CliRunner

import article10
from article10 import BatchError, Design, Sample, open_batch, run_batch
from article10.runs.batches.plan import plan
from article10.runs.command_line import app
from article10.runs.ensemble import stepping

SHORT = {"horizon": "2026-12-07"}
QUIET = {"workers": 1, "progress": False}


# --- designs --------------------------------------------------------------------------------------------------------


def test_a_design_crosses_scenarios_table_sample_and_grid():
    design = Design(
        scenarios=("baseline", "no_pressure"),
        table=({"russia.effort": 3.0}, {"russia.effort": 9.0}),
        sample=Sample(n=4, ranges={"stance.shock": (0.1, 0.2)}),
        grid={"stance.peer_rate": (0.2, 0.8), "horizon": ("2030-12-01",)},
    )
    points = design.points()
    assert len(points) == design.n_points == 2 * 2 * 4 * 2
    assert len({(p.scenario, *sorted(p.changes.items())) for p in points}) == len(points)
    assert [p.index for p in points] == list(range(32))
    assert [p.place for p in points] == [*range(16), *range(16)]
    assert {p.seed for p in points} == {0}
    assert all(0.1 <= p.changes["stance.shock"] <= 0.2 for p in points)


@pytest.mark.parametrize("method", ["sobol", "latin_hypercube"])
def test_a_sample_fills_its_ranges_and_is_the_same_again(method):
    sample = Sample(n=64, method=method, seed=3, ranges={"stance.shock": (0.1, 0.2), "russia.review_weeks": (2, 20)})
    rows = pd.DataFrame(sample.rows())
    assert rows.equals(pd.DataFrame(sample.rows()))
    assert not rows.equals(pd.DataFrame(sample.with_(seed=4).rows()))
    eighths = np.histogram(rows["stance.shock"], bins=8, range=(0.1, 0.2))[0]
    assert (eighths == 8).all()
    assert all(type(value) is int for value in rows["russia.review_weeks"].tolist())


def test_keys_alone_are_sampled_over_their_plausible_ranges():
    rows = Sample(n=128, ranges=["guarantees.substitution"]).rows()
    values = [row["guarantees.substitution"] for row in rows]
    assert min(values) < -0.95
    assert max(values) > 0.95


def test_a_table_such_as_a_sample_of_salib_s_fits():
    frame = pd.DataFrame({"stance.peer_rate": np.linspace(0.1, 0.9, 5), "russia.effort": np.arange(5.0)})
    design = Design.from_frame(frame, runs=10)
    assert [p.changes["stance.peer_rate"] for p in design.points()] == frame["stance.peer_rate"].tolist()


def test_every_run_of_every_point_is_in_one_task():
    for runs, values in ((10, 3), (3000, 1), (20_000, 20), (100_000, 1)):
        grid = {"stance.peer_rate": tuple(np.linspace(0.1, 0.9, values).tolist())}
        for record in ("outcomes", "stance"):
            design = Design(scenarios=("baseline", "finland_2022"), runs=runs, grid=grid, record=record)
            planned = plan(design, design.points())
            covered = sum(task.runs * len(task.points) for task in planned)
            starts = {(point, task.first_run) for task in planned for point in task.points}
            assert covered == runs * design.n_points
            assert len(starts) == sum(len(task.points) for task in planned)
            assert len({task.name for task in planned}) == len(planned)
            assert max(task.runs * len(task.points) for task in planned) <= 8192


def test_a_design_is_read_from_a_file_with_scenarios_beside_it(tmp_path):
    (tmp_path / "mine.toml").write_text('base = "no_pressure"\n[stance]\npeer_rate = 0.3\n')
    text = 'scenarios = ["baseline", "mine.toml"]\nruns = 3\nchanges.horizon = "2026-06-01"\n'
    (tmp_path / "design.toml").write_text(text + "[grid]\nstance.shock = [0.1, 0.2]\n")
    design = Design.read(tmp_path / "design.toml")
    assert list(design.scenarios_in_full()) == ["baseline", "mine"]
    assert design.scenarios_in_full()["mine"].stance.peer_rate == 0.3
    assert design.scenarios_in_full()["mine"].horizon.isoformat() == "2026-06-01"
    assert design.grid == {"stance.shock": (0.1, 0.2)}


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("runs = 0", ["runs = 0", "greater than or equal to 1"]),
        ("run = 5", ["run = 5", "did you mean 'runs'"]),
        ("[grid]\nstance.peer_rat = [1]", ["grid.stance.peer_rat", "did you mean 'stance.peer_rate'"]),
        ("[grid]\nstance.peer_rate = [99.0]", ["grid.stance.peer_rate = 99.0", "less than or equal to 20"]),
        ("[grid]\nstance.peer_rate = []", ["grid.stance.peer_rate", "at least 1"]),
        ('scenarios = ["basline"]', ["basline", "did you mean 'baseline'"]),
        ('scenarios = ["baseline", "baseline"]', ["same name"]),
        ('[sample]\nn = 3\nranges = ["candidate.name"]', ["candidate.name", "no plausible range"]),
        ("[sample]\nranges = {}", ["sample.n", "missing"]),
        ('[sample]\nn = 3\nmethod = "x"\nranges = {}', ["sample.method = 'x'", "sobol"]),
        ("[sample]\nn = 3\n[sample.ranges]\nstance.shock = [0.3, 0.1]", ["stance.shock", "a higher value"]),
        ('record = ["stanc"]', ["'stanc'", "stance"]),
        ("[grid]\nstance.shock = [0.1]\n[sample]\nn = 2\nranges = {stance.shock = [0.1, 0.2]}", ["more than one"]),
        ('record = "stance"\n[grid]\nhorizon = ["2026-06-01", "2026-12-07"]', ["horizon", "only outcomes"]),
        ("x = [", ["malformed TOML"]),
    ],
)
def test_a_bad_design_is_refused_with_one_message_and_nothing_written(tmp_path, text, because):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    done = CliRunner().invoke(app, ["batch", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"article10: {path}")
    for words in because:
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


# --- resume ---------------------------------------------------------------------------------------------------------

DESIGN = Design(runs=2500, seed=7, record="stance", changes=SHORT, grid={"stance.peer_rate": (0.2, 0.8)})


@pytest.fixture(scope="module")
def whole(tmp_path_factory, digest):
    folder = tmp_path_factory.mktemp("whole") / "b"
    run_batch(DESIGN, folder, **QUIET)
    return folder, digest(folder)


class Stop(BaseException):
    """Stands for Ctrl-C."""


def test_a_batch_stopped_after_any_task_goes_on_to_the_same_bytes(tmp_path, whole, digest):
    for after in range(1, len(plan(DESIGN, DESIGN.points()))):
        told = []

        def stop(done, total, told=told, after=after):
            told.append(done)
            if len(told) == after + 1:
                raise Stop

        with pytest.raises(Stop):
            run_batch(DESIGN, tmp_path / str(after), workers=1, progress=stop)
        partial = open_batch(tmp_path / str(after))
        assert not partial.is_complete
        assert len(partial.outcomes) == told[-1] > 0
        run_batch(DESIGN, tmp_path / str(after), **QUIET)
        assert digest(tmp_path / str(after)) == whole[1]


def test_the_same_call_again_does_nothing_again(whole, monkeypatch):
    monkeypatch.setattr(
        "article10.runs.batches.batch.perform", lambda work: pytest.fail("a committed task was done again")
    )
    assert run_batch(DESIGN, whole[0], **QUIET).is_complete


@pytest.mark.parametrize("kind", ["outcomes", "trajectories", "commits"])
@pytest.mark.parametrize("harm", ["a flipped byte", "cut short", "gone"])
def test_a_corrupt_file_is_found_and_made_again(tmp_path, kind, harm, digest):
    folder = tmp_path / "b"
    design = Design(runs=2100, seed=7, record="stance", changes={"horizon": "2026-03-02"})
    run_batch(design, folder, **QUIET)
    before = digest(folder)
    files = [folder / name for name in before if name.startswith(f"{kind}/") and "/c/" in name + "/c/"]
    victim = next(f for f in files if "stance/c/0/1" in f.as_posix() or kind != "trajectories")
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "gone":
        victim.unlink()
    else:
        victim.write_bytes(content if harm == "a flipped byte" else content[: len(content) // 3])
    done = []
    run_batch(design, folder, workers=1, progress=lambda now, total: done.append(now))
    assert digest(folder) == before
    assert 0 < done[-1] - done[0] < 2100 or kind == "commits"


def test_what_a_killed_process_left_behind_is_removed(tmp_path):
    folder = tmp_path / "b"
    design = Design(runs=20, seed=7, record="stance", changes={"horizon": "2026-03-02"})
    run_batch(design, folder, **QUIET)
    (folder / "trajectories" / "baseline.zarr" / "stance" / "c" / "0" / "0" / "0" / "0.63e9.partial").write_bytes(b"x")
    (folder / "outcomes" / ".unfinished-1-x.parquet").write_bytes(b"x")
    (folder / "trajectories" / ".unfinished-1-other.zarr").mkdir()
    run_batch(design, folder, **QUIET)
    assert not [path for path in folder.rglob("*") if "partial" in path.name or "unfinished" in path.name]


def test_what_a_worker_lost_on_the_way_left_behind_is_removed_at_the_end(tmp_path):
    folder = tmp_path / "b"
    design = Design(runs=20, seed=7, record="stance", changes={"horizon": "2026-03-02"})
    left = folder / "trajectories" / "baseline.zarr" / "0.47d0.partial"
    run_batch(design, folder, workers=1, progress=lambda done, total: left.write_bytes(b""))
    assert not left.exists()


def test_a_changed_design_is_refused_with_what_differs(whole):
    with pytest.raises(BatchError, match=r"design\.runs: there 2500, now 1300"):
        run_batch(DESIGN.with_(runs=1300), whole[0], **QUIET)
    other = article10.read_scenario("baseline", {"stance.shock": 0.19})
    with pytest.raises(BatchError, match=r"scenarios\.baseline\.stance\.shock: there 0\.\d+, now 0\.19"):
        run_batch(DESIGN.with_(scenarios=(other,)), whole[0], **QUIET)


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(BatchError, match="holds no batch"):
        run_batch(DESIGN, tmp_path, **QUIET)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


HOLD = "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire(); print(1, flush=True); input()"


def test_a_second_writer_is_refused(tmp_path):
    folder = tmp_path / "b"
    folder.mkdir()
    command = [sys.executable, "-c", HOLD, str(folder / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "1\n"
        with pytest.raises(BatchError, match="another process is writing"):
            run_batch(DESIGN, folder, **QUIET)
        other.communicate("\n", timeout=60)
    assert list(folder.iterdir()) == [folder / ".lock"]


# --- failures -------------------------------------------------------------------------------------------------------


def test_a_point_that_fails_is_recorded_and_the_others_go_on(tmp_path):
    scenario = article10.read_scenario("holdout_turnover")
    grid = {"horizon": ("2026-03-02", "2026-12-07")}  # the election of April 2026 is after the first
    batch = run_batch(Design(scenarios=(scenario,), runs=50, seed=3, grid=grid), tmp_path / "b", **QUIET)
    assert batch.outcomes["point"].unique().tolist() == [1]
    assert batch.is_complete
    failure = batch.failures.iloc[0]
    assert failure["point"] == 0
    assert failure["parameters"] == {"horizon": "2026-03-02"}
    assert failure["seed"] == 3
    assert "at or after the horizon" in failure["error"]
    assert "Traceback" in failure["traceback"]
    done = CliRunner().invoke(app, ["batch", _as_file(tmp_path), "--out", str(tmp_path / "c"), "--workers", "1"])
    assert done.exit_code == 3
    assert "Failed points" in done.stdout


def _as_file(folder: Path) -> str:
    path = folder / "design.toml"
    path.write_text('scenarios = ["holdout_turnover"]\nruns = 20\n[grid]\nhorizon = ["2026-03-02", "2026-12-07"]\n')
    return str(path)


def test_failed_points_alone_are_done_again_when_asked(tmp_path, monkeypatch, digest):
    design = Design(runs=1500, seed=7, changes=SHORT, grid={"stance.peer_rate": (0.2, 0.4, 0.8)})
    run_batch(design, tmp_path / "whole", **QUIET)
    real = stepping.step_chunk
    calls = fail_at(monkeypatch, (0.4,))
    batch = run_batch(design, tmp_path / "b", **QUIET)
    assert set(batch.failures["error"]) == {"FloatingPointError: no luck"}
    assert batch.failures["runs"].sum() == 1500
    assert batch.summary["runs"].tolist() == [1500, 0, 1500]
    calls.clear()
    run_batch(design, tmp_path / "b", **QUIET)
    assert calls == []
    monkeypatch.setattr(stepping, "step_chunk", real)
    done = []
    run_batch(design, tmp_path / "b", workers=1, retry_failed=True, progress=lambda *now: done.append(now))
    assert [done[0], done[-1]] == [(3000, 4500), (4500, 4500)]
    assert digest(tmp_path / "b") == digest(tmp_path / "whole")


def test_too_little_memory_stops_the_batch_rather_than_fail_the_point(tmp_path, monkeypatch):
    def full(*_):
        raise MemoryError

    monkeypatch.setattr(stepping, "step_chunk", full)
    with pytest.raises(MemoryError):
        run_batch(DESIGN, tmp_path / "b", **QUIET)
    assert open_batch(tmp_path / "b").failures.empty


# --- command --------------------------------------------------------------------------------------------------------


def test_the_command_shows_points_and_is_quiet_off_a_terminal(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text('runs = 20\nchanges.horizon = "2026-12-07"\n[grid]\nstance.peer_rate = [0.2, 0.8]\n')
    done = CliRunner().invoke(app, ["batch", str(path), "--out", str(tmp_path / "o"), "--workers", "1"])
    assert done.exit_code == 0
    assert done.stderr == ""
    assert "2 points of 20 runs" in done.stdout
    assert json.loads((tmp_path / "o" / "design.json").read_text())["provenance"]["article10_version"]


BAR = """import article10
design = article10.Design(runs=2000, changes={"horizon": "2026-01-12"})
article10.run_batch(design, "batch", workers=1)"""


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the libraries that run notebooks
def test_a_notebook_shows_the_bar(tmp_path):
    import nbclient
    import nbformat

    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(BAR)])
    nbclient.NotebookClient(page, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert "/2,000 runs" in str(page.metadata["widgets"])  # where Jupyter keeps what an output that moves shows
    assert not [output for output in page.cells[0].outputs if output.get("name") == "stderr"]


def test_a_missing_extra_is_named(monkeypatch, tmp_path):
    import builtins

    real = builtins.__import__

    def without(name, *words, **options):
        if name.split(".")[0] == "filelock":
            raise ImportError("No module named 'filelock'", name="filelock")
        return real(name, *words, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    (tmp_path / "d.toml").write_text("runs = 2")
    done = CliRunner().invoke(app, ["batch", str(tmp_path / "d.toml"), "--out", str(tmp_path / "o")])
    assert done.exit_code == 2
    assert 'pip install -e ".[analysis]"' in done.stderr


def test_scenario_errors_in_a_design_value_are_errors():
    with pytest.raises(ValueError, match="no such scenario"):
        Design(scenarios=("nowhere",))
