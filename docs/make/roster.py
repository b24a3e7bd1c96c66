"""The table of the roster: ``python docs/make/roster.py`` writes it into its page."""

from __future__ import annotations

from pathlib import Path

from article10.model.roster import roster_rows
from article10.model.shipped import editions
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "roster.md"
"""Path of the page in a checkout."""


def roster_page(page: str) -> str:
    """The page with its table recomputed from the roster of the newest edition."""
    rows = roster_rows(editions()[-1])
    return with_blocks(page, {"roster": markdown_table(tuple(rows[0]), [tuple(row.values()) for row in rows])})


def main() -> None:
    """Write the table into the page of this checkout."""
    PAGE.write_text(roster_page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
