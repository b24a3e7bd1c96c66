"""Events that give a member another government: elections, falls between elections, and changes of leader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.stackable import stackable
from article10.model import governments
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

    def _place(self, world: World) -> int:
        return world.setup.roster.index(self.member)

    def _take_office(
        self, world: World, new: BoolArray, alternative: BoolArray, drawn: FloatArray, ties: FloatArray | None = None
    ) -> None:
        """A government takes office in some runs, with what the event gives, or as its side is expected and drawn.

        Args:
            world: changed in place.
            new: runs in which it takes office, (run,).
            alternative: whether it is of the main alternative's side, (run,).
            drawn: its orientation where the event gives none, (run,).
            ties: its ties where the event gives neither, (run,); by default those of its side.
        """
        rows = new.nonzero()[0]
        places = np.full(len(rows), self._place(world))
        side, orientation, own = alternative[rows], drawn[rows], None if ties is None else ties[rows]
        if self.orientation is not None:
            orientation = np.full(len(rows), self.orientation)
            side = governments.is_nearer_alternative(world, rows, places, orientation)
            own = governments.ties_by_orientation(world, rows, places, orientation)
        if self.government_ties is not None:
            own = np.full(len(rows), self.government_ties)
        governments.take_office(world, rows, places, side, orientation, own)

    def _vote(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """An election: the given result, or the government that wins it."""
        place, every = self._place(world), np.arange(world.n_runs)
        before = world.members.alternative[:, place]
        wins = governments.alternative_wins(world, every, np.full_like(every, place), outcome[:, 0])
        given = self.orientation is not None or self.government_ties is not None
        self._take_office(
            world, now if given else now & (wins != before), wins, self._drawn(world, wins, outcome[:, 1])
        )

    def _drawn(self, world: World, alternative: BoolArray, draw: FloatArray) -> FloatArray:
        """Orientation of a new government of a side, drawn as after an election, (run,)."""
        every = np.arange(world.n_runs)
        return governments.expected_orientation(
            world, every, np.full_like(every, self._place(world)), alternative, draw
        )


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
        """As at an election; the member's later elections are counted from this one, whatever was due before."""
        self._vote(world, now, outcome)
        place = self._place(world)
        world.members.election_due[now, place] = world.setup.following_elections[world.step, place]


@stackable
class GovernmentFallEvent(BetweenElections):
    """A government falls and another takes office without an election; the calendar of elections stays."""

    kind: Literal["government_fall"] = "government_fall"

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """The other side takes office, with the given orientation, or one drawn as after an election."""
        other = ~world.members.alternative[:, self._place(world)]
        self._take_office(world, now, other, self._drawn(world, other, outcome))


@stackable
class LeaderChangeEvent(BetweenElections):
    """A leader is replaced without a vote; the parties in office stay, so that orientation moves less than elsewhere.

    Attributes:
        departure: standard deviation of the move, as a share of the spread that is drawn after an election. An
            assumption: in 2026 the codes of three members whose leader was replaced (GBR, LTU, LVA) did not move, and
            an election moves it in full, which gives the range 0 to 1.
    """

    kind: Literal["leader_change"] = "leader_change"
    departure: Share = 0.5

    def apply(self, world: World, now: BoolArray, outcome: FloatArray) -> None:
        """The new leader's orientation is the given one, or one drawn around the last leader's."""
        place, m = self._place(world), world.members
        moved = (
            m.orientation[:, place]
            + self.departure * governments.orientation_spread(world, np.arange(world.n_runs), place) * outcome
        )
        self._take_office(world, now, m.alternative[:, place], moved, m.government_ties[:, place])
