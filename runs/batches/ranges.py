"""Ranges of parameters: their validation, and the map from uniform draws to values."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.agents.short_error import shown
from article10.model.arguments import check_distinct, check_names
from article10.model.scenario import ScenarioError
from article10.runs.batches.design_values import check_key, check_values, fitted, kind_of, known_keys

Range = tuple[float, float]
"""The lowest and the highest value of a parameter, both included."""


@dataclass(frozen=True)
class Space:
    """Parameters that vary over ranges; all values of a range are equally likely.

    Attributes:
        ranges: by full key, the lowest and the highest value.
        whole: keys of parameters that are whole numbers.
    """

    ranges: Mapping[str, Range]
    whole: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(
        cls,
        parameters: Iterable[str] | Mapping[str, Sequence[float]] | None = None,
        place: str = "parameters",
        beside: Collection[str] = (),
    ) -> Self:
        """Plausible ranges of some parameters, or ranges that are given.

        Args:
            parameters: keys, or low and high by key; by default every parameter that declares a plausible range.
            place: name of the argument in messages.
            beside: keys that can vary although no parameter declares them.

        Raises:
            ScenarioError: there is no parameter; a key is unknown, not the key of a number, or without a plausible
                range; or a range is not two valid values of the parameter, the lower one first.
            ValueError: the argument is a single string, or does not contain keys.
        """
        known = [*known_keys(), *beside]
        if parameters is None:
            parameters = [key for key, declared in known_keys().items() if declared.meta.plausible is not None]
        if not isinstance(parameters, Mapping):
            check_names(place, parameters)
            parameters = list(parameters)
            check_distinct(place, parameters)
            parameters = {key: plausible_range(place, key, known) for key in parameters}
        if not parameters:
            raise ScenarioError(f"{place}: expected at least one full key, such as 'stance.peer_rate'")
        ranges = {key: checked_range(place, key, ends, known) for key, ends in parameters.items()}
        return cls(ranges, frozenset(key for key in ranges if kind_of(key) is int))

    @property
    def keys(self) -> list[str]:
        """Full keys, in the order of the last axis of draws and values."""
        return list(self.ranges)

    @property
    def is_whole(self) -> np.ndarray:
        """Which parameters are whole numbers, (parameter,) of bool."""
        return np.array([key in self.whole for key in self.ranges])

    @property
    def low(self) -> FloatArray:
        """The lowest values, (parameter,)."""
        return np.array([low for low, _ in self.ranges.values()], float)

    @property
    def high(self) -> FloatArray:
        """The highest values, (parameter,)."""
        return np.array([high for _, high in self.ranges.values()], float)

    @property
    def standard_deviation(self) -> FloatArray:
        """Standard deviations of uniform values, (parameter,); n whole numbers have a variance of (n² - 1) / 12."""
        width = self.high - self.low
        return np.sqrt(np.where(self.is_whole, width * (width + 2), width**2) / 12)

    def values(self, unit: FloatArray) -> FloatArray:
        """The values that correspond to uniform draws.

        A real number increases from low to high as the draw increases from 0 to 1. For a whole number the interval from
        0 to 1 is divided into equal parts, one for each number from low to high, so that all are equally likely.

        Args:
            unit: draws from 0 to 1, (..., parameter).

        Returns:
            Values, (..., parameter).

        >>> space = Space({"russia.review_weeks": (4, 6)}, frozenset({"russia.review_weeks"}))
        >>> space.values(np.array([[0.0], [0.3], [0.4], [0.7], [1.0]])).ravel().tolist()
        [4.0, 4.0, 5.0, 6.0, 6.0]
        """
        width = self.high - self.low
        steps = np.minimum(np.floor(unit * (width + 1)), width)
        return np.asarray(np.where(self.is_whole, self.low + steps, self.low + unit * width))

    def changes(self, values: Iterable[float]) -> dict[str, int | float]:
        """Values of the parameters, in the order of ``keys``, as changes of a scenario."""
        return {
            key: int(value) if key in self.whole else float(value)
            for key, value in zip(self.ranges, values, strict=True)
        }

    def frame(self, values: FloatArray) -> pd.DataFrame:
        """Values, (point, parameter), as a table with full keys as columns; whole numbers are integers."""
        return pd.DataFrame(values, columns=self.keys).astype({key: int for key in self.ranges if key in self.whole})


def plausible_points(points: int, seed: int, kept: Collection[str] = ()) -> list[dict[str, int | float]]:
    """A Latin hypercube over the plausible ranges of all parameters that have one (McKay et al. 1979).

    Args:
        points: number of points.
        seed: seed of the points.
        kept: keys of parameters that are left out.

    Returns:
        The values of each point, by full key, as changes of a scenario.
    """
    from scipy.stats import qmc

    space = Space.of([key for key in Space.of().keys if key not in kept])
    generator = np.random.Generator(np.random.PCG64([seed, 2]))
    sample = qmc.LatinHypercube(len(space.keys), rng=generator).random(points)
    return [space.changes(row) for row in space.values(sample)]


def plausible_range(place: str, key: str, known: Collection[str]) -> Range:
    """The plausible range of a parameter.

    Raises:
        ScenarioError: the parameter does not exist, or has no plausible range.
    """
    check_key(place, key, known)
    plausible = known_keys()[key].meta.plausible if key in known_keys() else None
    if plausible is None:
        raise ScenarioError(f"{place}.{key}: declares no plausible range: give one, a low and a high value")
    return plausible


def checked_range(place: str, key: str, ends: Any, known: Collection[str]) -> Range:  # noqa: ANN401 - as a user gives it
    """The range given for a parameter, as real numbers.

    Raises:
        ScenarioError: the parameter is not a number, or the range is not valid.
    """
    check_key(place, key, known)
    if kind_of(key) not in (int, float):
        raise ScenarioError(f"{place}.{key}: expected the key of a number; vary it in the grid of a design")
    pair = np.asarray(ends, object).tolist() if isinstance(ends, list | tuple | np.ndarray) else []
    if len(pair) != 2 or not all(map(_is_finite_number, pair)):
        raise ScenarioError(f"{place}.{key} = {shown(ends)}: expected two numbers, a low and a higher value")
    low, high = map(float, pair)
    said = f"{place}.{key} = [{low:g}, {high:g}]"
    if not low < high:
        raise ScenarioError(f"{said}: expected a low and a higher value")
    if kind_of(key) is int and not (low.is_integer() and high.is_integer()):
        raise ScenarioError(f"{said}: expected whole numbers, for the parameter is one")
    check_values(place, key, [fitted(key, end) for end in (low, high)])
    return low, high


def _is_finite_number(end: object) -> bool:
    plain = end.item() if isinstance(end, np.generic) else end
    return isinstance(plain, int | float) and not isinstance(plain, bool) and abs(plain) <= sys.float_info.max
