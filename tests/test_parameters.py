"""Parameters and scenarios: declared once, validated everywhere, kept whole through files."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article10.agents.russia import STRATEGIES
from article10.model.events import kinds
from article10.model.government_events import BetweenElections, GovernmentEvent
from article10.model.scenario import Scenario, ScenarioError, all_declarations
from article10.model.scenario_file import read_scenario, shipped
from article10.runs.ensemble.simulate import simulate

DECLARED = [d for d in all_declarations() if not d.key.startswith("mechanisms.")]
NUMBERS = [d for d in DECLARED if type(d.default) in (int, float)]
ISSUE = [
    "baseline",
    "no_pressure",
    "heavy_pressure",
    "guarantees_in_lieu",
    "stepping_stone",
    "peace_plan",
    "ceasefire_2026",
    "escalation",
    "holdout_turnover",
    "us_champion",
    "finland_2022",
    "sweden_2022",
    "ukraine_2022",
]

ROUNDS_ON_RECORD = [
    "visegrad_1997",
    "vilnius_2003",
    "adriatic_2008",
    "finland_2022_at_signing",
    "sweden_2022_at_signing",
]


@pytest.mark.parametrize("declaration", DECLARED, ids=lambda d: d.key)
def test_a_parameter_says_what_it_is_where_it_comes_from_and_what_it_may_be(declaration):
    assert declaration.description.endswith(".")
    assert declaration.meta.source
    if type(declaration.default) in (int, float):
        low, high = declaration.bounds
        assert low is not None
        assert high is not None
        assert low <= declaration.default <= high
        if declaration.meta.plausible is not None:
            plausible_low, plausible_high = declaration.meta.plausible
            assert low <= plausible_low <= declaration.default <= plausible_high <= high


@pytest.mark.parametrize("declaration", NUMBERS, ids=lambda d: d.key)
def test_a_parameter_out_of_bounds_or_of_another_type_is_refused(declaration):
    for wrong in (float("nan"), float("inf"), "0.5", True, declaration.bounds[1] + 1):
        with pytest.raises(ScenarioError, match=declaration.key.replace(".", r"\.")):
            read_scenario("baseline", {declaration.key: wrong})


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_any_values_within_bounds_make_a_scenario_that_survives_a_file(data):
    chosen = data.draw(st.lists(st.sampled_from(NUMBERS), max_size=8, unique_by=lambda d: d.key))
    changes = {}
    for d in chosen:
        low, high = d.bounds
        whole = type(d.default) is int
        changes[d.key] = data.draw(st.integers(int(low), int(high)) if whole else st.floats(low + 1e-6, high))
    scenario = read_scenario("heavy_pressure", changes)
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


def test_groups_are_frozen_and_with_validates():
    scenario = Scenario()
    with pytest.raises(ScenarioError):
        scenario.stance.peer_rate = 0.1
    with pytest.raises(ScenarioError):
        scenario.stance.with_(peer_rate=-1.0)
    with pytest.raises(ScenarioError):
        scenario.stance.with_(peer_rat=0.5)
    assert scenario.stance.with_(peer_rate=0.1).peer_rate == 0.1
    assert scenario.with_({"stance.peer_rate": 0.1}).stance.peer_rate == 0.1


def test_the_scenarios_of_the_issues_are_there_and_no_others():
    assert sorted(shipped()) == sorted(ISSUE + ROUNDS_ON_RECORD)
    assert next(iter(shipped())) == "baseline"


@pytest.mark.parametrize("name", ISSUE)
def test_a_shipped_scenario_runs_and_says_only_what_differs(name):
    scenario = read_scenario(name)
    assert scenario.name == name
    assert scenario.title
    content = tomllib.loads(shipped()[name])
    base = read_scenario(content.get("base", "baseline"))
    if name != "baseline":
        assert scenario != base
        for group, values in content.items():
            if isinstance(values, dict) and group not in ("roster", "ballots"):
                for key, value in values.items():
                    assert getattr(getattr(base, group), key) != value, f"{group}.{key} is the base's already"
    result = simulate(scenario, 3, 1)
    assert Scenario.model_validate_json(result.data.attrs["scenario"]) == scenario


@pytest.mark.parametrize("name", ["finland_2022", "sweden_2022"])
def test_the_scenarios_of_2022_have_thirty_members_and_a_protocol_signed_on_5_july(name):
    scenario = read_scenario(name)
    assert len(scenario.members()) == 30
    assert not {"FIN", "SWE"} & set(scenario.members().iso3)
    assert scenario.start.isoformat() == "2022-07-05"
    assert scenario.accession.stage == "protocol_signed"


def test_every_kind_of_event_survives_a_file():
    events = []
    for kind, cls in kinds().items():
        if cls.__module__.startswith("article10"):
            extra = {"member": "HUN"} if issubclass(cls, GovernmentEvent) else {}
            when = {"date": "2027-06-07"} if issubclass(cls, BetweenElections) else {"rate": 0.5}
            events.append({"kind": kind, "name": kind, **when, **extra})
    scenario = read_scenario("baseline", {"events": events})
    again = Scenario.model_validate_json(scenario.model_dump_json())
    assert again == scenario
    assert [type(e) for e in again.events] == [type(e) for e in scenario.events]


def test_a_scenario_s_event_replaces_its_base_s_and_others_can_be_left_out(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'base = "heavy_pressure"\nwithout_events = ["drones"]\n'
        '[[events]]\nkind = "incident"\nname = "incident"\nrate = 1.0\n',
        "utf-8",
    )
    events = {e.name: e for e in read_scenario(path).events}
    assert events["incident"].rate == 1.0
    assert "drones" not in events
    assert "energy_cutoff" in events
    assert "guarantee" in events


def test_a_base_can_be_a_file_beside_it(tmp_path):
    (tmp_path / "base.toml").write_text("[stance]\npeer_rate = 0.11\n", "utf-8")
    (tmp_path / "mine.toml").write_text('base = "base.toml"\n[stance]\nshock = 0.05\n', "utf-8")
    scenario = read_scenario(tmp_path / "mine.toml")
    assert (scenario.stance.peer_rate, scenario.stance.shock) == (0.11, 0.05)


def test_a_given_ballot_holds_whatever_the_stance():
    result = simulate("ceasefire_2026", 5, 1, changes={"ballots.HUN": "support", "ballots.EST": "object"})
    ballots = result.data["ballot"].sel(member=["HUN", "EST"]).to_numpy()
    cast = ballots[(ballots >= 0).all(axis=-1)]
    assert (cast == [2, 0]).all()
    assert result.outcomes["invitation_date"].isna().all()


def test_what_a_name_is_chosen_from_is_declared():
    choices = {d.key: d.choices for d in all_declarations() if d.choices}
    assert choices["russia.strategy"] == tuple(STRATEGIES)
    assert [function.__name__ for function in STRATEGIES.values()] == list(STRATEGIES)
    assert "simple_majority" in choices["accession.rule"]
    assert "equal" in choices["stance.network"]
    assert all(d.default in d.choices for d in all_declarations() if d.choices)
