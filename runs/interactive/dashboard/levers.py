"""Levers of the page, by group."""

from __future__ import annotations

from article10.agents.parameter import Declaration
from article10.model.scenario import Scenario, all_declarations
from article10.runs.interactive.explore.levers import chosen_levers

TELLING = "a telling few"
"""The group that is shown first: the levers of ``article10.explore``."""


def levers(scenario: Scenario) -> dict[str, list[Declaration]]:
    """What can be moved, by group: first a telling few, then everything that each group declares."""
    groups = dict.fromkeys(d.key.partition(".")[0] for d in all_declarations(scenario))
    found = {TELLING: chosen_levers(scenario), **{group: chosen_levers(scenario, [group]) for group in groups}}
    return {group: declared for group, declared in found.items() if declared}
