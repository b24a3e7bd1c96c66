"""Result of history matching: the share that is left, what narrowed, and Russia's influence in both spaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.batches.ranges import Space
from article10.runs.evidence.history_matching.compared import Output
from article10.runs.evidence.history_matching.waves import CUTOFF, Known, Matched, Wave, implausibility
from article10.runs.evidence.perturbations import LEFT
from article10.runs.output.table import ResultTable
from article10.runs.statistics.intervals import Difference
from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WHOLE = "whole plausible space"
"""The space of all parameters; that which the evidence leaves is called ``LEFT``."""

NARROWED = 0.1
"""Share of its prior variance that a parameter has to lose to be named."""

MOST_NAMED = 8
"""Parameters that are named."""


@dataclass(frozen=True)
class Influence:
    """Russia's influence at some points.

    Attributes:
        values: values of the parameters, (point, parameter).
        differences: share of runs invited by the horizon with Russia's instruments minus without them, at each point.
        invited: share of runs invited with them, (point,).
    """

    values: FloatArray
    differences: tuple[Difference, ...]
    invited: FloatArray

    @property
    def effects(self) -> FloatArray:
        """The differences, (point,)."""
        return np.array([each.mean for each in self.differences])

    def shares(self) -> dict[str, float]:
        """Shares of the points at which the effect is detected, by its sign, and at which it is not."""
        signs = [np.sign(each.mean) if each.excludes_zero else 0.0 for each in self.differences]
        return {
            name: float(np.mean([s == sign for s in signs]))
            for name, sign in (("lower", -1.0), ("higher", 1.0), ("not detected", 0.0))
        }


@final
@dataclass(frozen=True, repr=False)
class HistoryMatch(AnalysisResult):
    """What the evidence rules out, and Russia's influence where it rules nothing out.

    Attributes:
        scenario: the scenario in which Russia's influence was asked for.
        runs: number of paired runs with and without Russia at each point compared.
        seed: seed of all random streams and of the points.
        space: all parameters that vary, and their ranges.
        known: what the outputs were compared with.
        outputs: the outputs.
        matched: the waves, and points that they leave, in the unit cube.
        everywhere: Russia's influence in the whole plausible space.
        survived: Russia's influence in what is left; without points where hardly any is.
    """

    scenario: Scenario
    runs: int
    seed: int
    space: Space
    known: Known
    outputs: tuple[Output, ...]
    matched: Matched
    everywhere: Influence
    survived: Influence

    covers: ClassVar[str] = (
        "95% confidence intervals cover simulation uncertainty and the number of points tried; not how sure the model "
        "is of the world."
    )

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which values of all parameters does the evidence rule out, and what of Russia? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The waves, the points of each, and the points compared."""
        points = [len(wave.unit) for wave in self.waves]
        return {"waves": len(self.waves), "points": points, "compared": len(self.everywhere.differences)}

    @property
    def waves(self) -> tuple[Wave, ...]:
        """The waves."""
        return self.matched.waves

    @property
    def left(self) -> FloatArray:
        """Points that are not ruled out, (point, parameter) in the unit cube."""
        return self.matched.left

    @property
    def share(self) -> tuple[float, float, float]:
        """Share of the plausible space that is not ruled out, with its 95% interval."""
        last = self.waves[-1]
        return (last.share, *wilson(last.left, last.tried))

    def points_left(self, n: int, seed: int = 0) -> pd.DataFrame:
        """Some points that are not ruled out, with full keys as columns, for ``Design.from_frame``.

        Args:
            n: number of points, at most those that are left.
            seed: seed of the choice.
        """
        rows = np.random.default_rng([seed, 5]).permutation(len(self.left))[:n]
        return self.space.frame(self.space.values(self.left[np.sort(rows)]))

    def sentences(self) -> list[str]:
        """The share that is left, what ruled out the rest, what narrowed, and Russia's influence."""
        share, low, high = self.share
        said = [
            f"{share:.1%} [{low:.1%}, {high:.1%}] of the plausible space of {len(self.space.keys)} parameters is not "
            f"ruled out after {len(self.waves)} wave{'s' if len(self.waves) > 1 else ''}."
        ]
        worst = self.evidence["beyond"].sort_values(ascending=False)
        most = [f"{name} ({value:.0%})" for name, value in worst.head(3).items() if value > 0]
        if most:
            said.append(f"In the whole space, outputs are most often beyond {CUTOFF:g} deviations for {listed(most)}.")
        said += [self._if_wrong(), self._narrowed()]
        return [*said, *self._influence(), self._checked()]

    def _if_wrong(self) -> str:
        """What the first wave leaves if positions of some members may be wrong."""
        tried = self.waves[0].tried
        shares = [f"{n / tried:.0%} if {k} may be wrong" for k, n in self.matched.left_if_wrong.items() if k > 0]
        first = self.waves[0].share
        return f"The first wave leaves {first:.0%} if the position of no member may be wrong, {listed(shares)}."

    def _narrowed(self) -> str:
        table = self.parameters
        named = table[table["contraction"] >= NARROWED].head(MOST_NAMED)
        if not len(named):
            return f"No parameter alone loses {NARROWED:.0%} of its variance: what is ruled out are combinations."
        return (
            "Parameters that the evidence narrows most: "
            + listed(
                f"{key} (mean {row['mean']:.3g}, plausible {row['prior_low']:g} to {row['prior_high']:g})"
                for key, row in named.iterrows()
            )
            + "."
        )

    def _influence(self) -> list[str]:
        said = [_in_words(WHOLE, self.everywhere)]
        if not self.survived.differences:
            return [*said, "Too little is left to ask what Russia does in it."]
        return [*said, _in_words(LEFT, self.survived)]

    def _checked(self) -> str:
        errors = np.concatenate([each.errors for wave in self.waves for each in wave.checked])
        return (
            f"At points that were held out, {np.mean(np.abs(errors) <= CUTOFF):.1%} of the emulators' errors are "
            f"within three of their stated deviations, {np.mean(np.abs(errors) <= 2):.0%} within two."
        )

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """One row for each output: what is known, what the model gives, and how often it is beyond the cutoff.

        ``beyond`` is the share of the whole space; ``before`` and ``after`` are means over the points of the first and
        of the last wave, with the central 90% of points.
        """
        first, last = self.waves[0], self.waves[-1]
        beyond = (implausibility(first.emulators, self.known, first.unit) > CUTOFF).mean(axis=0)
        frame = pd.DataFrame(index=pd.Index([output.name for output in self.outputs], name="output"))
        frame["known"], frame["error"] = self.known.observed, np.sqrt(self.known.variance)
        for name, wave in (("before", first), ("after", last)):
            frame[name] = wave.means.mean(axis=0)
            frame[f"{name}_low"], frame[f"{name}_high"] = np.quantile(wave.means, (0.05, 0.95), axis=0)
        frame["beyond"] = beyond
        frame["explained"] = [each.explained for each in first.checked]
        return frame

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row for each parameter, the most narrowed first: contraction of its variance, and its mean where left."""
        values = self.space.values(self.left) if len(self.left) else np.full((1, len(self.space.keys)), np.nan)
        frame = pd.DataFrame(index=pd.Index(self.space.keys, name="parameter"))
        frame["prior_low"], frame["prior_high"] = self.space.low, self.space.high
        frame["mean"] = values.mean(axis=0)
        frame["contraction"] = 1 - values.var(axis=0) / self.space.standard_deviation**2
        return frame.sort_values("contraction", ascending=False)

    @property
    def by_wave(self) -> pd.DataFrame:
        """One row for each wave: its points, the share that is left, and how its emulators did."""
        rows = []
        for wave in self.waves:
            low, high = wilson(wave.left, wave.tried)
            errors = np.concatenate([each.errors for each in wave.checked])
            within = {f"within_{k}": float(np.mean(np.abs(errors) <= k)) for k in (2, 3)}
            explained = _median([each.explained for each in wave.checked])
            share = {"left": wave.share, "left_low": low, "left_high": high}
            rows.append({"points": len(wave.unit), **share, **within, "explained": explained})
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="wave"))

    @property
    def influence(self) -> pd.DataFrame:
        """Russia's influence in both spaces: over points, the median, the central 90%, and how often it is detected."""
        rows = {}
        for name, found in ((WHOLE, self.everywhere), (LEFT, self.survived)):
            if found.differences:
                low, middle, high = np.quantile(found.effects, (0.05, 0.5, 0.95))
                rows[name] = {
                    "points": len(found.differences),
                    "invited": float(found.invited.mean()),
                    "effect": middle,
                    "effect_low": low,
                    "effect_high": high,
                    **found.shares(),
                }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("space")

    def tables(self) -> dict[str, ResultTable]:
        """Waves, Russia's influence, evidence, parameters."""
        shares = dict.fromkeys(
            ("left", "beyond", "explained", "contraction", "invited", "within_2", "within_3"), "{:.0%}"
        )
        shares |= dict.fromkeys(("lower", "higher", "not detected"), "{:.0%}") | {"left": "{:.1%}"}
        numbers = dict.fromkeys(("known", "error", "before", "after"), "{:.2f}")
        forms: dict[str, Any] = {**shares, **numbers, "effect": "{:+.1%}", "points": "{:.0f}"}
        forms |= dict.fromkeys(("prior_low", "prior_high", "mean"), "{:.3g}")
        return {
            "waves": ResultTable("Share of the plausible space that is not ruled out, by wave", self.by_wave, forms),
            "influence": ResultTable(
                "Russia's influence on the share invited: median and central 90% of the points", self.influence, forms
            ),
            "evidence": ResultTable("What is known, and what the model gives", self.evidence, forms, most=30),
            "parameters": ResultTable("Parameters, the most narrowed first", self.parameters, forms, most=10),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Russia's influence at every point, and the evidence before and after."""
        from article10.runs.evidence.history_matching import figures as draw

        return {"influence": partial(draw.influence, self), "evidence": partial(draw.evidence, self)}


def _median(values: list[float]) -> float:
    """The median of what is known; NaN if nothing is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")


def _in_words(space: str, found: Influence) -> str:
    low, middle, high = (f"{100 * value:+.1f}" for value in np.quantile(found.effects, (0.05, 0.5, 0.95)))
    shares = found.shares()
    return (
        f"Russia's influence on the share invited, {space}: median {middle} percentage points, 90% of points {low} to "
        f"{high}; it lowers the share at {shares['lower']:.0%} of {len(found.differences)} points, raises it at "
        f"{shares['higher']:.0%}, and is not detected at {shares['not detected']:.0%}."
    )
