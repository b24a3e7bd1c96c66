"""Rounds of accession: a scenario that starts at the signing of a protocol, and the dates of ratification."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.days import day_given
from article10.model.edition import Edition
from article10.model.scenario import MemberOverride, Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.tables import read_table
from article10.model.toml_file import parse_toml
from article10.runs.evidence.round_folders import read_round_folder, rows_of_csv
from article10.runs.evidence.stances_at_signing import stance_at_signing

TABLE, ACCESSIONS = "accession_ratifications", "accession_rounds"
"""Tables of the package with the observations."""

COLUMNS = ("protocol_signed", "signatory_iso3", "milestone", "date", "date_earliest", "date_latest")
"""Columns that a table of observations must have; others are allowed."""


@dataclass(frozen=True)
class Round:
    """A round of accession as observed.

    Attributes:
        scenario: scenario of the round; its roster holds the members that had to ratify.
        members: ISO 3166 codes of the members observed.
        low: days from signature until which each member had certainly not ratified, (member,).
        high: days from signature by which each member had certainly ratified, (member,); infinite if not known. A day
            lasts from one integer to the next.
        milestones: the act that each date refers to, (member,); the order of different acts is not comparable.
        accession: days from signature until the candidate became a member; not-a-number if not known.
        in_force: days from signature until the protocol came into force, when the last ratification was in;
            not-a-number if not known.
    """

    scenario: Scenario
    members: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    milestones: tuple[str, ...]
    accession: float
    in_force: float = float("nan")

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    @property
    def signed(self) -> dt.date:
        """The day of signature. Rounds signed on one day count as one in every fit: they were ratified together."""
        return self.scenario.start

    @property
    def horizon(self) -> float:
        """Days from signature to the end of the scenario."""
        return float((self.scenario.horizon - self.scenario.start).days)

    @property
    def middle(self) -> FloatArray:
        """Days from signature to the midpoint of each observed interval, or to its start if it has no end."""
        return np.where(np.isfinite(self.high), (self.low + self.high) / 2, self.low)

    @property
    def not_observed(self) -> tuple[str, ...]:
        """Members of the roster that are not in the table; no score includes them."""
        return tuple(code for code in self.setup.roster.iso3 if code not in self.members)

    @cached_property
    def setup(self) -> Setup:
        """Setup of the scenario."""
        return Setup.of(self.scenario)

    @property
    def threat(self) -> float:
        """Mean threat perceived by members at signing, computed by the model from war, front and exposure."""
        return float(self.setup.values.alone.constants.threat.mean())

    @property
    def supported_at_signing(self) -> BoolArray:
        """Which of ``members`` were coded as fully supportive; the delays of others may not be institutional."""
        roster, full = self.setup.roster, self.scenario.ratification.full_stance
        return np.array([roster.stance[roster.index(code)] >= full for code in self.members])


def read_round(
    source: str | Path | Scenario,
    observed: str | Path | None = None,
    accession: dt.date | str | None = None,
    *,
    edition: str | Path | Edition | None = None,
) -> Round:
    """Read a round from its scenario and its table.

    Args:
        source: name, path or scenario of the round, which starts at the signing of the protocol; or its folder (see
            ``round_folders``), which holds all that follows.
        observed: a CSV file in the format of ``accession_ratifications.csv``; by default that table. The rows used are
            those of the start date of the scenario and, if the table names candidates, of its candidate. A row with
            only ``date_earliest`` means that the member had not ratified before that date; a row without any date is
            ignored.
        accession: the day on which the candidate became a member; by default that of ``accession_rounds.csv``.
        edition: name or folder of the edition to stand on; by default the one that the round names.

    Raises:
        ScenarioError: the scenario is invalid, or does not start with a signed protocol.
        ValueError: the table is invalid; the message names file, row, column, value, and what was expected.
    """
    if not isinstance(source, Scenario) and Path(source).is_dir():
        if observed is not None:
            raise ValueError(f"observed = {str(observed)!r}: {source} is the folder of a round, which holds its dates")
        folder = read_round_folder(source, edition)
        return _round(folder.scenario, folder.dates, accession or folder.accession, folder.in_force)
    return _round(read_scenario(source, edition=edition), observed, accession, None)


def _round(
    scenario: Scenario, observed: str | Path | None, accession: dt.date | str | None, in_force: dt.date | None
) -> Round:
    if scenario.accession.stage != "protocol_signed":
        raise ScenarioError(
            f"scenario {scenario.name}: accession.stage = {scenario.accession.stage!r}: "
            "expected 'protocol_signed', the stage in which a round starts"
        )
    origin, rows = _rows(observed)
    mine = _rows_of(scenario, rows, origin)
    cases = [case for place, row in mine if (case := _case(row, scenario, f"{origin}, row {place}")) is not None]
    codes = [code for code, *_ in cases]
    for code in codes:
        if codes.count(code) > 1:
            raise ValueError(f"{origin}: {code} has two rows for the protocol of {scenario.start}")
    if not cases:
        raise ValueError(f"{origin}: no row of the protocol of {scenario.start} has a date or bounds")
    low, high = (np.array([case[end] for case in cases]) for end in (1, 2))
    return Round(
        scenario=scenario,
        members=tuple(codes),
        low=low,
        high=high,
        milestones=tuple(milestone for *_, milestone in cases),
        accession=_recorded("accession_date", scenario)
        if accession is None
        else _given("accession", accession, scenario, low),
        in_force=_recorded("protocol_in_force", scenario)
        if in_force is None
        else _given("in_force", in_force, scenario, low),
    )


def others(of: Round, rounds: Sequence[Round]) -> list[Round]:
    """The rounds signed on other days, which may be used to forecast this one."""
    return [known for known in rounds if known.signed != of.signed]


def shipped_rounds() -> list[Round]:
    """The rounds on record in the package, in the order of ``rounds.toml``."""
    return [read_round(entry["scenario"]) for entry in _entries()]


def coded_at_signing(scenario: Scenario) -> Mapping[str, MemberOverride]:
    """Stances of a shipped round by code, from what is recorded of its members; see ``stances_at_signing``."""
    (entry,) = [entry for entry in _entries() if entry["scenario"] == scenario.name]
    recorded = entry.get("member", {})
    return {
        code: stance_at_signing(recorded.get(code, {}).get("dispute", "none"), recorded.get(code, {}).get("ties", 0.0))
        for code in scenario.members().iso3
    }


def _entries() -> list[dict[str, Any]]:
    name = "rounds.toml"
    entries: list[dict[str, Any]] = parse_toml(files("article10.model.data").joinpath(name).read_text("utf-8"), name)[
        "round"
    ]
    return entries


def _rows(observed: str | Path | None) -> tuple[str, list[Mapping[str, str]]]:
    if observed is None:
        return f"{TABLE}.csv", list(read_table(TABLE))
    return str(observed), rows_of_csv(observed, COLUMNS)


def _rows_of(scenario: Scenario, rows: Iterable[Mapping[str, str]], origin: str) -> list[tuple[int, Mapping[str, str]]]:
    that_day = [(i, row) for i, row in enumerate(rows, start=2) if row["protocol_signed"] == scenario.start.isoformat()]
    if not that_day:
        raise ValueError(f"{origin}: no row has protocol_signed = {scenario.start}, the start of {scenario.name}")
    candidates = {row.get("candidate") or "" for _, row in that_day} - {""}
    mine = [(i, row) for i, row in that_day if _is_named(row.get("candidate") or "", scenario.candidate.name)]
    if candidates and not mine:
        known = ", ".join(sorted(candidates))
        raise ValueError(
            f"{origin}: candidate.name = {scenario.candidate.name!r}: the protocols of {scenario.start} are of {known}"
        )
    return mine or that_day  # a table with one candidate need not name it


def _is_named(text: str, candidate: str) -> bool:
    """Whether a cell names a candidate, ignoring case and a note in brackets after it."""
    return text.partition(" (")[0].casefold() == candidate.casefold()


def _case(row: Mapping[str, str], scenario: Scenario, place: str) -> tuple[str, float, float, str] | None:
    """Code, lower and upper bound in days, and milestone; None if the row has no date."""
    code = row["signatory_iso3"]
    if code in scenario.without:
        if not any(row[name] for name in ("date", "date_earliest", "date_latest")):  # joined during the round
            return None
        raise ValueError(
            f"{place}: signatory_iso3 = {code!r} has a date, but {scenario.name} leaves it off the roster of the "
            "members that had to ratify; state the roster of the round (`without`, or "
            "roster.csv in the folder of a round)"
        )
    try:
        scenario.members().index(code)
    except KeyError as error:
        raise ValueError(f"{place}: signatory_iso3 = {error.args[0]}") from None
    where = f"{place} ({code})"
    day, first, last = (
        (day_given(f"{where}: {name}", row[name]) - scenario.start).days if row[name] else None
        for name in ("date", "date_earliest", "date_latest")
    )
    if day is None and first is None and last is None:
        return None
    low, high = (first, last) if day is None else (day, day)
    if low is None:
        raise ValueError(f"{where}: date_latest = {row['date_latest']}: expected date_earliest too, or a date")
    in_order = [bound for bound in (0, first, low, high, last) if bound is not None]
    if in_order != sorted(in_order):
        given = ", ".join(f"{name} = {row[name]}" for name in ("date", "date_earliest", "date_latest") if row[name])
        raise ValueError(
            f"{where}: {given}: expected dates from {scenario.start} on, in order, with the date within its bounds"
        )
    return code, float(low), np.inf if high is None else high + 1.0, row["milestone"]


def _given(name: str, day: dt.date | str, scenario: Scenario, low: FloatArray) -> float:
    """Days to a day given by the user at which all had ratified."""
    days = (day_given(name, day) - scenario.start).days
    if days < low.max():
        ratified = scenario.start + dt.timedelta(days=float(low.max()))
        raise ValueError(f"{name} = {day}: expected the day of the last ratification ({ratified}) or later")
    return days + 0.5


def _recorded(column: str, scenario: Scenario) -> float:
    """Days to a day recorded of a protocol signed on that day, by candidate if there were several."""
    rows = [row for row in read_table(ACCESSIONS) if row["protocol_signed"] == scenario.start.isoformat()]
    if len(rows) > 1:
        rows = [row for row in rows if row["candidates"] == scenario.candidate.name]
    if len(rows) != 1 or not rows[0][column]:
        return float("nan")
    return (dt.date.fromisoformat(rows[0][column][:10]) - scenario.start).days + 0.5  # a note may follow the day
