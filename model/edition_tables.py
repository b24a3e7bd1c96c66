"""What each table of an edition has to hold: its columns, and a rule for their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from article10.agents.outlook import TERMS
from article10.model.tables import day_of

Rule = Callable[[str], str]
"""What is wrong with a cell, in words that follow "expected"; empty if nothing is."""


def number(low: float, high: float, blank: bool = False) -> Rule:
    """A rule: a number within bounds."""

    def wrong(text: str) -> str:
        if blank and not text:
            return ""
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        return "" if low <= value <= high else f"a number from {low:g} to {high:g}"

    return wrong


def one_of(*words: str) -> Rule:
    """A rule: one of some words."""
    return lambda text: "" if text in words else f"one of {', '.join(words)}"


def a_day(text: str) -> str:
    """A rule: a day, a month or a year."""
    try:
        day_of(text)
    except ValueError:
        return "a date as 2030, 2030-12 or 2030-12-01"
    return ""


def a_day_or_blank(text: str) -> str:
    """A rule: a day, a month or a year, or nothing."""
    return a_day(text) if text else ""


def some_text(text: str) -> str:
    """A rule: text that is not empty."""
    return "" if text.strip() else "text"


def any_text(_: str) -> str:
    """A rule that nothing breaks."""
    return ""


def a_year(text: str) -> str:
    """A rule: a year, or a period that begins with one."""
    return "" if text[:4].isdecimal() and len(text) >= 4 else "a year such as 2024"


def an_office(text: str) -> str:
    """A rule: parliament, or an office that a president holds."""
    return "" if text == "parliament" or text.startswith("president") else "parliament, president, or both joined by +"


PERCENT, FLAG, AMOUNT = number(0, 100), one_of("0", "1"), number(0, 1e18)


@dataclass(frozen=True)
class Table:
    """What a table has to hold.

    Attributes:
        columns: the columns that the model reads, with the rule of their cells.
        key: columns that together name a row, so that no two rows may agree in them.
        every_member: whether each member needs a row.
        if_present: columns that it may have, with the rule of their cells.
        optional: further columns that it may have, which nothing reads.
    """

    columns: Mapping[str, Rule]
    key: tuple[str, ...]
    every_member: bool = False
    if_present: Mapping[str, Rule] = field(default_factory=dict)
    optional: tuple[str, ...] = ()


ABOUT = ("name", "note", "source", "status", "basis", "label")

SCHEMA: Mapping[str, Table] = MappingProxyType(
    {
        "countries": Table(
            {
                "iso3": some_text,
                "name": some_text,
                "member": FLAG,
                "population": number(1, 1e11),
                "gdp_usd": number(1, 1e16),
                "capital_lat": number(-90, 90),
                "capital_lon": number(-180, 180),
                "km_to_external_power": number(0, 20040),
                "borders_external_power": FLAG,
                "borders_candidate": FLAG,
                "borders_ally_of_external_power": FLAG,
            },
            ("iso3",),
            optional=(
                *("iso2", "accession_date", "capital", "km_to_candidate", "border_external_power_km"),
                *("euro_area", "weimar_plus", "nuclear_weapon_state"),
            ),
        ),
        "governments": Table(
            {
                "iso3": some_text,
                "governing_office": an_office,
                "government_ties": number(0, 1),
                "war_bar": number(0, 1),
            },
            ("iso3",),
            True,
        ),
        "membership_stance": Table(
            {"iso3": some_text, "stance_code": number(-2, 2), "status": some_text},
            ("iso3",),
            True,
            if_present={"last_evidence": a_day, "standing_since": a_day_or_blank},
            optional=("confidence",),
        ),
        "alternatives": Table(
            {
                "iso3": some_text,
                "alternative": some_text,
                "stance_code": number(-2, 2),
                "government_ties": number(0, 1),
                "spread": number(0, 2),
                "probability": number(0, 1),
                "falls_between": FLAG,
                "status": some_text,
            },
            ("iso3",),
            True,
        ),
        "elections": Table(
            {"iso3": some_text, "office": some_text, "last_held": any_text, "due": any_text},
            ("iso3", "office"),
            optional=("status_last", "status_due"),
        ),
        "council_dates": Table({"date": a_day, "kind": some_text}, ("date", "kind"), optional=("place",)),
        "defence_expenditure": Table(
            {"iso3": some_text, "year": a_year, "vintage": some_text, "pct_gdp": number(0, 20, blank=True)},
            ("iso3", "year", "vintage"),
            optional=("kind",),
        ),
        "un_ideal_points": Table(
            {"iso3": some_text, "year": a_year, "idealpointfp": number(-10, 10), "nvotesfp": number(1, 1e4)},
            ("iso3", "year"),
            optional=("idealpointfp_q5", "idealpointfp_q95", "idealpointall"),
        ),
        "gas_imports": Table(
            {
                "iso3": some_text,
                "year": a_year,
                "gas_imports_total_tj": number(0, 1e9, blank=True),
                "share_pct": number(0, 100, blank=True),
            },
            ("iso3", "year"),
            optional=("gas_imports_external_power_tj",),
        ),
        "energy_dependence": Table(
            {"iso3": some_text, "period": a_year, "metric": some_text, "value": number(-1e6, 1e6)},
            ("iso3", "period", "metric"),
            optional=("unit",),
        ),
        "outlook": Table(
            {"term": one_of(*TERMS), "accession": number(-50, 50), "hot_war": number(-50, 50, blank=True)},
            ("term",),
        ),
        "public_opinion": Table(
            {"iso3": some_text, "field_end": a_day, "support_pct": number(0, 100, blank=True)},
            ("iso3", "pollster", "field_end", "question_short"),
            optional=("pollster", "field_start", "question_short", "oppose_pct", "dont_know_pct"),
        ),
    }
)
"""The tables of ``article10.model.edition.TABLES``."""

READING = Table(
    {
        "iso3": some_text,
        "stance_code": number(-2, 2),
        "ties": number(0, 1),
        "war_bar": number(0, 1),
    },
    ("iso3",),
    True,
    if_present={
        "alt_stance_code": number(-2, 2, blank=True),
        "alt_ties": number(0, 1, blank=True),
        "alt_spread": number(0, 2, blank=True),
        "alt_probability": number(0, 1, blank=True),
        "falls_between": one_of("0", "1", ""),
    },
    optional=("confidence", "office", "alternative", "source_kind", "sources"),
)
"""A table with a further reading of the codes, which ``edition.toml`` names under ``readings``."""
