"""Morris's elementary effects and Sobol's indices of any function over a space of parameters, by SALib."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario, all_declarations
from article10.model.scenario_file import nearest

TOLERANCE = 0.1
"""How well a total index is to be known: by its interval, and by what half of the sample gives."""

Evaluate = Callable[[pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]
"""From points (one row each, keys as columns) to each measure, and to the variance of its estimate."""


@dataclass(frozen=True)
class Space:
    """Parameters and their ranges.

    Attributes:
        ranges: by full key, low and high.
        whole: keys of parameters that are whole numbers.
    """

    ranges: Mapping[str, tuple[float, float]]
    whole: frozenset[str] = frozenset()

    @classmethod
    def of(cls, scenario: Scenario, parameters: Sequence[str] | Mapping[str, tuple[float, float]] | None) -> Space:
        """Plausible ranges of some parameters, or given ranges; by default of all that declare one.

        Raises:
            ValueError: a key is unknown, or declares no plausible range.
        """
        known = {d.key: d for d in all_declarations(scenario)}
        whole = frozenset(key for key, d in known.items() if type(d.default) is int)
        if parameters is None:
            parameters = [key for key, d in known.items() if d.meta.plausible is not None]
        ranges: dict[str, tuple[float, float]] = {}
        for key in parameters:
            if key not in known:
                raise ValueError(f"parameters: {key}: no such parameter{nearest(key, known)}")
            given = parameters[key] if isinstance(parameters, Mapping) else known[key].meta.plausible
            if given is None:
                raise ValueError(f"parameters: {key} declares no plausible range: give one, {{{key!r}: (low, high)}}")
            ranges[key] = (float(given[0]), float(given[1]))
        return cls(ranges, whole)

    @property
    def problem(self) -> dict[str, Any]:
        """As SALib takes it."""
        bounds = [list(ends) for ends in self.ranges.values()]
        return {"num_vars": len(self.ranges), "names": list(self.ranges), "bounds": bounds}

    def frame(self, sample: np.ndarray) -> pd.DataFrame:
        """A sample as points, whole numbers rounded."""
        frame = pd.DataFrame(sample, columns=list(self.ranges))
        return frame.astype({key: int for key in frame if key in self.whole}) if self.whole else frame


def morris_effects(space: Space, trajectories: int, seed: int, evaluate: Evaluate) -> tuple[int, pd.DataFrame]:
    """Elementary effects of a function: how many points, and effects as ``Screening`` has them."""
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    sample = sampling.sample(space.problem, trajectories, num_levels=4, seed=seed)
    values, _ = evaluate(space.frame(sample))
    found = {}
    for measure in values:
        got = analysis.analyze(space.problem, sample, values[measure].to_numpy(float), seed=seed + 1)
        columns = {"mu_star": got["mu_star"], "conf": got["mu_star_conf"], "sigma": got["sigma"]}
        found[measure] = pd.DataFrame(columns, index=pd.Index(list(space.ranges), name="parameter")).astype(float)
    return len(sample), pd.concat(found, names=["measure"])


def sobol_indices(
    space: Space, base_samples: int, seed: int, evaluate: Evaluate
) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    """Sobol indices of a function: how many points, indices and checks as ``SobolIndices`` has them."""
    from SALib.sample import sobol as sampling

    sample = sampling.sample(space.problem, base_samples, calc_second_order=False, seed=seed)
    values, noise = evaluate(space.frame(sample))
    found, checks = {}, []
    for measure in values:
        y = values[measure].to_numpy(float)
        whole = _indices_of(space, y, seed)
        half = _indices_of(space, y[: len(y) // 2], seed)
        whole["ST_half"] = half["ST"]
        found[measure] = whole
        between = float(y.var())
        known = (whole["ST_high"] - whole["ST"] <= TOLERANCE) & ((half["ST"] - whole["ST"]).abs() <= TOLERANCE)
        settled = known.mean()
        share = float(noise[measure].mean()) / between if between > 0 else np.inf
        checks.append((measure, between, share, float(whole["S1"].sum()), float(settled)))
    columns = ["measure", "variance", "noise", "sum_S1", "settled"]
    return len(sample), pd.concat(found, names=["measure"]), pd.DataFrame(checks, columns=columns).set_index("measure")


def _indices_of(space: Space, y: np.ndarray, seed: int) -> pd.DataFrame:
    from SALib.analyze import sobol as analysis

    index = pd.Index(list(space.ranges), name="parameter")
    if y.std() == 0:
        return pd.DataFrame(0.0, index=index, columns=["S1", "S1_low", "S1_high", "ST", "ST_low", "ST_high"])
    got = analysis.analyze(space.problem, y, calc_second_order=False, seed=seed + 1)
    columns: dict[str, np.ndarray] = {}
    for name in ("S1", "ST"):
        value, half = np.asarray(got[name], float), np.asarray(got[f"{name}_conf"], float)
        columns |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
    return pd.DataFrame(columns, index=index)
