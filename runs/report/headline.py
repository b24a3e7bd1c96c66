"""The main numbers of a report, each with its interval and its range over plausible parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from article10.runs.analyses.result import listed
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import milestones, objections
from article10.runs.output.table import ResultTable
from article10.runs.report.plausible import SHELVED
from article10.runs.statistics.forms import PERCENT, POINTS
from article10.runs.statistics.intervals import interval, mean_over_runs, share, share_over_runs

if TYPE_CHECKING:
    from article10.runs.report.report import Report

WHOLE = "{:.0%}"
"""Form of shares of councils."""

MOST_OBJECTORS = 3
"""Members whose objections are among the main numbers."""


def main_numbers(report: Report) -> ResultTable:
    """The main numbers: what, its estimate with the 95% interval, and the range over plausible parameters."""
    result, influence, over = report.result, report.influence, report.plausible
    rows = milestones(result)
    last, day = rows.iloc[-1], f"{rows.index[-1]:%B %Y}"
    words = {"invitation": f"invited by {day}", "accession": f"member by {day}"}
    found = [(words[name], interval(last, name, PERCENT), over.of_share(name)) for name in influence.outcomes]
    shelved = share(result.outcomes_by_member[SHELVED].to_numpy(bool), SHELVED)
    found.append(("bid ever shelved by the candidate", interval(shelved, SHELVED, PERCENT), over.of_share(SHELVED)))
    for code, row in objections_by_member(result).head(MOST_OBJECTORS).iterrows():
        at = f"{interval(row, 'own_stance', WHOLE)} of councils"
        found.append((f"{row['name']} objects by its own stance", at, over.of_objections(str(code))))
    for name in influence.outcomes:
        effect = interval(influence.total[name].row("it"), "it", POINTS)
        found.append((f"effect of {influence.lever.label} on {name}", effect, over.of_effect(name)))
    columns = ["quantity", "estimate [95% interval]", "over plausible parameters"]
    return ResultTable(
        "Estimates, their intervals, and their ranges over plausible parameters",
        pd.DataFrame(found, columns=columns).set_index("quantity"),
    )


def first_objector(result: EnsembleResult) -> str:
    """Which member objects most by its own stance, named only if the runs distinguish it from every other."""
    table = objections_by_member(result)
    held, counts = objections(result)
    by_member = pd.DataFrame(counts["own_stance"], columns=result.data["member"].to_numpy())
    first = table.index[0]
    rivals = []
    for other in table.index[1:]:
        ahead = mean_over_runs((by_member[first] - by_member[other]).to_numpy(), "it", held)
        if not ahead["it_low"] > 0:
            rivals.append(str(table.loc[other, "name"]))
    name = table.loc[first, "name"]
    if not rivals:
        return f"{name} objects most, by its own stance."
    return f"Which member objects most is not distinguishable: {listed([name, *rivals[:2]])}."


def objections_by_member(result: EnsembleResult) -> pd.DataFrame:
    """Share of councils at which each member objects, the largest first; 95% intervals treat runs as clusters."""
    held, counts = objections(result)
    if not held.any():
        return pd.DataFrame()
    rows = []
    for place, name in enumerate(result.data["member_name"].to_numpy()):
        row: dict[str, Any] = {"name": str(name)}
        for kind, count in counts.items():
            row |= share_over_runs(count[:, place], kind, held)
        rows.append(row)
    frame = pd.DataFrame(rows, index=pd.Index(result.data["member"].to_numpy(), name="member"))
    return frame.sort_values("own_stance", ascending=False)


def objections_shown(rows: pd.DataFrame) -> ResultTable:
    """The same as a table."""
    formats = {"own_stance": WHOLE, "hold": PERCENT, "war": WHOLE, "war_alone": WHOLE, "any": WHOLE, "alone": PERCENT}
    return ResultTable("Share of councils at which each member objects", rows.set_index("name"), formats)
