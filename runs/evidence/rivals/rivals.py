"""What the standard models of collective decisions say on the same roster and rounds, beside the simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.roster import Roster
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import Progress, paired_runs, part_of, reached
from article10.runs.evidence.rivals.challenge import all_choices, challenge, forecast
from article10.runs.evidence.rivals.forecasters import (
    ADMITS_FROM,
    CHALLENGES,
    COMPROMISE,
    EVERYBODY,
    SALIENCES,
    SIMULATION,
    Salience,
    all_said,
    quotas,
)
from article10.runs.evidence.rivals.past import Case, first_day, mean_scores, of_round, open_bid, said_of_cases
from article10.runs.evidence.rivals.rivals_result import Rivals
from article10.runs.evidence.rivals.spatial import compromise, core
from article10.runs.evidence.rounds import shipped_rounds
from article10.runs.statistics.intervals import HIGH, LOW, share


@checked
def rivals(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 500,
    seed: int = 0,
    *,
    salience: str = "exposure",
    past: bool = True,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Rivals:
    """Ask median voter, compromise model, pivotal members and model of challenges, beside the simulation.

    The models take the stances of the first day as positions: at their codes, and as drawn around them in each run.

    Args:
        scenario: name, path or scenario.
        runs: number of runs of the simulation, and of draws of the stances.
        seed: seed of all random streams.
        salience: rule of how much each member cares, from ``SALIENCES``; the others are shown beside it.
        past: whether to score the models on the rounds on record and on a bid that was not accepted; takes most of the
            time, and does not depend on the scenario.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs``, ``seed`` or ``salience`` is invalid.
    """
    if salience not in SALIENCES:
        raise ValueError(f"salience = {salience!r}: expected one of {', '.join(SALIENCES)}")
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    rounds = shipped_rounds() if past else []
    total = runs * (1 + (len(rounds) + 1) * past)
    simulated = paired_runs({SIMULATION: chosen}, runs, seed, progress=part_of(progress, 0, total))[SIMULATION]
    now = Case(chosen, first_day(chosen, runs, seed), False, reached(simulated, "accession"))
    cases = [of_round(each, runs, seed, part_of(progress, (k + 1) * runs, total)) for k, each in enumerate(rounds)]
    if past:
        cases.append(open_bid(runs, seed, part_of(progress, total - runs, total)))
    return Rivals(
        scenario=chosen,
        runs=runs,
        seed=seed,
        salience=salience,
        forecasts=_forecasts(now, salience),
        core=_core(chosen),
        saliences=_saliences(chosen.members(), cases),
        choices=_choices(chosen.members(), salience),
        cases=_cases(cases, salience),
        named=pd.DataFrame({case.scenario.name: case.named for case in cases if case.named}).rename_axis("forecaster"),
    )


def _codes(roster: Roster) -> FloatArray:
    return roster.stance[None, :]


def _forecasts(case: Case, rule: str) -> pd.DataFrame:
    """By forecaster: position at the codes with the range of the draws, and share of draws that admit."""
    p, roster = case.scenario.accession, case.roster
    at_codes, drawn = (all_said(roster, position, rule, p) for position in (_codes(roster), case.position))
    rows: dict[str, dict[str, float]] = {}
    for name, said in drawn.items():
        low, high = np.quantile(said.position, [0.025, 0.975])
        place = {"position": float(at_codes[name].position[0]), f"position{LOW}": low, f"position{HIGH}": high}
        rows[name] = {**place, "at_codes": float(at_codes[name].admits[0]), **share(said.admits, "admitted")}
    nowhere = dict.fromkeys(("position", f"position{LOW}", f"position{HIGH}", "at_codes"), np.nan)
    rows[EVERYBODY] = {**nowhere, "admitted": 1.0, f"admitted{LOW}": np.nan, f"admitted{HIGH}": np.nan}
    rows[SIMULATION] = {**nowhere, **share(case.simulated, "admitted")}
    return pd.DataFrame(rows).T.rename_axis("forecaster")


def _core(scenario: Scenario) -> pd.DataFrame:
    """By rule, at the codes: the core, the pivotal members, and how far a change can go that beats the status quo."""
    roster = scenario.members()
    rows = {}
    for rule, quota in quotas(scenario.accession, len(roster)).items():
        found = core(roster.stance, quota)
        pivots = [code for code, stance in zip(roster.iso3, roster.stance, strict=True) if stance == found.pivot]
        rows[rule] = {
            "must_agree": quota,
            "core_low": float(found.low),
            "core_high": float(found.high),
            "pivot": float(found.pivot),
            "pivotal_members": " ".join(pivots),
            "furthest": float(found.furthest),
            "status_quo_beaten": bool(found.moves),
            "membership_beats_it": bool(found.admits),
        }
    return pd.DataFrame(rows).T.rename_axis("rule")


def _saliences(roster: Roster, cases: Sequence[Case]) -> pd.DataFrame:
    """By rule of salience: outcomes at the codes of the models that use it, and the score of the compromise."""
    rows = {}
    for name, rule in SALIENCES.items():
        cares = np.broadcast_to(rule(roster, _codes(roster)), (1, len(roster)))
        last = challenge(_codes(roster), roster.influence_weight, cares)
        rows[name] = {
            COMPROMISE: float(compromise(_codes(roster), roster.influence_weight, cares)[0]),
            CHALLENGES: float(forecast(last, roster.influence_weight, cares)[0]),
        }
        if cases:
            rows[name]["compromise_brier"] = _compromise_score(cases, rule)
    return pd.DataFrame(rows).T.rename_axis("salience")


def _choices(roster: Roster, rule: str) -> pd.DataFrame:
    """By reading of the model of challenges, at the codes: weighted median and mean of the last positions."""
    cares = np.broadcast_to(SALIENCES[rule](roster, _codes(roster)), (1, len(roster)))
    rows = []
    for held in all_choices():
        path = challenge(_codes(roster), roster.influence_weight, cares, held)
        median = forecast(path, roster.influence_weight, cares)
        mean = compromise(path[-1], roster.influence_weight, cares)
        before = forecast(path[:-1], roster.influence_weight, cares)
        rows.append({**asdict(held), "median": median[0], "mean": mean[0], "last_move": median[0] - before[0]})
    return pd.DataFrame(rows).set_index(["votes", "stay", "better", "risk", "offers"])


def _cases(cases: Sequence[Case], rule: str) -> pd.DataFrame:
    """By case and forecaster: probability of admission, what happened, Brier score."""

    def says(case: Case) -> dict[str, BoolArray]:
        models = all_said(case.roster, case.position, rule, case.scenario.accession)
        everybody = np.ones(len(case.position), dtype=bool)
        return {name: said.admits for name, said in models.items()} | {EVERYBODY: everybody, SIMULATION: case.simulated}

    return said_of_cases(cases, says)


def _compromise_score(cases: Sequence[Case], rule: Salience) -> float:
    """Mean Brier score of the compromise model under a rule of salience."""

    def says(case: Case) -> dict[str, BoolArray]:
        cares = rule(case.roster, case.position)
        return {COMPROMISE: compromise(case.position, case.roster.influence_weight, cares) >= ADMITS_FROM}

    return float(mean_scores(said_of_cases(cases, says))["brier"].iloc[0])
