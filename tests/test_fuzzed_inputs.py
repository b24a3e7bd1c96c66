"""Thousands of scenarios and designs gone wrong: each is read and runs, or is refused in one message of our own.

A few hundred in CI; ``make fuzz`` tries thousands.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from mutations import mutated

from article10 import BatchError, Design, Scenario, ScenarioError, read_scenario
from article10.model import schedule
from article10.model.first_day import first_day
from article10.model.randomness import draw
from article10.model.scenario_file import shipped
from article10.model.setup import Setup
from article10.runs.ensemble.machine import TooLargeError
from article10.runs.output.folder import OutputError

SCENARIOS, DESIGNS = int(os.environ.get("FUZZ_SCENARIOS", "150")), int(os.environ.get("FUZZ_DESIGNS", "60"))

OURS = (ScenarioError, BatchError, OutputError, TooLargeError)

LONGEST = 700
"""Characters of a message, the path of the file among them."""

NOT_OURS = ("pydantic", "input should", "validation error", "http", "Traceback", "[type=", "object at 0x", "None\n")
"""Words of the libraries that we use, or of Python, that no message holds."""

WEEKS = 6
"""How long what can be read is run."""

EVERY = 4
"""Of those that can be read, one in so many is run for some weeks."""

DESIGN_TEXTS = (
    'scenarios = ["baseline", "no_pressure"]\nruns = 10\nseed = 7\nrecord = "outcomes"\n'
    "[changes]\nhorizon = 2026-03-02\n[grid]\nstance.peer_rate = [0.2, 0.8]\ncandidate.may_shelve = [true, false]\n",
    'runs = 4\nrecord = ["stance", "threat"]\ncommon_random_numbers = false\nchanges.horizon = "2026-03-02"\n'
    "[[table]]\nrussia.review_weeks = 4\n[[table]]\nrussia.strategy = 'inert'\nstance.peer_rate = 0.3\n",
    'scenarios = "mine.toml"\nruns = 2\n[sample]\nn = 8\nmethod = "latin_hypercube"\nseed = 3\n'
    "ranges = {stance.peer_rate = [0.2, 0.8], russia.review_weeks = [4, 26]}\n",
    '[sample]\nn = 4\nranges = ["stance.shock", "russia.effort"]\n[grid]\nhorizon = [2026-03-02]\n',
)


@cache
def texts_of_scenarios() -> tuple[str, ...]:
    events = '[[events]]\nkind = "peace_plan"\nname = "plan"\ndate = 2026-07-01\nforce_cap = 0.2\n'
    more = '[roster.HUN]\nstance = -0.5\n[ballots]\nTUR = "object"\n[stance]\nshock = 0.2\n'
    return (*shipped().values(), f'base = "baseline"\nwithout = ["FIN"]\n{more}{events}')


def read_and_run(path: Path, number: int) -> None:
    scenario = read_scenario(path)
    if number % EVERY == 0:
        run_for_some_weeks(scenario)


def run_for_some_weeks(scenario: Scenario) -> None:
    setup = Setup.of(scenario)
    world = first_day(setup, draw(setup.streams, seed=0, runs=[0, 1]))
    schedule.begin(world)
    for _ in range(min(WEEKS, setup.n_steps)):
        schedule.step(world)
    assert np.abs(world.members.stance).max() <= 1


def read_and_lay_out(path: Path, number: int) -> None:
    design = Design.read(path)
    if design.n_points <= 1000:
        point = design.points()[number % design.n_points]
        scenario = read_scenario(design.scenarios_in_full()[point.scenario], point.changes)
        if number % EVERY == 0:
            run_for_some_weeks(scenario)


def tried(path: Path, raw: bytes, number: int, do: Callable[[Path, int], None]) -> str:
    """What came of it: ``read``, ``refused``, or what is wrong."""
    path.write_bytes(raw)
    try:
        do(path, number)
    except OURS as error:
        message = str(error)
        wrong = [word for word in NOT_OURS if word in message.replace(str(path), "")]
        if len(message) > LONGEST or wrong or not message.strip():
            return f"{number}: {len(message)} characters, {wrong}: {message[:400]}"
        return "refused"
    except Exception as error:  # noqa: BLE001 - whatever is not ours is what is looked for
        return f"{number}: {type(error).__name__}: {str(error)[:400]}"
    return "read"


@pytest.mark.parametrize(
    ("texts", "how_many", "do"),
    [(texts_of_scenarios, SCENARIOS, read_and_run), (lambda: DESIGN_TEXTS, DESIGNS, read_and_lay_out)],
    ids=["scenarios", "designs"],
)
def test_what_is_wrong_is_refused_in_one_message_of_ours(texts, how_many, do, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('base = "no_pressure"\nhorizon = 2026-03-02\n', "utf-8")
    path = tmp_path / "fuzzed.toml"
    found = Counter(tried(path, mutated(number, texts()), number, do) for number in range(how_many))
    counts = {kind: found.pop(kind, 0) for kind in ("read", "refused")}
    assert not found, "\n".join([str(counts), *found])
    assert min(counts.values()) > how_many // 50, f"{counts}: the mutations are too coarse, or too fine"
