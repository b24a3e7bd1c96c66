"""The dashboard, served by the command in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def dashboard(*arguments: str) -> Iterator[tuple[str, psutil.Process]]:
    """Its address while it is served, and the process that serves it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "article10.runs.command_line", "dashboard", *arguments, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[1], psutil.Process(process.pid)
    finally:
        process.kill()
        process.communicate()
