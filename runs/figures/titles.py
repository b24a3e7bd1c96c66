"""Words for titles that say what is shown."""

from __future__ import annotations

from article10.runs.figures.style import literal

REACHED = {
    "invitation": ("is invited", "are invited"),
    "signature": ("has signed", "have signed"),
    "accession": ("is a member", "are members"),
}
"""What a candidate, or several, have done or become with each milestone."""


def probability_that(candidate: str, *milestones: str) -> str:
    """The probability of milestones, as a title.

    Args:
        candidate: name of the candidate; several are separated by semicolons.
        milestones: one or several.

    >>> probability_that("Ukraine", "accession")
    'Probability that Ukraine is a member'
    >>> probability_that("Albania; Croatia", "invitation", "signature", "accession")
    'Probability that Albania and Croatia are invited, have signed and are members'
    """
    names = [name.strip() for name in candidate.split(";")]
    *first, last = (REACHED[milestone][len(names) > 1] for milestone in milestones)
    done = f"{', '.join(first)} and {last}" if first else last
    return literal(f"Probability that {' and '.join(names)} {done}")
