"""Analyses that are killed or stopped by Ctrl-C: the same command resumes, and ends with the same bytes."""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stopped_midway import Done, run

CTRL_C = 130
"""Exit code."""

SEEDED = ["--edition", "2025-12", "--seed", "3"]
SHORT = ["--set", "horizon=2026-04-06"]
BEYOND_THE_GUARANTEE = ["--set", "horizon=2026-08-03"]
"""For analyses of the guarantee that is given in July."""

TWO = "--parameters stance.peer_rate --parameters stance.shock"

COMMANDS = {
    "influence": "influence baseline --runs 12",
    "influence --curve": "influence baseline --curve --runs 8",
    "influence --rank": "influence baseline --rank --runs 8",
    "holdouts": "holdouts baseline --runs 8",
    "rules": "rules baseline --runs 12",
    "compare": "compare baseline no_pressure --runs 12",
    "claims": "claims baseline --runs 8 --points 1 --runs-at-a-point 3 --workers 1",
    "why": "why baseline --runs 40",
    "guarantees": "guarantees baseline --level 0.3 --runs 8",
    "guarantees --futures": "guarantees baseline --futures --runs 8",
    "tornado": f"sensitivity baseline --method tornado {TWO} --runs 10",
    "morris": f"sensitivity baseline {TWO} --runs 256 --samples 4 --workers 1",
    "history-match": "history-match baseline --waves 1 --points 16 --runs-at-a-point 2 --compared 2 --runs 4",
    "sobol": f"sensitivity baseline --method sobol {TWO} --runs 256 --samples 4 --workers 1",
}

STOPPED_TWICE = {"influence", "claims", "morris", "rules"}
"""Killed and resumed before they are stopped; the others, which keep their runs as these do, are stopped once."""

slow_but_one = [pytest.param(name, marks=[pytest.mark.slow] if name != "rules" else []) for name in COMMANDS]


def words_of(name: str) -> list[str]:
    """The words of a command with a near horizon."""
    horizon = BEYOND_THE_GUARANTEE if name.startswith("guarantees") else SHORT
    return [*COMMANDS[name].split(), *SEEDED, *horizon]


def files(folder: Path) -> dict[str, object]:
    """Every file of a folder; of the provenance all but the time."""
    found: dict[str, object] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found[str(path.relative_to(folder))] = path.read_bytes()
    if (folder / "provenance.json").exists():
        found["provenance.json"] = {**json.loads((folder / "provenance.json").read_text()), "created": ""}
    return found


def check_stopped(stopped: Done, code: int, folder: Path) -> None:
    """It stopped as it was asked to, and after Ctrl-C says where its work is."""
    assert stopped.code == code, stopped.errors
    if code == CTRL_C:
        said = f"article10: stopped; what is done is in {folder}, and the same command resumes from it"
        assert stopped.errors.splitlines()[-1] == said


def check_resumed(resumed: Done, whole: Done, n_kept: int) -> None:
    """What was kept is used, only the rest is simulated, and the same is printed."""
    assert resumed.code == whole.code == 0, resumed.errors
    assert resumed.counts["found"] >= n_kept
    assert resumed.counts["kept"] == whole.counts["kept"] - n_kept
    assert resumed.output == whole.output


@pytest.mark.parametrize("name", slow_but_one)
def test_stopped_by_ctrl_c_it_resumes_in_the_folder_of_its_results(name, tmp_path):
    words = [*words_of(name), "--out", "results"]
    whole = run(words, tmp_path / "whole")
    some = (whole.counts["kept"] + 1) // 3
    assert 1 <= some < whole.counts["kept"]
    place = tmp_path / "stopped"
    twice = name in STOPPED_TWICE
    if twice:
        check_stopped(run(words, place, signal.SIGKILL, some), -signal.SIGKILL, Path())
    stopped = run(words, place, signal.SIGINT, some)
    (work,) = (place / "results").iterdir()
    check_stopped(stopped, CTRL_C, work.relative_to(place))
    resumed = run(words, place)
    check_resumed(resumed, whole, (1 + twice) * some)
    assert f"resuming from results/{work.name}" in resumed.errors
    assert files(place / "results") == files(tmp_path / "whole" / "results")
    assert not (place / "cache").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["influence", "morris"])
def test_without_a_folder_for_results_it_resumes_from_the_cache(name, tmp_path):
    words = words_of(name)
    whole = run(words, tmp_path / "whole")
    some = (whole.counts["kept"] + 1) // 3
    place = tmp_path / "stopped"
    check_stopped(run(words, place, signal.SIGKILL, some), -signal.SIGKILL, Path())
    (work,) = (place / "cache" / "article10" / "unfinished").iterdir()
    check_stopped(run(words, place, signal.SIGINT, some), CTRL_C, work)
    check_resumed(run(words, place), whole, 2 * some)
    assert not work.exists()


@pytest.mark.slow
def test_a_report_resumes_from_the_cache(tmp_path):
    words = ["report", "baseline", "--runs", "8", *SEEDED, *SHORT, "--out", "page.html"]
    whole = run(words, tmp_path / "whole")
    some = (whole.counts["kept"] + 1) // 3
    place = tmp_path / "stopped"
    check_stopped(run(words, place, signal.SIGKILL, some), -signal.SIGKILL, Path())
    (work,) = (place / "cache" / "article10" / "unfinished").iterdir()
    check_stopped(run(words, place, signal.SIGINT, some), CTRL_C, work)
    assert not list(place.glob("*.html"))
    check_resumed(run(words, place), whole, 2 * some)
    assert (place / "page.html").read_bytes() == (tmp_path / "whole" / "page.html").read_bytes()


@pytest.mark.slow
def test_two_of_the_same_command_at_the_same_time_do_not_harm_each_other(tmp_path):
    words = words_of("rules")
    with ThreadPoolExecutor() as both:
        one, other = both.map(lambda name: run(words, tmp_path / name, cache=tmp_path / "cache"), ("one", "other"))
    assert one.code == other.code == 0, one.errors + other.errors
    assert one.output == other.output
