"""The news of a run: its story, up to the day that it has reached."""

from __future__ import annotations

from datetime import date, timedelta

from article10.model.accession_model import AccessionModel
from article10.runs.ensemble.simulate import simulate
from article10.runs.stories.replay import RECORD, Entry, story

LATEST = 14
"""Number of entries shown."""

ONE_BY_ONE = 10_000
"""Frequent events are listed one by one, not counted by year, unless there are more of them than this."""


def story_of(model: AccessionModel) -> list[Entry]:
    """The story of the model's run from the first day to the horizon, re-simulated bit for bit."""
    run = simulate(model.setup.scenario, 1, model.seed_of_streams, first_run=model.run, record=RECORD)
    return story(run, frequent=ONE_BY_ONE)


def latest(entries: list[Entry], today: date, days: int) -> list[tuple[Entry, bool]]:
    """What has happened by a day, the newest first, each entry with whether it is recent.

    Args:
        entries: the story of the whole run.
        today: first day of the next step. Stages and Russia's moves are dated by the first day on which they hold,
            everything else by the step in which it happens.
        days: number of days that count as recent.
    """
    before = today - timedelta(days=days)
    past = [entry for entry in entries if entry.day < today or (entry.day == today and _is_state(entry))]
    return [
        (entry, entry.day > before or (entry.day == before and not _is_state(entry)))
        for entry in reversed(past[-LATEST:])
    ]


def _is_state(entry: Entry) -> bool:
    return entry.kind in ("accession", "moves")
