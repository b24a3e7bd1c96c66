"""Which parameters of a scenario a user can move: those that a slider, a box or a list can stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from article10.agents.nearest import nearest
from article10.agents.parameter import Declaration
from article10.model.scenario import Scenario, all_declarations

DEFAULT_SLIDERS = (
    "russia.strategy",
    "russia.effort",
    "stance.intimidation_weight",
    "stance.hardening_weight",
    "stance.peer_rate",
    "bargaining.scale",
    "bargaining.cover_weight",
    "guarantees.substitution",
    "guarantees.initial",
    "war.ceasefire_rate",
    "accession.war_bar",
    "accession.objection_line",
)
"""Parameters offered where none is chosen: pressure, peers, guarantees, the war and the accession rule."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "russia.strategy": "What Russia does",
        "russia.effort": "Pressure that Russia can exert",
        "stance.intimidation_weight": "How much pressure intimidates members",
        "stance.hardening_weight": "How much pressure hardens members",
        "stance.peer_rate": "How fast members follow each other",
        "bargaining.scale": "How long a holdout lasts",
        "bargaining.cover_weight": "How much hesitant members join a majority",
        "guarantees.substitution": "Guarantees replace membership (above 0)",
        "guarantees.initial": "Guarantees at the start",
        "war.ceasefire_rate": "How often ceasefires come about",
        "accession.war_bar": "How far members admit a state at war",
        "accession.objection_line": "Stance below which a member objects",
    }
)
"""What the ``DEFAULT_SLIDERS`` mean, in plain words."""

SELECTED = "selected parameters"
"""Name of the group that holds ``DEFAULT_SLIDERS``."""


def chosen_parameters(scenario: Scenario, parameters: Sequence[str] | None = None) -> list[Declaration]:
    """Declarations of the parameters that are offered.

    Args:
        scenario: its values are the defaults.
        parameters: full keys of parameters, or names of groups; by default ``DEFAULT_SLIDERS``.

    Raises:
        ValueError: a name is not that of a parameter or group, or the parameter has no range.
    """
    declared = {d.key: d for d in all_declarations(scenario)}
    groups = {key.partition(".")[0] for key in declared}
    found: dict[str, Declaration] = {}
    for name in DEFAULT_SLIDERS if parameters is None else parameters:
        if name in groups:
            found |= {key: d for key, d in declared.items() if key.startswith(f"{name}.") and can_be_moved(d)}
        elif name not in declared:
            raise ValueError(f"parameters: {name!r}: no such parameter or group{nearest(name, [*groups, *declared])}")
        elif not can_be_moved(declared[name]):
            raise ValueError(f"parameters: {name!r} has no range to move in")
        else:
            found[name] = declared[name]
    return list(found.values())


def parameters_by_group(scenario: Scenario) -> dict[str, list[Declaration]]:
    """All parameters that can be moved, by group; the first group is that of the ``DEFAULT_SLIDERS``."""
    groups = dict.fromkeys(d.key.partition(".")[0] for d in all_declarations(scenario))
    found = {SELECTED: chosen_parameters(scenario), **{group: chosen_parameters(scenario, [group]) for group in groups}}
    return {group: declared for group, declared in found.items() if declared}


def can_be_moved(declared: Declaration) -> bool:
    """Whether a slider, a box or a list can stand for a parameter."""
    return bool(declared.choices) or isinstance(declared.default, bool | int | float)


def unit_suffix(declared: Declaration) -> str:
    """The unit as it is written behind a value: empty for a number without a unit."""
    return "" if declared.meta.unit in ("", "1") else f" {declared.meta.unit}"


def words_of(declared: Declaration) -> str:
    """A parameter in plain words: those of ``WORDS``, or its name without the group.

    >>> from article10.model.scenario import all_declarations
    >>> [words_of(d) for d in all_declarations() if d.key in ("stance.peer_rate", "war.hot_line")]
    ['How fast members follow each other', 'Hot line']
    """
    return WORDS.get(declared.key, declared.key.partition(".")[2].replace("_", " ").capitalize())


def tooltip_of(declared: Declaration) -> str:
    """The meaning of a parameter, its unit and its source, as shown beside the pointer."""
    unit = "" if declared.choices or not unit_suffix(declared) else f" Unit: {declared.meta.unit}."
    return f"{declared.description}{unit} Source: {declared.meta.source}"
