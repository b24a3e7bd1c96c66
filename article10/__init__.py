"""Article 10: how NATO decides on admitting a country, as an agent-based simulation.

Public names stand in ``__init__.pyi``; each is imported when it is first used, so that ``import article10`` is quick.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

from article10.model.extras import require
from article10.runs.analyses.registry import ANALYSES

_from_stub, _, __all__ = lazy_loader.attach_stub(__name__, __file__)

EXTRAS = {
    "AccessionModel": "mesa",
    "dashboard": "notebooks",
    "explore": "notebooks",
    "forecast": "analysis",
    "mesa_iterations": "mesa",
    "report": "analysis",
}
"""The extra that a public name needs, where it is not that of an analysis, which the registry states."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the lazy public names
    """Import a public name, or an analysis that a user has registered, when it is first used."""
    if name == "__version__":
        from article10.runs.ensemble.provenance import version

        return version()
    if name in ANALYSES and name not in __all__:
        return ANALYSES[name].load()
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    extra = ANALYSES[name].extra if name in ANALYSES else EXTRAS.get(name)
    if extra:
        require(extra, name)
    return _from_stub(name)


def __dir__() -> list[str]:
    """The public names, and the analyses that a user has registered."""
    return sorted({"__version__", *__all__, *ANALYSES})
