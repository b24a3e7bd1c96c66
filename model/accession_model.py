"""One run as a ``mesa.Model``: agents are handles onto the columns of a world of one run, stepped by the same schedule.

Run 4711 opened here is run 4711 of the ensemble, bit for bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from article10.agents.nearest import nearest
from article10.agents.russia import Strategy
from article10.model import schedule
from article10.model.accession_rule import STAGES
from article10.model.arguments import LARGEST, check_distinct, whole
from article10.model.checked import check_arguments
from article10.model.edition import Edition
from article10.model.first_day import first_day
from article10.model.mechanisms import Mechanism
from article10.model.mesa_agents import Candidate, MemberState, Russia, SecretaryGeneral, mesa
from article10.model.mesa_batches import warn_of_equal_runs
from article10.model.randomness import draw
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup


class AccessionModel(mesa.Model):
    """One run of a scenario.

    The schedule steps the world; agents only read and write it. Sorting, shuffling, selecting or removing them changes
    Mesa's agent sets and what the data collector records from then on, and nothing else: a member whose agent was
    removed stays in the alliance, and ``member`` still returns it.

    Attributes:
        world: the state; a world of one run.
        setup: setup of the run, which does not change.
        run: number of the run.
        members: Mesa's AgentSet of the member states, in the order of the roster until you change it.
        russia: the external power.
        candidate: who asks to join.
        secretary_general: the office.
        datacollector: Mesa's; stances by member, and the stage, war and guarantee of the run.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline",
        seed: int | str | None = 0,
        run: int | str = 0,
        *,
        changes: Mapping[str, Any] | None = None,
        edition: str | Path | Edition | None = None,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
        collect: Sequence[str] = ("stance",),
        rng: Any = None,  # noqa: ANN401 - whatever Mesa's batch_run passes
        **kwargs: Any,  # noqa: ANN401 - Mesa's SolaraViz knows further parameters by this name only
    ) -> None:
        """Open a run on its first day.

        Args:
            scenario: name of a shipped scenario, path of a TOML file, or a scenario.
            seed: seed of all random streams, as in ``simulate``; a string of digits, from a dashboard, is accepted.
            run: number of the run.
            changes: values by full key, for example ``{"stance.peer_rate": 0.6}``.
            edition: name or folder of the edition to stand on; by default that of the scenario, or the newest.
            strategy: a function in place of Russia's named strategy.
            mechanisms: in place of ``article10.MECHANISMS``.
            collect: attributes of MemberState that the data collector keeps.
            rng: another name of the seed, for Mesa's ``batch_run``: from Mesa 3.5 on that replaces ``seed``. Its
                ``iterations`` would repeat one run: use ``article10.mesa_iterations``.
            kwargs: changes as keywords, for batches and dashboards: ``stance__peer_rate=0.6``.

        Raises:
            ScenarioError: the scenario is wrong.
            ValueError: another argument is.
        """
        warn_of_equal_runs()
        self.seed_of_streams, self.run = _seed(seed, rng), _whole("run", run)
        check_arguments(scenario=scenario, changes=changes, edition=edition)
        check_arguments(strategy=strategy, mechanisms=mechanisms, collect=collect)
        super().__init__(rng=self.seed_of_streams)
        self._agent_numbers = count(1)
        dotted = {key.replace("__", "."): value for key, value in kwargs.items()}
        check_distinct("changes and keywords", [*(changes or ()), *dotted])
        values = {**(changes or {}), **dotted}
        read = read_scenario(scenario, values, edition=edition, own_strategy=strategy is not None)
        self.setup = Setup.of(read, strategy, mechanisms)
        self.world = first_day(self.setup, draw(self.setup.streams, self.seed_of_streams, [self.run]))
        schedule.begin(self.world)
        self._members = [MemberState(self, index) for index in range(len(self.setup.roster))]
        self.russia, self.candidate, self.secretary_general = Russia(self), Candidate(self), SecretaryGeneral(self)
        self.members = self.agents_by_type[MemberState]
        known = [name for name in vars(MemberState) if not name.startswith("_")]
        for name in collect:
            if not hasattr(self._members[0], name):
                raise ValueError(f"collect: a member state has no {name!r}{nearest(str(name), known)}")
        self.datacollector = mesa.DataCollector(
            model_reporters={"stage": "stage", "war_intensity": _war_intensity, "guarantee": _guarantee},
            agent_reporters={name: partial(_read, name) for name in collect},
        )
        self.datacollector.collect(self)

    def step(self) -> None:
        """One step of the schedule; the model stops at the horizon."""
        if self.world.step >= self.setup.n_steps:
            self.running = False
            return
        schedule.step(self.world)
        self.datacollector.collect(self)
        self.running = self.world.step < self.setup.n_steps

    @property
    def date(self) -> date:
        """First day of the step that comes next."""
        return self.setup.scenario.date_of(self.world.step)

    @property
    def stage(self) -> str:
        """Stage of the accession."""
        return STAGES[int(self.world.accession.stage[0])]

    def member(self, iso3: str) -> MemberState:
        """A member state by its code, whatever has become of Mesa's agent sets.

        Raises:
            KeyError: the member is not on the roster.
        """
        return self._members[self.setup.roster.index(iso3)]

    def register_agent(self, agent: mesa.Agent) -> None:
        """Add an agent to Mesa's sets, numbered by this model.

        Mesa 3.3 numbers agents by a table of all models, ``mesa.Agent._ids``, which would keep this one alive for ever.
        """
        if hasattr(mesa.Agent, "_ids"):
            mesa.Agent._ids.pop(self, None)
            agent.unique_id = next(self._agent_numbers)
        super().register_agent(agent)


def _seed(seed: int | str | None, rng: Any) -> int:  # noqa: ANN401 - whatever Mesa passes
    given = seed if rng is None else rng
    if given is None:
        warnings.warn("no seed: taken as 0; to Mesa's batch_run give it among the parameters as rng", stacklevel=3)
        return 0
    return _whole("seed" if rng is None else "rng", given)


def _whole(name: str, value: Any) -> int:  # noqa: ANN401 - whatever Mesa passes
    digits = isinstance(value, str) and value.isdecimal() and len(value) <= len(str(LARGEST))
    return whole(name, int(value) if digits else value)


def _read(name: str, agent: Any) -> Any:  # noqa: ANN401 - any agent, any attribute
    return getattr(agent, name, None)


def _war_intensity(model: AccessionModel) -> float:
    return float(model.world.russia.war_intensity[0])


def _guarantee(model: AccessionModel) -> float:
    return float(model.world.guarantee[0])
