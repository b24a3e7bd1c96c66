"""Batches with several workers from every place that Python runs code from: each ends, or is refused in one line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from article10 import BatchError
from article10.runs.batches.main_script import needs_main_script, without_main_script

BATCH = """
import article10
design = article10.Design(
    scenarios=({scenario},), runs=2048, changes={{"horizon": "2026-01-12"}}, grid={{"stance.peer_rate": [0.2, 0.8]}}
)
done = article10.run_batch(design, "b", {options}, progress=False)
print("ended", len(done.outcomes), len(done.failures))
"""

OWN_EVENT = """
import article10, numpy as np
from typing import Literal

class Scare(article10.Event):
    kind: Literal["scare"] = "scare"

    def apply(self, world, now, outcome):
        world.members.incidents[now.nonzero()[0]] += 0.5

own = article10.read_scenario("baseline", {"events": (Scare(name="s", date="2026-01-05"),)})
"""

PROCESSES, DASK = "workers=2", 'cluster="local", workers=2'


def batch(options: str, scenario: str = '"baseline"') -> str:
    return BATCH.format(options=options, scenario=scenario)


def guarded(code: str) -> str:
    return "if __name__ == '__main__':\n" + "\n".join(f"    {line}" for line in code.splitlines())


def run(how: str, code: str, folder) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(code)
    words = {"standard input": ["-"], "command": ["-c", code], "file": [str(script)]}[how]
    given = code if how == "standard input" else ""
    options = {"capture_output": True, "text": True, "timeout": 120, "check": False, "cwd": folder}
    return subprocess.run([sys.executable, *words], input=given, **options)


@pytest.mark.slow
@pytest.mark.parametrize("options", [PROCESSES, DASK], ids=["processes", "dask"])
@pytest.mark.parametrize("how", ["standard input", "command", "file"])
def test_a_batch_ends_wherever_its_script_comes_from_without_a_guard(how, options, tmp_path):
    done = run(how, batch(options), tmp_path)
    assert (done.returncode, done.stdout) == (0, "ended 4096 0\n"), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_workers_import_a_guarded_script_that_defines_a_kind_of_event(tmp_path):
    done = run("file", OWN_EVENT + guarded(batch(PROCESSES, "own")), tmp_path)
    assert (done.returncode, done.stdout) == (0, "ended 4096 0\n"), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("standard input", "Scare is defined in standard input, a command or a notebook"),
        ("command", "Scare is defined in standard input, a command or a notebook"),
        ("file", "under `if __name__ == '__main__':`"),
    ],
)
def test_a_kind_of_event_that_workers_cannot_import_is_refused_in_one_line(how, said, tmp_path):
    done = run(how, OWN_EVENT + batch(PROCESSES, "own"), tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 1
    assert said in done.stderr.splitlines()[-1]


def test_what_cannot_be_sent_is_refused_before_a_worker_starts():
    with pytest.raises(BatchError, match=r"cannot be given the tasks: .*lambda.*module of its own"):
        needs_main_script((print, [lambda: None]))


def test_the_main_script_is_needed_for_what_it_defines_alone(monkeypatch):
    own = type("Own", (), {"__module__": "__main__"})
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "Own", own, raising=False)
    monkeypatch.setattr(main, "__file__", __file__, raising=False)
    monkeypatch.setattr(main, "__spec__", None)
    assert not needs_main_script((print, [1, "a", {"b": BatchError}]))
    assert needs_main_script((print, [1, {"b": own()}]))
    with without_main_script(), pytest.raises(BatchError, match="Own is defined in standard input"):
        needs_main_script((print, [own]))
    assert main.__file__ == __file__
