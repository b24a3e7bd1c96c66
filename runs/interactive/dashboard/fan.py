"""The ensemble beside the world: the same worlds, run and drawn again whenever a lever has moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from article10.model.scenario import Scenario
from article10.runs.interactive.explore.ensemble_cache import EnsembleCache, Glimpse
from article10.runs.interactive.explore.figure import ExploreFigure, headline

RUNS = 300
"""Worlds of the ensemble: runs 0 to 299 of the seed, always the same, so that only the levers differ."""

DRAWING = Lock()
"""Matplotlib's settings are shared by all threads: one draws at a time."""

DPI = 130


@dataclass(frozen=True)
class Drawn:
    """What the page shows of the ensemble.

    Attributes:
        png: accession, and one member's stance, over those of the scenario as it was given.
        told: what the levers did to accession.
        changes: how the levers stood, by full key.
    """

    png: bytes
    told: str
    changes: dict[str, Any]


class Fan:
    """The ensemble of a scenario and a seed.

    Attributes:
        worlds: whose draws are kept.
        given: the worlds before any lever was moved.
    """

    def __init__(self, scenario: Scenario, seed: int, runs: int = RUNS) -> None:
        """Run the scenario as it is given."""
        self.worlds = EnsembleCache(scenario, runs, seed, scenario.members().iso3)
        self.given = self.worlds.look()
        self._figures: dict[str, ExploreFigure] = {}
        self._now: tuple[dict[str, Any], Glimpse] = ({}, self.given)

    def drawn(self, changes: Mapping[str, Any], member: str) -> Drawn:
        """The worlds as the levers have them, drawn.

        Args:
            changes: by full key.
            member: code of the member whose stance is drawn.

        Raises:
            ScenarioError: a change is wrong.
            KeyError: the member is not on the roster.
        """
        with DRAWING:
            now = self._look(dict(changes))
            if member not in self._figures:
                self._figures[member] = ExploreFigure(self._of(self.given, member), [member], narrow=True)
            figure = self._figures[member]
            figure.show(self._of(now, member))
            return Drawn(figure.png(DPI), headline(now, self.given), dict(changes))

    def _look(self, changes: dict[str, Any]) -> Glimpse:
        if changes != self._now[0]:
            self._now = changes, self.worlds.look(changes) if changes else self.given
        return self._now[1]

    def _of(self, glimpse: Glimpse, member: str) -> Glimpse:
        place = self.worlds.scenario.members().index(member)
        return replace(glimpse, stance=glimpse.stance[:, :, [place]])
