"""The summary of a batch for a terminal."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from article10.model.accession_rule import Milestone
from article10.runs.batches.result import BatchResult
from article10.runs.output.table import FittedTable, ResultTable

MOST_ROWS = 20


def rendered_batch(batch: BatchResult) -> RenderableType:
    """The points with the probability of each milestone among the runs done, missing runs, and failed points."""
    table = batch.summary
    parts: list[RenderableType] = [
        Text(f"{len(table):,} points of {batch.runs:,} runs"),
        FittedTable(_points_table(table, batch.varied, set(batch.failures.get("point", ())))),
    ]
    if batch.missing:
        parts.insert(1, Text(f"Probabilities are of the runs that are done: {batch.missing}."))
    if len(table) > MOST_ROWS:
        parts.append(Text(f"... and {len(table) - MOST_ROWS:,} more points: article10.open_batch(DIR).summary"))
    if len(batch.failures):
        parts.append(_failures_table(batch.failures))
    return Group(*parts)


def _points_table(table: pd.DataFrame, varied: list[str], failed: set[int]) -> ResultTable:
    cells = pd.DataFrame(index=table.index)
    for key in varied:
        cells[key.partition(".")[2] or key] = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in table[key]]
    cells["runs"] = [f"{runs:,}" for runs in table["runs"]]
    instead = ["failed" if point in failed else "not made yet" for point in table.index]
    for name in Milestone:
        rows = zip(table.to_dict("records"), instead, strict=True)
        cells[name] = [_share(row, name) if row["runs"] else word for row, word in rows]
    return ResultTable("Probability by the horizon, with a 95% interval", cells, most=MOST_ROWS)


def _share(row: dict[Any, Any], name: str) -> str:
    return f"{row[name]:.1%} [{row[f'{name}_low']:.1%}, {row[f'{name}_high']:.1%}]"


def _failures_table(failures: pd.DataFrame) -> RenderableType:
    shown = Table(box=box.SIMPLE, title="Failed points; --retry-failed repeats them", title_justify="left")
    for name in ("point", "runs", "error"):
        shown.add_column(name)
    for point, own in list(failures.groupby("point"))[:MOST_ROWS]:
        shown.add_row(str(point), f"{own['runs'].sum():,}", escape(str(own["error"].iloc[0])))
    return shown
