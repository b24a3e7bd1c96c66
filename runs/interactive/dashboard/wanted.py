"""What a page shows, as its address states it: a scenario, a run, changed parameters, and what to compare them with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from article10.agents.nearest import nearest
from article10.agents.parameter import Declaration
from article10.model.scenario import ScenarioError, all_declarations
from article10.runs.figures.plot import most_opposed
from article10.runs.interactive.dashboard.opening import Opened, picked, whole_number
from article10.runs.interactive.positions import Value
from article10.runs.interactive.sliders import can_be_moved

Changes = Mapping[str, Value]


@dataclass(frozen=True)
class Wanted:
    """What a page shows.

    Attributes:
        opened: the scenario as given, the seed, and the run that is shown.
        changes: values of the changed parameters, by full key.
        pinned: values of the parameters that are compared with: none for the scenario as given.
        member: code of the member that is shown.
    """

    opened: Opened
    member: str
    changes: Changes = field(default_factory=dict)
    pinned: Changes = field(default_factory=dict)


def wanted(stated: object, start: Opened) -> Wanted:
    """Read what a page states; a browser can send anything.

    Args:
        stated: text, numbers and tables of values, as ``main.js`` sends them.
        start: what was opened at the start, whose parts are taken where the page states none.

    Raises:
        ScenarioError: a scenario, member, parameter or number is not one that the page offers.
    """
    said: Mapping[str, Any] = stated if isinstance(stated, Mapping) else {}
    found = picked(str(said.get("scenario") or start.source), start, start)
    try:
        seed, run = (whole_number(str(said.get(name, getattr(start, name))), name) for name in ("seed", "run"))
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    member = str(said.get("member") or most_opposed(found.scenario))
    codes = found.scenario.members().iso3
    if member not in codes:
        raise ScenarioError(f"member = {member!r}: not on the roster{nearest(member, codes)}")
    allowed = {declared.key: declared for declared in all_declarations(found.scenario) if can_be_moved(declared)}
    changes, pinned = (_changes(said.get(name), allowed) for name in ("changes", "pinned"))
    return Wanted(replace(found, seed=seed, run=run), member, changes, pinned)


def _changes(stated: object, allowed: Mapping[str, Declaration]) -> dict[str, Value]:
    """Values of parameters; those of the scenario itself are no changes."""
    found: dict[str, Value] = {}
    for key, value in stated.items() if isinstance(stated, Mapping) else ():
        if key not in allowed:
            raise ScenarioError(f"{key}: not a parameter that can be moved{nearest(str(key), allowed)}")
        declared = allowed[key]
        if declared.choices and value not in declared.choices:
            raise ScenarioError(f"{key} = {value!r}: expected one of {', '.join(declared.choices)}")
        if not declared.choices:
            value = _number(key, value, declared.default)
        if value != declared.default:
            found[key] = value
    return found


def _number(key: str, value: object, own: object) -> bool | int | float:
    """A value of the kind of the scenario's own: a switch, a whole number or a number."""
    if isinstance(own, bool) and isinstance(value, bool):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and not isinstance(own, bool):
        if isinstance(own, float):
            return float(value)
        if value == int(value):
            return int(value)
    kind = {bool: "true or false", int: "a whole number"}.get(type(own), "a number")
    raise ScenarioError(f"{key} = {value!r}: expected {kind}")
