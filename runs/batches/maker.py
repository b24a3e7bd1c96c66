"""What makes a batch: the code and the libraries that its numbers depend on. One batch has one maker."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from article10 import agents, model
from article10.runs import batches, ensemble
from article10.runs.ensemble.provenance import version

FILES = (
    (agents, "**/*.py"),
    (model, "**/*.py"),
    (model, "**/*.csv"),
    (model, "**/*.toml"),
    (ensemble, "*.py"),
    (batches, "*.py"),
)
"""What a batch's data depend on; figures, analyses and the dashboard lie in other folders of ``runs``."""


@cache
def maker() -> dict[str, str]:
    """Versions of article10, NumPy and SciPy (which samples), and a checksum of the code.

    A version alone does not tell two checkouts apart, nor a commit what was edited after it.
    """
    return {
        "article10_version": version(),
        "code": _code(),
        "numpy": metadata.version("numpy"),
        "scipy": metadata.version("scipy"),
    }


def _code() -> str:
    digest = hashlib.sha256()
    for part, pattern in FILES:
        folder = Path(part.__path__[0]).resolve()
        for path in sorted(folder.glob(pattern)):
            digest.update(f"{part.__name__}/{path.relative_to(folder).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
