"""What a process of ``stopped_midway`` runs; the import takes long, and is done once, by the server of processes."""

from __future__ import annotations

import json
import os
import signal
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path

from article10.model.scenario_file import read_scenario
from article10.runs.analyses.registry import SHIPPED
from article10.runs.batches import kept_runs
from article10.runs.batches.store import Store
from article10.runs.command_line import app
from article10.runs.report import plausible

EDITION = read_scenario("baseline").edition

PIECE = 8
"""Runs that are kept at once in these tests."""

for analysis in SHIPPED:
    analysis.load()
for lazy in ("commands.analyses", "figures.plot", "report.report", "analyses.holdouts.figures"):
    import_module(f"article10.runs.{lazy}")
for recorder in ("analyses.paired", "analyses.discovery.features", "ensemble.recorder"):
    kept_runs.fingerprint([EDITION], f"article10.runs.{recorder}")
kept_runs.fingerprint([EDITION])


def command(words: list[str], folder: Path, stop: signal.Signals | None, after: int, cache: Path) -> None:
    """Run a command in a folder; see ``stopped_midway.run``."""
    os.environ.update(XDG_CACHE_HOME=str(cache), MPLBACKEND="Agg", COLUMNS="120")
    os.chdir(folder)
    warnings.simplefilter("error")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kept_runs.TOGETHER = PIECE
    plausible.POINTS = 4
    counts = {"kept": 0, "found": 0}

    def keeping(keep):
        def counted(*arguments):
            keep(*arguments)
            counts["kept"] += 1
            if stop is not None and counts["kept"] == after:
                os.kill(os.getpid(), stop)

        return counted

    def finding(find):
        def counted(*arguments):
            found = find(*arguments)
            counts["found"] += bool(found)
            return found

        return counted

    kept_runs.KeptRuns.keep = keeping(kept_runs.KeptRuns.keep)
    kept_runs.KeptRuns.restored = finding(kept_runs.KeptRuns.restored)
    Store.commit, Store.committed = keeping(Store.commit), finding(Store.committed)
    try:
        with (
            Path("output").open("w") as output,
            Path("errors").open("w") as errors,
            redirect_stdout(output),
            redirect_stderr(errors),
        ):
            app(words)
    finally:
        Path("counts").write_text(json.dumps(counts))
