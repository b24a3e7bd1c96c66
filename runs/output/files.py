"""Files that are written whole or not at all, and what killed processes leave of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def unfinished(path: Path) -> Path:
    """Where a file or folder is written before it is moved to its place."""
    return path.with_name(f".unfinished-{os.getpid()}-{path.name}")


def written_for(path: Path) -> tuple[int, str] | None:
    """The process that wrote an unfinished file or folder, and the name it was to have; None for anything else."""
    found = re.fullmatch(r"\.unfinished-(\d+)-(.+)", path.name)
    return (int(found[1]), found[2]) if found else None


@contextmanager
def moved_into_place(path: Path) -> Iterator[Path]:
    """Where to write a file, which then appears whole or not at all, in place of what was there; a link is followed."""
    path = followed(path)
    beside = unfinished(path)
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file that appears whole or not at all, and is on the disk when this returns."""
    with moved_into_place(path) as beside, beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def followed(path: Path) -> Path:
    """What a symbolic link leads to, whether it is there or not; any other path as it is."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def remove_abandoned(path: Path) -> None:
    """Remove what killed processes left when they wrote this file."""
    if not path.parent.is_dir():
        return
    for other in path.parent.iterdir():
        found = written_for(other)
        if found is not None and found[1] == path.name and not is_alive(found[0]):
            other.unlink(missing_ok=True)


def is_alive(process: int) -> bool:
    """Whether a process of this machine runs."""
    with suppress(ProcessLookupError):
        try:
            os.kill(process, 0)
        except PermissionError:
            return True
        return True
    return False
