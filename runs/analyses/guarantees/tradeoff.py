"""Guarantees as stepping stone or as substitute: paired runs over their level and rho."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from article10.agents.short_error import shown
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.days import as_day
from article10.model.edition import Edition
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.guarantees.tradeoff_result import GuaranteeTradeoff
from article10.runs.analyses.paired import Progress, check_milestone, outcomes_ahead, paired_runs, part_of, reached
from article10.runs.statistics.intervals import (
    paired,
    share,
    warn_if_underpowered,
)

LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)
SUBSTITUTIONS = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)

DELAY = timedelta(days=212)
"""Time from the start to the guarantee, as in the shipped scenarios: 1 December 2025 to 1 July 2026."""

NAME = "binding_guarantee"
"""Name of the event, the same as in the shipped scenarios, so that the guarantee replaces theirs."""


@checked
def guarantee_tradeoff(
    scenario: str | Path | Scenario = "baseline",
    levels: Sequence[float] = LEVELS,
    substitutions: Sequence[float] = SUBSTITUTIONS,
    runs: int = 500,
    seed: int = 0,
    *,
    outcome: str | None = None,
    given: str | date | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> GuaranteeTradeoff:
    """The effect of a binding guarantee by its level and by rho (``guarantees.substitution``), in paired runs.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario. Its own guarantees stay, except one
            named ``binding_guarantee``, which is replaced.
        levels: levels of one binding guarantee given by all members, from 0 to 1.
        substitutions: values of rho, from -1 to 1: guarantees are a stepping stone below 0 and a substitute above.
        runs: number of runs of each cell.
        seed: seed of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``; by default the first still possible at the start.
        given: date on which the guarantee is given; by default seven months after the start.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario, a level, a rho or the date is invalid.
        ValueError: ``runs``, ``seed`` or ``outcome`` is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero; the message says how many runs are needed.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    outcome = outcomes_ahead(chosen)[0] if outcome is None else outcome
    check_milestone(outcome)
    day = day_of_guarantee(chosen, given)
    total, rows = len(substitutions) * (1 + len(levels)) * runs, []
    for place, rho in enumerate(sorted(substitutions)):
        bare = without_guarantee(read_scenario(chosen, {"guarantees.substitution": float(rho)}))
        variants = {"none": bare} | {f"{level:g}": with_guarantee(bare, level, day) for level in sorted(levels)}
        before = place * len(variants) * runs
        results = paired_runs(variants, runs, seed, progress=part_of(progress, before, total))
        nothing = reached(results["none"], outcome)
        for level in sorted(levels):
            got = reached(results[f"{level:g}"], outcome)
            row = {"rho": float(rho), "level": float(level), **share(got, "share"), **share(nothing, "without")}
            rows.append(row | paired(got, nothing).row("effect"))
    return warn_if_underpowered(
        GuaranteeTradeoff(chosen, runs, seed, outcome, day, pd.DataFrame(rows).set_index(["rho", "level"]))
    )


def day_of_guarantee(scenario: Scenario, given: str | date | None) -> date:
    """The date of the guarantee: as given, or by default ``DELAY`` after the start.

    Raises:
        ScenarioError: it is not a date within the scenario.
    """
    expected = f"expected a date from {scenario.start} to before {scenario.horizon}"
    try:
        day = scenario.start + DELAY if given is None else as_day(given)
    except ValueError:
        raise ScenarioError(f"given = {shown(given)}: {expected}") from None
    if not scenario.start <= day < scenario.horizon:
        raise ScenarioError(f"given = {day}: {expected}")
    return day


def with_guarantee(scenario: Scenario, level: float, day: date) -> Scenario:
    """The scenario with one binding guarantee given by all members, in place of any of the same name.

    Raises:
        ScenarioError: the level is not from 0 to 1.
    """
    if not 0 <= level <= 1:
        raise ScenarioError(f"level = {level!r}: expected the level of a guarantee, from 0 to 1")
    content = {"kind": "guarantee", "name": NAME, "date": day, "level": float(level), "binding": True}
    return read_scenario(scenario, {"events": [content]})


def without_guarantee(scenario: Scenario) -> Scenario:
    """The scenario without the guarantee that ``with_guarantee`` adds."""
    return scenario.with_(events=tuple(event for event in scenario.events if event.name != NAME))
