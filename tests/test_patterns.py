"""The patterns of the design, section 8: decided before the runs, with a fixed seed.

A version of the model that misses one is wrong; the tolerances below were stated before the runs were made. The page on
patterns is computed with 2,000 runs (``PATTERN_RUNS=2000``), and the tests have half of that.
``pytest -s tests/test_patterns.py`` prints what each measured.
"""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import article10
from article10.agents.members import REASON_STANCE
from article10.model.edition import read_edition
from article10.model.first_day import first_day
from article10.model.influence_network import friedkin_johnsen
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.shipped import CHOSEN
from article10.runs.ensemble.simulate import simulate

RUNS = int(os.environ.get("PATTERN_RUNS", "1000"))
SEED = 20251201

QUIET = {
    "russia.strategy": "inert",
    "stance.shock": 0.0,
    "stance.spread_scale": 0.0,
    "elections.incumbency": 1.0,
    "elections.fall_rate": 0.0,
    "war.volatility": 0.0,
    "war.front_drift": 0.0,
    "war.front_volatility": 0.0,
    "war.ceasefire_rate": 0.0,
    "plans.hegemon_rate": 0.0,
}
"""No Russia, no plan, no noise; with ``events=()`` nothing happens at all."""


@pytest.fixture(params=["2025-12", "2026-12"], autouse=True)
def edition(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The default edition: the patterns hold on each. Scenarios of the past have their own, and are run once."""
    if request.node.name.startswith("test_3") and request.param != "2025-12":
        pytest.skip("pattern 3 is about scenarios of the past")
    monkeypatch.setenv(CHOSEN, request.param)
    return str(request.param)


def day(years: int, month: int, of_month: int) -> date:
    """A day in a year counted from that of the edition."""
    return date(read_edition().date.year + years, month, of_month)


def outcomes(scenario: str = "baseline", **changes: object) -> pd.DataFrame:
    return _outcomes(read_edition().name, scenario, **changes)


@cache
def _outcomes(edition: str, scenario: str, **changes: object) -> pd.DataFrame:
    return simulate(scenario, RUNS, SEED, changes=_dotted({"edition": edition, **changes}), record=()).outcomes


def _dotted(changes: dict[str, object]) -> dict[str, object]:
    return {key.replace("__", "."): value for key, value in changes.items()}


def acceded(frame: pd.DataFrame, by: str = "2100-01-01") -> float:
    return float((frame["accession_date"] < by).mean())


def paired_gain(with_it: pd.DataFrame, without: pd.DataFrame, column: str = "accession_date") -> tuple[float, float]:
    """Difference of the shares of runs that got there, and its standard error, run by run."""
    difference = with_it[column].notna().astype(float) - without[column].notna().astype(float)
    return float(difference.mean()), float(difference.std() / np.sqrt(len(difference)))


# 1 -----------------------------------------------------------------------------------------------------------------


def test_1_coded_stances_stay_where_they_are_when_nothing_happens():
    still = read_scenario("baseline", QUIET).with_(events=())
    stance = simulate(still, 2, SEED).data["stance"].to_numpy()
    years = (still.horizon - still.start).days / 365.25
    drift = np.abs(stance[:, -1] - stance[:, 0]).max() / years
    first_year = np.abs(stance[:, 52] - stance[:, 0]).max()
    print(f"\npattern 1: largest drift {drift:.1e} a year, {first_year:.1e} in the first")
    assert drift < 0.02
    assert first_year < 0.02


def test_1_control_something_happening_moves_them():
    moved = read_scenario("ceasefire_2026", QUIET).with_(
        events=tuple(e for e in read_scenario("ceasefire_2026").events if e.name == "ceasefire")
    )
    stance = simulate(moved, 2, SEED).data["stance"].to_numpy()
    assert np.abs(stance[:, 104] - stance[:, 0]).max() > 0.02


# 2 -----------------------------------------------------------------------------------------------------------------


def test_2_accession_within_five_years_is_unlikely():
    share = acceded(outcomes(), f"{day(5, 12, 1)}")
    print(f"\npattern 2: acceded within five years in {share:.1%} of runs, by the horizon in {acceded(outcomes()):.1%}")
    assert share < 0.25


def test_2_the_most_opposed_object_most():
    data = simulate("baseline", RUNS, SEED, record=()).data
    by_stance = (data["reason"].to_numpy() & REASON_STANCE) > 0
    held = (data["ballot"].to_numpy() >= 0).any(axis=2).sum()
    share = pd.Series(by_stance.sum(axis=(0, 1)) / held, index=data["member"].to_numpy())
    coded = article10.read_roster().stance
    order = pd.Series(coded, index=article10.read_roster().iso3)
    print(f"\npattern 2: objections by stance, share of councils: {share.nlargest(8).round(2).to_dict()}")
    most_opposed = set(order[order == order.min()].index)
    assert set(share.nlargest(len(most_opposed)).index) == most_opposed
    assert share.corr(order, method="spearman") < -0.7


# 3 -----------------------------------------------------------------------------------------------------------------


def ratification_days(scenario: str, **changes: object) -> np.ndarray:
    """Days to the n-th ratification, (run, n), infinite where it did not come."""
    data = simulate(scenario, RUNS, SEED, changes=_dotted(changes), record=()).data
    step = np.where(data["ratified_step"] < 0, np.inf, data["ratified_step"].to_numpy())
    return np.sort(step * 7.0, axis=1)


@cache
def days_2022() -> np.ndarray:
    return ratification_days("finland_2022")


def test_3_the_majority_ratifies_fast_and_the_holdouts_are_a_long_tail():
    median = np.median(days_2022(), axis=0)
    shown = median[[9, 19, 27, 29]]
    print(f"\npattern 3: median days to the 10th, 20th, 28th, last ratification {shown}; in fact 7, 28, 84, 268")
    assert median[19] <= 60  # 2022: the twentieth after 28 days
    assert median[27] <= 180  # 2022: the 28th after 84 days
    assert median[29] >= 3 * median[19]  # 2022: the last after 268 days
    assert 90 <= median[29] <= 600


def test_3_sweden_s_holdouts_take_longer_than_finland_s():
    sweden = ratification_days("sweden_2022")
    print(f"\npattern 3: Sweden, median days to the last {np.median(sweden[:, 29])}; in fact 601")
    assert np.median(sweden[:, 29]) > np.median(days_2022()[:, 29])
    assert abs(np.median(sweden[:, 14]) - np.median(days_2022()[:, 14])) <= 14


def test_3_a_calm_round_has_a_slower_bulk_and_no_tail_of_holdouts():
    calm = ratification_days(
        "finland_2022",
        ratification__urgency=0.1,
        roster__HUN__stance=0.6,
        roster__TUR__stance=0.6,
        roster__HUN__government_ties=0.0,
        roster__TUR__government_ties=0.0,
    )
    bulk_calm, bulk_2022 = np.median(calm[:, 15]), np.median(days_2022()[:, 15])
    print(f"\npattern 3: median signatory {bulk_calm} days in a calm round, {bulk_2022} at the urgency of 2022")
    assert bulk_calm >= 3 * bulk_2022  # 2003-04: the median signatory after 245 days, against 15 in 2022
    assert np.median(calm[:, 29]) / bulk_calm < np.median(days_2022()[:, 29]) / bulk_2022


# 4 -----------------------------------------------------------------------------------------------------------------


def test_4_the_same_pressure_lowers_the_susceptible_and_raises_the_exposed():
    press = {"kind": "pressure", "name": "test", "date": day(1, 1, 5), "intensity": 1.5, "weeks": 52}
    calm = read_scenario("no_pressure", {"horizon": day(2, 6, 7)})
    pressed = read_scenario(calm, {"events": [press]})
    gain = _mean_stance(pressed, day(2, 1, 4)) - _mean_stance(calm, day(2, 1, 4))
    roster = article10.read_roster()
    susceptibility = 1 - (1 - roster.structural_susceptibility) * (1 - roster.government_ties)
    yielding = susceptibility > 0.6
    firm = (susceptibility < 0.25) & (roster.exposure > 0.5)
    print(f"\npattern 4: susceptible {gain[yielding].round(3)}, exposed and unsusceptible {gain[firm].round(3)}")
    assert yielding.sum() >= 3
    assert firm.sum() >= 4
    assert gain[yielding].max() < -0.01
    assert gain[firm].min() > 0.01


def _mean_stance(scenario: article10.Scenario, on: date) -> np.ndarray:
    data = simulate(scenario, RUNS, SEED).data
    return data["stance"].sel(step=str(on), method="nearest").mean("run").to_numpy()


# 5 -----------------------------------------------------------------------------------------------------------------


def test_5_russia_s_concentrated_pressure_lowers_accession():
    gain, error = paired_gain(outcomes("no_pressure"), outcomes())
    print(f"\npattern 5: P(accession | inert) less P(accession | weakest_link) {gain:+.3f}, se {error:.3f}")
    assert gain > 3 * error


def test_5_concentrated_pressure_lowers_it_more_than_spread_evenly():
    gain, error = paired_gain(outcomes(russia__strategy="uniform"), outcomes())
    print(f"\npattern 5: P(accession | uniform) less P(accession | weakest_link) {gain:+.3f}, se {error:.3f}")
    assert gain > 3 * error


# 6 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_6_guarantees_turn_from_stepping_stone_to_substitute():
    given = {"kind": "guarantee", "name": "given", "date": day(1, 7, 1), "level": 0.6, "binding": True}
    base = read_scenario("baseline", {"events": [given]})
    share = [
        acceded(simulate(base, RUNS, SEED, changes={"guarantees.substitution": rho}, record=()).outcomes)
        for rho in (-1.0, -0.5, 0.0, 0.5, 1.0)
    ]
    print(f"\npattern 6: P(accession) for rho -1, -0.5, 0, 0.5, 1: {np.round(share, 3)}")
    assert all(a >= b for a, b in pairwise(share)), share
    assert share[0] - share[-1] > 0.1, share


# 7 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_7_a_holdout_s_change_of_government_moves_the_alliance_more_than_an_ordinary_member_s():
    """In runs in which no other government changes: an election soon after would undo the turn, or bring it anyway."""
    others_stay = {"elections.incumbency": 1.0, "elections.fall_rate": 0.0}
    at_rest = simulate(read_scenario("baseline", others_stay), RUNS, SEED, record=()).outcomes
    gains = {}
    roster = article10.read_roster()
    holdouts = [m for m, code in zip(roster.iso3, roster.stance, strict=True) if code == roster.stance.min()]
    holdouts.remove(
        roster.iso3[int(roster.influence_weight.argmax())]
    )  # the hegemon is neither ordinary nor one of many
    for member in (*holdouts, "NLD", "DNK", "PRT"):
        orientation = -0.5 * roster.government_ties[roster.index(member)]
        turn = {
            "kind": "election",
            "name": "turn",
            "date": day(1, 4, 15),
            "member": member,
            "orientation": orientation + 0.5,
            "government_ties": 0.0,
        }
        changed = read_scenario("baseline", {**others_stay, "events": [turn]})
        changed = simulate(changed, RUNS, SEED, record=()).outcomes
        gains[member] = paired_gain(changed, at_rest, "invitation_date")[0]
    print(
        f"\npattern 7: gain in P(invitation) by whose government turns: { {k: round(v, 3) for k, v in gains.items()} }"
    )
    ordinary = max(gains[m] for m in ("NLD", "DNK", "PRT"))
    assert holdouts
    assert min(gains[m] for m in holdouts) > max(ordinary, 0.01), gains


# 8 -----------------------------------------------------------------------------------------------------------------


def test_8_a_sudden_attack_raises_support_most_in_the_attacker_s_neighbours():
    quiet = read_scenario(
        "no_pressure",
        {
            "war.starts_in_ceasefire": True,
            "war.ceasefire_intensity": 0.0,
            "war.breach_rate": 0.0,
            "horizon": day(3, 1, 3),
        },
    ).with_(events=())
    attack = {"kind": "breach", "name": "attack", "date": day(1, 12, 7)}
    attacked = read_scenario(quiet, {"events": [attack], "war.ceasefire_rate": 0.0})
    gain = _mean_stance(attacked, day(2, 12, 6)) - _mean_stance(quiet, day(2, 12, 6))
    neighbours = article10.read_roster().borders_russia
    print(f"\npattern 8: neighbours {gain[neighbours].round(3)}, others at most {gain[~neighbours].max():.3f}")
    assert gain[neighbours].min() > gain[~neighbours].mean()
    assert gain[neighbours].mean() > gain[~neighbours].max()
    assert gain[neighbours].mean() > 0.02


# 9 -----------------------------------------------------------------------------------------------------------------

ONLY = dict.fromkeys(("intimidation", "hardening", "reassurance", "persuasion", "shock"), False)


def test_9_with_assessment_and_peers_alone_stances_reach_friedkin_and_johnsen_s_closed_form():
    from article10.model import schedule
    from article10.model.randomness import draw

    scenario = read_scenario("baseline", QUIET | {f"mechanisms.{k}": v for k, v in ONLY.items()}).with_(events=())
    still = {"trust.divergence_cost": 0.0, "article5.spending_weight": 0.0, "plans.hegemon_rate": 0.0}
    scenario = scenario.with_(still, horizon=date(2050, 12, 1), step_days=28)
    setup = Setup.of(scenario)
    world = first_day(setup, draw(setup.streams, SEED, range(3)))
    wanted = np.random.default_rng(3).uniform(-0.9, 0.9, world.members.stance.shape)
    world.members.disposition = wanted - world.members.orientation
    schedule.begin(world)
    for _ in range(scenario.n_steps):
        schedule.step(world)
    p = scenario.stance
    for row, disposition in zip(world.members.stance, wanted, strict=True):
        closed_form = friedkin_johnsen(disposition, setup.network, p.assessment_rate, p.peer_rate)
        print(f"\npattern 9: furthest from the closed form {np.abs(row - closed_form).max():.1e}")
        assert np.abs(row - closed_form).max() < 1e-6


@pytest.mark.parametrize(("bound", "least", "most"), [(2.0, 1, 1), (0.5, 1, 3), (0.15, 3, 8)])
def test_9_with_a_confidence_bound_alone_stances_form_hegselmann_and_krause_s_clusters(bound, least, most):
    from dataclasses import replace

    from article10.model import schedule
    from article10.model.randomness import draw

    switches = {f"mechanisms.{k}": v for k, v in (ONLY | {"assessment": False}).items()}
    more = {"stance.confidence_bound": bound, "stance.peer_rate": 5.0, "stance.clarity_rate": 52.0}
    scenario = read_scenario("baseline", QUIET | switches | more | {"trust.divergence_cost": 0.0})
    setup = Setup.of(scenario.with_(events=()))
    n = len(setup.roster)
    equal = replace(setup.roster, influence_weight=np.full(n, 1 / n), affinity=1.0 - np.eye(n))
    setup = replace(setup, roster=equal)
    world = first_day(setup, draw(setup.streams, SEED, range(1)))
    world.members.stance = np.linspace(-0.9, 0.9, n)[None, :].copy()
    world.members.perceived = world.members.stance.copy()
    for _ in range(setup.n_steps):
        schedule.step(world)
    final = np.sort(world.members.stance[0])
    gaps = np.diff(final)
    same, apart = gaps < 1e-6, gaps > bound
    assert (same | apart).all(), final  # clusters: equal within, further apart than the bound between
    print(f"\npattern 9: bound {bound}: {1 + apart.sum()} clusters")
    assert least <= 1 + apart.sum() <= most
