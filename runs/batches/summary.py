"""The summary of a batch as it is shown on a terminal."""

from __future__ import annotations

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from article10.runs.batches.result import BatchResult
from article10.runs.summary import MILESTONES

MOST_ROWS = 20


def rendered_batch(batch: BatchResult) -> RenderableType:
    """Points with the probability of each milestone among the runs done, what is missing, and what failed."""
    table = batch.summary
    parts: list[RenderableType] = [
        Text(f"{len(table):,} points of {batch.runs:,} runs; probability by the horizon, with a 95% interval")
    ]
    if batch.missing:
        parts.append(Text(f"Probabilities are of the runs that are done: {batch.missing}."))
    parts.append(_points_table(table, batch.varied, set(batch.failures.get("point", ()))))
    if len(table) > MOST_ROWS:
        parts.append(Text(f"... and {len(table) - MOST_ROWS:,} more points: article10.open_batch(DIR).summary"))
    if len(batch.failures):
        parts.append(_failures_table(batch.failures))
    return Group(*parts)


def _points_table(table: pd.DataFrame, varied: list[str], failed: set[int]) -> Table:
    shown = Table(box=box.SIMPLE)
    for name in ("point", *varied, "runs", *MILESTONES):
        shown.add_column(name.partition(".")[2] or name, justify="left" if name == "scenario" else "right")
    for point, row in table.head(MOST_ROWS).iterrows():
        cells = [f"{v:.4g}" if isinstance(v := row[key], float) else str(v) for key in varied]
        instead = "failed" if point in failed else "not made yet"
        shares = [_share(row, name) if row["runs"] else instead for name in MILESTONES]
        shown.add_row(str(point), *map(escape, cells), f"{int(row['runs']):,}", *shares)
    return shown


def _share(row: pd.Series, name: str) -> str:
    return f"{row[name]:.1%} ({100 * row[f'{name}_low']:.0f}–{100 * row[f'{name}_high']:.0f})"


def _failures_table(failures: pd.DataFrame) -> RenderableType:
    shown = Table(box=box.SIMPLE, title="Failed points; --retry-failed does them again", title_justify="left")
    for name in ("point", "runs", "error"):
        shown.add_column(name)
    for point, own in list(failures.groupby("point"))[:MOST_ROWS]:
        shown.add_row(str(point), f"{own['runs'].sum():,}", escape(str(own["error"].iloc[0])))
    return shown
