"""The whole world of one run at one date: what is needed to step on from there, bit for bit, in a small file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from article10.agents.russia import Strategy
from article10.model.checked import checked
from article10.model.days import day_given
from article10.model.mechanisms import Mechanism
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.history import AnyArray, Era, arrays_of, begun, ends_of, set_arrays, step_to
from article10.runs.ensemble.netcdf import ResultError, load_dataset, save_dataset
from article10.runs.ensemble.provenance import provenance
from article10.runs.ensemble.rerun import check_run
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.output.path import ARRAYS, check_suffix

if TYPE_CHECKING:
    from article10.model.accession_model import AccessionModel

HISTORY, STEP, SEED = "history", "step", "seed"
"""Attributes of a state: its eras, the number of steps done, and the seed of all random streams."""

BRANCHED = "branched_from"
"""Attribute of the result of a branch: the eras before the fork, and the step of the fork."""

KIND, STATE = "kind", "state of one run"


class State:
    """The world of one run at one date.

    Attributes:
        data: ``xarray.Dataset`` of every array of the world, such as ``members.stance`` over (run, member), with the
            run's history and provenance in its attributes.
    """

    def __init__(self, data: xr.Dataset) -> None:
        """Wrap a dataset made by ``state_of`` or read by ``open_state``."""
        self.data = data

    def __repr__(self) -> str:
        """Scenario, seed, run and date."""
        return f"State({self.eras[-1].scenario.name!r}, seed={self.seed}, run={self.run}, {self.date})"

    @cached_property
    def eras(self) -> tuple[Era, ...]:
        """The run's history up to here."""
        return eras_from(self.data.attrs[HISTORY])

    @property
    def seed(self) -> int:
        """Seed of all random streams."""
        return int(self.data.attrs[SEED])

    @property
    def run(self) -> int:
        """Number of the run."""
        return self.eras[-1].run

    @property
    def step(self) -> int:
        """Number of steps done."""
        return int(self.data.attrs[STEP])

    @property
    def date(self) -> date:
        """First day of the step that comes next."""
        return self.eras[-1].scenario.date_of(self.step)

    def setups(
        self, strategy: Strategy | None = None, mechanisms: Mapping[str, Mechanism] | None = None
    ) -> list[Setup]:
        """The setup of each era.

        Args:
            strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
            mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

        Raises:
            ValueError: a function is not given, or the tables of the edition have changed since.
        """
        return [era.setup(strategy, mechanisms) for era in self.eras]

    def world(self, setups: Sequence[Setup] | None = None) -> World:
        """A world of one run, in this state and ready to be stepped by ``article10.model.schedule.step``.

        Args:
            setups: of each era, by default as recorded.
        """
        for world, end in zip(begun(setups or self.setups(), self.eras, self.seed), self._ends, strict=True):
            world.step = end  # the draws of the past depend on dates alone
        if missing := arrays_of(world).keys() - self._arrays.keys():
            raise self._other_version(min(missing))
        set_arrays(world, {name: values.copy() for name, values in self._arrays.items()})
        return world

    def model(
        self,
        run: int | None = None,
        *,
        combine: Sequence[str | Path] = (),
        changes: Mapping[str, Any] | None = None,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
        collect: Sequence[str] = ("stance",),
    ) -> AccessionModel:
        """A Mesa model that begins in this state, and ends as that run of ``article10.branch``, bit for bit.

        Args:
            run: number of the run whose draws it has from here on; by default its own.
            combine: scenarios whose changes hold from here on.
            changes: values by full key that hold from here on.
            strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
            mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.
            collect: attributes of MemberState that the data collector keeps, from here on.

        Raises:
            ScenarioError: a change is not valid, or cannot be made at a fork.
            ImportError: Mesa is not installed.
        """
        from article10.model.extras import require
        from article10.runs.ensemble.branch import open_model

        require("mesa", "model")
        made: dict[str, Any] = {"strategy": strategy, "mechanisms": mechanisms, "collect": collect}
        return open_model(self, run, combine=combine, changes=changes, **made)

    def check(self, world: World) -> None:
        """Check that a world of one run is in this state, in every bit.

        Raises:
            ResultError: it is not.
        """
        found = arrays_of(world)
        for name in sorted(found.keys() | self._arrays.keys()):
            if name not in found or name not in self._arrays or found[name].tobytes() != self._arrays[name].tobytes():
                raise self._other_version(name)

    def _other_version(self, name: str) -> ResultError:
        return ResultError(
            f"{self!r}: {name} is not what the run's past leads to here: another version of article10 or of NumPy took "
            "the state, or it was changed; take it again"
        )

    @property
    def _arrays(self) -> dict[str, AnyArray]:
        return {str(name): values.to_numpy() for name, values in self.data.data_vars.items()}

    @property
    def _ends(self) -> list[int]:
        return ends_of(self.eras, self.step)

    @checked
    def save(self, path: str | Path) -> Path:
        """Write the state as NetCDF-4, with a digest by which ``open_state`` detects damage.

        The file appears only when it is complete.

        Args:
            path: path of the file, which ends in ``.nc``; its folder must exist.

        Raises:
            OSError: the file cannot be written; nothing is left behind.
            ValueError: the name has another ending.
        """
        check_suffix(Path(path), ARRAYS)
        return save_dataset(self.data, Path(path))


@checked
def open_state(path: str | Path) -> State:
    """Read a state that ``State.save`` wrote.

    Args:
        path: path of the file.

    Raises:
        FileNotFoundError: the file does not exist.
        ResultError: the file is not a state, or is damaged: its content differs from its digest.
    """
    data = load_dataset(Path(path), "take the state again, as before, and save it: result.state(RUN, DATE).save(PATH)")
    if data.attrs.get(KIND) != STATE:
        raise ResultError(f"{path}: is not the state of a run; a file of results is read by article10.load")
    return State(data)


def state_of(
    result: EnsembleResult,
    run: int,
    when: object,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> State:
    """The world of a run of a result at a date: see ``EnsembleResult.state``."""
    run, day, scenario = check_run(result, run), day_given("when", when), result.scenario
    if not scenario.start <= day < scenario.horizon:
        raise ValueError(f"when = {day}: expected a date from {scenario.start} to before {scenario.horizon}")
    step = scenario.step_of(day)
    eras = [era for era in eras_of(result, run) if era.step <= step]
    setups = [era.setup(strategy, mechanisms) for era in eras]
    for world, end in zip(begun(setups, eras, result.seed), ends_of(eras, step), strict=True):
        step_to(world, end)
    return State(_dataset(world, eras, result.seed))


def eras_of(result: EnsembleResult, run: int) -> list[Era]:
    """The history of a run of a result: one era, and one more for each fork."""
    attributes = result.data.attrs
    if BRANCHED not in attributes:
        return [Era.of(attributes, run, 0)]
    return [*eras_from(attributes[BRANCHED]), Era.of(attributes, run, fork_of(result))]


def fork_of(result: EnsembleResult) -> int:
    """Step of the fork of a branch."""
    return int(json.loads(result.data.attrs[BRANCHED])[STEP])


def eras_from(text: str) -> tuple[Era, ...]:
    """Eras as ``as_text`` wrote them."""
    return tuple(Era(**era) for era in json.loads(text)["eras"])


def as_text(eras: Sequence[Era], step: int) -> str:
    """Eras up to a step as an attribute of a dataset."""
    return json.dumps({"eras": [asdict(era) for era in eras], STEP: step})


def _dataset(world: World, eras: Sequence[Era], seed: int) -> xr.Dataset:
    """The arrays of a world with labels and provenance."""
    axes = {len(world.setup.roster): "member", world.bargain.budget.shape[-1]: "payer"}
    variables = {
        name: (("run", *(axes.get(n, f"axis_{n}") for n in values.shape[1:])), np.asarray(values))
        for name, values in arrays_of(world).items()
    }
    last = eras[-1]
    attributes = {
        KIND: STATE,
        "scenario_name": last.scenario.name,
        "edition": world.setup.edition.name,
        SEED: seed,
        STEP: world.step,
        "date": last.scenario.date_of(world.step).isoformat(),
        HISTORY: as_text(eras, world.step),
        **provenance(),
    }
    return xr.Dataset(variables, coords={"run": [last.run], "member": list(world.setup.roster.iso3)}, attrs=attributes)
