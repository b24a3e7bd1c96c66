"""Boxes: rules on a few features under which an outcome is frequent, found in half of the runs, tested in the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from article10.runs.statistics.proportion import wilson

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

DEPTH = 3
"""Largest number of conditions of a box, so that a reader can grasp it."""

SMALLEST_SHARE, SMALLEST = 0.08, 20
"""Least share and least number of the runs of the first half that a box contains."""

FOLDS = 5
"""Folds of the cross-validation by which the tree is pruned on the first half."""

LEVEL = 0.05
"""Probability of reporting any box where no feature matters, over all boxes that are tried."""


@dataclass(frozen=True)
class Edge:
    """A condition of a box: the feature lies above ``low`` and not above ``high``; either may be infinite."""

    feature: str
    low: float = -inf
    high: float = inf

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Whether each value lies within."""
        inside: np.ndarray = (values > self.low) & (values <= self.high)
        return inside


@dataclass(frozen=True)
class Box:
    """A rule, and how well it holds in runs that were not used to find it.

    Attributes:
        edges: the conditions, which must all hold.
        runs: number of held-out runs inside.
        positive: those of them with the outcome.
        density: share of the runs inside that have the outcome, and its 95% interval.
        coverage: share of all runs with the outcome that lie inside, and its 95% interval.
        p_value: p-value of Fisher's exact test that the density is higher inside than outside, times the number of
            boxes tried.
    """

    edges: tuple[Edge, ...]
    runs: int
    positive: int
    density: tuple[float, float, float]
    coverage: tuple[float, float, float]
    p_value: float

    @property
    def detected(self) -> bool:
        """Whether the density differs detectably from that outside."""
        return self.p_value < LEVEL

    def holds(self, features: pd.DataFrame) -> np.ndarray:
        """Whether each run lies inside, (run,)."""
        return _inside(self.edges, features)


@dataclass(frozen=True)
class Boxes:
    """The boxes that were found.

    Attributes:
        detected: boxes whose density is above that outside, the densest first.
        tried: boxes that were measured.
        importance: by feature, its share of the reduction in impurity in the first half, the largest first.
        held_out: number of runs in which boxes were measured.
        base_rate: share of these runs with the outcome, and its 95% interval.
    """

    detected: tuple[Box, ...]
    tried: int
    importance: pd.Series[float]
    held_out: int
    base_rate: tuple[float, float, float]


def find_boxes(features: pd.DataFrame, outcome: np.ndarray, seed: int = 0, units: np.ndarray | None = None) -> Boxes:
    """Boxes that hold more than their share of an outcome: the leaves of a shallow decision tree (CART).

    The tree is grown and pruned on half of the runs. The boxes that are dense there are measured on the other half.
    Those are kept whose density there exceeds the density outside (Fisher's exact test, corrected for the boxes tried).
    In the terms of scenario discovery (Bryant & Lempert 2010): density and coverage.

    Args:
        features: one row per run, numbers or bool.
        outcome: whether each run has the outcome, bool (run,).
        seed: seed of the split into halves.
        units: by run, the unit to which it belongs where runs are not independent, such as the point of a design. A
            unit is never split, and intervals and tests use the effective number of independent runs.

    Raises:
        ValueError: features and outcome differ in length, or there are fewer than two units.
    """
    units = np.arange(len(outcome)) if units is None else np.asarray(units)
    distinct = np.unique(units)
    if len(features) != len(outcome) or len(units) != len(outcome) or len(distinct) < 2:
        raise ValueError(f"{len(features)} runs with features, {len(outcome)} with an outcome, {len(distinct)} units")
    chosen = np.random.default_rng(seed).permutation(distinct)[: len(distinct) // 2]
    first = np.isin(units, chosen)
    x, y = features.astype(float), np.asarray(outcome, dtype=bool)
    tree = _pruned_tree(x[first].to_numpy(), y[first], units[first])
    dense = [
        edges for edges in _leaves(tree, list(x.columns)) if y[first][_inside(edges, x[first])].mean() > y[first].mean()
    ]
    rest = ~first
    measured = [_measure(edges, x[rest], y[rest], units[rest], len(dense)) for edges in dense]
    told = sorted((box for box in measured if box.detected), key=lambda box: -box.density[0])
    importance = pd.Series(tree.feature_importances_, index=x.columns).sort_values(ascending=False)
    return Boxes(tuple(told), len(dense), importance, int(rest.sum()), _share(y[rest], units[rest]))


def _pruned_tree(x: np.ndarray, y: np.ndarray, units: np.ndarray) -> DecisionTreeClassifier:
    """A shallow tree, pruned to the simplest that predicts as well as the best does within one standard error.

    Minimal cost-complexity pruning with the one-standard-error rule (Breiman et al. 1984), by the Brier score over
    folds that do not split units. Where no feature matters, only the root is left.
    """
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    least = max(SMALLEST, int(SMALLEST_SHARE * len(y)))
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
    path = tree.cost_complexity_pruning_path(x, y).ccp_alphas
    folds = GroupKFold(min(FOLDS, len(np.unique(units))))
    scores = np.array(
        [
            cross_val_score(tree.set_params(ccp_alpha=alpha), x, y, groups=units, cv=folds, scoring="neg_brier_score")
            for alpha in np.maximum(path, 0.0)
        ]
    )
    mean = scores.mean(axis=1)
    best = int(mean.argmax())
    gap = scores - scores[best]
    error = gap.std(axis=1, ddof=1) / np.sqrt(scores.shape[1])
    simplest = max(place for place in range(len(path)) if mean[best] - mean[place] <= error[place])
    fitted: DecisionTreeClassifier = tree.set_params(ccp_alpha=max(path[simplest], 0.0)).fit(x, y)
    return fitted


def _inside(edges: Sequence[Edge], features: pd.DataFrame) -> np.ndarray:
    inside = np.ones(len(features), dtype=bool)
    for edge in edges:
        inside &= edge.holds(features[edge.feature].to_numpy(float))
    return inside


def _leaves(fitted: DecisionTreeClassifier, names: Sequence[str]) -> list[tuple[Edge, ...]]:
    """The leaves of a tree as boxes; conditions on one feature are merged, in the order of the tree's questions."""
    tree = fitted.tree_
    found, pending = [], [(0, {})]  # type: list[tuple[Edge, ...]], list[tuple[int, dict[str, Edge]]]
    while pending:
        node, edges = pending.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            if edges:
                found.append(tuple(edges.values()))
            continue
        name, cut = names[tree.feature[node]], float(tree.threshold[node])
        edge = edges.get(name, Edge(name))
        pending.append((left, {**edges, name: Edge(name, edge.low, min(cut, edge.high))}))
        pending.append((right, {**edges, name: Edge(name, max(cut, edge.low), edge.high)}))
    return found


def _measure(edges: tuple[Edge, ...], x: pd.DataFrame, y: np.ndarray, units: np.ndarray, tried: int) -> Box:
    from scipy.stats import fisher_exact

    inside = _inside(edges, x)
    table = [_independent(y[part], units[part]) for part in (inside, ~inside)]
    counts = [[round(n * share), n - round(n * share)] for n, share in table]
    p_value = float(fisher_exact(counts, alternative="greater").pvalue)
    density = _share(y[inside], units[inside])
    coverage = _share(inside[y], units[y])
    return Box(edges, int(inside.sum()), int(y[inside].sum()), density, coverage, min(1.0, p_value * tried))


def _share(holds: np.ndarray, units: np.ndarray) -> tuple[float, float, float]:
    """A share and its 95% interval (Wilson)."""
    n, share = _independent(holds, units)
    if n == 0:
        return (float("nan"), 0.0, 1.0)
    return (share, *_wilson(share, n))


def _wilson(share: float, n: int) -> tuple[float, float]:
    return wilson(round(share * n), n)


def _independent(holds: np.ndarray, units: np.ndarray) -> tuple[int, float]:
    """The number of independent runs that would have a share's variance, and the share.

    The variance of a share of runs in units is ``sum_u (k_u - p n_u)^2 / n^2``; its ratio to ``p (1 - p) / n`` is the
    design effect (Kish 1965), which is one where every run is a unit.
    """
    n = len(holds)
    if n == 0:
        return 0, 0.0
    share = float(holds.mean())
    _, place = np.unique(units, return_inverse=True)
    excess = np.bincount(place, weights=holds - share)
    alone = share * (1.0 - share) * n
    effect = max(1.0, float((excess**2).sum()) / alone) if alone > 0 else 1.0
    return max(1, round(n / effect)), share
