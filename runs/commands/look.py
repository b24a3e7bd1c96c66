"""Look at scenarios, parameters and the roster."""

from __future__ import annotations

import sys
import tomllib
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from article10.agents.parameter import Declaration
from article10.model.roster import roster_rows
from article10.model.scenario import ScenarioError, all_declarations, parameter_groups
from article10.model.scenario_file import nearest, read_scenario, shipped
from article10.runs.commands.application import console


def scenarios() -> None:
    """List the scenarios that come with the package."""
    table = Table(box=box.SIMPLE)
    for column in ("name", "base", "title"):
        table.add_column(column, no_wrap=column != "title")
    for name, text in shipped().items():
        content = tomllib.loads(text)
        base = "" if name == "baseline" else content.get("base", "baseline")
        table.add_row(name, base, content.get("title", ""))
    console().print(table)


def parameters(
    group: Annotated[str | None, typer.Argument(help="Only this group, for example stance.")] = None,
    scenario: Annotated[str, typer.Option(help="Whose values to show.")] = "baseline",
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page of Markdown.")] = False,
) -> None:
    """List every parameter with its value, bounds, plausible range, unit and source."""
    chosen = read_scenario(scenario)
    groups = parameter_groups(chosen)
    if group is not None and group not in groups:
        raise ScenarioError(f"parameters {group}: no such group{nearest(group, list(groups))}")
    shown = [d for d in all_declarations(chosen) if group in (None, d.key.split(".")[0])]
    if markdown:
        sys.stdout.write(parameter_page(shown))
        return
    for name in dict.fromkeys(d.key.split(".")[0] for d in shown):
        console().print(_parameter_table(name, [d for d in shown if d.key.split(".")[0] == name]))


def _parameter_table(group: str, shown: list[Declaration]) -> Table:
    table = Table(title=group, box=box.SIMPLE, title_justify="left", title_style="bold")
    widths = {"parameter": 20, "value": 9, "bounds": 10, "plausible": 13, "unit": 11, "meaning and source": 38}
    for column, ratio in widths.items():
        table.add_column(column, ratio=ratio)
    for d in shown:
        meaning = f"{d.description} [dim]{escape(d.meta.source)}[/dim]"
        table.add_row(d.key.split(".")[1], _value(d.default), _bounds(d), _plausible(d), d.meta.unit, meaning)
    table.expand = True
    return table


def parameter_page(shown: list[Declaration]) -> str:
    """The parameters as a page of Markdown."""
    columns = ("parameter", "value", "bounds", "plausible", "unit", "meaning", "source")
    head = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    lines = ["# Parameters", "", "Made by `article10 parameters --markdown`; every value is that of the baseline."]
    for name in dict.fromkeys(d.key.split(".")[0] for d in shown):
        lines += ["", f"## {name}", "", *head]
        for d in (d for d in shown if d.key.split(".")[0] == name):
            numbers = (_value(d.default), _bounds(d), _plausible(d), d.meta.unit)
            lines.append("| " + " | ".join((f"`{d.key}`", *numbers, d.description, d.meta.source)) + " |")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def _bounds(d: Declaration) -> str:
    low, high = ("" if bound is None else f"{bound:g}" for bound in d.bounds)
    return f"{low} to {high}" if low or high else ""


def _plausible(d: Declaration) -> str:
    return "" if d.meta.plausible is None else f"{d.meta.plausible[0]:g} to {d.meta.plausible[1]:g}"


def roster() -> None:
    """Print the members and what is fixed about them; docs/roster.md explains each column."""
    rows = roster_rows()
    short = {"influence_weight": "weight", "structural_susceptibility": "struct. susc.", "government_ties": "ties"}
    short |= {"stance_spread": "spread", "defence_spending": "spend.", "ratification_speed": "ratif. speed"}
    short |= {"exposure": "expos.", "caution": "caut."}
    hidden = {"name", "borders_russia"}
    table = Table(
        box=box.SIMPLE, caption="Columns: docs/roster.md. Ratification speed is a year, at the urgency of 2022."
    )
    for column in rows[0]:
        if column not in hidden:
            heading = short.get(column, column.replace("_", " "))
            table.add_column(heading, justify="left" if column == "iso3" else "right")
    for row in rows:
        table.add_row(*(f"{v:.2f}" if isinstance(v, float) else str(v) for k, v in row.items() if k not in hidden))
    console().print(table)
