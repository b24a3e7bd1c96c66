"""What every tuning returns: a question, parameter draws to simulate, and a tuned scenario file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario, all_declarations
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.batches.ranges import Range, Space
from article10.runs.output.toml_value import toml_lines

FORMATS = {
    **dict.fromkeys(("given", "tolerance", "model", "at_tuned"), "{:.3g}"),
    "off_by": "{:+.1f}",
    "p_value": "{:.2f}",
}
"""Formats of the table of targets."""


class Tuning(AnalysisResult):
    """Parameters fitted to targets.

    Attributes:
        scenario: the scenario that was tuned.
        source: its name or path, which is the base of the tuned scenario.
        targets: the targets that have a value and a date.
        space: the parameters that were varied, and their ranges.
        runs: number of runs at each point.
        points: number of points simulated.
        seed: seed of all random streams.
        left_out: targets without a value or a date, which were not fitted, and what each lacks.
    """

    source: str
    targets: Targets
    space: Space
    points: int
    left_out: tuple[str, ...]

    covers: ClassVar[str] = (
        "Intervals cover what the targets leave open within the prior ranges, given the model; not how sure the model "
        "is of the world."
    )

    @property
    def ranges(self) -> Mapping[str, Range]:
        """Lowest and highest value of each parameter, by full key."""
        return self.space.ranges

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which values of {listed(self.ranges)} fit {len(self.targets)} targets? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The parameters with their ranges, the targets, and the number of points."""
        targets = self.targets.model_dump(mode="json")
        return {"parameters": dict(self.ranges), "targets": targets, "points": self.points}

    @property
    @abstractmethod
    def tuned(self) -> dict[str, float | int]:
        """The tuned value of each parameter, at the simulated point that fits best."""

    @property
    @abstractmethod
    def fitted(self) -> pd.DataFrame:
        """One row per target: ``given``, ``tolerance``, and ``model`` with its interval."""

    @property
    @abstractmethod
    def draws(self) -> pd.DataFrame:
        """Parameter points to simulate, with full keys as columns, for ``Design.from_frame``."""

    def left_out_in_words(self) -> list[str]:
        """Which targets were left out, and why; nothing if none was."""
        return [f"Left out: {listed(self.left_out)}."] if self.left_out else []

    @abstractmethod
    def notes(self) -> list[str]:
        """Comments in the tuned scenario file about each parameter and the fit."""

    def scenario_toml(self) -> str:
        """A scenario file with the tuned values; its comments state the targets and the fit."""
        lines = [
            f"# Tuned from {self.source} to {len(self.targets)} targets: {self.points:,} points of {self.runs:,} runs,"
        ]
        lines += [
            f"# seed {self.seed}.",
            *(f"# {text}" for text in [*self.notes(), *self.left_out_in_words()]),
            "# Each target: value given, value of the model:",
        ]
        for label, row in self.fitted.iterrows():
            lines.append(f"#   {label}: {row['given']:g} ± {row['tolerance']:g}, {row['at_tuned']:.4g}")
        head = {"title": f"{self.scenario.title or self.scenario.name}, tuned", "base": self.source}
        head |= {key: getattr(self.scenario, key) for key in ("edition", "start", "horizon", "step_days")}
        lines += toml_lines(head)
        groups: dict[str, dict[str, Any]] = {}
        for key, value in {**self._changed(), **self.tuned}.items():
            group, name = key.split(".")
            groups.setdefault(group, {})[name] = value
        for group, values in groups.items():
            lines += ["", *toml_lines(values, f"[{group}]")]
        return "\n".join(lines) + "\n"

    def _changed(self) -> dict[str, Any]:
        """Parameters in which the scenario differs from its base."""
        base = {d.key: d.default for d in all_declarations(read_scenario(self.source, edition=self.scenario.edition))}
        return {d.key: d.default for d in all_declarations(self.scenario) if d.default != base[d.key]}

    def tuned_scenario(self) -> Scenario:
        """The scenario with the tuned values."""
        return self.scenario.with_(self.tuned)

    def save(self, folder: Path, figures: str = "png") -> list[Path]:
        """Write the files of every result, and ``tuned.toml``, ``targets.toml`` and ``draws.csv``.

        Args:
            folder: the folder, which is created if it does not exist.
            figures: format of the figures: png, svg or pdf.

        Raises:
            ArgumentError: there is no such format.
            OSError: the folder cannot be written.
        """
        paths = super().save(folder, figures)
        for name, text in (
            ("tuned.toml", self.scenario_toml()),
            ("targets.toml", self.targets.to_toml()),
            ("draws.csv", self.draws.to_csv(index=False)),
        ):
            paths.append(folder / name)
            paths[-1].write_text(text, "utf-8")
        return paths


def given(targets: Targets) -> pd.DataFrame:
    """One row per target: its value and tolerance."""
    frame = pd.DataFrame(index=pd.Index([target.label for target in targets], name="target"))
    frame["given"] = [float(target.value) for target in targets if target.value is not None]
    frame["tolerance"] = [float(target.tolerance) for target in targets]
    return frame


def possible(targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest possible value of each target, (target,) each."""
    low, high = np.array([target.possible for target in targets]).T
    return low, high
