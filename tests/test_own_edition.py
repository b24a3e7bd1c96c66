"""An edition of one's own: an alliance that does not exist, of nine members, run end to end."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import article10
from article10.model.edition import TABLES, read_edition
from article10.model.edition_check import edition_mistakes
from article10.model.scenario_file import read_scenario
from article10.runs.ensemble.simulate import simulate
from article10.runs.figures.map_view import views
from article10.runs.interactive.dashboard.drawings import map_svg
from article10.runs.statistics.intervals import TooFewRunsWarning

LEAGUE = Path(__file__).parents[1] / "docs" / "examples" / "tidal-league"
OURS = ("2025-12",)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(LEAGUE, tmp_path / "league")
    return tmp_path / "league"


def stances(edition):
    """Stances in every step of a few runs, with the hold-outs, as one array."""
    data = simulate(read_scenario(edition=edition), 4, 3, changes={"horizon": "2043-06-01"}).data
    return np.concatenate(
        [data[name].to_numpy().ravel().astype(float) for name in ("stance", "ballot", "final_spending")]
    )


CHANGES = {
    "alternatives.csv": ("Open Glenmar (Carrow),0,", "Open Glenmar (Carrow),2,"),
    "countries.csv": ("18700000", "58700000"),
    "governments.csv": ("GLN,Glenmar,parliament,0.7", "GLN,Glenmar,parliament,0.1"),
    "membership_stance.csv": ("HAV,Havelia,-1", "HAV,Havelia,1"),
    "elections.csv": ("2041-01", "2041-09"),
    "council_dates.csv": ("2040-09-18", "2040-08-02"),
    "defence_expenditure.csv": ("BOL,Bolmark,2039,League ledger 2040,1.6", "BOL,Bolmark,2039,League ledger 2040,3.6"),
    "un_ideal_points.csv": ("GLN,Glenmar,2039,0.33", "GLN,Glenmar,2039,1.2"),
    "gas_imports.csv": ("228000,52", "228000,95"),
    "energy_dependence.csv": ("crude_share_of_imports,48", "crude_share_of_imports,8"),
    "outlook.csv": ("intercept,0.0038", "intercept,9"),
    "public_opinion.csv": ("admit Pellona,HAV,33", "admit Pellona,HAV,80"),
    "edition.toml": ("month = 10\nday = 5", "month = 11\nday = 25"),
    "scenarios/baseline.toml": ("rate = 3.0", "rate = 9.0"),
}
"""By file, a change of one value; every table that a run depends on is among them."""


def test_the_league_is_in_order_and_shares_no_row_with_an_edition_of_ours():
    assert edition_mistakes(LEAGUE) == []
    league = read_edition(LEAGUE)
    assert (len(league.members), league.candidate.name, league.external_power.name) == (9, "Pellona", "Qorm")
    for name in TABLES:
        rows = {tuple(row.items()) for row in league.table(name)}
        assert all(rows.isdisjoint(tuple(row.items()) for row in read_edition(ours).table(name)) for ours in OURS)


def test_the_league_runs_end_to_end_with_every_figure_but_a_map(tmp_path):
    result = article10.simulate(read_scenario("calm_narrows", edition=LEAGUE), runs=8, seed=1)
    assert result.data.sizes["member"] == 9
    paths = {path.stem for path in result.write(tmp_path / "out").glob("figures/*.png")}
    assert "fan" in paths
    assert "map" not in paths
    with pytest.raises(ValueError, match=r"no outlines of its members: add map\.geojson"):
        result.plot.map(ax=Figure().subplots())
    loaded = article10.load(tmp_path / "out")
    assert loaded.scenario.edition == str(LEAGUE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        found = article10.influence("baseline", runs=4, changes={"edition": str(LEAGUE)})
    assert found.scenario.candidate.name == "Pellona"


def outlines_at(codes, latitude, longitude):
    """Squares of two degrees in a row, as GeoJSON."""
    features = []
    for place, code in enumerate(codes):
        west, south = longitude + 3 * place, latitude
        ring = [[west, south], [west + 2, south], [west + 2, south + 2], [west, south + 2], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"iso3": code}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_an_alliance_elsewhere_has_a_map_of_its_own_window(copy):
    league = read_edition(copy)
    codes = [*league.members, league.candidate.code]
    (copy / "map.geojson").write_text(outlines_at(codes, -40.0, 100.0), "utf-8")
    (view,) = views(league)
    assert view.centre == pytest.approx((-39.0, 100.0 + (3 * len(codes) - 1) / 2))
    points = np.concatenate([shape for shapes in view.shapes.values() for shape in shapes])
    assert (points > (view.x[0], view.y[0])).all()
    assert (points < (view.x[1], view.y[1])).all()
    result = article10.simulate("baseline", 2, edition=copy, changes={"horizon": "2040-12-01"})
    drawn = [shape for shape in result.plot.map().collections if shape.get_paths()]
    assert len(drawn) > len(codes)  # the candidate has an outline besides


def test_the_dashboard_of_an_edition_without_outlines_says_so_in_place_of_a_map():
    model = article10.AccessionModel("baseline", edition=LEAGUE)
    assert "add map.geojson" in map_svg(model)


@pytest.mark.parametrize("file", CHANGES)
def test_changing_any_file_changes_results(file, copy):
    old, new = CHANGES[file]
    text = (copy / file).read_text("utf-8")
    assert text.count(old) == 1
    before = stances(copy)
    (copy / file).write_text(text.replace(old, new), "utf-8")
    assert not np.array_equal(stances(copy), before)


def test_every_file_that_numbers_depend_on_is_among_those_changes():
    files = {path.relative_to(LEAGUE).as_posix() for path in LEAGUE.rglob("*.*")}
    assert files - set(CHANGES) == {"scenarios/calm_narrows.toml"}
