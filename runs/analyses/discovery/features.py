"""Features of runs at a date, in terms that a reader understands and that are no consequence of the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.recorder import Recorder

MOST_OPPOSED = 5
"""Number of members whose governments are features: those coded most opposed at the start."""


@dataclass(frozen=True)
class Feature:
    """The meaning of a feature in words.

    Attributes:
        label: name for axes and tables.
        above: words for a value above a threshold, with ``{}`` for the threshold.
        below: words for a value at or below a threshold.
        form: format of the threshold.
    """

    label: str
    above: str
    below: str
    form: str = "{:.2f}"

    def condition(self, low: float, high: float) -> str:
        """A condition in words."""
        parts = []
        if np.isfinite(low):
            parts.append(self.above.format(self.form.format(low)))
        if np.isfinite(high):
            parts.append(self.below.format(self.form.format(high)))
        return " and ".join(parts)


def quantity(label: str, form: str = "{:.2f}") -> Feature:
    """A numeric feature."""
    return Feature(label, f"{label} above {{}}", f"{label} at most {{}}", form)


class FeatureRecorder:
    """Records outcomes up to the horizon, and features up to a date; nothing after that date is a feature."""

    def __init__(self, setup: Setup, runs: int, until: date) -> None:
        """Allocate the arrays.

        Args:
            setup: setup of the scenario.
            runs: number of runs.
            until: last date of the features.
        """
        self.outcomes = Recorder(setup, runs, ())
        self.meaning: dict[str, Feature] = {}
        self._values: dict[str, np.ndarray] = {}
        self._setup, self._runs, self._until = setup, runs, until
        self._last = setup.scenario.step_of(until)
        self._opposed = np.argsort(setup.roster.stance, kind="stable")[:MOST_OPPOSED]
        self._hot = np.zeros(runs)
        self._first_ceasefire = np.full(runs, np.nan)
        self._breaches, self._shelved = np.zeros(runs), np.zeros(runs, dtype=bool)
        self._ceasefire = np.zeros(runs, dtype=bool)

    @property
    def frame(self) -> pd.DataFrame:
        """The features, one row per run; features with the same value in all runs are left out."""
        frame = pd.DataFrame(self._values)
        return frame.loc[:, frame.nunique() > 1]

    def before(self, world: World, rows: slice) -> None:
        """Record initial stances, and how often events act by the date."""
        self.outcomes.before(world, rows)
        self._ceasefire[rows] = world.russia.ceasefire
        names, stance = _with_article(world.setup.roster.names), world.members.stance
        for i in self._opposed:
            self._keep(rows, f"stance_{i}", quantity(f"stance of {names[i]} at the start", "{:+.2f}"), stance[:, i])
        for event, acts, _ in world.events:
            if event.rate is not None:
                label = f"number of events {event.name.replace('_', ' ')!r} by {self._by}"
                count = acts[: self._last + 1].sum(axis=0)
                self._keep(rows, f"event_{event.name}", quantity(label, "{:.0f}"), count)

    def after_step(self, world: World, rows: slice, stance_before: Any) -> None:  # noqa: ANN401 - an array
        """Record the war and the bid up to the date, and the governments and the front on it."""
        self.outcomes.after_step(world, rows, stance_before)
        if world.step > self._last + 1:
            return
        dt, now = world.setup.dt, world.russia.ceasefire
        self._hot[rows] += world.is_war_hot * dt
        begun = now & np.isnan(self._first_ceasefire[rows])
        self._first_ceasefire[rows] = np.where(begun, world.step * dt, self._first_ceasefire[rows])
        self._breaches[rows] += self._ceasefire[rows] & ~now
        self._ceasefire[rows] = now
        self._shelved[rows] |= world.candidate.shelved
        if world.step == self._last + 1:
            self._on_the_date(world, rows)

    @property
    def _by(self) -> str:
        return f"{self._until.day} {self._until:%B %Y}"

    def _keep(self, rows: slice, name: str, meaning: Feature, values: np.ndarray) -> None:
        self.meaning[name] = meaning
        self._values.setdefault(name, np.zeros(self._runs))[rows] = values

    def _on_the_date(self, world: World, rows: slice) -> None:
        by, m, names = self._by, world.members, _with_article(world.setup.roster.names)
        for i in self._opposed:
            leaning = f"leaning of the government of {names[i]} on {by}"
            self._keep(rows, f"orientation_{i}", quantity(leaning, "{:+.2f}"), m.orientation[:, i])
            ties = quantity(f"closeness to Russia of the government of {names[i]} on {by}")
            self._keep(rows, f"ties_{i}", ties, m.government_ties[:, i])
        never = world.step * world.setup.dt
        first = np.where(np.isnan(self._first_ceasefire[rows]), never, self._first_ceasefire[rows])
        quantities: Sequence[tuple[str, str, str, np.ndarray]] = (
            ("war_years", f"years of hot war by {by}", "{:.1f}", self._hot[rows]),
            ("first_ceasefire", f"years to the first ceasefire (all years if none by {by})", "{:.1f}", first),
            ("breaches", f"number of broken ceasefires by {by}", "{:.0f}", self._breaches[rows]),
            ("front", f"Russian territorial progress by {by}", "{:+.3f}", world.russia.front),
            ("threat", f"members' mean threat on {by}", "{:.2f}", m.threat.mean(axis=-1)),
            ("guarantee", f"guarantees in force on {by}", "{:.2f}", world.guarantee),
        )
        for name, label, form, values in quantities:
            self._keep(rows, name, quantity(label, form), values)
        holds = Feature(f"ceasefire on {by}", f"a ceasefire holds on {by}", f"no ceasefire holds on {by}")
        self._keep(rows, "ceasefire", holds, world.russia.ceasefire)
        shelved = Feature(f"bid shelved by {by}", f"the bid was shelved by {by}", f"the bid was never shelved by {by}")
        self._keep(rows, "shelved", shelved, self._shelved[rows])


def _with_article(names: Sequence[str]) -> list[str]:
    """Names with an article where English needs one."""
    return [f"the {name}" if name.startswith("United") or name == "Netherlands" else name for name in names]
