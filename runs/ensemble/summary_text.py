"""The summary of an ensemble as a terminal or a text file shows it."""

from __future__ import annotations

import io

from rich.console import Console, Group, RenderableType
from rich.text import Text

from article10.model.accession_rule import Milestone
from article10.runs.ensemble.summary import Summary
from article10.runs.output.table import FittedTable, ResultTable
from article10.runs.statistics.forms import PERCENT

WHOLE = "{:.0%}"


def rendered(summary: Summary, most: int = 8) -> RenderableType:
    """The summary for a terminal or a text file."""
    head = Text.assemble((summary.title, "bold"), f"  ·  {summary.runs:,} runs")
    parts: list[RenderableType] = [head, "", FittedTable(_milestones(summary))]
    if len(summary.holdouts):
        parts.append(FittedTable(_holdouts(summary, most)))
    parts.append(_closing(summary))
    return Group(*parts)


def _milestones(summary: Summary) -> ResultTable:
    title = "Probability by the end of the year, with a 95% interval"
    rows = summary.milestones
    return ResultTable(title, rows, dict.fromkeys(Milestone, PERCENT), most=len(rows))


def _holdouts(summary: Summary, most: int) -> ResultTable:
    columns = {
        "own_stance": "by own stance",
        "hold": "for a price",
        "war": "because of the war",
        "alone": "alone, the war aside",
    }
    frame = summary.holdouts.set_index("name").rename_axis("member")[list(columns)].rename(columns=columns)
    formats = {name: PERCENT if kind in ("hold", "alone") else WHOLE for kind, name in columns.items()}
    return ResultTable("Who objects (share of councils)", frame, formats, most)


def _closing(summary: Summary) -> Text:
    ever, at_horizon = summary.shelved
    ballots, all_ballots = summary.formal_weight
    lines = [
        f"The candidate shelves its bid in {ever:.0%} of runs; it is shelved at the horizon in {at_horizon:.0%}.",
        f"Hot war: {summary.war_years:.1f} years on average. "
        f"Defence spending at the horizon: {summary.spending:.1f}% of GDP.",
        f"Russia's formal weight: {ballots} of {all_ballots} ballots.",
        "Its informal influence: article10 influence.",
    ]
    return Text("\n".join(lines))


def as_text(summary: Summary, width: int = 100) -> str:
    """The summary as plain text."""
    page = io.StringIO()
    Console(file=page, width=width, color_system=None, force_jupyter=False).print(rendered(summary))
    return page.getvalue()
