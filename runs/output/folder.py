"""A folder of results: it is written completely or not at all, and replaces only what article10 wrote, if asked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from article10.agents.short_error import ShortInNotebooks
from article10.runs.output.files import followed, is_alive, remove_abandoned, unfinished
from article10.runs.output.path import check_folder_name

MARGIN = 1.2
"""Factor by which disk space is required beyond the arrays: labels, tables, figures."""

WRITTEN = ".article10"
"""Name of the file that lists, in a folder of results, the files written there; no others are replaced."""

OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", WRITTEN})
"""Files of operating systems that may be removed."""

WORK = re.compile(r"unfinished-[0-9a-f]{12}")
"""Names of folders, in a folder of results, in which commands keep their work until the results are written."""

PAGE_HEAD = '<meta name="generator" content="article10">'
"""Marker of a page that article10 wrote, within its first kilobyte."""


class OutputError(ShortInNotebooks, OSError):
    """Results cannot be written; the message says where and why."""


@contextmanager
def output_folder(path: Path, force: bool, expected_bytes: int = 0, work: str = "") -> Iterator[Path]:
    """A hidden folder to write to, which is renamed to ``path`` when the block ends without an error.

    What was not there at the start is not replaced: if something appears meanwhile, it stays, and the results are
    written beside it. A symbolic link stays a link, and its target is written.

    Args:
        path: path of the folder.
        force: whether to replace what article10 wrote there before.
        expected_bytes: about how much will be written.
        work: name of a folder in it, as ``WORK`` has them, that may be there already: it holds the work of the same
            command, which was interrupted, and is removed when the results are written.

    Raises:
        OutputError: the path exists already, has appeared meanwhile or cannot be written to, or the disk is too full.
        ValueError: the name is one of a file.
    """
    path = followed(path)
    _tidy_up(path)
    _check(path, force or _holds_only(path, work), expected_bytes)
    replaces = path.exists()
    unfinished = _hidden(path, "unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
    except OSError as error:
        raise OutputError(f"--out {path}: cannot be written to: {error.strerror}") from None
    try:
        with _failures_named(path):
            yield unfinished
            (unfinished / WRITTEN).write_text("\n".join(sorted(_files(unfinished))), "utf-8")
            _put_folder(unfinished, path, replaces or _holds_only(path, work))
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def output_page(path: Path, force: bool, expected_bytes: int = 0) -> Iterator[Path]:
    """A hidden file to write a page to, which is renamed to ``path`` when the block ends without an error.

    Args:
        path: path of the page.
        force: whether to replace a page that article10 wrote there before.
        expected_bytes: about how much will be written.

    Raises:
        OutputError: as for ``output_folder``.
    """
    path = followed(path)
    check_file(path, force, expected_bytes)
    with _failures_named(path), _hidden_file(path) as unfinished:
        yield unfinished
        _put_file(unfinished, path, replaces=force and _is_page(path))


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A hidden file to write to, which replaces what is at ``path`` now, but nothing that appears there later.

    Raises:
        OutputError: a file has appeared meanwhile; the message says where the new one is.
    """
    path = followed(path)
    replaces = path.exists()
    with _hidden_file(path) as unfinished:
        yield unfinished
        _put_file(unfinished, path, replaces)


@contextmanager
def _failures_named(path: Path) -> Iterator[None]:
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"--out {path}: writing failed: {reason}; nothing was left there") from error


@contextmanager
def _hidden_file(path: Path) -> Iterator[Path]:
    remove_abandoned(path)
    hidden = unfinished(path)
    try:
        yield hidden
    finally:
        hidden.unlink(missing_ok=True)


def _check(path: Path, force: bool, expected_bytes: int) -> None:
    check_folder_name(path)
    if path.exists() and not force:
        raise OutputError(f"--out {path}: exists already; give another folder, or --force to replace it")
    if path.is_symlink():
        raise OutputError(f"--out {path}: is a link that leads back to itself; give another folder")
    if path.exists() and not path.is_dir():
        raise OutputError(f"--out {path}: is a file, expected a folder")
    if path.exists() and (other := next(_files_of_others(path), None)):
        raise OutputError(
            f"--out {path}: holds files that article10 did not write, such as {other}: "
            "nothing is replaced; move them, or give another folder"
        )
    check_room(path, expected_bytes)


def _files_of_others(folder: Path) -> Iterator[str]:
    listed = folder / WRITTEN
    written = set(listed.read_text("utf-8").split("\n")) if listed.is_file() else set()
    return (name for name in _files(folder) if name not in written and Path(name).name not in OF_THE_SYSTEM)


def _files(folder: Path) -> Iterator[str]:
    """All files in a folder but those of unfinished work, by path within it."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return (path.as_posix() for path in found if not (path.parts[1:] and WORK.fullmatch(path.parts[0])))


def _holds_only(path: Path, name: str) -> bool:
    return path.is_dir() and [other.name for other in path.iterdir()] == [name]


def check_file(path: Path, force: bool, expected_bytes: int) -> None:
    """Refuse a path at which a file may not or cannot be written, before any work is done.

    Args:
        path: path of the file.
        force: whether to replace a page that article10 wrote there before.
        expected_bytes: about how much will be written.

    Raises:
        OutputError: the path exists already, or cannot be written to, or the disk is too full.
    """
    if path.is_dir():
        raise OutputError(f"--out {path}: is a folder, expected the name of a file")
    if path.exists() and not force:
        raise OutputError(f"--out {path}: exists already; give another name, or --force to replace it")
    if path.exists() and not _is_page(path):
        raise OutputError(f"--out {path}: article10 did not write this file: it is not replaced; give another name")
    if not path.parent.is_dir():
        raise OutputError(f"--out {path}: there is no folder {path.parent}")
    check_room(path, expected_bytes)


def _is_page(path: Path) -> bool:
    return path.is_file() and PAGE_HEAD.encode() in path.read_bytes()[:1024]


def check_room(path: Path, expected_bytes: int) -> None:
    """Refuse a path that cannot be written to, before any work is done.

    Args:
        path: of a file or folder, which need not exist yet.
        expected_bytes: about how much will be written.

    Raises:
        OutputError: the nearest folder above it cannot be written to, or the disk is too full.
    """
    above = path.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise OutputError(f"--out {path}: cannot be written to: {above} is not a folder that you can write to")
    total, _, free = shutil.disk_usage(above)
    if total == 0:  # /proc and its like
        raise OutputError(f"--out {path}: cannot be written to: {above} is the system's own, which keeps no files")
    if expected_bytes * MARGIN > free:
        raise OutputError(
            f"--out {path}: the disk is too full: about {expected_bytes * MARGIN / 1e6:,.0f} MB needed, "
            f"{free / 1e6:,.0f} MB free"
        )


# --- taking the place -----------------------------------------------------------------------------------------------


def _put_folder(unfinished: Path, path: Path, replaces: bool) -> None:
    """Rename the folder to its path; the earlier folder is deleted only after a check that article10 wrote it."""
    replaced = _hidden(path, "replaced")
    try:
        if replaces:
            with suppress(FileNotFoundError):  # it is gone
                path.rename(replaced)
        if os.path.lexists(replaced) and not _is_ours(replaced):
            replaced.rename(path)
        _put_in_free_place(unfinished, path)
    except BaseException:
        if os.path.lexists(replaced) and not os.path.lexists(path):
            replaced.rename(path)
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(_files_of_others(folder))


def _put_file(unfinished: Path, path: Path, replaces: bool) -> None:
    if replaces:
        unfinished.replace(path)
    else:
        _put_in_free_place(unfinished, path)


def _put_in_free_place(unfinished: Path, path: Path) -> None:
    """Rename a file or folder to its path, or to a path beside it if something has appeared there.

    Raises:
        OutputError: something has appeared.
    """
    if _is_moved(unfinished, path):
        return
    beside = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    other = next(place for place in beside if _is_moved(unfinished, place))
    raise OutputError(f"{path}: appeared there meanwhile and was left as it is; the results are in {other}")


def _is_moved(unfinished: Path, place: Path) -> bool:
    """Rename to a path where there is nothing, or at most an empty folder; False if there is something."""
    try:
        if unfinished.is_dir():
            unfinished.rename(place)  # fails if something is in its way
        else:
            place.touch(exist_ok=False)
            unfinished.replace(place)
    except OSError:
        if os.path.lexists(place):
            return False
        raise
    return True


# --- what killed processes left -------------------------------------------------------------------------------------


def _hidden(path: Path, state: str) -> Path:
    return path.with_name(f".{path.name}.{state}-{os.getpid()}")


def _tidy_up(path: Path) -> None:
    """Remove what killed processes left unfinished; put back what one was about to replace."""
    if not path.parent.is_dir():
        return
    for folder in path.parent.iterdir():
        found = re.fullmatch(rf"\.{re.escape(path.name)}\.(unfinished|replaced)-(\d+)", folder.name)
        if not found or is_alive(int(found[2])):
            continue
        if found[1] == "replaced" and not os.path.lexists(path):
            folder.rename(path)
        elif found[1] == "unfinished" or _is_ours(folder):
            shutil.rmtree(folder, ignore_errors=True)
