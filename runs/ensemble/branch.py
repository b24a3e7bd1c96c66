"""Branches: runs that share one run's past up to a date, and then go on with other draws, parameters or events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from article10.agents.russia import Strategy
from article10.model.arguments import check_names, whole
from article10.model.checked import a_switch, checked, refuse
from article10.model.mechanisms import Mechanism
from article10.model.randomness import Sampler, draw
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.branch_scenario import branch_setup
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.history import AnyArray, Era, begun, ends_of, forked, step_to
from article10.runs.ensemble.machine import check_memory
from article10.runs.ensemble.recorder import CONTRIBUTION, Recorder, check_record, with_run_variables
from article10.runs.ensemble.rerun import check_run, rebuild_setup, rerun
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.state import BRANCHED, State, as_text, eras_from, fork_of
from article10.runs.ensemble.stepping import Recording, chunk_size, chunks, state_bytes, step_chunk
from article10.runs.output.progress import Progress

if TYPE_CHECKING:
    from article10.model.accession_model import AccessionModel

ONE = slice(0, 1)


@checked
def branch(
    state: State,
    runs: int = 1000,
    *,
    combine: Sequence[str | Path] = (),
    changes: Mapping[str, Any] | None = None,
    own_draws: bool = False,
    record: Sequence[str] = ("stance",),
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
    progress: Progress | None = None,
) -> EnsembleResult:
    """Runs that go on from one state: all have its past, and run j the draws of run j of the seed from the fork on.

    Branches of one state therefore share their draws, run by run, with one another and with the ensemble that the state
    is from. The run of the state keeps its own draws and, if nothing is changed, goes on as it did, bit for bit.

    Args:
        state: where the runs fork.
        runs: number of runs.
        combine: scenarios, by name or path of a TOML file, whose parameters and events hold from the fork on.
        changes: values by full key that hold from the fork on, for example ``{"stance.peer_rate": 0.6}``.
        own_draws: whether the run of the state goes on alone, with its own draws; ``runs`` is then of no use.
        record: variables by member to record at every step; see ``article10.simulate``.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.
        progress: called after each chunk with the number of runs done and the number of all runs.

    Returns:
        The result, whose variables and ballots before the fork are those of the run of the state.

    Raises:
        ResultError: the past of the run can no longer be simulated as it was.
        ScenarioError: a change is not valid, or cannot be made at a fork.
        TooLargeError: the records of so many runs would take more memory than there is.
        ValueError: another argument is invalid.
    """
    runs, state = whole("runs", runs, 1), a_state(state)
    check_names("combine", combine)
    check_record(record)
    a_switch("own_draws", own_draws)
    setups = state.setups(strategy, mechanisms)
    setup = branch_setup(setups[-1], state, combine, changes, strategy, mechanisms)
    numbers = range(state.run, state.run + 1) if own_draws else range(runs)
    past = Past(state.eras, setups, state.step, state.seed)
    return _grown(past, setup, numbers, record, progress, state)


def a_state(value: object) -> State:
    """What is passed as the state of a run, if it is one.

    Raises:
        ArgumentError: it is not.
    """
    if not isinstance(value, State):
        raise refuse("state", value, 'a state, such as result.state(3, "2028-06-01")')
    return value


def open_model(
    state: State,
    run: int | None = None,
    *,
    combine: Sequence[str | Path] = (),
    changes: Mapping[str, Any] | None = None,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
    collect: Sequence[str] = ("stance",),
) -> AccessionModel:
    """A run of a branch as a Mesa model at the fork: see ``State.model``."""
    from article10.model.accession_model import AccessionModel
    from article10.model.mesa_agents import mesa

    number = state.run if run is None else whole("run", run)
    setups = state.setups(strategy, mechanisms)
    setup = branch_setup(setups[-1], state, combine, changes, strategy, mechanisms)
    model = AccessionModel(
        setup.scenario, state.seed, number, strategy=setup.strategy, mechanisms=setup.mechanisms, collect=collect
    )
    anew = np.array([number != state.run])
    model.setup = setup
    model.world = forked(state.world(setups), setup, draw(setup.streams, state.seed, [number]), anew)
    first = model.datacollector  # holds the first day, which is not this model's
    model.datacollector = mesa.DataCollector(first.model_reporters, first.agent_reporters)
    model.datacollector.collect(model)
    return model


def rerun_any(
    result: EnsembleResult,
    run: int,
    record: Sequence[str],
    *,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> EnsembleResult:
    """One run of a result, that of a branch among them, as a result of its own; see ``rerun``."""
    if BRANCHED not in result.data.attrs:
        return rerun(result, run, record, strategy=strategy, mechanisms=mechanisms)
    run = check_run(result, run)
    past, setup = Past.of(result, strategy, mechanisms), rebuild_setup(result, strategy, mechanisms)
    return _grown(past, setup, range(run, run + 1), record)


def step_again(
    result: EnsembleResult,
    recording: Recording,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> None:
    """Step all runs of a result once more, from its provenance.

    Args:
        result: the result.
        recording: records the runs; it is given the common past of a branch once, for all rows, as a world of one run.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

    Raises:
        ValueError: a function is not given, or the mechanisms of a branch are not those before its fork.
    """
    setup = rebuild_setup(result, strategy, mechanisms)
    numbers = result.data["run"].to_numpy().tolist()
    sampler = Sampler(setup.streams, result.seed, once=True)
    if BRANCHED not in result.data.attrs:
        for rows in chunks(len(numbers), chunk_size(setup)):
            step_chunk(setup, sampler.draw(numbers[rows]), recording, rows)
        return
    past = Past.of(result, strategy, mechanisms)
    if any(list(each.mechanisms) != list(setup.mechanisms) for each in past.setups):
        raise ValueError("mechanisms were switched at the fork: explain one run at a time, by run=")
    world = _lived(past, recording, slice(0, len(numbers)))
    for rows in chunks(len(numbers), chunk_size(setup)):
        _go_on(world, setup, sampler, numbers[rows], past.run, recording, rows)


# --- growing a branch -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """What the runs of a branch have in common.

    Attributes:
        eras: the history of one run up to the fork.
        setups: of these eras.
        fork: step of the fork.
        seed: seed of all random streams.
    """

    eras: Sequence[Era]
    setups: Sequence[Setup]
    fork: int
    seed: int

    @classmethod
    def of(cls, result: EnsembleResult, strategy: Strategy | None, mechanisms: Mapping[str, Mechanism] | None) -> Past:
        """The past of the runs of a branch, from its provenance."""
        eras = eras_from(result.data.attrs[BRANCHED])
        return cls(eras, [era.setup(strategy, mechanisms) for era in eras], fork_of(result), result.seed)

    @property
    def run(self) -> int:
        """Number of the run whose past it is."""
        return self.eras[-1].run

    def worlds(self) -> Iterator[tuple[int, World, int]]:
        """For each era its place, the world of one run at its beginning, and the step to which to step it."""
        ends = ends_of(self.eras, self.fork)
        for place, (world, end) in enumerate(zip(begun(self.setups, self.eras, self.seed), ends, strict=True)):
            yield place, world, end


def _grown(
    past: Past,
    setup: Setup,
    numbers: range,
    record: Sequence[str],
    progress: Progress | None = None,
    state: State | None = None,
) -> EnsembleResult:
    """The result of runs with one past.

    Args:
        past: what they have in common.
        setup: from the fork on.
        numbers: of the runs, whose draws they have from the fork on.
        record: variables to record.
        progress: called after each chunk.
        state: the state at the fork, to be found again.
    """
    chunk, names = min(len(numbers), chunk_size(setup)), with_run_variables(record)
    check_memory(f"{chunk:,} runs stepped together", chunk * state_bytes(setup))
    recorder = Recorder(setup, len(numbers), names)
    each = [Recorder(own, 1, names) for own in past.setups]
    for place, world, end in past.worlds():
        if place == 0:
            each[0].before(world, ONE)
        else:
            _carry(each[place - 1], each[place], world.step)
        world.record_rates = CONTRIBUTION in record
        _step(world, end, each[place], ONE)
    if state is not None:
        state.check(world)
    _carry(each[-1], recorder, past.fork)
    sampler = Sampler(setup.streams, past.seed, once=True)
    for rows in chunks(len(numbers), chunk):
        _go_on(world, setup, sampler, numbers[rows], past.run, recorder, rows)
        if progress is not None:
            progress(rows.stop, len(numbers))
    data = dataset(setup, recorder, past.seed, numbers[0])
    return EnsembleResult(data.assign_attrs({BRANCHED: as_text(past.eras, past.fork)}))


def _lived(past: Past, recording: Recording, rows: slice) -> World:
    """The world of one run at a fork, with its past recorded in the rows of all runs that share it."""
    rates = False
    for place, world, end in past.worlds():
        if place == 0:
            recording.before(world, rows)
            rates = world.record_rates
        world.record_rates = rates
        _step(world, end, recording, rows)
    return world


def _go_on(
    world: World,
    setup: Setup,
    sampler: Sampler,
    numbers: Sequence[int],
    own: int,
    recording: Recording,
    rows: slice,
) -> None:
    """Step some runs from the fork to the horizon.

    Args:
        world: of one run at the fork, which is not changed.
        setup: from the fork on.
        sampler: of the draws from then on.
        numbers: of the runs.
        own: number of the run whose past it is.
        recording: records the runs.
        rows: rows of the recorder's arrays that belong to them.
    """
    draws = dict(sampler.draw(numbers))
    names = {f"event:{event.name}" for event in setup.scenario.events}
    of_events = [stream for stream in setup.streams if stream.name in names]
    draws |= draw(of_events, sampler.seed, numbers)  # whole, because events that last are counted from their beginning
    there = forked(world, setup, draws, np.array(numbers) != own)
    there.record_rates = world.record_rates
    _step(there, setup.n_steps, recording, rows)


def _step(world: World, step: int, recording: Recording, rows: slice) -> None:
    """Step a world until so many steps are done, and record each."""
    step_to(world, step, lambda now, stance: recording.after_step(now, rows, stance))


def _carry(before: Recorder, after: Recorder, step: int) -> None:
    """Give the past recorded of one run to all runs of the next era; what a name or a meeting is new in stays empty.

    Args:
        before: records of one run, up to the fork.
        after: records of the runs that go on.
        step: number of steps done at the fork.
    """
    every = slice(None)
    then = before.outcomes.arrays(every)
    for name, now in after.outcomes.arrays(every).items():
        if now.ndim == 1:
            now[:] = then[name]
        else:  # meetings or quarters in the order of dates: those of the past are the same
            n = min(now.shape[1], then[name].shape[1])
            now[:, :n] = then[name][:, :n]
    if before.trajectories is None or after.trajectories is None:
        return
    for name, held in after.trajectories.held.items():
        if name == CONTRIBUTION:
            _carry_parts(before.trajectories, after.trajectories, step)
        elif name in before.trajectories.held:
            held[: step + 1] = before.trajectories.held[name][: step + 1]


def _carry_parts(before: Any, after: Any, step: int) -> None:  # noqa: ANN401 - recorders of trajectories
    """The contributions of mechanisms, each in its own place."""
    now: AnyArray = after.held[CONTRIBUTION]
    for place, name in enumerate(after.mechanisms):
        if name in before.mechanisms:
            now[:step, ..., place] = before.held[CONTRIBUTION][:step, ..., before.mechanisms.index(name)]
