"""Elections by event, and how close a new government is to Russia; see also test_governments.py."""

from __future__ import annotations

import numpy as np
import pytest

from article10.agents.governments import ElectionParameters, ties_of
from article10.model.first_day import first_day
from article10.model.roster import read_roster
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.simulate import simulate

P = ElectionParameters()
SNAP = {"kind": "election", "name": "snap", "member": "FRA", "date": "2026-03-02"}
FRANCE = read_roster().index("FRA")


def at_rest() -> World:
    scenario = read_scenario("baseline", {"stance.spread_scale": 0.0, "horizon": "2026-06-01"})
    setup = Setup.of(scenario)
    none = {stream.name: np.zeros((stream.shape[0], 1, *stream.shape[1:])) for stream in setup.streams}
    return first_day(setup, none)


def test_a_government_like_that_of_the_start_has_the_ties_of_the_start():
    world = at_rest()
    for place, coded in enumerate(world.setup.roster.government_ties):
        m = world.members
        again = ties_of(m.disposition[:, place], m.orientation[:, place], coded, P)
        assert again == pytest.approx(coded, abs=1e-12), world.setup.roster.iso3[place]


@pytest.mark.parametrize(
    ("orientation", "at_start", "ties"),
    [(-0.25, 0.6, 0.5), (0.1, 0.6, 0.0), (-0.25, 0.0, 0.0), (-0.5, 0.0, 0.5), (-2.0, 0.0, 1.0)],
)
def test_warmer_governments_have_fewer_ties(orientation, at_start, ties):
    hesitant = np.array([-0.4])
    assert ties_of(hesitant, np.array([orientation]), at_start, P) == pytest.approx(ties)


def test_few_new_governments_of_the_hesitant_turn_to_russia():
    result = simulate("baseline", 300, 7, record=("government_ties",))
    ties = result.data["government_ties"].isel(step=-1).sel(member=["DEU", "BEL", "ESP", "SVN"])
    assert float((ties > 0.5).mean()) < 0.1


@pytest.mark.parametrize(
    ("incumbency", "changed"), [(1.0, 0.0), (0.0, 1.0), (0.5, read_roster().alternative_probability[FRANCE])]
)
def test_an_election_by_event_leaves_governments_in_office_as_often_as_one_by_the_calendar(incumbency, changed):
    changes = {"elections.incumbency": incumbency, "horizon": "2026-04-06", "events": [SNAP]}
    orientation = simulate("baseline", 400, 7, changes=changes, record=("orientation",)).data["orientation"].to_numpy()
    moved = orientation[:, -1, FRANCE] != orientation[:, 0, FRANCE]
    assert moved.mean() == pytest.approx(changed, abs=0.1)


def test_an_election_with_a_given_result_brings_it():
    given = {**SNAP, "orientation": -0.4, "government_ties": 0.3}
    changes = {"elections.incumbency": 1.0, "horizon": "2026-04-06", "events": [given]}
    data = simulate("baseline", 3, 7, changes=changes, record=("orientation", "government_ties")).data
    assert data["orientation"].to_numpy()[:, -1, FRANCE] == pytest.approx(-0.4)
    assert data["government_ties"].to_numpy()[:, -1, FRANCE] == pytest.approx(0.3)
