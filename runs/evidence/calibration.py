"""Simulation-based calibration of tuning: do its intervals cover known values as often as they say?

A known value of the parameters is drawn from the prior, targets are simulated with it and tuning is asked for it, many
times. If the posterior is right, the rank of the known value in it is uniform, and a 90% interval holds the known value
in 90% of the trials (Cook, Gelman & Rubin 2006; Talts et al. 2018).

Trials share simulations. A *block* is the first round of a tuning: points that fill the prior, with random draws of
their own. A point of one block is a known value, whose targets are its estimates, blurred by what the tolerance has
beyond the noise of its runs; the next block fits them, as ``tune`` does with one round. Known values at which a target
has no value are left out, as points of the fit without one are, so that both have the same prior.

The later rounds of ``tune`` draw where the first one fits, and so can share nothing. They are checked on an emulator of
each target, which is fast: known values and fits come from it, and all four rounds are run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.tuning.target_evaluation import Evaluator
from article10.runs.analyses.tuning.target_measures import Measured
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.batches.ranges import Space
from article10.runs.output.progress import Progress
from article10.runs.statistics.emulator import Emulator
from article10.runs.statistics.posterior import ROUNDS, Posterior, sample_posterior

EDITION = "2026-12"
"""The edition of the recipes that ask what may happen."""

FIRST_SEED = 1000
"""Seed of the first block; those of the others follow."""

LEVELS = (0.5, 0.8, 0.9, 0.95)
"""Probabilities of the intervals whose coverage is measured."""

FIT, ALL_ROUNDS = "first round, model", "four rounds, emulator"
"""How a trial is fitted."""


@dataclass(frozen=True)
class Recipe:
    """A kind of tuning that users meet.

    Attributes:
        name: a short name.
        scenario: name of the scenario.
        changes: changes of it, by full key.
        parameters: parameters with their ranges, or keys for their plausible ranges.
        targets: by kind, the targets; their values are those of the known parameters.
        runs: number of runs at each point.
    """

    name: str
    scenario: str
    changes: Mapping[str, object]
    parameters: Mapping[str, tuple[float, float]] | Sequence[str]
    targets: Mapping[str, Sequence[Mapping[str, object]]]
    runs: int

    def read(self) -> Scenario:
        """The scenario, with its changes."""
        return read_scenario(self.scenario, dict(self.changes))

    @property
    def space(self) -> Space:
        """The prior."""
        return Space.of(self.parameters)

    def wanted(self) -> Targets:
        """The targets, whose values matter to no estimate."""
        return Targets.model_validate(dict(self.targets))


def _stances(day: str, tolerance: float, *members: str) -> tuple[Mapping[str, object], ...]:
    return tuple({"member": code, "date": day, "value": 0.0, "tolerance": tolerance} for code in members)


RECIPES = (
    Recipe(
        "ratification",
        "finland_2022",
        {},
        {"ratification.urgency": (0.3, 3.0), "ratification.full_stance": (0.05, 0.5), "bargaining.scale": (1.0, 8.0)},
        {
            "ratification": (
                {"n": 20, "days": 28, "tolerance": 10},
                {"n": 28, "days": 84, "tolerance": 20},
                {"member": "TUR", "days": 268, "tolerance": 60},
            )
        },
        64,
    ),
    Recipe(
        "stances",
        "baseline",
        {"edition": EDITION, "horizon": "2028-06-01"},
        ("stance.assessment_rate", "elections.incumbency", "stance.entrapment_weight"),
        {"stance": _stances("2028-05-01", 0.04, "EST", "FRA", "HUN", "POL", "SVK", "USA")},
        64,
    ),
    Recipe(
        "outcomes",
        "baseline",
        {"edition": EDITION, "horizon": "2028-12-01"},
        ("war.ceasefire_rate", "candidate.reluctance", "accession.objection_line"),
        {
            "probability": ({"milestone": "shelved", "by": "2028-12-01", "value": 0.1, "tolerance": 0.1},),
            "objection": (
                {"member": "TUR", "value": 0.5, "tolerance": 0.1},
                {"member": "DEU", "value": 0.5, "tolerance": 0.1},
                {"member": "FRA", "reason": "any", "value": 0.5, "tolerance": 0.1},
            ),
        },
        48,
    ),
)
"""The recipes, fixed before any coverage was seen: the example of the page on tuning; stances at a date; and shares of
runs and of councils."""


@dataclass(frozen=True)
class Trials:
    """What came out of the trials of one recipe, fitted in one way.

    Attributes:
        recipe: name of the recipe.
        how: how they were fitted.
        keys: parameters.
        truths: known values, (trial, parameter).
        ranks: share of the posterior below the known value, (trial, parameter).
        ends: ends of the interval at each of ``LEVELS``, (trial, level, end, parameter).
        contraction: 1 - variance of the posterior / variance of the prior, (trial, parameter).
        effective: effective sample size of each posterior, (trial,).
    """

    recipe: str
    how: str
    keys: tuple[str, ...]
    truths: FloatArray
    ranks: FloatArray
    ends: FloatArray
    contraction: FloatArray
    effective: FloatArray = field(repr=False)

    def covered(self, place: int) -> np.ndarray:
        """Whether the interval at a level holds the known value, (trial, parameter) of bool."""
        low, high = self.ends[:, place, 0], self.ends[:, place, 1]
        return np.asarray((low <= self.truths) & (self.truths <= high))


@dataclass(frozen=True)
class Block:
    """The first round of a tuning: points that fill the prior.

    Attributes:
        seed: seed of its points and of its random draws.
        points: (point, parameter).
        found: estimates of the targets at each.
    """

    seed: int
    points: FloatArray
    found: Measured

    @property
    def known(self) -> np.ndarray:
        """Places of the points with a value for every target."""
        return np.flatnonzero(np.isfinite(self.found.values).all(axis=1))


def blocks(recipe: Recipe, points: int, n: int, folder: Path, progress: Progress | None = None) -> list[Block]:
    """The blocks of a recipe; what was simulated is kept in the folder, so that an interrupted call resumes.

    Args:
        recipe: the recipe.
        points: number of points of a block.
        n: number of blocks.
        folder: the folder, for this recipe alone.
        progress: called with the number of runs done and the total.
    """
    scenario, targets, space = recipe.read(), recipe.wanted(), recipe.space
    made: list[Block] = []
    for k in range(n):
        seed = FIRST_SEED + k
        evaluate = Evaluator(scenario, targets, space, recipe.runs, seed, folder / f"seed_{seed}")
        kept: list[Block] = []

        def simulate(at: FloatArray) -> tuple[FloatArray, FloatArray]:
            found = evaluate(at, _part(progress, k, n, points * recipe.runs))  # noqa: B023 - called in this round
            kept.append(Block(seed, at, found))  # noqa: B023
            return found.values, found.errors

        values = np.array([0.0 for _ in targets])
        sample_posterior(simulate, space, values, tolerances(recipe), points=points, seed=seed, rounds=1)
        made += kept
    return made


def _part(progress: Progress | None, place: int, n: int, runs: int) -> Progress:
    return lambda done, _: None if progress is None else progress(place * runs + done, n * runs)


def tolerances(recipe: Recipe) -> FloatArray:
    """The tolerance of each target, (target,)."""
    return np.array([each.tolerance for each in recipe.wanted()])


def calibrate(recipe: Recipe, made: Sequence[Block], trials: int, seed: int = 0) -> Trials:
    """Trials of a recipe in which each block's known values are fitted by the next block.

    Args:
        recipe: the recipe.
        made: its blocks.
        trials: number of known values, shared between the blocks.
        seed: seed of the known values and of the errors of their targets.
    """
    rng, tolerance, found = np.random.default_rng(seed), tolerances(recipe), []
    for k, part in enumerate(np.array_split(np.arange(trials), len(made))):
        truths, fit = made[k], made[(k + 1) % len(made)]
        for at in rng.choice(truths.known, len(part), replace=False):
            beyond = np.maximum(tolerance**2 - truths.found.errors[at] ** 2, 0.0)
            wanted = truths.found.values[at] + np.sqrt(beyond) * rng.standard_normal(len(tolerance))
            found.append((truths.points[at], _fitted(recipe, fit, wanted, tolerance)))
    return _trials(recipe, FIT, found)


def _fitted(recipe: Recipe, block: Block, wanted: FloatArray, tolerance: FloatArray) -> Posterior:
    """The posterior that ``tune`` has after its first round."""
    known = (block.found.values, block.found.errors)
    return sample_posterior(
        lambda _: known, recipe.space, wanted, tolerance, points=len(block.points), seed=block.seed, rounds=1
    )


def calibrate_all_rounds(recipe: Recipe, made: Sequence[Block], trials: int, points: int, seed: int = 0) -> Trials:
    """Trials of a recipe in which known values and fits come from an emulator, and all rounds of tuning are run.

    Args:
        recipe: the recipe.
        made: its blocks; the first one is emulated.
        trials: number of known values.
        points: number of points of each fit, in all rounds together.
        seed: seed of the known values, of the errors of their targets and of the fits.
    """
    rng, tolerance, space = np.random.default_rng([seed, 1]), tolerances(recipe), recipe.space
    block = made[0]
    unit = (block.points[block.known] - space.low) / (space.high - space.low)
    values, errors = block.found.values[block.known], block.found.errors[block.known]
    emulators = [Emulator.fit(unit, v, e**2) for v, e in zip(values.T, errors.T, strict=True)]

    def simulate(at: FloatArray) -> tuple[FloatArray, FloatArray]:
        own = (at - space.low) / (space.high - space.low)
        means = np.column_stack([emulator.predict(own)[0] for emulator in emulators])
        return means, np.zeros_like(means)

    found = []
    for trial, truth in enumerate(space.values(rng.random((trials, len(space.keys))))):
        wanted = simulate(truth[None])[0][0] + tolerance * rng.standard_normal(len(tolerance))
        fit = sample_posterior(simulate, space, wanted, tolerance, points=points, seed=trial, rounds=ROUNDS)
        found.append((truth, fit))
    return _trials(recipe, ALL_ROUNDS, found)


def _trials(recipe: Recipe, how: str, found: Sequence[tuple[FloatArray, Posterior]]) -> Trials:
    space = recipe.space
    prior = space.standard_deviation**2
    at = tuple(end for level in LEVELS for end in ((1 - level) / 2, (1 + level) / 2))
    quantiles = np.array([fit.parameter_quantiles(at) for _, fit in found])
    means = [fit.weights @ fit.points for _, fit in found]
    variances = [fit.weights @ (fit.points - mean) ** 2 for mean, (_, fit) in zip(means, found, strict=True)]
    return Trials(
        recipe.name,
        how,
        tuple(space.keys),
        np.array([truth for truth, _ in found]),
        np.array([fit.weights @ (fit.points < truth) for truth, fit in found]),
        quantiles.reshape(len(found), len(LEVELS), 2, len(space.keys)),
        1 - np.array(variances) / prior,
        np.array([fit.effective_size for _, fit in found]),
    )
