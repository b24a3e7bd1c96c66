"""The user's folder for files that can be computed again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """The folder of article10 among the user's caches; nothing is read or written.

    It is within ``XDG_CACHE_HOME`` where that is set to an absolute path (XDG Base Directory Specification 0.8), and
    otherwise where the system keeps caches: ``~/.cache``, on macOS ``~/Library/Caches``, on Windows ``LOCALAPPDATA``.

    Raises:
        RuntimeError: the user has no home folder.
    """
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if chosen.is_absolute():
        return chosen / "article10"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "article10" / "Cache"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "article10"
