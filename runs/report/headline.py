"""The headline of a report: its main numbers, each with its interval or with a note that no effect was detected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from article10.runs.analyses.influence.influence_result import Influence
from article10.runs.analyses.result import listed
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import milestones, objections
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, about
from article10.runs.statistics.intervals import UNDETECTED, interval, mean_over_runs, share, share_over_runs

WHOLE = "{:.0%}"


@dataclass(frozen=True)
class Card:
    """A headline figure: a number, its meaning and its interval."""

    value: str
    label: str
    interval: str


def headline(result: EnsembleResult, influence: Influence) -> list[Card]:
    """The main numbers."""
    rows = milestones(result)
    last, day = rows.iloc[-1], f"{rows.index[-1]:%B %Y}"
    cards = [Card(WHOLE.format(last[name]), f"{name} by {day}", _ends(last, name)) for name in influence.outcomes]
    own, everyone = influence.formal_weight
    cards.append(Card(f"{own} of {everyone}", "ballots that Russia has", "its formal weight, under every rule"))
    cards.append(_russia(influence))
    first = first_objector(result)
    ever = share(result.outcomes_by_member["ever_shelved"].to_numpy(bool), "ever")
    shelved = f"{_ends(ever, 'ever')}; by the candidate itself, no veto"
    return [*cards, *first, Card(WHOLE.format(ever["ever"]), "of runs in which the bid is ever shelved", shelved)]


def _russia(influence: Influence) -> Card:
    outcome = influence.outcomes[0]
    d = influence.total[outcome]
    low, mean, high = (f"{100 * value:+.0f}".replace("-", "−") for value in (d.low, d.mean, d.high))
    ends = f"95% interval {low} to {high} percentage points, against the same runs without it"
    if not d.excludes_zero and d.runs_needed:
        ends += f"; detecting it needs {about(d.runs_needed)}"
    value = f"{mean} percentage points" if d.excludes_zero else UNDETECTED
    return Card(value, f"what {influence.lever.label} does to the probability of {outcome}", ends)


def first_objector(result: EnsembleResult) -> list[Card]:
    """The member that objects most, named only if the runs distinguish it from every other; none without a council."""
    table = objections_by_member(result)
    if table.empty:
        return []
    held, counts = objections(result)
    by_member = pd.DataFrame(counts["own_stance"], columns=result.data["member"].to_numpy())
    first = table.index[0]
    rivals = []
    for other in table.index[1:]:
        ahead = mean_over_runs((by_member[first] - by_member[other]).to_numpy(), "it", held)
        if not ahead["it_low"] > 0:
            rivals.append(other)
    if not rivals:
        share_of = interval(table.loc[first], "own_stance", WHOLE)
        return [Card(str(table.loc[first, "name"]), "objects most, by its own stance", f"at {share_of} of councils")]
    close = listed(
        f"{row['name']} {interval(row, 'own_stance', WHOLE)}" for _, row in table.loc[[first, *rivals[:2]]].iterrows()
    )
    return [Card("not distinguishable", "who objects most, by its own stance", f"{close} of councils")]


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
    formats = {"own_stance": WHOLE, "war": WHOLE, "any": WHOLE, "alone": PERCENT}
    return ResultTable("Share of councils at which each member objects", rows.set_index("name"), formats)


def _ends(row: Any, name: str) -> str:  # noqa: ANN401 - a row of a table
    return f"95% interval {WHOLE.format(row[f'{name}_low'])} to {WHOLE.format(row[f'{name}_high'])}"
