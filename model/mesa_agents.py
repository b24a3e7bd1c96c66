"""Mesa agents: handles onto the columns of a world, whose attributes read and write its arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa as mesa  # for those who import it from here
import numpy as np

from article10.agents.instruments import INSTRUMENTS
from article10.agents.members import ACQUIESCE, OBJECT, SUPPORT, reason_words
from article10.model.accession_rule import formal_weight

if TYPE_CHECKING:
    from article10.model.accession_model import AccessionModel

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
            ValueError: the value is not finite.
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
    cover = Column("members", "cover", "what it adds to its stance when it voices it")
    hold = Column("members", "hold", "whether it holds out for a price")
    consent = Column("members", "consent", "whether it has given its consent")
    side_deal = Column("bargain", "deal", "whether Russia has a side deal with it")
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
    def voiced(self) -> float:
        """Stance as voiced to the others: the stance plus cover."""
        return float(self.stance + self.cover)

    @property
    def reason(self) -> str:
        """Why it would ballot so, in words; empty if its stance alone says it."""
        _, reasons = self.model.world.positions()
        return reason_words(int(reasons[self.place]))

    @property
    def capital(self) -> int:
        """Political capital that it has left to pay holdouts."""
        return int(self.model.world.bargain.budget[self.place])

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
    prolongs = Column("russia", "prolongs", "share to which it prolongs the war to bar membership")
    spent = Column("russia", "spent", "resources that its instruments have taken")

    @property
    def formal_weight(self) -> int:
        """Ballots that it has among the members: none."""
        return formal_weight(self.model.setup.edition.external_power.code, self.model.setup.roster.iso3)

    @property
    def uses(self) -> dict[str, float]:
        """Share to which each of its instruments is in use until the next review."""
        return dict(zip(INSTRUMENTS, self.model.world.russia.uses[0].tolist(), strict=True))

    @property
    def payoff(self) -> float:
        """What the run has been worth to it so far; the candidate's accession is a loss of 1."""
        return float(self.model.world.russia_payoff[0])

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
    def chance(self) -> float:
        """Chance of accession within ten years, as it sees it."""
        world = self.model.world
        return float(world.setup.outlook.chance(world.prospect())[0])

    @property
    def name(self) -> str:
        """Who asks to join."""
        return str(self.model.setup.scenario.candidate.name)


class SecretaryGeneral(Handle):
    """The Secretary General's office: no ballot either."""

    place = 0
    campaign = Column("secretary_general", "campaign", "effort put into the bid, 0 to 1")
    champions = Column("secretary_general", "champions", "influence weight of the bid's champions, 0 to 1")
    objectors = Column("secretary_general", "objectors", "members that object in this week's soundings")

    @property
    def capital(self) -> int:
        """Political capital that the office has left to pay holdouts."""
        return int(self.model.world.bargain.budget[0, -1])
