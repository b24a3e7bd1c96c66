"""Batches resumed: only failed points are retried, only the same code may resume, and broken files are found."""

from __future__ import annotations

import ast
import importlib.util
import json
import re

import numpy as np
import pytest
from failing_steps import fail_at

from article10 import BatchError, Design, open_batch, run_batch
from article10.runs.batches import batch as batches
from article10.runs.batches import plan as planning
from article10.runs.batches import task as tasks
from article10.runs.batches.fingerprint import MESSAGES, loaded_trees
from article10.runs.batches.fingerprint import digest as digest_of

QUIET = {"workers": 1, "progress": False}
SHORT = {"horizon": "2026-01-05"}


# --- failed points --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", ["outcomes", "summary", "stance"])
def test_a_retry_steps_failed_points_alone_and_ends_with_the_bytes_of_a_batch_that_never_failed(
    tmp_path, monkeypatch, digest, record
):
    rates = tuple(round(0.1 * k, 1) for k in range(1, 9))
    design = Design(runs=30, seed=7, record=record, changes=SHORT, grid={"stance.peer_rate": rates})
    assert {len(task.points) for task in planning.plan(design, design.points())} <= {7, 1, 8}
    run_batch(design, tmp_path / "whole", **QUIET)
    with monkeypatch.context() as luck:
        fail_at(luck, {0.3, 0.4, 0.8})
        batch = run_batch(design, tmp_path / "b", **QUIET)
        assert sorted(batch.failures["point"]) == [2, 3, 7]
        assert batch.is_complete
    with monkeypatch.context() as luck:
        stepped = fail_at(luck, {0.4})
        told = []
        run_batch(design, tmp_path / "b", workers=1, retry_failed=True, progress=lambda *now: told.append(now))
        assert set(stepped) == {0.3, 0.4, 0.8}
        assert [told[0], told[-1]] == [(5 * 30, 8 * 30), (8 * 30, 8 * 30)]
        assert open_batch(tmp_path / "b").failures["point"].tolist() == [3]
    stepped = fail_at(monkeypatch, set())
    batch = run_batch(design, tmp_path / "b", retry_failed=True, **QUIET)
    assert set(stepped) == {0.4}
    assert batch.failures.empty
    assert digest(tmp_path / "b") == digest(tmp_path / "whole")


def test_a_retry_killed_just_after_its_commit_leaves_nothing_when_gone_on_with(tmp_path, digest):
    design = Design(runs=20, seed=7, changes=SHORT)
    run_batch(design, tmp_path / "b", **QUIET)
    before = digest(tmp_path / "b")
    stale = tmp_path / "b" / "failures" / f"{next((tmp_path / 'b' / 'commits').glob('*.json')).stem}.json"
    stale.write_text("[]")
    assert open_batch(tmp_path / "b").failures.empty
    run_batch(design, tmp_path / "b", **QUIET)
    assert digest(tmp_path / "b") == before


@pytest.mark.parametrize("harm", ["gone", "broken"])
def test_a_harmed_file_of_failures_is_made_again(tmp_path, monkeypatch, digest, harm):
    fail_at(monkeypatch, {0.2})
    design = Design(runs=20, seed=7, changes=SHORT, grid={"stance.peer_rate": (0.2, 0.4)})
    run_batch(design, tmp_path / "b", **QUIET)
    before = digest(tmp_path / "b")
    path = next((tmp_path / "b" / "failures").glob("*.json"))
    path.unlink() if harm == "gone" else path.write_text("{")
    with pytest.raises(BatchError, match=f"{re.escape(str(path))}: broken"):
        _ = open_batch(tmp_path / "b").failures
    assert open_batch(tmp_path / "b").is_complete
    run_batch(design, tmp_path / "b", **QUIET)
    assert digest(tmp_path / "b") == before


# --- the fingerprint --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("article10_version", r"maker\.article10_version: there \"other\", now"),
        ("code", r"maker\.code: there \"other\", now"),
        ("numpy", r"maker\.numpy: there \"other\", now"),
    ],
)
def test_a_batch_begun_by_other_code_or_libraries_is_refused_with_what_differs(tmp_path, name, shown, digest):
    design = Design(runs=20, seed=7, changes=SHORT)
    run_batch(design, tmp_path / "b", **QUIET)
    path = tmp_path / "b" / "design.json"
    content = json.loads(path.read_text())
    content["maker"][name] = "other"
    content["provenance"]["git_commit"] = "before"
    path.write_text(json.dumps(content))
    (tmp_path / "b" / "prepared.json").unlink()  # as if the other had written it
    next((tmp_path / "b" / "commits").glob("*.json")).unlink()
    before = digest(tmp_path / "b")
    with pytest.raises(BatchError, match=shown + r"(.|\n)*git_commit: there \"before\", now"):
        run_batch(design, tmp_path / "b", **QUIET)
    assert digest(tmp_path / "b") == before


def test_commits_that_leave_the_code_as_it_was_do_not_stop_a_batch(tmp_path, monkeypatch):
    made = {"article10_version": "1", "git_commit": "abc", "libraries": "{}"}
    design = Design(runs=20, seed=7, changes=SHORT)
    monkeypatch.setattr(batches, "provenance", lambda: made)
    run_batch(design, tmp_path / "b", **QUIET)
    monkeypatch.setattr(batches, "provenance", lambda: {**made, "git_commit": "def"})
    assert run_batch(design, tmp_path / "b", **QUIET).description["provenance"] == made


STEP = """
'''Steps.'''
from article10.model.world import World
RATE: float = 0.25
def step(world: World) -> float:
    '''One step.'''
    if world is None:
        raise ValueError(f"{world}: no world to step")
    return RATE * world.stance
"""
OTHER = "LIMIT = 'NATO Aug-2025 release'"
TABLE = {"elections": [{"iso3": "HUN", "due": "2026-04", "source": "law", "name": "Hungary"}]}


def fingerprinted(*texts, table=TABLE):
    return digest_of(map(ast.parse, texts), table)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RATE: float", "# why\n\n\nRATE: float"),
        ("'''One step.'''", "'''Step once.'''"),
        ("    '''One step.'''\n", ""),
        ("world: World", "world"),
        ("no world to step", "expected a world"),
        ("article10.model.world", "article10.model.worlds.world"),
    ],
)
def test_what_changes_no_number_leaves_the_fingerprint_as_it_was(old, new):
    assert old in STEP
    assert fingerprinted(STEP.replace(old, new), OTHER) == fingerprinted(STEP, OTHER)


def test_a_definition_may_move_to_another_module():
    head, function = STEP.split("def step")
    moved = OTHER + "\ndef step" + function
    assert fingerprinted(moved, head) == fingerprinted(OTHER, STEP) == fingerprinted(STEP, OTHER)


@pytest.mark.parametrize(("old", "new"), [("0.25", "0.26"), ("RATE *", "RATE +"), ("Aug-2025", "Jun-2024")])
def test_what_changes_a_number_changes_the_fingerprint(old, new):
    assert old in STEP + OTHER
    assert fingerprinted(STEP.replace(old, new), OTHER.replace(old, new)) != fingerprinted(STEP, OTHER)


def test_a_value_of_a_data_table_counts_and_its_source_does_not():
    (row,) = TABLE["elections"]
    assert fingerprinted(STEP, table={"elections": [{**row, "source": "the law"}]}) == fingerprinted(STEP)
    assert fingerprinted(STEP, table={"elections": [{**row, "due": "2026-05"}]}) != fingerprinted(STEP)


def test_the_fingerprint_covers_what_steps_and_records_and_nothing_that_presents():
    covered = set(loaded_trees())
    model = {"agents.russia", "agents.members", "model.schedule", "model.roster_formulas", "model.tables"}
    assert {f"article10.{name}" for name in (*model, "runs.ensemble.recorder", "runs.batches.histogram")} < covered
    assert not [name for name in covered if re.search("figures|html|report|commands|summary|progress|stories", name)]
    assert all(importlib.util.find_spec(name) for name in MESSAGES)


def test_a_worker_of_other_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "fingerprint", lambda editions: {"numpy": "0"})
    with pytest.raises(BatchError, match="a worker would give other numbers"):
        run_batch(Design(runs=20, changes=SHORT), tmp_path / "b", **QUIET)
    assert not open_batch(tmp_path / "b").is_complete


def test_a_folder_of_a_form_before_is_named_as_such(tmp_path):
    run_batch(Design(runs=20, changes=SHORT), tmp_path / "b", **QUIET)
    path = tmp_path / "b" / "design.json"
    content = json.loads(path.read_text())
    del content["maker"]
    path.write_text(json.dumps(content))
    with pytest.raises(BatchError, match="its form is that of article10"):
        open_batch(tmp_path / "b")


# --- what is broken -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["points.parquet", "step/c/0", "member/c/0", "stance/zarr.json", "prepared.json"])
@pytest.mark.parametrize("harm", ["a flipped byte", "gone"])
def test_a_harmed_part_that_all_tasks_share_is_made_again_and_no_task_is(tmp_path, monkeypatch, digest, name, harm):
    folder = tmp_path / "b"
    design = Design(runs=20, seed=7, record="stance", changes=SHORT, grid={"stance.peer_rate": (0.2, 0.4)})
    steps = run_batch(design, folder, **QUIET).data["step"].to_numpy()
    before = digest(folder)
    group = folder / "trajectories" / "baseline.zarr"
    victim = folder / name if (folder / name).exists() else group / name
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.unlink() if harm == "gone" else victim.write_bytes(content)
    monkeypatch.setattr(batches, "perform", lambda work: pytest.fail("a committed task was done again"))
    batch = run_batch(design, folder, **QUIET)
    assert digest(folder) == before
    assert np.array_equal(batch.data["step"].to_numpy(), steps)
    assert batch.points["stance.peer_rate"].tolist() == [0.2, 0.4]
    assert np.isfinite(batch.data["stance"].to_numpy()).all()


@pytest.mark.parametrize("text", ['{"design": ', "[]", "{}", '"x"'])
def test_a_broken_description_is_refused_by_the_name_of_its_file(tmp_path, text):
    design = Design(runs=20, changes=SHORT)
    run_batch(design, tmp_path / "b", **QUIET)
    path = tmp_path / "b" / "design.json"
    path.write_text(text)
    for attempt in (lambda: run_batch(design, tmp_path / "b", **QUIET), lambda: open_batch(tmp_path / "b")):
        with pytest.raises(BatchError, match=f"{re.escape(str(path))}: broken"):
            attempt()


def test_a_design_that_differs_from_its_checksum_is_called_broken_and_not_another(tmp_path):
    design = Design(runs=20, changes=SHORT)
    run_batch(design, tmp_path / "b", **QUIET)
    path = tmp_path / "b" / "design.json"
    path.write_text(path.read_text().replace('"runs": 20', '"runs": 21'))
    with pytest.raises(BatchError, match="broken: differs from its checksum"):
        run_batch(design, tmp_path / "b", **QUIET)


# --- memory ---------------------------------------------------------------------------------------------------------


def test_the_summary_and_the_state_of_a_batch_load_no_rows(tmp_path, monkeypatch):
    from article10.runs.batches.result import BatchResult
    from article10.runs.batches.summary import rendered_batch

    changes = {"horizon": "2035-12-03", "accession.candidate_at_war": False}
    design = Design(runs=30, seed=7, changes=changes, grid={"stance.peer_rate": (0.2, 0.4)})
    batch = run_batch(design, tmp_path / "b", **QUIET)
    outcomes = batch.outcomes
    again = open_batch(tmp_path / "b")
    monkeypatch.setattr(BatchResult, "outcomes", property(lambda self: pytest.fail("all rows were loaded")))
    assert "2 points of 30 runs" in repr(again)
    assert rendered_batch(again)
    assert again.plot.accession("invitation")
    by_point = outcomes.groupby("point")
    assert again.summary["invitation"].tolist() == (by_point["invitation_date"].count() / 30).tolist()
    assert again.summary["shelved"].tolist() == by_point["ever_shelved"].mean().tolist()
    assert again.summary["runs"].tolist() == [30, 30]
    assert 0 < again.summary["invitation"][0] < 1


def test_a_point_of_a_summary_reads_its_own_files_alone(tmp_path, monkeypatch):
    design = Design(runs=20, record="summary", changes=SHORT, grid={"stance.peer_rate": (0.2, 0.4, 0.6, 0.8)})
    monkeypatch.setattr(planning, "TASK_BYTES", 1)  # a point a task
    batch = run_batch(design, tmp_path / "b", **QUIET)
    real, opened = np.load, []
    monkeypatch.setattr(np, "load", lambda path, **options: opened.append(path) or real(path, **options))
    assert batch.data["stance"].sizes["point"] == 4
    assert len(opened) == len(set(opened)) == 4


# --- workers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [0, -1, True, 1.5])
def test_a_number_of_workers_that_is_none_is_refused_and_nothing_written(tmp_path, workers):
    with pytest.raises(ValueError, match=rf"workers = {workers}: expected a whole number of at least 1"):
        run_batch(Design(runs=20), tmp_path / "b", workers=workers)
    assert not (tmp_path / "b").exists()


def test_a_cluster_that_is_no_address_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(BatchError, match=r"cluster = 'nonsense': expected 'local' or an address"):
        run_batch(Design(runs=20), tmp_path / "b", cluster="nonsense")
    assert not (tmp_path / "b").exists()


def test_too_little_memory_and_lost_workers_are_one_message(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from article10.runs.command_line import app

    (tmp_path / "d.toml").write_text('runs = 20\nchanges.horizon = "2026-01-05"\n')
    for error in (MemoryError("unable to allocate 3 GB"), BatchError("worker processes died")):

        def fail(work, error=error):
            raise error

        monkeypatch.setattr(batches, "perform", fail)
        words = ["batch", str(tmp_path / "d.toml"), "--out", str(tmp_path / "o"), "--workers", "1"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
        assert str(error) in done.stderr
