"""Names of files to write: the ending of a name must fit the content of the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from article10.agents.nearest import nearest
from article10.agents.short_error import ArgumentError, shown

ARRAYS, MOVIES, PAGES = (".nc", ".nc4"), (".gif", ".mp4"), (".html", ".htm")
"""Endings of files of arrays, of moving pictures and of pages."""

FIGURES = ("png", "svg", "pdf")
"""Formats of figures: pixels, and two that are crisp at every size, for pages and for LaTeX or print."""

OF_FILES = frozenset({*ARRAYS, *MOVIES, *PAGES, *(f".{each}" for each in FIGURES)}) | {
    *(".csv", ".json", ".parquet", ".toml", ".txt")
}
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


def check_figures(value: object, name: str = "figures") -> str:
    """The format of figures.

    Args:
        value: what was given.
        name: what it was given as.

    Raises:
        ArgumentError: it is none of ``FIGURES``.
    """
    if not isinstance(value, str) or value not in FIGURES:
        near = nearest(value, FIGURES) if isinstance(value, str) else ""
        raise ArgumentError(f"{name} = {shown(value)}: expected {', '.join(FIGURES[:-1])} or {FIGURES[-1]}{near}")
    return value
