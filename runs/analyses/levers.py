"""Levers: actions of an actor, defined by the scenario without them, channel by channel."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from article10.agents.name import check_line
from article10.agents.nearest import nearest
from article10.agents.registered import Registered
from article10.agents.short_error import ArgumentError, shown
from article10.model.accession_rule import formal_weight
from article10.model.edition import read_edition
from article10.model.events import event_from
from article10.model.mechanisms import MECHANISMS
from article10.model.scenario import Scenario

EXTERNAL_POWER = "external power"
"""The actor of levers that the power outside the alliance holds, whatever the edition calls it."""

Removal = Callable[[Scenario], Scenario]
"""A function from a scenario to the same scenario with something removed."""


@dataclass(frozen=True)
class Lever:
    """Something whose influence can be measured, because it can be removed from a scenario.

    Attributes:
        name: name of the lever, as in ``influence(of=NAME)``.
        label: name in sentences, for example ``"Russia's influence"``.
        channels: by name, a function that removes the channel; without all its channels the lever is removed.
        actor: code of the actor whose ballots are its formal weight, or ``EXTERNAL_POWER``; empty if there is none.
    """

    name: str
    label: str
    channels: Mapping[str, Removal]
    actor: str = ""

    def __post_init__(self) -> None:
        """Raise for text that tables and figures cannot show, and for channels that are not functions.

        Raises:
            ValueError: the message names the field.
        """
        for field, text in (("name", self.name), ("label", self.label), ("actor", self.actor)):
            if not isinstance(text, str):
                raise ArgumentError(f"Lever.{field} = {shown(text)}: expected text")
            check_line(text)
        channels: object = self.channels  # users may not run a type checker
        if not isinstance(channels, Mapping) or not all(map(callable, channels.values())):
            raise ArgumentError(f"Lever.channels = {shown(self.channels)}: expected functions of a scenario, by name")

    def without(self, scenario: Scenario, channels: Iterable[str] | None = None) -> Scenario:
        """The scenario without some channels, by default without all of them.

        Args:
            scenario: a scenario with the lever.
            channels: names of the channels to remove.
        """
        for name in self.channels if channels is None else channels:
            scenario = self.channels[name](scenario)
        return scenario

    def changes(self, scenario: Scenario) -> dict[str, tuple[Any, Any]]:
        """The changes that removing the lever makes: by key (events by name), the values with and without it."""
        present, absent = _flat(scenario), _flat(self.without(scenario))
        keys = sorted({**present, **absent})
        return {key: (present.get(key), absent.get(key)) for key in keys if present.get(key) != absent.get(key)}

    def subsets(self) -> Iterator[frozenset[str]]:
        """All sets of channels, from the empty set to the set of all."""
        for size in range(len(self.channels) + 1):
            yield from map(frozenset, itertools.combinations(self.channels, size))

    def formal_ballots(self, scenario: Scenario) -> int:
        """Number of ballots of the actor."""
        power = read_edition(scenario.edition).external_power.code
        actor = power if self.actor == EXTERNAL_POWER else self.actor
        return formal_weight(actor, scenario.members().iso3) if actor else 0


def lever(of: str | Lever | Mapping[str, Any], scenario: Scenario) -> Lever:
    """A lever, given by name, as a value, or by changes of parameters that remove it.

    Args:
        of: a name in ``LEVERS`` or in ``SYNONYMS``; a member's name or code, or ``government:HUN``, for its present
            government; the candidate's name for its shelving of its bid; ``mechanism:peers`` for a mechanism; changes
            by full key that remove something, for example ``{"russia.effort": 0.0}``; or a lever.
        scenario: the scenario analysed.

    Raises:
        ValueError: the lever does not exist, or the scenario is the same without it.

    >>> lever("russia", Scenario()).formal_ballots(Scenario())
    0
    >>> sorted(lever("russia", Scenario()).channels)
    ['pressing the candidate', 'pressure on members', 'prolonging and escalating the war', 'side deals with holdouts']
    """
    if not isinstance(of, str | Lever | Mapping):
        raise ArgumentError(f"of = {shown(of)}: expected the name of a lever, changes by key, or a Lever")
    found = of if isinstance(of, Lever) else _changed_to(of) if isinstance(of, Mapping) else _named(of, scenario)
    if found.without(scenario) == scenario:
        why = "; a government is taken out as far as it has ties to Russia" if "government" in found.channels else ""
        raise ValueError(
            f"of = {found.name!r}: nothing to take out: {scenario.name} is the same without {found.label}{why}"
        )
    return found


def _changed_to(changes: Mapping[str, Any]) -> Lever:
    name = ", ".join(f"{key}={value}" for key, value in changes.items())
    label = ", ".join(f"{key} other than {value}" for key, value in changes.items())
    return Lever(name, label, {"changes": lambda s: s.with_(dict(changes))})


def _named(of: str, scenario: Scenario) -> Lever:
    roster = scenario.members()
    kind, _, name = of.partition(":")
    mechanism = name if kind == "mechanism" else of
    if mechanism in MECHANISMS:
        return Lever(f"mechanism:{mechanism}", f"the mechanism {mechanism}", {mechanism: _switched_off(mechanism)})
    asked = name if kind == "government" else of
    word = _plain(asked)
    word = SYNONYMS.get(word, word)
    edition = read_edition(scenario.edition)
    if word in (_plain(scenario.candidate.name), "candidate", *map(_plain, edition.candidate.names)):
        word = "shelving"
    if word in map(_plain, edition.external_power.names):
        word = RUSSIA.name
    if word in LEVERS:
        return LEVERS[word]
    if code := roster.find(asked):
        called = roster.name_of[code]
        label = f"the present government of {'the ' if called.startswith(NAMED_WITH_ARTICLE) else ''}{called}"
        return Lever(f"government:{code}", label, {"government": _neutral_government(code)}, actor=code)
    known = [*LEVERS, *roster.names, *(f"mechanism:{m}" for m in MECHANISMS)]
    meant = nearest(of, known) or f"; expected one of {', '.join(LEVERS)}, a member, or mechanism:NAME"
    raise ValueError(f"of = {of!r}: no such lever{meant}")


def _plain(word: str) -> str:
    return word.strip().casefold().replace(" ", "_").replace("-", "_")


def _flat(scenario: Scenario) -> dict[str, Any]:
    """All values of a scenario by full key; events by name."""
    values = json.loads(scenario.model_dump_json())
    values["events"] = {event["name"]: event for event in values["events"]}
    return {f"{group}.{key}": v for group, held in values.items() if isinstance(held, dict) for key, v in held.items()}


# --- how things are taken out of a scenario --------------------------------------------------------------------------


def _without_events(kind: str) -> Removal:
    return lambda s: s.with_(events=tuple(e for e in s.events if e.kind != kind))


def _changed(**changes: Any) -> Removal:  # noqa: ANN401 - values of parameters
    by_key = {key.replace("__", "."): value for key, value in changes.items()}
    return lambda s: s.with_(by_key)


def _switched_off(mechanism: str) -> Removal:
    return lambda s: s.with_({f"mechanisms.{mechanism}": False})


def _no_pressure(scenario: Scenario) -> Scenario:
    return _without_events("pressure")(scenario.with_({"instruments.press": False}))


def _no_plans(scenario: Scenario) -> Scenario:
    quiet = scenario.with_({"plans.hegemon_rate": 0.0, "instruments.offer": False})
    return _without_events("peace_plan")(quiet)


def _no_incidents(scenario: Scenario) -> Scenario:
    return _without_events("incident")(scenario.with_({"instruments.incident_severity": 0.0}))


def _no_new_guarantees(scenario: Scenario) -> Scenario:
    given = tuple(e for e in scenario.events if e.kind != "guarantee")
    bare = (e.with_(guarantee=0.0) if e.kind == "peace_plan" else e for e in given)
    return scenario.with_({"plans.hegemon_guarantee": 0.0}, events=tuple(bare))


def _war_ends_at_once(scenario: Scenario) -> Scenario:
    """A ceasefire on the first day that holds; nothing else differs, so that the coded stances stay at rest."""
    ends = event_from({"kind": "ceasefire", "name": "the_war_ends", "date": scenario.start})
    return scenario.with_({"war.breach_rate": 0.0}, events=(*scenario.events, ends))


def _neutral_government(code: str) -> Removal:
    """A scenario in which, on the first day, a government takes office that follows the disposition, without ties."""

    def removed(scenario: Scenario) -> Scenario:
        roster = scenario.members()
        if roster.government_ties[roster.index(code)] == 0:
            return scenario  # its government does not depart from its disposition: there is nothing to take out
        new = {"kind": "election", "name": f"neutral_government_{code}", "date": scenario.start, "member": code}
        event = event_from({**new, "orientation": 0.0, "government_ties": 0.0})
        return scenario.with_(events=(*scenario.events, event))

    return removed


RUSSIA = Lever(
    "russia",
    "Russia's influence",
    MappingProxyType(
        {
            "pressure on members": _no_pressure,
            "prolonging and escalating the war": _changed(instruments__prolong=False, instruments__escalate=False),
            "side deals with holdouts": _changed(instruments__side_deals=False),
            "pressing the candidate": _changed(
                instruments__offer=False, candidate__war_burden=0.0, candidate__front_burden=0.0
            ),
        }
    ),
    actor=EXTERNAL_POWER,
)
"""Russia has no ballot. Through these channels it changes the ballots of others or prevents a vote: pressure on
members; prolonging or escalating the war to bar membership; side deals that raise the price of consent; and war, lost
ground and offers, which press the candidate to accept a plan that rules out membership. Together they are Russia's
influence; the first alone is the lever ``pressure``. A bid that is shelved for other reasons is not due to Russia: see
the lever ``shelving``."""

SYNONYMS: Mapping[str, str] = MappingProxyType({"sg": "secretary_general"})
"""Synonyms of levers, in lower case."""

NAMED_WITH_ARTICLE = ("United ", "Netherlands")

LEVERS = Registered(
    "lever",
    {
        each.name: each
        for each in (
            RUSSIA,
            Lever("pressure", "Russia's pressure on members", {"pressure": _no_pressure}, actor=EXTERNAL_POWER),
            Lever("war", "the war beyond its first day", {"war": _war_ends_at_once}),
            Lever(
                "secretary_general",
                "the Secretary General's work",
                {
                    "clarifying": _changed(secretary_general__clarification_rate=0.0),
                    "persuading": _changed(secretary_general__persuasion_weight=0.0),
                    "paying for consent": _changed(bargaining__office_capital=0),
                },
            ),
            Lever(
                "shelving", "the candidate's shelving of its bid", {"shelving": _changed(candidate__may_shelve=False)}
            ),
            Lever("bargaining", "bargaining over consent", {"bargaining": _changed(bargaining__consent=False)}),
            Lever("holds", "holding out for a price", {"holds": _changed(bargaining__opportunism=0.0)}),
            Lever(
                "payments",
                "payments for consent",
                {"payments": _changed(bargaining__capital=0, bargaining__office_capital=0)},
            ),
            Lever("cover", "the cover that hesitant members take", {"cover": _changed(bargaining__cover_weight=0.0)}),
            Lever(
                "new_governments",
                "elections and falls of governments",
                {"elections": _changed(elections__incumbency=1.0), "falls": _changed(elections__fall_rate=0.0)},
            ),
            Lever("guarantees", "new security guarantees", {"guarantees": _no_new_guarantees}),
            Lever("peace_plans", "peace plans", {"peace plans": _no_plans}),
            Lever("incidents", "incidents on members' ground", {"incidents": _no_incidents}),
            Lever(
                "side_deals",
                "Russia's side deals with holdouts",
                {"side deals": _changed(instruments__side_deals=False)},
                actor=EXTERNAL_POWER,
            ),
            Lever(
                "prolonging",
                "Russia's prolonging of the war",
                {"prolonging": _changed(instruments__prolong=False)},
                actor=EXTERNAL_POWER,
            ),
            Lever("offers", "Russia's offers", {"offers": _changed(instruments__offer=False)}, actor=EXTERNAL_POWER),
            Lever(
                "escalation",
                "Russia's escalation",
                {"escalation": _changed(instruments__escalate=False)},
                actor=EXTERNAL_POWER,
            ),
            Lever("entrapment", "fear of entrapment", {"entrapment": _changed(stance__entrapment_weight=0.0)}),
            Lever("pledge", "the spending pledge", {"pledge": _changed(spending__compliance=0.0)}),
        )
    },
)
"""The named levers: first those of the package, then those that a user has registered."""


def register_lever(lever: Lever) -> Lever:
    """Register a lever of your own.

    Afterwards ``article10.influence(of=NAME)``, ``article10 influence --of NAME`` and ``rank_influence`` accept it.

    Args:
        lever: the lever, with a new name.

    Raises:
        ArgumentError: the value is not a lever, or its name is taken or not an identifier in lower case.
    """
    if not isinstance(lever, Lever):
        raise ArgumentError(f"lever = {shown(lever)}: expected an article10.Lever")
    if lever.name != _plain(lever.name):
        raise ArgumentError(f"Lever.name = {shown(lever.name)}: expected small letters, digits and underscores")
    LEVERS.add(lever.name, lever)
    return lever
