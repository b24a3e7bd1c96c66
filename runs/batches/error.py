"""The error of batches, and the warning of those that are not whole."""

from __future__ import annotations

from article10.agents.short_error import ShortInNotebooks


class BatchError(ShortInNotebooks, ValueError):
    """A batch cannot be started, opened or asked for something; the message says why."""


class UnfinishedBatchWarning(UserWarning):
    """Runs of a batch failed or are not made yet, and are left out; the message says which."""
