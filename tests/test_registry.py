"""The registry of analyses: every analysis keeps the same promises, and a user's own is found wherever ours are."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.model.mechanisms import MECHANISMS
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import LEVERS, lever
from article10.runs.analyses.paired import paired_runs, reached
from article10.runs.analyses.registry import ANALYSES, documentation_table
from article10.runs.analyses.result import AnalysisResult
from article10.runs.command_line import app
from article10.runs.figures.style import new_axes
from article10.runs.output.table import ResultTable
from article10.runs.statistics.intervals import share
from generated import with_blocks

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

ROOT = Path(__file__).resolve().parents[1]
SHORT = {"horizon": "2027-06-01"}
NOT_TAKEN = {
    "discover_parameters": {"scenario", "runs", "changes"},  # analyses a batch that has been simulated
    "tune": {"changes"},  # varies parameters itself
    "hindcast": {"changes"},  # of a past round of accession
    "hindcast_stances": {"changes"},  # of the years since 2022
}
"""Common arguments that an analysis does not take; all others take a scenario, runs, a seed and changes."""

TARGETS = article10.Targets(stance=({"member": "HUN", "date": "2026-12-31", "value": -0.4, "tolerance": 0.5},))
ALONE = {"workers": 1, "progress": False}
TWO = ["stance.peer_rate", "russia.effort"]
SMALL = {
    "influence_curve": {"efforts": (6.0,), "strategies": ("uniform",)},
    "rank_influence": {"levers": ("pressure",)},
    "holdout_power": {"members": ("HUN",)},
    "guarantee_tradeoff": {"levels": (0.5,), "substitutions": (0.0, 1.0)},
    "screen": {"parameters": TWO, "trajectories": 2, **ALONE},
    "sobol": {"parameters": TWO, "base_samples": 4, **ALONE},
    "tornado": {"parameters": TWO[:1]},
    "claims": {"n_points": 1, "runs_at_a_point": 2, "workers": 1},
    "tune": {"parameters": TWO, "targets": TARGETS, "points": 32, **ALONE},
    "hindcast": {"scenario": "finland_2022_at_signing", "draws": 2},
    "hindcast_stances": {"scenario": "ukraine_2022"},
    "rivals": {"past": False},
    "nowcast": {"until": "2026-03-01"},
    "history_match": {"waves": 1, "n_points": 16, "runs_at_a_point": 2, "compared": 2},
}
"""Arguments that make an analysis quick, or that it needs."""


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    sample = article10.Sample(n=8, ranges=TWO)
    design = article10.Design(runs=4, seed=3, sample=sample, changes=SHORT)
    return article10.run_batch(design, tmp_path_factory.mktemp("batch") / "b", **ALONE)


@pytest.fixture
def asked(batch):
    """A function that performs an analysis with the common arguments that it takes, four runs and seed 3."""

    def ask(name, **options):
        common = {"scenario": "baseline", "runs": 4, "seed": 3, "changes": SHORT}
        common = {key: value for key, value in common.items() if key not in NOT_TAKEN.get(name, set())}
        if name == "discover_parameters":
            common["batch"] = batch
        return ANALYSES[name].load()(**{**common, **SMALL.get(name, {}), **options})

    return ask


@pytest.mark.parametrize("name", list(ANALYSES))
def test_every_analysis_takes_the_common_arguments(name):
    taken = set(inspect.signature(ANALYSES[name].load()).parameters)
    assert {"scenario", "runs", "seed", "changes"} - taken == NOT_TAKEN.get(name, set())


@pytest.mark.parametrize("name", list(ANALYSES))
def test_every_analysis_saves_draws_and_says_what_it_takes_to_reproduce_it(name, asked, tmp_path):
    found = asked(name)
    assert isinstance(found, AnalysisResult)
    assert found.question.endswith(("?", ")"))
    assert found.sentences()
    assert set(found.undetected()) <= set(found.sentences())
    made = {path.name for path in found.save(tmp_path / "new")}
    assert {"answer.txt", "provenance.json"} <= made
    assert {f"{table}.csv" for table in found.tables()} | {f"{figure}.png" for figure in found.figures()} <= made
    assert "ntervals" in found.covers
    assert found.covers in (tmp_path / "new" / "answer.txt").read_text()
    kept = json.loads((tmp_path / "new" / "provenance.json").read_text())
    assert (kept["runs"], kept["seed"]) == (4, 3)
    assert kept["scenario"]["horizon"] == str(found.scenario.horizon)
    columns = {str(column) for table in found.tables().values() for column in table.frame.reset_index()}
    assert any(column.endswith(("_low", "_high", "low", "high", "conf", "settled")) for column in columns)


WRONG = {
    "scenario": ("atlantis", "atlantis"),
    "runs": (0, "runs"),
    "seed": (-1, "seed"),
    "changes": ({"stance.nothing": 1}, "nothing"),
}
"""A wrong value of each common argument, and a word of the message."""


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, argument) for name in ANALYSES for argument in WRONG if argument not in NOT_TAKEN.get(name, set())],
)
def test_every_analysis_refuses_the_same_bad_input(name, argument, asked):
    value, word = WRONG[argument]
    with pytest.raises(ValueError, match=word):
        asked(name, **{argument: value})


def test_every_analysis_is_a_public_name_and_is_imported_from_where_the_registry_says():
    assert set(ANALYSES) <= set(article10.__all__)
    for name, analysis in ANALYSES.items():
        assert getattr(article10, name) is analysis.load()


def test_the_table_of_analyses_on_the_page_is_that_of_the_registry():
    page = (ROOT / "docs" / "analyses" / "README.md").read_text("utf-8")
    again = with_blocks(page, {"analyses": documentation_table()})
    assert again == page, "out of date: python docs/make/analyses_table.py"
    for analysis in ANALYSES.values():
        assert not analysis.page or (ROOT / "docs" / "analyses" / analysis.page).exists()


# --- a user's own ---------------------------------------------------------------------------------------------------


class Unopposed(AnalysisResult):
    question = "How often is the candidate invited?"

    def __init__(self, scenario, runs, seed, invited):
        self.scenario, self.runs, self.seed, self.invited = scenario, runs, seed, invited

    def sentences(self):
        return [f"The candidate is invited in {self.invited.mean():.0%} of runs."]

    def tables(self):
        return {"invited": ResultTable("Invited", pd.DataFrame([share(self.invited, "invited")]))}

    def figures(self):
        return {"invited": self.plot}

    def plot(self):
        axes = new_axes()
        axes.bar(["invited"], [self.invited.mean()])
        axes.set_title("Invited")
        return axes


@pytest.fixture
def unopposed():
    @article10.register_analysis("How often is the candidate invited?", section="My own section")
    def unopposed(scenario="baseline", runs=100, seed=0):
        chosen = read_scenario(scenario)
        return Unopposed(chosen, runs, seed, reached(paired_runs({"it": chosen}, runs, seed)["it"], "invitation"))

    yield unopposed
    ANALYSES.remove("unopposed")


def test_an_analysis_of_one_s_own_is_found_wherever_ours_are(unopposed):
    assert article10.unopposed is unopposed
    assert "unopposed" in dir(article10)
    assert (
        "| How often is the candidate invited? | `article10.unopposed` | `article10 unopposed` |"
        in documentation_table()
    )
    assert "unopposed" in CliRunner().invoke(app, ["--help"]).output
    done = CliRunner().invoke(app, ["unopposed", "--runs", "4", "--set", "horizon=2027-06-01"])
    assert done.exit_code == 0, done.output
    assert "The candidate is invited in 0% of runs." in done.output
    page = article10.report("baseline", 4, changes=SHORT)
    mine = next(section for section in page.sections() if section.anchor == "unopposed")
    assert (mine.title, mine.sentences) == ("My own section", ["The candidate is invited in 0% of runs."])


def test_names_that_are_taken_or_are_no_names_are_refused():
    for name in ("influence", "not a name", ""):
        with pytest.raises(ValueError, match="name of the analysis"):
            article10.register_analysis("Is it so?", name=name or "1")(lambda: None)
    with pytest.raises(ValueError, match="name of the lever = 'war'"):
        article10.register_lever(article10.Lever("war", "a war", {}))
    with pytest.raises(ValueError, match=r"expected an article10\.Lever"):
        article10.register_lever("war")


def test_a_lever_of_one_s_own_is_known_to_influence_and_to_the_ranking():
    calm = article10.Lever("effort", "Russia's effort", {"effort": lambda s: s.with_({"russia.effort": 0.0})})
    article10.register_lever(calm)
    try:
        assert lever("effort", read_scenario()) is calm
        words = ["influence", "--of", "effort", "--runs", "4", "--set", "horizon=2027-06-01"]
        assert CliRunner().invoke(app, words).exit_code == 0
        assert "effort" in article10.rank_influence(runs=2, changes=SHORT).levers.index
    finally:
        LEVERS.remove("effort")


def test_a_mechanism_of_one_s_own_has_a_switch_like_ours(tmp_path):
    def weariness(world):
        """Fall of all stances, the same for everybody."""
        return np.full_like(world.members.stance, -0.5)

    usual = article10.simulate(runs=2, changes=SHORT).data["stance"]
    article10.register_mechanism(weariness)
    try:
        moved = article10.simulate(runs=2, changes=SHORT).data["stance"]
        off = article10.simulate(runs=2, changes={**SHORT, "mechanisms.weariness": False}).data["stance"]
        assert float(moved.mean()) < float(usual.mean()) - 0.1
        np.testing.assert_array_equal(off, usual)
        file = tmp_path / "calm.toml"
        file.write_text("[mechanisms]\nweariness = false\n")
        assert read_scenario(str(file)).mechanisms.weariness is False
        listed = CliRunner().invoke(app, ["parameters", "mechanisms.weariness"]).output
        assert "Fall of all stances, the same for everybody." in listed
        done = CliRunner().invoke(
            app, ["influence", "--of", "mechanism:weariness", "--runs", "2", "--set", "horizon=2027-06-01"]
        )
        assert done.exit_code == 0, done.output
    finally:
        MECHANISMS.remove("weariness")
    with pytest.raises(article10.ScenarioError, match="unknown key"):
        read_scenario(str(file))
