"""The editions and scenarios that come with the package, as folders and text: to list them, none has to be built.

An edition is a folder of tables with a date. The scenarios in it ask questions of that day; those of the past, which
name the edition whose tables they take, stand apart.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

ROOT = "baseline"
"""The scenario on which all others of an edition are based."""

EDITION_FILE = "edition.toml"
"""The file by which the folder of an edition is known."""

CHOSEN = "ARTICLE10_EDITION"
"""Environment variable that names the default edition; without it, the newest is the default."""


@cache
def editions() -> tuple[str, ...]:
    """Names of the editions that come with the package, oldest first."""
    folders = resources.files("article10.model.data").iterdir()
    return tuple(sorted(each.name for each in folders if each.is_dir() and each.joinpath(EDITION_FILE).is_file()))


def default_edition() -> str:
    """Name or folder of the edition of scenarios that name none: the newest, unless the environment chooses another."""
    return os.environ.get(CHOSEN) or editions()[-1]


def edition_folder(edition: str) -> Traversable:
    """The folder of an edition that comes with the package, or that of a user's own."""
    return resources.files("article10.model.data").joinpath(edition) if edition in editions() else Path(edition)


def edition_scenarios(edition: str | None = None) -> tuple[str, ...]:
    """Names of an edition's own scenarios, in alphabetical order, the baseline first; those of the past are left out.

    Args:
        edition: name or folder; None is the default.
    """
    own = edition_folder(default_edition() if edition is None else edition).joinpath("scenarios")
    names = [f.name[:-5] for f in own.iterdir() if f.name.endswith(".toml")]
    return tuple(sorted(names, key=lambda name: (name != ROOT, name)))


def shipped(edition: str | None = None) -> dict[str, str]:
    """The scenarios of an edition and those of the past: name to TOML text, in alphabetical order, the baseline first.

    Args:
        edition: name or folder; None is the default.
    """
    own = edition_folder(default_edition() if edition is None else edition).joinpath("scenarios")
    folders = [resources.files("article10.model.scenarios"), *([own] if own.is_dir() else [])]
    found = {f.name[:-5]: f for folder in folders for f in folder.iterdir() if f.name.endswith(".toml")}
    return {name: found[name].read_text("utf-8") for name in sorted(found, key=lambda n: (n != ROOT, n))}
