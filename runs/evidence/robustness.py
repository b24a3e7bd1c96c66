"""Which headline statements survive coding error, another strategy, another network, and every parameter's range.

The statements, what keeps each, and the verdicts were fixed before any result was seen:

- *decided*: a point decides a statement on a difference when its 95% interval leaves out what it is compared with; the
  points that do not are counted apart. Who holds out is decided at every point.
- **robust**: all decided points of a family that was gone through whole (strategies, networks) keep the statement, or
  the whole 95% interval of the share of decided points that keep it, of a family that was sampled (codes, parameters),
  lies above 80%; and at least half of all points are decided.
- **not supported**: no point decides it, or at most half of the decided points keep it.
- **conditional**: anything else; the parameter, or the members of the family, that separate are named.
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
from article10.model.scenario import Scenario
from article10.model.scenario_file import ROOT, read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import Progress, paired_runs, reached
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.batches.design_size import check_size
from article10.runs.batches.executors import executor
from article10.runs.ensemble.summary import holdouts, wilson
from article10.runs.evidence.perturbations import Point, every_point
from article10.runs.evidence.verdicts import DECIDED_SHARE, SAMPLED, separating, verdict, within
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS
from article10.runs.statistics.intervals import Difference, paired

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
"""What is given seven months after the start in the statements on guarantees, as in guarantees_in_lieu."""


@dataclass(frozen=True)
class Reading:
    """What one point's worlds say.

    Attributes:
        point: the perturbation.
        pressure: paired difference of the share of worlds invited by the horizon, with pressure less without.
        stepping_stone: with a binding guarantee less without, for rho = -0.7.
        substitute: the same for rho = 0.7.
        invited: share of worlds with pressure that are invited.
        objecting: share of councils at which each member objects by its own stance, most first.
    """

    point: Point
    pressure: Difference
    stepping_stone: Difference
    substitute: Difference
    invited: float
    objecting: pd.Series


@final
@dataclass(frozen=True, repr=False)
class Robustness(AnalysisResult):
    """Which statements survive which perturbations.

    Attributes:
        scenario: that all points perturb.
        runs: worlds at each point; all points share their random draws.
        seed: seed of all random streams and of the points.
        baseline: the unperturbed reading.
        readings: one a point.
    """

    scenario: Scenario
    runs: int
    seed: int
    baseline: Reading
    readings: tuple[Reading, ...]

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which conclusions from {self.scenario.name} survive what is not known?"

    @property
    def holdouts(self) -> tuple[str, ...]:
        """The two members that object most in the baseline."""
        return tuple(str(code) for code in self.baseline.objecting.index[:2])

    def kept(self, statement: str) -> pd.Series:
        """Whether each point keeps a statement: true, false, or missing where it does not decide it."""
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
        """One row for each statement and family of perturbations, with its verdict."""
        rows = []
        for statement, words in STATEMENTS.items():
            kept = self.kept(statement).to_numpy()
            for family in dict.fromkeys(reading.point.family for reading in self.readings):
                chosen = [i for i, r in enumerate(self.readings) if r.point.family == family]
                rows.append({"statement": words, "perturbation": family, **self._row(statement, family, chosen, kept)})
        return pd.DataFrame(rows)

    def _row(self, statement: str, family: str, chosen: Sequence[int], kept: np.ndarray) -> dict[str, object]:
        told = [i for i in chosen if kept[i] is not None]
        keep = sum(bool(kept[i]) for i in told)
        found = verdict(keep, len(told), len(chosen), family in SAMPLED)
        low, high = wilson(keep, len(told)) if told else (np.nan, np.nan)
        condition = ""
        if found == "conditional":
            few = "decided by fewer than half of the points; " if len(told) < DECIDED_SHARE * len(chosen) else ""
            measure = [self._measure(statement, self.readings[i]) for i in chosen]
            condition = few + self._condition(
                family, [self.readings[i].point for i in chosen], measure, kept[list(chosen)]
            )
        share = keep / len(told) if told else np.nan
        ends = {"kept_low": low, "kept_high": high} if family in SAMPLED else {}
        return {
            "points": len(chosen),
            "decided": len(told),
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
    def _condition(family: str, points: Sequence[Point], measure: Sequence[float], kept: np.ndarray) -> str:
        if family in SAMPLED:
            return separating(pd.DataFrame([p.values for p in points]), np.array(measure), kept)
        lost = [p.name for p, k in zip(points, kept, strict=True) if k is False]
        untold = [p.name for p, k in zip(points, kept, strict=True) if k is None]
        said = [f"lost with {listed(lost)}"] if lost else []
        return "; ".join([*said, *([f"undecided with {listed(untold)}"] if untold else [])])

    def sentences(self) -> list[str]:
        """The verdicts, the headline first."""
        table = self.table()
        said = []
        for found in ("robust", "conditional", "not supported"):
            rows = table[table["verdict"] == found]
            said.append(f"{len(rows)} of {len(table)} pairs of statement and perturbation are {found}.")
        for words, rows in table.groupby("statement", sort=False):
            by = {v: listed(rows.loc[rows["verdict"] == v, "perturbation"]) for v in rows["verdict"].unique()}
            said.append(
                f"{str(words)[0].upper()}{str(words)[1:]}: {'; '.join(f'{v} under {w}' for v, w in by.items())}."
            )
        return said

    def tables(self) -> dict[str, ResultTable]:
        """The verdicts, and every point's reading."""
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
        verdicts = ResultTable("What survives what", self.table(), {"kept": "{:.0%}"}, most=40)
        return {"verdicts": verdicts, "points": ResultTable("Every point", readings, by)}

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The effect of pressure at every point."""
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
    changes: Mapping[str, object] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Robustness:
    """Test the headline statements against what is not known; the verdicts are defined in this module's docstring.

    One point's worlds are in memory at a time in each process: six variants of ``runs`` worlds, paired with each other.

    Args:
        scenario: what is perturbed.
        runs: worlds of each variant at each point.
        seed: of the worlds' random streams and of the points.
        redraws: of the coded stances, from their spread.
        points: of a Latin hypercube over the plausible range of every parameter that has one.
        changes: changes to the scenario, by full key.
        workers: processes over which the points are spread; they change no number.
        progress: called with the number of points done, and of all.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: a count is, or the horizon comes before the guarantee that the statements are about.
    """
    runs, seed, workers = whole("runs", runs, 2), whole("seed", seed), whole("workers", workers, 1)
    redraws, points = whole("redraws", redraws, 1), whole("points", points, 2)
    check_size(redraws + points, runs)
    base = read_scenario(scenario, dict(changes) if changes else None)
    if base.horizon <= given_on(base):
        raise ValueError(f"horizon = {base.horizon}: the guarantee of the statements comes on {given_on(base)}")
    asked = [Point("baseline", "as it is", base, {}), *every_point(base, redraws, points, seed)]
    done: dict[int, Reading] = {}
    for place, reading in executor(workers).run(partial(_read_place, runs=runs, seed=seed), list(enumerate(asked))):
        done[place] = reading
        if progress is not None:
            progress(len(done), len(asked))
    baseline, *readings = (done[place] for place in range(len(asked)))
    return Robustness(base, runs, seed, baseline, tuple(readings))


def _read_place(asked: tuple[int, Point], runs: int, seed: int) -> tuple[int, Reading]:
    """A point's reading with its place, as processes end in any order."""
    place, point = asked
    return place, read_point(point, runs, seed)


def read_point(point: Point, runs: int, seed: int) -> Reading:
    """Run a point's six variants in the same worlds and read off what the statements are about."""
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
    """The day on which the guarantee of the statements is given: seven months after the start."""
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
