"""Holdout power: how often each member objects, what it is paid, and what its consent would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.members import NO_BALLOT
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import MemberOverride, Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.holdouts.power_result import HoldoutPower
from article10.runs.analyses.paired import (
    MEASURED,
    Progress,
    paired_runs,
    part_of,
    reached,
)
from article10.runs.analyses.rules.compared_result import RULES
from article10.runs.analyses.rules.power_indices import VotingGame, normalised, pivotal
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import holdouts, objections
from article10.runs.statistics.intervals import (
    mean_over_runs,
    paired,
    share,
    share_over_runs,
    warn_if_underpowered,
)

TOGETHER = 8
"""Number of variants simulated at a time, to limit memory."""

MOST_TOGETHER = 8
"""Largest number of holdouts that consent together."""


@checked
def holdout_power(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    members: Sequence[str] | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> HoldoutPower:
    """How often each member objects, what it is paid, and what would change if it always consented.

    A member that always consents supports at every council and in its ratification, whatever its stance and the war.
    Its stance still changes, and still influences the other members.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of each variant; there is one variant for each member, and a few more.
        seed: seed of all random streams.
        members: codes of the members whose consent is simulated; by default all.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        KeyError: a member is not on the roster.
        ScenarioError: the scenario is invalid.
        ValueError: ``runs`` or ``seed`` is invalid, or ``members`` is empty.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    roster = chosen.members()
    consenters = roster.iso3 if members is None else tuple(map(roster.code, members))
    if not consenters:
        raise ValueError("members: expected the code of at least one member; got none")
    groups = min(MOST_TOGETHER, len(consenters))
    total = runs * (1 + len(consenters) + groups)

    present = paired_runs({"": chosen}, runs, seed, progress=part_of(progress, 0, total))[""]
    by_objection = [str(code) for code in holdouts(present).index if code in consenters] or list(consenters)
    variants: dict[tuple[str, ...], Scenario] = {(code,): consenting(chosen, [code]) for code in consenters}
    variants |= {tuple(by_objection[:k]): consenting(chosen, by_objection[:k]) for k in range(1, groups + 1)}
    gains = _reached(variants, runs, seed, part_of(progress, runs, total))
    return warn_if_underpowered(
        HoldoutPower(
            scenario=chosen,
            runs=runs,
            seed=seed,
            members=_members(present, by_objection, gains),
            together=_together(present, by_objection[:groups], gains),
            indices=_indices(chosen),
            pivotality=_pivotality(present, by_objection),
        )
    )


def _reached(
    variants: Mapping[tuple[str, ...], Scenario], runs: int, seed: int, progress: Progress | None
) -> dict[tuple[str, ...], dict[str, np.ndarray]]:
    """For each set of consenting members: which runs reach each outcome. Few variants are in memory at a time."""
    found: dict[tuple[str, ...], dict[str, np.ndarray]] = {}
    names = list(variants)
    for start in range(0, len(names), TOGETHER):
        some = names[start : start + TOGETHER]
        own = {" ".join(who): variants[who] for who in some}
        results = paired_runs(own, runs, seed, progress=part_of(progress, runs * len(found), runs * len(variants)))
        found |= {who: {o: reached(results[" ".join(who)], o) for o in MEASURED} for who in some}
    return found


def consenting(scenario: Scenario, members: Sequence[str]) -> Scenario:
    """The scenario in which some members always support, whatever their stance and the war."""
    open_door = {code: scenario.roster.get(code, MemberOverride()).with_(war_bar=0.0) for code in members}
    ballots = {**scenario.ballots, **dict.fromkeys(members, "support")}
    return scenario.with_(ballots=ballots, roster={**scenario.roster, **open_door})


def _members(
    present: EnsembleResult, order: Sequence[str], gains: Mapping[tuple[str, ...], Mapping[str, np.ndarray]]
) -> pd.DataFrame:
    data = present.data
    codes = [str(code) for code in data["member"].to_numpy()]
    councils, objects = objections(present)
    last = present.outcomes_by_member["last_to_ratify"].to_numpy()
    complete = last != ""
    paid = data["payment_amount"].to_numpy().sum(axis=1).astype(float)
    rows = []
    for code in order:
        place = codes.index(code)
        of = {kind: count[:, place] for kind, count in objects.items()}
        row: dict[str, Any] = {"member": code, "member_name": str(data["member_name"].to_numpy()[place])}
        row |= share_over_runs(of["own_stance"], "objects", councils) | share_over_runs(of["hold"], "holds", councils)
        row |= share_over_runs(of["war_alone"], "war_alone", councils)
        row |= share_over_runs(of["alone"], "alone", councils) | share_over_runs(last == code, "last", complete)
        row |= {"ratifications": int(complete.sum())} | mean_over_runs(paid[:, place], "paid")
        for outcome in MEASURED:
            row |= paired(gains[(code,)][outcome], reached(present, outcome)).row(f"{outcome}_gain")
        rows.append(row)
    return pd.DataFrame(rows).set_index("member")


def _together(
    present: EnsembleResult, order: Sequence[str], gains: Mapping[tuple[str, ...], Mapping[str, np.ndarray]]
) -> pd.DataFrame:
    names = dict(zip(present.data["member"].to_numpy(), present.data["member_name"].to_numpy(), strict=True))
    rows = []
    for k in range(len(order) + 1):
        got = gains[tuple(order[:k])] if k else {o: reached(present, o) for o in MEASURED}
        row: dict[str, Any] = {"consent": k, "joins": str(names[order[k - 1]]) if k else "nobody"}
        for outcome, values in got.items():
            row |= share(values, outcome)
        rows.append(row)
    return pd.DataFrame(rows).set_index("consent")


def _indices(scenario: Scenario) -> pd.DataFrame:
    n, rows = len(scenario.members()), []
    for name, changes in RULES.items():
        game = VotingGame.of_rule(scenario.with_(changes).accession, n)
        banzhaf = game.banzhaf()
        row = {"rule": name, "ballots_needed": game.quota, "banzhaf": float(banzhaf[0])}
        rows.append(
            row
            | {"banzhaf_normalised": float(normalised(banzhaf)[0]), "shapley_shubik": float(game.shapley_shubik()[0])}
        )
    return pd.DataFrame(rows).set_index("rule")


def _pivotality(present: EnsembleResult, order: Sequence[str]) -> pd.DataFrame:
    """Pivotality under each rule, given the ballots cast under the rule of the scenario."""
    ballots = present.data["ballot"].to_numpy()
    asked = (ballots != NO_BALLOT).all(axis=2)
    run = np.nonzero(asked)[0]
    councils = asked.sum(axis=1)
    codes = tuple(str(code) for code in present.data["member"].to_numpy())
    rows: dict[str, dict[str, float]] = {code: {} for code in order}
    for rule, changes in RULES.items():
        rule_of = present.scenario.with_(changes).accession
        turns = pivotal(codes, ballots[asked], rule_of, present.scenario.edition)
        for code in order:
            by_run = np.bincount(run, weights=turns[:, codes.index(code)], minlength=len(councils))
            rows[code] |= share_over_runs(by_run, rule, councils)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("member")
