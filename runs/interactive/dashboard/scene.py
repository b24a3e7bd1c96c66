"""What does not change while a scenario is shown: its members, their map and network, the parameters on offer."""

from __future__ import annotations

from typing import Any

import numpy as np

from article10.agents.members import REASONS
from article10.agents.parameter import Declaration
from article10.model.accession_model import AccessionModel
from article10.model.mesa_agents import BALLOT_NAMES
from article10.runs.figures.stance_colours import SCALE
from article10.runs.interactive.dashboard.drawings import colour, map_svg, network_svg
from article10.runs.interactive.dashboard.ensemble_view import OUTCOMES
from article10.runs.interactive.dashboard.opening import Opened, listed
from article10.runs.interactive.positions import Positions, position_of
from article10.runs.interactive.sliders import parameters_by_group, tooltip_of, unit_suffix, words_of


def scene(opened: Opened, start: Opened) -> dict[str, Any]:
    """What the page draws once for a scenario.

    Args:
        opened: the scenario that is shown.
        start: what was opened at the start, which the page offers beside the scenarios of the package.
    """
    scenario = opened.scenario
    model = AccessionModel(scenario, opened.seed, opened.run)
    roster = model.setup.roster
    low, high = float(SCALE.vmin or 0.0), float(SCALE.vmax or 0.0)
    return {
        "source": opened.source,
        "title": scenario.title or opened.source,
        "candidate": scenario.candidate.name,
        "scenarios": listed(start),
        "members": [
            {"code": code, "name": name, "weight": round(float(weight), 4)}
            for code, name, weight in zip(roster.iso3, roster.names, roster.influence_weight, strict=True)
        ],
        "map": map_svg(model),
        "network": network_svg(model),
        "colours": {"low": low, "high": high, "palette": [colour(value) for value in np.linspace(low, high, 161)]},
        "line": scenario.accession.objection_line,
        "step_days": scenario.step_days,
        "ballots": {int(code): name for code, name in BALLOT_NAMES.items()},
        "reasons": {int(bit): words for bit, words in REASONS.items()},
        "outcomes": list(OUTCOMES),
        "parameters": {
            group: [_slider(declared) for declared in found] for group, found in parameters_by_group(scenario).items()
        },
    }


def _slider(declared: Declaration) -> dict[str, Any]:
    """A parameter as the page offers it."""
    shown: dict[str, Any] = {
        "key": declared.key,
        "words": words_of(declared),
        "help": tooltip_of(declared),
        "own": declared.default,
        "unit": unit_suffix(declared).strip(),
    }
    if declared.choices:
        return {**shown, "choices": list(declared.choices)}
    if isinstance(declared.default, bool):
        return {**shown, "switch": True}
    positions = Positions.of(declared)
    return {
        **shown,
        "low": positions.low,
        "high": positions.high,
        "step": positions.step,
        "position": position_of(declared, declared.default),
        "decimals": positions.decimals,
    }
