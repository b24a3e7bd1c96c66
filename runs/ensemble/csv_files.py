"""A result as tables for other programs: CSV files in long form, with a dictionary of their columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from article10.agents.members import REASONS, reason_words
from article10.model.accession_rule import NO_BALLOT
from article10.runs.ensemble.ledger import LEDGER
from article10.runs.ensemble.recorder import RUN_VARIABLES

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

BALLOTS = ("object", "acquiesce", "support")
"""Words for the codes of ballots."""

OUTCOMES = {
    "run": ("", "number of the run"),
    "outcome": ("", "stage of the accession at the horizon"),
    "invitation_date": ("date", "day of the invitation; empty if there was none"),
    "signature_date": ("date", "day on which the protocol was signed; empty if it was not"),
    "accession_date": ("date", "day of the accession; empty if there was none"),
    "article5": ("", "whether the new member was attacked"),
    "article5_date": ("date", "day of the attack on the new member; empty if there was none"),
    "russia_payoff": ("1", "what the run was worth to Russia; the candidate's accession is a loss of 1"),
    "russia_spent": ("year", "resources that Russia's instruments took, in years of its resources at the start"),
    "ever_shelved": ("", "whether the candidate ever shelved its bid"),
    "last_to_ratify": ("ISO 3166", "the member that ratified last; empty if not all did"),
    "war_years": ("year", "years of hot war"),
    "breaches": ("", "number of ceasefires that broke"),
    "spending": ("% GDP", "defence spending at the horizon by influence weight"),
    "stance": ("1", "mean stance at the horizon by influence weight, -1 to 1"),
    "cohesion": ("1", "1 less the standard deviation of members' stances at the horizon"),
    "front": ("share of the country", "Russian territorial progress since the start"),
    "councils": ("", "number of councils at which members cast ballots"),
}
"""Columns of ``outcomes.csv`` before those of single members: unit and meaning."""

COUNCILS = {
    "run": ("", "number of the run"),
    "date": ("date", "day of the council"),
    "kind": ("", "kind of meeting"),
    "member": ("ISO 3166", "the member"),
    "stance": ("1", "its stance on that day, -1 to 1; empty if stances were not recorded"),
    "ballot": ("", f"its ballot: {', '.join(BALLOTS)}; empty if no bid was on the agenda"),
    "reason": ("", f"why it ballots so, joined by +: {', '.join(REASONS.values())}; empty if its stance does"),
    "question_put": ("", "whether the question was put to the council"),
    "invited": ("", "whether the candidate was invited at it"),
}
"""Columns of ``councils.csv``: unit and meaning."""

NOT_IN_YEARS = ("stage", "plans")
"""Variables that are codes; ``outcomes.csv`` states what they come to."""


def write_csv(result: EnsembleResult, folder: Path) -> list[Path]:
    """Write the tables of a result, and ``dictionary.csv``: see ``EnsembleResult.to_csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "outcomes": outcomes_table(result),
        "councils": councils_table(result),
        "ledger": result.ledger,
        "years": years_table(result),
    }
    meanings = {"outcomes": OUTCOMES, "councils": COUNCILS, "ledger": LEDGER, "years": _meanings_of_years()}
    paths = []
    for name, table in tables.items():
        paths.append(folder / f"{name}.csv")
        table.to_csv(paths[-1], index=False)
    rows = [
        {"file": f"{name}.csv", "column": column, "unit": unit, "meaning": meaning}
        for name, table in tables.items()
        for column in map(str, table)
        for unit, meaning in (meanings[name].get(column) or _of_member(column, result),)
    ]
    paths.append(folder / "dictionary.csv")
    pd.DataFrame(rows).to_csv(paths[-1], index=False)
    return paths


def outcomes_table(result: EnsembleResult) -> pd.DataFrame:
    """One row a run: the columns of ``OUTCOMES``, and ``objections_ISO`` for each member."""
    return result.outcomes_by_member.reset_index()


def councils_table(result: EnsembleResult) -> pd.DataFrame:
    """One row for each run, council and member: the columns of ``COUNCILS``."""
    data, scenario = result.data, result.scenario
    runs, councils, members = (data[name].to_numpy() for name in ("run", "council", "member"))
    shape = (len(runs), len(councils), len(members))

    def spread(values: np.ndarray, axis: int) -> np.ndarray:
        """Values along one axis, repeated along the others, in the order of the rows."""
        own = values.reshape([-1 if place == axis else 1 for place in range(3)])
        return np.broadcast_to(own, shape).ravel()

    ballot, reason = data["ballot"].to_numpy().ravel(), data["reason"].to_numpy().ravel()
    of_council = {name: np.repeat(data[name].to_numpy().ravel() == 1, shape[2]) for name in ("question_put", "invited")}
    return pd.DataFrame(
        {
            "run": spread(runs, 0),
            "date": spread(councils, 1),
            "kind": spread(data["council_kind"].to_numpy(), 1),
            "member": spread(members, 2),
            "stance": _stances_at_councils(result, councils, scenario.n_steps).ravel(),
            "ballot": np.where(ballot == NO_BALLOT, "", np.array(BALLOTS)[ballot.clip(0)]),
            "reason": np.array([reason_words(code) for code in range(max(REASONS) * 2)])[reason],
            **of_council,
        }
    )


def _stances_at_councils(result: EnsembleResult, councils: np.ndarray, n_steps: int) -> np.ndarray:
    """Stance of each member by which it ballots, at the end of the council's step, (run, council, member)."""
    if "stance" not in result.data:
        return np.full((result.runs, len(councils), result.data.sizes["member"]), np.nan)
    steps = [min(result.scenario.step_of(pd.Timestamp(day).date()) + 1, n_steps) for day in councils]
    stances: np.ndarray = result.data["stance"].to_numpy()[:, steps]
    return stances


def years_table(result: EnsembleResult) -> pd.DataFrame:
    """One row for each run and year end: the recorded variables by run on that day; empty if none were recorded."""
    names = [name for name in RUN_VARIABLES if name in result.data and name not in NOT_IN_YEARS]
    days = pd.DatetimeIndex(result.data["step"].to_numpy())
    last = pd.Series(range(len(days)), index=days).groupby(days.year).last().to_numpy()
    runs = result.data["run"].to_numpy()
    columns = {"run": np.repeat(runs, len(last)), "date": np.tile(days.to_numpy()[last], len(runs))}
    if not names:
        return pd.DataFrame(columns=list(columns))
    return pd.DataFrame({**columns, **{name: result.data[name].to_numpy()[:, last].ravel() for name in names}})


def _meanings_of_years() -> dict[str, tuple[str, str]]:
    named = {name: (variable.unit, variable.description) for name, variable in RUN_VARIABLES.items()}
    return {"run": OUTCOMES["run"], "date": ("date", "last day recorded in each calendar year"), **named}


def _of_member(column: str, result: EnsembleResult) -> tuple[str, str]:
    """Unit and meaning of a column that ends in a member's code."""
    code = column.rpartition("_")[2]
    name = str(result.data["member_name"].sel(member=code).item())
    return "", f"number of councils at which {name} objected by its own stance"
