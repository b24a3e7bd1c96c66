"""Nowcasts: weights are a posterior, a truth is found again, late, missing and contradictory rows do as they should."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.agents.plans import FROM_HEGEMON
from article10.model.coded import STANCE_PER_CODE, mean_code
from article10.model.edition import read_edition
from article10.model.randomness import spawned_seeds
from article10.model.setup import Setup
from article10.runs.command_line import app
from article10.runs.ensemble.history import arrays_of
from article10.runs.evidence.nowcast.cloud import NO_JUMPS, Cloud, Jumps, systematic
from article10.runs.evidence.nowcast.nowcast_scores import LAST, NO_CHANGE, NOWCAST, UNFILTERED
from article10.runs.evidence.nowcast.observations import (
    CEASEFIRE,
    GOVERNMENT,
    POSITION,
    Assumptions,
    Observation,
    Seen,
    code_probability,
    log_likelihood,
    powers,
)
from article10.runs.evidence.nowcast.particle_filter import COLUMNS, Asked, filtered, weighted_quantiles
from article10.runs.evidence.nowcast.record import HEGEMON_PLAN, record_of
from article10.runs.evidence.nowcast.rows_file import read_rows
from article10.runs.statistics.scores import crps

START = dt.date(2025, 12, 1)
UNDECIDED = ("CZE", "GRC", "LUX")
"""Members at a code of 0, so that some worlds agree with -1 and many do not."""

HALF_YEAR = {"horizon": "2026-06-01"}
MEAN, SD, OBJECTS = (COLUMNS.index(name) for name in ("mean", "sd", "objects"))


def position(member, code, day=START, seen=None, **flags):
    return Observation(day, seen or day, POSITION, (member,), (float(code),), **flags)


def short(**changes):
    return article10.read_scenario("baseline", {**HALF_YEAR, **changes}, edition="2025-12")


def asked(rows, runs=400, seed=3, scenario=None, assumed=None, learn_until=dt.date.max):
    return Asked(Setup.of(scenario or short()), runs, seed, rows, assumed or Assumptions(), learn_until, {})


@pytest.fixture(scope="module")
def found():
    return article10.nowcast(runs=600, seed=3, edition="2025-12", until="2026-12-01")


# --- the likelihood -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [0.0, 0.1])
@pytest.mark.parametrize("stance", [-0.9, -0.31, 0.0, 0.14, 0.6])
def test_probabilities_of_the_codes_sum_to_one(stance, wrong):
    seen = Seen(np.array([[stance]]), np.zeros((1, 1), bool), np.zeros(1, bool))
    assumed = Assumptions(wrong_row=wrong)
    total = sum(math.exp(log_likelihood(position("HUN", code), seen, assumed)[0]) for code in range(-2, 3))
    assert total == pytest.approx(1.0, abs=1e-12)


def test_an_office_that_does_not_decide_says_less():
    stances = np.array([[0.3], [-0.3]])
    seen = Seen(stances, np.zeros((2, 1), bool), np.zeros(2, bool))

    def ratio(**flags):
        said = log_likelihood(position("CZE", 1, **flags), seen, Assumptions())
        return said[0] - said[1]

    assert ratio() > ratio(sourced=False) > ratio(decides=False) > 0


def test_rows_on_governments_and_a_ceasefire_favour_worlds_that_agree():
    seen = Seen(np.zeros((2, 2)), np.array([[True, False], [False, False]]), np.array([True, False]))
    sides = Observation(START, START, GOVERNMENT, ("HUN", "POL"), (1.0, 0.0))
    said = np.exp(log_likelihood(sides, seen, Assumptions(wrong_side=0.1)))
    assert said == pytest.approx([0.9 * 0.9, 0.1 * 0.9])
    none = Observation(START, START, CEASEFIRE, (), (0.0,))
    assert np.exp(log_likelihood(none, seen, Assumptions(wrong_side=0.1))) == pytest.approx([0.1, 0.9])


# --- the posterior --------------------------------------------------------------------------------------------------


def test_weights_are_the_posterior_in_a_case_with_a_closed_form():
    """A normal stance, one code on the first day: probability and posterior mean are known exactly."""
    centre, spread, code = 0.1, 0.2, 1.0
    roster = {"roster.HUN.stance": centre, "roster.HUN.stance_spread": spread}
    assumed = Assumptions(wrong_row=0.0, sourced_spread=0.1)
    work = asked([position("HUN", code)], runs=15_000, scenario=short(horizon="2025-12-09", **roster), assumed=assumed)
    result = filtered(work)
    total = math.hypot(spread, 0.1)
    low, high = ((STANCE_PER_CODE * (code + side) - centre) / total for side in (-0.5, 0.5))
    normal = NormalDist()
    probability = normal.cdf(high) - normal.cdf(low)
    mean = centre + spread**2 / total * (normal.pdf(low) - normal.pdf(high)) / probability
    row = result.taught.iloc[0]
    n = 15_000
    assert row["probability"] == pytest.approx(probability, abs=4 * math.sqrt(probability / n))
    assert row["mean_after"] == pytest.approx(mean, abs=4 * spread / math.sqrt(n * probability))
    assert row["mean_before"] == pytest.approx(centre, abs=4 * spread / math.sqrt(n))


def test_resampling_leaves_the_posterior_as_it_is():
    """With the same weights, means before and after resampling differ by chance alone."""
    cloud = Cloud(Setup.of(short()), 4000, 3)
    weight = code_probability(0.0, cloud.stance[:, 0], 0.06)
    weight /= weight.sum()
    before = weight @ cloud.stance
    error = cloud.stance.std(axis=0) / math.sqrt(1.0 / (weight**2).sum())
    cloud.resample(weight)
    assert (np.abs(cloud.stance.mean(axis=0) - before) < 4 * error + 1e-3).all()


@pytest.mark.slow
def test_a_known_truth_is_found_again():
    """Rows that follow a run of the model, by the declared likelihood, bring the worlds nearer to it."""
    scenario = short()
    truth = article10.simulate(scenario, 8, spawned_seeds(3, "truths", 1)[0]).data["stance"].to_numpy()
    rng = np.random.default_rng(5)
    assumed, roster = Assumptions(), scenario.members().iso3
    gains, inside = [], []
    for run in range(8):
        rows = []
        for week in (4, 8, 12, 16, 20, 24):
            day = START + dt.timedelta(weeks=week)
            for member in range(0, len(roster), 2):
                said = truth[run, week, member] + assumed.sourced_spread * rng.standard_normal()
                code = np.clip(np.round(said / STANCE_PER_CODE), -2, 2)
                if rng.random() < assumed.wrong_row:
                    code = rng.integers(-2, 3)
                rows.append(position(roster[member], code, day))
        result = filtered(asked(rows, runs=3000, seed=11 + run, scenario=scenario, assumed=assumed))
        known = slice(0, len(roster), 2)
        weighed = crps(result.stance[:, known], truth[run, -1, known], result.weight)
        prior = filtered(asked([], runs=1000, seed=11 + run, scenario=scenario)).stance[:, known]
        gains.append(crps(prior, truth[run, -1, known]).mean() - weighed.mean())
        low, high = weighted_quantiles(result.stance[:, known], result.weight, (0.05, 0.95))
        inside.append(((low <= truth[run, -1, known]) & (truth[run, -1, known] <= high)).mean())
    gains = np.array(gains)
    assert gains.mean() > 2 * gains.std(ddof=1) / math.sqrt(len(gains)) > 0
    assert 0.8 < np.mean(inside) < 0.98


# --- rows that are missing, contradictory, late ----------------------------------------------------------------------


def test_without_rows_nothing_is_learned():
    assert filtered(asked([])).weight == pytest.approx(1 / 400)


def test_what_contradicts_itself_within_a_month_leaves_both_possible():
    both = [position("HUN", -2), position("HUN", 0, START + dt.timedelta(days=2))]
    assert powers(both) == {0: 0.5, 1: 0.5}
    assert powers([*both, position("HUN", 0, dt.date(2026, 1, 1))])[2] == 1.0
    assert powers([*both, position("SVK", 0)])[2] == 1.0
    assert powers([both[0], position("HUN", 0, decides=False)]) == {0: 1.0, 1: 1.0}
    stances = np.linspace(-0.8, 0.8, 81)[:, None]
    seen = Seen(stances, np.zeros((81, 1), bool), np.zeros(81, bool))
    said = sum(0.5 * log_likelihood(row, seen, Assumptions()) for row in both)
    at = {round(float(s), 2): value for s, value in zip(stances[:, 0], said, strict=True)}
    assert at[-0.6] == pytest.approx(at[0.0], abs=0.05)
    assert at[-0.6] > at[-0.3] + 1.0
    assert at[-0.6] > at[0.6] + 1.0


def test_the_same_said_twice_in_a_month_counts_once():
    once = filtered(asked([position("HUN", -1)]))
    twice = filtered(asked([position("HUN", -1), position("HUN", -1)]))
    np.testing.assert_allclose(twice.weight, once.weight, rtol=1e-9)


def test_a_late_row_weighs_by_the_stance_on_its_day_when_it_becomes_known():
    day, seen = START + dt.timedelta(weeks=4), START + dt.timedelta(weeks=16)
    timely = filtered(asked([position("BGR", -1, day)], runs=2000))
    late = filtered(asked([position("BGR", -1, day, seen)], runs=2000))
    prior = filtered(asked([], runs=2000))
    place = short().members().index("BGR")
    np.testing.assert_array_equal(late.by_step[:16], prior.by_step[:16])
    assert late.by_step[15, place, MEAN] - timely.by_step[15, place, MEAN] > 0.02
    assert late.by_step[-1, place, MEAN] == pytest.approx(timely.by_step[-1, place, MEAN], abs=0.02)
    assert late.taught["probability"].iloc[0] == pytest.approx(timely.taught["probability"].iloc[0], rel=1e-6)


def test_a_late_row_finds_the_stances_of_the_ancestors_after_a_resampling():
    """Two surprising rows make the worlds resample in between; the late one is of a day before."""
    day = START + dt.timedelta(weeks=2)
    rows = [
        *(position(code, -1, START + dt.timedelta(weeks=6)) for code in UNDECIDED),
        position("BGR", -1, day, START + dt.timedelta(weeks=10)),
    ]
    work = asked(rows, runs=3000)
    result = filtered(work)
    assert result.weights["resampled"].iloc[6]
    stance, _ = result.foreseen[len(rows) - 1]
    again = filtered(asked([position("BGR", -1, day)], runs=3000)).foreseen[0][0]
    assert set(stance.tolist()) <= set(again.tolist())
    assert len(set(stance.tolist())) < len(set(again.tolist()))


# --- resampling -----------------------------------------------------------------------------------------------------


def test_systematic_resampling_gives_each_its_share_and_keeps_survivors_in_place():
    rng = np.random.default_rng(1)
    for _ in range(20):
        weights = rng.dirichlet(np.full(50, 0.3))
        ancestors = systematic(weights, rng.random())
        offspring = np.bincount(ancestors, minlength=50)
        assert (np.abs(offspring - 50 * weights) < 1.0).all()
        survivors = offspring.nonzero()[0]
        assert (ancestors[survivors] == survivors).all()


def test_a_copy_has_the_whole_state_of_its_ancestor_and_the_draws_of_its_place():
    setup = Setup.of(short())
    cloud, plain = Cloud(setup, 130, 3), Cloud(setup, 130, 3)
    for _ in range(6):
        cloud.advance()
        plain.advance()
    before = {name: np.concatenate([arrays_of(w)[name] for w in plain.worlds]) for name in arrays_of(plain.worlds[0])}
    weights = np.zeros(130)
    weights[100:] = 1 / 30
    ancestors = cloud.resample(weights)
    assert (ancestors[:100] >= 100).all()
    assert (ancestors[100:] == np.arange(100, 130)).all()
    after = {name: np.concatenate([arrays_of(w)[name] for w in cloud.worlds]) for name in before}
    anew = {"members.ratification_progress", "bargain.ends_at", "bargain.resists", "bargain.weakest"}
    assert before.keys() == after.keys()
    for name in before.keys() - anew:
        np.testing.assert_array_equal(after[name], before[name][ancestors], err_msg=name)
    cloud.advance()
    plain.advance()
    np.testing.assert_array_equal(cloud.stance[100:], plain.stance[100:])  # survivors go on with their own draws
    assert (cloud.stance[:100] != plain.stance[ancestors[:100]]).any(axis=1).all()  # copies do not


def test_events_under_way_go_on_in_copies():
    event = {"kind": "pressure", "name": "campaign", "rate": 6.0, "weeks": 10, "targets": "all"}
    cloud = Cloud(Setup.of(short(events=[event])), 200, 3)
    for _ in range(8):
        cloud.advance()

    def acts():
        found = {e.name: a for w in cloud.worlds for e, a, _ in w.events}
        assert "campaign" in found
        return np.concatenate([next(a for e, a, _ in w.events if e.name == "campaign") for w in cloud.worlds], axis=1)

    before = acts()
    weights = np.zeros(200)
    weights[150:] = 1 / 50
    ancestors = cloud.resample(weights)
    np.testing.assert_array_equal(acts()[:8], before[:8, ancestors])
    under_way = before[7, ancestors] & before[8, ancestors]
    assert under_way.any()
    begun_this_week = before[8] & ~before[7]
    assert acts()[8][under_way & ~begun_this_week[ancestors]].mean() > 0.95


def test_the_same_seed_gives_the_same_nowcast_and_another_seed_another():
    rows = [position(code, -1, START + dt.timedelta(weeks=w)) for w in (2, 8, 14) for code in UNDECIDED]
    one, same, other = (filtered(asked(rows, runs=300, seed=seed)) for seed in (3, 3, 4))
    assert one.weights["resampled"].any()
    np.testing.assert_array_equal(one.stance, same.stance)
    np.testing.assert_array_equal(one.weight, same.weight)
    assert not np.array_equal(one.stance, other.stance)


def test_the_result_does_not_depend_on_how_many_worlds_are_stepped_together(monkeypatch):
    rows = [position(code, -1, START + dt.timedelta(weeks=w)) for w in (2, 8, 14) for code in UNDECIDED]
    one = filtered(asked(rows, runs=300))
    monkeypatch.setattr("article10.runs.evidence.nowcast.cloud.chunk_size", lambda setup: 64)
    several = filtered(asked(rows, runs=300))
    assert one.weights["resampled"].any()
    np.testing.assert_allclose(several.stance, one.stance, atol=1e-12)


def test_jumps_come_at_their_rate_with_their_size_and_stay():
    jumps = Jumps(0.5, 0.4)
    drawn = jumps.of(np.random.default_rng(2).random((4000, 50), dtype=np.float32), 0.02)
    there = drawn[drawn != 0]
    expected = 1.0 - math.exp(-0.5 * 0.02)
    assert there.size / drawn.size == pytest.approx(expected, abs=4 * math.sqrt(expected / drawn.size))
    assert there.std() == pytest.approx(0.4, rel=0.1)
    assert abs(there.mean()) < 4 * 0.4 / math.sqrt(there.size)
    assert np.isfinite(jumps.of(np.array([[0.0]], np.float32), 0.02)).all()
    assert not NO_JUMPS.of(np.zeros((3, 3), np.float32), 0.02).any()
    setup = Setup.of(short())
    calm, restless = Cloud(setup, 300, 3), Cloud(setup, 300, 3, jumps=Jumps(1.0, 0.3))
    for _ in range(26):
        calm.advance()
        restless.advance()
    own = (restless.worlds[0].members.disposition != calm.worlds[0].members.disposition).mean()
    assert own == pytest.approx(1.0 - math.exp(-26 * 7 / 365.25), abs=0.03)
    assert restless.stance.std(axis=0).mean() > 1.2 * calm.stance.std(axis=0).mean()


def test_with_jumps_a_member_that_left_the_models_range_is_followed():
    """Slovakia said three times from January 2024 on that it was opposed; the model alone hardly gets there."""
    until, member = "2024-12-01", article10.read_scenario("ukraine_2022").members().index("SVK")
    with_them, without = (
        article10.nowcast("ukraine_2022", runs=1000, seed=3, until=until, assumptions={"jump_rate": rate})
        for rate in (0.05, 0.0)
    )
    assert with_them.filtered.by_step[-1, member, MEAN] < without.filtered.by_step[-1, member, MEAN] - 0.2
    np.testing.assert_array_equal(with_them.unfiltered.by_step, without.unfiltered.by_step)


# --- the package's rows ---------------------------------------------------------------------------------------------


def test_rows_of_2026_are_those_of_the_tables(found):
    kinds = [row.kind for row in found.rows]
    assert kinds.count(POSITION) == 11
    slovak = [row for row in found.rows if row.kind == POSITION and row.members == ("SVK",)]
    assert [(row.day, row.seen) for row in slovak] == [
        (dt.date(2026, 1, 1), dt.date(2026, 1, 1)),
        (dt.date(2026, 7, 15), dt.date(2026, 7, 31)),  # the table has the month alone
    ]
    sides = {
        code: value
        for row in found.rows
        if row.kind == GOVERNMENT
        for code, value in zip(row.members, row.values, strict=True)
    }
    assert {code for code, value in sides.items() if value} == {"BGR", "HUN", "SVN"}
    assert "SWE" not in sides  # who governs is not known
    assert max(row.seen for row in found.rows) == dt.date(2026, 10, 10)


def test_known_events_happen_in_every_world_and_take_the_place_of_those_left_to_chance(found):
    dated = [event for event in found.scenario.events if event.date is not None]
    assert {"incident", "guarantee", "snap_election", "leader_change"} <= {event.kind for event in dated}
    assert all(START <= event.date <= dt.date(2026, 10, 10) for event in dated)
    record = record_of(short(horizon="2026-12-01"), dt.date(2026, 12, 1), events=True)
    assert set(record.silent) == {"incident", "guarantee", "hegemon_plan", "russian_advance", "ukrainian_advance"}
    setup = Setup.of(record.scenario)
    cloud = Cloud(setup, 100, 3, {"incident": 40})
    acts = next(acts for event, acts, _ in cloud.worlds[0].events if event.name == "incident")
    assert not acts[:40].any()
    assert acts[40:].any()
    left = article10.nowcast(runs=20, edition="2025-12", until="2026-02-01", known_events=False).scenario
    assert all(event.date is None for event in left.events)


@pytest.mark.parametrize("silent", [True, False])
def test_the_hegemon_puts_no_plan_while_it_is_known_to_have_put_none(silent):
    steps = 40
    cloud = Cloud(Setup.of(short(horizon="2026-12-01")), 200, 3, {HEGEMON_PLAN: steps} if silent else {})
    came = False
    for _ in range(steps):
        cloud.advance()
        came |= any((world.candidate.plans // FROM_HEGEMON).any() for world in cloud.worlds)
    assert came != silent


def test_a_past_scenario_takes_in_what_did_not_set_its_start():
    found = article10.nowcast("ukraine_2022", runs=50, until="2024-12-01")
    assert found.scenario.start == dt.date(2022, 2, 24)
    rows = [(row.members[0], row.day) for row in found.rows]
    assert ("EST", dt.date(2022, 10, 2)) not in rows
    assert ("EST", dt.date(2023, 7, 12)) in rows
    assert all(row.kind == POSITION for row in found.rows)


# --- the result -----------------------------------------------------------------------------------------------------


def test_hungarys_election_and_statements_move_it(found):
    hungary = found.stances.loc["HUN"]
    assert hungary["alternative_governs"] > 0.9
    assert hungary["filtered"] > hungary["unfiltered"] + 0.05
    assert hungary["filtered_low"] < hungary["filtered"] < hungary["filtered_high"]


def test_what_rows_taught_adds_up(found):
    table = found.taught
    assert len(table) == len(found.rows)
    said = table.dropna(subset=["change"])
    assert len(said) == 11
    np.testing.assert_allclose(said["change"], said["mean_after"] - said["mean_before"])
    assert table["probability"].between(0, 1).all()
    assert (table["ess"] <= found.runs * (1 + 1e-9)).all()
    bulgaria = said.xs("BGR -1", level="row").iloc[0]
    assert bulgaria["objects_after"] > bulgaria["objects_before"]
    assert bulgaria["log_odds"] > 0


def test_scores_are_those_of_forecasts_made_before_the_row(found):
    cases = found.cases
    assert set(cases["forecaster"]) >= {NOWCAST, UNFILTERED, NO_CHANGE, LAST}
    place = int(cases["row"].iloc[0])
    row = found.rows[place]
    member = found.scenario.members().index(row.members[0])
    step = found.scenario.step_of(row.day)
    mine = cases[(cases["row"] == place) & (cases["forecaster"] == UNFILTERED)].iloc[0]
    prior = filtered(Asked(Setup.of(found.scenario), 600, 3, [], found.assumed, dt.date.max, _silent(found)))
    assert mine["forecast"] == pytest.approx(prior.by_step[step, member, MEAN], abs=1e-6)
    last = cases[(cases["member"] == "SVK") & (cases["forecaster"] == LAST)]["forecast"]
    assert last.iloc[1] == pytest.approx(-0.6, abs=1e-9)
    mean = cases[cases["forecaster"] == NOWCAST]["crps"].mean()
    assert found.scores.loc[NOWCAST, "crps"] == pytest.approx(mean)


def _silent(found):
    record = record_of(short(horizon="2026-12-01"), dt.date(2026, 12, 1), events=True)
    return {name: found.scenario.step_of(day) + 1 for name, day in record.silent.items()}


def test_nothing_after_the_last_day_of_learning_changes_a_forecast(found):
    cut = dt.date(2026, 3, 1)
    blind = article10.nowcast(runs=600, seed=3, edition="2025-12", until="2026-12-01", learn_until=cut)
    assert {row.seen > cut for row in blind.rows} == {True, False}
    assert all(found.rows[k].seen > cut for k in blind.cases["row"])
    known = sum(row.seen <= cut for row in blind.rows)
    assert len(blind.taught) == known
    turned = [
        Observation(row.day, row.seen, row.kind, row.members, tuple(-v for v in row.values), row.decides, row.sourced)
        if row.seen > cut and row.kind == POSITION
        else row
        for row in blind.rows
    ]
    again = article10.nowcast(runs=600, seed=3, edition="2025-12", until="2026-12-01", learn_until=cut, rows=turned)
    np.testing.assert_array_equal(again.filtered.by_step, blind.filtered.by_step)
    np.testing.assert_array_equal(blind.filtered.by_step[:13], found.filtered.by_step[:13])


def test_the_stances_are_compared_with_the_codes_of_the_later_edition(found):
    later = read_edition("2026-12")
    place = found.scenario.members().index("HUN")
    error = abs(found.filtered.by_step[-1, place, MEAN] - STANCE_PER_CODE * mean_code("HUN", "stance_code", later))
    assert found.codes.loc[NOWCAST, "error"] > error / 32
    assert article10.nowcast(runs=20, edition="2025-12", until="2026-11-01").codes.empty


def test_the_scenario_starts_from_the_filtered_stances(found, tmp_path):
    found.save(tmp_path / "nowcast")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        onward = article10.read_scenario(tmp_path / "nowcast" / "scenario.toml")
    assert onward.start == dt.date(2026, 12, 1)
    assert onward.horizon == article10.read_scenario("baseline", edition="2025-12").horizon
    roster, made = onward.members(), found.onward().members()
    np.testing.assert_allclose(roster.stance, found.filtered.by_step[-1, :, MEAN], atol=6e-4)
    np.testing.assert_allclose(roster.stance_spread, found.filtered.by_step[-1, :, SD], atol=6e-4)
    for name in ("government_ties", "alternative_stance", "alternative_spread", "standing_days", "war_bar"):
        np.testing.assert_allclose(getattr(roster, name), getattr(made, name), err_msg=name)
    base = article10.read_roster("2025-12")
    hungary, poland = roster.index("HUN"), roster.index("POL")
    assert roster.alternative_stance[hungary] == base.stance[hungary]  # who governed is the alternative now
    assert roster.alternative_stance[poland] == base.alternative_stance[poland]
    assert {event.name for event in onward.events} == {
        event.name for event in article10.read_scenario("baseline", edition="2025-12").events
    }
    assert article10.simulate(onward, 4, changes={"horizon": "2027-01-01"}).data.sizes["run"] == 4


def test_a_scenario_with_changes_of_its_own_is_written_whole(tmp_path):
    event = {"kind": "guarantee", "name": "pact", "date": "2026-09-01", "level": 0.4, "providers": ["USA", "GBR"]}
    past = {"kind": "ceasefire", "name": "truce", "date": "2026-01-12"}
    changes = {"stance.peer_rate": 0.8, "events": [event, past], "ballots.HUN": "acquiesce", "without": ["MNE"]}
    base = article10.read_scenario("baseline", {**changes, "horizon": "2028-12-01"}, edition="2025-12")
    found = article10.nowcast(base, runs=30, until="2026-06-01")
    found.save(tmp_path / "n")
    onward = article10.read_scenario(tmp_path / "n" / "scenario.toml")
    assert onward.model_dump(exclude={"name", "title"}) == found.onward().model_dump(exclude={"name", "title"})
    assert "truce" not in {each.name for each in onward.events}


# --- rows of one's own, and the command ----------------------------------------------------------------

HEAD = "date,kind,member,value,seen,decides\n"


def test_a_file_of_rows(tmp_path):
    path = tmp_path / "rows.csv"
    lines = "2026-01-10,position,HUN,-1,,\n2026-02,government,Poland,same,,\n2026-03-01,ceasefire,,no,2026-03-09,\n"
    path.write_text(HEAD + lines + "2026-03-01,position,SVK,,,\n2026-03-02,position,CZE,1,,no\n", "utf-8")
    rows = read_rows(path, article10.read_roster("2025-12"))
    assert [(row.kind, row.members, row.values) for row in rows] == [
        (POSITION, ("HUN",), (-1.0,)),
        (GOVERNMENT, ("POL",), (0.0,)),
        (CEASEFIRE, (), (0.0,)),
        (POSITION, ("CZE",), (1.0,)),
    ]
    assert [row.seen for row in rows] == [dt.date(2026, m, d) for m, d in ((1, 10), (2, 28), (3, 9), (3, 2))]
    assert [row.decides for row in rows] == [True, True, True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "2026-13-01,position,HUN,-1,,\n", ("line 2", "'2026-13-01'", "YYYY-MM-DD")),
        (HEAD + "2026-01-10,speech,HUN,-1,,\n", ("kind = 'speech'", "position or government or ceasefire")),
        (HEAD + "2026-01-10,position,HNU,-1,,\n", ("line 2: member: 'HNU'", "did you mean 'HUN'")),
        (HEAD + "2026-01-10,position,HUN,-3,,\n", ("value = '-3'", "from -2 to 2")),
        (HEAD + "2026-01-10,government,HUN,left,,\n", ("value = 'left'", "alternative or same")),
        (HEAD + "2026-01-10,ceasefire,HUN,no,,\n", ("member = 'HUN'", "leave it empty")),
        (HEAD + "2026-01-10,position,HUN,1,2026-01-09,\n", ("seen = 2026-01-09", "before the date")),
        (HEAD + "2026-01-10,position,HUN,1,,maybe\n", ("decides = 'maybe'", "yes or no")),
        ("date,kind,member\n2026-01-10,position,HUN\n", ("column 'value'", "missing")),
        ("date,kind,member,vlaue\n2026-01-10,position,HUN,1\n", ("column 'vlaue'", "did you mean 'value'")),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line(tmp_path, text, words):
    path = tmp_path / "rows.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"rows\.csv") as refused:
        read_rows(path, article10.read_roster("2025-12"))
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_scenario_about_which_the_package_has_no_rows_is_refused():
    league = Path(__file__).parents[1] / "docs" / "examples" / "tidal-league"
    with pytest.raises(ValueError, match=r"rows: there are none .* in the tables of the package"):
        article10.nowcast("calm_narrows", runs=4, edition=league)
    with pytest.raises(ValueError, match=r"rows: there are none from 2026-12-01"):
        article10.nowcast(runs=4, edition="2026-12", until="2027-06-01")


def test_the_command_writes_what_it_found(tmp_path):
    words = ["nowcast", "--from", "2025-12-01", "--until", "2026-03-01", "--runs", "30", "--assume", "wrong_row=0.2"]
    told = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert "scenario.toml" in told.output
    assert {"answer.txt", "rows.csv", "stances.csv", "weights.csv", "scenario.toml", "members.png"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }
    kept = pd.read_csv(tmp_path / "out" / "assumptions.csv", index_col="name")
    assert float(kept.loc["wrong_row", "value"]) == 0.2


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("--from", "2027-13-01"), "start = '2027-13-01'"),
        (("--until", "2025-06-01"), "until = 2025-06-01"),
        (("--learn-until", "2029-01-01"), "learn_until = 2029-01-01"),
        (("--assume", "wrong"), "--assume 'wrong'"),
        (("--assume", "wrong_rows=0.1"), "did you mean 'wrong_row'"),
        (("--rows", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_the_command_refuses_wrong_days_and_names(words, because):
    told = CliRunner().invoke(app, ["nowcast", "--runs", "2", *words])
    assert told.exit_code == 2
    assert because in told.stderr
