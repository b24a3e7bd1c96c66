"""The assumptions of a scenario as tables: its changes, the coded stances, and every parameter with its source."""

from __future__ import annotations

import pandas as pd

from article10.model.edition import read_edition
from article10.model.events import ALL
from article10.model.scenario import Scenario, all_declarations
from article10.model.scenario_file import read_scenario
from article10.runs.output.table import ResultTable

GIVEN = "given by the scenario"


def changed_keys(scenario: Scenario) -> frozenset[str]:
    """Full keys of the parameters whose value differs from the baseline's."""
    usual = {d.key: d.default for d in all_declarations(read_scenario(edition=scenario.edition))}
    return frozenset(d.key for d in all_declarations(scenario) if d.default != usual[d.key])


def changed_parameters(scenario: Scenario) -> ResultTable:
    """Parameters and events in which a scenario differs from the baseline."""
    usual = {d.key: d.default for d in all_declarations(read_scenario(edition=scenario.edition))}
    changed = changed_keys(scenario)
    rows = [
        (d.key, _word(usual[d.key]), _word(d.default), d.description)
        for d in all_declarations(scenario)
        if d.key in changed
    ]
    known = set(read_scenario(edition=scenario.edition).events)
    rows += [
        (f"event {event.name}", "–", f"{event.kind}, {event.date or f'{event.rate:g} a year'}", "")
        for event in scenario.events
        if event not in known
    ]
    rows += [(f"roster {code}", "–", str(v.model_dump(exclude_none=True)), "") for code, v in scenario.roster.items()]
    rows += [
        (f"ballot of {code}", "–", ballot, "given, whatever its stance") for code, ballot in scenario.ballots.items()
    ]
    frame = pd.DataFrame(rows, columns=["what", "baseline", "here", "meaning"]).set_index("what")
    title = "How it differs from the baseline" if len(frame) else "It is the baseline"
    return ResultTable(title, frame)


def coded_stances(scenario: Scenario) -> ResultTable:
    """Each member's stance at the start, its spread, and how it is known."""
    roster = scenario.members()
    frame = pd.DataFrame(
        {
            "stance": roster.stance,
            "spread": roster.stance_spread,
            "ties to Russia": roster.government_ties,
            "how the stance is known": _grounds(scenario),
        },
        index=pd.Index(roster.names, name="member"),
    )
    formats = {"stance": "{:+.2f}", "spread": "{:.2f}", "ties to Russia": "{:.1f}"}
    return ResultTable("Stances at the start", frame, formats)


def _grounds(scenario: Scenario) -> list[str]:
    """By member, the status of its code, or the words that the scenario gives its stance."""
    status = {row["iso3"]: row["status"] for row in read_edition(scenario.edition).table("membership_stance")}
    given = {code for code, own in scenario.roster.items() if own.stance is not None}
    members = scenario.members().iso3
    return [GIVEN if given & {code, ALL} else str(status[code]) for code in members]


def grounds_of_stances(scenario: Scenario) -> str:
    """A sentence on the evidence for the stances at the start."""
    grounds = _grounds(scenario)
    given, general = grounds.count(GIVEN), sum("general knowledge" in ground for ground in grounds)
    coded = len(grounds) - given
    until = read_edition(scenario.edition).file.last_day_of_evidence
    parts = []
    if coded:
        known = f"{general} of them on general knowledge"
        parts.append(f"those of {coded} members are coded from public positions up to {until:%B %Y}, {known}")
    if given:
        parts.append(f"those of {given} members are given by the scenario")
    return f"Stances at the start: {'; '.join(parts)}. Each run draws them with a spread."


def parameter_sources(scenario: Scenario) -> ResultTable:
    """Every parameter: value, plausible range, unit, meaning, source."""
    rows = [
        (
            d.key,
            _word(d.default),
            "" if d.meta.plausible is None else f"{d.meta.plausible[0]:g} to {d.meta.plausible[1]:g}",
            d.meta.unit,
            d.description,
            d.meta.source,
        )
        for d in all_declarations(scenario)
    ]
    columns = ["parameter", "value", "plausible", "unit", "meaning", "source"]
    return ResultTable("Every parameter", pd.DataFrame(rows, columns=columns).set_index("parameter"))


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
