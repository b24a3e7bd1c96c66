"""Three futures compared: membership, guarantees in lieu of it, and neither, by their consequences in the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.article5 import attack_hazard
from article10.agents.war import breach_hazard
from article10.model.accession_rule import MEMBER
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.guarantees.three_futures_result import (
    FUTURES,
    IN_LIEU,
    MEASURES,
    MEMBERSHIP,
    NEITHER,
    ThreeFutures,
)
from article10.runs.analyses.guarantees.tradeoff import day_of_guarantee, with_guarantee
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import Progress, paired_runs, part_of, reached, years_until
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.statistics.intervals import (
    mean_over_runs,
    paired,
    share,
    warn_if_underpowered,
)

MOST_DETERRENCE = 0.95
"""Most that ``article5.deterrence`` can be."""

DETERRENCE = (0.0, 0.25, 0.5, 0.75, 0.9)
"""Values of ``war.deterrence`` for which renewed attacks are compared: its plausible range."""


@checked
def three_futures(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    level: float = 0.6,
    given: str | date | None = None,
    deterrence: Sequence[float] = DETERRENCE,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> ThreeFutures:
    """Compare the consequences of membership, of guarantees in lieu of it, and of neither, in paired runs.

    Membership: all members support from the first day, whatever the war, and the candidate keeps its bid. Guarantees in
    lieu: all members give a binding guarantee, and one member always objects. Neither: one member always objects, and
    no new guarantee is given.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of each future.
        seed: seed of all random streams.
        level: level of the binding guarantee, from 0 to 1.
        given: date on which the guarantee is given; by default seven months after the start.
        deterrence: values of ``war.deterrence``, and for a member of ``article5.deterrence``, for which renewed
            attacks are compared.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario, the level or the date is invalid.
        ValueError: ``runs`` or ``seed`` is invalid.

    Warns:
        TooFewRunsWarning: a difference is not distinguishable from zero; the message says how many runs are needed.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    kept = ("war_intensity", "guarantee", "force_cap", "deterrence", "stage")
    day = day_of_guarantee(chosen, given)
    total = runs * len(FUTURES) * (1 + len(deterrence))
    results = paired_runs(
        futures_of(chosen, level, day), runs, seed, by_year=kept, progress=part_of(progress, 0, total)
    )
    by_deterrence = []
    for place, strength in enumerate(deterrence, start=1):
        deterred = {"war.deterrence": float(strength), "article5.deterrence": min(float(strength), MOST_DETERRENCE)}
        variants = futures_of(chosen.with_(deterred), level, day)
        swept = paired_runs(variants, runs, seed, progress=part_of(progress, place * len(FUTURES) * runs, total))
        by_deterrence += _attacks(float(strength), swept)
    joins, years = (of(results[MEMBERSHIP], "accession") for of in (reached, years_until))
    found = ThreeFutures(
        scenario=chosen,
        runs=runs,
        seed=seed,
        level=level,
        given=day,
        consequences=_consequences(results),
        by_deterrence=pd.DataFrame(by_deterrence).set_index(["deterrence", "future"]),
        acceded={**share(joins, "share"), **mean_over_runs(years[joins], "years")},
    )
    return warn_if_underpowered(found)


def _attacks(deterrence: float, results: Mapping[str, EnsembleResult]) -> list[dict[str, Any]]:
    """Rows of mean numbers of renewed attacks at a strength of deterrence, one row per future."""
    return [
        {
            "deterrence": deterrence,
            "future": name,
            **mean_over_runs(result.outcomes_by_member["breaches"].to_numpy(float), "attacks"),
        }
        for name, result in results.items()
    ]


def _consequences(results: Mapping[str, EnsembleResult]) -> pd.DataFrame:
    """Indexed by measure and future: the mean, and the difference from neither in paired runs."""
    values = {name: _values(result) for name, result in results.items()}
    rows = []
    for measure in MEASURES:
        for name in FUTURES:
            own, other = values[name][measure], values[NEITHER][measure]
            row = {"measure": measure, "future": name, **mean_over_runs(own, "mean")}
            rows.append(row | paired(own, other).row("difference"))
    return pd.DataFrame(rows).set_index(["measure", "future"])


def futures_of(scenario: Scenario, level: float, day: date) -> dict[str, Scenario]:
    """The three futures of a scenario, by name."""
    bare = LEVERS["guarantees"].without(scenario)
    members = bare.members().iso3
    shut = bare.with_(ballots={**bare.ballots, members[0]: "object"})
    no_bar = {"accession.war_bar": 1.0, "candidate.may_shelve": False}
    opened = bare.with_(no_bar, ballots=dict.fromkeys(members, "support"))
    return {MEMBERSHIP: opened, IN_LIEU: with_guarantee(shut, level, day), NEITHER: shut}


def _values(result: EnsembleResult) -> dict[str, np.ndarray]:
    frame = result.outcomes_by_member
    found = {name: frame[name].to_numpy(float) for name in MEASURES if name in frame}
    return found | {"front": 100 * found["front"], "security": security(result)}


def security(result: EnsembleResult) -> np.ndarray:
    """Probability of peace at the horizon that lasts for one more year, (run,).

    It is zero in runs with a hot war at the horizon, and otherwise ``exp(-hazard)``: the hazard is that of a breach, or
    for a member that of an attack.

    Args:
        result: result of ``paired_runs`` with ``war_intensity``, ``guarantee``, ``force_cap``,
            ``deterrence`` and ``stage`` by year.
    """
    last, s = result.data.isel(year=-1), result.scenario
    is_member = last["stage_by_year"].to_numpy() == MEMBER
    guarantee, cap, deterrence = (
        last[f"{name}_by_year"].to_numpy().astype(float) for name in ("guarantee", "force_cap", "deterrence")
    )
    breach = breach_hazard(guarantee, cap, s.war)
    attack = attack_hazard(deterrence, s.guarantees.membership, s.war.breach_rate, s.article5)
    hot = last["war_intensity_by_year"].to_numpy() > s.war.hot_line
    return np.where(hot, 0.0, np.exp(-np.where(is_member, attack, breach)))
