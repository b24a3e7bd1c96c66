"""Figures of several items draw as many as are asked for, each with a look and a name of its own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer

import article10
from article10.runs.analyses.influence.curve import influence_curve
from article10.runs.analyses.rules.compared import compare_rules
from article10.runs.figures.style import house_style, label_ends, new_axes, with_looks

SHORT = {"horizon": "2026-01-05"}
MANY = 33


@cache
def an_ensemble():
    return article10.simulate("baseline", 3, 7, changes=SHORT)


def codes(n):
    return list(an_ensemble().data["member"].to_numpy()[:n])


@pytest.fixture(scope="module")
def batch_of(tmp_path_factory):
    """By the number of scenarios, a batch of each of them at two values of a parameter."""

    @cache
    def made(n):
        usual = article10.read_scenario("baseline", SHORT)
        scenarios = tuple(usual.model_copy(update={"name": f"scenario_{k:02}"}) for k in range(n))
        design = article10.Design(scenarios=scenarios, runs=2, record="stance", grid={"stance.peer_rate": (0.2, 0.8)})
        return article10.run_batch(design, tmp_path_factory.mktemp("many") / "batch")

    return made


def looks(axes):
    """By name, the look of each line that has one."""
    lines = [(str(line.get_label()), line) for line in axes.get_lines()]
    lines += [(c.get_label(), c.lines[0]) for c in axes.containers if isinstance(c, ErrorbarContainer)]
    return {
        name: (to_hex(line.get_color()), str(line._unscaled_dash_pattern))
        for name, line in lines
        if not name.startswith("_")
    }


def names_shown(axes):
    legend = axes.get_legend()
    return [text.get_text() for text in (*axes.texts, *(legend.get_texts() if legend else ()))]


def check(axes, n):
    drawn = looks(axes)
    assert len(drawn) == n
    assert len(set(drawn.values())) == n
    assert set(drawn) <= set(names_shown(axes))
    figure = axes.get_figure()
    figure.draw_without_rendering()  # warnings are errors
    assert axes.get_position().width * figure.get_figwidth() > 4.0  # names take no room of the curves


@pytest.mark.parametrize("n", [1, 6, 8, 12, 32])
def test_members_in_one_run(n):
    check(an_ensemble().plot.trajectories(codes(n), run=1), n)


@pytest.mark.parametrize("n", [2, 8, 12, 32])
def test_members_that_share_axes(n):
    axes = new_axes(names=codes(n))
    an_ensemble().plot.fan(codes(n), ax=axes)
    assert len(set(looks(axes).values())) == n
    assert set(looks(axes)) <= set(names_shown(axes))


@pytest.mark.parametrize("n", [8, 12, 32])
def test_members_in_panels(n):
    titles = [panel.get_title(loc="left") for panel in an_ensemble().plot.fan(codes(n)).get_figure().get_axes()]
    assert [title for title in titles if title] == list(an_ensemble().data["member_name"].to_numpy()[:n])


@pytest.mark.parametrize("n", [8, 12, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("figure", ["accession", "fan"])
def test_points_of_a_batch(batch_of, figure, n):
    axes = getattr(batch_of(8 if n < MANY else MANY).plot, figure)(points=range(n))
    check(axes, n)
    assert not any("the first" in text for text in names_shown(axes))


@pytest.mark.parametrize("figure", ["accession", "fan"])
def test_points_that_are_left_out_are_counted(batch_of, figure):
    axes = getattr(batch_of(8).plot, figure)()
    assert len(looks(axes)) == 6
    assert any("the first 6 of 16 points" in text for text in names_shown(axes))


@pytest.mark.parametrize("n", [8, pytest.param(MANY, marks=pytest.mark.slow)])
def test_scenarios_against_a_parameter(batch_of, n):
    check(batch_of(n).plot.against("stance.peer_rate"), n)


@pytest.mark.parametrize("n", [4, 8, 12, MANY])
def test_strategies(n):
    found = influence_curve(efforts=(1.0, 2.0), strategies=("uniform",), runs=2, changes=SHORT)
    nothing, of_one = found.points.loc[["inert"]], found.points.loc[["uniform"]]
    more = [of_one.rename(index={"uniform": f"strategy {k:02}"}, level="strategy") for k in range(n)]
    check(replace(found, points=pd.concat([nothing, *more])).plot(), n)


@pytest.mark.parametrize("n", [8, 12, MANY])
def test_rules(n):
    found = compare_rules(runs=2, rules=("unanimity",), changes=SHORT)
    names = [f"rule {k:02}" for k in range(n)]
    rules = pd.concat([found.rules.rename(index={"unanimity": name}) for name in names])
    by_year = pd.concat([found.by_year.rename(index={"unanimity": name}, level="rule") for name in names])
    check(replace(found, rules=rules, by_year=by_year).plot(), n)


@pytest.mark.parametrize(("most", "said"), [(8, "the first 8 of 32 members"), (14, "the first 14 of 32"), (33, "")])
def test_bars_that_are_left_out_are_counted(most, said):
    axes = an_ensemble().plot.holdouts(most)
    assert len(axes.get_yticklabels()) == min(most, 32)
    note = axes.texts[-1].get_text()
    assert said in note
    assert ("first" in note) == bool(said)


def test_looks_never_run_out():
    drawn = [look for look, _ in with_looks(range(100))]
    assert len(drawn) == 100
    assert len({str(look) for look in drawn[:36]}) == 36


def test_more_curves_than_colours_are_named_in_a_legend():
    names = [f"line {k}" for k in range(7)]
    with house_style(), mpl.rc_context({"figure.dpi": 50}):
        axes = new_axes(names=names)
        for look, name in with_looks(names):
            axes.plot([0, 1], [0, int(name[-1])], label=name, **look)
        label_ends(axes, [(0.0, "zero", "red")])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [*names[::-1], "zero"]
