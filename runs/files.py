"""Files of results: written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import xarray as xr

RESULT = "result.nc"
"""Name of the dataset in a folder of results."""


OVERHEAD = 2**21
"""Room for labels and headers beyond the arrays."""

BLOCK = 2**23


def save_dataset(data: xr.Dataset, path: Path) -> Path:
    """Write a dataset as NetCDF-4 beside its place, and move it there when it is whole.

    Args:
        data: to write.
        path: of the file.

    Raises:
        OSError: it cannot be written, for example because the disk is full; nothing is left behind.
    """
    path = path.absolute()  # xarray takes a relative "a::b" for an address
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        _ask_for_room(unfinished, data.nbytes + OVERHEAD)
        data.to_netcdf(unfinished, engine="h5netcdf")
        unfinished.replace(path)
    except BaseException as error:
        unfinished.unlink(missing_ok=True)
        if isinstance(error, RuntimeError):  # what h5py raises when the disk fills up while a file is closed
            raise OSError(f"{path} could not be written: {error}") from error
        raise
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
