"""One run of a result made again from its provenance, bit for bit, with more of it recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from article10.agents.russia import Strategy
from article10.model.mechanisms import Mechanism
from article10.runs.explain import Made

if TYPE_CHECKING:
    from article10.runs.result import EnsembleResult


def run_again(
    result: EnsembleResult,
    run: int,
    record: Sequence[str],
    *,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> EnsembleResult:
    """One run of a result, as a result of its own.

    Args:
        result: where the run is from.
        run: its number.
        record: what to keep of it; see ``article10.simulate``.
        strategy: the function that was passed to ``simulate``, if one was.
        mechanisms: likewise.

    Raises:
        ValueError: the run is not in the result, or a function that it was made with is not given.
    """
    from article10.runs.ensemble import simulate

    numbers = result.data["run"].to_numpy()
    if run not in numbers:
        raise ValueError(f"run = {run}: the result holds runs {numbers[0]} to {numbers[-1]}")
    made = Made.of(result, strategy, mechanisms)
    return simulate(
        made.scenario,
        1,
        result.seed,
        first_run=run,
        record=record,
        strategy=made.strategy,
        mechanisms=made.mechanisms,
    )
