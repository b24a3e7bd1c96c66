"""Ensembles: many runs of a scenario at once, of which each is independent of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from article10.agents.russia import Strategy
from article10.model.arguments import LARGEST, check_functions, whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.mechanisms import Mechanism
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.stacked_draws import SharedDraws
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.machine import check_memory
from article10.runs.ensemble.recorder import Recorder, check_record, with_run_variables
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.stepping import chunk_size, state_bytes, step_stacks
from article10.runs.output.progress import Progress


@checked
def simulate(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    record: Sequence[str] = ("stance",),
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
    first_run: int = 0,
    chunk: int | None = None,
    progress: Progress | None = None,
) -> EnsembleResult:
    """Run a scenario many times.

    Run k depends only on the scenario, the seed and k, not on the number of runs or on the chunk.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs.
        seed: seed of all random streams; runs of two scenarios with the same seed and number share every draw.
        changes: values by full key, for example ``{"stance.peer_rate": 0.6}``.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        record: variables by member to record at every step: names in ``article10.MEMBER_VARIABLES``, or
            ``"contribution"`` for the contribution of each mechanism.
        strategy: a function in place of Russia's named strategy; see ``article10.Intelligence``.
        mechanisms: functions in place of ``article10.MECHANISMS``.
        first_run: number of the first run.
        chunk: number of runs stepped together, by default chosen from cache and memory; affects speed, not results.
        progress: called after each chunk with the number of runs done and the number of all runs.

    Returns:
        The result, with its data as an ``xarray.Dataset``.

    Raises:
        ScenarioError: the scenario is invalid.
        TooLargeError: the records of so many runs would take more memory than there is.
        ValueError: another argument is invalid.

    >>> result = simulate(runs=4, seed=7, changes={"horizon": "2027-12-01"})
    >>> dict(result.data.sizes)["member"]
    32
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    first_run = whole("first_run", first_run, most=LARGEST - runs)
    chunk = None if chunk is None else whole("chunk", chunk, 1)
    check_functions(strategy, mechanisms)
    check_record(record)
    read = read_scenario(scenario, changes, edition=edition, own_strategy=strategy is not None)
    setup = Setup.of(read, strategy, mechanisms)
    together = min(runs, chunk_size(setup) if chunk is None else chunk)
    check_memory(f"{together:,} runs stepped together", together * state_bytes(setup))
    recorder = Recorder(setup, runs, with_run_variables(record))
    sampler = Sampler(setup.streams, seed, once=True)
    numbers = range(first_run, first_run + runs)
    step_stacks([(setup, recorder)], SharedDraws(sampler), numbers, chunk=together, progress=progress)
    return EnsembleResult(dataset(setup, recorder, seed, first_run))
