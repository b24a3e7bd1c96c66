"""Tables of data, read without changes."""

import csv
from datetime import date
from functools import cache
from importlib.resources import files
from io import StringIO

Row = dict[str, str]


def parsed_table(text: str) -> tuple[Row, ...]:
    """The rows of a table, as text by the name of the column."""
    return tuple(csv.DictReader(StringIO(text, newline="")))


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """Return the rows of one table that all editions share, as text: `read_table("accession_rounds")`."""
    return parsed_table(files("article10.model.data").joinpath(f"{name}.csv").read_text("utf-8"))


def day_of(text: str) -> date:
    """Return the date that a text names; a month stands for its 15th day, a year for its 1 July."""
    return date.fromisoformat(text + {4: "-07-01", 7: "-15"}.get(len(text), ""))
