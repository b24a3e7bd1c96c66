"""Names of files to write: the ending of a name must fit the content of the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

ARRAYS, MOVIES, PAGES = (".nc", ".nc4"), (".gif", ".mp4"), (".html", ".htm")
"""Endings of files of arrays, of moving pictures and of pages."""

OF_FILES = frozenset({*ARRAYS, *MOVIES, *PAGES, ".csv", ".json", ".parquet", ".pdf", ".png", ".svg", ".toml", ".txt"})
"""Endings of names that are meant for files, and not for folders."""


def check_suffix(path: Path, suffixes: Sequence[str]) -> None:
    """Refuse a file name whose ending does not fit the content.

    Raises:
        ValueError: the name has another ending.
    """
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"{path}: expected a name that ends in {' or '.join(suffixes)}")


def check_folder_name(path: Path) -> None:
    """Refuse a folder name that has the ending of a file name.

    Raises:
        ValueError: the name has such an ending.
    """
    if path.suffix.lower() in OF_FILES:
        raise ValueError(f"{path}: is the name of a file, by its ending {path.suffix}; expected that of a folder")
