"""Begin a scenario of one's own: a file in which everything that can be stated stands as a comment."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from article10.agents.parameter import Declaration
from article10.agents.short_error import ArgumentError, ScenarioError
from article10.model.scenario import Scenario, all_declarations
from article10.model.scenario_file import read_scenario
from article10.runs.commands.application import EditionChoice, Force
from article10.runs.output.files import write_whole
from article10.runs.output.path import check_suffix
from article10.runs.output.toml_value import toml_lines, toml_value

WIDTH = 118
"""Columns of the file."""

EVENTS: tuple[tuple[str, dict[str, object], str], ...] = (
    ("guarantee", {"level": 0.6, "binding": True}, "All members give a binding guarantee."),
    (
        "peace_plan",
        {"guarantee": 0.5, "force_cap": 0.2},
        "A plan that bars membership; the candidate accepts it or not.",
    ),
    ("ceasefire", {}, "A ceasefire begins."),
    ("pressure", {"instrument": "energy", "targets": "all", "intensity": 3.0}, "A campaign of Russian pressure."),
    ("summit", {"clarification": 0.5}, "An extraordinary summit, at which members also learn each other's stances."),
)
"""Examples of events: kind, what is stated, and what happens."""


def new(
    path: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The file to write.")],
    base: Annotated[str, typer.Option(help="The scenario that yours stands on.")] = "baseline",
    group: Annotated[
        list[str] | None,
        typer.Option(help="Write the parameters of this group only (repeat the option for several) [default: all]."),
    ] = None,
    edition: EditionChoice = None,
    force: Force = False,
) -> None:
    """Take away the # in front of what you want to state; all else is as in the scenario that yours stands on."""
    check_suffix(path, (".toml",))
    if path.exists() and not force:
        raise ArgumentError(f"{path}: exists already; give another name, or --force to replace it")
    if not path.parent.is_dir():
        raise ArgumentError(f"{path}: there is no folder {path.parent}")
    scenario = read_scenario(base, edition=edition)
    declared = list(all_declarations(scenario))
    known = list(dict.fromkeys(_group(d) for d in declared))
    for each in group or ():
        if each not in known:
            raise ScenarioError(f"--group {each}: no such group; expected one of {', '.join(known)}")
    chosen = [d for d in declared if not group or _group(d) in group]
    write_whole(path, scenario_file(scenario, base, chosen, edition).encode())
    sys.stdout.write(f"{path}: a scenario to fill in; then: article10 run {path}\n")


def scenario_file(scenario: Scenario, base: str, declared: list[Declaration], edition: str | None = None) -> str:
    """The text of a file that states nothing yet; every value in a comment is that of the base.

    Args:
        scenario: the scenario on which the new one stands.
        base: its name or path.
        declared: the parameters to list.
        edition: name or folder of the edition, if one was asked for.
    """
    member = scenario.members().iso3[0]
    lines = [
        "# A scenario for article10. What it does not state is as in its base. Take away the # in front of what",
        "# you want to state, and change the value. `article10 run` refuses what it does not know.",
        "",
        *([f"edition = {toml_value(edition)}"] if edition else []),
        f"base = {toml_value(base)}",
        'title = ""',
        'description = """',
        '"""',
        "",
        f"# start = {scenario.start.isoformat()}",
        f"# horizon = {scenario.horizon.isoformat()}",
        "",
        "# How members ballot whatever their stance: object, acquiesce or support.",
        "[ballots]",
        f'# {member} = "object"',
        "",
        "# What is known about a member, in place of what the edition says.",
        f"# [roster.{member}]",
        "# stance = -0.2",
        "",
    ]
    for name, of_group in groupby(declared, _group):
        lines += [f"# --- {name} {'-' * (WIDTH - len(name) - 7)}", f"[{name}]"]
        lines += [line for d in of_group for line in (*_meaning(d), f"# {_name(d)} = {toml_value(d.default)}", "")]
    lines += ["# --- events: each has a kind, a name, and a date or a rate a year (docs/events.md) ---", ""]
    for kind, stated, meaning in EVENTS:
        event = {"kind": kind, "name": f"my_{kind}", "date": _later(scenario), **stated}
        lines += [f"# {meaning}", *(f"# {line}" for line in toml_lines(event, "[[events]]")), ""]
    return "\n".join(lines)


def _later(scenario: Scenario) -> date:
    """A day in the middle of the scenario's first year."""
    return scenario.date_of(min(26, scenario.n_steps - 1))


def _meaning(declared: Declaration) -> Iterator[str]:
    """What a parameter means, in comments: its description, unit, bounds or choices, plausible range and source."""
    meta, (low, high) = declared.meta, declared.bounds
    said = [declared.description]
    if declared.choices:
        said.append(f"One of {', '.join(declared.choices)}.")
    elif low is not None and high is not None:
        unit = "" if meta.unit in ("", "1") else f" {meta.unit}"
        said.append(f"From {low:g} to {high:g}{unit}.")
    if meta.plausible is not None:
        said.append(f"Plausible: {meta.plausible[0]:g} to {meta.plausible[1]:g}.")
    if meta.source:
        said.append(f"Source: {meta.source}.")
    return (f"# {line}" for line in textwrap.wrap(" ".join(said), WIDTH - 2))


def _group(declared: Declaration) -> str:
    return declared.key.partition(".")[0]


def _name(declared: Declaration) -> str:
    return declared.key.partition(".")[2]
