"""Which headline statements hold under coding error, other strategies, other networks, and all parameter ranges.

The statements, the criteria for keeping each, and the verdicts were fixed before any result was seen:

- *decided*: a point decides a statement about a difference if the 95% confidence interval excludes the value that it is
  compared with; other points are counted separately. Who holds out is decided at every point.
- **robust**: in a complete family (strategies, networks) all decided points keep the statement; in a sampled family
  (codes, parameters) the whole 95% interval of the share of decided points that keep it lies above 80%. In both, at
  least half of all points are decided.
- **not supported**: no point decides the statement, or at most half of the decided points keep it.
- **conditional**: anything else; the parameter, or the members of the family, on which it depends are named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, final

import numpy as np
import pandas as pd

from article10.model.arguments import whole
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import ROOT, read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import Progress, paired_runs, reached
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.batches.design_size import check_size
from article10.runs.batches.executors import executor
from article10.runs.ensemble.summary import holdouts
from article10.runs.evidence.perturbations import Perturbation, every_point, points_given
from article10.runs.evidence.verdicts import DECIDED_SHARE, SAMPLED, separating, verdict, within
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS
from article10.runs.statistics.intervals import Difference, paired
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STATEMENTS: Mapping[str, str] = {
    "pressure": "Russia's pressure makes an invitation less likely",
    "size": "the effect of its pressure is within half and twice that of the baseline",
    "holdouts": "the two members that object most in the baseline are among the three that object most",
    "stepping_stone": "a binding guarantee makes an invitation more likely where rho is -0.7",
    "substitute": "a binding guarantee makes an invitation less likely where rho is 0.7",
}
"""The headline statements, by a short name."""

SUBSTITUTION = 0.7
"""Size of rho in the statements on guarantees: that of the scenarios guarantees_in_lieu and stepping_stone."""

GUARANTEE = {"kind": "guarantee", "name": "robustness_guarantee", "level": 0.6, "binding": True}
"""The guarantee in the statements on guarantees, given seven months after the start, as in guarantees_in_lieu."""


@dataclass(frozen=True)
class Reading:
    """The estimates at one point.

    Attributes:
        point: the perturbation.
        pressure: difference of the share of runs invited by the horizon, with pressure minus without, paired.
        stepping_stone: the same difference, with a binding guarantee minus without, for rho = -0.7.
        substitute: the same for rho = 0.7.
        invited: share of runs with pressure that are invited.
        objecting: share of councils at which each member objects by its own stance, largest first.
    """

    point: Perturbation
    pressure: Difference
    stepping_stone: Difference
    substitute: Difference
    invited: float
    objecting: pd.Series


@final
@dataclass(frozen=True, repr=False)
class Robustness(AnalysisResult):
    """Which statements hold under which perturbations.

    Attributes:
        scenario: the scenario that all points perturb.
        runs: number of runs at each point; all points share their random draws.
        seed: seed of all random streams and of the points.
        baseline: estimates of the unperturbed scenario.
        readings: estimates at each point.
    """

    scenario: Scenario
    runs: int
    seed: int
    baseline: Reading
    readings: tuple[Reading, ...]

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which conclusions from {self.scenario.name} hold under uncertainty about codes and parameters?"

    @property
    def holdouts(self) -> tuple[str, ...]:
        """The two members that object most in the baseline."""
        return tuple(str(code) for code in self.baseline.objecting.index[:2])

    def kept(self, statement: str) -> pd.Series:
        """Whether each point keeps a statement: true, false, or None where it does not decide it."""
        values = [self._keeps(statement, reading) for reading in self.readings]
        return pd.Series(values, index=[r.point.name for r in self.readings], dtype="object")

    def _keeps(self, statement: str, reading: Reading) -> bool | None:
        if statement == "holdouts":
            return set(self.holdouts) <= {str(code) for code in reading.objecting.index[:3]}
        if statement == "size":
            return within(reading.pressure, sorted((self.baseline.pressure.mean * f) for f in (0.5, 2.0)))
        difference: Difference = getattr(reading, statement)
        stated = 1.0 if statement == "stepping_stone" else -1.0
        return bool(difference.mean * stated > 0) if difference.excludes_zero else None

    def table(self) -> pd.DataFrame:
        """One row for each statement and family of perturbations, with the verdict."""
        rows = []
        for statement, words in STATEMENTS.items():
            kept = self.kept(statement).to_numpy()
            for family in dict.fromkeys(reading.point.family for reading in self.readings):
                chosen = [i for i, r in enumerate(self.readings) if r.point.family == family]
                rows.append({"statement": words, "perturbation": family, **self._row(statement, family, chosen, kept)})
        return pd.DataFrame(rows)

    def _row(self, statement: str, family: str, chosen: Sequence[int], kept: np.ndarray) -> dict[str, object]:
        decided = [i for i in chosen if kept[i] is not None]
        keep = sum(bool(kept[i]) for i in decided)
        found = verdict(keep, len(decided), len(chosen), family in SAMPLED)
        low, high = wilson(keep, len(decided)) if decided else (np.nan, np.nan)
        condition = ""
        if found == "conditional":
            few = "decided by fewer than half of the points; " if len(decided) < DECIDED_SHARE * len(chosen) else ""
            measure = [self._measure(statement, self.readings[i]) for i in chosen]
            condition = few + self._condition(
                family, [self.readings[i].point for i in chosen], measure, kept[list(chosen)]
            )
        share = keep / len(decided) if decided else np.nan
        ends = {"kept_low": low, "kept_high": high} if family in SAMPLED else {}
        return {
            "points": len(chosen),
            "decided": len(decided),
            "kept": share,
            **ends,
            "verdict": found,
            "condition": condition,
        }

    def _measure(self, statement: str, reading: Reading) -> float:
        if statement == "holdouts":
            ranks = {str(code): place for place, code in enumerate(reading.objecting.index)}
            return -float(max(ranks.get(code, len(ranks)) for code in self.holdouts))
        if statement in ("pressure", "size"):
            return -reading.pressure.mean
        return reading.stepping_stone.mean if statement == "stepping_stone" else -reading.substitute.mean

    @staticmethod
    def _condition(family: str, points: Sequence[Perturbation], measure: Sequence[float], kept: np.ndarray) -> str:
        if family in SAMPLED:
            return separating(pd.DataFrame([p.values for p in points]), np.array(measure), kept)
        lost = [p.name for p, k in zip(points, kept, strict=True) if k is False]
        undecided = [p.name for p, k in zip(points, kept, strict=True) if k is None]
        said = [f"not kept with {listed(lost)}"] if lost else []
        return "; ".join([*said, *([f"undecided with {listed(undecided)}"] if undecided else [])])

    def sentences(self) -> list[str]:
        """The number of each verdict, then the verdicts on each statement."""
        table = self.table()
        said = []
        for found in ("robust", "conditional", "not supported"):
            rows = table[table["verdict"] == found]
            said.append(f"{len(rows)} of {len(table)} combinations of statement and perturbation are {found}.")
        for words, rows in table.groupby("statement", sort=False):
            by = {v: listed(rows.loc[rows["verdict"] == v, "perturbation"]) for v in rows["verdict"].unique()}
            said.append(
                f"{str(words)[0].upper()}{str(words)[1:]}: {'; '.join(f'{v} under {w}' for v, w in by.items())}."
            )
        return said

    def tables(self) -> dict[str, ResultTable]:
        """The verdicts, and the estimates at each point."""
        readings = pd.DataFrame(
            [
                {
                    "family": r.point.family,
                    **{
                        key: value
                        for name in ("pressure", "stepping_stone", "substitute")
                        for d in (getattr(r, name),)
                        for key, value in ((name, d.mean), (f"{name}_low", d.low), (f"{name}_high", d.high))
                    },
                    "invited": r.invited,
                    "object_most": ", ".join(str(code) for code in r.objecting.index[:3]),
                }
                for r in (self.baseline, *self.readings)
            ],
            index=pd.Index([r.point.name for r in (self.baseline, *self.readings)], name="point"),
        )
        by = dict.fromkeys(("pressure", "stepping_stone", "substitute"), POINTS) | {"invited": PERCENT}
        verdicts = ResultTable("Verdict on each statement by perturbation", self.table(), {"kept": "{:.0%}"}, most=40)
        return {"verdicts": verdicts, "points": ResultTable("Estimates at each point", readings, by)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The effects that the statements are about, at every point."""
        from article10.runs.evidence.robustness_figures import draw_points

        names = ("pressure", "stepping_stone", "substitute")
        return {name: partial(draw_points, self, name) for name in names}


def robustness(
    scenario: str | Path | Scenario = ROOT,
    runs: int = 500,
    seed: int = 0,
    *,
    redraws: int = 40,
    points: int = 100,
    left: pd.DataFrame | None = None,
    changes: Mapping[str, object] | None = None,
    edition: str | Path | Edition | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Robustness:
    """Test the headline statements under uncertainty; the docstring of this module defines the verdicts.

    Each process holds one point in memory at a time: six variants of ``runs`` paired runs.

    Args:
        scenario: the scenario to perturb.
        runs: number of runs of each variant at each point.
        seed: seed of all random streams and of the points.
        redraws: number of redraws of the coded stances from their spread.
        points: number of points of a Latin hypercube over the plausible ranges of all parameters that have one.
        left: points that history matching does not rule out, with full keys as columns; if they are given, they are
            tested in place of all families.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        workers: number of processes that share the points; results do not depend on it.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: a count is invalid, or the horizon is before the guarantee that the statements are about.
    """
    runs, seed, workers = whole("runs", runs, 2), whole("seed", seed), whole("workers", workers, 1)
    redraws, points = whole("redraws", redraws, 1), whole("points", points, 2)
    check_size(redraws + points, runs)
    base = read_scenario(scenario, dict(changes) if changes else None, edition=edition)
    if base.horizon <= given_on(base):
        raise ValueError(
            f"horizon = {base.horizon}: expected a date after {given_on(base)}, when the guarantee is given"
        )
    tested = every_point(base, redraws, points, seed) if left is None else points_given(base, left)
    asked = [Perturbation("baseline", "as it is", base, {}), *tested]
    done: dict[int, Reading] = {}
    runs_a_point = runs * len(variants(base))
    for place, reading in executor(workers).run(partial(_read_place, runs=runs, seed=seed), list(enumerate(asked))):
        done[place] = reading
        if progress is not None:
            progress(runs_a_point * len(done), runs_a_point * len(asked))
    baseline, *readings = (done[place] for place in range(len(asked)))
    return Robustness(base, runs, seed, baseline, tuple(readings))


def _read_place(asked: tuple[int, Perturbation], runs: int, seed: int) -> tuple[int, Reading]:
    """The estimates at a point with its position, because processes finish in any order."""
    place, point = asked
    return place, read_point(point, runs, seed)


def read_point(point: Perturbation, runs: int, seed: int) -> Reading:
    """Simulate the six variants of a point in paired runs and estimate what the statements are about."""
    found = paired_runs(variants(point.scenario), runs, seed)

    def gain(with_it: str, without: str) -> Difference:
        return paired(reached(found[with_it], "invitation"), reached(found[without], "invitation"))

    return Reading(
        point,
        pressure=gain("pressed", "calm"),
        stepping_stone=gain("stone_given", "stone"),
        substitute=gain("lieu_given", "lieu"),
        invited=float(reached(found["pressed"], "invitation").mean()),
        objecting=holdouts(found["pressed"])["own_stance"],
    )


def given_on(scenario: Scenario) -> date:
    """The date of the guarantee in the statements: seven months after the start."""
    return (pd.Timestamp(scenario.start) + pd.DateOffset(months=7)).date()


def variants(scenario: Scenario) -> dict[str, Scenario]:
    """The variants of a scenario that the statements compare."""
    given = {"events": [{**GUARANTEE, "date": given_on(scenario)}]}
    stone = scenario.with_({"guarantees.substitution": -SUBSTITUTION})
    lieu = scenario.with_({"guarantees.substitution": SUBSTITUTION})
    return {
        "pressed": scenario,
        "calm": LEVERS["pressure"].without(scenario),
        "stone": stone,
        "stone_given": read_scenario(stone, given),
        "lieu": lieu,
        "lieu_given": read_scenario(lieu, given),
    }
