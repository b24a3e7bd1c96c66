"""The ends of the calendar years of a scenario, as dates and as steps; its last year ends at the horizon."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from article10.model.scenario import Scenario


def ends_of_years(scenario: Scenario) -> Iterator[pd.Timestamp]:
    """The last day of each calendar year after the start, and the horizon.

    >>> [str(end.date()) for end in ends_of_years(Scenario(start="2025-12-31", horizon="2027-07-01"))]
    ['2026-12-31', '2027-07-01']
    """
    for year in range(scenario.start.year, scenario.horizon.year + 1):
        end = min(pd.Timestamp(year, 12, 31), pd.Timestamp(scenario.horizon))
        if end > pd.Timestamp(scenario.start):
            yield end


def steps_at_year_ends(scenario: Scenario) -> dict[int, int]:
    """The number of steps done at the end of each calendar year, by year."""
    return {scenario.date_of(step - 1).year: step for step in range(1, scenario.n_steps + 1)}
