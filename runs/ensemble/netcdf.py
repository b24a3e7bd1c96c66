"""Results as NetCDF-4 files: a file is written completely or not at all, and a damaged file is refused."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import xarray as xr

from article10.agents.short_error import ShortInNotebooks
from article10.runs.output.digest import ALGORITHM, dataset_digest
from article10.runs.output.files import moved_into_place, remove_abandoned

RESULT = "result.nc"
"""Name of the dataset in a folder of results."""

DIGEST = f"digest_{ALGORITHM}"
"""Attribute of a saved dataset that holds the digest of its content, including all other attributes."""

OVERHEAD = 2**21
"""Bytes for labels and headers beyond the arrays."""

BLOCK = 2**23


class ResultError(ShortInNotebooks, ValueError):
    """A file of results cannot be read or is damaged; the message says how to write it again."""


def save_dataset(data: xr.Dataset, path: Path) -> Path:
    """Write a dataset as NetCDF-4 under a temporary name, and rename the file when it is complete.

    Args:
        data: the dataset.
        path: path of the file.

    Raises:
        OSError: the file cannot be written, for example because the disk is full; nothing is left behind.
    """
    path = path.absolute()  # xarray takes a relative "a::b" for an address
    remove_abandoned(path)
    try:
        sealed = data.assign_attrs({DIGEST: dataset_digest(data)})
        with moved_into_place(path) as beside:
            _ask_for_room(beside, data.nbytes + OVERHEAD)
            sealed.to_netcdf(beside, engine="h5netcdf")
    except RuntimeError as error:  # what h5py raises when the disk fills up while a file is closed
        raise OSError(f"{path} could not be written: {error}") from error
    return path


def _ask_for_room(path: Path, n_bytes: int) -> None:
    """Check that a file of this size can be written: on a full disk HDF5 cannot close a file, and Python crashes."""
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, n_bytes)
            else:
                for _ in range(0, n_bytes, BLOCK):
                    file.write(bytes(BLOCK))
    finally:
        path.unlink(missing_ok=True)


def load_dataset(path: Path, mend: str = "") -> xr.Dataset:
    """Read a dataset into memory, and check that it is unchanged since ``save_dataset`` wrote it.

    Args:
        path: path of the file, or of a folder of results.
        mend: how to obtain the file again, as advice; by default that for a result.

    Raises:
        FileNotFoundError: the file does not exist.
        ResultError: the file is not a result of article10, or is damaged.
    """
    if path.is_dir():
        path = path / RESULT
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such result")
    mend = mend or _mend(path)
    try:
        with h5py.File(path) as file:  # first, for h5netcdf leaves a traceback behind where HDF5 cannot open a file
            expected = file.attrs.get(DIGEST)
        data = xr.load_dataset(path.absolute(), engine="h5netcdf")
        data.attrs.pop(DIGEST, None)
        is_whole = expected == dataset_digest(data)
    except Exception as error:  # noqa: BLE001 - a damaged file makes HDF5, h5netcdf and xarray raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ResultError(f"{path}: not a NetCDF-4 file, or damaged ({reason:.200}); {mend}") from None
    if expected is None:
        raise ResultError(
            f"{path}: holds no digest of its content: it is damaged, an earlier article10 wrote it, or it is not a "
            f"result of article10; {mend}"
        )
    if not is_whole:
        raise ResultError(f"{path}: damaged: its content differs from its digest; {mend}")
    return data


def _mend(path: Path) -> str:
    """How to obtain a file of results again, as advice."""
    if path.name == RESULT:
        return f"simulate it again, as before: article10 run SCENARIO --runs N --seed S --out {path.parent} --force"
    return f"simulate it again, as before, and save it: article10.simulate(...).save({str(path)!r})"
