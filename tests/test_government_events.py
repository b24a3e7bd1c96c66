"""Governments that fall, snap elections and new leaders: what they change, what they leave, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import article10
from article10.model.accession_model import AccessionModel
from article10.model.calendars import election_dates
from article10.model.scenario import ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.ensemble.simulate import simulate

START = read_scenario().start
YEAR = START.year
DAY = f"{YEAR + 1}-03-02"
SHORT = f"{YEAR + 1}-04-06"
ITALY = article10.read_roster().index("ITA")
SPREAD = article10.read_roster().alternative_spread[ITALY]
WINS = article10.read_roster().alternative_probability[ITALY]
FALL = {"kind": "government_fall", "name": "fall", "member": "ITA", "date": DAY}
SNAP = {"kind": "snap_election", "name": "snap", "member": "ITA", "date": DAY}
LEADER = {"kind": "leader_change", "name": "leader", "member": "ITA", "date": DAY}


def orientations(event: dict[str, object], runs: int = 400, **changes: object) -> np.ndarray:
    """Italy's orientation at the start and at the end, (2, run)."""
    given = {"horizon": SHORT, "elections.fall_rate": 0.0, "events": [event], **changes}
    data = simulate("baseline", runs, 7, changes=given, record=("orientation",)).data
    return data["orientation"].to_numpy()[:, [0, -1], ITALY].T


@pytest.mark.parametrize(("incumbency", "fallen", "voted"), [(1.0, 1.0, 0.0), (0.0, 1.0, 1.0), (0.5, 1.0, WINS)])
def test_a_government_that_falls_is_always_replaced_and_one_that_faces_a_snap_election_may_survive(
    incumbency, fallen, voted
):
    for event, expected in ((FALL, fallen), (SNAP, voted)):
        before, after = orientations(event, **{"elections.incumbency": incumbency})
        assert (before != after).mean() == pytest.approx(expected, abs=0.1)


def test_a_new_leader_departs_less_than_a_new_government_and_not_at_all_where_that_is_said():
    before, fallen = orientations(FALL)
    _, led = orientations(LEADER)
    assert np.std(led) == pytest.approx(0.5 * SPREAD, rel=0.1)
    assert np.std(fallen) == pytest.approx(SPREAD, rel=0.1)
    assert np.mean(led) == pytest.approx(before.mean(), abs=0.1 * SPREAD)
    roster = article10.read_roster()
    apart = roster.alternative_stance[ITALY] - roster.stance[ITALY]
    assert np.mean(fallen) == pytest.approx(before.mean() + apart, abs=0.2 * SPREAD)
    _, same = orientations({**LEADER, "departure": 0.0})
    assert same == pytest.approx(before)


@pytest.mark.parametrize("event", [FALL, SNAP, LEADER])
def test_a_given_result_is_what_comes_about(event):
    given = {**event, "orientation": -0.4, "government_ties": 0.3}
    changes = {"elections.incumbency": 1.0, "horizon": SHORT, "events": [given]}
    data = simulate("baseline", 3, 7, changes=changes, record=("orientation", "government_ties")).data
    assert data["orientation"].to_numpy()[:, -1, ITALY] == pytest.approx(-0.4)
    assert data["government_ties"].to_numpy()[:, -1, ITALY] == pytest.approx(0.3)
    assert data["government_ties"].to_numpy()[:, 0, ITALY] != pytest.approx(0.3)


# --- the calendar ---------------------------------------------------------------------------------------------------


def votes_of(member: str, *events: dict[str, object]) -> list[int]:
    """Years of a member's elections on the calendar of a baseline with some events."""
    scenario = read_scenario("baseline", {"events": list(events)})
    setup = Setup.of(scenario)
    place = setup.roster.index(member)
    return [scenario.date_of(step).year for step, places in setup.elections.items() if place in places]


def test_the_next_election_is_a_term_after_a_snap_election_and_that_of_other_members_stays():
    regular = votes_of("ITA")
    moved = votes_of("ITA", SNAP)
    assert regular[0] > YEAR + 1
    assert moved == [YEAR + 6]  # Italy's parliament sits for five years; the snap election itself is the event
    assert votes_of("ITA", FALL) == votes_of("ITA", LEADER) == regular
    assert votes_of("FRA", SNAP) == votes_of("FRA")


def test_a_snap_election_on_29_february_is_followed_by_elections_on_the_28th():
    days = election_dates("ITA", date(2026, 1, 1), date(2039, 1, 1), early=[date(2028, 2, 29)])
    assert days[-3:] == (date(2028, 2, 29), date(2033, 2, 28), date(2038, 2, 28))


def test_draws_of_all_other_elections_are_those_of_the_run_without_the_event():
    changes = {"horizon": f"{YEAR + 4}-12-04"}
    without = simulate("baseline", 3, 7, changes=changes, record=("orientation",)).data["orientation"]
    base = list(read_scenario().events)
    for event in (FALL, SNAP, LEADER):
        with_it = simulate("baseline", 3, 7, changes={**changes, "events": [*base, event]}, record=("orientation",))
        others = [code for code in without["member"].to_numpy() if code != "ITA"]
        assert np.array_equal(without.sel(member=others), with_it.data["orientation"].sel(member=others))


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [FALL, SNAP, LEADER])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"member": "AUT"}, "'AUT' is not a member"),
        ({"member": "RUS"}, "'RUS' is an external power"),
        ({"date": f"{YEAR - 1}-01-01"}, "before the start"),
        ({"date": f"{YEAR + 40}-01-01"}, "at or after the horizon"),
        ({"date": None, "rate": 0.2}, "it has no rate"),
        ({"rate": 0.2}, "either a date or a rate"),
        ({"orientation": 3.0}, "orientation"),
        ({"government_ties": -0.1}, "government_ties"),
    ],
)
def test_what_cannot_happen_is_refused(event, changed, message):
    with pytest.raises(ScenarioError, match=message):
        read_scenario("baseline", {"events": [{**event, **changed}]})


@pytest.mark.parametrize("member", ["FRA", "TUR", "USA"])
def test_presidents_do_not_fall_with_a_government(member):
    with pytest.raises(ScenarioError, match=f"{member} is governed by a president"):
        read_scenario("baseline", {"events": [{**FALL, "member": member}]})
    for event in (SNAP, LEADER):
        assert read_scenario("baseline", {"events": [{**event, "member": member}]}).events


# --- the same in Mesa ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [FALL, SNAP, LEADER])
def test_mesa_gives_the_runs_of_the_ensemble(event):
    changes = {"horizon": SHORT, "events": [event]}
    model = AccessionModel("baseline", seed=7, run=1, changes=changes)
    while model.running:
        model.step()
    data = simulate("baseline", 2, 7, changes=changes, record=("stance", "orientation")).data.isel(run=1, step=-1)
    for name in ("stance", "orientation"):
        mine = np.array([getattr(member, name) for member in model.members], dtype=np.float32)
        assert np.array_equal(mine, data[name].to_numpy()), name
