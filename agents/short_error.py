"""Errors of ours that notebooks show as one message, without the path through the package."""

from __future__ import annotations


class ShortInNotebooks:
    """Mixed into an error: IPython shows its message alone; scripts and logs keep the whole traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]
