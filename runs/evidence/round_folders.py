"""A round of accession as a folder: one TOML file and two CSV files, so that a user adds a round without code.

``round.toml`` is a scenario that starts on the day of signature, with a table ``[round]`` for what is known of its
end; ``roster.csv`` lists every member that had to ratify, with its disputes and ties on that day; and
``ratifications.csv`` holds the dates. The roster gives the stances by the rule of ``stances_at_signing``, and nothing
else does.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from article10.agents.short_error import shown
from article10.model.arguments import check_distinct
from article10.model.days import day_given
from article10.model.edition import Edition
from article10.model.events import ALL
from article10.model.roster import read_roster
from article10.model.scenario import MemberOverride, Scenario, ScenarioError
from article10.model.scenario_file import read_scenario, stated_edition
from article10.model.toml_file import read_toml
from article10.runs.evidence.stances_at_signing import stance_at_signing

SCENARIO, ROSTER, DATES = "round.toml", "roster.csv", "ratifications.csv"
"""Files of a round."""

ROSTER_COLUMNS = ("iso3", "dispute", "settled", "ties")
"""Columns that the roster must have; others are allowed. ``settled`` and ``ties`` may be empty."""

OF_ROSTER = ("roster", "without")
"""Keys of a scenario that the roster of the folder gives."""

OF_END = ("accession", "in_force")
"""Keys of the table ``[round]``, both optional: the day on which the candidate became a member, and the day on which
the protocol came into force, when the last ratification was in."""


@dataclass(frozen=True)
class RoundFolder:
    """What a folder says of a round.

    Attributes:
        scenario: the round from signature on, with the members and stances of the roster.
        dates: path of the table of ratifications.
        accession: the day on which the candidate became a member, if known.
        in_force: the day on which the protocol came into force, if known.
    """

    scenario: Scenario
    dates: Path
    accession: dt.date | None
    in_force: dt.date | None


def read_round_folder(folder: str | Path, edition: str | Path | Edition | None = None) -> RoundFolder:
    """Read the scenario and the roster of a round.

    Args:
        folder: with the three files.
        edition: name or folder of the edition to stand on; by default the one that ``round.toml`` names.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: a file is missing, or the roster is invalid; the message names file, row, column and value.
    """
    place = Path(folder)
    missing = [name for name in (SCENARIO, ROSTER, DATES) if not (place / name).is_file()]
    if missing:
        raise ValueError(
            f"{folder}: missing: {', '.join(missing)}; a round is a folder with {SCENARIO}, {ROSTER} (every member "
            f"that had to ratify, and its stance at signing) and {DATES}"
        )
    origin = str(place / SCENARIO)
    content = read_toml(place / SCENARIO, "a scenario that starts on the day of signature")
    end = _end_of(content.pop("round", {}), origin)
    given = [name for name in OF_ROSTER if name in content]
    if given:
        raise ScenarioError(f"{origin}: {', '.join(given)}: expected in {ROSTER}, which names every member")
    base = content.pop("base", None)
    if not isinstance(base, str):
        raise ScenarioError(f"{origin}: base = {shown(base)}: expected the name or path of a scenario")
    if base.endswith(".toml"):
        base = str(place / base)
    content.setdefault("name", place.resolve().name)
    if "start" not in content:
        raise ScenarioError(f"{origin}: start: missing; expected the day of signature")
    try:
        signed = day_given(f"{origin}: start", content["start"])
        stated = {ALL: MemberOverride(stance=0.0)}  # until the roster of the folder takes its place
        on = stated_edition(content, origin) if edition is None else edition
        start = read_scenario(base, edition=on).with_(roster=stated, without=())
        scenario = read_scenario(start, {**content, "edition": start.edition})
    except ScenarioError as error:
        raise ScenarioError(str(error).replace("changes:", f"{origin}:", 1)) from None
    roster = read_roster_at_signing(place / ROSTER, signed, scenario.edition)
    without = tuple(code for code in read_roster(scenario.edition).iso3 if code not in roster)
    return RoundFolder(scenario.with_(roster=roster, without=without), place / DATES, *end)


def read_roster_at_signing(path: Path, signed: dt.date, edition: str) -> dict[str, MemberOverride]:
    """Each member's stance at signing, by code.

    Raises:
        ValueError: the table is invalid; the message names file, row, column and value.
    """
    roster: dict[str, MemberOverride] = {}
    known = read_roster(edition)
    for place, row in enumerate(rows_of_csv(path, ROSTER_COLUMNS), start=2):
        code, where = row["iso3"], f"{path}, row {place}"
        try:
            known.index(code)
        except KeyError as error:
            raise ValueError(f"{where}: iso3 = {error.args[0]}") from None
        if code in roster:
            raise ValueError(f"{where}: iso3 = {code}: has two rows")
        settled = day_given(f"{where} ({code}): settled", row["settled"]) if row["settled"] else None
        try:
            ties = float(row["ties"] or 0.0)
            stance = stance_at_signing(row["dispute"], ties, settled, signed)
        except ValueError as error:
            raise ValueError(f"{where} ({code}): {error}") from None
        roster[code] = stance.with_(government_ties=ties, war_bar=0.0)
    return roster


def rows_of_csv(path: str | Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """The rows of a user's CSV file, all cells as text.

    Raises:
        ValueError: it cannot be read, lacks a column, has one twice, or a row has another number of cells.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:  # spreadsheets write a byte order mark
            reader = csv.DictReader(file)
            names, rows = reader.fieldnames or (), list(reader)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ValueError(f"{path}: cannot be read: {reason}") from None
    missing = [name for name in columns if name not in names]
    if missing:
        raise ValueError(f"{path}: expected the columns {', '.join(columns)}; missing: {', '.join(missing)}")
    check_distinct(f"{path}: the columns", names)
    for place, row in enumerate(rows, start=2):
        if None in row or None in row.values():  # cells without a heading, and missing cells, in the csv module
            raise ValueError(f"{path}, row {place}: expected {len(names)} cells, one for each column")
    if not rows:
        raise ValueError(f"{path}: no rows; expected one for each member")
    return list(rows)


def _end_of(table: Any, origin: str) -> tuple[dt.date | None, dt.date | None]:  # noqa: ANN401 - what a file holds
    unknown = sorted(set(table) - set(OF_END)) if isinstance(table, dict) else ["round"]
    if unknown:
        raise ScenarioError(f"{origin}: {', '.join(unknown)}: expected a table [round] with {' or '.join(OF_END)}")
    accession, in_force = (
        day_given(f"{origin}: round.{name}", table[name]) if name in table else None for name in OF_END
    )
    return accession, in_force
