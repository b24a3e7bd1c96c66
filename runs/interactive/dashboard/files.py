"""What a page can have written: the scenario with its changes, the outcomes of its runs, and a brief."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from article10.model.scenario_file import read_scenario
from article10.runs.ensemble.simulate import simulate
from article10.runs.interactive.dashboard.wanted import Wanted, command_of
from article10.runs.interactive.state import RUNS
from article10.runs.output.toml_value import toml_lines
from article10.runs.report.brief import brief

KINDS = ("scenario", "outcomes", "brief")
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
    write = {"scenario": _scenario, "outcomes": _outcomes, "brief": _brief}[kind]
    ending, media, text = write(asked)
    return {"name": f"{asked.opened.scenario.name}_{kind}.{ending}", "media": media, "text": text}


def _scenario(asked: Wanted) -> tuple[str, str, str]:
    opened = asked.opened
    lines = [f"# {command_of(opened.scenario, opened.source, asked.changes)}"]
    base = {"title": f"{opened.scenario.title or opened.source}, changed in the dashboard", "base": opened.source}
    edition = {"edition": opened.scenario.edition} if opened.scenario.edition else {}
    lines += toml_lines({**base, **edition})
    for group, values in _by_group(asked):
        lines += ["", *toml_lines(values, f"[{group}]")]
    return "toml", "application/toml", "\n".join(lines) + "\n"


def _by_group(asked: Wanted) -> Iterator[tuple[str, dict[str, Any]]]:
    groups: dict[str, dict[str, Any]] = {}
    for key, value in asked.changes.items():
        group, _, name = key.partition(".")
        groups.setdefault(group, {})[name] = value
    yield from groups.items()


def _outcomes(asked: Wanted) -> tuple[str, str, str]:
    scenario = read_scenario(asked.opened.scenario, asked.changes)
    return "csv", "text/csv", simulate(scenario, RUNS, asked.opened.seed, record=()).outcomes.to_csv()


def _brief(asked: Wanted) -> tuple[str, str, str]:
    scenario = read_scenario(asked.opened.scenario, asked.changes)
    return "html", "text/html", brief(scenario, RUNS, asked.opened.seed).html()
