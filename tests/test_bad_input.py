"""What users get wrong: one message, exit code 2, no traceback, nothing written."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from importlib import resources
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from article10.model import extras
from article10.model.scenario_file import read_scenario
from article10.runs.command_line import app
from article10.runs.commands import application
from article10.runs.ensemble.simulate import simulate
from article10.runs.output import folder as output_folder

SHORT = ["--set", "horizon=2026-12-07", "--runs", "3", "--no-figures"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(*words: str, because: tuple[str, ...], files: tuple[str, ...] = ()) -> None:
    before = set(Path().rglob("*"))
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 2, (done.output, done.stderr, done.exception)
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("article10: ")
    for words_wanted in because:
        assert words_wanted in done.stderr, done.stderr
    assert set(Path().rglob("*")) == before, "something was written"


FILES = {
    "unknown key": (
        "[stance]\npeer_rat = 0.5\n",
        ("bad.toml", "stance.peer_rat = 0.5", "unknown key", "'peer_rate'"),
    ),
    "unknown group": ("[stanse]\npeer_rate = 0.5\n", ("bad.toml", "stanse", "unknown key", "'stance'")),
    "wrong type": ('[stance]\npeer_rate = "high"\n', ("bad.toml", "stance.peer_rate = 'high'", "expected", "number")),
    "value for a table": ("stance = 3\n", ("bad.toml", "stance = 3", "expected")),
    "out of bounds": (
        "[stance]\npeer_rate = -1.0\n",
        ("bad.toml", "stance.peer_rate = -1.0", "greater than or equal to 0"),
    ),
    "not a number": ("[stance]\npeer_rate = nan\n", ("bad.toml", "stance.peer_rate = nan", "finite")),
    "infinite": ("[stance]\npeer_rate = inf\n", ("bad.toml", "stance.peer_rate = inf", "finite")),
    "unknown member": ("[roster.HNU]\nstance = 0.1\n", ("bad.toml", "roster", "'HNU'", "did you mean")),
    "unknown attribute": ("[roster.HUN]\nstanc = 0.1\n", ("bad.toml", "roster.HUN.stanc", "unknown key", "'stance'")),
    "stance beyond 1": (
        "[roster.HUN]\nstance = 1.5\n",
        ("bad.toml", "roster.HUN.stance = 1.5", "less than or equal to 1"),
    ),
    "Russia on the roster": ("[roster.RUS]\nstance = -1.0\n", ("bad.toml", "RUS", "external power", "no ballot")),
    "a ballot for Russia": ('[ballots]\nRUS = "object"\n', ("bad.toml", "ballots", "RUS", "no ballot")),
    "an odd ballot": (
        '[ballots]\nHUN = "veto"\n',
        ("bad.toml", "ballots.HUN = 'veto'", "'object', 'acquiesce' or 'support'"),
    ),
    "Russia as a provider": (
        '[[events]]\nkind = "guarantee"\nname = "g"\nrate = 1.0\nproviders = ["RUS"]\n',
        ("bad.toml", "events", "'g'", "RUS", "external power"),
    ),
    "event before the start": (
        '[[events]]\nkind = "ceasefire"\nname = "early"\ndate = 2024-01-01\n',
        ("bad.toml", "events", "'early'", "2024-01-01", "before the start", "2025-12-01"),
    ),
    "event after the horizon": (
        '[[events]]\nkind = "ceasefire"\nname = "late"\ndate = 2045-01-01\n',
        ("bad.toml", "events", "'late'", "2045-01-01", "after the horizon", "2035-12-01"),
    ),
    "date and rate": (
        '[[events]]\nkind = "ceasefire"\nname = "both"\ndate = 2026-05-01\nrate = 1.0\n',
        ("bad.toml", "'both'", "either a date or a rate"),
    ),
    "negative rate": (
        '[[events]]\nkind = "ceasefire"\nname = "x"\nrate = -1.0\n',
        ("bad.toml", "events ('x').rate = -1.0", "greater than or equal to 0"),
    ),
    "unknown kind": (
        '[[events]]\nkind = "ceasfire"\nname = "x"\nrate = 1.0\n',
        ("bad.toml", "events ('x').kind = 'ceasfire'", "did you mean 'ceasefire'"),
    ),
    "two events of a name": (
        '[[events]]\nkind = "ceasefire"\nname = "x"\nrate = 1.0\n[[events]]\nkind = "breach"\nname = "x"\nrate = 1.0\n',
        ("bad.toml", "'x'", "names must differ"),
    ),
    "unknown event to leave out": (
        'without_events = ["incidant"]\n',
        ("bad.toml", "'incidant'", "did you mean 'incident'"),
    ),
    "horizon before start": ("horizon = 2020-01-01\n", ("bad.toml", "horizon", "2020-01-01", "after the start")),
    "base that does not exist": ('base = "basline"\n', ("bad.toml", "base = 'basline'", "did you mean 'baseline'")),
    "circular base": ('base = "bad.toml"\n', ("bad.toml", "base = 'bad.toml'", "circular")),
    "malformed": ("[stance\n", ("bad.toml", "malformed TOML", "line 1")),
    "unknown strategy": (
        '[russia]\nstrategy = "weak"\n',
        ("bad.toml", "russia.strategy = 'weak'", "did you mean 'weakest_link'"),
    ),
    "a ballot for Russia by its name": (
        '[ballots]\nRussia = "object"\n',
        ("bad.toml", "'Russia' is an external", "no ballot"),
    ),
    "a kind that is no text": ('[[events]]\nkind = ["a"]\nname = "x"\n', ("bad.toml", "events.kind = ['a']", "text")),
    "a name that is no text": ('[[events]]\nkind = "breach"\nname = ["x"]\n', ("bad.toml", "events.name = ['x']")),
    "no date": ('start = "soon"\n', ("bad.toml: start = 'soon': expected a date such as 2030-12-01\n",)),
    "no date of an event": (
        '[[events]]\nkind = "breach"\nname = "x"\ndate = "soon"\n',
        ("bad.toml: events ('x').date = 'soon': expected a date such as 2030-12-01\n",),
    ),
    "no list": ("without = 3\n", ("bad.toml: without = 3: expected a list\n",)),
    "no number": ('[stance]\nshock = "low"\n', ("bad.toml: stance.shock = 'low': expected a number\n",)),
    "a name that leads elsewhere": ('name = "../x"\n', ("name = '../x'", "without /")),
}


@pytest.mark.parametrize("mistake", list(FILES))
def test_a_bad_scenario_file_is_refused(here, mistake):
    text, because = FILES[mistake]
    Path("bad.toml").write_text(text, "utf-8")
    refused("run", "bad.toml", "--runs", "2", because=because)


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (["run", "basline"], ("'basline'", "did you mean 'baseline'")),
        (["run", "missing.toml"], ("missing.toml", "cannot be read", "No such file")),
        (["run", "."], ("'.'", "is not a .toml file")),
        (["run", "--seed", str(2**63)], (f"--seed = {2**63}", "at most")),
        (
            ["run", "--set", "stance=3", "--set", "stance.peer_rate=0.5"],
            ("--set: stance.peer_rate", "stance = 3"),
        ),
        (["run", "--set", "horizon=tomorrow"], ("horizon = 'tomorrow'", "a date such as 2030-12-01")),
        (["run", "--set", "stance.peer_rat=0.6"], ("--set", "stance.peer_rat", "'peer_rate'")),
        (["run", "--set", "stance.peer_rate=nan"], ("--set", "stance.peer_rate", "finite")),
        (["run", "--set", "stance.peer_rate"], ("--set", "expected key=value")),
        (["run", "--set", "stance.peer_rate=fast"], ("--set", "stance.peer_rate = 'fast'", "number")),
        (["run", "--record", "stanc"], ("record", "'stanc'", "stance")),
        (["replay", "nothing"], ("nothing", "no such result")),
        (["parameters", "stanse"], ("stanse", "'stance'")),
    ],
)
def test_bad_words_are_refused(here, words, because):
    refused(*words, because=because)


@pytest.mark.parametrize(
    "command",
    [
        "batch d.toml",
        "influence",
        "holdouts",
        "rules",
        "guarantees",
        "why",
        "sensitivity --batch s",
        "tune t.toml --parameters stance.peer_rate",
        "report",
        "hindcast x.toml",
    ],
)
def test_what_needs_an_extra_says_so_before_it_does_anything(here, monkeypatch, command):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "scipy" else object())
    needed = f"article10: {command.split()[0]} needs scipy: {extras.how_to_install('analysis')}\n"
    refused(*command.split(), because=(needed,))


def test_an_import_that_fails_later_is_one_message(here):
    def command() -> None:
        raise ImportError("No module named 'jinja2'")

    with pytest.raises(typer.Exit) as stopped:
        application.clear_errors(command)()
    assert stopped.value.exit_code == 2


def test_an_error_of_the_disk_is_told_by_file(capsys):
    def command() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "sweep/points.parquet")

    with pytest.raises(typer.Exit):
        application.clear_errors(command)()
    assert capsys.readouterr().err == "article10: sweep/points.parquet: No space left on device\n"


@pytest.mark.parametrize(
    ("out", "said"), [(None, "stopped\n"), (Path("mine"), "mine, and the same command resumes from it\n")]
)
def test_a_stopped_command_says_what_is_kept(capsys, out, said):
    def command(out: Path | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as stopped:
        application.clear_errors(command, kept="out")(out=out)
    assert stopped.value.exit_code == 130
    assert capsys.readouterr().err.endswith(said)


def test_usage_errors_exit_with_2():
    for words in (["run", "--runs", "many"], ["run", "--nonsense"], ["dance"], ["run", "--seed", "-1"]):
        assert CliRunner().invoke(app, words).exit_code == 2
    for runs in ("0", "-5"):
        refusal = CliRunner().invoke(app, ["run", "--runs", runs])
        assert refusal.exit_code == 2
        assert "--runs" in refusal.stderr


def test_an_existing_folder_is_not_overwritten_without_force(here):
    assert CliRunner().invoke(app, ["run", *SHORT, "--out", "mine"]).exit_code == 0
    Path("mine/outcomes.csv").write_text("old", "utf-8")
    refused("run", *SHORT, "--out", "mine", because=("mine", "exists already", "--force"))
    assert Path("mine/outcomes.csv").read_text("utf-8") == "old"
    assert CliRunner().invoke(app, ["run", *SHORT, "--out", "mine", "--force"]).exit_code == 0
    assert Path("mine/outcomes.csv").read_text("utf-8") != "old"


def test_what_article10_did_not_write_is_never_replaced(here):
    for folder in ("documents", "results"):
        if folder == "results":
            assert CliRunner().invoke(app, ["run", *SHORT, "--out", folder]).exit_code == 0
        Path(folder, "drafts").mkdir(parents=True)
        Path(folder, "drafts", "thesis.txt").write_text("precious", "utf-8")
        because = (folder, "article10 did not write", "drafts/thesis.txt")
        for command in (["run", *SHORT], ["rules", "--runs", "2"]):
            refused(*command, "--out", folder, "--force", because=because)
        assert Path(folder, "drafts", "thesis.txt").read_text("utf-8") == "precious"
    Path("empty").mkdir()
    Path("empty/.DS_Store").touch()
    assert CliRunner().invoke(app, ["run", *SHORT, "--out", "empty", "--force"]).exit_code == 0


def test_a_report_replaces_no_file_that_is_not_a_report(here):
    Path("thesis.html").write_text("<html>precious</html>", "utf-8")
    refused("report", "--out", "thesis.html", because=("thesis.html", "exists already", "--force"))
    refused("report", "--out", "thesis.html", "--force", because=("thesis.html", "article10 did not write"))
    output_folder.check_file(written_report(here / "report.html"), force=True, expected_bytes=0)


def written_report(path: Path) -> Path:
    page = resources.files("article10.runs.report").joinpath("page.html").read_text("utf-8")
    path.write_text(page, "utf-8")
    return path


def test_a_failed_run_with_force_leaves_the_old_results(here):
    assert CliRunner().invoke(app, ["run", *SHORT, "--out", "mine"]).exit_code == 0
    refused("run", *SHORT, "--out", "mine", "--force", "--set", "stance.shock=-1", because=("stance.shock",))
    assert (here / "mine" / "result.nc").exists()


def test_a_place_that_cannot_be_written_to_is_refused(here):
    Path("file").write_text("", "utf-8")
    refused("run", *SHORT, "--out", "file/results", because=("file/results", "cannot be written to"))
    refused("run", *SHORT, "--out", "file", "--force", because=("file", "is a file"))
    if Path("/proc/version").exists():
        refused("run", *SHORT, "--out", "/proc/results", because=("/proc/results",))


def test_a_disk_too_full_is_seen_before_the_runs(here, monkeypatch):
    free = shutil.disk_usage(here)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: free)
    refused("run", "--runs", "100", "--out", "o", because=("too full", "MB needed"))


def article10(*words: str, **options) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "article10.runs.command_line", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **pipes, **options)


def test_a_disk_that_fills_up_while_writing_leaves_nothing(here):
    """A limit on the size of files stands in for a full disk."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = article10("run", "--runs", "40", "--no-figures", "--out", "o", preexec_fn=limit)
    _, errors = done.communicate(timeout=120)
    assert done.returncode == 2, errors
    assert errors.startswith("article10: ")
    assert "Traceback" not in errors
    assert len(errors.strip().splitlines()) == 1, errors
    assert "o" in errors
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_stopped_midway_leaves_nothing_that_looks_like_a_result(here, how):
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores Ctrl-C
    done = article10("run", "--runs", "20000", "--no-figures", "--out", "o", preexec_fn=heard)
    for _ in range(300):
        if list(here.glob(".o.unfinished-*")):
            break
        time.sleep(0.1)
    time.sleep(0.5)
    os.kill(done.pid, how)
    _, errors = done.communicate(timeout=60)
    assert not (here / "o").exists()
    if how == signal.SIGINT:
        assert done.returncode == 130
        assert errors.strip() == "article10: stopped"
        assert list(here.iterdir()) == []
    else:
        again = article10("run", *SHORT, "--out", "o")
        again.communicate(timeout=60)
        assert again.returncode == 0
        assert [path.name for path in here.iterdir()] == ["o"]


def test_a_file_that_is_no_result_is_refused(here):
    Path("r.nc").write_text("hello", "utf-8")
    refused("replay", "r.nc", because=("r.nc", "not a NetCDF-4 file"))


def test_a_run_that_is_not_there_is_refused(here):
    assert CliRunner().invoke(app, ["run", *SHORT, "--out", "o"]).exit_code == 0
    refused("replay", "o", "--run", "3", because=("run = 3", "runs 0 to 2"))
    refused("replay", "o", "--member", "HNU", because=("HNU", "did you mean"))


# --- in Python ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"seed": 2**63}, "seed = 9223372036854775808: expected a whole number of at most"),
        ({"seed": "x"}, "seed = 'x': expected a whole number"),
        ({"runs": 0}, "runs = 0: expected a whole number of at least 1"),
        ({"changes": "stance.peer_rate=0.6"}, "changes = 'stance.peer_rate=0.6': expected values by key"),
        ({"changes": {"stance.peer_rat": 0.6}}, "^changes: stance.peer_rat = 0.6: unknown key"),
        ({"record": "stance"}, r"record = 'stance': expected a list of names, such as \['stance'\]"),
        ({"strategy": "inert"}, "strategy = 'inert': expected a function"),
        ({"mechanisms": ["peers"]}, r"mechanisms = \['peers'\]: expected functions by name"),
        ({"mechanisms": {"mine": 1}}, r"mechanisms\['mine'\] = 1: expected a function"),
    ],
)
def test_a_wrong_argument_of_simulate_is_named(wrong, because):
    with pytest.raises(ValueError, match=because):
        simulate("baseline", **{"runs": 2, **wrong})


def test_a_function_in_place_of_the_strategy_makes_its_name_free(here):
    Path("mine.toml").write_text('horizon = 2026-01-05\n[russia]\nstrategy = "mine"\n', "utf-8")
    mine = simulate("mine.toml", 2, strategy=lambda known: known.exposure)
    assert mine.scenario.russia.strategy == "mine"
    with pytest.raises(ValueError, match=r"mine.toml: russia.strategy = 'mine': no such strategy"):
        simulate("mine.toml", 2)


def test_changes_that_are_tables_stay_as_they_were_given():
    stance = {"shock": 0.1}
    changed = read_scenario("baseline", {"stance": stance, "stance.peer_rate": 0.6})
    assert (changed.stance.shock, changed.stance.peer_rate, stance) == (0.1, 0.6, {"shock": 0.1})
