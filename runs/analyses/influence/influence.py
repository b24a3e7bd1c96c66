"""Informal influence: paired runs with and without a lever, and how their outcomes differ."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.influence.flips import flips
from article10.runs.analyses.influence.influence_result import ABSENT, PRESENT, Influence
from article10.runs.analyses.levers import Lever, lever
from article10.runs.analyses.paired import (
    MEASURED,
    Progress,
    ends_of_years,
    paired_runs,
    reached,
    years_until,
)
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.statistics.intervals import (
    paired,
    share,
    warn_if_underpowered,
)


@checked
def influence(
    scenario: str | Path | Scenario = "baseline",
    of: str | Lever | Mapping[str, Any] = "russia",
    runs: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    by_channel: bool = True,
    progress: Progress | None = None,
) -> Influence:
    """How much an actor, event or mechanism changes the outcome: paired runs with it and without it.

    Paired runs share every random draw, so that they differ only by the effect of the lever. To split the effect, all
    combinations of channels are simulated; a channel's share is its Shapley value, so that shares add up to the effect.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        of: the lever to remove: see ``article10.runs.analyses.levers.lever``.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        by_channel: whether to split the difference by the channels of the lever.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed`` or ``of`` is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.

    >>> influence(runs=8, of="mechanism:shock", changes={"horizon": "2027-06-01"}).total["invitation"].differ
    0
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    which = lever(of, chosen)
    split = by_channel and len(which.channels) > 1
    everything = frozenset(which.channels)
    removed = which.subsets() if split else [frozenset[str](), everything]
    variants = {_variant(out): which.without(chosen, (c for c in which.channels if c in out)) for out in removed}
    results = paired_runs(variants, runs, seed, by_year=("stance",), progress=progress)
    present, absent = results[_variant(frozenset())], results[_variant(everything)]
    through, blocked, enabled = flips(present, absent, MEASURED)
    return warn_if_underpowered(
        Influence(
            scenario=chosen,
            runs=runs,
            seed=seed,
            lever=which,
            by_year=_by_year(present, absent),
            total={o: paired(reached(present, o), reached(absent, o)) for o in MEASURED},
            delay={o: paired(years_until(present, o), years_until(absent, o)) for o in MEASURED},
            members=_members(present, absent),
            through=through,
            blocked=blocked,
            enabled=enabled,
            channels=_channels(which, results) if split else pd.DataFrame(),
        )
    )


def _variant(removed: frozenset[str]) -> str:
    return "+".join(sorted(removed)) or "as it is"


def _by_year(present: EnsembleResult, absent: EnsembleResult) -> pd.DataFrame:
    rows = []
    for end in ends_of_years(present.scenario):
        for outcome in MEASURED:
            a, b = reached(present, outcome, end), reached(absent, outcome, end)
            d = paired(a, b)
            row: dict[str, Any] = {"by": end.date(), "outcome": outcome, **share(a, PRESENT), **share(b, ABSENT)}
            rows.append(row | d.row("difference") | {"unpaired_runs": d.unpaired_runs})
    return pd.DataFrame(rows).set_index(["by", "outcome"])


def _members(present: EnsembleResult, absent: EnsembleResult) -> pd.DataFrame:
    a, b = (r.data["stance_by_year"].to_numpy().astype(float).mean(axis=1) for r in (present, absent))
    names = present.data["member_name"].to_numpy()
    rows = [{"member_name": name, **paired(a[:, i], b[:, i]).row("moved")} for i, name in enumerate(names)]
    frame = pd.DataFrame(rows, index=pd.Index(present.data["member"].to_numpy(), name="member"))
    return frame.sort_values("moved", key=np.abs, ascending=False)


def _channels(which: Lever, results: Mapping[str, EnsembleResult]) -> pd.DataFrame:
    """Shapley shares of the channels (Shapley 1953), run by run, and the effect of removing each channel alone."""
    everything, n, rows = frozenset(which.channels), len(which.channels), []
    for outcome in MEASURED:
        value = {out: reached(results[_variant(out)], outcome).astype(float) for out in which.subsets()}
        for channel in which.channels:
            contribution = np.zeros(len(value[everything]))
            for out in (s for s in value if channel in s):  # the runs without the channel, and the same with it
                weight = factorial(n - len(out)) * factorial(len(out) - 1) / factorial(n)
                contribution += weight * (value[out - {channel}] - value[out])
            alone = paired(value[frozenset()] > 0, value[frozenset({channel})] > 0)
            place = {"channel": channel, "outcome": outcome}
            rows.append(place | paired(contribution, np.zeros_like(contribution)).row("share") | alone.row("alone"))
    return pd.DataFrame(rows).set_index(["channel", "outcome"])
