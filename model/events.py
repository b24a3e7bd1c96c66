"""Events: what happens on a date, or at a rate, to the world of a run. Each kind is one small class.

A kind of one's own is a subclass of ``Event`` with a ``kind`` and an ``apply``; scenario files know it by its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from article10.agents.arrays import BoolArray, FloatArray, share
from article10.agents.name import Name
from article10.agents.parameter import Parameters
from article10.agents.plans import PlanTerms
from article10.agents.stackable import stackable
from article10.model.days import Day
from article10.model.guarantees import add_guarantee
from article10.model.membership import attack
from article10.model.plans import accept, put_plan

if TYPE_CHECKING:
    from article10.model.world import World

ALL: Literal["all"] = "all"
"""In place of a list of members: every member."""

Targets = Annotated[tuple[str, ...], Field(strict=False)] | Literal["all"]
Share = Annotated[float, Field(ge=0, le=1)]

Instrument = Literal["energy", "cyber", "airspace", "nuclear", "migration", "sabotage", "disinformation"]

REACH: Mapping[str, str] = MappingProxyType(
    {
        "energy": "structural_susceptibility",
        "airspace": "exposure",
        "migration": "exposure",
        "sabotage": "exposure",
    }
)
"""Attribute of the roster by which an instrument bites; the others bite all targets alike."""


class Event(Parameters):
    """Something that happens. Give it either a date or a rate.

    Attributes:
        name: its name in the scenario, without slashes, because results have a variable ``event_NAME``; a scenario's
            event replaces its base's event of the same name.
        date: when it happens, in every run.
        rate: how often it happens, a year, at random times of its own stream.
    """

    kind: str
    name: Name
    date: Day | None = None
    rate: Annotated[float, Field(ge=0, le=52)] | None = None

    has_duration: ClassVar[bool] = False
    """Whether the event acts for ``weeks`` weeks rather than once."""

    n_random: ClassVar[int] = 1
    """Number of standard normal draws that ``apply`` receives for each run."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: object) -> None:
        """Accept the earlier names of the class variables, ``lasts`` and ``by_chance``, in a user's kind of event."""
        super().__pydantic_init_subclass__(**options)
        cls.has_duration = vars(cls).get("lasts", cls.has_duration)
        cls.n_random = vars(cls).get("by_chance", cls.n_random)

    @model_validator(mode="after")
    def _either_date_or_rate(self) -> Event:
        if (self.date is None) == (self.rate is None):
            raise ValueError("give either a date or a rate (a year), not both and not neither")
        return self

    @property
    def members_named(self) -> tuple[str, ...]:
        """Codes of the members that the event names, to be checked against the roster."""
        return ()

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """Change the world of the runs in which the event acts in this step.

        Args:
            world: changed in place.
            now: runs in which it acts, (run,).
            outcome: standard normal draws for what the event leaves to chance, (run,), or (run, things) for several;
                empty if it leaves nothing.
        """
        raise TypeError(f"{type(self).__name__} must define apply")


@stackable
class PressureEvent(Event):
    """A campaign of Russian pressure beside the effort that its strategy allots."""

    kind: Literal["pressure"] = "pressure"
    instrument: Instrument = "cyber"
    targets: Targets = ALL
    intensity: Annotated[float, Field(ge=0, le=50)] = 1.0
    weeks: Annotated[int, Field(ge=1, le=1040)] = 13

    has_duration: ClassVar[bool] = True
    n_random: ClassVar[int] = 0

    @property
    def members_named(self) -> tuple[str, ...]:
        """The targets."""
        return () if self.targets == ALL else tuple(self.targets)

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """Add ``intensity`` a year to the targets' pressure, by how far the instrument reaches them."""
        bite = world.setup.event_members[self.name] * self.intensity * world.setup.dt
        if self.instrument in REACH:
            bite = bite * getattr(world.setup.roster, REACH[self.instrument])
        world.members.pressure[now.nonzero()[0]] += bite


@stackable
class GuaranteeEvent(Event):
    """A security guarantee to the candidate; what it is worth depends on who gives it."""

    kind: Literal["guarantee"] = "guarantee"
    level: Share = 0.3
    providers: Targets = ALL
    binding: bool = False

    n_random: ClassVar[int] = 0

    @property
    def members_named(self) -> tuple[str, ...]:
        """The providers."""
        return () if self.providers == ALL else tuple(self.providers)

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """Raise the level of guarantees by ``level`` times the providers' influence weight, of what is left."""
        named, weight = world.setup.event_members[self.name], world.setup.roster.influence_weight
        hegemon = world.setup.hegemon
        by_hegemon = self.level * float(named[hegemon] * weight[hegemon])
        worth = self.level * world.setup.event_weight[self.name]
        add_guarantee(world, now.nonzero()[0], worth, by_hegemon, self.binding)


@stackable
class PeacePlanEvent(Event):
    """A peace plan is put to the candidate, which accepts it or not; it alone can shelve its bid."""

    kind: Literal["peace_plan"] = "peace_plan"
    ceasefire: bool = True
    no_membership: bool = True
    force_cap: Share = 0.0
    guarantee: Share = 0.0
    binding: bool = False
    accepted: bool | None = None

    @property
    def terms(self) -> PlanTerms:
        """Its terms."""
        return PlanTerms(self.ceasefire, self.no_membership, self.force_cap, self.guarantee, self.binding)

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """It is put to the candidate; where the scenario states the answer, that holds."""
        put = now.nonzero()[0]
        if self.accepted is None:
            put_plan(world, put, self.terms, outcome[put])
        elif self.accepted:
            accept(world, put, self.terms)


@stackable
class CeasefireEvent(Event):
    """A ceasefire comes into force."""

    kind: Literal["ceasefire"] = "ceasefire"

    n_random: ClassVar[int] = 0

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """The war pauses."""
        world.russia.ceasefire = world.russia.ceasefire | now


@stackable
class BreachEvent(Event):
    """A ceasefire breaks: a sudden attack. It frees the candidate from a plan that bound it."""

    kind: Literal["breach"] = "breach"

    n_random: ClassVar[int] = 0

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """The war is hot again; for a candidate that is a member, this is an attack on a member."""
        world.russia.ceasefire = world.russia.ceasefire & ~now
        world.candidate.void_plan(now)
        attack(world, (now & world.accession.is_member).nonzero()[0])


@stackable
class SummitEvent(Event):
    """A summit: members learn where the others stand; a dated one is also a council meeting.

    Attributes:
        clarification: share of the misperception of others' stances that it removes.
        agenda: whether the question of accession can be put there; if not, it decides nothing.
    """

    kind: Literal["summit"] = "summit"
    clarification: Share = 0.5
    agenda: bool = True

    n_random: ClassVar[int] = 0

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """Remove a share of the misperception of others' stances."""
        m = world.members
        m.perceived = m.perceived + (now * self.clarification)[:, None] * (m.stance - m.perceived)


@stackable
class SpendingPledgeEvent(Event):
    """Members pledge a level of defence spending by a year."""

    kind: Literal["spending_pledge"] = "spending_pledge"
    target: Annotated[float, Field(ge=0, le=10)] = 3.5
    deadline: Annotated[int, Field(ge=1949, le=2100)] = 2035

    n_random: ClassVar[int] = 0

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """The pledge in force is replaced."""
        world.pledge_target = np.where(now, self.target, world.pledge_target)
        world.pledge_deadline = np.where(now, float(self.deadline), world.pledge_deadline)


@stackable
class BattlefieldShiftEvent(Event):
    """The front moves, the war grows or abates, or both."""

    kind: Literal["battlefield_shift"] = "battlefield_shift"
    front: Annotated[float, Field(ge=-1, le=1)] = 0.0
    intensity: Annotated[float, Field(ge=-1, le=1)] = 0.0

    n_random: ClassVar[int] = 0

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """Shift the front and the level to which the hot war tends."""
        r, rows = world.russia, now.nonzero()[0]
        r.front[rows] += self.front
        r.war_level[rows] = share(r.war_level[rows] + self.intensity)


@stackable
class IncidentEvent(Event):
    """An incident on members' ground: drones, sabotage, a cut cable. It is felt as threat and forgotten."""

    kind: Literal["incident"] = "incident"
    targets: Targets = ALL
    severity: Share = 0.3

    n_random: ClassVar[int] = 0

    @property
    def members_named(self) -> tuple[str, ...]:
        """The targets."""
        return () if self.targets == ALL else tuple(self.targets)

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """Named targets feel it whole; an incident somewhere in the alliance is felt by exposure."""
        felt = world.setup.roster.exposure if self.targets == ALL else world.setup.event_members[self.name]
        world.members.incidents[now.nonzero()[0]] += self.severity * felt


def kinds() -> dict[str, type[Event]]:
    """Every kind of event by its name, those that a user has added among them."""
    found: dict[str, type[Event]] = {}
    pending = list(Event.__subclasses__())
    while pending:
        cls = pending.pop(0)
        pending.extend(cls.__subclasses__())
        if isinstance(kind := cls.model_fields["kind"].default, str):  # a base of several kinds has none
            found[kind] = cls
    return found


def event_from(value: Any) -> Any:  # noqa: ANN401 - raw scenario input
    """An event from a scenario file's table, by its ``kind``; events pass as they are.

    Raises:
        ValueError: the kind is missing or unknown.
    """
    if not isinstance(value, Mapping):
        return value
    known = kinds()
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in known:
        raise UnknownKindError(kind, tuple(known))
    return known[kind].model_validate(dict(value))


class UnknownKindError(ValueError):
    """A scenario names a kind of event that does not exist."""

    def __init__(self, kind: object, known: tuple[str, ...]) -> None:
        """Keep what was given and what is known, for the message."""
        super().__init__(f"no kind of event is called {kind!r}; known: {', '.join(known)}")
        self.kind, self.known = kind, known
