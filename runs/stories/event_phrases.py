"""Phrases for events in a story: one for each kind of event, from the fields of the event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from article10.model import events as kinds
from article10.model import government_events as governments
from article10.model.events import ALL, Event
from article10.runs.ensemble.summary import signed

MOST_NAMES = 8
"""Longer lists of names are shortened: the first names, and the number of others."""


def phrase(event: Event, names: Mapping[str, str], accepted: bool | None = None) -> str:
    """A phrase for what happens when an event acts, without a full stop; for a user's own kind, its kind and name.

    Args:
        event: an event of any kind.
        names: names of the members, by code.
        accepted: whether the candidate accepted a peace plan, if that is known.
    """
    match event:
        case kinds.PressureEvent():
            return (
                f"a campaign of Russian pressure by {event.instrument} on {_members(event.targets, names)}, "
                f"{event.weeks} weeks at {event.intensity:g} a year"
            )
        case kinds.GuaranteeEvent():
            bound = "binding " if event.binding else ""
            return f"a {bound}security guarantee of level {event.level:g} by {_members(event.providers, names)}"
        case kinds.PeacePlanEvent():
            answer = {True: "; it accepts", False: "; it declines", None: ""}[accepted]
            return f"a peace plan is put to the candidate: {', '.join(_terms(event)) or 'no terms'}{answer}"
        case kinds.CeasefireEvent():
            return "a ceasefire is agreed"
        case kinds.BreachEvent():
            return "a sudden attack, which breaks any ceasefire"
        case governments.GovernmentEvent():
            return _government(event, names[event.member])
        case kinds.SummitEvent():
            return "a summit, where members learn where the others stand"
        case kinds.SpendingPledgeEvent():
            return f"members pledge {event.target:g}% of GDP for defence by {event.deadline}"
        case kinds.BattlefieldShiftEvent():
            return " and ".join(_shifts(event)) or "a battle that shifts nothing"
        case kinds.IncidentEvent():
            place = "somewhere in the alliance" if event.targets == ALL else f"in {_members(event.targets, names)}"
            return f"an incident {place}, severity {event.severity:g}"
        case _:
            return f"{event.kind.replace('_', ' ')} “{event.name.replace('_', ' ')}”"


def listed(names: Sequence[str]) -> str:
    """Names in a list; of many names, the first ones and the number of others.

    >>> listed(["Latvia", "Poland"])
    'Latvia, Poland'
    """
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 2])} and {len(names) - MOST_NAMES + 2} others"
    return ", ".join(names)


def _members(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return "all members" if codes == ALL else listed([names[code] for code in codes])


def _government(event: governments.GovernmentEvent, member: str) -> str:
    given = [] if event.orientation is None else [f"orientation {signed(event.orientation)}"]
    given += [] if event.government_ties is None else [f"ties with Russia {event.government_ties:.2f}"]
    match event:
        case governments.GovernmentFallEvent():
            return ", ".join(
                [f"the government of {member} falls, and another takes office without an election", *given]
            )
        case governments.LeaderChangeEvent():
            return ", ".join([f"{member} has a new leader without an election", *given])
        case governments.SnapElectionEvent():
            result = f": {', '.join(['a new government', *given])}" if given else ""
            return f"{member} holds a snap election{result}"
        case _:
            result = f": {', '.join(['a new government', *given])}" if given else ", off the calendar"
            return f"{member} votes{result}"


def _terms(plan: kinds.PeacePlanEvent) -> list[str]:
    terms = ["a ceasefire"] * plan.ceasefire + ["no membership"] * plan.no_membership
    if plan.force_cap:
        terms.append(f"a cap of {plan.force_cap:g} on its forces")
    if plan.guarantee:
        terms.append(f"a {'binding ' if plan.binding else ''}guarantee of level {plan.guarantee:g}")
    return terms


def _shifts(shift: kinds.BattlefieldShiftEvent) -> list[str]:
    shifts = []
    if shift.front:
        shifts.append(f"Russia {'gains' if shift.front > 0 else 'loses'} ground (front {signed(shift.front)})")
    if shift.intensity:
        shifts.append(f"the war {'grows' if shift.intensity > 0 else 'abates'} (level {signed(shift.intensity)})")
    return shifts
