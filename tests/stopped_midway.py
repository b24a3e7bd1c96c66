"""A command in a process of its own, which stops itself in the middle of its work; what it keeps is counted.

Processes are forked from a server that has imported everything, so that each begins at once.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["stops_itself"])


@dataclass(frozen=True)
class Done:
    """What came of a command.

    Attributes:
        code: its exit code, or minus the signal that killed it.
        output: on standard output.
        errors: on standard error.
        counts: how often it kept runs (``kept``) and found some that were kept (``found``); of a process that was not
            killed.
    """

    code: int | None
    output: str
    errors: str
    counts: dict[str, int]


def run(
    words: list[str], folder: Path, stop: signal.Signals | None = None, after: int = 0, cache: Path | None = None
) -> Done:
    """Run a command in a folder, which stops itself by a signal as soon as it has kept runs so many times."""
    folder.mkdir(exist_ok=True)
    process = SERVER.Process(target=_command, args=(words, folder, stop, after, cache or folder / "cache"))
    here = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with mock.patch.dict(os.environ, PYTHONPATH=here):  # before Python 3.13 the server does not know sys.path
        forkserver.ensure_running()
    process.start()
    process.join(300)
    output, errors, counts = (folder / name for name in ("output", "errors", "counts"))
    counted = json.loads(counts.read_text()) if counts.exists() else {}
    counts.unlink(missing_ok=True)
    return Done(process.exitcode, output.read_text(), errors.read_text(), counted)


def _command(words: list[str], folder: Path, stop: signal.Signals | None, after: int, cache: Path) -> None:
    from stops_itself import command

    command(words, folder, stop, after, cache)
