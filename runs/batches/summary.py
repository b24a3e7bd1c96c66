"""The summary of a batch as it is shown on a terminal."""

from __future__ import annotations

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from article10.runs.analyses.answer import FittedTable, Shown
from article10.runs.batches.result import BatchResult
from article10.runs.summary import MILESTONES

MOST_ROWS = 20


def rendered_batch(batch: BatchResult) -> RenderableType:
    """Points with the probability of each milestone, and what failed."""
    table = batch.summary
    parts: list[RenderableType] = [
        Text(f"{len(table):,} points of {batch.runs:,} runs"),
        FittedTable(_points_table(table, batch.varied)),
    ]
    if len(table) > MOST_ROWS:
        parts.append(Text(f"... and {len(table) - MOST_ROWS:,} more points: article10.open_batch(DIR).summary"))
    if len(batch.failures):
        parts.append(_failures_table(batch.failures))
    return Group(*parts)


def _points_table(table: pd.DataFrame, varied: list[str]) -> Shown:
    cells = pd.DataFrame(index=table.index)
    for key in varied:
        cells[key.partition(".")[2] or key] = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in table[key]]
    cells["runs"] = [f"{runs:,}" for runs in table["runs"]]
    for name in MILESTONES:
        cells[name] = [_share(row, name) for _, row in table.iterrows()]
    return Shown("Probability by the horizon, with a 95% interval", cells, most=MOST_ROWS)


def _share(row: pd.Series, name: str) -> str:
    if not row["runs"]:
        return "failed"
    return f"{row[name]:.1%} [{row[f'{name}_low']:.1%}, {row[f'{name}_high']:.1%}]"


def _failures_table(failures: pd.DataFrame) -> RenderableType:
    shown = Table(box=box.SIMPLE, title="Failed points; --retry-failed does them again", title_justify="left")
    for name in ("point", "runs", "error"):
        shown.add_column(name)
    for point, own in list(failures.groupby("point"))[:MOST_ROWS]:
        shown.add_row(str(point), f"{own['runs'].sum():,}", escape(str(own["error"].iloc[0])))
    return shown
