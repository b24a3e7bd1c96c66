"""Moved to ``article10.runs.stories.replay``; this name stays for one release."""

import warnings

from article10.runs.stories.replay import RECORD, Entry, story

__all__ = ["RECORD", "Entry", "story"]

warnings.warn("article10.runs.replay is now article10.runs.stories.replay", DeprecationWarning, stacklevel=2)
