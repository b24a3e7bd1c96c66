"""The scenario that starts from a nowcast's stances, as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from article10.agents.parameter import declarations
from article10.model.scenario import MemberOverride, Scenario, parameter_groups
from article10.model.scenario_file import ROOT, read_scenario
from article10.runs.evidence.nowcast.particle_filter import COLUMNS, Filtered
from article10.runs.output.toml_value import toml_lines, toml_value

DIGITS = 3
"""Decimal places of what is written."""


def onward(base: Scenario, filtered: Filtered, until: date) -> Scenario:
    """A scenario that starts on the last day of a nowcast.

    Each member starts at its filtered stance, with the standard deviation of the weighed runs as its spread, and with
    their mean ties. Where the main alternative governs in most of them, the government of the first day is the main
    alternative now. Dated events up to that day are left out; everything else is as in the base.

    Args:
        base: the scenario of the nowcast, up to its own horizon.
        filtered: what the filter found.
        until: the last day of the nowcast, before the horizon of the base.

    Raises:
        ScenarioError: the nowcast ends at the horizon of the base.
    """
    roster, passed = base.members(), (until - base.start).days
    mean, sd, objects = (filtered.by_step[-1, :, COLUMNS.index(name)] for name in ("mean", "sd", "objects"))
    stated = {}
    for k, code in enumerate(roster.iso3):
        turned = bool(filtered.alternative[k] > 0.5)
        stands = roster.standing_days[k] > 0 and objects[k] > 0.5 and not turned
        values = {
            "stance": mean[k],
            "stance_spread": sd[k],
            "government_ties": np.clip(filtered.ties[k], 0.0, 1.0),
            "alternative_stance": (roster.stance if turned else roster.alternative_stance)[k],
            "alternative_ties": (roster.government_ties if turned else roster.alternative_ties)[k],
            "alternative_spread": roster.alternative_spread[k],
            "alternative_probability": roster.alternative_probability[k],
            "standing_days": roster.standing_days[k] + passed if stands else 0.0,
        }
        own = base.roster[code].model_dump(exclude_none=True) if code in base.roster else {}
        stated[code] = MemberOverride(**{**own, **{name: round(float(v), DIGITS) for name, v in values.items()}})
    kept = {"all": base.roster["all"]} if "all" in base.roster else {}
    return base.with_(
        name=f"{base.name} from {until}",
        title=f"{base.title or base.name}: from the nowcast of {until}",
        description="Stances, their spreads and ties are those of the weighed runs of a nowcast on the first day.",
        start=until,
        events=[event for event in base.events if event.date is None or event.date >= until],
        roster={**kept, **stated},
    )


def scenario_text(scenario: Scenario, said: str) -> str:
    """A scenario as TOML, on the baseline of its edition, with all that differs from it.

    Args:
        scenario: the scenario.
        said: where it is from, in a line, which becomes a comment.
    """
    root = read_scenario(ROOT, edition=scenario.edition)
    head: dict[str, Any] = {
        "title": scenario.title,
        "description": scenario.description,
        "base": ROOT,
        "edition": scenario.edition,
    }
    head |= {"start": scenario.start, "horizon": scenario.horizon, "step_days": scenario.step_days}
    if scenario.without:
        head["without"] = list(scenario.without)
    changed = [event for event in scenario.events if event not in root.events]
    kept = {event.name for event in scenario.events}
    if dropped := [event.name for event in root.events if event.name not in kept]:
        head["without_events"] = dropped
    parts = [[f"# {said}", *toml_lines(head)]]
    for group, parameters in parameter_groups(root).items():
        now, was = ({d.key: d.default for d in declarations(group, p)} for p in (getattr(scenario, group), parameters))
        values = {key.partition(".")[2]: value for key, value in now.items() if value != was.get(key)}
        if values:
            parts.append(toml_lines(values, f"[{group}]"))
    if scenario.ballots:
        parts.append(toml_lines(scenario.ballots, "[ballots]"))
    for code, own in scenario.roster.items():
        parts.append(toml_lines(own.model_dump(exclude_none=True), f"[roster.{toml_key(code)}]"))
    parts += [toml_lines(_stated(event.model_dump(exclude_none=True)), "[[events]]") for event in changed]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def toml_key(code: str) -> str:
    """A name as a key of a table: bare, or in quotes where it has other characters than a bare one may have."""
    return code if code.isascii() and code.isalnum() else toml_value(code)


def _stated(event: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in event.items()}
