"""The tables of the roster: ``python docs/make/roster.py`` writes them into their page."""

from __future__ import annotations

from pathlib import Path

from article10.model.roster import PROSPECTS, roster_rows
from article10.model.shipped import editions
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "roster.md"
"""Path of the page in a checkout."""


def roster_page(page: str) -> str:
    """The page with its tables recomputed from the roster of the newest edition."""
    rows = roster_rows(editions()[-1])
    attributes = [column for column in rows[0] if column not in PROSPECTS]
    columns = {"roster": attributes, "prospects": ["iso3", "name", *PROSPECTS]}
    return with_blocks(
        page,
        {name: markdown_table(shown, [[row[c] for c in shown] for row in rows]) for name, shown in columns.items()},
    )


def main() -> None:
    """Write the tables into the page of this checkout."""
    PAGE.write_text(roster_page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
