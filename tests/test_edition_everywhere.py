"""Every command and function that starts from a scenario takes an edition, such as that of a fictional alliance."""

from __future__ import annotations

import inspect
import shutil
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

import article10
from article10.model.scenario import ScenarioError
from article10.model.shipped import shipped
from article10.runs.batches.design import Design
from article10.runs.command_line import app, clickable, commands
from article10.runs.evidence.robustness import robustness
from article10.runs.evidence.rounds import read_round
from article10.runs.interactive.dashboard.opening import Asked, listed, opened, picked
from article10.runs.statistics.intervals import TooFewRunsWarning

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
LEAGUE = EXAMPLES / "tidal-league"

NO_SCENARIO = {
    "replay": "re-simulates runs of a result, which names its edition",
    "branch": "goes on from a run of a result, which names its edition",
    "edition": "is about editions, and names them itself",
}
"""Commands that start from no scenario, and why."""

OF_THE_PACKAGE = {"hindcast_stances"}
"""Functions of which the cases that are scored are those of the package."""

SHORT = ("--set", "horizon=2041-06-01")

CHEAP = {
    "run": ("calm_narrows", "--runs", "2", "--out", "OUT", "--no-figures", *SHORT),
    "influence": ("--runs", "2", *SHORT),
    "holdouts": ("--runs", "2", *SHORT),
    "rules": ("--runs", "2", *SHORT),
    "why": ("--runs", "2", *SHORT),
    "claims": ("--runs", "2", "--points", "1", "--runs-at-a-point", "2", "--workers", "1", *SHORT),
    "rivals": ("--runs", "2", "--no-past", *SHORT),
    "nowcast": ("--runs", "2", "--rows", "ROWS", *SHORT),
    "guarantees": ("--runs", "2", "--level", "0.5", *SHORT),
    "sensitivity": ("--method", "tornado", "--runs", "1", "--parameters", "stance.peer_rate", *SHORT),
    "tune": ("TARGETS", "--parameters", "stance.peer_rate", "--runs", "2", "--points", "8", "--workers", "1"),
    "batch": ("DESIGN", "--out", "OUT", "--workers", "1", "--quiet"),
    "scenarios": (),
    "parameters": ("stance.peer_rate",),
    "roster": (),
}
"""Arguments with which a command is quick; the others are run below, or are of the same making as these."""

DESIGN = """\
scenarios = "calm_narrows"
runs = 2
changes.horizon = "2041-06-01"
[grid]
stance.peer_rate = [0.2, 0.8]
"""

ROWS = """\
date,kind,member,value
2041-01-15,position,GLN,-1
"""

TARGETS = """\
[[stance]]
member = "GLN"
date = 2040-12-01
value = -0.4
tolerance = 0.5
"""


def invoked(*words):
    found = CliRunner().invoke(app, [*words])
    assert found.exit_code == 0, found.output
    return found.output


@pytest.mark.parametrize("name", sorted(commands().keys() - NO_SCENARIO.keys()))
def test_every_command_that_starts_from_a_scenario_takes_an_edition(name):
    options = {option for each in clickable(name, commands()[name]).params for option in each.opts}
    assert "--edition" in options


FIRST = {"batch": "DESIGN", "tune": "TARGETS", "new": "NEW", "hindcast": "finland_2022_at_signing"}
"""What a command needs before its options."""


@pytest.mark.parametrize("name", sorted(commands().keys() - NO_SCENARIO.keys()))
def test_every_command_refuses_an_edition_that_there_is_not(name, tmp_path):
    (tmp_path / "DESIGN.toml").write_text(DESIGN, "utf-8")
    (tmp_path / "TARGETS.toml").write_text(TARGETS, "utf-8")
    words = [str(tmp_path / f"{word}.toml") if word.isupper() else word for word in filter(None, [FIRST.get(name)])]
    words += ["--parameters", "stance.peer_rate"] if name == "tune" else []
    found = CliRunner().invoke(app, [name, *words, "--edition", "atlantis"])
    assert found.exit_code == 2
    assert "'atlantis': no such edition" in found.output


@pytest.mark.parametrize("name", CHEAP)
def test_commands_run_on_the_edition_of_another_alliance(name, tmp_path):
    (tmp_path / "DESIGN.toml").write_text(DESIGN, "utf-8")
    (tmp_path / "TARGETS.toml").write_text(TARGETS, "utf-8")
    (tmp_path / "ROWS.csv").write_text(ROWS, "utf-8")
    paths = {word: str(tmp_path / f"{word}.toml") for word in ("DESIGN", "TARGETS")} | {"OUT": str(tmp_path / "out")}
    paths["ROWS"] = str(tmp_path / "ROWS.csv")
    invoked(name, *(paths.get(word, word) for word in CHEAP[name]), "--edition", str(LEAGUE))
    if name == "run":
        assert article10.load(tmp_path / "out").scenario.candidate.name == "Pellona"
    if name == "batch":
        assert article10.open_batch(tmp_path / "out").scenario(0).edition == str(LEAGUE)


def test_every_public_function_that_takes_a_scenario_takes_an_edition():
    public = [getattr(article10, name) for name in article10.__all__]
    functions = [each for each in public if inspect.isfunction(each)] + [article10.AccessionModel, robustness]
    taken = {each.__name__: inspect.signature(each).parameters for each in functions}
    starting = {name for name, parameters in taken.items() if "scenario" in parameters}
    assert starting >= {"simulate", "influence", "explore", "report", "tune", "AccessionModel"}
    assert {name for name in starting if "edition" not in taken[name]} == OF_THE_PACKAGE


def test_analyses_take_the_edition_by_its_name_in_python():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        found = article10.influence("calm_narrows", edition=LEAGUE, runs=2, changes={"horizon": "2041-06-01"})
    assert found.scenario.candidate.name == "Pellona"
    model = article10.AccessionModel("calm_narrows", edition=LEAGUE)
    assert len(model.members) == 9
    panel = article10.explore("calm_narrows", ["stance.peer_rate"], edition=LEAGUE, runs=2)
    assert panel.scenario.edition == str(LEAGUE)


def test_a_design_names_its_edition_and_the_argument_replaces_it(tmp_path):
    shutil.copytree(LEAGUE, tmp_path / "league")
    path = tmp_path / "design.toml"
    path.write_text('edition = "league"\nscenarios = "calm_narrows"\n', "utf-8")
    (scenario,) = Design.read(path).scenarios_in_full().values()
    assert scenario.edition == str((tmp_path / "league").resolve())
    (scenario,) = Design.read(path, edition=LEAGUE).scenarios_in_full().values()
    assert scenario.edition == str(LEAGUE)
    path.write_text('edition = "leage"\n', "utf-8")
    with pytest.raises(ScenarioError, match=r"edition = .*leage.*no such edition"):
        Design.read(path)


def test_the_dashboard_offers_the_scenarios_of_the_edition_and_opens_them_on_it(tmp_path):
    start = opened(Asked("calm_narrows", edition=str(LEAGUE)))
    assert listed(start) == list(dict.fromkeys(["calm_narrows", *shipped(str(LEAGUE))]))
    assert picked("baseline", start, start).scenario.candidate.name == "Pellona"
    article10.simulate(runs=2, changes={"horizon": "2026-02-01"}).write(tmp_path / "out", figures=False)
    with pytest.raises(ScenarioError, match=r"--edition 2026-12: .* keep their own edition"):
        opened(Asked(str(tmp_path / "out"), edition="2026-12"))


def test_a_round_stands_on_the_edition_that_it_names_or_that_is_asked_for(tmp_path):
    folder = Path(shutil.copytree(EXAMPLES / "round-2031", tmp_path / "round-2031"))
    assert read_round(folder).scenario.edition == "2025-12"
    assert read_round(folder, edition="2026-12").scenario.edition == "2026-12"
    text = (folder / "round.toml").read_text("utf-8")
    (folder / "round.toml").write_text('edition = "2026-12"\n' + text, "utf-8")
    assert read_round(folder).scenario.edition == "2026-12"
    assert read_round("finland_2022_at_signing", edition="2026-12").scenario.edition == "2026-12"


def test_a_round_of_another_alliance_needs_only_its_edition(tmp_path):
    folder = tmp_path / "round"
    folder.mkdir()
    members = sorted(article10.read_roster(LEAGUE).iso3)
    end = 'start = 2040-07-01\nhorizon = 2042-07-01\n[accession]\nstage = "protocol_signed"\n'
    (folder / "round.toml").write_text(f'base = "baseline"\nedition = "../league"\n{end}', "utf-8")
    shutil.copytree(LEAGUE, tmp_path / "league")
    rows = "".join(f"{code},none,,\n" for code in members)
    (folder / "roster.csv").write_text(f"iso3,dispute,settled,ties\n{rows}", "utf-8")
    head = "protocol_signed,signatory_iso3,milestone,date,date_earliest,date_latest\n"
    days = "".join(f"2040-07-01,{code},deposit,2041-02-01,,\n" for code in members)
    (folder / "ratifications.csv").write_text(head + days, "utf-8")
    found = article10.hindcast(folder, runs=4, draws=2)
    assert found.round.members == tuple(members)
