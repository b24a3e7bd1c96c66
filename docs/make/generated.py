"""Blocks of Markdown pages that are made by a function, between markers, so that they cannot drift from the code."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

BLOCK = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.S)
"""A block of a page: its marker, its name, its text, its end."""


def with_blocks(page: str, blocks: Mapping[str, str]) -> str:
    r"""A page with the text between its markers replaced; everything else is kept.

    Args:
        page: Markdown with lines ``<!-- table: NAME -->`` and ``<!-- end -->``.
        blocks: texts to write between the markers, by name.

    Raises:
        KeyError: the page lacks a block's marker, or names a block that is not given.

    >>> with_blocks("<!-- table: a -->\nold\n<!-- end -->", {"a": "new"}).splitlines()[1]
    'new'
    """
    named = [found.group(2) for found in BLOCK.finditer(page)]
    if sorted(named) != sorted(blocks):
        raise KeyError(f"the page has markers for {sorted(named)}; expected {sorted(blocks)}")
    return BLOCK.sub(lambda found: f"{found.group(1)}{blocks[found.group(2)].rstrip()}\n{found.group(4)}", page)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown; bars in cells are escaped."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def write_table(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows as CSV, with the keys of the first row as columns and numbers to six digits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: f"{v:.6g}" if isinstance(v, float) else v for key, v in row.items()})
