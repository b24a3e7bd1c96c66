"""The confidence interval of a proportion."""

from __future__ import annotations

import numpy as np

Z95 = 1.959963984540054
"""Normal quantile of a 95% interval."""


def wilson(successes: float, n: float) -> tuple[float, float]:
    """95% interval of a probability from counts (Wilson 1927).

    >>> low, high = wilson(0, 100)
    >>> round(low, 3), round(high, 3)
    (0.0, 0.037)
    """
    share, z2 = successes / n, Z95 * Z95
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low, high = min(share, float(centre - half)), max(share, float(centre + half))  # rounding at 0 and 1
    return max(0.0, low), min(1.0, high)
