"""Provenance: what is needed to re-simulate a result and to identify the code that made it; saved in every result."""

from __future__ import annotations

import json
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

LIBRARIES = ("numpy", "pydantic", "xarray", "pandas", "h5netcdf", "matplotlib")


@cache
def version() -> str:
    """Version of this package, or that of a checkout that is not installed."""
    try:
        return metadata.version("article10")
    except metadata.PackageNotFoundError:
        return "0.2.0+checkout"


@cache
def git_commit() -> str:
    """Commit of the checkout that this code runs from, with ``+changes`` if files differ; empty if there is none."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / ".git").exists() or not (folder / "pyproject.toml").exists():
        return ""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return ""
    return commit + ("+changes" if changed else "")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()


@cache
def library_versions() -> dict[str, str]:
    """Versions of the libraries that results depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}}


def provenance() -> dict[str, str]:
    """Package version, commit, libraries, machine and time, as attributes of a dataset."""
    return {
        "article10_version": version(),
        "git_commit": git_commit(),
        "libraries": json.dumps(library_versions()),
        "machine": f"{platform.system()} {platform.machine()}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
