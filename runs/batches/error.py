"""The error of batches."""

from __future__ import annotations

from article10.agents.short_error import ShortInNotebooks


class BatchError(ShortInNotebooks, ValueError):
    """A batch cannot be started, opened or asked for something; the message says why."""
