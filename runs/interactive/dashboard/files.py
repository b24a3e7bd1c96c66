"""What a page can have written: the scenario with its changes, the outcomes of its runs, a brief and a report."""

from __future__ import annotations

from typing import Any

from article10.model.scenario_file import read_scenario
from article10.runs.ensemble.simulate import simulate
from article10.runs.interactive.dashboard.base import Base
from article10.runs.interactive.dashboard.wanted import Wanted
from article10.runs.interactive.state import RUNS
from article10.runs.report.brief import brief
from article10.runs.report.report import report

KINDS = ("scenario", "outcomes", "brief", "report")
"""What can be asked for."""


def file_of(kind: str, asked: Wanted) -> dict[str, Any]:
    """A file: its name, its media type and its text.

    Args:
        kind: one of ``KINDS``.
        asked: what the page shows.

    Raises:
        KeyError: there is no such kind.
        ScenarioError: a change is not valid.
    """
    write = {"scenario": _scenario, "outcomes": _outcomes, "brief": _brief, "report": _report}[kind]
    ending, media, text = write(asked)
    return {"name": f"{asked.opened.scenario.name}_{kind}.{ending}", "media": media, "text": text}


def _scenario(asked: Wanted) -> tuple[str, str, str]:
    opened = asked.opened
    title = f"{opened.scenario.title or opened.scenario.name}, changed in the dashboard"
    return "toml", "application/toml", Base.of(opened).toml(title, asked.changes)


def _outcomes(asked: Wanted) -> tuple[str, str, str]:
    scenario = read_scenario(asked.opened.scenario, asked.changes)
    return "csv", "text/csv", simulate(scenario, RUNS, asked.opened.seed, record=()).outcomes.to_csv()


def _brief(asked: Wanted) -> tuple[str, str, str]:
    return "html", "text/html", brief(asked.opened.scenario, RUNS, asked.opened.seed, changes=asked.changes).html()


def _report(asked: Wanted) -> tuple[str, str, str]:
    return "html", "text/html", report(asked.opened.scenario, RUNS, asked.opened.seed, changes=asked.changes).html()
