"""The error of batches, and the warning about batches with missing runs."""

from __future__ import annotations

from article10.agents.short_error import ShortInNotebooks


class BatchError(ShortInNotebooks, ValueError):
    """A batch cannot be started, opened or queried; the message says why."""


class UnfinishedBatchWarning(UserWarning):
    """Runs of a batch failed or are still to be simulated, and are left out; the message says which."""
