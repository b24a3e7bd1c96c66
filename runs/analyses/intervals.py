"""Moved to ``article10.runs.statistics.intervals``; this name stays for one release."""

import warnings

from article10.runs.statistics.intervals import Difference, TooFewRunsWarning, paired

__all__ = ["Difference", "TooFewRunsWarning", "paired"]

warnings.warn(
    "article10.runs.analyses.intervals is now article10.runs.statistics.intervals", DeprecationWarning, stacklevel=2
)
