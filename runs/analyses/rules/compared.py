"""Decision rules compared: paired runs under unanimity and under the what-if rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.members import OBJECT
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import (
    MEASURED,
    Progress,
    ends_of_years,
    outcomes_ahead,
    paired_runs,
    reached,
    years_until,
)
from article10.runs.analyses.rules.compared_result import RULES, RulesCompared
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.statistics.intervals import (
    mean_over_runs,
    paired,
    share,
    share_over_runs,
    warn_if_underpowered,
)

NO_RUSSIA = " without pressure"


@checked
def compare_rules(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    rules: Sequence[str] = tuple(RULES),
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> RulesCompared:
    """Compare decision rules in paired runs, each with and without Russia's pressure on members.

    Args:
        scenario: name, path or scenario; its own rule is replaced.
        runs: number of runs under each rule.
        seed: seed of all random streams.
        rules: names of rules, from ``RULES``; the others are compared with the first.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed`` or a rule is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    for name in rules:
        if name not in RULES:
            raise ValueError(f"rules: unknown rule {name!r}; expected one of {', '.join(RULES)}")
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    variants = {name: chosen.with_(RULES[name]) for name in rules}
    variants |= {name + NO_RUSSIA: LEVERS["pressure"].without(scenario) for name, scenario in list(variants.items())}
    results = paired_runs(variants, runs, seed, progress=progress)
    rows = [_row(name, results[name], results[rules[0]], results[name + NO_RUSSIA]) for name in rules]
    return warn_if_underpowered(
        RulesCompared(
            scenario=chosen,
            runs=runs,
            seed=seed,
            by_year=pd.concat({name: _by_year(results[name]) for name in rules}, names=["rule"]),
            rules=pd.DataFrame(rows).set_index("rule"),
            outvoted=pd.concat({name: _outvoted(results[name]) for name in rules}, names=["rule"]),
        )
    )


def _by_year(result: EnsembleResult) -> pd.DataFrame:
    rows = [
        {"outcome": outcome, "by": end.date(), **share(reached(result, outcome, end), "share")}
        for outcome in MEASURED
        for end in ends_of_years(result.scenario)
    ]
    return pd.DataFrame(rows).set_index(["outcome", "by"])


def _row(rule: str, result: EnsembleResult, first: EnsembleResult, no_russia: EnsembleResult) -> dict[str, Any]:
    row: dict[str, Any] = {"rule": rule}
    for outcome in MEASURED:
        row |= share(reached(result, outcome), outcome)
    for outcome in MEASURED:
        row |= paired(reached(result, outcome), reached(first, outcome)).row(f"{outcome}_gain")
    row |= mean_over_runs(years_until(result, "invitation"), "years_to_invitation")
    invitations, objects = _at_invitations(result)
    row |= mean_over_runs(objects.sum(axis=1), "members_outvoted", invitations)
    ahead = outcomes_ahead(result.scenario)[0]
    return row | paired(reached(result, ahead), reached(no_russia, ahead)).row("russia")


def _outvoted(result: EnsembleResult) -> pd.DataFrame:
    invitations, objects = _at_invitations(result)
    rows = [share_over_runs(by_run, "share", invitations) for by_run in objects.T]
    return pd.DataFrame(rows, index=pd.Index(result.data["member_name"].to_numpy(), name="member"))


def _at_invitations(result: EnsembleResult) -> tuple[np.ndarray, np.ndarray]:
    """Number of invitations of each run, (run,), and at how many of them each member objected, (run, member)."""
    invited = result.data["invited"].to_numpy() == 1
    objects = (result.data["ballot"].to_numpy() == OBJECT) & invited[:, :, None]
    return invited.sum(axis=1), objects.sum(axis=1)
