"""Kept runs: whose they are, what damages them, and what happens where nothing can be kept."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from article10 import KeptRunsWarning, compare_rules, discover, kept_runs, read_scenario, register_mechanism, screen
from article10.model.mechanisms import MECHANISMS
from article10.runs.analyses.paired import paired_runs
from article10.runs.batches import kept_runs as module
from article10.runs.batches.design import Design
from article10.runs.batches.kept_runs import KeptRuns
from article10.runs.commands import kept_work
from article10.runs.commands.kept_work import Work
from article10.runs.output.cache_folder import cache_folder

too_few_runs = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

SHORT = {"edition": "2025-12", "horizon": "2026-03-02"}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(module, "TOGETHER", 8)


def outcomes(runs=20, seed=1, by_year=("stance",), **changes) -> pd.DataFrame:
    variants = {name: read_scenario(name, SHORT | changes) for name in ("baseline", "no_pressure")}
    found = paired_runs(variants, runs, seed, by_year=by_year)
    frames = {name: result.outcomes_by_member for name, result in found.items()}
    for name, result in found.items():
        if "stance_by_year" in result.data:
            frames[name]["year_end"] = result.data["stance_by_year"].sum(["year", "member"]).to_numpy()
    return pd.concat(frames)


def test_outside_of_a_block_nothing_is_kept(tmp_path):
    with kept_runs(tmp_path / "work") as kept:
        pass
    outcomes()
    assert (kept.found, kept.simulated) == (0, 0)
    assert not (tmp_path / "work").exists()


def test_kept_runs_are_not_simulated_again_and_are_the_same_bit_for_bit(tmp_path, monkeypatch):
    plain = outcomes()
    with kept_runs(tmp_path) as first:
        kept = outcomes()
    monkeypatch.setattr("article10.runs.ensemble.stepping.step_chunk", lambda *_: pytest.fail("simulated again"))
    with kept_runs(tmp_path) as second:
        restored = outcomes()
    pd.testing.assert_frame_equal(kept, plain, check_exact=True)
    pd.testing.assert_frame_equal(restored, plain, check_exact=True)
    assert (first.simulated, first.found, second.simulated, second.found) == (40, 0, 0, 40)


@too_few_runs
def test_features_of_runs_are_restored(tmp_path):
    asked = {"runs": 24, "changes": {"edition": "2025-12", "horizon": "2027-03-01"}}
    with kept_runs(tmp_path) as kept:
        one, other = discover(**asked), discover(**asked)
        assert kept.found == kept.simulated == 24
        discover(**asked, until="2026-06-01")
        assert kept.found == 24
    pd.testing.assert_frame_equal(one.features, other.features, check_exact=True)
    assert len(one.features.columns) > 10


@pytest.mark.parametrize(
    "other", [{"seed": 2}, {"runs": 21}, {"by_year": ("stance", "threat")}, {"stance.peer_rate": 0.7}]
)
def test_runs_that_differ_in_anything_are_simulated(tmp_path, other):
    with kept_runs(tmp_path) as kept:
        outcomes()
    with kept_runs(tmp_path) as kept:
        outcomes(**other)
    assert kept.found == (32 if "runs" in other else 0)  # the first 16 of each variant are the same


def test_runs_of_other_code_are_simulated(tmp_path, monkeypatch):
    with kept_runs(tmp_path):
        outcomes()
    monkeypatch.setattr(module, "fingerprint", lambda *_: {"code": "edited"})
    with kept_runs(tmp_path) as kept:
        outcomes()
    assert kept.found == 0


def test_runs_with_functions_of_the_users_own_are_not_kept(tmp_path):
    @register_mechanism
    def drift_of_the_test(world):
        return world.members.stance * 0

    try:
        with kept_runs(tmp_path) as kept:
            outcomes()
        assert (kept.found, kept.simulated) == (0, 40)
        assert not list(tmp_path.iterdir())
    finally:
        MECHANISMS.remove("drift_of_the_test")


@pytest.mark.parametrize("harm", ["flip", "cut", "empty"])
def test_a_damaged_file_is_named_and_its_runs_are_simulated_again(tmp_path, harm):
    with kept_runs(tmp_path):
        plain = outcomes()
    file = min(tmp_path.glob("*.runs"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes({"flip": bytes(content), "cut": content[:-9], "empty": b""}[harm])
    with pytest.warns(KeptRunsWarning, match=f"{file.name}: damaged"), kept_runs(tmp_path) as kept:
        mended = outcomes()
    pd.testing.assert_frame_equal(mended, plain, check_exact=True)
    assert 0 < kept.simulated <= 8
    with kept_runs(tmp_path) as kept:
        outcomes()
    assert kept.simulated == 0


def test_where_nothing_can_be_written_the_analysis_continues_and_says_so_once(tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "work"
    with pytest.warns(KeptRunsWarning, match="runs cannot be kept here") as warned, kept_runs(folder):
        pd.testing.assert_frame_equal(outcomes(), outcomes(), check_exact=True)
    assert len(warned) == 1


def test_a_full_disk_leaves_no_half_file_and_the_analysis_continues(tmp_path, monkeypatch):
    def full(path, content):
        os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 3)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.warns(KeptRunsWarning, match="No space left on device"), kept_runs(tmp_path):
        outcomes()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_another_process_removes_is_made_again(tmp_path):
    with kept_runs(tmp_path / "work") as kept:
        outcomes()
        for file in kept.folder.iterdir():
            file.unlink()
        kept.folder.rmdir()
        outcomes()
    assert kept.found == 0
    assert len(list(kept.folder.iterdir())) == 6


@too_few_runs
def test_progress_counts_kept_runs_as_done(tmp_path):
    seen = []
    with kept_runs(tmp_path):
        compare_rules(runs=10, changes=SHORT)
        compare_rules(runs=10, changes=SHORT, progress=lambda *counts: seen.append(counts))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


# --- batches of screenings --------------------------------------------------------------------------------------------

SCREEN = {
    "runs": 8,
    "parameters": ["stance.peer_rate"],
    "trajectories": 2,
    "workers": 1,
    "progress": False,
    "changes": SHORT,
}


@too_few_runs
def test_the_batch_of_a_screening_is_kept_unless_another_process_is_at_work_on_it(tmp_path, monkeypatch):
    with kept_runs(tmp_path):
        one = screen("no_pressure", **SCREEN)
        (folder,) = tmp_path.iterdir()
        with FileLock(folder / ".lock"):
            screen("no_pressure", **SCREEN)
        monkeypatch.setattr("article10.runs.batches.task.step_stacks", lambda *_, **__: pytest.fail("simulated again"))
        other = screen("no_pressure", **SCREEN)
    pd.testing.assert_frame_equal(one.effects, other.effects, check_exact=True)


def test_a_batch_has_no_folder_where_none_can_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = []
    assert KeptRuns(tmp_path / "file", said.append).batch_folder(Design(runs=2)) is None
    assert len(said) == 1
    assert "runs cannot be kept here" in said[0]


# --- where the command line keeps them --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="caches are elsewhere")
def test_the_cache_is_where_the_user_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "article10"
    monkeypatch.setenv("HOME", "/home/someone")
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert cache_folder() == Path("/home/someone/.cache/article10")


def test_each_command_has_a_folder_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    scenario = read_scenario("baseline")
    asked = [("rules", {"runs": 5}), ("rules", {"runs": 6}), ("influence", {"runs": 5})]
    folders = [Work(label, scenario, options).folder for label, options in asked]
    folders.append(Work("rules", read_scenario("baseline", SHORT), {"runs": 5}).folder)
    assert len(set(folders)) == 4
    assert Work("rules", scenario, {"runs": 5}).folder == folders[0]
    assert Work("rules", scenario, {"runs": 5}, tmp_path / "out").folder.parent == tmp_path / "out"


def test_work_that_nobody_resumes_is_removed_after_a_month(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    old, recent = (tmp_path / "article10" / "unfinished" / name for name in ("rules-0", "rules-1"))
    for folder in (old, recent):
        folder.mkdir(parents=True)
    ago = time.time() - (kept_work.DAYS_KEPT + 1) * 24 * 3600
    os.utime(old, (ago, ago))
    with Work("rules", read_scenario("baseline"), {}).kept():
        pass
    assert (old.exists(), recent.exists()) == (False, True)


@too_few_runs
def test_a_user_without_a_home_folder_is_told_and_served(monkeypatch, capsys):
    monkeypatch.setattr(kept_work, "cache_folder", lambda: (_ for _ in ()).throw(RuntimeError()))
    with Work("rules", read_scenario("baseline"), {}).kept():
        compare_rules(runs=2, changes=SHORT)
    assert "no folder for caches" in capsys.readouterr().err
