"""The summary of an ensemble: its most important numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from article10.agents.members import NO_BALLOT, OBJECT, REASON_HOLD, REASON_STANCE, REASON_WAR
from article10.model.accession_rule import Milestone, formal_weight
from article10.model.edition import read_edition
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.years import ends_of_years
from article10.runs.statistics.proportion import wilson


def signed(value: float) -> str:
    """A number with its sign, two decimals and a real minus, as stories and figures show it.

    >>> signed(-0.234), signed(0.5), signed(-0.001)
    ('−0.23', '+0.50', '+0.00')
    """
    return f"{round(float(value), 2) + 0.0:+.2f}".replace("-", "−")  # adding zero turns -0.0 into 0.0


@dataclass(frozen=True)
class Summary:
    """The summary of an ensemble.

    Attributes:
        title: title of the scenario.
        runs: number of runs.
        milestones: by date and milestone, share of runs that have reached it, with a 95% interval.
        holdouts: by member, share of councils at which it objected: by its own stance, because of the war, and as the
            only member that objects by its own stance.
        shelved: share of runs in which the candidate ever shelved its bid, and in which it is shelved at the horizon.
        war_years: mean years of hot war.
        spending: mean defence spending at the horizon by influence weight, % GDP.
        formal_weight: number of Russia's ballots, and of all ballots.
    """

    title: str
    runs: int
    milestones: pd.DataFrame
    holdouts: pd.DataFrame
    shelved: tuple[float, float]
    war_years: float
    spending: float
    formal_weight: tuple[int, int]


def summarise(result: EnsembleResult) -> Summary:
    """The summary of a result.

    Raises:
        ValueError: the result is a selection that holds no runs.
    """
    result.check_runs()
    outcomes = result.outcomes_by_member
    members = tuple(str(code) for code in result.data["member"].to_numpy())
    power = read_edition(result.scenario.edition).external_power.code
    return Summary(
        title=result.scenario.title or result.scenario.name,
        runs=result.runs,
        milestones=milestones(result),
        holdouts=holdouts(result),
        shelved=(float(outcomes["ever_shelved"].mean()), float((outcomes["outcome"] == "shelved").mean())),
        war_years=float(outcomes["war_years"].mean()),
        spending=float(outcomes["spending"].mean()),
        formal_weight=(formal_weight(power, members), len(members)),
    )


def milestones(result: EnsembleResult) -> pd.DataFrame:
    """Share of runs that have reached each milestone by the end of each year, with a 95% interval.

    Raises:
        ValueError: the result is a selection that holds no runs.
    """
    result.check_runs()
    outcomes = result.outcomes_by_member
    rows = []
    for end in ends_of_years(result.scenario):
        row: dict[str, object] = {"by": end.date()}
        for name in Milestone:
            reached = int((outcomes[f"{name}_date"] <= end).sum())
            low, high = wilson(reached, result.runs)
            row |= {str(name): reached / result.runs, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    return pd.DataFrame(rows).set_index("by")


def holdouts(result: EnsembleResult) -> pd.DataFrame:
    """Share of councils at which each member objected, the most frequent first; empty if there was no ballot."""
    held, counts = objections(result)
    if held.sum() == 0:
        return pd.DataFrame(columns=["name", *counts])
    shares = {name: count.sum(axis=0) / held.sum() for name, count in counts.items()}
    index = pd.Index(result.data["member"].to_numpy(), name="member")
    frame = pd.DataFrame({"name": result.data["member_name"].to_numpy(), **shares}, index=index)
    return frame.sort_values("own_stance", ascending=False)


def objections(result: EnsembleResult) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Number of councils of each run, (run,), and by kind of objection the number for each member, (run, member).

    Kinds: ``own_stance``, by its voiced stance; ``hold``, for a price; ``war``, because of the war; ``war_alone``,
    because of the war and for no other reason; ``any``; ``alone``, as the only member that objects by its stance or
    for a price.

    Raises:
        ValueError: the result is a selection that holds no runs.
    """
    result.check_runs()
    ballot, reason = result.data["ballot"].to_numpy(), result.data["reason"].to_numpy()
    own = (reason & REASON_STANCE) > 0
    hold, war = (reason & REASON_HOLD) > 0, (reason & REASON_WAR) > 0
    kinds = {"own_stance": own, "hold": hold, "war": war, "war_alone": war & ~own & ~hold, "any": ballot == OBJECT}
    kinds["alone"] = (own | hold) & ((own | hold).sum(axis=2, keepdims=True) == 1)
    held = (ballot != NO_BALLOT).any(axis=2).sum(axis=1)
    return held, {name: objects.sum(axis=1) for name, objects in kinds.items()}
