"""Files that are written completely or not at all, and the removal of what killed processes left of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def unfinished(path: Path) -> Path:
    """The temporary path to which a file or folder is written before it is renamed."""
    return path.with_name(f".unfinished-{os.getpid()}-{path.name}")


def written_for(path: Path) -> tuple[int, str] | None:
    """The process that wrote an unfinished file or folder, and its intended name; None for anything else."""
    found = re.fullmatch(r"\.unfinished-(\d+)-(.+)", path.name)
    return (int(found[1]), found[2]) if found else None


@contextmanager
def moved_into_place(path: Path) -> Iterator[Path]:
    """The path to which to write a file, which then replaces an earlier one at once, or not at all; follows links."""
    path = followed(path)
    beside = unfinished(path)
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file, completely or not at all; it is on the disk when this returns."""
    with moved_into_place(path) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def followed(path: Path) -> Path:
    """The target of a symbolic link, whether it exists or not; any other path unchanged."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def remove_abandoned(path: Path) -> None:
    """Remove unfinished copies of this file that killed processes left."""
    if not path.parent.is_dir():
        return
    for other in path.parent.iterdir():
        found = written_for(other)
        if found is not None and found[1] == path.name and not is_alive(found[0]):
            other.unlink(missing_ok=True)


def is_alive(process: int) -> bool:
    """Whether a process is running on this machine."""
    with suppress(ProcessLookupError):
        try:
            os.kill(process, 0)
        except PermissionError:
            return True
        return True
    return False
