"""Long work shows how far it is: a bar on a terminal, lines in a log, and nothing on request."""

from __future__ import annotations

import io
import re
from itertools import count

import pytest
from rich.console import Console
from typer.testing import CliRunner

import article10
from article10.runs.command_line import app
from article10.runs.output import progress
from article10.runs.output.progress import Lines, progress_shown

LINE = re.compile(
    r"article10: [^:]+: [\d,]+ of [\d,]+ runs \(\d+%\), [\d:]+ elapsed(, about [\d:]+ left)?(, \d+ failed)?"
)
SHORT = {"horizon": "2026-01-12"}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def slow(monkeypatch):
    """A clock on which everything takes 40 seconds."""
    clock = count(0, 40)
    monkeypatch.setattr(progress, "monotonic", lambda: float(next(clock)))


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if LINE.fullmatch(line)]


@pytest.mark.parametrize(("hours", "most"), [(0.01, 5), (1, 35), (24, 60)])
def test_a_log_has_a_line_now_and_then_and_never_many(monkeypatch, capsys, hours, most):
    clock = [0.0]
    monkeypatch.setattr(progress, "monotonic", lambda: clock[0])
    show, seconds = Lines("batch", "runs"), int(3600 * hours)
    for clock[0] in range(1, seconds + 1):
        show(100 * clock[0], 100 * seconds, failed=int(clock[0] > 20))
    said = capsys.readouterr().err
    assert lines(said) == said.splitlines()
    assert 3 <= len(lines(said)) <= most
    assert said.isprintable() or set(said) - set(filter(str.isprintable, said)) == {"\n"}
    first, last = lines(said)[0], lines(said)[-1]
    assert f"0:00:10 elapsed, about {progress._clock(seconds - 10)} left" in first
    assert f"{100 * seconds:,} of {100 * seconds:,} runs (100%)" in last
    assert last.endswith("elapsed, 1 failed")


def test_what_was_found_done_says_nothing_of_the_time_left(monkeypatch, capsys):
    clock = iter([0.0, 20.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    Lines("batch", "runs")(600, 1000, found=500)
    assert capsys.readouterr().err == "article10: batch: 600 of 1,000 runs (60%), 0:00:20 elapsed, about 0:01:20 left\n"


def test_short_work_writes_no_line(capsys):
    with progress_shown("run") as show:
        for done in range(100):
            show(done + 1, 100)
    assert capsys.readouterr().err == ""


def test_a_terminal_has_a_bar_with_rate_time_left_and_failures(monkeypatch):
    page = Terminal()
    monkeypatch.setattr(progress, "Console", lambda stderr: Console(file=page, force_terminal=True, width=120))
    with progress_shown("batch") as show:
        show(200, 1000, found=200)
        show(500, 1000, found=200, failed=20)
        show(1000, 1000, found=200, failed=20)
    for shown in ("1,000/1,000 runs", "runs/s", "20 failed"):
        assert shown in page.getvalue()


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "TTY_COMPATIBLE", "CLICOLOR_FORCE"])
def test_a_log_has_no_control_characters_though_colours_are_asked_for(monkeypatch, capsys, slow, variable):
    monkeypatch.setenv(variable, "1")
    with progress_shown("batch") as show:
        show(5, 10)
    assert lines(said := capsys.readouterr().err) == [said.strip()]


SMALL = ["--runs", "8", "--set", "horizon=2026-03-02"]
PEERS, ONE_PROCESS = ["--parameters", "stance.peer_rate"], ["--workers", "1"]
SOBOL = ["--method", "sobol", "--samples", "4", "--parameters", "stance.shock"]
TUNE = ["tune", "targets.toml", *PEERS, "--runs", "2", "--points", "8"]
BATCH = ["batch", "design.toml", "--out", "b", *ONE_PROCESS]
DESIGN = 'runs = 8\nchanges.horizon = "2026-01-12"\n'
TARGETS = '[[stance]]\nmember = "HUN"\ndate = "2026-06-01"\nvalue = 0.1\ntolerance = 0.1\n'

COMMANDS = [
    ["run", *SMALL, "--no-figures", "--out", "o"],
    BATCH,
    ["influence", *SMALL],
    ["influence", "--rank", *SMALL],
    ["influence", "--curve", *SMALL],
    ["rules", *SMALL],
    ["holdouts", *SMALL],
    ["guarantees", *SMALL, "--given", "2026-01-05"],
    ["guarantees", "--futures", *SMALL, "--given", "2026-01-05"],
    ["why", "--runs", "64", "--set", "horizon=2026-03-02", "--until", "2026-02-02"],
    ["sensitivity", *SMALL, "--samples", "2", *ONE_PROCESS, *PEERS],
    ["sensitivity", *SMALL, *ONE_PROCESS, *PEERS, *SOBOL],
    ["sensitivity", "--method", "tornado", *SMALL, *PEERS],
    ["hindcast", "vilnius_2003", "--runs", "8"],
    [*TUNE, *ONE_PROCESS],
    [*TUNE, "--method", "best"],
    ["report", *SMALL, "--out", "r.html"],
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "design.toml").write_text(DESIGN)
    (tmp_path / "targets.toml").write_text(TARGETS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_that_takes_long_says_how_far_it_is(words, here, slow):
    done = CliRunner().invoke(app, words)
    assert lines(done.stderr), (done.exit_code, done.stderr)
    other = [line for line in done.stderr.splitlines() if "are kept in" not in line and "is kept in" not in line]
    assert lines(done.stderr) == other or done.exit_code


@pytest.mark.parametrize("words", COMMANDS[:2], ids=" ".join)
def test_quiet_commands_say_nothing_of_it(words, here, slow):
    assert CliRunner().invoke(app, [*words, "--quiet"]).stderr == ""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("shown", [True, False])
def test_python_functions_show_it_unless_told_not_to(tmp_path, capsys, slow, shown):
    asked = {"workers": 1, "progress": shown}
    article10.run_batch(article10.Design(runs=8, changes=SHORT), tmp_path / "b", **asked)
    article10.screen("baseline", 4, parameters=["stance.peer_rate"], changes=SHORT, trajectories=2, **asked)
    assert len(lines(capsys.readouterr().err)) == (4 if shown else 0)


def test_every_call_reports_how_much_is_done_and_how_much_there_is(tmp_path):
    seen = {"simulate": [], "batch": []}
    article10.simulate(runs=5, changes=SHORT, chunk=2, progress=lambda *now: seen["simulate"].append(now))
    design = article10.Design(runs=5, changes=SHORT)
    article10.run_batch(design, tmp_path / "b", workers=1, progress=lambda *now: seen["batch"].append(now))
    assert seen == {"simulate": [(2, 5), (4, 5), (5, 5)], "batch": [(0, 5), (5, 5)]}
