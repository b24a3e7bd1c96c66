"""Places that results are written to: nothing of the user's is replaced or removed, and no finished work is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import article10
from article10 import Design, run_batch
from article10.runs.analyses.tuning.target_evaluation import ASKED, EVALUATED, Evaluator
from article10.runs.batches.ranges import Space
from article10.runs.ensemble.netcdf import save_dataset
from article10.runs.output.files import moved_into_place, remove_abandoned, unfinished
from article10.runs.output.folder import PAGE_HEAD, OutputError, new_file, output_folder, output_page

PRECIOUS = "precious"


def appear(kind: str, path: Path) -> None:
    """Something of the user's at a path."""
    elsewhere = path.with_name("elsewhere")
    if kind == "folder":
        path.mkdir()
        (path / "thesis.txt").write_text(PRECIOUS)
    elif kind == "file":
        path.write_text(PRECIOUS)
    elif kind == "link":
        elsewhere.mkdir()
        (elsewhere / "thesis.txt").write_text(PRECIOUS)
        path.symlink_to(elsewhere)
    else:
        path.symlink_to(path.with_name("nowhere"))


def is_there(kind: str, path: Path) -> bool:
    if kind in ("folder", "link"):
        return path.is_symlink() == (kind == "link") and (path / "thesis.txt").read_text() == PRECIOUS
    return path.read_text() == PRECIOUS if kind == "file" else path.is_symlink() and not path.exists()


def write_folder(path: Path, force: bool = False, meanwhile=lambda: None, text: str = "new") -> None:
    with output_folder(path, force) as made:
        (made / "figures").mkdir()
        (made / "figures" / "a.png").write_text(text)
        meanwhile()


def write_page(path: Path, force: bool = False, meanwhile=lambda: None, text: str = "new") -> None:
    with output_page(path, force) as made:
        made.write_text(f"{PAGE_HEAD}{text}")
        meanwhile()


def write_file(path: Path, force: bool = False, meanwhile=lambda: None, text: str = "new") -> None:
    with new_file(path) as made:
        made.write_text(text)
        meanwhile()


def told(path: Path) -> str:
    return (path / "figures" / "a.png" if path.is_dir() else path).read_text().removeprefix(PAGE_HEAD)


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*") if path.name != ".article10"]


WRITERS = pytest.mark.parametrize("write", [write_folder, write_page, write_file])
KINDS = pytest.mark.parametrize("kind", ["folder", "file", "link", "link to nowhere"])


@pytest.fixture
def dead() -> int:
    """A process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


# --- what appears while the work is done ----------------------------------------------------------------------------


@WRITERS
@KINDS
@pytest.mark.parametrize("force", [False, True])
def test_what_appears_meanwhile_stays_and_the_results_go_beside_it(tmp_path, write, kind, force):
    path = tmp_path / "out.x"
    (tmp_path / "out-2.x").write_text(PRECIOUS)
    with pytest.raises(OutputError, match=r"appeared there meanwhile.*out-3\.x"):
        write(path, force, lambda: appear(kind, path))
    assert is_there(kind, path)
    assert (tmp_path / "out-2.x").read_text() == PRECIOUS
    assert told(tmp_path / "out-3.x") == "new"
    assert hidden(tmp_path) == []


@KINDS
@pytest.mark.parametrize("write", [write_folder, write_page])
def test_force_replaces_only_what_is_still_ours_at_the_end(tmp_path, write, kind):
    path = tmp_path / "out"

    def exchange() -> None:
        path.rename(tmp_path / "moved away")
        appear(kind, path)

    write(path, text="old")
    with pytest.raises(OutputError, match="out-2"):
        write(path, True, exchange)
    assert is_there(kind, path)
    assert told(tmp_path / "out-2") == "new"
    assert told(tmp_path / "moved away") == "old"
    assert hidden(tmp_path) == []


def test_force_leaves_a_folder_in_which_a_file_of_the_user_s_has_appeared(tmp_path):
    path = tmp_path / "out"
    write_folder(path, text="old")
    with pytest.raises(OutputError, match="out-2"):
        write_folder(path, True, lambda: (path / "notes.txt").write_text(PRECIOUS))
    assert ((path / "notes.txt").read_text(), told(path), told(tmp_path / "out-2")) == (
        PRECIOUS,
        "old",
        "new",
    )


@WRITERS
def test_what_disappears_meanwhile_is_no_hindrance(tmp_path, write):
    path = tmp_path / "out"
    write(path, text="old")
    write(path, True, lambda: path.rename(tmp_path / "moved away"))
    assert (told(path), told(tmp_path / "moved away"), hidden(tmp_path)) == ("new", "old", [])


def test_a_link_in_a_folder_of_results_is_the_user_s(tmp_path):
    (tmp_path / "data").mkdir()
    write_folder(tmp_path / "out")
    (tmp_path / "out" / "mine").symlink_to(tmp_path / "data")
    with pytest.raises(OutputError, match="article10 did not write, such as mine"):
        write_folder(tmp_path / "out", True)


# --- links ----------------------------------------------------------------------------------------------------------


def save_data(path: Path, force: bool = False, text: str = "new") -> None:
    save_dataset(xr.Dataset({text: ("x", np.zeros(2))}), path)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("write", [write_folder, write_page, write_file, save_data])
def test_a_link_stays_a_link_and_what_it_leads_to_is_written(tmp_path, write, there):
    (tmp_path / "disk").mkdir()
    target, link = tmp_path / "disk" / "target", tmp_path / "link"
    if there:
        write(target, text="old")
    link.symlink_to(target)
    write(link, there)
    assert link.is_symlink()
    assert not target.is_symlink()
    assert list(xr.load_dataset(target, engine="h5netcdf")) == ["new"] if write is save_data else told(target) == "new"
    assert hidden(tmp_path) == []


def test_force_refuses_a_link_to_a_folder_with_files_of_others(tmp_path):
    appear("link", tmp_path / "out")
    with pytest.raises(OutputError, match=r"elsewhere: holds files that article10 did not write"):
        write_folder(tmp_path / "out", True)
    assert is_there("link", tmp_path / "out")


@pytest.mark.parametrize("force", [False, True])
def test_a_link_to_itself_is_refused(tmp_path, force):
    (tmp_path / "out").symlink_to(tmp_path / "out")
    with pytest.raises(OutputError, match="leads back to itself"):
        write_folder(tmp_path / "out", force)


# --- stops and kills ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moves", [0, 1])
def test_ctrl_c_while_a_folder_is_replaced_leaves_the_old_one(tmp_path, monkeypatch, moves):
    path, made = tmp_path / "out", []
    write_folder(path, text="old")
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        made.append(target)
        if len(made) == moves + 1:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        write_folder(path, True)
    assert (told(path), hidden(tmp_path)) == ("old", [])


def test_what_a_killed_process_was_replacing_is_put_back_and_what_it_was_writing_goes(tmp_path, dead):
    path = tmp_path / "out"
    write_folder(path, text="old")
    path.rename(tmp_path / f".out.replaced-{dead}")
    (tmp_path / f".out.unfinished-{dead}").mkdir()
    (tmp_path / f".out.unfinished-{os.getpid()}0x").mkdir()  # the name of no process
    with pytest.raises(OutputError, match="exists already"):
        write_folder(path)
    assert told(path) == "old"
    write_folder(path, True)
    assert (told(path), hidden(tmp_path)) == ("new", [f".out.unfinished-{os.getpid()}0x"])


@pytest.mark.parametrize("write", [write_page, write_file, save_data])
def test_a_file_that_a_killed_process_left_goes_and_others_stay(tmp_path, dead, write):
    kept = [f".unfinished-{os.getpid()}-out", f".unfinished-{dead}-other", ".unfinished-thoughts-out", "out.partial"]
    for name in (*kept[1:], f".unfinished-{dead}-out"):
        (tmp_path / name).write_text(PRECIOUS)
    write(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept[1:], "out"])


def test_a_file_that_is_being_written_is_not_removed(tmp_path):
    with moved_into_place(tmp_path / "out") as beside:
        beside.write_text("new")
        remove_abandoned(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "new"


# --- folders that are resumed ---------------------------------------------------------------------------------------

OF_THE_USER = (
    "notes.partial",
    "trajectories/notes.abc.partial",
    "trajectories/baseline.zarr/notes.partial",
    ".unfinished-thoughts",
    "outcomes/.unfinished-x-y",
    "drafts/.unfinished-1-chapter.txt",
    ".unfinished-1-thesis.txt",
)


def test_resuming_a_batch_removes_what_was_left_and_nothing_of_the_user_s(tmp_path):
    design = Design(runs=4, record="stance", changes={"horizon": "2026-01-05"})
    run_batch(design, tmp_path / "b", workers=1, progress=False)
    left = (
        ".unfinished-1-design.json",
        "outcomes/.unfinished-1-x.parquet",
        f"trajectories/baseline.zarr/0.{'a' * 32}.partial",
    )
    for name in (*OF_THE_USER, *left):
        (tmp_path / "b" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "b" / name).write_text(PRECIOUS)
    run_batch(design, tmp_path / "b", workers=1, progress=False)
    assert [name for name in OF_THE_USER if not (tmp_path / "b" / name).exists()] == []
    assert [name for name in left if (tmp_path / "b" / name).exists()] == []


def test_a_batch_that_was_killed_before_it_described_itself_is_resumed(tmp_path):
    for name in ("outcomes", "commits"):
        (tmp_path / "b" / name).mkdir(parents=True)
    unfinished(tmp_path / "b" / "design.json").write_text("{")
    run_batch(Design(runs=4, changes={"horizon": "2026-01-05"}), tmp_path / "b", workers=1, progress=False)
    (tmp_path / "file").write_text(PRECIOUS)
    with pytest.raises(article10.BatchError, match="exists and holds no batch"):
        run_batch(Design(runs=4), tmp_path / "file", workers=1, progress=False)
    assert (tmp_path / "file").read_text() == PRECIOUS


def test_a_tuning_that_was_killed_before_it_described_itself_is_resumed(tmp_path, dead):
    (tmp_path / f".unfinished-{dead}-{ASKED}").write_text("{")
    targets = article10.Targets(ratification=({"n": 3, "days": 1.0, "tolerance": 1.0},))
    Evaluator(article10.read_scenario("baseline"), targets, Space({"stance.peer_rate": (0.2, 0.8)}), 2, 0, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [ASKED, EVALUATED]
