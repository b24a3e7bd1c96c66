"""What every tuning gives: a question, draws worth running, and a scenario file that one can run."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario, all_declarations
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.batches.ranges import Range, Space
from article10.runs.output.toml_value import toml_value

FORMATS = {
    **dict.fromkeys(("given", "tolerance", "model", "at_tuned"), "{:.3g}"),
    "off_by": "{:+.1f}",
    "p_value": "{:.2f}",
}
"""Formats of the table of targets."""


class Tuning(AnalysisResult):
    """Parameters fitted to targets.

    Attributes:
        scenario: that was tuned.
        source: its name or path, the base of the tuned scenario.
        targets: what it was tuned to.
        space: that was searched: parameters and their ranges.
        runs: number of runs at each point.
        points: simulated.
        seed: seed of all random streams.
    """

    source: str
    targets: Targets
    space: Space
    points: int

    @property
    def ranges(self) -> Mapping[str, Range]:
        """What was searched: the lowest and the highest value by full key."""
        return self.space.ranges

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which {listed(self.ranges)} fit {len(self.targets)} targets ({self.scenario.name})?"

    def asked(self) -> dict[str, Any]:
        """The targets, and what was searched."""
        targets = self.targets.model_dump(mode="json")
        return {"parameters": dict(self.ranges), "targets": targets, "points": self.points}

    @property
    @abstractmethod
    def tuned(self) -> dict[str, float | int]:
        """The tuned value of each parameter: of the simulated point that fits best."""

    @property
    @abstractmethod
    def fitted(self) -> pd.DataFrame:
        """A row a target: ``given``, ``tolerance``, ``model`` (with an interval where there is one)."""

    @property
    @abstractmethod
    def draws(self) -> pd.DataFrame:
        """Points worth running, full keys as columns, for ``Design.from_frame``."""

    @abstractmethod
    def notes(self) -> list[str]:
        """What a tuned scenario file says of each parameter and of the fit."""

    def scenario_toml(self) -> str:
        """A scenario file with the tuned values; comments say what they were tuned to."""
        lines = [
            f"# Tuned from {self.source} to {len(self.targets)} targets: {self.points:,} points of {self.runs:,} runs,"
        ]
        lines += [f"# seed {self.seed}.", *(f"# {text}" for text in self.notes()), "# Target: given, here:"]
        for label, row in self.fitted.iterrows():
            lines.append(f"#   {label}: {row['given']:g} ± {row['tolerance']:g}, {row['at_tuned']:.4g}")
        head = {"title": f"{self.scenario.title or self.scenario.name}, tuned", "base": self.source}
        head |= {key: getattr(self.scenario, key) for key in ("start", "horizon", "step_days")}
        lines += [f"{key} = {toml_value(value)}" for key, value in head.items()]
        groups: dict[str, list[str]] = {}
        for key, value in {**self._changed(), **self.tuned}.items():
            group, name = key.split(".")
            groups.setdefault(group, []).append(f"{name} = {toml_value(value)}")
        for group, values in groups.items():
            lines += ["", f"[{group}]", *values]
        return "\n".join(lines) + "\n"

    def _changed(self) -> dict[str, Any]:
        """Parameters in which the scenario differs from its base: it may have been given as a value."""
        base = {d.key: d.default for d in all_declarations(read_scenario(self.source))}
        return {d.key: d.default for d in all_declarations(self.scenario) if d.default != base[d.key]}

    def tuned_scenario(self) -> Scenario:
        """The scenario with the tuned values."""
        return self.scenario.with_(self.tuned)

    def save(self, folder: Path) -> list[Path]:
        """Write what every answer writes, and ``tuned.toml``, ``targets.toml`` and ``draws.csv``.

        Raises:
            OSError: it cannot be written.
        """
        paths = super().save(folder)
        for name, text in (
            ("tuned.toml", self.scenario_toml()),
            ("targets.toml", self.targets.to_toml()),
            ("draws.csv", self.draws.to_csv(index=False)),
        ):
            paths.append(folder / name)
            paths[-1].write_text(text, "utf-8")
        return paths


def given(targets: Targets) -> pd.DataFrame:
    """A row a target: its value and tolerance."""
    frame = pd.DataFrame(index=pd.Index([target.label for target in targets], name="target"))
    frame["given"] = [float(target.value) for target in targets]
    frame["tolerance"] = [float(target.tolerance) for target in targets]
    return frame


def possible(targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest value that each target can have, (target,) each."""
    low, high = np.array([target.possible for target in targets]).T
    return low, high
