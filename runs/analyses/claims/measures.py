"""What the claims are measured by: one value a run, in the unit in which its change is stated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from article10.agents.members import NEVER
from article10.model.accession_rule import Milestone
from article10.model.setup import Setup
from article10.runs.analyses.paired import YearEndRecorder
from article10.runs.statistics.forms import POINTS, Measured

Read = Callable[[YearEndRecorder, Setup], np.ndarray]
"""A function of what is recorded of the runs of a variant."""

BY_YEAR = ("trust", "aspiration")
"""Variables that are recorded at the ends of years."""


@dataclass(frozen=True)
class Measure:
    """A measure of runs.

    Attributes:
        name: what it is, as in figures.
        read: one value a run, (run,); bool for what a run has or has not.
        unit: unit of its change.
        scale: how many units a value of 1 is.
        decimals: number of decimals that are shown.
    """

    name: str
    read: Read
    unit: str = POINTS.unit
    scale: float = POINTS.scale
    decimals: int = 1

    @property
    def is_share(self) -> bool:
        """Whether its mean over runs is a share of runs."""
        return self.unit == POINTS.unit

    @property
    def form(self) -> Measured:
        """How a change that is in the unit is written."""
        return Measured(f"{{:+.{self.decimals}f}}", 1.0, self.unit)


def _reached(milestone: Milestone) -> Read:
    return lambda record, _: record.outcomes.outcomes.entered[milestone] != NEVER


def _outcome(name: str) -> Read:
    return lambda record, _: np.asarray(getattr(record.outcomes.outcomes, name))


def _war_years(record: YearEndRecorder, setup: Setup) -> np.ndarray:
    return np.asarray(record.outcomes.outcomes.war_steps * setup.dt)


def _mean_trust(record: YearEndRecorder, setup: Setup) -> np.ndarray:
    """Mean trust in the hegemon over the other members and the ends of years."""
    others = np.arange(len(setup.roster)) != setup.hegemon
    return np.asarray(record.values["trust"][:, :, others].mean(axis=(1, 2), dtype=float))


def _mean_aspiration(record: YearEndRecorder, _: Setup) -> np.ndarray:
    return np.asarray(record.values["aspiration"].mean(axis=1, dtype=float))


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "invitation": Measure("invitation", _reached(Milestone.INVITATION)),
        "accession": Measure("accession", _reached(Milestone.ACCESSION)),
        "shelved": Measure("bid ever shelved", lambda record, _: record.outcomes.outcomes.ever_shelved > 0),
        "article5": Measure(
            "attack on the new member", lambda record, _: record.outcomes.outcomes.attacked_step != NEVER
        ),
        "war_years": Measure("hot war", _war_years, "years", 1.0, 2),
        "trust": Measure("trust in the hegemon", _mean_trust, "on a scale to 1", 1.0, 3),
        "aspiration": Measure("wish to join", _mean_aspiration, "on a scale to 1", 1.0, 3),
        "spending": Measure("defence spending", _outcome("final_spending"), "% of GDP", 1.0, 2),
        "front": Measure("territory gained", _outcome("final_front"), "% of the country", 100.0, 2),
    }
)
"""The measures, by the names that the declaration uses."""
