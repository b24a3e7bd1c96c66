"""The tables of `model/data/`, read without changes."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files

Row = dict[str, str]


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """Return the rows of one table of `model/data/`, as text: `read_table("countries")`."""
    with files("article10.model.data").joinpath(f"{name}.csv").open(encoding="utf-8") as table:
        return tuple(csv.DictReader(table))


@cache
def member_rows() -> dict[str, Row]:
    """Return the rows of the members in `countries`, by code in alphabetical order."""
    rows = {row["iso3"]: row for row in read_table("countries") if row["nato_member"] == "1"}
    return dict(sorted(rows.items()))


def day_of(text: str) -> date:
    """Return the date that a text names; a month stands for its 15th day, a year for its 1 July."""
    return date.fromisoformat(text + {4: "-07-01", 7: "-15"}.get(len(text), ""))
