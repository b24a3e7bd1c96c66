"""Tables of results, for a terminal, a page and a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType
from rich.markup import escape as escape_markup
from rich.table import Table

from article10.runs.statistics.forms import Form, unit_of
from article10.runs.statistics.intervals import DIFFER, HIGH, LOW, NEEDED


@dataclass(frozen=True)
class ResultTable:
    """A table of an analysis.

    Attributes:
        title: title of the table.
        frame: the numbers; a column ``x`` with ``x_low`` and ``x_high`` is shown with its interval, and the columns
            ``x_runs_that_differ`` and ``x_runs_needed`` are only in files.
        formats: format by column; the column's heading names the unit. Other columns are shown unchanged.
        most: number of rows shown on a screen, 0 for a table that is only for files; files contain all rows.
    """

    title: str
    frame: pd.DataFrame
    formats: Mapping[str, Form] = field(default_factory=dict)
    most: int = 12

    def cells(self) -> pd.DataFrame:
        """The table as text: labels in the first columns, and intervals in brackets after their values."""
        columns = [c for c in map(str, self.frame.columns) if not self._is_end(c)]
        index = self.frame.index
        labels = {
            "" if name is None else str(name): [str(v) for v in index.get_level_values(i)]
            for i, name in enumerate(index.names)
        }
        rows = self.frame.to_dict("records")
        words = {self._head(c): [self._cell(row, c) for row in rows] for c in columns}
        return pd.DataFrame({**labels, **words})

    @property
    def is_shown(self) -> bool:
        """Whether the table is for a screen and has rows."""
        return bool(self.most and len(self.frame))

    def html(self) -> str:
        """The first rows as an HTML table under its title."""
        rows = self.cells().head(self.most).to_html(border=0, index=False)
        return f"<h4>{escape(self.title)}</h4>{rows}"

    def _head(self, column: str) -> str:
        unit = unit_of(self.formats.get(column, ""))
        return f"{column} ({unit})" if unit else column

    def _is_end(self, column: str) -> bool:
        return any(
            column.endswith(end) and column.removesuffix(end) in self.frame for end in (LOW, HIGH, DIFFER, NEEDED)
        )

    def _cell(self, row: Mapping[Any, Any], column: str) -> str:
        value, form = row[column], self.formats.get(column, "{}")
        if _is_missing(value):
            return "–"
        text = form.format(value)
        if column + LOW not in row:
            return text
        if _is_missing(row[column + LOW]):
            return f"{text} [no interval]"
        return f"{text} [{form.format(row[column + LOW])}, {form.format(row[column + HIGH])}]"


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float | np.floating) and not np.isfinite(value))


@dataclass(frozen=True)
class FittedTable:
    """A table for a terminal: columns that do not fit beside each other follow below.

    Attributes:
        shown: the table to show.
    """

    shown: ResultTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Tables of as many columns as fit, each with the labels of its rows."""
        cells, n_labels = self.shown.cells().head(self.shown.most), self.shown.frame.index.nlevels
        widths = {c: max(cell_len(text) for text in (*_heading(c).split("\n"), *cells[c])) + GAP for c in cells}
        labels, columns = [str(c) for c in cells][:n_labels], [str(c) for c in cells][n_labels:]
        room = options.max_width - sum(widths[c] for c in labels) - 1
        parts: list[list[str]] = [[]]
        for column in columns:
            if parts[-1] and sum(widths[c] for c in [*parts[-1], column]) > room:
                parts.append([])
            parts[-1].append(column)
        yield f"[bold]{escape_markup(self.shown.title)}[/bold]"
        for part in parts:
            fits = sum(widths[c] for c in labels + part) < options.max_width
            table = Table(box=box.SIMPLE)
            for column in labels + part:
                side: JustifyMethod = "left" if column in labels else "right"
                table.add_column(_heading(column), justify=side, no_wrap=fits, overflow="fold")
            for _, row in cells[labels + part].iterrows():
                table.add_row(*map(escape_markup, row))
            yield table
        if len(self.shown.frame) > self.shown.most:
            yield f"  {len(self.shown.frame) - self.shown.most} more are not shown here\n"


GAP = 3
"""Characters between columns."""


def _heading(column: object) -> str:
    return str(column).replace("_", " ").replace(" (", "\n(")
