"""Damage to every kind of file that is read again: it is refused by the name of the file, or changes nothing.

A few flipped bits of each kind by default; 200 of each, which takes some minutes, by::

    FUZZ_FLIPS=200 pytest tests/test_bit_flips.py
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import article10
from article10 import BatchError, Design, ResultError, ScenarioError, open_batch, run_batch
from article10.runs.analyses.tuning.target_evaluation import ASKED, EVALUATED, Evaluator
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.batches.ranges import Space

FLIPS = int(os.environ.get("FUZZ_FLIPS", "3"))
"""Bits flipped in each kind of file, one at a time."""

SHORT = {"horizon": "2026-03-02"}
QUIET = {"workers": 1, "progress": False}
RATES = {"stance.peer_rate": (0.2, 0.4)}
DESIGNS = {
    "stance": Design(runs=5, seed=7, record="stance", changes=SHORT, grid=RATES),
    "summary": Design(runs=5, seed=7, record="summary", changes=SHORT, grid=RATES),
    # An election of April 2026 is after the first horizon, so that this point fails.
    "failed": Design(scenarios=("holdout_turnover",), runs=5, grid={"horizon": ("2026-03-02", "2026-05-04")}),
}

KINDS = {
    "design": ("stance", "design.json"),
    "points": ("stance", "points.parquet"),
    "prepared": ("stance", "prepared.json"),
    "commit": ("stance", "commits/*.json"),
    "outcomes": ("stance", "outcomes/*.parquet"),
    "histogram": ("summary", "histograms/*.npz"),
    "failures": ("failed", "failures/*.json"),
    "group": ("stance", "trajectories/baseline.zarr/zarr.json"),
    "array": ("stance", "trajectories/baseline.zarr/stance/zarr.json"),
    "label": ("stance", "trajectories/baseline.zarr/member/c/0"),
    "chunk of stances": ("stance", "trajectories/baseline.zarr/stance/c/1/0/0/0"),
    "chunk of outcomes": ("stance", "trajectories/baseline.zarr/accession_step/c/0/0"),
}
"""Every kind of file of a batch: which batch has it, and where."""


@dataclass(frozen=True)
class Harmed:
    """A batch one file of which is to be harmed."""

    folder: Path
    design: Design
    file: Path

    def read(self) -> list[object]:
        """All that the batch hands out."""
        batch = open_batch(self.folder)
        read = [batch.description, batch.points, batch.is_complete, batch.outcomes, batch.summary, batch.failures]
        if batch.record != "outcomes":
            read.append(batch.data.load())
        if batch.record == "stance":
            read.append(batch.point(1).data.load())
        return read


@pytest.fixture(scope="module")
def batches(tmp_path_factory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp("batches") / name for name in DESIGNS}
    for name, folder in folders.items():
        run_batch(DESIGNS[name], folder, **QUIET)
    return folders


@pytest.fixture(params=KINDS)
def harmed(request, batches, tmp_path) -> Harmed:
    name, where = KINDS[request.param]
    folder = shutil.copytree(batches[name], tmp_path / name)
    return Harmed(folder, DESIGNS[name], next(folder.glob(where)))


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> tuple[article10.EnsembleResult, bytes]:
    result = article10.simulate("baseline", 3, 7, changes=SHORT)
    return result, result.save(tmp_path_factory.mktemp("results") / "r.nc").read_bytes()


def flipped(content: bytes, n: int) -> Iterator[bytes]:
    """The content with one bit flipped, at n places."""
    for place in np.random.default_rng(n).integers(8 * len(content), size=n):
        other = bytearray(content)
        other[place // 8] ^= 1 << place % 8
        yield bytes(other)


def equal(one: object, other: object) -> bool:
    """Whether two things that a batch hands out are the same, labels and attributes included."""
    for how in ("identical", "equals"):
        if hasattr(one, how):
            return bool(getattr(one, how)(other))
    return one == other


@contextmanager
def refusal_or_equal_values() -> Iterator[list[str]]:
    """Collects the message of a refusal; anything else that is raised fails the test."""
    said: list[str] = []
    try:
        yield said
    except (BatchError, ResultError, ScenarioError) as error:
        said.append(str(error))


# --- results --------------------------------------------------------------------------------------------------------


def test_a_flipped_bit_in_a_result_is_refused_or_changes_nothing(saved, tmp_path):
    result, content = saved
    path, refused = tmp_path / "r.nc", 0
    for other in flipped(content, 5 * FLIPS):
        path.write_bytes(other)
        with refusal_or_equal_values() as said:
            assert article10.load(path).data.identical(result.data)
        assert all(str(path) in text and "simulate it again" in text and "\n" not in text for text in said)
        refused += len(said)
    assert refused > FLIPS


@pytest.mark.parametrize("n", [0, 100, 5000])
def test_a_result_that_is_cut_short_is_refused(saved, tmp_path, n):
    path = tmp_path / "r.nc"
    path.write_bytes(saved[1][: len(saved[1]) - n] if n else b"")
    with pytest.raises(ResultError, match="simulate it again"):
        article10.load(path)


# --- batches --------------------------------------------------------------------------------------------------------


def test_a_flipped_bit_in_a_batch_is_refused_or_changes_nothing(harmed):
    before, content = harmed.read(), harmed.file.read_bytes()
    for other in flipped(content, FLIPS):
        harmed.file.write_bytes(other)
        with refusal_or_equal_values() as said:
            assert all(map(equal, harmed.read(), before))
        assert all(str(harmed.file) in text and "\n" not in text for text in said)


@pytest.mark.parametrize("harm", ["flipped", "cut short", "empty", "gone"])
def test_a_harmed_file_is_named_with_the_command_that_brings_back_the_same_batch(harmed, harm, digest):
    before, content, sums = harmed.read(), harmed.file.read_bytes(), digest(harmed.folder)
    harmed.file.unlink()
    if harm != "gone":
        shorter = {"flipped": next(flipped(content, 1)), "cut short": content[: len(content) // 2], "empty": b""}
        harmed.file.write_bytes(shorter[harm])
    if harmed.file.name == "design.json":
        with pytest.raises(BatchError, match=r"design\.json"):
            harmed.read()
        return  # nothing else holds the design
    if harmed.file.parent.name == "commits" and harm == "gone":  # as if the task had never been done
        assert not open_batch(harmed.folder).is_complete
    else:
        with pytest.raises(BatchError) as raised:
            harmed.read()
        assert str(harmed.file) in str(raised.value)
        assert f"article10 batch DESIGN.toml --out {harmed.folder}" in str(raised.value)
    run_batch(harmed.design, harmed.folder, **QUIET)
    assert digest(harmed.folder) == sums
    assert all(map(equal, harmed.read(), before))


def test_a_design_that_is_harmed_beside_what_it_says_is_brought_back(batches, tmp_path):
    folder = shutil.copytree(batches["stance"], tmp_path / "b")
    file = folder / "design.json"
    file.write_text(file.read_text().replace('"machine": "', '"machine": "x'))
    with pytest.raises(BatchError, match=r"article10 batch DESIGN\.toml"):
        open_batch(folder)
    assert run_batch(DESIGNS["stance"], folder, **QUIET).is_complete


@pytest.mark.parametrize("harm", ["gone", "cut short"])
def test_a_batch_without_a_file_of_outcomes_is_not_complete(batches, tmp_path, harm):
    folder = shutil.copytree(batches["stance"], tmp_path / "b")
    file = next(folder.glob("outcomes/*.parquet"))
    content = file.read_bytes()
    file.unlink()
    if harm == "cut short":
        file.write_bytes(content[:-10])
    batch = open_batch(folder)
    assert not batch.is_complete
    for read in (lambda: batch.outcomes, lambda: batch.summary, lambda: batch.sql("select 1 from outcomes")):
        with pytest.raises(BatchError, match="broken"):
            read()


def test_each_file_is_checked_once_and_only_when_it_is_read(batches, monkeypatch):
    from article10.runs.batches import manifest

    read: list[Path] = []
    for name in ("file_digest", "bytes_digest"):
        real = getattr(manifest, name)
        monkeypatch.setattr(manifest, name, lambda content, real=real: read.append(content) or real(content))
    batch = open_batch(batches["stance"])
    assert [path.name for path in read] == ["design.json", "points.parquet"]
    stance = batch.data["stance"]
    read.clear()
    for _ in range(2):
        assert stance[0].to_numpy().any()
        assert len(batch.sql("select * from outcomes")) == 10
        assert batch.is_complete
        assert len(read) == 2, "a chunk and a file of outcomes, once each"


def test_what_is_not_committed_is_not_read(batches, tmp_path):
    folder = shutil.copytree(batches["stance"], tmp_path / "b")
    group = folder / "trajectories" / "baseline.zarr"
    shutil.copytree(group / "stance", group / "alarm")
    assert "alarm" not in open_batch(folder).data
    shutil.rmtree(group / "stance")
    with pytest.raises(BatchError, match=r"stance.zarr\.json: broken"):
        _ = open_batch(folder).data


# --- tunings --------------------------------------------------------------------------------------------------------

TARGETS = Targets(stance=({"member": "HUN", "date": "2026-02-01", "value": 0.0, "tolerance": 0.1},))
SCENARIO = article10.read_scenario("baseline", SHORT)
POINTS = np.array([[0.2], [0.4], [0.6]])


def evaluator(out: Path) -> Evaluator:
    """Measures points of one parameter, and keeps them in a folder."""
    return Evaluator(SCENARIO, TARGETS, Space({"stance.peer_rate": (0.1, 1.0)}), 4, 7, out)


@pytest.mark.parametrize("name", [ASKED, EVALUATED])
def test_a_flipped_bit_in_what_a_tuning_keeps_is_refused_or_measured_again(tmp_path, name):
    before = evaluator(tmp_path / "t")(POINTS).values
    file = tmp_path / "t" / name
    for other in flipped(content := file.read_bytes(), 2 * FLIPS):
        file.write_bytes(other)
        with refusal_or_equal_values() as said:
            assert np.array_equal(evaluator(tmp_path / "t")(POINTS).values, before)
        assert all(name == ASKED and "give another folder" in text for text in said)
        file.write_bytes(content)
