"""Levers of the page: which there are, and what a slider's position stands for."""

from __future__ import annotations

from article10.agents.parameter import Declaration
from article10.model.scenario import Scenario, all_declarations
from article10.runs.explore.panel import SLIDER_STEPS, chosen_levers, slider_range

TELLING = "a telling few"
"""The group that is shown first: the levers of ``article10.explore``."""

Value = bool | int | float | str


def levers(scenario: Scenario) -> dict[str, list[Declaration]]:
    """What can be moved, by group: first a telling few, then everything that each group declares."""
    groups = dict.fromkeys(d.key.partition(".")[0] for d in all_declarations(scenario))
    found = {TELLING: chosen_levers(scenario), **{group: chosen_levers(scenario, [group]) for group in groups}}
    return {group: declared for group, declared in found.items() if declared}


def position_step(declared: Declaration) -> float:
    """Distance between two positions of a lever's slider; 1 for whole numbers."""
    low, high = slider_range(declared)
    return 1.0 if isinstance(declared.default, int) else (high - low) / SLIDER_STEPS


def moved_to(declared: Declaration, position: float) -> int | float:
    """The value that a slider's position stands for: in range, and whole where the parameter is.

    A slider that is moved back stops at the position nearest to the scenario's own value: that is the value itself.
    """
    low, high = slider_range(declared)
    within = min(max(position, low), high)
    if isinstance(declared.default, int):
        return round(within)
    default = float(declared.default)
    return default if abs(within - default) <= position_step(declared) / 2 else float(f"{within:.6g}")


def with_change(changes: dict[str, Value], declared: Declaration, value: Value) -> dict[str, Value]:
    """The changes once a lever has been moved to a value; one at its own value is no change."""
    others = {key: other for key, other in changes.items() if key != declared.key}
    return others if value == declared.default else {**others, declared.key: value}
