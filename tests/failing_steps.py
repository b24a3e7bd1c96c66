"""Steps that fail at points of a batch: what its tests put in the place of those that do not."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pytest

from article10.runs.ensemble import stepping


def fail_at(monkeypatch: pytest.MonkeyPatch, is_bad: Callable[[float], bool] | Collection[float], late: bool = False):
    """Make runs fail at some values of ``stance.peer_rate``, before the first step or after the last.

    Returns:
        A list of the values at which runs were stepped, filled as they are.
    """
    real, stepped = stepping.step_chunk, []
    bad = is_bad if callable(is_bad) else is_bad.__contains__

    def step(setup, draws, recording, rows, place=None):
        places = [0] if place is None else np.unique(place)
        rates = [setup.stacked[i].stance.peer_rate for i in places]
        stepped.extend(rates)
        fails = any(map(bad, rates))
        if fails and not late:
            raise FloatingPointError("no luck")
        world = real(setup, draws, recording, rows, place)
        if fails:
            raise FloatingPointError("no luck")
        return world

    monkeypatch.setattr(stepping, "step_chunk", step)
    return stepped
