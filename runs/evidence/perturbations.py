"""The perturbations of the robustness test: strategies, networks, redrawn codes, and plausible ranges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from article10.agents.member_parameters import NetworkName
from article10.agents.russia import STRATEGIES
from article10.model.scenario import MemberOverride, Scenario
from article10.runs.batches.ranges import Space, plausible_points

LEFT = "not ruled out"
"""The family of points that history matching does not rule out."""


@dataclass(frozen=True)
class Perturbation:
    """One perturbed scenario.

    Attributes:
        family: ``strategies``, ``networks``, ``codes``, ``parameters`` or ``LEFT``.
        name: name within the family.
        scenario: the perturbed scenario.
        values: values drawn, by parameter, or shifts of the coded stance, by member.
    """

    family: str
    name: str
    scenario: Scenario
    values: Mapping[str, float]


def every_point(base: Scenario, redraws: int, points: int, seed: int) -> Iterator[Perturbation]:
    """All perturbations of a scenario, by family."""
    yield from strategies(base)
    yield from networks(base)
    yield from codes(base, redraws, seed)
    yield from parameters(base, points, seed)


def strategies(base: Scenario) -> Iterator[Perturbation]:
    """Each strategy of the model; ``inert`` is the control, which has no effect."""
    for name in STRATEGIES:
        yield Perturbation("strategies", name, base.with_({"russia.strategy": name}), {})


def networks(base: Scenario) -> Iterator[Perturbation]:
    """Each weighting of the influence network."""
    for name in get_args(NetworkName):
        yield Perturbation("networks", name, base.with_({"stance.network": name}), {})


def points_given(base: Scenario, points: pd.DataFrame) -> Iterator[Perturbation]:
    """A scenario at points that history matching does not rule out.

    Args:
        base: the scenario to perturb.
        points: one row a point, full keys as columns.
    """
    space = Space.of(list(map(str, points.columns)))
    for k, row in enumerate(points.to_numpy()):
        values = space.changes(row)
        yield Perturbation(LEFT, f"point {k + 1}", base.with_(values), values)


def codes(base: Scenario, redraws: int, seed: int) -> Iterator[Perturbation]:
    """The coded stances redrawn from their spread: coding error that all runs of a point share.

    Within a point, the initial stances of runs still vary around the redrawn codes.
    """
    roster = base.members()
    noise = np.random.Generator(np.random.PCG64([seed, 1])).standard_normal((redraws, len(roster)))
    for k, errors in enumerate(noise):
        stance = np.clip(roster.stance + roster.stance_spread * errors, -1.0, 1.0)
        overrides = dict(base.roster)
        for code, value in zip(roster.iso3, stance.tolist(), strict=True):
            overrides[code] = overrides.get(code, MemberOverride()).with_(stance=value)
        shifts = dict(zip(roster.iso3, (stance - roster.stance).tolist(), strict=True))
        yield Perturbation("codes", f"redraw {k + 1}", base.with_(roster=overrides), shifts)


def parameters(base: Scenario, points: int, seed: int, kept: Collection[str] = ()) -> Iterator[Perturbation]:
    """A scenario at points of a Latin hypercube over the plausible ranges of all parameters that have one.

    Args:
        base: the scenario to perturb.
        points: number of points.
        seed: seed of the points.
        kept: keys of parameters that keep the value of the scenario.
    """
    for k, values in enumerate(plausible_points(points, seed, kept)):
        yield Perturbation("parameters", f"point {k + 1}", base.with_(values), values)
