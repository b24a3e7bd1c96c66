"""Errors of this package that notebooks show as one message, without the traceback through the package."""

from __future__ import annotations


class ShortInNotebooks:
    """Mixin for errors: IPython shows only the message; scripts and logs keep the whole traceback."""

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]
