"""Result of a tuning to a posterior: all points that fit, what the targets identify, and whether they are met."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, final

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.result import listed
from article10.runs.analyses.tuning.identifiability import Identifiability, identifiability
from article10.runs.analyses.tuning.prior_check import MISSED, out_of_reach, predictive_interval, share_above
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.analyses.tuning.tuned import FORMATS, Tuning, given, possible
from article10.runs.batches.ranges import Space
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NUMBER, PERCENT
from article10.runs.statistics.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST_EFFECTIVE = 50
"""Smallest effective sample size for which a posterior is stated: standard deviations are then known to about 10%."""

NOISE_SHARE = 0.5
"""Noise of finite runs, in tolerances, that adds an eighth to the uncertainty about a target."""

N_DRAWS = 1000
"""Number of posterior draws in the table of draws."""


@final
@dataclass(frozen=True, repr=False)
class PosteriorTuning(Tuning):
    """The posterior of the parameters given the targets.

    Attributes:
        posterior: points with weights.
        tuned_changes: the simulated point that fits best, as changes of the scenario by full key.
        left_out: targets without a value or a date, and what each lacks.
    """

    scenario: Scenario
    source: str
    targets: Targets
    space: Space
    runs: int
    points: int
    seed: int
    posterior: Posterior
    tuned_changes: Mapping[str, float | int]
    left_out: tuple[str, ...] = ()

    @property
    def tuned(self) -> dict[str, float | int]:
        """The values of the simulated point that fits best."""
        return dict(self.tuned_changes)

    @cached_property
    def identifiability(self) -> Identifiability:
        """Which parameters the targets identify, and which they cannot distinguish."""
        return identifiability(self.posterior)

    @property
    def is_supported(self) -> bool:
        """Whether the effective sample is large enough to state the posterior."""
        return self.posterior.effective_size >= FEWEST_EFFECTIVE

    @property
    def points_needed(self) -> int:
        """Approximate number of points needed to state the posterior."""
        return math.ceil(self.points * FEWEST_EFFECTIVE / self.posterior.effective_size)

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Equally weighted draws of the posterior, full keys as columns; usable with ``Design.from_frame``."""
        return self.space.frame(self.posterior.draws(N_DRAWS, self.seed))

    @cached_property
    def fitted(self) -> pd.DataFrame:
        """The posterior predictive check, one row per target.

        ``model`` is the posterior mean of the model's value, with a 95% predictive interval that includes the
        uncertainty of parameters, the tolerance and the noise of finite runs; ``p_value`` is twice the smaller
        predictive probability on either side of the value given (Gelman, Meng & Stern 1996).
        """
        post, frame = self.posterior, given(self.targets)
        known = post.weights > 0
        weights, values, scatter = post.weights[known], post.values[known], post.scatter[known]
        frame["model"] = weights @ values
        frame["model_low"], frame["model_high"] = np.clip(
            predictive_interval(weights, values, scatter, self.seed), *possible(self.targets)
        )
        above = share_above(weights, values, scatter, post.wanted)
        frame["p_value"] = 2 * np.minimum(above, 1 - above)
        frame["at_tuned"] = post.values[int(np.argmin(post.misfit))]
        return frame

    @property
    def p_value(self) -> float:
        """Of all targets together: the probability of a larger misfit under the posterior than the one observed."""
        from scipy.stats import chi2

        known = self.posterior.weights > 0
        tail = chi2.sf(self.posterior.misfit[known], len(self.targets))
        return float(self.posterior.weights[known] @ tail)

    def too_few(self) -> str:
        """Why the posterior is not stated."""
        size = self.posterior.effective_size
        return (
            f"the posterior has an effective sample of only {size:.0f} of {self.points:,} points and is not stated: "
            f"use about {self.points_needed:,} points, wider tolerances, or fewer parameters"
        )

    def sentences(self) -> list[str]:
        """How well the targets are met, which parameters they identify, and which they cannot distinguish."""
        if not self.is_supported:
            text = self.too_few()
            return [text[0].upper() + text[1:] + ".", *self._about_targets()]
        said = [self._fit(), *self.identifiability.sentences(), *self._noise(), self._carried()]
        return [*said, *self._about_targets()]

    def out_of_reach(self) -> list[str]:
        """Sentences on targets that the ranges of the parameters cannot produce; none if all can be."""
        return out_of_reach(self.posterior, [target.label for target in self.targets], self.seed)

    def _about_targets(self) -> list[str]:
        return [*self.out_of_reach(), *self.left_out_in_words()]

    def _noise(self) -> list[str]:
        """Targets for which the noise of the runs exceeds the tolerance, and how many runs are needed."""
        post = self.posterior
        times = np.sqrt(post.weights @ np.nan_to_num(post.errors) ** 2) / post.tolerances
        if times.max() <= 1:
            return []
        blurred = [t.label for t, much in zip(self.targets, times, strict=True) if much > 1]
        needed = math.ceil(self.runs * (NOISE_SHARE**-2) * times.max() ** 2)
        return [
            f"With {self.runs:,} runs per point, the noise of the runs exceeds the tolerance of {listed(blurred)}; "
            f"reducing it to half the tolerance needs about {needed:,} runs."
        ]

    def _fit(self) -> str:
        missed = self.fitted[self.fitted["p_value"] < MISSED]
        if self.p_value < MISSED or len(missed):
            which = f": {listed(map(str, missed.index))}" if len(missed) else " together"
            return f"The model misses the targets everywhere in the ranges{which} (p = {self.p_value:.2g})."
        return f"The model meets the {len(self.targets)} targets within their tolerances (p = {self.p_value:.2g})."

    def _carried(self) -> str:
        return (
            f"{self.points:,} points of {self.runs:,} runs, with the same random draws at each, give an effective "
            f"sample of {self.posterior.effective_size:.0f} independent draws."
        )

    def notes(self) -> list[str]:
        """The interval of each parameter, or that the posterior is not supported."""
        if not self.is_supported:
            return [f"NOT SUPPORTED: {self.too_few()}."]
        rows = self.identifiability.parameters.iterrows()
        head = "The simulated point that fits best; 90% posterior intervals, and how far they narrow the prior:"
        return [
            head,
            *(f"  {key}: {r['low']:.4g} to {r['high']:.4g}, {max(0.0, r['contraction']):.0%}" for key, r in rows),
        ]

    def tables(self) -> dict[str, ResultTable]:
        """Targets, parameters, correlations and directions; parameters only if the posterior is supported."""
        title = "Targets: value given, and value under the posterior with its 95% predictive interval"
        tables = {"targets": ResultTable(title, self.fitted, FORMATS)}
        if self.is_supported:
            identified = self.identifiability
            frame = identified.parameters.drop(columns=["low", "high"])
            formats = {**dict.fromkeys(map(str, frame), "{:.3g}"), "contraction": PERCENT}
            tables["parameters"] = ResultTable(
                "Parameters: posterior mean, with the 95% posterior interval in brackets", frame, formats
            )
            tables["correlations"] = ResultTable(
                "Posterior correlations",
                identified.correlations,
                dict.fromkeys(map(str, identified.correlations), "{:+.2f}"),
            )
            forms = {**dict.fromkeys(map(str, identified.directions), "{:+.2f}"), "variance": NUMBER}
            tables["directions"] = ResultTable(
                "Combinations of parameters, the best known first (variance relative to the prior)",
                identified.directions,
                forms,
            )
        return tables

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Fit to the targets, prior and posterior, pairs of parameters."""
        from article10.runs.analyses.tuning import figures as draw

        figures: dict[str, Callable[[], Axes]] = {"targets": partial(draw.targets, self)}
        if self.is_supported:
            figures["parameters"] = partial(draw.prior_and_posterior, self)
            if len(self.ranges) > 1:
                figures["pairs"] = partial(draw.pairs, self)
        return figures
