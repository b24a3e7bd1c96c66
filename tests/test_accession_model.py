"""AccessionModel with Mesa's own tools."""

from __future__ import annotations

import gc
import inspect
import subprocess
import sys
import weakref

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


# --- Mesa's agent sets ----------------------------------------------------------------------------------------------

REARRANGED = {
    "sort": lambda agents: agents.sort("unique_id", ascending=True, inplace=True),
    "shuffle": lambda agents: agents.shuffle(inplace=True),
    "select": lambda agents: agents.select(lambda agent: getattr(agent, "iso3", "") > "M", inplace=True),
    "select none": lambda agents: agents.select(lambda agent: False, inplace=True),
    "discard": lambda agents: agents.discard(next(iter(agents))),
    "remove from the model": lambda agents: [agent.remove() for agent in list(agents)[::3]],
}


def sets_of(model):
    return {"agents": model.agents, "members": model.members, "by type": model.agents_by_type[MemberState]}


@pytest.mark.parametrize("which", ["agents", "members", "by type"])
@pytest.mark.parametrize("change", REARRANGED)
def test_whatever_happens_to_the_agent_sets_members_go_by_their_code_and_the_run_is_the_same(which, change):
    model, untouched = (AccessionModel("baseline", seed=7, run=2, changes=SHORT) for _ in range(2))
    for _ in range(3):
        REARRANGED[change](sets_of(model)[which])
        for code in model.setup.roster.iso3:
            found, same = model.member(code), untouched.member(code)
            assert (found.iso3, found.stance, found.ballot) == (code, same.stance, same.ballot)
        model.step()
        untouched.step()
    assert np.array_equal(model.world.members.stance, untouched.world.members.stance)


def test_agents_are_numbered_by_their_model_and_a_user_s_agent_after_them():
    models = [AccessionModel("baseline", changes=SHORT) for _ in range(2)]
    for model in models:
        assert [agent.unique_id for agent in model.agents] == list(range(1, 36))
        assert mesa.Agent(model).unique_id == 36


def test_finished_models_are_freed():
    def finished():
        model = AccessionModel("baseline", changes={"horizon": "2026-01-05"})
        mesa.Agent(model)
        while model.running:
            model.step()
        return weakref.ref(model), weakref.ref(model.world)

    left = [finished() for _ in range(3)]
    gc.collect()
    assert [found for pair in left for ref in pair if (found := ref()) is not None] == []


# --- Mesa's batch_run -----------------------------------------------------------------------------------------------

BATCH = {"data_collection_period": -1, "display_progress": False, "max_steps": 1}
TAKES_SEEDS = "rng" in inspect.signature(mesa.batch_run).parameters


class Derived(AccessionModel):
    """A user's subclass, with arguments of its own."""

    def __init__(self, horizon="2026-01-05", **arguments):
        super().__init__("baseline", changes={"horizon": horizon}, **arguments)


@pytest.mark.parametrize("model", [AccessionModel, Derived])
@pytest.mark.filterwarnings("ignore:The `iterations` keyword argument:DeprecationWarning")
def test_iterations_that_would_all_be_the_same_run_are_warned_of(model):
    with pytest.warns(UserWarning, match=r"same run.*mesa_iterations"):
        mesa.batch_run(model, {"rng": 7, "horizon": "2026-01-05"}, 1, iterations=2, **BATCH)


@pytest.mark.parametrize("model", [AccessionModel, Derived])
def test_mesa_iterations_are_the_runs_of_the_ensemble_without_a_warning(model):
    parameters = {"horizon": "2026-01-05", **article10.mesa_iterations(3)}
    seeded = {"rng": 7} if TAKES_SEEDS and model is Derived else {}  # Mesa 3.5 overwrites an rng among the parameters
    parameters |= {} if seeded else {"rng": 7}
    rows = mesa.batch_run(model, parameters, 1, **BATCH, **seeded)
    first = [next(row["stance"] for row in rows if row["run"] == run) for run in range(3)]
    stance = article10.simulate("baseline", 3, 7, changes={"horizon": "2026-01-05"}).data["stance"]
    assert np.array_equal(np.float32(first), stance[:, int(rows[0]["Step"]), 0])
    assert len(set(first)) == 3


@pytest.mark.skipif(not TAKES_SEEDS, reason="from Mesa 3.5 on")
@pytest.mark.parametrize("model", [AccessionModel, Derived])
def test_seeds_that_mesa_passes_are_other_runs_unless_the_parameters_override_them(model):
    mesa.batch_run(model, {"horizon": "2026-01-05"}, 1, rng=[1, 2], **BATCH)
    if model is AccessionModel:
        with pytest.warns(UserWarning, match="same run"):
            mesa.batch_run(model, {"rng": 7, "horizon": "2026-01-05"}, 1, rng=[1, 2], **BATCH)


def test_the_same_model_made_twice_is_no_reason_for_a_warning():
    for _ in range(2):
        AccessionModel("baseline", changes=SHORT)


@pytest.mark.slow
def test_equal_iterations_are_warned_of_in_worker_processes_too(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import article10, mesa\n"
        "if __name__ == '__main__':\n"
        "    mesa.batch_run(article10.AccessionModel, {'rng': 7, 'horizon': '2026-01-05'}, 2, iterations=2)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert "mesa_iterations(n)" in done.stderr
