"""The result of an ensemble: a labelled dataset with its provenance, one row a run, and what to draw from it."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.member_state import NEVER, NO_BALLOT, REASON_STANCE
from article10.agents.short_error import ArgumentError
from article10.model.accession_rule import OBJECT, STAGES
from article10.model.checked import checked
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.ensemble.provenance import provenance
from article10.runs.ensemble.recorder import (
    CONTRIBUTION,
    ENTERED,
    MEMBER_VARIABLES,
    RUN_VARIABLES,
    OutcomeRecorder,
    Recorder,
    TrajectoryRecorder,
)
from article10.runs.ensemble.rerun import recorded_functions
from article10.runs.output.path import ARRAYS, check_suffix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from article10.agents.russia import Strategy
    from article10.model.mechanisms import Mechanism
    from article10.runs.figures.plot import Plot


def dataset(setup: Setup, recorder: Recorder, seed: int, first_run: int) -> xr.Dataset:
    """The recorded arrays as one dataset, labelled, with units and provenance.

    Args:
        setup: of the ensemble.
        recorder: filled.
        seed: of all random streams.
        first_run: number of the first run.
    """
    s = setup.scenario
    days = np.array([s.date_of(k) for k in range(setup.n_steps + 1)], dtype="datetime64[ns]")
    councils = list(setup.councils.values())
    data = xr.Dataset(
        coords={
            "run": np.arange(first_run, first_run + recorder.n_runs),
            "step": ("step", days, {"description": "first day of the step"}),
            "member": list(setup.roster.iso3),
            "member_name": ("member", list(setup.roster.names)),
            "council": ("council", np.array([day for day, _ in councils], dtype="datetime64[ns]")),
            "council_kind": ("council", [kind for _, kind in councils]),
        },
        attrs={
            "title": s.title or s.name,
            "scenario_name": s.name,
            "scenario": s.model_dump_json(),
            "seed": seed,
            **recorded_functions(setup),
            **provenance(),
        },
    )
    data = data.assign(_outcomes(recorder.outcomes))
    if recorder.trajectories is not None:
        data = _with_trajectories(data, recorder.trajectories)
    return data


def _outcomes(o: OutcomeRecorder) -> dict[str, tuple[tuple[str, ...], Any, dict[str, str]]]:
    codes = json.dumps(dict(enumerate(STAGES)))
    run, council, member = ("run",), ("run", "council"), ("run", "member")
    ballot = (*council, "member")
    found: dict[str, tuple[tuple[str, ...], Any, str]] = {
        "final_stage": (run, o.stage, f"stage at the horizon: {codes}"),
        "ever_shelved": (run, o.ever_shelved, "whether the candidate ever shelved its bid"),
        "war_steps": (run, o.war_steps, "steps in which the war was hot"),
        "breaches": (run, o.breaches, "ceasefires that broke"),
        "final_spending": (run, o.final_spending, "defence spending at the horizon by influence weight, % GDP"),
        "final_stance": (run, o.final_stance, "mean stance at the horizon by influence weight"),
        "final_front": (run, o.final_front, "Russian territorial progress at the horizon since the start"),
        "final_cohesion": (run, o.final_cohesion, "1 - standard deviation of stances at the horizon"),
        **{f"{name}_step": (run, o.entered[code], f"steps done at {name}, -1 never") for code, name in ENTERED.items()},
        "ballot": (ballot, o.ballot, "-1 none asked, 0 object, 1 acquiesce, 2 support"),
        "reason": (ballot, o.reason, "reason of an objection: 0 none, 1 stance, 2 war, 3 both"),
        "question_put": (council, o.question_put, "question formally put"),
        "invited": (council, o.invited, "candidate invited"),
        "ratified_step": (member, o.ratified_step, "steps done at ratification, -1 never"),
    }
    return {name: (dims, values, {"description": text}) for name, (dims, values, text) in found.items()}


def _with_trajectories(data: xr.Dataset, trajectories: TrajectoryRecorder) -> xr.Dataset:
    dims: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(trajectories.members, ("run", "step", "member")),
        **dict.fromkeys(trajectories.runs, ("run", "step")),
        CONTRIBUTION: ("run", "interval", "member", "mechanism"),
    }
    data = data.assign(
        {
            name: (dims.get(name, ("run", "interval")), held.swapaxes(0, 1), _attributes(name))
            for name, held in trajectories.held.items()
        }
    )
    if "stage" in data:
        data["stage"].attrs["codes"] = json.dumps(dict(enumerate(STAGES)))
    if CONTRIBUTION in data:
        data = data.assign_coords(mechanism=trajectories.mechanisms)
    return data


def _attributes(name: str) -> dict[str, str]:
    variable = MEMBER_VARIABLES.get(name) or RUN_VARIABLES.get(name)
    if variable is not None:
        return {"unit": variable.unit, "description": variable.description}
    event = name.removeprefix("event_")
    return {} if name == CONTRIBUTION else {"description": f"whether event {event!r} acts"}


NO_RUNS = "the selection holds no runs"


class EnsembleResult:
    """What an ensemble gave.

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
        """As ``outcomes``, but with the number of councils and of each member's objections by stance in numbers.

        Columns ``councils`` and ``objections_ISO`` in place of ``objectors``: what a million rows can hold.
        """
        data, days = self.data, self.data["step"].to_numpy()
        frame = pd.DataFrame(index=pd.Index(data["run"].to_numpy(), name="run"))
        frame["outcome"] = pd.Categorical(np.array(STAGES)[data["final_stage"].to_numpy()], categories=list(STAGES))
        for name in ENTERED.values():
            step = data[f"{name}_step"].to_numpy()
            frame[f"{name}_date"] = pd.DatetimeIndex(np.where(step == NEVER, np.datetime64("NaT", "ns"), days[step]))
        frame["ever_shelved"] = data["ever_shelved"].to_numpy().astype(bool)
        frame["last_to_ratify"] = self._last_to_ratify()
        frame["war_years"] = data["war_steps"].to_numpy() * self.scenario.step_years
        frame["breaches"] = data["breaches"].to_numpy()
        frame["spending"] = data["final_spending"].to_numpy()
        frame["stance"] = data["final_stance"].to_numpy()
        frame["cohesion"] = data["final_cohesion"].to_numpy()
        frame["front"] = data["final_front"].to_numpy()
        frame["councils"] = (data["ballot"].to_numpy() != NO_BALLOT).any(axis=2).sum(axis=1)
        objections = ((data["reason"].to_numpy() & REASON_STANCE) > 0).sum(axis=1).astype(np.int16)
        columns = [f"objections_{code}" for code in data["member"].to_numpy()]
        return pd.concat([frame, pd.DataFrame(objections, index=frame.index, columns=columns)], axis=1)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run.

        Columns: ``outcome`` (stage at the horizon), ``invitation_date``, ``signature_date``, ``accession_date``,
        ``ever_shelved``, ``last_to_ratify``, ``war_years``, ``breaches`` (of ceasefires), ``spending`` (% GDP at the
        horizon, by influence weight), ``stance`` (mean at the horizon, by influence weight), ``cohesion`` (1 - sd of
        stances at the horizon), ``front`` (Russian territorial progress at the horizon), ``objectors`` (at each
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

    def _last_to_ratify(self) -> list[str]:
        step = self.data["ratified_step"].to_numpy()
        codes = self.data["member"].to_numpy()
        complete = (step != NEVER).all(axis=1)
        return [str(codes[row.argmax()]) if whole else "" for row, whole in zip(step, complete, strict=True)]

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
            member: its code.
            run: number of a run, explained year by year; by default the mean over all runs, with 95% intervals.
            start: first day; by default that of the scenario.
            end: last day; by default the horizon.
            strategy: the function that was passed to ``simulate``, if one was.
            mechanisms: likewise.

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
            run: its number.
            path: of the file, which appears only when it is whole.
            options: frames per second, progress and others; see ``article10.runs.figures.animation.animate``.

        Raises:
            ValueError: the run is not in the result, or the path ends otherwise.
            FileNotFoundError: ffmpeg is needed for an ``.mp4`` and missing.
        """
        from article10.runs.figures.animation import animate

        self.check_runs()
        return animate(self, run, path, **options)

    def _repr_html_(self) -> str:
        from article10.runs.ensemble.result_html import result_html

        return result_html(self)

    @checked
    def save(self, path: str | Path) -> Path:
        """Write the dataset as NetCDF-4, with a digest by which ``load`` finds damage.

        The file appears only when it is whole.

        Args:
            path: where; its folder must exist.

        Raises:
            OSError: it cannot be written; nothing is left behind.
            ValueError: the name is not that of such a file: it ends otherwise than in ``.nc``.
        """
        from article10.runs.ensemble.netcdf import save_dataset

        check_suffix(Path(path), ARRAYS)
        return save_dataset(self.data, Path(path))


@checked
def load(path: str | Path) -> EnsembleResult:
    """Read a result that ``save`` or ``article10 run`` wrote.

    Args:
        path: of the file, or of the folder that ``article10 run`` made.

    Raises:
        FileNotFoundError: there is none.
        ResultError: it is not a result of article10, or it is damaged: its content differs from the digest in it.
    """
    from article10.runs.ensemble.netcdf import load_dataset

    return EnsembleResult(load_dataset(Path(path)))
