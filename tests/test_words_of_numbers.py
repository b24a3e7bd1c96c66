"""Numbers in words: percentage points, counts within reach, units, and tables as wide as the terminal."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from functools import cache

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

import article10
from article10.runs.analyses.holdouts.power import holdout_power
from article10.runs.analyses.influence.curve import influence_curve
from article10.runs.analyses.influence.influence import influence
from article10.runs.analyses.influence.ranking import rank_influence
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.rules.compared import compare_rules
from article10.runs.analyses.sensitivity.tornado import tornado
from article10.runs.batches.summary import rendered_batch
from article10.runs.command_line import app
from article10.runs.figures.style import new_axes, points_axis
from article10.runs.output.table import ResultTable
from article10.runs.report.headline import main_numbers
from article10.runs.report.report import report
from article10.runs.statistics.forms import POINTS, about
from article10.runs.statistics.intervals import paired

SHORT = {"horizon": "2027-08-02", "accession.objection_line": -0.7, "accession.war_bar": 1.0}
"""Most runs see an invitation, so that differences can be detected."""

ANALYSES = {
    "influence": lambda: influence("baseline", "russia", 40, changes=SHORT),
    "ranking": lambda: rank_influence("baseline", ["russia", "pressure"], 40, changes=SHORT),
    "rules": lambda: compare_rules(rules=("unanimity", "simple majority"), runs=40, changes=SHORT),
    "holdouts": lambda: holdout_power(runs=40, changes=SHORT),
    "curve": lambda: influence_curve(efforts=(20.0,), strategies=("uniform",), runs=40, changes=SHORT),
    "tornado": lambda: tornado(parameters=("russia.effort",), runs=40, changes=SHORT),
}

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")


@cache
def answer_of(analysis):
    return ANALYSES[analysis]()


@pytest.mark.parametrize("analysis", ANALYSES)
def test_no_difference_of_probabilities_is_given_in_percent(analysis):
    answer = answer_of(analysis)
    said = " ".join(answer.sentences())
    cells = [word for table in answer.tables().values() for word in table.cells().to_numpy().ravel()]
    for text in (said, *map(str, cells)):
        assert not re.search(r"[+−-]\d[\d.,]*%", text), text
        assert not re.search(r"\b(nan|inf)\b", text), text


@pytest.mark.parametrize("analysis", ["influence", "ranking", "rules", "holdouts", "tornado"])
def test_figures_of_differences_are_in_percentage_points(analysis):
    axes = [draw() for draw in answer_of(analysis).figures().values()]
    labels = [a.get_xlabel() for a in axes if "percentage points" in a.get_xlabel()]
    assert labels
    assert all("probability" in label for label in labels)


def test_ticks_of_differences_have_no_percent_signs():
    axes = new_axes()
    axes.set_xlim(-0.1, 0.1)
    points_axis(axes, "probability of accession")
    axes.get_figure().draw_without_rendering()
    assert [text.get_text() for text in axes.get_xticklabels()][2:5] == ["−5", "−2.5", "0"]


def test_columns_of_differences_name_their_unit_once():
    shown = ResultTable("", pd.DataFrame([paired(np.arange(9) > 0, np.arange(9) > 1).row("gain")]), {"gain": POINTS})
    assert list(shown.cells())[1:] == ["gain (percentage points)"]
    assert shown.cells().iloc[0, 1] == "+11.1 [-20.2, +43.5]"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, None])
def test_what_is_not_a_number_is_a_dash_in_tables(value):
    assert ResultTable("", pd.DataFrame({"x": [value]}), {"x": "{:.1f}"}).cells()["x"].tolist() == ["–"]


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (1.0, "about 1 runs"),
        (87.3, "about 87 runs"),
        (12_345.0, "about 12,000 runs"),
        (636_267_813_244_026_880.0, "more than a million runs"),
    ],
)
def test_runs_that_would_do_are_rounded_and_capped(runs, words):
    assert about(runs) == words


def test_runs_that_no_one_can_make_are_not_written_out():
    noise = np.random.default_rng(0).normal(size=2000)
    hardly = paired(noise - noise.mean() + 1e-4, np.zeros(2000))
    assert "needs more than a million runs" in hardly.formatted("{:+.4f}")


def test_levers_have_names_of_their_own():
    labels = [each.label for each in LEVERS.values()]
    assert not [(a, b) for a in labels for b in labels if a != b and b.startswith(a)]


def test_a_report_has_one_number_for_one_quantity():
    page = report("baseline", 12, changes=SHORT)
    ours = page.influence.total[page.influence.outcomes[0]]
    ranked = page.analyses["rank_influence"].levers.loc["russia"]
    assert (ranked["difference"], ranked["difference_low"]) == (ours.mean, ours.low)
    assert ranked["label"] == page.influence.lever.label
    numbers = main_numbers(page).frame["estimate [95% interval]"]
    effects = numbers[[name for name in numbers.index if page.influence.lever.label in name]]
    assert len(effects) == len(page.influence.outcomes)
    assert effects.str.endswith("percentage points").all()


# --- tables of the command line -------------------------------------------------------------------------------------

WIDTHS = (60, 80)


def lines_at(width, *words):
    done = CliRunner().invoke(app, words, env={"COLUMNS": str(width)})
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", ["scenarios", "parameters", "roster"])
def test_tables_fit_the_terminal_and_cut_nothing(command, width):
    lines = lines_at(width, command)
    assert max(map(cell_len, lines)) <= width
    assert "…" not in "".join(lines)


@pytest.mark.parametrize("width", WIDTHS)
def test_numbers_of_the_roster_are_whole_at_any_width(width):
    text = "\n".join(lines_at(width, "roster"))
    for value in article10.read_scenario().members().stance:
        assert re.search(rf"(?<!\S){value:.2f}(?!\S)", text)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", [("run", "baseline", "--force"), ("influence", "baseline"), ("rules", "baseline")])
def test_summaries_fit_the_terminal_and_cut_nothing(command, width, tmp_path):
    out = ("--out", str(tmp_path / "found")) if command[0] == "run" else ()
    lines = lines_at(width, *command, *out, "--runs", "2", "--set", "horizon=2026-08-03")
    assert max(cell_len(line) for line in lines if "found" not in line) <= width
    assert "…" not in "".join(lines)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_summary_of_a_batch_fits_and_cuts_nothing(width, tmp_path):
    grid = {"stance.peer_rate": (0.2, 0.8), "russia.strategy": ("uniform", "inert")}
    design = article10.Design(runs=2, grid=grid, changes={"horizon": "2026-01-05"})
    page = io.StringIO()
    batch = article10.run_batch(design, tmp_path / "batch")
    Console(file=page, width=width, color_system=None).print(rendered_batch(batch))
    assert max(map(cell_len, page.getvalue().splitlines())) <= width
    assert "…" not in page.getvalue()
    assert page.getvalue().count("0.0% [0.0%, 65.8%]") == 4 * 3


@pytest.mark.slow
def test_a_terminal_of_eighty_columns_shows_the_roster_whole():
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
    words = [sys.executable, "-m", "article10.runs.command_line", "roster"]
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    with subprocess.Popen(words, stdout=follower, stderr=follower, env={**env, "TERM": "xterm"}) as running:
        os.close(follower)
        shown = b""
        try:
            while chunk := os.read(leader, 65536):
                shown += chunk
        except OSError:  # the other end is closed: Linux says so by an error
            pass
    assert running.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert "…" not in text
    assert max(map(cell_len, text.splitlines())) <= 80
