"""Rounds of accession: a scenario that starts at the signing of a protocol, and the dates of ratification."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.arguments import check_distinct
from article10.model.days import day_given
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.tables import read_table

ROUNDS = (
    "visegrad_1997",
    "vilnius_2003",
    "adriatic_2008",
    "finland_2022_at_signing",
    "sweden_2022_at_signing",
)
"""Scenarios of past rounds, each coded from what was known on the day of signature."""

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
    """

    scenario: Scenario
    members: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    milestones: tuple[str, ...]
    accession: float

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
    source: str | Path | Scenario, observed: str | Path | None = None, accession: dt.date | str | None = None
) -> Round:
    """Read a round from its scenario and its table.

    Args:
        source: name, path or scenario of the round; it starts at the signing of the protocol.
        observed: a CSV file in the format of ``accession_ratifications.csv``; by default that table. The rows used are
            those of the start date of the scenario and, if the table names candidates, of its candidate. A row with
            only ``date_earliest`` means that the member had not ratified before that date; a row without any date is
            ignored.
        accession: the day on which the candidate became a member; by default that of ``accession_rounds.csv``.

    Raises:
        ScenarioError: the scenario is invalid, or does not start with a signed protocol.
        ValueError: the table is invalid; the message names file, row, column, value, and what was expected.
    """
    scenario = read_scenario(source)
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
        accession=_accession(scenario) if accession is None else _accession_given(accession, scenario, low),
    )


def others(of: Round, rounds: Sequence[Round]) -> list[Round]:
    """The rounds signed on other days, which may be used to forecast this one."""
    return [known for known in rounds if known.signed != of.signed]


def _rows(observed: str | Path | None) -> tuple[str, list[Mapping[str, str]]]:
    if observed is None:
        return f"{TABLE}.csv", list(read_table(TABLE))
    try:
        with Path(observed).open(encoding="utf-8-sig", newline="") as file:  # spreadsheets write a byte order mark
            reader = csv.DictReader(file)
            names, rows = reader.fieldnames or (), list(reader)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ValueError(f"{observed}: cannot be read: {reason}") from None
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ValueError(f"{observed}: expected the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}")
    check_distinct(f"{observed}: the columns", names)
    for place, row in enumerate(rows, start=2):
        if None in row or None in row.values():  # cells without a heading, and missing cells, in the csv module
            raise ValueError(f"{observed}, row {place}: expected {len(names)} cells, one for each column")
    if not rows:
        raise ValueError(f"{observed}: no rows; expected one for each member")
    return str(observed), list(rows)


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
    if code in scenario.without:  # joined during the round
        return None
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


def _accession_given(day: dt.date | str, scenario: Scenario, low: FloatArray) -> float:
    """Days to the accession given by the user; no ratification can be later."""
    days = (day_given("accession", day) - scenario.start).days
    if days < low.max():
        ratified = scenario.start + dt.timedelta(days=float(low.max()))
        raise ValueError(f"accession = {day}: expected the day of the last ratification ({ratified}) or later")
    return days + 0.5


def _accession(scenario: Scenario) -> float:
    """Days to the recorded accession of a protocol signed on that day, by candidate if there were several."""
    rows = [row for row in read_table(ACCESSIONS) if row["protocol_signed"] == scenario.start.isoformat()]
    if len(rows) > 1:
        rows = [row for row in rows if row["candidates"] == scenario.candidate.name]
    if len(rows) != 1 or not rows[0]["accession_date"]:
        return float("nan")
    return (dt.date.fromisoformat(rows[0]["accession_date"]) - scenario.start).days + 0.5
