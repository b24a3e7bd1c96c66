"""How far the main numbers of a report move when every parameter is drawn from its plausible range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.levers import Lever
from article10.runs.analyses.paired import Progress, paired_runs, reached
from article10.runs.ensemble.summary import objections
from article10.runs.evidence.perturbations import parameters
from article10.runs.report.assumptions import changed_keys
from article10.runs.statistics.forms import Form, Measured, unit_of

POINTS, RUNS = 32, 40
"""Sets of parameters, and runs of each with and without the lever."""

MIDDLE = (0.05, 0.95)
"""Quantiles between which the middle nine tenths of the sets lie."""

WHOLE = "{:.0%}"
WHOLE_POINTS = Measured("{:+.0f}", 100.0, "percentage points")
"""Forms of the ends: few runs at each set support no decimals."""

SHELVED = "ever_shelved"


@dataclass(frozen=True)
class PlausibleRanges:
    """Estimates at sets of parameters, which are drawn together, each uniformly from its plausible range.

    Attributes:
        runs: number of runs at each set of parameters.
        shares: share of runs, 0 to 1, with each outcome still possible at the start, and in which the bid was ever
            shelved; a row for each set.
        effects: change of the probability of each outcome by the lever, −1 to 1, in paired runs; a row for each set.
        objections: share of councils at which each member objects by its own stance, indexed by set with members'
            codes as columns; missing where no council had the question before it.
    """

    runs: int
    shares: pd.DataFrame
    effects: pd.DataFrame
    objections: pd.DataFrame

    @property
    def points(self) -> int:
        """Number of sets of parameters."""
        return len(self.shares)

    def explained(self) -> str:
        """What the ranges are, as a sentence."""
        return (
            f"“Over plausible parameters” is the range of the middle nine tenths of {self.points} sets of parameters, "
            f"each drawn from the plausible ranges of all parameters that the scenario leaves as they are, with "
            f"{self.runs:,} runs a set; the ranges are judgements, not probabilities."
        )

    def of_share(self, outcome: str) -> str:
        """The range of the share of runs with an outcome."""
        return between(self.shares[outcome], WHOLE)

    def of_effect(self, outcome: str) -> str:
        """The range of the lever's effect on the probability of an outcome, in percentage points."""
        return between(self.effects[outcome], WHOLE_POINTS)

    def of_objections(self, member: str) -> str:
        """The range of the share of councils at which a member objects by its own stance."""
        return between(self.objections[member].dropna(), WHOLE)


def between(values: pd.Series[float], form: Form) -> str:
    """The middle nine tenths of values; one number where both ends show the same.

    >>> between(pd.Series([0.0, 0.1, 0.5, 0.9, 1.0]), "{:.0%}"), between(pd.Series([-0.04, 0.001]), WHOLE_POINTS)
    ('2% to 98%', '-4 to 0 percentage points')
    >>> between(pd.Series([0.0, 0.001]), "{:.0%}"), between(pd.Series([0.0]), WHOLE_POINTS)
    ('0%', '0 percentage points')
    """
    if values.empty:
        return "–"
    low, high = (form.format(float(values.quantile(q))) for q in MIDDLE)
    ends = low if low == high else f"{low} to {high}"
    return f"{ends} {unit_of(form)}".rstrip().replace("+0 ", "0 ")


def plausible_ranges(
    scenario: Scenario,
    outcomes: Sequence[str],
    lever: Lever,
    runs: int,
    seed: int,
    progress: Progress | None = None,
) -> PlausibleRanges:
    """Simulate a scenario, with and without a lever, at sets of plausible parameters.

    Parameters in which the scenario differs from the baseline keep its values, because they are what it asks about.

    Args:
        scenario: the scenario.
        outcomes: outcomes still possible at the start.
        lever: what is removed.
        runs: most runs at each set of parameters.
        seed: seed of the sets and of all random streams, which all sets share.
        progress: called with the number of runs done and the number of all runs.
    """
    points = [point.scenario for point in parameters(scenario, POINTS, seed, changed_keys(scenario))]
    pairs = {f"{place} {kind}": each for place, point in enumerate(points) for kind, each in _both(point, lever)}
    runs = min(runs, RUNS)
    found = paired_runs(pairs, runs, seed, progress=progress)
    shares, effects, objecting = [], [], []
    for place in range(len(points)):
        present, absent = (found[f"{place} {kind}"] for kind in ("with", "without"))
        own = {outcome: float(reached(present, outcome).mean()) for outcome in outcomes}
        effects.append({outcome: own[outcome] - float(reached(absent, outcome).mean()) for outcome in outcomes})
        shares.append({**own, SHELVED: float(present.outcomes_by_member[SHELVED].mean())})
        held, kinds = objections(present)
        counts = pd.Series(kinds["own_stance"].sum(axis=0), index=present.data["member"].to_numpy())
        objecting.append(counts / (held.sum() or float("nan")))
    return PlausibleRanges(runs, pd.DataFrame(shares), pd.DataFrame(effects), pd.DataFrame(objecting))


def _both(point: Scenario, lever: Lever) -> list[tuple[str, Scenario]]:
    return [("with", point), ("without", lever.without(point))]
