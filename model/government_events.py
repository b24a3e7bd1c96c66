"""Events that give a member another government: elections, falls between elections, and changes of leader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from article10.agents import members
from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.stackable import stackable
from article10.model.events import Event, Share

if TYPE_CHECKING:
    from article10.model.world import World


class GovernmentEvent(Event):
    """A member gets, or may get, another government.

    Attributes:
        member: code of the member.
        orientation: of the new government; drawn where it is not given.
        government_ties: of the new government with the external power; computed from its orientation where not given.
    """

    member: str
    orientation: Annotated[float, Field(ge=-2, le=2)] | None = None
    government_ties: Share | None = None

    @property
    def members_named(self) -> tuple[str, ...]:
        """The member whose government it is."""
        return (self.member,)

    def _take_office(self, world: World, new: BoolArray, drawn: FloatArray) -> None:
        """A government takes office in some runs, with the orientation that the event gives, or the one drawn."""
        orientation = drawn if self.orientation is None else np.full(new.shape, self.orientation)
        world.elect(world.setup.roster.index(self.member), new, orientation, self.government_ties)

    def _vote(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """An election: the given result, or a new government where the last does not survive."""
        given = self.orientation is not None or self.government_ties is not None
        new = now if given else now & (outcome[:, 0] >= world.by_run.constants.incumbent_below)
        self._take_office(world, new, self._drawn(world, outcome[:, 1]))

    def _drawn(self, world: World, draw: FloatArray) -> FloatArray:
        """Orientation of a new government, drawn as after an election, (run,)."""
        last = world.members.orientation[:, world.setup.roster.index(self.member)]
        return members.new_orientation(last, draw, world.by_run.elections)


class BetweenElections(GovernmentEvent):
    """What changes a government between two elections on the calendar; how often that happens is not modelled."""

    @model_validator(mode="after")
    def _dated(self) -> BetweenElections:
        if self.date is None:
            raise ValueError("give a date: how often it happens is not modelled, so that it has no rate")
        return self


@stackable
class ElectionEvent(GovernmentEvent):
    """An election off the calendar, or one whose result is given."""

    kind: Literal["election"] = "election"

    n_random: ClassVar[int] = 2

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """A new government takes office with the given result; without one, if the last does not survive."""
        self._vote(world, now, outcome)


@stackable
class SnapElectionEvent(BetweenElections):
    """An early election: decided as any other, and the next one on the calendar is a whole term after it."""

    kind: Literal["snap_election"] = "snap_election"

    n_random: ClassVar[int] = 2

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """As at an election; the calendar of the run's setup has the later elections."""
        self._vote(world, now, outcome)


@stackable
class GovernmentFallEvent(BetweenElections):
    """A government falls and another takes office without an election; the calendar of elections stays."""

    kind: Literal["government_fall"] = "government_fall"

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """A new government takes office, with the given orientation, or one drawn as after an election."""
        self._take_office(world, now, self._drawn(world, outcome))


@stackable
class LeaderChangeEvent(BetweenElections):
    """A leader is replaced without a vote; the parties in office stay, so that orientation moves less than elsewhere.

    Attributes:
        departure: standard deviation of the move, as a share of ``elections.volatility``. An assumption: in 2026 the
            codes of three members whose leader was replaced (GBR, LTU, LVA) did not move, and an election moves it in
            full, which gives the range 0 to 1.
    """

    kind: Literal["leader_change"] = "leader_change"
    departure: Share = 0.5

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """The new leader's orientation is the given one, or one drawn around the last leader's."""
        last = world.members.orientation[:, world.setup.roster.index(self.member)]
        self._take_office(world, now, last + self.departure * world.by_run.elections.volatility * outcome)
