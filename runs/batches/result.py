"""The result of a batch: outcomes as a table, trajectories that are read when used, and figures."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.short_error import UnknownNameError, shown
from article10.model.accession_rule import Milestone
from article10.model.checked import checked
from article10.model.extras import require
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.batches.committed import Committed
from article10.runs.batches.design import SUMMARY
from article10.runs.batches.design_values import fitted
from article10.runs.batches.error import BatchError, UnfinishedBatchWarning
from article10.runs.batches.histogram import quantiles
from article10.runs.batches.store import Store, Task
from article10.runs.batches.trajectories import part, read_trajectories
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    import duckdb

    from article10.runs.batches.figures import BatchPlot

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Probabilities of the quantiles of stances, by default."""


@checked
def open_batch(path: str | Path) -> BatchResult:
    """Open a batch's folder, finished or not; only committed files are read, and each is checked when first read.

    Raises:
        BatchError: the folder is not a batch, or its design or points are damaged. Methods that read another damaged
            file raise this error too; the message names the file and the command that simulates it again.
    """
    require("analysis", "open_batch")
    return BatchResult(Store(Path(path)))


class BatchResult:
    """A batch's folder, read as it is used.

    Attributes:
        store: the folder.
        description: the design, scenarios in full and provenance, as in the JSON file.
        points: one row per point: scenario, seed, and changes by full key.
    """

    def __init__(self, store: Store) -> None:
        """Read and check the design and the points.

        Raises:
            BatchError: the folder is not a batch, or its design or points are missing or damaged.
        """
        self.store = store
        self._committed = Committed(store)
        self.description, self.points = self._committed.description, self._committed.points

    def __repr__(self) -> str:
        """Folder, points and runs, and the runs that are missing."""
        missing = f"; {self.missing}" if self.missing else ""
        return f"BatchResult({str(self.store.folder)!r}: {len(self.points):,} points of {self.runs:,} runs{missing})"

    @property
    def runs(self) -> int:
        """Number of runs at each point."""
        return self._committed.runs

    @property
    def record(self) -> str | list[str]:
        """What was recorded, as in the design."""
        kept: str | list[str] = self.description["design"]["record"]
        return kept

    @property
    def varied(self) -> list[str]:
        """Keys that differ between points, including the scenario."""
        return [str(key) for key in self.points if key != "seed" and self.points[key].nunique(dropna=False) > 1]

    @property
    def is_complete(self) -> bool:
        """Whether every run at every point is done or has failed, and no file of outcomes is missing or damaged."""
        return self._committed.is_complete

    @property
    def missing(self) -> str:
        """How many runs are done, and which failed or are still to be simulated; empty if all are done."""
        return self._committed.coverage.missing_at(list(map(int, self.points.index)))

    # --- tables -------------------------------------------------------------------------------------------------

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row per run that is done: ``point``, ``run``, and the outcomes as in ``EnsembleResult``.

        Runs that failed or are still to be simulated have no row: see ``missing``.
        ``batch.outcomes.join(batch.points, on="point")`` adds the changes.
        """
        frames = [pd.read_parquet(file) for file in self._committed.outcome_files()]
        if not frames:
            return pd.DataFrame({"point": pd.Series(dtype=int), "run": pd.Series(dtype=int)})
        return pd.concat(frames, ignore_index=True).sort_values(["point", "run"], ignore_index=True)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """One row per point and task that failed: its parameters, seed, runs, error and traceback."""
        return pd.DataFrame(self._committed.failures())

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row per point: its values, runs done, and the probability of each milestone with a 95% interval.

        Columns by milestone: ``accession``, ``accession_low``, ``accession_high``; ``shelved`` is the share of runs
        in which the candidate ever shelved its bid.
        """
        table = self.points[self.varied].copy()
        if not self._committed.outcome_files():
            return table.assign(runs=0)
        counts = ", ".join(f"count({name}_date) as {name}" for name in Milestone)
        query = f"select point, count(*) as runs, {counts}, count(*) filter (ever_shelved) as shelved from outcomes"
        count = self.sql(f"{query} group by point").set_index("point").reindex(table.index, fill_value=0)
        table["runs"] = count["runs"]
        share = count.div(count["runs"].where(count["runs"] > 0), axis=0)
        for name in map(str, Milestone):
            table[name] = share[name]
            pairs = zip(count[name], count["runs"], strict=True)
            bounds = np.array([wilson(int(k), int(n)) if n else (np.nan, np.nan) for k, n in pairs])
            table[f"{name}_low"], table[f"{name}_high"] = bounds.T
        return table.assign(shelved=share["shelved"])

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with the views ``outcomes`` and ``points``, read from the files when used.

        Raises:
            BatchError: no outcomes are committed yet.
        """
        import duckdb
        from pyarrow.dataset import dataset
        from pyarrow.fs import LocalFileSystem

        files = [str(file) for file in self._committed.outcome_files()]
        if not files:
            raise BatchError(f"{self.store.folder}: no outcomes are committed yet")
        connection = duckdb.connect()
        for name, paths in (("outcomes", files), ("points", [self.store.points])):
            # Arrow opens the files, as it takes paths literally: DuckDB reads [1], * and run=3 as patterns and columns.
            connection.register(name, dataset(list(map(str, paths)), format="parquet", filesystem=LocalFileSystem()))
        return connection

    @checked
    def sql(self, query: str) -> pd.DataFrame:
        """The answer to a query of the views ``outcomes`` and ``points``.

        Raises:
            BatchError: no outcomes are committed yet, or the query is invalid.
        """
        import duckdb

        with self.duckdb() as connection:
            try:
                return connection.sql(query).df()
            except duckdb.Error as error:
                raise BatchError(f"query = {shown(query)}: {str(error).splitlines()[0]}") from None

    # --- scenarios and points -----------------------------------------------------------------------------------

    @checked
    def scenario(self, point: int) -> Scenario:
        """The scenario of a point in full, with its changes.

        Raises:
            KeyError: the batch does not have the point.
        """
        row = self._row(point)
        base = Scenario.from_json(json.dumps(self.description["scenarios"][row["scenario"]]))
        changes = {k: fitted(k, v) for k, v in row.items() if k not in ("scenario", "seed") and not pd.isna(v)}
        return read_scenario(base, changes)

    def check_point(self, point: int) -> None:
        """Raise unless the batch has a point.

        Raises:
            KeyError: the message says which points the batch has.
        """
        if point not in self.points.index:
            raise UnknownNameError(f"point = {point}: the batch has points 0 to {len(self.points) - 1}")

    def label(self, point: int) -> str:
        """What a point has that others have not, such as ``"no_pressure, stance.peer_rate 0.8"``.

        Raises:
            KeyError: the batch does not have the point.
        """
        row = self._row(point)
        parts = [str(row[key]) if key == "scenario" else f"{key} {_shown(row[key])}" for key in self.varied]
        return ", ".join(parts) or str(row["scenario"])

    def _row(self, point: int) -> dict[str, Any]:
        self.check_point(point)
        return {str(key): value for key, value in self.points.loc[point].items()}

    @cached_property
    def data(self) -> xr.Dataset:
        """Trajectories of the only scenario, (point, run, step, member), read from the disk when used.

        For ``record = "summary"``: ``stance`` by (point, quantile, step, member).

        Raises:
            BatchError: there are several scenarios (see ``data_of``), only outcomes were recorded, or no run is done.

        Warns:
            UnfinishedBatchWarning: as ``data_of``.
        """
        names = list(self.description["scenarios"])
        if len(names) > 1:
            raise BatchError(f"the batch has several scenarios: ask for data_of({names[0]!r})")
        return self.data_of(names[0])

    @checked
    def data_of(self, scenario: str) -> xr.Dataset:
        """Trajectories of a scenario, like ``data``.

        If runs failed or are still to be simulated, the result is the largest part in which every run is done at every
        point; ``point`` returns all runs that are done at one point.

        Raises:
            BatchError: the scenario does not exist, only outcomes were recorded, or no run is done.

        Warns:
            UnfinishedBatchWarning: runs failed or are still to be simulated, and are left out.
        """
        if scenario not in self.description["scenarios"]:
            raise BatchError(f"no scenario {scenario!r}; valid: {', '.join(self.description['scenarios'])}")
        points = [int(point) for point in self.points.index[self.points["scenario"] == scenario]]
        coverage = self._committed.coverage
        if not any(point in coverage.done for point in points):
            raise BatchError(f"{self.store.folder}: no run of {scenario!r} is done: {coverage.missing_at(points)}")
        if self.record == SUMMARY:
            kept = [point for point in points if point in coverage.done]
            self._warn_of_missing(points, f"data holds {len(kept):,} of {len(points):,} points")
            return xr.concat(map(self._quantiles_of, kept), pd.Index(kept, name="point")).to_dataset(name="stance")
        data = self._trajectories(scenario)
        kept, runs = coverage.largest_part(points)
        self._warn_of_missing(points, f"data holds {len(runs):,} runs at {len(kept):,} of {len(points):,} points")
        return part(data, point=[points.index(point) for point in kept], run=runs)

    @checked
    def point(self, point: int = 0) -> EnsembleResult:
        """The runs that are done at one point, as the result of an ensemble with all its figures.

        Raises:
            KeyError: the batch does not have the point.
            BatchError: trajectories were not recorded, or no run is done.

        Warns:
            UnfinishedBatchWarning: runs failed or are still to be simulated, and are left out.
        """
        scenario, row = self.scenario(point), self._row(point)
        if self.record == SUMMARY:
            raise BatchError('runs were not kept one by one; record = "stance" keeps them')
        data = self._trajectories(str(row["scenario"])).sel(point=point, drop=True)
        self._done(point)
        runs = self._committed.coverage.runs_done(point)
        self._warn_of_missing([point], f"the result holds {len(runs):,} runs")
        own = {"scenario": scenario.model_dump_json(), "seed": int(row["seed"])}
        return EnsembleResult(part(data, run=runs).assign_attrs(own))

    def _trajectories(self, scenario: str) -> xr.Dataset:
        path, manifest = self.store.trajectories(scenario), self._committed.manifest
        if not any(manifest.names(path)):
            raise BatchError('only outcomes were kept; record = "stance" or "summary" keeps more')
        return read_trajectories(path, manifest)

    def _warn_of_missing(self, points: Sequence[int], what: str) -> None:
        if missing := self._committed.coverage.missing_at(points):
            warnings.warn(f"{self.store.folder}: {missing}; {what}", UnfinishedBatchWarning, stacklevel=3)

    # --- stances ------------------------------------------------------------------------------------------------

    @checked
    def quantiles(self, point: int = 0, probabilities: Sequence[float] = QUANTILES) -> xr.DataArray:
        """Quantiles of stances over the runs at a point, (quantile, step, member).

        Raises:
            KeyError: the batch does not have the point.
            BatchError: stances were not recorded.
        """
        if self.record == SUMMARY:
            return self._quantiles_of(point, probabilities)
        stance = self.point(point).data["stance"]
        found = np.quantile(stance.to_numpy(), probabilities, axis=0)
        return self._labelled(point, found, probabilities)

    def _quantiles_of(self, point: int, probabilities: Sequence[float] = QUANTILES) -> xr.DataArray:
        counts: Any = 0
        for task in self._done(point):
            with np.load(self._committed.manifest.checked(self.store.histogram(task.name))) as file:
                counts = counts + file[str(point)].astype(np.int64)
        return self._labelled(point, quantiles(counts, probabilities), probabilities)

    def _done(self, point: int) -> Sequence[Task]:
        """The tasks in which runs of a point were done."""
        coverage = self._committed.coverage
        if point not in coverage.done:
            raise BatchError(f"point = {point}: no run is done: {coverage.missing_at([point])}")
        return coverage.done[point]

    def _labelled(self, point: int, values: np.ndarray, probabilities: Sequence[float]) -> xr.DataArray:
        scenario = self.scenario(point)
        days = [np.datetime64(scenario.date_of(step), "ns") for step in range(scenario.n_steps + 1)]
        labels = {"quantile": list(probabilities), "step": days, "member": list(scenario.members().iso3)}
        return xr.DataArray(values, labels, ("quantile", "step", "member"), attrs={"unit": "1"})

    @property
    def plot(self) -> BatchPlot:
        """Figures: ``batch.plot.accession()``, ``.against(key)``, ``.fan(member)``; ``point`` has one point's."""
        from article10.runs.batches.figures import BatchPlot  # matplotlib only when something is drawn

        return BatchPlot(self)


def _shown(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
