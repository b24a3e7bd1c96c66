"""One run as a ``mesa.Model``: agents are handles onto the columns of a world of one run, stepped by the same schedule.

Run 4711 opened here is run 4711 of the ensemble, bit for bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np

try:
    import mesa
except ImportError as error:
    raise ImportError('AccessionModel needs Mesa: pip install "article10[mesa]"') from error

from article10.agents.member_state import ACQUIESCE, OBJECT, SUPPORT
from article10.agents.russia import Strategy
from article10.model import schedule
from article10.model.accession_rule import STAGES, formal_weight
from article10.model.arguments import check_functions, check_names, check_whole
from article10.model.mechanisms import Mechanism
from article10.model.randomness import draw
from article10.model.scenario import Scenario
from article10.model.scenario_file import nearest, read_scenario
from article10.model.setup import Setup
from article10.model.world import World

BALLOT_NAMES = {OBJECT: "object", ACQUIESCE: "acquiesce", SUPPORT: "support"}


class Column:
    """An attribute of an agent that lives in an array of the world; read as a plain float, written through."""

    def __init__(self, state: str, name: str, doc: str) -> None:
        """Name the actor's state in the world and the array in it."""
        self.state, self.name, self.__doc__ = state, name, doc

    def __get__(self, agent: Any, owner: type | None = None) -> Any:  # noqa: ANN401 - float, bool or the column itself
        """Value for the agent; on the class, the column itself, so that its meaning can be read."""
        return self if agent is None else self._array(agent)[agent.place].item()

    def __set__(self, agent: Any, value: float) -> None:  # noqa: ANN401
        """Write the value to the world.

        Raises:
            ValueError: it is not finite.
        """
        if not np.isfinite(value):
            raise ValueError(f"{self.name} = {value}: expected a finite number")
        self._array(agent)[agent.place] = value

    def _array(self, agent: Any) -> Any:  # noqa: ANN401
        return getattr(getattr(agent.model.world, self.state), self.name)


class Handle(mesa.Agent):
    """An agent whose attributes live in the world."""

    place: Any

    def __repr__(self) -> str:
        columns = [name for name, attribute in vars(type(self)).items() if isinstance(attribute, Column)]
        shown = [name for name in ("iso3",) if hasattr(self, name)] + columns
        values = (getattr(self, name) for name in shown)
        stated = (f"{value:.3g}" if isinstance(value, float) else repr(value) for value in values)
        return f"{type(self).__name__}({', '.join(map('='.join, zip(shown, stated, strict=True)))})"


class MemberState(Handle):
    """A member state; what it is comes from the roster, how it is from the world."""

    stance = Column("members", "stance", "willingness to admit the candidate now, -1 to 1")
    perceived = Column("members", "perceived", "stance as the others know it")
    disposition = Column("members", "disposition", "long-run leaning")
    orientation = Column("members", "orientation", "present government's departure from it")
    government_ties = Column("members", "government_ties", "government's closeness to Russia, 0 to 1")
    threat = Column("members", "threat", "perceived threat")
    pressure = Column("members", "pressure", "stock of Russian pressure")
    felt_pressure = Column("members", "felt_pressure", "pressure as felt, 0 to 1")
    susceptibility = Column("members", "susceptibility", "how readily it yields to pressure, 0 to 1")
    concession = Column("members", "concession", "stock of concessions received, 0 to 1")
    trust = Column("members", "trust", "trust in the hegemon, 0 to 1")
    spending = Column("members", "spending", "defence spending, % GDP")

    def __init__(self, model: AccessionModel, index: int) -> None:
        """Point at a member's place on the roster."""
        super().__init__(model)
        self.place = (0, index)
        roster = model.setup.roster
        self.iso3, self.name = roster.iso3[index], roster.names[index]
        self.influence_weight = roster.influence_weight[index].item()
        self.exposure = roster.exposure[index].item()
        self.caution = roster.caution[index].item()

    @property
    def ballot(self) -> str:
        """How it would ballot now: ``object``, ``acquiesce`` or ``support``."""
        codes, _ = self.model.world.positions()
        return BALLOT_NAMES[int(codes[self.place])]

    @property
    def ratified(self) -> bool:
        """Whether it has ratified the protocol."""
        return bool(self.model.world.members.ratified[self.place])


class Russia(Handle):
    """The external power: it acts, and has no ballot."""

    place = 0
    resources = Column("russia", "resources", "means at its disposal; 1 at the start")
    effort = Column("russia", "effort", "pressure exerted, a year")
    alarm = Column("russia", "alarm", "how threatening accession looks, 0 to 1")
    war_intensity = Column("russia", "war_intensity", "intensity of the war, 0 to 1")
    front = Column("russia", "front", "territorial progress since the start")
    ceasefire = Column("russia", "ceasefire", "whether a ceasefire holds")

    @property
    def formal_weight(self) -> int:
        """Ballots that it has among the members: none."""
        return formal_weight("RUS", self.model.setup.roster.iso3)

    @property
    def shares(self) -> dict[str, float]:
        """Shares of its effort by member."""
        shares = self.model.world.russia.shares[0].tolist()
        return dict(zip(self.model.setup.roster.iso3, shares, strict=True))


class Candidate(Handle):
    """The candidate: it alone can shelve its bid."""

    place = 0
    aspiration = Column("candidate", "aspiration", "wish to join, 0 to 1")
    readiness = Column("candidate", "readiness", "reforms done, 0 to 1")
    shelved = Column("candidate", "shelved", "whether the bid is shelved")

    @property
    def name(self) -> str:
        """Who asks to join."""
        return str(self.model.setup.scenario.candidate.name)


class SecretaryGeneral(Handle):
    """The Secretary General's office: no ballot either."""

    place = 0
    campaign = Column("secretary_general", "campaign", "effort put into the bid, 0 to 1")
    champions = Column("secretary_general", "champions", "influence weight of the bid's champions, 0 to 1")
    objectors = Column("secretary_general", "objectors", "members that objected at the last council")


class AccessionModel(mesa.Model):
    """One run of a scenario.

    Attributes:
        world: the state; a world of one run.
        setup: what is fixed.
        run: number of the run.
        members: the member states, an AgentSet in the order of the roster.
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
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
        collect: Sequence[str] = ("stance",),
        rng: Any = None,  # noqa: ANN401 - whatever Mesa's batch_run passes
        **parameters: Any,  # noqa: ANN401
    ) -> None:
        """Open a run on its first day.

        Args:
            scenario: name of a shipped scenario, path of a TOML file, or a scenario.
            seed: of all random streams, as in ``simulate``; a string of digits will do, for dashboards give one.
            run: number of the run.
            changes: by full key, for example ``{"stance.peer_rate": 0.6}``.
            strategy: a function in place of Russia's named strategy.
            mechanisms: in place of ``article10.MECHANISMS``.
            collect: attributes of MemberState that the data collector keeps.
            rng: another name of the seed, for Mesa's ``batch_run``: from Mesa 3.5 on that replaces ``seed``.
            parameters: changes as keywords, for batches and dashboards: ``stance__peer_rate=0.6``.

        Raises:
            ScenarioError: the scenario is wrong.
            ValueError: another argument is.
        """
        self.seed_of_streams, self.run = _seed(seed, rng), _whole("run", run)
        check_functions(strategy, mechanisms)
        check_names("collect", collect)
        super().__init__(rng=self.seed_of_streams)
        dotted = {key.replace("__", "."): value for key, value in parameters.items()}
        given = {**changes, **dotted} if isinstance(changes, Mapping) else changes or dotted
        read = read_scenario(scenario, given, own_strategy=strategy is not None)
        self.setup = Setup.of(read, strategy, mechanisms)
        self.world = World.start(self.setup, draw(self.setup.streams, self.seed_of_streams, [self.run]))
        schedule.begin(self.world)
        for index in range(len(self.setup.roster)):
            MemberState(self, index)
        self.russia, self.candidate, self.secretary_general = Russia(self), Candidate(self), SecretaryGeneral(self)
        getattr(mesa.Agent, "_ids", {}).pop(self, None)  # where Mesa 3.3 would keep the model alive for ever
        self.members = self.agents_by_type[MemberState]
        known = [name for name in vars(MemberState) if not name.startswith("_")]
        for name in collect:
            if not hasattr(self.member(self.setup.roster.iso3[0]), name):
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
        """A member state by its code.

        Raises:
            KeyError: it is not on the roster.
        """
        index = self.setup.roster.index(iso3)
        found: MemberState = list(self.members)[index]
        return found


def _seed(seed: int | str | None, rng: Any) -> int:  # noqa: ANN401 - whatever Mesa passes
    given = seed if rng is None else rng
    if given is None:
        warnings.warn("no seed: taken as 0; to Mesa's batch_run give it among the parameters as rng", stacklevel=3)
        return 0
    return _whole("seed" if rng is None else "rng", given)


def _whole(name: str, value: Any) -> int:  # noqa: ANN401 - whatever Mesa passes
    digits = isinstance(value, str) and value.isdecimal()
    number = int(value) if digits or isinstance(value, Integral) else value
    check_whole(name, number)
    return number


def _read(name: str, agent: Any) -> Any:  # noqa: ANN401 - any agent, any attribute
    return getattr(agent, name, None)


def _war_intensity(model: AccessionModel) -> float:
    return float(model.world.russia.war_intensity[0])


def _guarantee(model: AccessionModel) -> float:
    return float(model.world.guarantee[0])
