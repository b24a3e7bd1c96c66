"""The news of a world: its whole story, told up to the day that it has reached."""

from __future__ import annotations

from datetime import date, timedelta

from article10.model.accession_model import AccessionModel
from article10.runs.ensemble.simulate import simulate
from article10.runs.stories.replay import RECORD, Entry, story

LATEST = 14
"""Entries shown."""

ONE_BY_ONE = 10_000
"""Here even frequent events are told when they happen, not by their number in a year."""


def story_of(model: AccessionModel) -> list[Entry]:
    """The story of the model's run from the first day to the horizon; it is the same run, bit for bit."""
    again = simulate(model.setup.scenario, 1, model.seed_of_streams, first_run=model.run, record=RECORD)
    return story(again, frequent=ONE_BY_ONE)


def latest(entries: list[Entry], today: date, days: int) -> list[tuple[Entry, bool]]:
    """What has happened by a day, the newest first, each with whether it is of the last few days.

    Args:
        entries: of the whole run.
        today: first day of the step that comes next; stages and moves are dated by the day on which they are so,
            everything else by the step in which it happens.
        days: how many days are the last few.
    """
    before = today - timedelta(days=days)
    past = [entry for entry in entries if entry.day < today or (entry.day == today and _is_state(entry))]
    return [
        (entry, entry.day > before or (entry.day == before and not _is_state(entry)))
        for entry in reversed(past[-LATEST:])
    ]


def _is_state(entry: Entry) -> bool:
    return entry.kind in ("accession", "moves")
