"""Re-simulate runs of a result from its stored provenance, bit for bit, and record more variables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from article10.agents.russia import STRATEGIES, Strategy
from article10.agents.short_error import UnknownNameError
from article10.model.arguments import whole
from article10.model.edition import read_edition
from article10.model.mechanisms import MECHANISMS, Mechanism
from article10.model.setup import Setup

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

CUSTOM = "custom:"
"""Prefix of the name of a function that is not part of the model."""


def recorded_functions(setup: Setup) -> dict[str, str]:
    """Attributes of a dataset that name the functions with which its runs were made."""
    mechanisms = {name: _name_of(function, MECHANISMS) for name, function in setup.mechanisms.items()}
    return {"strategy": _name_of(setup.strategy, STRATEGIES), "mechanisms": json.dumps(mechanisms)}


def _name_of(function: object, known: Mapping[str, object]) -> str:
    for name, shipped in known.items():
        if shipped is function:
            return name
    return f"{CUSTOM}{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', '?')}"


def rebuild_setup(
    result: EnsembleResult,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> Setup:
    """The setup of a result's runs: its scenario, and the functions given, or those that its provenance names.

    Args:
        result: the result, with its provenance.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

    Raises:
        ValueError: the result was made with a function of the user's own or an unknown one, which is not given here; or
            the tables of its edition have changed since.
    """
    made_with = result.data.attrs
    now = read_edition(result.scenario.edition)
    if made_with.get("edition_digest", now.digest) != now.digest:
        raise ValueError(f"made with other tables of the edition {now.name}: they have changed since; simulate again")
    if strategy is None:
        name = str(made_with["strategy"])
        if name.startswith(CUSTOM):
            raise ValueError(f"made with the strategy {name}: give it again as strategy=, in Python")
        strategy = STRATEGIES[name]
    if mechanisms is None:
        names = json.loads(made_with["mechanisms"])
        if not isinstance(names, dict):
            raise ValueError(
                "made by an earlier article10, which did not note the functions of its mechanisms: "
                "give them as mechanisms=, in Python, or simulate anew"
            )
        if own := [name for name in names.values() if name.startswith(CUSTOM)]:
            raise ValueError(f"made with the mechanisms {', '.join(own)}: give all again as mechanisms=, in Python")
        mechanisms = {place: MECHANISMS[name] for place, name in names.items()}
    return Setup.of(result.scenario, strategy, mechanisms)


def rerun(
    result: EnsembleResult,
    run: int,
    record: Sequence[str],
    *,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> EnsembleResult:
    """One run of a result, as a result of its own.

    Args:
        result: the result that contains the run.
        run: number of the run.
        record: variables to record; see ``article10.simulate``.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

    Raises:
        ValueError: the run is not in the result, or a function with which it was made is not given.
    """
    from article10.runs.ensemble.simulate import simulate

    run = check_run(result, run)
    setup = rebuild_setup(result, strategy, mechanisms)
    functions: dict[str, Any] = {"strategy": setup.strategy, "mechanisms": setup.mechanisms}
    return simulate(setup.scenario, 1, result.seed, first_run=run, record=record, **functions)


def check_run(result: EnsembleResult, run: int) -> int:
    """The number of a run, checked.

    Raises:
        ValueError: the run is not in the result; the message says which are.
    """
    result.check_runs()
    run, numbers = whole("run", run), result.data["run"].to_numpy()
    if run not in numbers:
        raise UnknownNameError(f"run = {run}: the result holds runs {numbers[0]} to {numbers[-1]}")
    return run
