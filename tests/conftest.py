"""What several files of tests use."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def digest() -> Callable[[Path], dict[str, str]]:
    """A function: checksums of all data in a batch's folder, not of what tells the time of its making."""
    return _digest


def _digest(folder: Path) -> dict[str, str]:
    left_out = ("design.json", "prepared.json", ".lock", "zarr.json")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in left_out]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
