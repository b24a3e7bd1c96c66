"""Results: complete, saved whole, drawn right, summed up right, and put into a story."""

from __future__ import annotations

import json

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from typer.testing import CliRunner

import article10
from article10.runs.command_line import app
from article10.runs.ensemble.rerun import rerun
from article10.runs.ensemble.summary import summarise
from article10.runs.ensemble.summary_text import as_text
from article10.runs.figures.plot import DEFAULT_FIGURES
from article10.runs.statistics.proportion import wilson

FIGURES = [*DEFAULT_FIGURES, "explain"]


@pytest.fixture(scope="module")
def result():
    return article10.simulate("ceasefire_2026", 60, 7, changes={"accession.objection_line": -0.5})


def drawn(result, name, **options):
    return getattr(result.plot, name)(**({"member": "HUN"} if name == "explain" else {}), **options)


def test_a_saved_result_comes_back_whole(result, tmp_path):
    loaded = article10.load(result.save(tmp_path / "r.nc"))
    for name in result.data.data_vars:
        assert np.array_equal(loaded.data[name].to_numpy(), result.data[name].to_numpy()), name
    assert loaded.scenario == result.scenario
    pd.testing.assert_frame_equal(loaded.outcomes, result.outcomes)


def test_a_written_folder_holds_what_the_command_line_leaves(tmp_path):
    words = ["run", "--runs", "20", "--seed", "3", "--set", "horizon=2026-03-02", "--quiet"]
    assert CliRunner().invoke(app, [*words, "--out", str(tmp_path / "command")]).exit_code == 0
    result = article10.simulate(runs=20, seed=3, changes={"horizon": "2026-03-02"})
    folder = result.write(tmp_path / "call")
    files = [
        sorted(str(path.relative_to(place)) for path in place.rglob("*")) for place in (tmp_path / "command", folder)
    ]
    assert files[0] == files[1]
    for name in ("outcomes.csv", "summary.txt", "scenario.json"):
        assert (folder / name).read_bytes() == (tmp_path / "command" / name).read_bytes()
    assert article10.load(folder).data.equals(article10.load(tmp_path / "command").data)


def test_a_folder_is_written_over_only_when_asked_and_only_if_article10_wrote_it(tmp_path):
    result = article10.simulate(runs=3, changes={"horizon": "2026-03-02"})
    result.write(tmp_path / "out", figures=False)
    with pytest.raises(OSError, match="exists already"):
        result.write(tmp_path / "out", figures=False)
    assert not (result.write(tmp_path / "out", figures=False, force=True) / "figures").exists()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(OSError, match=r"notes\.txt"):
        result.write(tmp_path / "out", figures=False, force=True)
    with pytest.raises(ValueError, match="figures = 'fan': expected png, svg or pdf"):
        result.write(tmp_path / "other", figures="fan")
    assert not (tmp_path / "other").exists()


def test_provenance_travels_with_the_data_and_makes_the_result_again(result):
    attributes = result.data.attrs
    for name in ("article10_version", "git_commit", "scenario", "seed", "libraries", "created", "machine", "strategy"):
        assert name in attributes
    assert json.loads(attributes["libraries"])["numpy"] == np.__version__
    made_again = article10.simulate(result.scenario, result.runs, result.seed)
    assert np.array_equal(made_again.data["stance"].to_numpy(), result.data["stance"].to_numpy())


def test_outcomes_agree_with_the_trajectories(result):
    stage = result.data["stage"].to_numpy()
    outcomes = result.outcomes
    assert (outcomes["accession_date"].notna() == (stage[:, -1] == 4)).all()
    assert (outcomes["ever_shelved"] == (stage == 5).any(axis=1)).all()
    hot = result.data["war_intensity"].to_numpy()[:, 1:] > np.float32(result.scenario.war.hot_line)
    assert np.allclose(outcomes["war_years"], hot.sum(axis=1) * 7 / 365.25, atol=0.05)
    assert outcomes["accession_date"].notna().any()
    members = outcomes[outcomes["outcome"] == "member"]
    assert (members["invitation_date"] < members["signature_date"]).all()
    assert (members["signature_date"] < members["accession_date"]).all()
    assert set(members["last_to_ratify"]) <= set(result.data["member"].to_numpy())


def test_objectors_are_told_for_each_council(result):
    first = result.outcomes["objectors"].iloc[0].split("; ")[0]
    day, codes = first.split(": ")
    ballots = result.data["ballot"].isel(run=0).sel(council=day).to_numpy()
    assert codes.split() == list(result.data["member"].to_numpy()[ballots == 0])


def test_a_result_that_does_not_note_its_functions_is_not_made_again_without_them(result):
    earlier = article10.simulate("baseline", 1, 7, changes={"horizon": "2026-03-02"})
    earlier.data.attrs["mechanisms"] = json.dumps(list(article10.MECHANISMS))
    with pytest.raises(ValueError, match="earlier article10, which did not note the functions of its mechanisms"):
        rerun(earlier, 0, ("stance",))
    assert rerun(earlier, 0, ("stance",), mechanisms=article10.MECHANISMS).runs == 1


def test_an_unsaved_place_says_so(result, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        result.save(tmp_path / "nowhere" / "r.nc")
    assert list(tmp_path.iterdir()) == []


# --- figures --------------------------------------------------------------------------------------------------------


def texts(axes: Axes) -> str:
    return " ".join(text.get_text() for text in axes.texts)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_returns_its_axes_honours_ax_and_states_the_number_of_runs(result, name):
    own = drawn(result, name)
    assert isinstance(own, Axes)
    figure = own.get_figure()
    assert "60 runs" in " ".join(texts(axes) for axes in figure.axes)
    given = Figure().subplots()
    assert drawn(result, name, ax=given) is given
    assert mpl.rcParams["axes.grid"] == mpl.rcParamsDefault["axes.grid"]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_one_run_is_drawn_too(name, tmp_path):
    one = article10.simulate("baseline", 1, 7, changes={"horizon": "2026-12-07"})
    axes = drawn(one, name)
    axes.get_figure().savefig(tmp_path / "f.png")
    assert "1 run" in " ".join(texts(a) for a in axes.get_figure().axes)


def test_the_fan_s_line_is_the_median(result):
    line = result.plot.fan("TUR").get_lines()[0]
    stance = result.data["stance"].sel(member="TUR").to_numpy()
    assert np.allclose(line.get_ydata(), np.median(stance, axis=0))


def test_a_row_of_the_heatmap_shows_its_member_alone(result):
    image = result.plot.heatmap().get_images()[0]
    assert image.get_interpolation() == "nearest"
    assert image.get_clim() == (-0.8, 0.8)


def test_numbers_of_an_explanation_are_signed_and_clear_of_the_zero_line(result):
    labels = [text for text in result.plot.explain("HUN", run=3).texts if "runs" not in text.get_text()]
    assert {label.get_text()[0] for label in labels} == {"+", "−"}
    assert all(label.get_bbox_patch().get_facecolor()[:3] == (1, 1, 1) for label in labels)


def test_the_map_fills_its_figure(result):
    axes = result.plot.map()
    figure = axes.get_figure()
    figure.draw_without_rendering()
    place = axes.get_position()
    assert place.height > 0.8
    assert (1 - place.y1) * figure.get_figheight() > 0.2  # inches of room for the title


def test_the_curve_of_accession_ends_at_the_share_that_acceded(result):
    lines = result.plot.accession().get_lines()
    assert lines[2].get_ydata()[-1] == pytest.approx(result.outcomes["accession_date"].notna().mean())
    assert all((np.diff(line.get_ydata()) >= 0).all() for line in lines)


def test_all_figures_are_saved_and_an_unknown_member_is_named(result, tmp_path):
    paths = result.plot.save_all(tmp_path / "figures")
    assert sorted(path.stem for path in paths) == sorted(DEFAULT_FIGURES)
    assert all(path.stat().st_size > 10_000 for path in paths)
    with pytest.raises(KeyError, match="did you mean"):
        result.plot.fan("HNU")
    with pytest.raises(ValueError, match="runs 0 to 59"):
        result.plot.trajectories(run=60)


def test_without_trajectories_outcomes_can_still_be_drawn(tmp_path):
    bare = article10.simulate("baseline", 5, 7, record=(), changes={"horizon": "2027-12-06"})
    assert sorted(p.stem for p in bare.plot.save_all(tmp_path)) == ["accession", "holdouts", "ledger"]
    with pytest.raises(ValueError, match="not recorded"):
        bare.plot.fan()


# --- summary --------------------------------------------------------------------------------------------------------


def test_wilson_s_interval_is_the_textbook_s():
    scipy_stats = pytest.importorskip("scipy.stats")
    for k, n in ((0, 10), (3, 17), (500, 1000), (12, 12)):
        interval = scipy_stats.binomtest(k, n).proportion_ci(method="wilson")
        assert wilson(k, n) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_the_summary_counts_what_the_data_hold(result):
    summary = summarise(result)
    last = summary.milestones.iloc[-1]
    assert last["accession"] == pytest.approx(result.outcomes["accession_date"].notna().mean())
    assert last["accession_low"] < last["accession"] < last["accession_high"]
    assert summary.formal_weight == (0, 32)
    reason = result.data["reason"].to_numpy()
    held = (result.data["ballot"].to_numpy() >= 0).any(axis=2).sum()
    place = list(result.data["member"].to_numpy()).index("SVK")
    assert summary.holdouts.loc["SVK", "own_stance"] == pytest.approx(((reason[..., place] & 1) > 0).sum() / held)
    for width in (80, 100):
        text = as_text(summary, width)
        assert "Russia's formal weight: 0 of 32 ballots." in text
        assert max(len(line) for line in text.splitlines()) <= width
        assert all(line.count("[") == line.count("]") for line in text.splitlines())


# --- command line ---------------------------------------------------------------------------------------------------


def test_run_writes_everything_and_replay_tells_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["run", "baseline", "--runs", "12", "--seed", "3", "--set", "stance.peer_rate=0.6"]
    done = CliRunner().invoke(app, [*words, "--set", "horizon=2028-12-04", "--out", "o"])
    assert done.exit_code == 0, done.output
    assert "Russia's formal weight: 0 of 32 ballots." in done.stdout
    written = {path.relative_to(tmp_path / "o").as_posix() for path in (tmp_path / "o").rglob("*") if path.is_file()}
    figures = {f"figures/{name}.png" for name in DEFAULT_FIGURES}
    assert written == {"result.nc", "outcomes.csv", "summary.txt", "scenario.json", ".article10"} | figures
    result = article10.load("o")
    assert (result.runs, result.seed, result.scenario.stance.peer_rate) == (12, 3, 0.6)
    assert len(pd.read_csv("o/outcomes.csv")) == 12
    told = CliRunner().invoke(app, ["replay", "o", "--run", "5"])
    assert told.exit_code == 0
    assert "Council" in told.stdout
    only = CliRunner().invoke(app, ["replay", "o", "--run", "5", "--year", "2027"]).stdout
    assert {line[:4] for line in only.splitlines()[1:] if line[:2] == "20"} == {"2027"}


def test_the_tables_name_every_scenario_parameter_and_member():
    runner = CliRunner()
    listed = runner.invoke(app, ["scenarios"]).stdout
    assert "holdout_turnover" in listed
    parameters = runner.invoke(app, ["parameters", "stance"]).stdout
    assert "peer_rate" in parameters
    assert "ceasefire_rate" not in parameters
    one = runner.invoke(app, ["parameters", "stance.peer_rate"]).stdout
    assert one.startswith("stance.peer_rate = 0.5 1/year   bounds 0 to 20   plausible 0.1 to 1")
    assert "assessment_rate" not in one
    roster = runner.invoke(app, ["roster"]).stdout
    assert all(code in roster for code in article10.read_roster().iso3)
    assert "RUS" not in roster
    assert runner.invoke(app, ["--version"]).stdout.startswith("article10 0.2.0")


def test_the_summary_is_the_same_text_in_a_notebook(result, monkeypatch):
    elsewhere = as_text(summarise(result))
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert as_text(summarise(result)) == elsewhere
