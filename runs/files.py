"""Files of results: written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import xarray as xr

RESULT = "result.nc"
"""Name of the dataset in a folder of results."""


OVERHEAD = 2**21
"""Room for labels and headers beyond the arrays."""

BLOCK = 2**23


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


def save_dataset(data: xr.Dataset, path: Path) -> Path:
    """Write a dataset as NetCDF-4 beside its place, and move it there when it is whole.

    Args:
        data: to write.
        path: of the file.

    Raises:
        OSError: it cannot be written, for example because the disk is full; nothing is left behind.
    """
    path = path.absolute()  # xarray takes a relative "a::b" for an address
    remove_abandoned(path)
    try:
        with moved_into_place(path) as beside:
            _ask_for_room(beside, data.nbytes + OVERHEAD)
            data.to_netcdf(beside, engine="h5netcdf")
    except RuntimeError as error:  # what h5py raises when the disk fills up while a file is closed
        raise OSError(f"{path} could not be written: {error}") from error
    return path


def _ask_for_room(path: Path, n_bytes: int) -> None:
    """See that a file of this size can be written: HDF5 cannot close one on a full disk, and takes Python with it."""
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, n_bytes)
            else:
                for _ in range(0, n_bytes, BLOCK):
                    file.write(bytes(BLOCK))
    finally:
        path.unlink(missing_ok=True)


def load_dataset(path: Path) -> xr.Dataset:
    """Read a dataset into memory.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is no result of article10.
    """
    if path.is_dir():
        path = path / RESULT
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such result")
    try:
        data = xr.load_dataset(path.absolute(), engine="h5netcdf")
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: not a NetCDF-4 file: {error}") from None
    if "article10_version" not in data.attrs:
        raise ValueError(f"{path}: not a result of article10: it has no provenance")
    return data
