"""Which parameters can be moved: those of a scenario that a slider, a box or a list can stand for."""

from __future__ import annotations

from collections.abc import Sequence

from article10.agents.nearest import nearest
from article10.agents.parameter import Declaration
from article10.model.scenario import Scenario, all_declarations

DEFAULT_LEVERS = (
    "russia.strategy",
    "russia.effort",
    "stance.intimidation_weight",
    "stance.hardening_weight",
    "stance.peer_rate",
    "stance.isolation_weight",
    "guarantees.substitution",
    "guarantees.initial",
    "war.ceasefire_rate",
    "accession.war_bar",
    "accession.objection_line",
)
"""What can be moved where nothing is chosen: pressure, peers, guarantees, the war and the rule."""


def chosen_levers(scenario: Scenario, levers: Sequence[str] | None = None) -> list[Declaration]:
    """Declarations of what can be moved.

    Args:
        scenario: whose values are the defaults.
        levers: full keys or names of groups; by default ``DEFAULT_LEVERS``.

    Raises:
        ValueError: one is no parameter, or has no range.
    """
    declared = {d.key: d for d in all_declarations(scenario)}
    groups = {key.partition(".")[0] for key in declared}
    found: dict[str, Declaration] = {}
    for lever in DEFAULT_LEVERS if levers is None else levers:
        if lever in groups:
            found |= {key: d for key, d in declared.items() if key.startswith(f"{lever}.") and can_be_moved(d)}
        elif lever not in declared:
            raise ValueError(f"levers: {lever!r}: no such parameter or group{nearest(lever, [*groups, *declared])}")
        elif not can_be_moved(declared[lever]):
            raise ValueError(f"levers: {lever!r} has no range to move in")
        else:
            found[lever] = declared[lever]
    return list(found.values())


def can_be_moved(declared: Declaration) -> bool:
    """Whether a slider, a box or a list can be made from a declaration."""
    return bool(declared.choices) or isinstance(declared.default, bool | int | float)
