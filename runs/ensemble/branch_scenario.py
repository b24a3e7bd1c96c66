"""What may be changed at a fork: parameters and events from then on; neither the past nor the shape of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from article10.agents.parameter import declarations
from article10.agents.russia import Strategy
from article10.model.mechanisms import MECHANISMS, Mechanism
from article10.model.scenario import Scenario, ScenarioError, parameter_groups
from article10.model.scenario_file import combined
from article10.model.setup import Setup
from article10.runs.ensemble.state import State

SHAPE = ("edition", "start", "horizon", "step_days", "without", "roster", "ballots")
"""Fields of a scenario that shape the world of a run: its calendar and its members."""

FIRST_DAY = frozenset(
    {
        "stance.spread_scale",
        "spending.pledge",
        "spending.pledge_deadline",
        "russia.expected_response",
        "war.intensity",
        "war.starts_in_ceasefire",
        "candidate.readiness",
        "guarantees.initial",
        "guarantees.renewal",
        "accession.stage",
    }
)
"""Parameters that describe the first day: they are not read afterwards, or only as what a change is measured from."""


def branch_setup(
    earlier: Setup,
    state: State,
    combine: Sequence[str | Path],
    changes: Mapping[str, Any] | None,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> Setup:
    """The setup from a fork on.

    Args:
        earlier: the setup before it.
        state: the state at the fork.
        combine: scenarios whose changes hold from the fork on.
        changes: values by full key that hold from the fork on.
        strategy: a function in place of Russia's named strategy, which held before it too.
        mechanisms: functions in place of the model's mechanisms, which held before it too.

    Raises:
        ScenarioError: a change is not valid, or cannot be made at a fork.
    """
    base = earlier.scenario
    scenario = combined(base, combine, changes)
    _check(base, scenario, state)
    if "name" not in (changes or {}):
        scenario = scenario.with_(name=f"{scenario.name} from {state.date}", title=_title(scenario, state))
    if mechanisms is None:  # those that were on, and those that the scenario had switched off
        was_on = earlier.mechanisms.keys()
        switches = dict(base.mechanisms)
        mechanisms = {k: f for k, f in MECHANISMS.items() if k in was_on or switches.get(k) is False}
    return Setup.of(scenario, strategy, mechanisms)


def _title(scenario: Scenario, state: State) -> str:
    return f"{scenario.title or scenario.name}: run {state.run}, branched on {state.date}"


def _check(base: Scenario, scenario: Scenario, state: State) -> None:
    """Refuse changes of what lies before the fork or shapes the world.

    Raises:
        ScenarioError: the message names the first one.
    """
    for name in SHAPE:
        if getattr(scenario, name) != getattr(base, name):
            raise ScenarioError(f"{name}: cannot be changed at a fork: it shapes the whole run; simulate anew with it")
    for group, parameters in parameter_groups(base).items():
        now = getattr(scenario, group)
        for declared in declarations(group, parameters):
            name = declared.key.partition(".")[2]
            if getattr(now, name) == getattr(parameters, name):
                continue
            if declared.meta.shapes:
                raise ScenarioError(
                    f"{declared.key}: cannot be changed at a fork: what happens when follows from it; simulate anew"
                )
            if declared.key in FIRST_DAY:
                raise ScenarioError(
                    f"{declared.key}: cannot be changed at a fork: it describes the first day, {base.start}; "
                    "an event changes what has come of it"
                )
    _check_past(base, scenario, state)


def _check_past(base: Scenario, scenario: Scenario, state: State) -> None:
    kept, earlier = {event.name: event for event in scenario.events}, {event.name: event for event in base.events}
    for name in [*earlier, *kept]:
        was, now = earlier.get(name), kept.get(name)
        if was == now:
            continue
        for event in (was, now):
            if event is not None and event.date is not None and base.step_of(event.date) < state.step:
                raise ScenarioError(
                    f"events ({name!r}).date = {event.date}: is before the fork, {state.date}, and the past cannot be "
                    "changed"
                )
