"""Which extra of ``pyproject.toml`` holds what a part of the package needs, and how to install it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from article10.agents.short_error import ShortInNotebooks

MODULES: Mapping[str, tuple[str, ...]] = {
    "analysis": ("SALib", "duckdb", "filelock", "jinja2", "optuna", "pyarrow", "scipy", "sklearn", "zarr"),
    "mesa": ("mesa", "networkx"),
    "notebooks": ("anywidget", "ipywidgets"),
    "dashboard": ("mesa", "networkx", "starlette", "uvicorn", "vl_convert", "websockets"),
    "distributed": ("distributed",),
}
"""What each extra lets one import."""


class MissingExtraError(ShortInNotebooks, ImportError):
    """Something is not installed; the message says what, and what to type."""


def require(extra: str, what: str) -> None:
    """Refuse to begin without what an extra holds.

    Args:
        extra: its name.
        what: the command or function that needs it.

    Raises:
        MissingExtraError: something of it is not installed.
    """
    missing = [name for name in MODULES[extra] if find_spec(name) is None]
    if missing:
        raise MissingExtraError(f"{what} needs {', '.join(missing)}: {how_to_install(extra)}")


def missing_module(error: ImportError) -> MissingExtraError:
    """An import that failed, as the same message: with the extra that holds the module."""
    name = (error.name or "").split(".")[0]
    extra = next((extra for extra, names in MODULES.items() if name in names), "analysis")
    return MissingExtraError(f"{error}: {how_to_install(extra)}")


def how_to_install(extra: str) -> str:
    """What to type in the folder of the repository, which is where the package is installed from.

    >>> how_to_install("analysis")
    'in the folder of the repository, pip install -e ".[analysis]"'
    """
    return f'in the folder of the repository, pip install -e ".[{extra}]"'
