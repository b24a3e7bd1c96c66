"""Shares of runs and differences between them in the words of natural frequencies."""

from __future__ import annotations

FEW, MANY = 0.01, 0.99
"""Shares below and above which the words say "fewer than 1 run in 100" and "all but about 1 run in 100"."""

RARE, COMMON = 0.3, 0.7
"""Shares between which a share is said in tenths; beyond them as one run in so many, with it or without it."""


def frequency(share: float) -> str:
    """A share of runs as a natural frequency (Gigerenzer & Hoffrage 1995).

    >>> [frequency(share) for share in (0.0, 0.004, 0.143, 0.42)]
    ['no run', 'fewer than 1 run in 100', 'about 1 run in 7', 'about 4 runs in 10']
    >>> [frequency(share) for share in (0.86, 0.995, 1.0)]
    ['all but about 1 run in 7', 'all but fewer than 1 run in 100', 'every run']
    """
    if share in (0.0, 1.0):
        return "every run" if share else "no run"
    if share < FEW:
        return "fewer than 1 run in 100"
    if share > MANY:
        return "all but fewer than 1 run in 100"
    if share < RARE:
        return f"about 1 run in {round(1 / share)}"
    if share > COMMON:
        return f"all but about 1 run in {round(1 / (1 - share))}"
    return f"about {round(10 * share)} runs in 10"


def direction(change: float) -> str:
    """Whether something raises or lowers a probability.

    >>> direction(0.02), direction(-0.02)
    ('raises', 'lowers')
    """
    return "raises" if change > 0 else "lowers"
