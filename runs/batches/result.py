"""A batch, opened: outcomes as a table, trajectories read as they are used, and what to draw from them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.short_error import UnknownNameError, shown
from article10.model.checked import checked
from article10.model.extras import require
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.batches.design import SUMMARY
from article10.runs.batches.design_values import fitted
from article10.runs.batches.error import BatchError  # for those who open batches
from article10.runs.batches.histogram import quantiles
from article10.runs.batches.store import Commit, Store, Task
from article10.runs.batches.trajectories import read_trajectories
from article10.runs.result import EnsembleResult
from article10.runs.summary import MILESTONES, wilson

if TYPE_CHECKING:
    import duckdb

    from article10.runs.batches.figures import BatchPlot

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of stances, by default."""


@checked
def open_batch(path: str | Path) -> BatchResult:
    """Open a batch's folder, finished or not; only what is committed is read.

    Raises:
        BatchError: there is no batch.
    """
    require("analysis", "open_batch")
    return BatchResult(Store(Path(path)))


class BatchResult:
    """A batch's folder, read as it is used.

    Attributes:
        store: where it is.
        description: its design, scenarios in full and provenance, as JSON holds them.
    """

    def __init__(self, store: Store) -> None:
        """Read the design.

        Raises:
            BatchError: the folder holds no batch.
        """
        self.store = store
        self.description = store.description()
        if "maker" not in self.description:
            made = self.description["provenance"].get("article10_version")
            raise BatchError(f"{store.folder}: its form is that of article10 {made} and before: open it with that")
        try:
            pd.read_parquet(store.points, columns=["point"])
        except (OSError, ValueError) as error:
            raise BatchError(f"{store.points}: broken: {error}; the same batch again makes it anew") from None

    def __repr__(self) -> str:
        """Folder, points and runs."""
        done = "" if self.is_complete else ", not complete"
        return f"BatchResult({str(self.store.folder)!r}: {len(self.points):,} points of {self.runs:,} runs{done})"

    @property
    def runs(self) -> int:
        """Runs at each point."""
        return int(self.description["design"]["runs"])

    @property
    def record(self) -> str | list[str]:
        """What was kept."""
        kept: str | list[str] = self.description["design"]["record"]
        return kept

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row a point: scenario, seed, and what was changed, by full key."""
        return pd.read_parquet(self.store.points).set_index("point")

    @property
    def varied(self) -> list[str]:
        """Keys that differ between points, the scenario among them."""
        return [str(key) for key in self.points if key != "seed" and self.points[key].nunique(dropna=False) > 1]

    @property
    def is_complete(self) -> bool:
        """Whether every run at every point was done or has failed."""
        committed = sum(commit.task.runs * len(commit.task.points) for commit in self._commits)
        return committed == self.runs * len(self.points)

    @cached_property
    def _commits(self) -> list[Commit]:
        """As they were when they were first asked for."""
        return self.store.commits()

    # --- tables -------------------------------------------------------------------------------------------------

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run at a point: ``point``, ``run``, and what became of the bid, as ``EnsembleResult`` has it.

        ``batch.outcomes.join(batch.points, on="point")`` adds what was changed.
        """
        files = self._outcome_files()
        if not files:
            return pd.DataFrame({"point": pd.Series(dtype=int), "run": pd.Series(dtype=int)})
        frames = [pd.read_parquet(file) for file in files]
        return pd.concat(frames, ignore_index=True).sort_values(["point", "run"], ignore_index=True)

    def _outcome_files(self) -> list[Path]:
        files = [self.store.outcomes(commit.task.name) for commit in self._commits]
        return [file for file in files if file.exists()]

    @cached_property
    def failures(self) -> pd.DataFrame:
        """One row a point and task that failed: its parameters, seed, runs, error and traceback."""
        return pd.DataFrame(list(self.store.failed()))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One row a point: what was varied, runs, and the probability of each milestone with a 95% interval.

        Columns by milestone: ``accession``, ``accession_low``, ``accession_high``; ``shelved`` is the share of runs
        in which the candidate ever shelved its bid.
        """
        table = self.points[self.varied].copy()
        if not self._outcome_files():
            return table.assign(runs=0)
        counts = ", ".join(f"count({name}_date) as {name}" for name in MILESTONES)
        query = f"select point, count(*) as runs, {counts}, count(*) filter (ever_shelved) as shelved from outcomes"
        count = self.sql(f"{query} group by point").set_index("point").reindex(table.index, fill_value=0)
        table["runs"] = count["runs"]
        share = count.div(count["runs"].where(count["runs"] > 0), axis=0)
        for name in MILESTONES:
            table[name] = share[name]
            pairs = zip(count[name], count["runs"], strict=True)
            bounds = np.array([wilson(int(k), int(n)) if n else (np.nan, np.nan) for k, n in pairs])
            table[f"{name}_low"], table[f"{name}_high"] = bounds.T
        return table.assign(shelved=share["shelved"])

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with the views ``outcomes`` and ``points``, read from the files as they are used.

        Raises:
            BatchError: nothing is committed yet.
        """
        import duckdb
        from pyarrow.dataset import dataset
        from pyarrow.fs import LocalFileSystem

        files = self._outcome_files()
        if not files:
            raise BatchError(f"{self.store.folder}: no outcomes are committed yet")
        connection = duckdb.connect()
        for name, paths in (("outcomes", files), ("points", [self.store.points])):
            # Named by Arrow, to which a path is a path: DuckDB reads [1], * and run=3 in it as patterns and columns.
            connection.register(name, dataset(list(map(str, paths)), format="parquet", filesystem=LocalFileSystem()))
        return connection

    @checked
    def sql(self, query: str) -> pd.DataFrame:
        """The answer to a query of the views ``outcomes`` and ``points``.

        Raises:
            BatchError: nothing is committed yet, or the query is wrong.
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
        """The scenario of a point in full, its changes made.

        Raises:
            KeyError: there is no such point.
        """
        row = self._row(point)
        base = Scenario.from_json(json.dumps(self.description["scenarios"][row["scenario"]]))
        changes = {k: fitted(k, v) for k, v in row.items() if k not in ("scenario", "seed") and not pd.isna(v)}
        return read_scenario(base, changes)

    def check_point(self, point: int) -> None:
        """Refuse a point that the batch does not have.

        Raises:
            KeyError: the message says which it has.
        """
        if point not in self.points.index:
            raise UnknownNameError(f"point = {point}: the batch has points 0 to {len(self.points) - 1}")

    def _row(self, point: int) -> dict[str, Any]:
        self.check_point(point)
        return {str(key): value for key, value in self.points.loc[point].items()}

    @cached_property
    def data(self) -> xr.Dataset:
        """Trajectories of the only scenario, (point, run, step, member), read from the disk as they are used.

        For ``record = "summary"``: ``stance`` by (point, quantile, step, member).

        Raises:
            BatchError: there are several scenarios (see ``data_of``), or only outcomes were kept.
        """
        names = list(self.description["scenarios"])
        if len(names) > 1:
            raise BatchError(f"the batch has several scenarios: ask for data_of({names[0]!r})")
        return self.data_of(names[0])

    @checked
    def data_of(self, scenario: str) -> xr.Dataset:
        """Trajectories of a scenario, as ``data``.

        Raises:
            BatchError: there is no such scenario, or only outcomes were kept.
        """
        if scenario not in self.description["scenarios"]:
            raise BatchError(f"no scenario {scenario!r}; valid: {', '.join(self.description['scenarios'])}")
        points = [int(point) for point in self.points.index[self.points["scenario"] == scenario]]
        if self.record == SUMMARY:
            found = [self._quantiles_of(point) for point in points]
            return xr.concat(found, pd.Index(points, name="point")).to_dataset(name="stance")
        if not self.store.trajectories(scenario).exists():
            raise BatchError('only outcomes were kept; record = "stance" or "summary" keeps more')
        return read_trajectories(self.store.trajectories(scenario))

    @checked
    def point(self, point: int = 0) -> EnsembleResult:
        """The runs at one point as the result of an ensemble, with all that it can draw.

        Raises:
            KeyError: there is no such point.
            BatchError: trajectories were not kept.
        """
        scenario = self.scenario(point)
        if self.record == SUMMARY:
            raise BatchError('runs were not kept one by one; record = "stance" keeps them')
        data = self.data_of(str(self._row(point)["scenario"])).sel(point=point, drop=True)
        done = np.concatenate([np.arange(own.first_run, own.first_run + own.runs) for own in self._done(point)])
        data = data.isel(run=done).assign_attrs(
            {**data.attrs, "scenario": scenario.model_dump_json(), "seed": int(self._row(point)["seed"])}
        )
        return EnsembleResult(data)

    # --- stances ------------------------------------------------------------------------------------------------

    @checked
    def quantiles(self, point: int = 0, probabilities: Sequence[float] = QUANTILES) -> xr.DataArray:
        """Quantiles of stances over the runs at a point, (quantile, step, member).

        Raises:
            KeyError: there is no such point.
            BatchError: stances were not kept.
        """
        if self.record == SUMMARY:
            return self._quantiles_of(point, probabilities)
        stance = self.point(point).data["stance"]
        found = np.quantile(stance.to_numpy(), probabilities, axis=0)
        return self._labelled(point, found, probabilities)

    def _quantiles_of(self, point: int, probabilities: Sequence[float] = QUANTILES) -> xr.DataArray:
        counts: Any = 0
        for task in self._done(point):
            with np.load(self.store.histogram(task.name)) as file:
                counts = counts + file[str(point)].astype(np.int64)
        return self._labelled(point, quantiles(counts, probabilities), probabilities)

    def _done(self, point: int) -> list[Task]:
        """The tasks in which a point was done, by their first runs."""
        found = self._tasks_by_point.get(point)
        if found is None:
            raise BatchError(f"point = {point}: nothing is committed")
        return found

    @cached_property
    def _tasks_by_point(self) -> dict[int, list[Task]]:
        found: dict[int, list[Task]] = {}
        for commit in self._commits:
            for point in set(commit.task.points) - set(commit.failed_points):
                found.setdefault(point, []).append(commit.task)
        return found

    def _labelled(self, point: int, values: np.ndarray, probabilities: Sequence[float]) -> xr.DataArray:
        scenario = self.scenario(point)
        days = [np.datetime64(scenario.date_of(step), "ns") for step in range(scenario.n_steps + 1)]
        labels = {"quantile": list(probabilities), "step": days, "member": list(scenario.members().iso3)}
        return xr.DataArray(values, labels, ("quantile", "step", "member"), attrs={"unit": "1"})

    @property
    def plot(self) -> BatchPlot:
        """Figures: ``batch.plot.accession()``, ``.against(key)``, ``.fan(member)``; one point's through ``point``."""
        from article10.runs.batches.figures import BatchPlot  # matplotlib only when something is drawn

        return BatchPlot(self)
