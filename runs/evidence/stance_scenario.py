"""The scenario ukraine_2022, built from the tables; ``python -m article10.runs.evidence.stance_scenario`` writes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from article10.model.calendars import election_dates, governing_office
from article10.model.coded import SPREAD_GENERAL, STANCE_PER_CODE, mean_code
from article10.model.edition import read_edition
from article10.model.government_events import ElectionEvent, GovernmentEvent, LeaderChangeEvent, SnapElectionEvent
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.tables import Row, day_of
from article10.runs.evidence.stance_positions import CODED_ON, EDITION, LATER, Position, first_positions, read_positions
from article10.runs.output.toml_value import toml_lines, toml_value

E = TypeVar("E", bound=GovernmentEvent)

NAME = "ukraine_2022"
"""The shipped scenario."""

FILE = Path("model/scenarios") / f"{NAME}.toml"
"""Path of the file in a checkout."""

START, HORIZON = date(2022, 2, 24), date(2026, 10, 10)
"""The day of the attack; the last day of evidence of the later edition."""

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

REPLACED = ("GBR", "LTU", "LVA")
"""Members whose leader was replaced in 2026 without a vote; the days are in the later edition's table of leaders."""

ACTOR = "RUS"
"""The actor of rows of 2026 that are pressure: what it did alone, so that a pipeline that stopped in a war is not."""

HEAD = """\
title = "Stances on Ukraine from 24 February 2022"
description = \"\"\"
The attack comes on a calm start and the dated events up to 10 October 2026 follow. Elections are left to chance on
their dates, and so are the governments after the early elections and changes of leader of 2026. Each member starts at
its first dated position on membership; those without at the promise of Bucharest 2008, widely spread. The entry of
Finland and Sweden is not modelled; attributes but stances and ties are those of 2025. No ceasefire came.
Written by article10.runs.evidence.stance_scenario from the tables; change those.
\"\"\"
"""

GROUPS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "war": {"starts_in_ceasefire": True, "ceasefire_rate": 0.0},
        "spending": {"pledge": 2.0, "pledge_deadline": 2024},
        "guarantees": {"initial": 0.0},
        "russia": {"strategy": "weakest_link"},
        "plans": {"hegemon_rate": 0.0},
    }
)
"""Parameters that differ from the baseline: no war until the attack, no later pledges and
commitments, and no ceasefire for a plan; Russia does not look ahead, because the outlook is that of a bid in 2025."""

BASE_EVENTS = ("incident", "guarantee", "russian_advance", "ukrainian_advance")
"""Random events of the baseline, replaced by the recorded ones."""


def dated_events() -> list[dict[str, object]]:
    """The dated events of the tables as events of the model, ordered by date.

    Raises:
        ValueError: a category is not assigned to a kind of event.
    """
    found = [event for row in read_edition(EDITION).table("events") if (event := _event(row)) is not None]
    later = [row for row in read_edition(LATER).table("events") if CODED_ON < day_of(row["date"]) <= HORIZON]
    found += [event for row in later if (event := event_of_2026(row)) is not None]
    found += changes_of_government()
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
    if category in LEFT_OUT or not START <= day <= CODED_ON:
        return None
    named = _named(row)
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


def event_of_2026(row: Row, without: Collection[str] = LATER_MEMBERS) -> dict[str, object] | None:
    """An event after ``CODED_ON``, whose row says what it counts as; most count as nothing.

    Args:
        row: a row of the later edition's table of events.
        without: members of today that are not on the roster.
    """
    category, counted, named = row["category"], row["counts_as"], _named(row)
    if category == "nato_summit":
        return {"kind": "summit", **named}
    if counted == "guarantee":
        return {"kind": "guarantee", **named, "level": GUARANTEE_LEVEL, "providers": _providers(row["actor"], without)}
    targets = _on_roster(row["targets"], without)
    if targets and counted == "incident":
        return {"kind": "incident", **named, "severity": SEVERITY, "targets": targets}
    if targets and not counted and category in PRESSURE and row["actor"] == ACTOR:
        return {"kind": "pressure", **named, "instrument": PRESSURE[category], "targets": targets}
    return None


def _named(row: Row) -> dict[str, object]:
    day = day_of(row["date"])
    return {"name": f"{row['category']}_{day:%Y_%m_%d}", "date": day}


def changes_of_government() -> list[dict[str, object]]:
    """Elections of 2026 off the calendar of ``EDITION``, and replaced leaders: their days, without their results."""
    edition, found = read_edition(LATER), []
    for code in sorted(edition.members.keys() - set(LATER_MEMBERS)):
        office = governing_office(code, edition)
        rows = [row for row in edition.table("elections") if (row["iso3"], row["office"]) == (code, office)]
        held = day_of(rows[0]["last_held"])
        if CODED_ON < held <= HORIZON and held not in election_dates(code, START, HORIZON, edition=EDITION):
            found.append({"kind": "snap_election", "name": f"vote_of_2026_{code}", "member": code, "date": held})
    in_office = _in_office_since()
    for code in REPLACED:
        found.append({"kind": "leader_change", "name": f"leader_{code}", "member": code, "date": in_office[code]})
    return found


def _in_office_since() -> dict[str, date]:
    """Days on which the governments of 2026 took office, by member."""
    days = {row["iso3"]: day_of(row["since"]) for row in read_edition(LATER).table("leaders") if row["since"]}
    return {code: day for code, day in days.items() if CODED_ON < day <= HORIZON and code not in LATER_MEMBERS}


def _on_roster(codes: str, without: Collection[str] = LATER_MEMBERS) -> str | list[str]:
    members = set(read_edition(EDITION).members) - set(without)
    return "all" if codes == "all" else [code for code in codes.split() if code in members]


def _providers(actor: str, without: Collection[str] = LATER_MEMBERS) -> str | list[str]:
    rows = [row for row in read_edition(EDITION).table("security_commitments") if row["iso3"] not in without]
    if actor == "G7":
        return [row["iso3"] for row in rows if row["g7_vilnius_declaration_2023"] == "signatory"]
    if actor == "Coalition of the Willing":
        return [row["iso3"] for row in rows if row["coalition_of_the_willing"] == "1"]
    return _on_roster(actor, without)


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
    """The scenario with known governments after each election: orientation and ties from the tables of governments.

    At each member's last election of the deciding office up to December 2025, the government of that month takes
    office with its coded ties, and with the orientation that the model derives from such ties at a start. A government
    of 2026 takes office on its day in the later edition's table of leaders, with the ties in that edition; until then,
    and where no other followed, the last one stays.
    """
    coded = {row["iso3"]: float(row["government_ties"]) for row in read_edition(EDITION).table("governments")}
    in_office, roster = _in_office_since(), scenario.members()
    given: list[GovernmentEvent] = []
    for code, before in zip(roster.iso3, roster.government_ties, strict=True):
        ties = float(before)
        changes = [e for e in scenario.events if isinstance(e, GovernmentEvent) and e.member == code]
        early = {e.date: e for e in changes if e.date is not None and isinstance(e, SnapElectionEvent)}
        for day in election_dates(code, scenario.start, scenario.horizon, early, scenario.edition):
            takes_office = INAUGURATION[1] if code == INAUGURATION[0] else day
            if day > CODED_ON:
                given.append(_with_result(scenario, early.get(day) or _election(code, day, "incumbent"), ties))
                continue
            if takes_office != day:
                given.append(_with_result(scenario, _election(code, day, "incumbent"), ties))
            ties = coded[code]
            given.append(_with_result(scenario, _election(code, takes_office, "government"), ties))
        if code in in_office:
            ties = mean_code(code, "government_ties", read_edition(LATER))
            replaced = next((e for e in changes if isinstance(e, LeaderChangeEvent)), None)
            new = replaced or _election(code, in_office[code], "government_of_2026")
            given.append(_with_result(scenario, new, ties))
    return read_scenario(scenario, {"events": given})


def _election(code: str, day: date, name: str) -> ElectionEvent:
    return ElectionEvent(name=f"{name}_{code}", member=code, date=day)


def _with_result(scenario: Scenario, event: E, ties: float) -> E:
    """A change of government with the given ties, and the orientation that the model gives to such ties at a start."""
    orientation = 0.0 - scenario.elections.ties_orientation * ties
    return event.with_(orientation=orientation, government_ties=ties)


def main() -> None:
    """Write the scenario into this checkout."""
    FILE.write_text(scenario_text(), "utf-8")


if __name__ == "__main__":
    main()
