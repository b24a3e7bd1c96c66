"""How large a design is, and what is too large to be begun: refused with the figure before anything is laid out."""

from __future__ import annotations

from math import log10

from article10.runs.ensemble.machine import TooLargeError, in_bytes

MOST_POINTS = 1_000_000
"""Points that a design may have."""

MOST_RUNS = 10_000_000_000
"""Runs that a design may have at all its points."""

OUTCOME_BYTES = 40
"""Bytes that the outcomes of a run take on the disk, at least."""

RUNS_A_SECOND = 2_000
"""Runs of ten years that a core makes in a second, about."""

LONGEST_COUNT = 10**15
"""Numbers beyond it are stated as a power of ten."""


def check_size(points: int, runs: int) -> None:
    """Refuse a design of more points or runs than can be made.

    Args:
        points: of the design.
        runs: at each point.

    Raises:
        TooLargeError: with the figure, and what is allowed.
    """
    if points > MOST_POINTS:
        raise TooLargeError(f"the design has {_counted(points)} points; at most {MOST_POINTS:,} are allowed")
    total = points * runs
    if total > MOST_RUNS:
        years, size = total // RUNS_A_SECOND // (365 * 24 * 3600), in_bytes(total * OUTCOME_BYTES)
        raise TooLargeError(
            f"the design has {_counted(total)} runs ({points:,} × {_counted(runs)}): about {_counted(years)} "
            f"years of one core, and {size} of outcomes; at most {MOST_RUNS:,} runs are allowed"
        )


def _counted(number: int) -> str:
    return f"{number:,}" if number < LONGEST_COUNT else f"about 10^{int(log10(number))}"
