"""Where sliders stand: on one grid of a round step, with the scenario's own value on it, in every scenario shipped."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article10.agents.parameter import Declaration, Meta
from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario, shipped
from article10.runs.interactive.positions import FEWEST, Positions, position_of, with_change
from article10.runs.interactive.sliders import can_be_moved

ON_NO_ROUND_GRID = {"accession.majority"}
"""Two thirds."""


def sliders(scenario):
    return [d for d in all_declarations(scenario) if can_be_moved(d) and not d.choices and type(d.default) is not bool]


def exact(value):
    return Fraction(repr(value))


def declared(default, *, plausible=None, bounds=(None, None)):
    return Declaration("group.name", default, bounds, Meta(plausible=plausible), "")


def check_grid(found):
    step = exact(found.step)
    assert all((exact(end) / step).denominator == 1 for end in (found.low, found.high, found.own)), found
    assert Decimal(repr(found.step)).normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert found.low <= found.own <= found.high
    assert found.low < found.high


@pytest.mark.parametrize("name", shipped())
def test_every_slider_of_a_scenario_stands_on_one_round_grid_that_holds_its_value_and_ends_within_bounds(name):
    scenario = read_scenario(name)
    usual = {} if name == "baseline" else {d.key: d for d in all_declarations(read_scenario("baseline"))}
    for parameter in (each for each in sliders(scenario) if each != usual.get(each.key)):
        found = Positions.of(parameter)
        check_grid(found)
        assert (found.own == parameter.default) != (parameter.key in ON_NO_ROUND_GRID), parameter
        low, high = parameter.meta.plausible or parameter.bounds
        assert (found.low, found.high) == (min(low, parameter.default), max(high, parameter.default)), parameter
        for end in (found.low, found.high):
            read_scenario(scenario, with_change({}, parameter, end))


@pytest.mark.parametrize("name", shipped())
def test_no_position_that_stands_for_the_scenarios_own_value_is_a_change(name):
    for parameter in all_declarations(read_scenario(name)):
        if can_be_moved(parameter):
            assert with_change({}, parameter, position_of(parameter, parameter.default)) == {}
            assert with_change({parameter.key: 1}, parameter, parameter.default) == {}


@given(
    st.floats(-5, 5).filter(lambda value: value == 0 or abs(value) > 1e-5),
    st.sampled_from([(0.1, 1.0), (-2.5, 0.75), (0.0, 0.003), None]),
)
def test_any_value_of_a_scenario_has_a_position_and_is_no_change(default, plausible):
    parameter = declared(default, plausible=plausible, bounds=(-5, 5))
    found = Positions.of(parameter)
    check_grid(found)
    assert found.low >= -5
    assert found.high <= 5
    assert (found.high - found.low) / found.step >= FEWEST - 2  # ends that lie off the grid are moved inside
    assert with_change({}, parameter, found.own) == {}
    neighbour = found.own + found.step if found.own < found.high else found.own - found.step
    assert with_change({}, parameter, neighbour) == {parameter.key: pytest.approx(neighbour, abs=1e-9)}


@pytest.mark.parametrize("end", [0.95, 0.1, 0.7, 2.3])
def test_an_end_on_the_grid_stays_though_a_float_is_not_its_decimal(end):
    found = Positions.of(declared(0.0, plausible=(-end, end), bounds=(-end, end)))
    assert (found.low, found.high) == (-end, end)


@given(st.integers(0, 10**6), st.sampled_from([(0, 4), (2.0, 15.0), None]))
def test_whole_numbers_step_by_one(default, plausible):
    found = Positions.of(declared(default, plausible=plausible, bounds=(0, 10**6)))
    assert (found.step, found.own) == (1, default)
    assert {type(value) for value in (found.low, found.high, found.step, found.own)} == {int}
    assert 0 <= found.low < found.high <= 10**6


def test_a_value_close_to_the_scenarios_own_is_a_change():
    parameter = declared(0.5, plausible=(0.0, 1.0))
    assert with_change({}, parameter, 0.504) == {"group.name": 0.504}
