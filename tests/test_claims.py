"""The claims: their declaration is valid, and what is said of each is what its paired runs say."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

import article10
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.claims.claims import claims, claims_table
from article10.runs.analyses.claims.claims_result import Finding
from article10.runs.analyses.claims.declared import Claim, Direction, alike, changed, read_claims
from article10.runs.analyses.claims.measures import MEASURES
from article10.runs.analyses.paired import paired_runs, reached
from article10.runs.statistics.intervals import paired

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

DECLARED = {claim.id: claim for claim in read_claims()}
EFFECTS = [name for name, claim in DECLARED.items() if not claim.is_property]
RUNS, POINTS, AT_A_POINT = 30, 3, 6
CHANGES = {"horizon": "2029-06-01"}


@pytest.fixture(scope="module")
def scenario():
    return read_scenario("baseline", CHANGES)


@pytest.fixture(scope="module")
def found(scenario):
    return claims(scenario, RUNS, 4, n_points=POINTS, runs_at_a_point=AT_A_POINT, workers=1)


# --- the declaration --------------------------------------------------------------------------------------------------


def test_what_the_model_was_made_to_show_is_all_there():
    assert len(DECLARED) == len(read_claims()) >= 30
    assert {claim.measure for claim in DECLARED.values()} == {*MEASURES, "ballots"} - {"accession"}
    for claim in DECLARED.values():
        assert (claim.direction is Direction.NONE) == claim.is_property
        assert all((claim.claim, claim.mechanism, claim.source))
        assert bool(claim.switch) != claim.is_property
    assert DECLARED["in_lieu"].switch == {"guarantees.substitution": 1.0}
    assert DECLARED["stepping_stone"].switch == {"guarantees.substitution": -1.0}
    assert DECLARED["alarm"].switch == {"russia.alarm_rate": 0.0}


@pytest.mark.parametrize("name", EFFECTS)
def test_every_switch_is_valid_and_changes_the_scenario(name, scenario):
    world, switched = DECLARED[name].pair(scenario)
    assert world != switched
    assert Scenario.model_validate_json(switched.model_dump_json()) == switched
    assert not DECLARED[name].obstacle(scenario)


def test_a_turn_of_a_member_is_a_dated_election_and_never_an_override(scenario):
    turned = 0
    for claim in DECLARED.values():
        events = claim.switch.get("events", ())
        assert "roster" not in {key.partition(".")[0] for key in claim.switch}
        if any(event["kind"] == "election" for event in events):
            turned += 1
            switched = claim.pair(scenario)[1]
            assert switched.roster == scenario.roster
            assert any(event.kind == "election" and event.date == date(2026, 1, 12) for event in switched.events)
    assert turned >= 3
    assert DECLARED["us_turn"].pair(scenario)[1].events[-1].member == "USA"


def test_settings_are_those_that_the_declaration_names(scenario):
    event = {"kind": "guarantee", "name": "guarantee", "weeks": 2, "level": 0.5}
    held = changed(scenario, {"without": ["incident"], "events": [event], "ballots": {"HUN": "support"}})
    names = [each.name for each in held.events]
    assert names.count("guarantee") == 1
    assert next(each for each in held.events if each.name == "guarantee").date == date(2025, 12, 15)
    assert "incident" in {each.kind for each in scenario.events}
    assert "incident" not in {each.kind for each in held.events}
    assert held.ballots == {"HUN": "support"}


def test_members_that_do_not_disagree_have_the_mean_of_the_codes(scenario):
    mean = scenario.members().stance.mean()
    roster = alike(scenario.with_(roster={"HUN": article10.model.scenario.MemberOverride(stance=-1.0)})).members()
    np.testing.assert_allclose(roster.stance, roster.stance[0])
    np.testing.assert_allclose(alike(scenario).members().stance, mean)
    np.testing.assert_allclose(alike(scenario).members().alternative_stance, mean)


# --- the effects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["secretary_general", "plan_refused", "unanimity", "us_turn"])
def test_a_change_is_that_of_the_same_runs_simulated_alone(name, scenario, found):
    claim = DECLARED[name]
    world, switched = (article10.simulate(each, RUNS, 4).outcomes for each in claim.pair(scenario))
    column = {"invitation": "invitation_date", "shelved": "ever_shelved"}[claim.measure]
    own, usual = ((o[column].notna() if claim.measure == "invitation" else o[column]) for o in (switched, world))
    d = paired(own.to_numpy(bool), usual.to_numpy(bool))
    row = found.claims.loc[name]
    assert row["change"] == pytest.approx(100 * d.mean)
    assert (row["change_low"], row["change_high"]) == pytest.approx((100 * d.low, 100 * d.high))
    assert row["usual"] == pytest.approx(100 * usual.mean())


def test_the_changes_are_those_of_influence(scenario, found):
    lever = article10.Lever(
        "office", "the office", {"work": lambda s: changed(s, DECLARED["secretary_general"].switch)}
    )
    answer = article10.influence(scenario, of=lever, runs=RUNS, seed=4, by_channel=False)
    for outcome in ("invitation", "accession"):
        with_less_without = answer.total[outcome]
        assert found.milestones.loc["secretary_general", outcome] == pytest.approx(-100 * with_less_without.mean)


def test_measures_of_their_own_are_read_from_the_runs(scenario, found):
    world, switched = DECLARED["pledge"].pair(scenario)
    own, usual = (article10.simulate(each, RUNS, 4) for each in (switched, world))
    change = (own.outcomes["spending"] - usual.outcomes["spending"]).mean()
    assert found.claims.loc["pledge", "change"] == pytest.approx(change, rel=1e-4)
    assert found.claims.loc["pledge", "finding"] == Finding.AS_STATED

    world, switched = DECLARED["us_trust"].pair(scenario)
    both = paired_runs({"world": world, "switched": switched}, RUNS, 4, by_year=("trust",))
    usa = scenario.members().index("USA")
    trust = {name: np.delete(r.data["trust_by_year"].to_numpy(), usa, 2).mean((1, 2)) for name, r in both.items()}
    assert found.claims.loc["us_trust", "change"] == pytest.approx(
        (trust["switched"] - trust["world"]).mean(), abs=1e-5
    )


def test_estimates_at_a_plausible_point_are_those_of_paired_runs_there(scenario, found):
    from article10.model.values import SHAPES_OR_CHOOSES
    from article10.runs.batches.ranges import plausible_points

    drawn = plausible_points(POINTS, 4, kept=[f"{group}.{name}" for group, name in SHAPES_OR_CHOOSES])
    world, switched = DECLARED["unanimity"].pair(scenario.with_(drawn[1]))
    both = paired_runs({"world": world, "switched": switched}, AT_A_POINT, 4)
    change = reached(both["switched"], "invitation").mean() - reached(both["world"], "invitation").mean()
    assert found.estimates.loc[2, "unanimity"] == pytest.approx(100 * change)
    row = found.claims.loc["unanimity"]
    assert row["plausible_share"] == pytest.approx((found.estimates["unanimity"] > 0).mean())
    assert row["plausible_opposite"] == pytest.approx((found.estimates["unanimity"] < 0).mean())


def test_russia_has_no_ballot(found):
    assert found.ballots == (0, 32)
    assert found.claims.loc["no_ballot", "finding"] == Finding.PROPERTY
    assert "Formal weight: 0 of 32 ballots." in found.sentences()
    assert ("Russia has no ballot", "0 of 32 ballots", "holds", "–") in list(found.rows_as_text())


# --- what is said -----------------------------------------------------------------------------------------------------


def test_findings_follow_from_intervals_and_directions(found):
    for _, row in found.effects.iterrows():
        excludes = row["change_low"] > 0 or row["change_high"] < 0
        meets = (row["change"] > 0) == (row["direction"] == "up")
        said = Finding.UNDETECTED if not excludes else Finding.AS_STATED if meets else Finding.OPPOSITE
        assert row["finding"] == said
    counts = found.effects["finding"].value_counts()
    head = found.sentences()[0]
    assert f"{counts[Finding.AS_STATED]} are detected in the stated direction" in head
    assert f"{counts[Finding.UNDETECTED]} are not detected" in head
    assert len(found.undetected()) == 1


def test_an_effect_in_the_opposite_direction_is_said_and_fails_nothing(scenario, monkeypatch):
    turned = dataclasses.replace(DECLARED["pledge"], direction=Direction.UP)
    monkeypatch.setattr("article10.runs.analyses.claims.claims.read_claims", lambda: (turned,))
    answer = claims(scenario, 12, n_points=1, runs_at_a_point=2, workers=1)
    assert answer.claims.loc["pledge", "finding"] == Finding.OPPOSITE
    assert any(text.startswith("Opposite to what was stated: Defence spending") for text in answer.sentences())
    answer.plot().get_figure().draw_without_rendering()


def test_results_do_not_depend_on_the_number_of_processes_nor_on_how_runs_are_split(scenario, found, monkeypatch):
    monkeypatch.setattr("article10.runs.analyses.claims.claims.RUNS_OF_A_TASK", 11)
    monkeypatch.setattr("article10.runs.analyses.claims.claims.VARIANTS_OF_A_TASK", 5)
    done = []
    again = claims(
        scenario,
        RUNS,
        4,
        n_points=POINTS,
        runs_at_a_point=AT_A_POINT,
        workers=2,
        progress=lambda n, total: done.append((n, total)),
    )
    assert again.claims.equals(found.claims)
    assert again.estimates.equals(found.estimates)
    assert [n for n, _ in done] == sorted({n for n, _ in done})
    assert done[-1][0] == done[-1][1]


def test_what_cannot_be_asked_is_said():
    near = claims(runs=2, n_points=1, runs_at_a_point=2, workers=1, changes={"horizon": "2026-03-01"})
    assert set(near.not_asked) == {name for name, claim in DECLARED.items() if needs_weeks(claim) > 12}
    assert near.not_asked["wish_to_join"] == "the event that it needs, on 2026-06-01, is not before the horizon"
    assert "Not asked of this scenario: " in near.sentences()[-1]
    assert DECLARED["hungary_consents"].obstacle(read_scenario("vilnius_2003")) == ""
    without = read_scenario("baseline", {"without": ["HUN"]})
    assert DECLARED["hungary_consents"].obstacle(without) == "HUN is not a member"


def needs_weeks(claim: Claim) -> int:
    return max((event["weeks"] for held in (claim.world, claim.switch) for event in held.get("events", ())), default=0)


def test_without_plausible_points_the_table_is_the_same_but_for_their_shares(scenario, found):
    table = claims_table(scenario, RUNS, 4)
    shares = ["plausible_share", "plausible_opposite"]
    assert table.drop(columns=shares).equals(found.claims.drop(columns=shares))
    assert table[shares].isna().all(axis=None)
    answer = claims(runs=2, n_points=0, workers=1, changes={"horizon": "2026-03-01"})
    assert "plausible" not in answer.sentences()[-1]
    answer.plot().get_figure().draw_without_rendering()


def test_after_the_invitation_claims_are_about_accession():
    later = read_scenario("baseline", {"horizon": "2026-08-01", "accession.stage": "invited"})
    answer = claims(later, 2, n_points=1, runs_at_a_point=2, workers=1)
    assert answer.claims.loc["unanimity", "measure"] == "accession"


def test_the_picture_has_a_row_for_every_claim(found):
    axes = found.plot().get_figure().get_axes()
    labels = [" ".join(tick.get_text().split()) for ax in axes for tick in ax.get_yticklabels()]
    assert sorted(labels) == sorted(found.claims["claim"])
    assert len(axes[0].get_yticklabels()) == int(
        (found.claims["unit"].isna() | found.claims["unit"].eq("percentage points")).sum()
    )


def test_the_page_is_made_of_the_result(found):
    from claims_page import PAGE, claims_blocks
    from generated import with_blocks

    blocks = claims_blocks(found)
    page = with_blocks(PAGE.read_text("utf-8"), blocks)
    assert blocks["claims"].count("\n") == len(found.claims) + 2
    assert found.sentences()[0] in page
