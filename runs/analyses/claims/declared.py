"""The declaration of the claims, and the scenarios with and without the mechanism that carries each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any

import numpy as np

from article10.model.edition import read_edition
from article10.model.events import ALL, Event, event_from
from article10.model.scenario import MemberOverride, Scenario
from article10.model.toml_file import parse_toml

FILE = "claims.toml"
"""The declaration, beside this module; its head says what its keys mean."""

HEAVIEST = "heaviest"
"""In place of a member's code: the member with the greatest influence weight."""

POWER, LEADER = "Russia", "United States"
"""Names of the external power and of the heaviest member as the declaration writes them."""

BALLOTS = "ballots"
"""The measure of a property that needs no runs: the number of ballots of the external power."""


class Direction(StrEnum):
    """How a measure is to change when the mechanism of a claim is switched; a property has no direction."""

    UP = "up"
    DOWN = "down"
    NONE = "none"

    def is_met_by(self, change: float) -> bool:
        """Whether a change has the stated sign."""
        return change > 0 if self is Direction.UP else change < 0 and self is Direction.DOWN


@dataclass(frozen=True)
class Claim:
    """Something that the model was made to show, as it is declared.

    Attributes:
        id: name of the row.
        claim: what the model is to show, in plain English.
        mechanism: what carries it.
        measure: what is compared between runs, a name in ``MEASURES``; or ``BALLOTS``.
        direction: how the measure is to change when it is switched.
        source: where the claim or its mechanism comes from.
        switch: what is changed; the head of the declaration says how that is written.
        world: what holds both with and without the switch.
    """

    id: str
    claim: str
    mechanism: str
    measure: str
    direction: Direction
    source: str
    switch: Mapping[str, Any]
    world: Mapping[str, Any]

    @property
    def is_property(self) -> bool:
        """Whether it states a property of the rules, which needs no runs."""
        return self.measure == BALLOTS

    def pair(self, scenario: Scenario) -> tuple[Scenario, Scenario]:
        """The world of the claim, and the same with the switch thrown.

        Args:
            scenario: the scenario about which the claim is made.

        Raises:
            ScenarioError: a setting is not one of the scenario's.
        """
        world = changed(scenario, self.world)
        return world, self.switched(world)

    def switched(self, world: Scenario) -> Scenario:
        """The world of the claim with the switch thrown."""
        return changed(world, self.switch)

    def obstacle(self, scenario: Scenario) -> str:
        """Why the claim cannot be asked of a scenario; empty if it can."""
        members = scenario.members().iso3
        for settings in (self.world, self.switch):
            named = [*settings.get("ballots", ()), *(event.get("member", HEAVIEST) for event in _events(settings))]
            for code in named:
                if code not in (*members, HEAVIEST):
                    return f"{code} is not a member"
            for event in _events(settings):
                if _day(scenario, event) >= scenario.horizon:
                    return f"the event that it needs, on {_day(scenario, event)}, is not before the horizon"
        return ""

    def named(self, scenario: Scenario) -> str:
        """The claim with the names of the scenario's edition: of the external power and of the heaviest member."""
        roster = scenario.members()
        text = self.claim.replace(POWER, read_edition(scenario.edition).external_power.name)
        heaviest = roster.names[int(np.argmax(roster.influence_weight))]
        if heaviest != LEADER:
            text = text.replace(f"The {LEADER}", heaviest).replace(f"the {LEADER}", heaviest)
        return text


def read_claims() -> tuple[Claim, ...]:
    """All declared claims, in the order of the declaration."""
    text = (files(__package__) / FILE).read_text("utf-8")
    return tuple(
        Claim(**{"world": {}, **row, "direction": Direction(row["direction"])})
        for row in parse_toml(text, FILE)["claim"]
    )


def changed(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """A scenario with the settings of a world or a switch.

    Args:
        scenario: the scenario to change.
        settings: as in the declaration.

    Raises:
        ScenarioError: a setting is not one of the scenario's.

    >>> changed(Scenario(), {"russia.alarm_rate": 0.0}).russia.alarm_rate
    0.0
    """
    found = scenario.with_({key: value for key, value in settings.items() if "." in key})
    if settings.get("alike"):
        found = alike(found)
    if "ballots" in settings:
        found = found.with_(ballots={**found.ballots, **settings["ballots"]})
    added = [_event(scenario, event) for event in _events(settings)]
    gone, names = settings.get("without", ()), {event.name for event in added}
    kept = [event for event in found.events if event.kind not in gone and event.name not in names]
    return found if kept == list(found.events) and not added else found.with_(events=(*kept, *added))


def alike(scenario: Scenario) -> Scenario:
    """The scenario without disagreement: members, and governments that may follow, have the mean of the codes."""
    mean = float(np.mean(scenario.members().stance))
    own = {code: given.with_(stance=None, stance_spread=None) for code, given in scenario.roster.items()}
    everybody = own.get(ALL, MemberOverride()).with_(stance=mean, stance_spread=0.0)
    return scenario.with_(roster={**own, ALL: everybody})


def _events(settings: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple(settings.get("events", ()))


def _day(scenario: Scenario, event: Mapping[str, Any]) -> date:
    return scenario.start + timedelta(weeks=event["weeks"])


def _event(scenario: Scenario, event: Mapping[str, Any]) -> Event:
    """An event of the declaration, which is dated by weeks after the start."""
    fields = {**event, "date": _day(scenario, event)}
    del fields["weeks"]
    if fields.get("member") == HEAVIEST:
        roster = scenario.members()
        fields["member"] = roster.iso3[int(np.argmax(roster.influence_weight))]
    made: Event = event_from(fields)
    return made
