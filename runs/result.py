"""The result of an ensemble: a labelled dataset with its provenance, one row a run, and what to draw from it."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.member_state import NEVER
from article10.agents.russia import STRATEGIES
from article10.model.accession_rule import INVITED, MEMBER, OBJECT, RATIFYING, SHELVED, STAGES
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.provenance import provenance
from article10.runs.recorder import CONTRIBUTION, MEMBER_VARIABLES, RUN_VARIABLES, Recorder

if TYPE_CHECKING:
    from article10.runs.figures import Plot


def dataset(setup: Setup, recorder: Recorder, seed: int, first_run: int) -> xr.Dataset:
    """The recorded arrays as one dataset, labelled, with units and provenance.

    Args:
        setup: of the ensemble.
        recorder: filled.
        seed: of all random streams.
        first_run: number of the first run.
    """
    s = setup.scenario
    runs = len(recorder.final_spending)
    days = np.array([s.date_of(k) for k in range(setup.n_steps + 1)], dtype="datetime64[ns]")
    councils = list(setup.councils.values())
    data = xr.Dataset(
        coords={
            "run": np.arange(first_run, first_run + runs),
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
            "strategy": _name_of(setup.strategy),
            "mechanisms": json.dumps(list(setup.mechanisms)),
            **provenance(),
        },
    )
    for name, values in recorder.members.items():
        data[name] = (("run", "step", "member"), values, _attributes(name))
    for name, series in recorder.runs.items():
        data[name] = (("run", "step"), series.T, _attributes(name))
    data["stage"].attrs["codes"] = json.dumps(dict(enumerate(STAGES)))
    data["ballot"] = (
        ("run", "council", "member"),
        recorder.ballot,
        {"description": "ballot: -1 none asked, 0 object, 1 acquiesce, 2 support"},
    )
    data["reason"] = (
        ("run", "council", "member"),
        recorder.reason,
        {"description": "reason of an objection: 0 none, 1 stance, 2 war, 3 both"},
    )
    data["question_put"] = (("run", "council"), recorder.question_put, {"description": "question formally put"})
    data["invited"] = (("run", "council"), recorder.invited, {"description": "candidate invited"})
    data["ratified_step"] = (("run", "member"), recorder.ratified_step, {"description": "step done, -1 never"})
    for name, acts in recorder.event_steps.items():
        data[f"event_{name}"] = (("run", "interval"), acts, {"description": f"whether event {name!r} acts"})
    data["final_spending"] = ("run", recorder.final_spending, {"unit": "% GDP", "description": "by influence weight"})
    data["final_cohesion"] = ("run", recorder.final_cohesion, {"unit": "1", "description": "1 - sd of stances"})
    if recorder.contribution.size:
        data[CONTRIBUTION] = (("run", "interval", "member", "mechanism"), recorder.contribution)
        data = data.assign_coords(mechanism=recorder.mechanisms)
    return data


def _attributes(name: str) -> dict[str, str]:
    variable = MEMBER_VARIABLES.get(name) or RUN_VARIABLES[name]
    return {"unit": variable.unit, "description": variable.description}


def _name_of(strategy: object) -> str:
    for name, function in STRATEGIES.items():
        if function is strategy:
            return name
    return f"custom:{getattr(strategy, '__module__', '?')}.{getattr(strategy, '__qualname__', '?')}"


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
        return Scenario.model_validate_json(self.data.attrs["scenario"])

    @property
    def plot(self) -> Plot:
        """Figures: ``result.plot.fan()``, ``.trajectories()``, ``.heatmap()``, ``.holdouts()``, ``.accession()``."""
        from article10.runs.figures import Plot  # matplotlib only when something is drawn

        return Plot(self)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run.

        Columns: ``outcome`` (stage at the horizon), ``invitation_date``, ``signature_date``, ``accession_date``,
        ``ever_shelved``, ``objectors`` (at each council where ballots were cast: date and codes), ``last_to_ratify``,
        ``war_years``, ``spending`` (% GDP at the horizon, by influence weight), ``cohesion`` (1 - sd of stances).
        """
        stage = self.data["stage"].to_numpy()
        days = self.data["step"].to_numpy()
        frame = pd.DataFrame(index=pd.Index(self.data["run"].to_numpy(), name="run"))
        frame["outcome"] = pd.Categorical(np.array(STAGES)[stage[:, -1]], categories=list(STAGES))
        for name, code in (("invitation", INVITED), ("signature", RATIFYING - 1), ("accession", MEMBER)):
            frame[f"{name}_date"] = _last_entry(stage, code, days)
        frame["ever_shelved"] = (stage == SHELVED).any(axis=1)
        frame["objectors"] = self._objectors()
        frame["last_to_ratify"] = self._last_to_ratify()
        hot = self.data["war_intensity"].to_numpy()[:, :-1] > self.scenario.war.hot_line
        frame["war_years"] = hot.sum(axis=1) * self.scenario.step_years
        frame["spending"] = self.data["final_spending"].to_numpy()
        frame["cohesion"] = self.data["final_cohesion"].to_numpy()
        return frame

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

    def save(self, path: str | Path) -> Path:
        """Write the dataset, NetCDF-4 by default or Zarr for a path that ends in ``.zarr``.

        The file appears only when it is whole.

        Args:
            path: where; its folder must exist.

        Raises:
            OSError: it cannot be written; nothing is left behind.
        """
        from article10.runs.files import save_dataset

        return save_dataset(self.data, Path(path))


def load(path: str | Path) -> EnsembleResult:
    """Read a result that ``save`` or ``article10 run`` wrote.

    Args:
        path: of the file, or of the folder that ``article10 run`` made.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is no result of article10.
    """
    from article10.runs.files import load_dataset

    return EnsembleResult(load_dataset(Path(path)))


def _last_entry(stage: np.ndarray, code: int, days: np.ndarray) -> pd.DatetimeIndex:
    """The day on which a run reached a stage for the last time and did not fall back, or no day."""
    reached = (stage >= code) & (stage != SHELVED)
    below = ~reached
    last_below = stage.shape[1] - 1 - below[:, ::-1].argmax(axis=1)
    last_below = np.where(below.any(axis=1), last_below, -1)
    day = np.full(len(stage), np.datetime64("NaT"), dtype=days.dtype)
    stands = last_below < stage.shape[1] - 1
    day[stands] = days[last_below[stands] + 1]
    return pd.DatetimeIndex(day)
