"""The confidence interval of a rate of events."""

from __future__ import annotations

from scipy.stats import chi2


def poisson_rate(count: int, exposure: float) -> tuple[float, float, float]:
    """Rate of events and its exact 95% interval, from their number (Garwood 1936).

    The interval covers the chance of the count for events that come independently at one rate. It does not cover
    events that nobody recorded.

    Args:
        count: number of events.
        exposure: time over which they were counted; the rate is per unit of it.

    >>> [round(value, 2) for value in poisson_rate(0, 4.0)]
    [0.0, 0.0, 0.92]
    >>> [round(value, 2) for value in poisson_rate(10, 1.0)]
    [10.0, 4.8, 18.39]
    """
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(0.975, 2 * count + 2)) / 2
    return count / exposure, low / exposure, high / exposure
