"""The cases that are known: the rounds of accession on record, and a bid that has not led to an invitation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.roster import Roster
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import Progress, paired_runs, reached
from article10.runs.ensemble.simulate import simulate
from article10.runs.evidence.hindcast import hindcast
from article10.runs.evidence.hindcast_answer import HOLDOUTS, MODEL
from article10.runs.evidence.rivals.forecasters import SIMULATION, among_lowest
from article10.runs.evidence.rounds import Round

OPEN_BID = "ukraine_2022"
"""Scenario of a bid that is known not to have led to an invitation by its horizon. Every round on record starts with a
signed protocol and ended in accession, so that without this case nothing could be said against "everybody"."""

DRAWS = 20
"""Draws of the fit of speeds and pace in each hindcast."""

LOWEST, CHANCE = "lowest stances", "chance"
"""Naming the members with the lowest stances on the first day, or any at random."""


@dataclass(frozen=True)
class Case:
    """A case that is known, with what the simulation says of it.

    Attributes:
        scenario: its scenario.
        position: stances on the first day, (run, member).
        admitted: whether the candidate became a member by the horizon.
        simulated: whether it did in each run of the simulation, (run,).
        named: by forecaster, the mean share of draws in which a member that ratified among the last two is among the
            two that the forecaster names; empty if it is not known who was.
    """

    scenario: Scenario
    position: FloatArray
    admitted: bool
    simulated: BoolArray
    named: Mapping[str, float] = field(default_factory=dict)

    @property
    def roster(self) -> Roster:
        """The members that decide."""
        return self.scenario.members()


def first_day(scenario: Scenario, runs: int, seed: int) -> FloatArray:
    """Stances on the first day of each run of the simulation, (run, member)."""
    end = scenario.start + dt.timedelta(days=scenario.step_days)
    found = simulate(scenario.with_(horizon=end, events=()), runs, seed, record=("stance",))
    stance: FloatArray = found.data["stance"].to_numpy()[:, 0].astype(np.float64)
    return stance


def open_bid(runs: int, seed: int, progress: Progress | None) -> Case:
    """The bid that has not led to an invitation, as simulated with the scenario's values."""
    scenario = read_scenario(OPEN_BID)
    simulated = reached(paired_runs({OPEN_BID: scenario}, runs, seed, progress=progress)[OPEN_BID], "accession")
    return Case(scenario, first_day(scenario, runs, seed), False, simulated)


def of_round(known: Round, runs: int, seed: int, progress: Progress | None) -> Case:
    """A round on record, as the simulation forecasts it from the speeds and paces of other rounds."""
    found = hindcast(known.name, runs=runs, draws=DRAWS, seed=seed, progress=progress)
    position = first_day(known.scenario, runs, seed)
    came = found.accession[MODEL] <= known.horizon
    case = Case(known.scenario, position, known.accession <= known.horizon, came)
    if not found.last_known:
        return case
    was_last = found.holdouts()["was_last"]
    seats = [case.roster.index(code) for code in known.members]
    lowest = among_lowest(position[:, seats], HOLDOUTS)[was_last.loc[list(known.members)]]
    named = {SIMULATION: float(found.scored["last"].loc[MODEL]), LOWEST: float(lowest.mean())}
    return Case(case.scenario, position, case.admitted, came, {**named, CHANCE: HOLDOUTS / len(known.members)})


def said_of_cases(cases: Sequence[Case], says: Callable[[Case], Mapping[str, BoolArray]]) -> pd.DataFrame:
    """By case and forecaster: probability of admission, what happened, Brier score.

    Args:
        cases: the cases.
        says: for a case, whether each forecaster admits, by forecaster, (draw,).
    """
    rows = []
    for case in cases:
        known = {"candidate": case.scenario.candidate.name, "started": case.scenario.start}
        for name, admits in says(case).items():
            key, p = {"case": case.scenario.name, "forecaster": name}, float(admits.mean())
            score = {"admitted": p, "was_admitted": case.admitted, "brier": (p - case.admitted) ** 2}
            rows.append({**key, **known, **score})
    columns = ["case", "forecaster", "candidate", "started", "admitted", "was_admitted", "brier"]
    return pd.DataFrame(rows, columns=columns).set_index(["case", "forecaster"])


def mean_scores(said: pd.DataFrame) -> pd.DataFrame:
    """By forecaster: cases on the right side of one half, and mean Brier scores, the best first.

    Rounds signed on one day count as one in the means: they were decided together.

    Args:
        said: what ``said_of_cases`` returns, of at least one case.
    """
    found = {}
    for name, own in said.reset_index().groupby("forecaster", sort=False):
        by_day = own.groupby(["started", "was_admitted"], sort=False)["brier"].mean()
        admitted = by_day.index.get_level_values("was_admitted").to_numpy(bool)
        found[str(name)] = {
            "right": int(((own["admitted"] >= 0.5) == own["was_admitted"]).sum()),
            "cases": len(own),
            "brier_admitted": float(by_day[admitted].mean()),
            "brier_not_admitted": float(by_day[~admitted].mean()),
            "brier": float(by_day.mean()),
        }
    return pd.DataFrame(found).T.rename_axis("forecaster").sort_values("brier", kind="stable")
