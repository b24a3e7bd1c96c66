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


def declared(setup: Setup, until: date) -> dict[str, Feature]:
    """The features of runs at a date, by name, in the order of the table of features."""
    by = f"{until.day} {until:%B %Y}"
    names, opposed = _with_article(setup.roster.names), most_opposed(setup)
    found = {f"stance_{i}": quantity(f"stance of {names[i]} at the start", "{:+.2f}") for i in opposed}
    for event in setup.scenario.events:
        if event.rate is not None:
            label = f"number of events {event.name.replace('_', ' ')!r} by {by}"
            found[f"event_{event.name}"] = quantity(label, "{:.0f}")
    for i in opposed:
        found[f"orientation_{i}"] = quantity(f"leaning of the government of {names[i]} on {by}", "{:+.2f}")
        found[f"ties_{i}"] = quantity(f"closeness to Russia of the government of {names[i]} on {by}")
    return found | {
        "war_years": quantity(f"years of hot war by {by}", "{:.1f}"),
        "first_ceasefire": quantity(f"years to the first ceasefire (all years if none by {by})", "{:.1f}"),
        "breaches": quantity(f"number of broken ceasefires by {by}", "{:.0f}"),
        "front": quantity(f"Russian territorial progress by {by}", "{:+.3f}"),
        "threat": quantity(f"members' mean threat on {by}", "{:.2f}"),
        "guarantee": quantity(f"guarantees in force on {by}", "{:.2f}"),
        "ceasefire": Feature(f"ceasefire on {by}", f"a ceasefire holds on {by}", f"no ceasefire holds on {by}"),
        "shelved": Feature(
            f"bid shelved by {by}", f"the bid was shelved by {by}", f"the bid was never shelved by {by}"
        ),
    }


def most_opposed(setup: Setup) -> list[int]:
    """Positions on the member axis of the members coded most opposed at the start."""
    return [int(i) for i in np.argsort(setup.roster.stance, kind="stable")[:MOST_OPPOSED]]


class FeatureRecorder:
    """Records outcomes up to the horizon, and features up to a date; nothing after that date is a feature.

    Attributes:
        outcomes: of each run.
        meaning: of each feature, by its name.
    """

    def __init__(self, setup: Setup, runs: int, until: date) -> None:
        """Allocate the arrays.

        Args:
            setup: setup of the scenario.
            runs: number of runs.
            until: last date of the features.
        """
        self.outcomes = Recorder(setup, runs, ())
        self.meaning = declared(setup, until)
        self._values = {name: np.zeros(runs) for name in self.meaning}
        self._last = setup.scenario.step_of(until)
        self._opposed = most_opposed(setup)
        self._hot = np.zeros(runs)
        self._first_ceasefire = np.full(runs, np.nan)
        self._breaches, self._shelved = np.zeros(runs), np.zeros(runs, dtype=bool)
        self._ceasefire = np.zeros(runs, dtype=bool)

    @property
    def frame(self) -> pd.DataFrame:
        """The features, one row per run; features with the same value in all runs are left out."""
        frame = pd.DataFrame(self._values)
        return frame.loc[:, frame.nunique() > 1]

    def arrays(self, rows: slice) -> dict[str, np.ndarray]:
        """Everything that is recorded of some runs, by name, as views."""
        features = {f"feature_{name}": values[rows] for name, values in self._values.items()}
        return {**self.outcomes.arrays(rows), **features}

    def before(self, world: World, rows: slice) -> None:
        """Record initial stances, and how often events act by the date."""
        self.outcomes.before(world, rows)
        self._ceasefire[rows] = world.russia.ceasefire
        for i in self._opposed:
            self._values[f"stance_{i}"][rows] = world.members.stance[:, i]
        for event, acts, _ in world.events:
            if event.rate is not None:
                self._values[f"event_{event.name}"][rows] = acts[: self._last + 1].sum(axis=0)

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

    def _on_the_date(self, world: World, rows: slice) -> None:
        m, never, first = world.members, world.step * world.setup.dt, self._first_ceasefire[rows]
        values = {
            **{f"orientation_{i}": m.orientation[:, i] for i in self._opposed},
            **{f"ties_{i}": m.government_ties[:, i] for i in self._opposed},
            "war_years": self._hot[rows],
            "first_ceasefire": np.where(np.isnan(first), never, first),
            "breaches": self._breaches[rows],
            "front": world.russia.front,
            "threat": m.threat.mean(axis=-1),
            "guarantee": world.guarantee,
            "ceasefire": world.russia.ceasefire,
            "shelved": self._shelved[rows],
        }
        for name, value in values.items():
            self._values[name][rows] = value


def _with_article(names: Sequence[str]) -> list[str]:
    """Names with an article where English needs one."""
    return [f"the {name}" if name.startswith("United") or name == "Netherlands" else name for name in names]
