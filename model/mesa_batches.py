"""Mesa's ``batch_run`` of an AccessionModel: how to ask for different runs, and a warning where it makes equal ones."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from inspect import signature
from types import FrameType
from typing import Any

from article10.model.arguments import whole

EQUAL_RUNS = (
    "Mesa's batch_run constructs the model with the same arguments in every iteration, so that all iterations are the "
    "same run: leave out iterations and add **article10.mesa_iterations(n) to the parameters"
)


def mesa_iterations(iterations: int) -> dict[str, range]:
    """Parameters for Mesa's ``batch_run`` that make each iteration a different run: numbers 0, 1, … of the ensemble.

    Mesa's own ``iterations=`` repeats the same run, because Mesa does not pass its number to the model.

    >>> mesa_iterations(3)
    {'run': range(0, 3)}

    ``mesa.batch_run(article10.AccessionModel, {"rng": 7, **article10.mesa_iterations(3)})`` makes runs 0, 1 and 2 of
    ``article10.simulate(runs=3, seed=7)``.

    Args:
        iterations: number of runs of each combination of the other parameters.

    Raises:
        ValueError: the number is not an integer of at least 1.
    """
    iterations = whole("iterations", iterations, 1)
    return {"run": range(iterations)}


def warn_of_equal_runs() -> None:
    """Warn if Mesa's ``batch_run`` constructs the calling model again with arguments that give the same run.

    Mesa does not pass on the number of the iteration, but the frame that calls the model's constructors has it: so a
    worker process sees it too, and no other use of the model can raise a false alarm.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name == "__init__":
        frame = frame.f_back
    if frame is None or frame.f_globals.get("__name__") != "mesa.batchrunner":
        return
    seeds_iterations = "rng" in signature(frame.f_globals["batch_run"]).parameters
    if frame.f_locals["iteration"] > 0 and not (seeds_iterations and _is_seeded(frame.f_locals["kwargs"])):
        warnings.warn(EQUAL_RUNS, stacklevel=3)


def _is_seeded(arguments: Mapping[str, Any]) -> bool:
    """Whether an iteration has a seed of its own, which from Mesa 3.5 on ``batch_run(rng=[…])`` passes as ``seed``.

    It is passed as ``rng`` to a subclass without that argument. An ``rng`` among the parameters overrides ``seed``.
    """
    if "seed" in arguments:
        return arguments["seed"] is not None and arguments.get("rng") is None
    return arguments.get("rng") is not None
