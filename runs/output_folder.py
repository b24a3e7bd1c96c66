"""A folder of results: it appears whole or not at all, and replaces only what article10 wrote, and only when asked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from article10.agents.short_error import ShortInNotebooks
from article10.runs.output_path import check_folder_name

MARGIN = 1.2
"""Room asked for beyond what the arrays take: labels, tables, figures."""

WRITTEN = ".article10"
"""Name of the list, in a folder of results, of the files that were written there: no others are ever replaced."""

OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", WRITTEN})
"""Files beside those that nobody misses."""

PAGE_HEAD = '<meta name="generator" content="article10">'
"""By what a page is known for one of ours, within its first kilobyte."""


class OutputError(ShortInNotebooks, OSError):
    """Results cannot be written; the message says where and why."""


@contextmanager
def output_folder(path: Path, force: bool, expected_bytes: int = 0) -> Iterator[Path]:
    """A hidden folder to write to, which takes the place of ``path`` when the block ends well.

    Args:
        path: where the results are to be.
        force: whether to replace what article10 wrote there before.
        expected_bytes: about how much will be written.

    Raises:
        OutputError: something is there already, or the place cannot be written to, or has too little room.
        ValueError: the name is that of a file.
    """
    _check(path, force, expected_bytes)
    unfinished = path.parent / f".{path.name}.unfinished-{os.getpid()}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        unfinished.mkdir()
    except OSError as error:
        raise OutputError(f"--out {path}: cannot be written to: {error.strerror}") from None
    try:
        yield unfinished
        (unfinished / WRITTEN).write_text("\n".join(sorted(_files(unfinished))), "utf-8")
        _put(unfinished, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"--out {path}: writing failed: {reason}; nothing was left there") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _check(path: Path, force: bool, expected_bytes: int) -> None:
    check_folder_name(path)
    if path.exists() and not force:
        raise OutputError(f"--out {path}: exists already; give another folder, or --force to replace it")
    if path.exists() and not path.is_dir():
        raise OutputError(f"--out {path}: is a file, expected a folder")
    if path.exists() and (other := next(_files_of_others(path), None)):
        raise OutputError(
            f"--out {path}: holds files that article10 did not write, such as {other}: "
            "nothing is replaced; move them, or give another folder"
        )
    _check_room(path, expected_bytes)


def _files_of_others(folder: Path) -> Iterator[str]:
    listed = folder / WRITTEN
    written = set(listed.read_text("utf-8").split("\n")) if listed.is_file() else set()
    return (name for name in _files(folder) if name not in written and Path(name).name not in OF_THE_SYSTEM)


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def check_file(path: Path, force: bool, expected_bytes: int) -> None:
    """Refuse a place where a file is not to be or cannot be written, before any work is done.

    Args:
        path: of the file.
        force: whether to replace a page that article10 wrote there before.
        expected_bytes: about how much will be written.

    Raises:
        OutputError: something is there already, or the place cannot be written to, or has too little room.
    """
    if path.is_dir():
        raise OutputError(f"--out {path}: is a folder, expected the name of a file")
    if path.exists() and not force:
        raise OutputError(f"--out {path}: exists already; give another name, or --force to replace it")
    if path.exists() and PAGE_HEAD.encode() not in path.read_bytes()[:1024]:
        raise OutputError(f"--out {path}: article10 did not write this file: it is not replaced; give another name")
    if not path.parent.is_dir():
        raise OutputError(f"--out {path}: there is no folder {path.parent}")
    _check_room(path, expected_bytes)


def _check_room(path: Path, expected_bytes: int) -> None:
    above = path.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise OutputError(f"--out {path}: cannot be written to: {above} is not a folder that you can write to")
    free = shutil.disk_usage(above).free
    if expected_bytes * MARGIN > free:
        raise OutputError(
            f"--out {path}: the disk is too full: about {expected_bytes * MARGIN / 1e6:,.0f} MB needed, "
            f"{free / 1e6:,.0f} MB free"
        )


def _put(unfinished: Path, path: Path) -> None:
    if not path.exists():
        unfinished.replace(path)
        return
    replaced = path.parent / f".{path.name}.replaced-{os.getpid()}"
    path.replace(replaced)
    try:
        unfinished.replace(path)
    except OSError:
        replaced.replace(path)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def _remove_abandoned(path: Path) -> None:
    """Remove what a killed process left behind."""
    for folder in path.parent.glob(f".{path.name}.unfinished-*"):
        found = re.search(r"-(\d+)$", folder.name)
        if found and not _alive(int(found[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    with suppress(ProcessLookupError):
        try:
            os.kill(process, 0)
        except PermissionError:
            return True
        return True
    return False
