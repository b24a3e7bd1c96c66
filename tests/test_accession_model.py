"""AccessionModel with Mesa's own tools."""

from __future__ import annotations

import mesa
import numpy as np
import pytest

import article10
from article10 import AccessionModel
from article10.model.accession_model import Candidate, MemberState, Russia, SecretaryGeneral

SHORT = {"horizon": "2026-06-01"}


def test_agents_are_handles_onto_the_world():
    model = AccessionModel("baseline", seed=7, run=2, changes=SHORT)
    turkey = model.member("TUR")
    place = model.setup.roster.index("TUR")
    assert turkey.stance == model.world.members.stance[0, place]
    turkey.stance = 0.25
    assert model.world.members.stance[0, place] == 0.25
    assert turkey.ballot == "object"  # hot war, and it holds that a state at war cannot be admitted
    model.russia.war_intensity = 0.0
    assert turkey.ballot == "support"
    with pytest.raises(ValueError, match="finite"):
        turkey.stance = float("nan")
    assert type(turkey.stance) is float
    assert type(turkey.threat) is float


def test_the_agents_are_the_members_and_three_without_a_ballot():
    model = AccessionModel("baseline", changes=SHORT)
    assert len(model.agents) == 35
    assert [m.iso3 for m in model.members] == list(article10.read_roster().iso3)
    for kind in (Russia, Candidate, SecretaryGeneral):
        assert len(model.agents_by_type[kind]) == 1
        assert not hasattr(next(iter(model.agents_by_type[kind])), "ballot")
    assert model.russia.formal_weight == 0
    assert model.candidate.name == "Ukraine"
    assert sum(model.russia.shares.values()) == 0.0
    model.step()
    assert sum(model.russia.shares.values()) == pytest.approx(1.0)


def test_select_and_agent_sets_work():
    model = AccessionModel("baseline", changes=SHORT)
    holdouts = model.agents.select(lambda agent: isinstance(agent, MemberState) and agent.stance < -0.15)
    assert {"HUN", "SVK", "USA"} <= set(holdouts.get("iso3"))
    assert model.members.agg("stance", np.mean) == pytest.approx(model.world.members.stance.mean())


def test_the_model_stops_at_the_horizon():
    model = AccessionModel("baseline", changes=SHORT)
    while model.running:
        model.step()
    assert model.steps == model.setup.n_steps
    model.step()
    assert model.world.step == model.setup.n_steps


def test_the_data_collector_keeps_what_is_asked_from_the_first_day():
    model = AccessionModel("baseline", seed=3, run=1, changes=SHORT, collect=("stance", "threat"))
    for _ in range(5):
        model.step()
    frame = model.datacollector.get_agent_vars_dataframe()
    data = article10.simulate("baseline", 2, 3, changes=SHORT, record=("stance", "threat")).data.isel(run=1)
    for name in ("stance", "threat"):
        mine = frame[name].dropna().to_numpy(dtype=np.float32).reshape(6, 32)
        assert np.array_equal(mine, data[name].to_numpy()[:6])
    assert len(model.datacollector.get_model_vars_dataframe()) == 6


def test_batch_run_gives_the_ensemble_s_stances():
    parameters = {"scenario": "baseline", "rng": 7, "run": [0, 3], "horizon": "2026-06-01", "stance__peer_rate": [0.2]}
    rows = mesa.batch_run(
        AccessionModel, parameters, number_processes=1, data_collection_period=1, display_progress=False
    )
    changes = SHORT | {"stance.peer_rate": 0.2}
    stance = article10.simulate("baseline", 4, 7, changes=changes).data["stance"].to_numpy()
    steps = sorted({row["Step"] for row in rows})
    for run in (0, 3):
        last = [row["stance"] for row in rows if row["run"] == run and row["Step"] == steps[-1]]
        mine = np.array([value for value in last if value is not None], dtype=np.float32)
        assert np.array_equal(mine, stance[run, int(steps[-1])])


def test_a_seed_that_got_lost_is_told():
    with pytest.warns(UserWarning, match="as rng"):
        model = AccessionModel("baseline", seed=None, changes=SHORT)
    assert model.seed_of_streams == 0


def test_what_dashboards_pass_is_understood():
    one = AccessionModel(scenario="baseline", seed="7", run="2", stance__peer_rate=0.3, horizon="2026-06-01")
    other = AccessionModel("baseline", 7, 2, changes=SHORT | {"stance.peer_rate": 0.3})
    one.step()
    other.step()
    assert np.array_equal(one.world.members.stance, other.world.members.stance)


def test_a_wrong_scenario_is_refused_with_the_same_message():
    with pytest.raises(article10.ScenarioError, match="did you mean 'peer_rate'"):
        AccessionModel("baseline", stance__peer_rat=0.3)


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"run": -1}, "run = -1: expected a whole number of at least 0"),
        ({"run": "two"}, "run = 'two': expected a whole number"),
        ({"seed": "x"}, "seed = 'x': expected a whole number"),
        ({"seed": 2**63}, "seed = 9223372036854775808: expected a whole number of at most"),
        ({"collect": ("stanc",)}, "collect: a member state has no 'stanc'; did you mean 'stance'"),
        ({"collect": "stance"}, "collect = 'stance': expected a list of names"),
        ({"strategy": "inert"}, "strategy = 'inert': expected a function"),
        ({"changes": "horizon"}, "changes = 'horizon': expected values by key"),
    ],
)
def test_a_wrong_argument_is_named(wrong, because):
    with pytest.raises(ValueError, match=because):
        AccessionModel("baseline", **{"changes": SHORT, **wrong})


def test_agents_show_themselves():
    model = AccessionModel("baseline", seed=7, changes=SHORT)
    assert repr(model.member("HUN")).startswith(f"MemberState(iso3='HUN', stance={model.member('HUN').stance:.3g}, ")
    assert repr(model.candidate) == "Candidate(aspiration=0.8, readiness=0.6, shelved=False)"
