"""Errors of ours, one message each; notebooks show it without the path through the package."""

from __future__ import annotations


class ShortInNotebooks:
    """Mixed into an error: IPython shows its message alone; scripts and logs keep the whole traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ScenarioError(ShortInNotebooks, ValueError):
    """A scenario cannot be built; the message names the place, the key, the value and what was expected."""


class ArgumentError(ShortInNotebooks, ValueError):
    """A function was given what it cannot use; the message names the argument, the value and what was expected."""


class UnknownNameError(ShortInNotebooks, KeyError, ValueError):
    """There is nothing of that name or number; the message says what there is."""

    def __str__(self) -> str:
        """The message as it is: a ``KeyError`` would show it in quotes."""
        return str(self.args[0])
