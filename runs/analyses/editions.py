"""What two editions come to: paired runs of their baselines from one start."""

from __future__ import annotations

from article10.model.edition import Edition
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import reached
from article10.runs.ensemble.simulate import simulate
from article10.runs.statistics.intervals import paired

MILESTONES = ("invitation", "accession")


def edition_effect(one: Edition, other: Edition, runs: int, seed: int) -> list[str]:
    """How the outcomes of two baselines differ, a sentence for each milestone.

    Both start on the later of the two dates and last as long, so that only the tables and the baselines differ. Runs
    with the same number share the random draws whose streams have the same shape in both.

    Args:
        one: an edition.
        other: the edition with which it is compared.
        runs: number of paired runs.
        seed: seed of all random streams.
    """
    start = max(one.date, other.date)
    horizon = start.replace(year=start.year + 10)
    changes = {"start": start, "horizon": horizon}
    first, second = (
        simulate(read_scenario(edition=each), runs, seed, changes=changes, record=()) for each in (one, other)
    )
    found = []
    for milestone in MILESTONES:
        before, after = reached(first, milestone), reached(second, milestone)
        change = paired(after, before)
        shares = f"{before.mean():.1%} with {one.name}, {after.mean():.1%} with {other.name}"
        low, mean, high = (f"{100 * value:+.1f}" for value in (change.low, change.mean, change.high))
        found.append(
            f"{milestone} by {horizon}: {shares}; difference {mean} percentage points (95% interval {low} to {high}, "
            f"simulation uncertainty only; {runs} paired runs from {start})"
        )
    return found
