"""Every analysis runs as it is by default, in Python and as every page writes its command."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import article10
from article10.runs.batches.ranges import Space
from article10.runs.command_line import app
from article10.runs.evidence.robustness import robustness

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

SHORT = {"horizon": "2026-08-15"}
"""Just beyond the guarantee that some analyses are about, seven months after the start."""

ALONE = {"workers": 1, "progress": False}
TARGETS = article10.Targets(stance=({"member": "HUN", "date": "2026-07-20", "value": -0.4, "tolerance": 0.5},))


TUNED = ["russia.review_weeks", "secretary_general.sounding_weeks", "stance.peer_rate"]
"""Keys, of which two change what a run draws or counts; a tuning has no default set."""


def tuned(method):
    scenario = article10.read_scenario("baseline", SHORT)
    return article10.tune(scenario, TUNED, TARGETS, method=method, runs=2, points=8, **ALONE)


def parameters_discovered(folder):
    sample = article10.Sample(n=8, ranges=Space.of().keys)
    design = article10.Design(runs=2, sample=sample, changes=SHORT)
    return article10.discover_parameters(article10.run_batch(design, folder / "batch", **ALONE))


ANALYSES = {
    "influence": lambda _: article10.influence(runs=2, changes=SHORT),
    "influence_curve": lambda _: article10.influence_curve(runs=2, changes=SHORT),
    "rank_influence": lambda _: article10.rank_influence(runs=2, changes=SHORT),
    "holdout_power": lambda _: article10.holdout_power(runs=2, changes=SHORT),
    "compare": lambda _: article10.compare(runs=2, changes=SHORT),
    "compare_rules": lambda _: article10.compare_rules(runs=2, changes=SHORT),
    "guarantee_tradeoff": lambda _: article10.guarantee_tradeoff(runs=2, changes=SHORT),
    "three_futures": lambda _: article10.three_futures(runs=2, changes=SHORT),
    "claims": lambda _: article10.claims(runs=2, n_points=2, runs_at_a_point=2, workers=1, changes=SHORT),
    "discover": lambda _: article10.discover(runs=2, changes=SHORT),
    "discover_parameters": parameters_discovered,
    "screen": lambda _: article10.screen(runs=2, trajectories=2, changes=SHORT, **ALONE),
    "sobol": lambda _: article10.sobol(runs=2, base_samples=4, changes=SHORT, **ALONE),
    "tornado": lambda _: article10.tornado(runs=2, changes=SHORT),
    "tune to a posterior": lambda _: tuned("posterior"),
    "tune to the best point": lambda _: tuned("best"),
    "hindcast": lambda _: article10.hindcast("finland_2022_at_signing", runs=2),
    "hindcast_stances": lambda _: article10.hindcast_stances(runs=2),
    "rivals": lambda _: article10.rivals(runs=2, past=False, changes=SHORT),
    "nowcast": lambda _: article10.nowcast(runs=4),
    "history_match": lambda _: article10.history_match(
        runs=2, waves=1, n_points=16, runs_at_a_point=2, compared=2, changes=SHORT
    ),
    "robustness": lambda _: robustness(runs=2, redraws=1, points=2, changes=SHORT),
}


@pytest.mark.parametrize("analysis", ANALYSES)
def test_every_analysis_runs_with_its_default_parameters(analysis, tmp_path):
    answer = ANALYSES[analysis](tmp_path)
    assert answer.sentences()
    assert answer.tables()


@pytest.mark.parametrize("key", ["russia.review_weeks", "secretary_general.sounding_weeks", "accession.tolerated"])
def test_a_whole_number_is_a_lever(key):
    found = article10.influence(of={key: int(Space.of().ranges[key][1])}, runs=2, changes=SHORT)
    assert found.asked()["changes"]


def test_a_report_is_written_with_its_defaults(tmp_path):
    assert article10.report(runs=2, changes=SHORT).save(tmp_path / "r.html").exists()


# --- commands ---------------------------------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = ("dashboard", "--cluster")
"""Not run here: a server that does not end, and one that is not there."""

NEWEST = "2026-12"
"""The edition that asks the questions of the documented forecasts."""

SMALL = {
    "run": ["--runs", "5"],
    "batch": ["--workers", "1"],
    "tune": ["--runs", "2", "--points", "8", "--workers", "1"],
    "hindcast": ["--runs", "2"],
    "forecast": ["--runs", "2", "--draws", "1", "--edition", NEWEST],
    "rivals": ["--runs", "2", "--no-past", "--set", f"horizon={SHORT['horizon']}"],
    "nowcast": ["--runs", "4"],
    "history-match": ["--runs", "2", "--points", "16", "--runs-at-a-point", "2", "--compared", "2", "--waves", "1"],
    "new": ["--force"],
    "branch": ["--runs", "4"],
    "replay": [],
    "scenarios": [],
    "parameters": [],
    "roster": [],
}
"""Options of each command that keep it small; those of the others are in ``small``."""


def documented():
    """Commands of all pages, without comments, each once."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```", page.read_text("utf-8"), re.S | re.M):
            text = re.sub(r"\\\n\s*| #.*", "", block)
            found += [line.strip() for line in re.split(r"[;\n]", text)]
    commands = [re.sub(r"^\S*article10 ", "", line) for line in found if re.match(r"\S*article10 ", line)]
    return list(dict.fromkeys(one for one in commands if not any(word in one for word in ELSEWHERE)))


def small(command):
    """The words of a command with few runs and a near horizon; it is otherwise as it is written."""
    words = shlex.split(re.sub(r"--at \S+", "--at 2026-01-05", re.sub(r"--(runs|points) \d+", "", command)))
    name = words[0]
    folders_as_they_are = name == "compare" and words[1].startswith("results/")
    if folders_as_they_are or "--score" in words or "--own-draws" in words:
        return words
    if name in SMALL and name != "run":
        return [*words, *SMALL[name]]
    words += SMALL.get(name, ["--runs", "2"])
    if name == "sensitivity" and "tornado" not in words:
        words += ["--samples", "4" if "sobol" in words else "2", "--workers", "1"]
    if name == "claims":
        words += ["--points", "1", "--runs-at-a-point", "2", "--workers", "1"]
    if "finland_2022" not in words:
        words += ["--set", f"horizon={'2030-02-01' if '--until' in words else SHORT['horizon']}"]
    return words


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Files that commands name: a scenario, events, a design, targets, results of a run."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(ROOT / "docs" / "evidence" / "forecasts", folder / "forecasts")
    shutil.copy(ROOT / "model" / "data" / NEWEST / "questions.toml", folder)
    (folder / "outcomes.csv").write_text("id,outcome,resolved_on,source\n")
    (folder / "rows.csv").write_text("date,kind,member,value\n2026-02-01,position,HUN,-1\n")
    (folder / "mine.toml").write_text('base = "baseline"\n')
    (folder / "events.toml").write_text('[[events]]\nkind = "ceasefire"\nname = "truce"\ndate = 2026-01-12\n')
    (folder / "design.toml").write_text(
        'runs = 2\nchanges.horizon = "2026-02-01"\n[grid]\nstance.peer_rate = [0.2, 0.8]\n'
    )
    page = (ROOT / "docs" / "analyses" / "tuning.md").read_text("utf-8")
    (folder / "finland.toml").write_text(re.search(r"```text\n(.*?)```", page, re.S)[1])
    near = ["--set", "horizon=2026-02-01"]
    for name, scenario in (("baseline", "baseline"), ("mine", "no_pressure")):
        out = ["--out", str(folder / "results" / name)]
        assert CliRunner().invoke(app, ["run", scenario, *out, *SMALL["run"], *near]).exit_code == 0
    sweep = ["batch", str(folder / "design.toml"), "--out", str(folder / "results" / "sweep"), "--workers", "1"]
    assert CliRunner().invoke(app, sweep).exit_code == 0
    return folder


@pytest.mark.parametrize("command", documented())
def test_every_documented_command_runs(command, made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    if command.startswith("run "):
        shutil.rmtree(tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, small(command))
    assert done.exit_code == 0, done.output


def test_all_commands_are_among_those_that_run():
    names = set(typer.main.get_command(app).list_commands(None))
    assert names - {command.split()[0] for command in documented()} == {"dashboard", "edition"}
