"""What makes a batch: the code and the libraries that its numbers depend on. One batch has one maker."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

import article10
from article10.runs.provenance import version

FILES = ("agents/**/*.py", "model/**/*.py", "model/**/*.csv", "model/**/*.toml", "runs/*.py")
"""What a batch's data depend on; its analyses and the dashboard lie in folders of ``runs``."""


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
    package = Path(article10.__file__).parent
    digest = hashlib.sha256()
    for pattern in FILES:
        for path in sorted(package.glob(pattern)):
            digest.update(f"{path.relative_to(package).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
