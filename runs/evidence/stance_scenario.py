"""The scenario ukraine_2022, built from the tables; ``python -m article10.runs.evidence.stance_scenario`` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from article10.model.calendars import election_dates
from article10.model.coded import SPREAD_GENERAL, STANCE_PER_CODE
from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.tables import Row, day_of
from article10.runs.evidence.stance_positions import EDITION, Position, first_positions, read_positions
from article10.runs.output.toml_value import toml_lines, toml_value

NAME = "ukraine_2022"
"""The shipped scenario."""

FILE = Path("model/scenarios") / f"{NAME}.toml"
"""Path of the file in a checkout."""

START, HORIZON = date(2022, 2, 24), date(2025, 12, 1)
"""The day of the attack; the day for which the roster is coded."""

LATER_MEMBERS = ("FIN", "SWE")
"""Members that joined in 2023 and 2024; their entry is not modelled."""

UNDATED_CODE, UNDATED_SPREAD = 0.5, 2 * SPREAD_GENERAL
"""Code and spread of members without a dated position: the alliance's promise of Bucharest 2008, weakly held."""

SAME_GOVERNMENT = ("HRV", "HUN", "TUR")
"""Members whose government of December 2025 also governed at the start and had ties to Russia (general knowledge)."""

PRESUMED_WAR_BAR = 0.7
"""The alliance's common line, for all members: their own codes of 2025 rest on positions that are scored."""

PRESSURE: Mapping[str, str] = MappingProxyType({"energy": "energy", "nuclear": "nuclear", "threat": "nuclear"})
"""Categories of events that are pressure, with the instrument; verbal threats act like nuclear ones."""

INCIDENTS = frozenset({"airspace", "sabotage", "cyber", "jamming", "migration", "border", "hybrid"})
"""Categories that are incidents, the same as in the baseline's rate of incidents."""

LEFT_OUT = frozenset({"accession", "candidate", "finance", "peace_process", "political", "position"})
"""Categories left out: entries of other states, the bid, talks (a rejected plan has no effect), statements."""

SEVERITY, GUARANTEE_LEVEL = 0.2, 0.2
"""As in the baseline."""

INAUGURATION = ("USA", date(2025, 1, 20))
"""A government that takes office months after its election (events table)."""

HEAD = """\
title = "Stances on Ukraine from 24 February 2022"
description = \"\"\"
The attack comes on a calm start, the dated events of 2022-25 follow, elections are left to chance on their dates. Each
member starts at its first dated position on membership; those without at the promise of Bucharest 2008, widely spread.
The entry of Finland and Sweden is not modelled; attributes but stances and ties are those of 2025. No ceasefire came.
Written by article10.runs.evidence.stance_scenario from the tables; change those.
\"\"\"
"""

GROUPS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "war": {"starts_in_ceasefire": True, "ceasefire_rate": 0.0},
        "spending": {"pledge": 2.0, "pledge_deadline": 2024},
        "guarantees": {"initial": 0.0},
    }
)
"""Parameters that differ from the baseline: no war until the attack, and no later pledges and commitments."""

BASE_EVENTS = ("incident", "guarantee", "peace_plan", "russian_advance", "ukrainian_advance")
"""Random events of the baseline, replaced by the recorded ones."""


def dated_events() -> list[dict[str, object]]:
    """The dated events of the tables as events of the model, ordered by date.

    Raises:
        ValueError: a category is not assigned to a kind of event.
    """
    found = [event for row in read_edition(EDITION).table("events") if (event := _event(row)) is not None]
    pledges: dict[date, float] = {}
    for row in read_edition(EDITION).table("spending_pledges"):
        day = day_of(row["adopted"])
        if (
            row["deadline"] and START <= day <= HORIZON
        ):  # of two targets adopted on one day, the smaller is the core target
            pledges[day] = min(float(row["target_pct_gdp"]), pledges.get(day, 99.0))
            due = int(row["deadline"])
            named = {"kind": "spending_pledge", "name": f"pledge_{day:%Y_%m_%d}", "date": day}
            found = [e for e in found if e["name"] != named["name"]]
            found.append({**named, "target": pledges[day], "deadline": due})
    return sorted(found, key=lambda event: (str(event["date"]), str(event["name"])))


def _event(row: Row) -> dict[str, object] | None:
    category, day = row["category"], day_of(row["date"])
    if category in LEFT_OUT or not START <= day <= HORIZON:
        return None
    named: dict[str, object] = {"name": f"{category}_{day:%Y_%m_%d}", "date": day}
    if category == "war":
        return {"kind": "breach", **named}
    if category == "nato_summit":
        return {"kind": "summit", **named}
    if category == "security_guarantee":
        return {"kind": "guarantee", **named, "level": GUARANTEE_LEVEL, "providers": _providers(row["actor"])}
    targets = _on_roster(row["targets"])
    if not targets:
        return None
    if category in PRESSURE:
        return {"kind": "pressure", **named, "instrument": PRESSURE[category], "targets": targets}
    if category in INCIDENTS:
        return {"kind": "incident", **named, "severity": SEVERITY, "targets": targets}
    raise ValueError(f"events: category {category!r} on {day} is not assigned to a kind of event")


def _on_roster(codes: str) -> str | list[str]:
    members = set(read_edition(EDITION).members) - set(LATER_MEMBERS)
    return "all" if codes == "all" else [code for code in codes.split() if code in members]


def _providers(actor: str) -> str | list[str]:
    rows = [row for row in read_edition(EDITION).table("security_commitments") if row["iso3"] not in LATER_MEMBERS]
    if actor == "G7":
        return [row["iso3"] for row in rows if row["g7_vilnius_declaration_2023"] == "signatory"]
    if actor == "Coalition of the Willing":
        return [row["iso3"] for row in rows if row["coalition_of_the_willing"] == "1"]
    return _on_roster(actor)


def starting_roster(positions: Iterable[Position]) -> dict[str, dict[str, float]]:
    """Each member's table in the scenario, ``all`` first, from first positions only.

    Args:
        positions: positions of any date; later ones are not used.
    """
    ties = {row["iso3"]: float(row["government_ties"]) for row in read_edition(EDITION).table("governments")}
    roster: dict[str, dict[str, float]] = {
        "all": {
            "stance": round(UNDATED_CODE * STANCE_PER_CODE, 3),
            "stance_spread": UNDATED_SPREAD,
            "government_ties": 0.0,
            "war_bar": PRESUMED_WAR_BAR,
        }
    }
    first = first_positions(positions)
    for code in sorted(first.keys() | set(SAME_GOVERNMENT)):
        own: dict[str, float] = {}
        if code in first:
            own = {"stance": round(first[code].code * STANCE_PER_CODE, 3), "stance_spread": first[code].spread}
        if code in SAME_GOVERNMENT:
            own["government_ties"] = ties[code]
        roster[code] = own
    return roster


def scenario_text(positions: Iterable[Position] | None = None) -> str:
    """The scenario as TOML.

    Args:
        positions: positions to use instead of the table.
    """
    said = read_positions() if positions is None else positions
    head = [HEAD.rstrip("\n")]
    head += [f"edition = {toml_value(EDITION)}", f"start = {START}", f"horizon = {HORIZON}"]
    head.append(f"without = {toml_value(list(LATER_MEMBERS))}")
    head.append(f"without_events = {toml_value(list(BASE_EVENTS))}")
    parts = ["\n".join(head)]
    parts += [_table(f"[{name}]", values) for name, values in GROUPS.items()]
    parts += [_table(f"[roster.{code}]", values) for code, values in starting_roster(said).items()]
    parts += [_table("[[events]]", event) for event in dated_events()]
    return "\n\n".join(parts) + "\n"


def _table(head: str, values: Mapping[str, object]) -> str:
    return "\n".join(toml_lines(values, head))


# --- variants --------------------------------------------------------------------------------------------------------


def known_governments(scenario: Scenario) -> Scenario:
    """The scenario with known governments after each election: orientation and ties from governments.csv.

    At each member's last election of the deciding office before December 2025, the government of that month takes
    office with its coded ties, and with the orientation that the model derives from such ties at a start.
    """
    ties = {row["iso3"]: float(row["government_ties"]) for row in read_edition(EDITION).table("governments")}
    roster, given = scenario.members(), []
    for code, before in zip(roster.iso3, roster.government_ties, strict=True):
        for day in election_dates(code, scenario.start, scenario.horizon, edition=scenario.edition):
            takes_office = INAUGURATION[1] if code == INAUGURATION[0] else day
            if takes_office != day:
                given.append(_government(scenario, code, day, float(before), "incumbent"))
            if takes_office <= scenario.horizon:
                given.append(_government(scenario, code, takes_office, ties[code], "government"))
    return read_scenario(scenario, {"events": given})


def _government(scenario: Scenario, code: str, day: date, ties: float, name: str) -> dict[str, Any]:
    orientation = 0.0 - scenario.elections.ties_orientation * ties
    named = {"kind": "election", "name": f"{name}_{code}", "member": code, "date": day}
    return {**named, "orientation": orientation, "government_ties": ties}


def main() -> None:
    """Write the scenario into this checkout."""
    FILE.write_text(scenario_text(), "utf-8")


if __name__ == "__main__":
    main()
