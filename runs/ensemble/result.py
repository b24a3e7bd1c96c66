"""The result of an ensemble: a labelled dataset with provenance, a table with one row per run, and figures."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.short_error import ArgumentError
from article10.model.accession_rule import OBJECT
from article10.model.checked import a_path, a_switch, checked
from article10.model.constants import quarter_steps
from article10.model.scenario import Scenario
from article10.runs.ensemble.dataset import outcome_table
from article10.runs.ensemble.ledger import ledger
from article10.runs.output.path import ARRAYS, check_figures, check_suffix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from article10.agents.russia import Strategy
    from article10.model.mechanisms import Mechanism
    from article10.runs.ensemble.state import State
    from article10.runs.figures.plot import Plot


NO_RUNS = "the selection holds no runs"


class EnsembleResult:
    """The result of an ensemble.

    Attributes:
        data: ``xarray.Dataset`` with dimensions run, step, member, council (and interval, mechanism where recorded);
            units and descriptions in the variables' attributes, provenance in the dataset's.
    """

    def __init__(self, data: xr.Dataset) -> None:
        """Wrap a dataset made by ``dataset`` or read by ``load``."""
        self.data = data

    def __repr__(self) -> str:
        """Scenario, seed, runs and the share of runs by outcome."""
        if not self.runs:
            return f"EnsembleResult({self.scenario.name!r}, seed={self.seed}: {NO_RUNS})"
        counts = self.outcomes["outcome"].value_counts(normalize=True)
        shares = ", ".join(f"{name} {share:.1%}" for name, share in counts.items())
        return f"EnsembleResult({self.scenario.name!r}, runs={self.runs}, seed={self.seed}: {shares})"

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.data.sizes["run"])

    @property
    def seed(self) -> int:
        """Seed of all random streams."""
        return int(self.data.attrs["seed"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario in full, from the provenance."""
        return Scenario.from_json(self.data.attrs["scenario"])

    def check_runs(self) -> None:
        """Raise unless there is something to summarise, explain or draw.

        Raises:
            ValueError: the result is a selection that holds no runs.
        """
        if not self.runs:
            raise ArgumentError(f"{self!r}: there is nothing to draw, explain or summarise")

    @property
    def plot(self) -> Plot:
        """Figures: ``result.plot.fan()``, ``.trajectories()``, ``.heatmap()``, ``.holdouts()``, ``.accession()``.

        Raises:
            ValueError: the result is a selection that holds no runs.
        """
        self.check_runs()
        from article10.runs.figures.plot import Plot  # matplotlib only when something is drawn

        return Plot(self)

    @cached_property
    def outcomes_by_member(self) -> pd.DataFrame:
        """As ``outcomes``, but with counts in place of the codes of objectors.

        In place of ``objectors`` there are the number of councils, ``councils``, and for each member the number of
        councils at which it objected by its own stance, ``objections_ISO``. A table of numbers can hold a million rows.
        """
        return outcome_table(self.data, self.scenario.step_years)

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Every payment for consent, one row each: run, date, payer, holdout, amount, kind and stage.

        Amounts are whole units of political capital; budgets and ledger agree exactly. ``kind`` says what the payment
        ended: an objection by stance, or a hold for a price.
        """
        return ledger(self.data, self.scenario, quarter_steps(self.scenario))

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """The outcomes as a table with one row per run.

        Columns: ``outcome`` (stage at the horizon), ``invitation_date``, ``signature_date``, ``accession_date``,
        ``ever_shelved``, ``last_to_ratify``, ``war_years``, ``breaches`` (of ceasefires), ``spending`` (% GDP at the
        horizon, by influence weight), ``stance`` (mean at the horizon, by influence weight), ``cohesion`` (1 - sd of
        stances at the horizon), ``front`` (Russian territorial progress, share of the country), ``objectors`` (at each
        council: date and codes).
        """
        numbers = [c for c in map(str, self.outcomes_by_member) if c == "councils" or c.startswith("objections_")]
        return self.outcomes_by_member.drop(columns=numbers).assign(objectors=self._objectors())

    def _objectors(self) -> list[str]:
        codes = self.data["member"].to_numpy()
        dates = [str(day)[:10] for day in self.data["council"].to_numpy()]
        ballots = self.data["ballot"].to_numpy()
        held = np.asarray((ballots >= 0).any(axis=2))
        rows = []
        for row, took_place in zip(ballots == OBJECT, held, strict=True):
            said = [f"{d}: {' '.join(codes[o]) or 'none'}" for d, o, t in zip(dates, row, took_place, strict=True) if t]
            rows.append("; ".join(said))
        return rows

    @checked
    def explain(
        self,
        member: str,
        run: int | None = None,
        *,
        start: object = None,
        end: object = None,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
    ) -> pd.DataFrame:
        """What each mechanism did to a member's stance between two dates, adding up exactly.

        Args:
            member: code of the member.
            run: number of a run, explained year by year; by default the mean over all runs, with 95% intervals.
            start: first day; by default that of the scenario.
            end: last day; by default the horizon.
            strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
            mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

        Returns:
            See ``article10.runs.stories.explain.explain_run`` and ``explain_ensemble``.
        """
        from article10.runs.stories.explain import explain_ensemble, explain_run

        self.check_runs()
        made: dict[str, Any] = {"start": start, "end": end, "strategy": strategy, "mechanisms": mechanisms}
        return explain_ensemble(self, member, **made) if run is None else explain_run(self, member, run, **made)

    @checked
    def animate(self, run: int, path: str | Path, **options: Any) -> Path:  # noqa: ANN401
        """Write a run as a moving map, ``.gif`` or ``.mp4``, one frame a month.

        Args:
            run: number of the run.
            path: path of the file, which appears only when it is complete.
            options: frames per second, progress and others; see ``article10.runs.figures.animation.animate``.

        Raises:
            ValueError: the run is not in the result, or the path has another ending.
            FileNotFoundError: ``.mp4`` needs ffmpeg, which is not installed.
        """
        from article10.runs.figures.animation import animate

        self.check_runs()
        return animate(self, run, path, **options)

    @checked
    def state(
        self,
        run: int,
        when: object,
        *,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
    ) -> State:
        """The whole world of a run at a date, from which ``article10.branch`` goes on.

        The run is re-simulated from the provenance to the beginning of the step in which the date falls.

        Args:
            run: number of the run.
            when: the date.
            strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
            mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

        Raises:
            ValueError: the run is not in the result, the date is not within the run, or a function is not given.
        """
        from article10.runs.ensemble.state import state_of

        return state_of(self, run, when, strategy, mechanisms)

    def _repr_html_(self) -> str:
        from article10.runs.ensemble.result_html import result_html

        return result_html(self)

    def write(self, folder: str | Path, *, figures: str | bool = "png", force: bool = False) -> Path:
        """Write a folder of results: what ``article10 run`` leaves, and ``load`` and ``article10 replay`` read.

        The folder holds ``result.nc`` (the dataset), ``outcomes.csv`` (one row a run), ``summary.txt``,
        ``scenario.json`` and, if wanted, ``figures/``. A new folder appears only when all of it is written; an empty
        folder that is already there is filled.

        Args:
            folder: where to write.
            figures: format of the figures, png, svg or pdf; or False for none.
            force: whether to replace a folder that article10 wrote before.

        Returns:
            The folder.

        Raises:
            OutputError: the folder holds something already, or cannot be written to, or the disk is too full.
            ValueError: the name is that of a file, or the result is a selection that holds no runs.
        """
        from article10.runs.ensemble.result_folder import write_result

        a_path("folder", folder)
        # not ``checked``, which takes ``figures`` for names of figures
        drawn = None if figures is False else check_figures("png" if figures is True else figures)
        a_switch("force", force)
        self.check_runs()
        return write_result(self, Path(folder), drawn, force)

    @checked
    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write the result as tables for other programs.

        ``outcomes.csv`` has one row a run; ``councils.csv`` one for each run, council and member, with its stance and
        ballot; ``ledger.csv`` one for each payment; ``years.csv`` one for each run and year end, with the variables by
        run. ``dictionary.csv`` says what each column means and its unit. Dates are written as year-month-day, and what
        there is not is empty.

        Args:
            folder: created if it does not exist; files of these names in it are replaced.

        Returns:
            Paths of the files.

        Raises:
            OSError: the folder cannot be written to.
            ValueError: the result is a selection that holds no runs.
        """
        from article10.runs.ensemble.csv_files import write_csv

        self.check_runs()
        return write_csv(self, Path(folder))

    @checked
    def save(self, path: str | Path) -> Path:
        """Write the dataset as NetCDF-4, with a digest by which ``load`` detects damage.

        The file appears only when it is complete.

        Args:
            path: path of the file; its folder must exist.

        Raises:
            OSError: the file cannot be written; nothing is left behind.
            ValueError: the name does not end in ``.nc``.
        """
        from article10.runs.ensemble.netcdf import save_dataset

        check_suffix(Path(path), ARRAYS)
        return save_dataset(self.data, Path(path))


@checked
def load(path: str | Path) -> EnsembleResult:
    """Read a result that ``save`` or ``article10 run`` wrote.

    Args:
        path: path of the file, or of the folder that ``article10 run`` made.

    Raises:
        FileNotFoundError: the file does not exist.
        ResultError: the file is not a result of article10, or is damaged: its content differs from its digest.
    """
    from article10.runs.ensemble.netcdf import ResultError, load_dataset

    data = load_dataset(Path(path))
    if "run" in data.coords and "step" not in data.coords:
        raise ResultError(f"{path}: is the state of a run; article10.open_state reads it")
    return EnsembleResult(data)
