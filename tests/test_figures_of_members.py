"""Figures of members: colours that stay the same, the strongest ties, payments, and why members object."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import article10
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.ensemble.summary import holdouts
from article10.runs.figures.member_looks import member_looks
from article10.runs.figures.network import strongest
from article10.runs.figures.style import COLOURS, OPPOSED, PALE, new_axes
from article10.runs.figures.waterfall import in_least_height, net_change
from article10.runs.stories.explain import waterfall


@pytest.fixture(scope="module")
def result():
    return article10.simulate("baseline", 60, 7)


def colours(ax, names):
    return {line.get_label(): line.get_color() for line in ax.get_lines() if line.get_label() in names}


def test_a_member_has_one_colour_whichever_others_are_drawn(result):
    looks = member_looks(result.scenario)
    hungary = looks["HUN"]["color"]
    assert colours(result.plot.trajectories(["USA", "HUN"], run=0), {"Hungary"})["Hungary"] == hungary
    assert colours(result.plot.trajectories(["HUN", "POL", "EST"], run=0), {"Hungary"})["Hungary"] == hungary
    assert colours(result.plot.fan(["SVK", "HUN"], ax=new_axes()), {"Hungary"})["Hungary"] == hungary
    assert colours(result.plot.fan("HUN"), {"Hungary"})["Hungary"] == hungary
    assert {line.get_color() for line in result.plot.trajectories("HUN").get_lines()} > {hungary}


def test_looks_are_the_same_in_every_edition_and_roster_and_differ_between_members():
    old, new = (member_looks(read_scenario("baseline", edition=name)) for name in ("2025-12", "2026-12"))
    assert old == new
    assert len({str(dict(look)) for look in new.values()}) == len(new)
    assert {new[code]["color"] for code in ("USA", "SVK", "HUN", "DEU", "TUR", "POL")} == set(COLOURS)
    assert member_looks(read_scenario("finland_2022", edition="2026-12"))["HUN"] == new["HUN"]


def test_lines_of_one_colour_have_a_legend_that_shows_their_style(result):
    looks = member_looks(result.scenario)
    code = next(code for code in looks if code != "HUN" and looks[code]["color"] == looks["HUN"]["color"])
    assert result.plot.trajectories(["HUN", code], run=0).get_legend() is not None
    assert result.plot.trajectories(["HUN", "POL"], run=0).get_legend() is None


def test_the_network_shows_the_strongest_ties_and_says_what_it_leaves_out(result):
    network = Setup.of(result.scenario).network
    kept = strongest(network, 2)
    assert (kept.sum(axis=1) == 2).all()
    assert (np.where(kept, network, np.inf).min(axis=1) >= np.where(kept, 0, network).max(axis=1)).all()
    assert not strongest(network, 2, threshold=1.1).any()
    ax = result.plot.network(most=2)
    words = " ".join(text.get_text().replace("\n", " ") for text in ax.texts)
    assert f"{kept.sum()} of {(network > 0).sum()} ties" in words
    assert {"Hungary", "United States"} <= {text.get_text() for text in ax.texts}
    assert len([text for text in ax.texts if getattr(text, "arrow_patch", None)]) == kept.sum()


def test_the_ledger_s_figure_counts_every_payment(result):
    ledger = result.ledger
    assert len(ledger) > 20
    ax = result.plot.ledger(most=100)
    rows = [text.get_text() for text in ax.get_yticklabels()]
    columns = [text.get_text() for text in ax.get_xticklabels()]
    written = {text.get_position(): text.get_text() for text in ax.texts}
    names = dict(zip(result.data["member"].to_numpy(), result.data["member_name"].to_numpy(), strict=True))
    for holdout, paid in ledger.groupby("holdout"):
        row = rows.index(names[holdout])
        by_kind = {"all payers": len(paid), "to end holds": (paid["kind"] == "hold").sum()}
        for column, count in by_kind.items():
            shown = written.get((columns.index(column), row), "0.0")
            assert float(shown) == pytest.approx(100 * count / result.runs, abs=0.051)
        payers = [written.get((column, row), "0.0") for column in range(columns.index("all payers"))]
        assert sum(map(float, payers)) == pytest.approx(100 * len(paid) / result.runs, abs=0.5)
    assert "Secretary General" in columns
    assert len(result.plot.ledger(most=3).get_yticklabels()) == 3


def test_a_ledger_without_payments_says_so():
    nothing = article10.simulate(runs=2, changes={"horizon": "2026-01-05"})
    assert nothing.ledger.empty
    assert nothing.plot.ledger().get_title(loc="left") == "No member was paid for its consent in any run"


def test_bars_of_objections_tell_stance_price_and_war_apart(result):
    every = holdouts(result)
    ax = result.plot.holdouts(most=len(every))
    own, price, war = (np.array([bar.get_width() for bar in bars]) for bars in ax.containers)
    rows = every.loc[::-1]
    np.testing.assert_allclose(own, rows["own_stance"])
    np.testing.assert_allclose(war, rows["war_alone"])
    np.testing.assert_allclose(own + price + war, rows["any"])
    assert price.max() > 0
    assert (price <= rows["hold"] + 1e-12).all()
    faces = [bars.patches[0].get_facecolor()[:3] for bars in ax.containers]
    assert faces == [
        pytest.approx(tuple(int(c[k : k + 2], 16) / 255 for k in (1, 3, 5))) for c in (OPPOSED, COLOURS[1], PALE)
    ]


def test_a_waterfall_is_low_and_says_the_net_change(result):
    bars = waterfall(result.explain("HUN"))
    ordered = in_least_height(bars)
    assert sorted(bar.label for bar in ordered) == sorted(bar.label for bar in bars)
    assert (ordered[0], ordered[-1]) == (bars[0], bars[-1])
    for before, after in pairwise(ordered[:-1]):
        assert after.bottom == pytest.approx(before.bottom + before.height)
    reach = [_reach(each) for each in (bars, ordered)]
    assert reach[1] <= reach[0]
    up_first = [bars[0], *sorted(bars[1:-1], key=lambda bar: -bar.height), bars[-1]]
    assert reach[1] < 0.85 * _reach(up_first)
    net = bars[-1].height - bars[0].height
    assert f"net change {net:+.2f}".replace("-", "−") in net_change(ordered)


def test_a_stance_year_by_year_adds_up_and_shows_the_net_change(result):
    ax = result.plot.explain_by_year("HUN", 3)
    explained = result.explain("HUN", 3)
    (net,) = (line.get_ydata() for line in ax.get_lines() if line.get_label() == "net change")
    np.testing.assert_allclose(net, explained["end"] - explained["start"], atol=1e-5)
    np.testing.assert_allclose(
        sum(np.array([bar.get_height() for bar in bars]) for bars in ax.containers), net, atol=1e-9
    )
    assert [text.get_text() for text in ax.get_xticklabels()] == [str(year) for year in explained.index]
    written = [text.get_text() for text in ax.texts]
    assert all(f"{value:+.2f}".replace("-", "−") in written for value in net if abs(value) > 0.005)


def _reach(bars):
    levels = np.cumsum([bar.height for bar in bars[:-1]])
    return max(levels.max(), 0) - min(levels.min(), 0)
