"""Batches: run a design task by task into a folder, in one process or many, and resume it after an interruption."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from pydantic_core import to_json

from article10.model.checked import checked
from article10.model.extras import require
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.batches.design import SUMMARY, Design, Point
from article10.runs.batches.design_size import OUTCOME_BYTES
from article10.runs.batches.error import BatchError
from article10.runs.batches.executors import Executor, executor
from article10.runs.batches.fingerprint import fingerprint
from article10.runs.batches.plan import plan, task_shape
from article10.runs.batches.result import BatchResult, open_batch
from article10.runs.batches.store import Store
from article10.runs.batches.task import TaskSpec, perform
from article10.runs.batches.trajectories import empty_trajectories
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.machine import in_bytes
from article10.runs.ensemble.provenance import provenance
from article10.runs.ensemble.recorder import Recorder, bytes_of_a_run
from article10.runs.output.files import moved_into_place, write_whole
from article10.runs.output.path import check_folder_name
from article10.runs.output.progress import Progress, Show, progress_to

BEST_PACKED = 8
"""Factor by which compression reduces the size of variables at most: some of them rarely change."""

MOST_DIFFERENCES = 12


@checked
def run_batch(
    design: Design | str | Path,
    out: str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    retry_failed: bool = False,
    progress: bool | Progress = True,
) -> BatchResult:
    """Run a design into a folder, or resume an interrupted one.

    The data in the folder at the end do not depend on interruptions or on the number of workers.

    Args:
        design: the design, or the path of its TOML file.
        out: the folder; created if it does not exist.
        workers: number of processes, by default one per core; 1 runs in this process.
        cluster: ``"local"``, ``"local:8787"`` for one with Dask's dashboard at that port, or the address of a Dask
            scheduler, in place of processes.
        retry_failed: whether to repeat the points that failed, and no others; otherwise they stay failed.
        progress: True shows a bar on a terminal and in a notebook, and elsewhere a line on standard error now and then;
            False shows nothing; a function is called at the start and after each task with the number of runs done,
            those found done included, and of all.

    Returns:
        The batch, opened.

    Raises:
        BatchError: another process writes to the folder; it contains another design, was begun by other code, or is not
            a batch; the runs would not fit on the disk; the cluster cannot be reached; or workers die repeatedly.
        ValueError: ``workers`` is not a number of processes, or ``out`` is the name of a file.
        OSError: the folder cannot be written to; committed runs are kept, and the same call resumes the batch.
    """
    require("analysis", "run_batch")
    from filelock import FileLock, Timeout

    design = design if isinstance(design, Design) else Design.read(design)
    check_folder_name(Path(out))
    store, chosen = Store(Path(out)), executor(workers, cluster)
    if store.is_foreign():
        raise BatchError(f"{out}: exists and holds no batch; give another folder")
    _check_room(store.folder, design)
    points = design.points()
    with chosen.ready():
        store.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(store.lock, timeout=0):
                _prepare(store, design, points)
                with progress_to(progress, "batch") as show:
                    _run(store, design, points, chosen, retry_failed, show)
        except Timeout:
            raise BatchError(f"{out}: another process is writing to this batch") from None
    return open_batch(out)


def _run(
    store: Store, design: Design, points: Sequence[Point], chosen: Executor, retry_failed: bool, show: Show
) -> None:
    scenarios = design.scenarios_in_full()
    planned = plan(design, points)
    total, found, failed = sum(task.runs * len(task.points) for task in planned), 0, 0
    pending = []
    for task in planned:
        commit = store.committed(task)
        failed_points = commit.failed_points if commit else ()
        if commit and not failed_points:
            store.failures(task.name).unlink(missing_ok=True)  # of a retry that was killed just after its commit
        redo = task.points if commit is None else failed_points if retry_failed else ()
        found += task.runs * (len(task.points) - len(redo))
        failed += task.runs * (0 if redo else len(failed_points))
        if redo:
            own = tuple(points[i] for i in redo)
            scenario = scenarios[own[0].scenario]
            what = scenario, design.variables, design.record == SUMMARY
            pending.append(TaskSpec(str(store.folder), task, own, *what, fingerprint([scenario.edition]), commit))
    done = found
    show(done, total, found=found, failed=failed)
    for report in chosen.run(perform, pending):
        done += report.runs
        failed += report.failed
        show(done, total, found=found, failed=failed)
    _remove_left_behind(store)  # of workers that were lost on the way


def _check_room(folder: Path, design: Design) -> None:
    """Refuse a design whose runs would not fit on the disk; if some runs may exist, only if it exceeds the whole disk.

    Raises:
        BatchError: the message says how much space the runs need, and how much there is.
    """
    above = next(path for path in (folder, *folder.parents) if path.exists())
    disk, n_runs = shutil.disk_usage(above), design.n_points * design.runs
    there = disk.total if folder.exists() else disk.free
    setups = [Setup.of(scenario) for scenario in design.scenarios_in_full().values()]
    packed = min(bytes_of_a_run(setup, design.variables) for setup in setups) // BEST_PACKED if design.variables else 0
    needed = n_runs * max(packed, OUTCOME_BYTES)
    if needed > there:
        raise BatchError(
            f"{folder}: {n_runs:,} runs would take at least {in_bytes(needed)} of the disk, which has {in_bytes(there)}"
        )


# --- the folder -----------------------------------------------------------------------------------------------------


def _template(design: Design, scenario: Scenario) -> xr.Dataset:
    setup = Setup.of(scenario)
    return dataset(setup, Recorder(setup, 1, design.variables), design.seed, 0)


def _prepare(store: Store, design: Design, points: Sequence[Point]) -> None:
    """Write what all tasks share: the design, the points, empty trajectories; rewrite what is missing or damaged.

    Raises:
        BatchError: the folder contains another design, or its design is damaged.
    """
    editions = [scenario.edition for scenario in design.scenarios_in_full().values()]
    content = {**design.described(), "maker": fingerprint(editions), "provenance": provenance()}
    differing = store.unprepared()
    broken = store.design.name in (differing or ())
    if store.design.exists():
        there = store.description()
        _check_same(store, there, content, broken)
        content["provenance"] = content["provenance"] if broken else there["provenance"]
    store.make_folders()
    _remove_left_behind(store)
    if differing == set():
        return
    write_whole(store.design, to_json(content, indent=1))
    rows = [{"point": p.index, "scenario": p.scenario, "seed": p.seed, **p.changes} for p in points]
    with moved_into_place(store.points) as beside:
        pd.DataFrame(rows).to_parquet(beside, index=False)
    files = [store.design, store.points]
    for name, scenario in design.scenarios_in_full().items() if design.variables else ():
        own = [point for point in points if point.scenario == name]
        _, block = task_shape(design, scenario, len(own))
        template = _template(design, scenario).assign_attrs(content["provenance"])
        files += empty_trajectories(store.trajectories(name), template, own, design.runs, block)
    store.commit_prepared(files)


def _remove_left_behind(store: Store) -> None:
    for path in list(store.left_behind()):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _check_same(store: Store, there: dict[str, Any], here: dict[str, Any], broken: bool) -> None:
    same = ("design", "scenarios", "maker")
    differences = list(_differences({key: there.get(key) for key in same}, {key: here[key] for key in same}))
    if differences and broken:
        raise BatchError(f"{store.design}: broken: differs from its checksum; restore it, or give another folder")
    if differences:
        # Not compared itself: one code may be in two commits, and many codes after one.
        was, now = (content["provenance"].get("git_commit") for content in (there, here))
        differences += _differences(was, now, "git_commit")
        shown = differences[:MOST_DIFFERENCES]
        more = [f"and {len(differences) - len(shown)} more"] if len(differences) > len(shown) else []
        listed = "\n".join(f"  {line}" for line in [*shown, *more])
        raise BatchError(
            f"{store.folder}: holds another design, or was begun by other code; give another folder. "
            f"It differs in\n{listed}"
        )


def _differences(there: Any, here: Any, key: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(there, dict) and isinstance(here, dict):
        for name in sorted({*there, *here}):
            yield from _differences(there.get(name), here.get(name), f"{key}.{name}".lstrip("."))
    elif there != here:
        yield f"{key}: there {_short(there)}, now {_short(here)}"


def _short(value: Any) -> str:  # noqa: ANN401 - JSON
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
