"""The ensemble beside the run: simulated and drawn again whenever a parameter has been changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from article10.model.scenario import Scenario
from article10.runs.interactive.figure import ComparisonFigure
from article10.runs.interactive.positions import Value
from article10.runs.interactive.state import RUNS, InteractiveState

DRAWING = Lock()
"""Matplotlib's settings are shared by all threads: one draws at a time."""

DPI = 130


@dataclass(frozen=True)
class Drawn:
    """What the page shows of the ensemble.

    Attributes:
        png: figure of the accession and of one member's stance, over those of the scenario as given.
        headline: effect of the changes on accession.
        changes: values of the changed parameters, by full key.
    """

    png: bytes
    headline: str
    changes: dict[str, Value]


class Fan:
    """The ensemble of a scenario and a seed, with a figure for each member that has been looked at."""

    def __init__(self, scenario: Scenario, seed: int, runs: int = RUNS) -> None:
        """Simulate the scenario as given.

        Args:
            scenario: the scenario as given.
            seed: seed of all random streams.
            runs: number of runs.
        """
        self.state = InteractiveState(scenario, runs, seed, scenario.members().iso3)
        self._figures: dict[str, ComparisonFigure] = {}

    def drawn(self, changes: Mapping[str, Value], member: str) -> Drawn:
        """Simulate the runs with changes and draw them.

        Args:
            changes: values of the changed parameters, by full key.
            member: code of the member whose stance is drawn.

        Raises:
            ScenarioError: a change is not valid.
            KeyError: the member is not on the roster.
        """
        with DRAWING:
            self.state.changes = dict(changes)
            now = self.state.simulate()
            if member not in self._figures:
                self._figures[member] = ComparisonFigure(self.state.given.of(member), narrow=True)
            figure = self._figures[member]
            figure.show(now.of(member))
            return Drawn(figure.png(DPI), self.state.headline(), dict(changes))
