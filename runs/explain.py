"""Why a member moved in a run: what each mechanism did, adding up exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from article10.agents.russia import Strategy
from article10.model.mechanisms import MECHANISMS, Mechanism
from article10.runs.recorder import CONTRIBUTION

if TYPE_CHECKING:
    from article10.runs.result import EnsembleResult

START, END = "start", "end"


def explain(
    result: EnsembleResult,
    member: str,
    run: int = 0,
    *,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> pd.DataFrame:
    """What each mechanism did to a member's stance in a run, year by year.

    The run is made again from the provenance, bit for bit, with contributions recorded.

    Args:
        result: where the run is from.
        member: its code.
        run: number of the run.
        strategy: the function that was passed to ``simulate``, if one was.
        mechanisms: likewise.

    Returns:
        One row a calendar year; columns ``start``, each mechanism, ``bounds``, ``end``: in each row
        start plus contributions is end, within 1e-12.

    Raises:
        KeyError: the member is not on the roster.
        ValueError: the run is not in the result, or a function that it was made with is not given.
    """
    from article10.runs.ensemble import simulate

    place = result.scenario.members().index(member)
    numbers = result.data["run"].to_numpy()
    if run not in numbers:
        raise ValueError(f"run = {run}: the result holds runs {numbers[0]} to {numbers[-1]}")
    made_with = result.data.attrs
    if strategy is None and made_with["strategy"].startswith("custom:"):
        raise ValueError(f"made with the strategy {made_with['strategy']}: give it again as strategy=")
    if mechanisms is None and not set(json.loads(made_with["mechanisms"])) <= set(MECHANISMS):
        raise ValueError(f"made with the mechanisms {made_with['mechanisms']}: give them again as mechanisms=")
    again = simulate(
        result.scenario,
        1,
        result.seed,
        first_run=run,
        record=("stance", CONTRIBUTION),
        strategy=strategy,
        mechanisms=mechanisms,
    ).data.isel(run=0, member=place)
    parts = again[CONTRIBUTION].to_numpy()
    first = float(again["stance"].to_numpy()[0])
    years = pd.DatetimeIndex(again["step"].to_numpy()[:-1]).year
    names = [str(name) for name in again["mechanism"].to_numpy()]
    frame = pd.DataFrame(parts, columns=names).groupby(np.asarray(years)).sum()
    frame.index.name = "year"
    end = first + frame.sum(axis=1).cumsum()
    frame.insert(0, START, end.shift(1, fill_value=first))
    frame[END] = end
    return frame


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall; ``whole`` ones stand on zero."""

    label: str
    bottom: float
    height: float
    whole: bool = False


def waterfall(explained: pd.DataFrame) -> list[Bar]:
    """The bars of a waterfall over the whole time, from the first stance to the last, without idle mechanisms.

    Args:
        explained: what ``explain`` gave.
    """
    start, end = float(explained[START].iloc[0]), float(explained[END].iloc[-1])
    bars, level = [Bar(START, 0.0, start, whole=True)], start
    for name, height in explained.drop(columns=[START, END]).sum().items():
        if abs(height) > 1e-12:
            bars.append(Bar(str(name), level, float(height)))
            level += float(height)
    bars.append(Bar(END, 0.0, end, whole=True))
    return bars
