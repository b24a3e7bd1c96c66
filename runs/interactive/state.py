"""What the notebook panel and the dashboard share: a scenario, its changed parameters, and the same runs with both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from article10.agents.parameter import Declaration
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.interactive.ensemble_cache import EnsembleCache, Snapshot
from article10.runs.interactive.latest import IsStale
from article10.runs.interactive.positions import Value, with_change
from article10.runs.statistics.forms import POINTS
from article10.runs.statistics.intervals import interval, paired

RUNS = 300
"""Number of runs of an interactive ensemble, unless another is asked for: enough to see, few enough to follow."""


class InteractiveState:
    """A scenario, what has been changed in it, and the same runs with and without the changes.

    The runs have the same random draws whatever is changed: a difference is due to the change and not to chance.

    Attributes:
        scenario: the scenario as given.
        changes: values of the changed parameters, by full key.
        given: the runs of the scenario as given.
        now: the runs as they were last simulated to the end.

    >>> from article10.runs.interactive.sliders import chosen_parameters
    >>> state = InteractiveState(read_scenario("baseline", {"horizon": "2027-06-01"}), runs=4, members=["HUN"])
    >>> state.move(chosen_parameters(state.scenario, ["stance.peer_rate"])[0], 0.7)
    >>> state.changes, state.simulate().scenario.stance.peer_rate
    ({'stance.peer_rate': 0.7}, 0.7)
    """

    def __init__(self, scenario: Scenario, runs: int = RUNS, seed: int = 0, members: Sequence[str] = ()) -> None:
        """Simulate the scenario as given.

        Args:
            scenario: the scenario as given.
            runs: number of runs.
            seed: seed of all random streams.
            members: codes of the members whose stances are recorded.

        Raises:
            KeyError: a member is not on the roster.
            TooLargeError: the draws would take more memory than the machine has.
            ValueError: ``runs`` or ``seed`` is not an integer within bounds.
        """
        self.scenario = scenario
        self.changes: dict[str, Value] = {}
        self._ensemble = EnsembleCache(scenario, runs, seed, members)
        self._simulated: Mapping[str, Value] = {}
        self._reference: tuple[Mapping[str, Value], Snapshot] | None = None
        self.given = self.now = self._ensemble.simulate()

    def move(self, declared: Declaration, position: Value) -> None:
        """Change a parameter to the value that a position of its slider stands for.

        Args:
            declared: declaration of the parameter.
            position: position of the slider; the position of the scenario's own value is not a change.
        """
        self.changes = with_change(self.changes, declared, position)

    def changed_scenario(self) -> Scenario:
        """The scenario with its changes.

        Raises:
            ScenarioError: a change is not valid.
        """
        return read_scenario(self.scenario, self.changes)

    def simulate(self) -> Snapshot:
        """Simulate the runs with the changes, unless they were the last to be simulated.

        Raises:
            ScenarioError: a change is not valid; ``now`` stays as it was.
        """
        *_, self.now = self.stages(self.changes)
        return self.now

    def stages(self, changes: Mapping[str, Value], is_stale: IsStale = lambda: False) -> Iterator[Snapshot]:
        """Simulate the runs with changes, and yield the first of them before all, as ``EnsembleCache.stages`` does.

        Runs that are there already, those as given and those last simulated to the end, are not simulated again.

        Args:
            changes: values of the changed parameters, by full key.
            is_stale: whether the runs are no longer wanted.

        Raises:
            ScenarioError: a change is not valid.
        """
        if changes != self._simulated:
            stages = self._ensemble.stages(changes, is_stale) if changes else iter([self.given])
            for now in stages:
                if not now.is_partial:
                    self.now, self._simulated = now, dict(changes)
                yield now
        else:
            yield self.now

    def reference(self, changes: Mapping[str, Value]) -> Snapshot:
        """The runs with other changes, to compare with: those as given where there are none, or simulated once.

        Raises:
            ScenarioError: a change is not valid.
        """
        if not changes:
            return self.given
        if self._reference is None or self._reference[0] != changes:
            kept = self.now if self._simulated == changes else self._ensemble.simulate(changes)
            self._reference = dict(changes), kept
        return self._reference[1]

    def at(self, declared: Declaration, position: Value) -> Snapshot:
        """The runs with one parameter moved further; ``changes`` and ``now`` stay as they are.

        Args:
            declared: declaration of the parameter.
            position: position of its slider.

        Raises:
            ScenarioError: the value is not valid.
        """
        changes = with_change(self.changes, declared, position)
        return self._ensemble.simulate(changes) if changes else self.given

    def headline(self, now: Snapshot | None = None, reference: Snapshot | None = None) -> str:
        """The effect of the changes on accession by the horizon: shares, and their difference with its 95% interval.

        Args:
            now: the runs with the changes, by default those last simulated to the end; the first of the runs are
                compared with the first of the others.
            reference: the runs to compare with, by default those as given.
        """
        now, whole = self.now if now is None else now, self.given if reference is None else reference
        given = whole.first(len(now.acceded))
        share, before = float(now.acceded[:, -1].mean()), float(given.acceded[:, -1].mean())
        text = f"Member by {now.days[-1].astype(object):%B %Y}: {share:.1%} of {now.counted}"
        if now.scenario == given.scenario:
            return f"{text}."
        text += f"; {'scenario as given' if whole is self.given else 'pinned'}: {before:.1%}"
        if len(now.days) != len(given.days):
            return f"{text}."
        change = paired(now.acceded[:, -1], given.acceded[:, -1])
        difference = interval(change.row("it"), "it", POINTS)
        text += f"; difference {difference} (95% CI, simulation uncertainty only)"
        return f"{text}." if change.excludes_zero else f"{text}. These runs do not distinguish it from zero."
