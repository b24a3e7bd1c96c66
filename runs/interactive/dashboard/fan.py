"""The ensemble beside the run: simulated and drawn again while parameters are changed, some runs first and then all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from article10.model.scenario import Scenario
from article10.runs.interactive.figure import ComparisonFigure
from article10.runs.interactive.latest import IsStale
from article10.runs.interactive.positions import Value
from article10.runs.interactive.state import RUNS, InteractiveState

DPI = 130


@dataclass(frozen=True)
class Wanted:
    """What the page asks for.

    Attributes:
        scenario: the scenario as given.
        seed: seed of all random streams.
        changes: values of the changed parameters, by full key.
        member: code of the member whose stance is drawn.
    """

    scenario: Scenario
    seed: int
    changes: Mapping[str, Value]
    member: str


@dataclass(frozen=True)
class Drawn:
    """What the page shows of the ensemble.

    Attributes:
        png: figure of the accession and of one member's stance, over those of the scenario as given.
        headline: effect of the changes on accession.
        changes: values of the changed parameters, by full key.
        is_partial: whether these are the first runs only.
    """

    png: bytes
    headline: str
    changes: dict[str, Value]
    is_partial: bool


class Fan:
    """The ensemble of a scenario and a seed, with the figure of the member last drawn."""

    def __init__(self, scenario: Scenario, seed: int, runs: int = RUNS) -> None:
        """Simulate the scenario as given.

        Args:
            scenario: the scenario as given.
            seed: seed of all random streams.
            runs: number of runs.
        """
        self.state = InteractiveState(scenario, runs, seed, scenario.members().iso3)
        self._figure: ComparisonFigure | None = None

    def stages(self, changes: Mapping[str, Value], member: str, is_stale: IsStale = lambda: False) -> Iterator[Drawn]:
        """Simulate the runs with changes and draw them, the first of them before all.

        Args:
            changes: values of the changed parameters, by full key.
            member: code of the member whose stance is drawn.
            is_stale: whether the picture is no longer wanted.

        Raises:
            ScenarioError: a change is not valid.
            KeyError: the member is not on the roster.
        """
        if self._figure is None or self._figure.given.members != (member,):
            self._figure = ComparisonFigure(self.state.given.of(member), narrow=True, dpi=DPI)
        for now in self.state.stages(changes, is_stale):
            self._figure.show(now.of(member))
            yield Drawn(self._figure.png(), self.state.headline(now), dict(changes), now.is_partial)

    def drawn(self, changes: Mapping[str, Value], member: str) -> Drawn:
        """Simulate all runs with changes and draw them; see ``stages``."""
        *_, found = self.stages(changes, member)
        return found


class Fans:
    """The ensemble that a page shows: another scenario or seed replaces it."""

    def __init__(self) -> None:
        """Start with none."""
        self._kept: dict[int, Fan] = {}  # at most one, by seed
        self._scenario: Scenario | None = None

    def stages(self, wanted: Wanted, is_stale: IsStale) -> Iterator[Drawn]:
        """Simulate and draw what a page asks for, the first runs before all; see ``Fan.stages``."""
        if self._scenario is not wanted.scenario or wanted.seed not in self._kept:
            self._kept.clear()  # first, so that there is memory for the draws of the next
            self._kept[wanted.seed] = Fan(wanted.scenario, wanted.seed)
            self._scenario = wanted.scenario
        yield from self._kept[wanted.seed].stages(wanted.changes, wanted.member, is_stale)
