"""Look at the parameters and at the roster."""

from __future__ import annotations

import sys
from typing import Annotated

import pandas as pd
import typer
from rich.padding import Padding
from rich.text import Text

from article10.agents.nearest import nearest
from article10.agents.parameter import Declaration
from article10.model.roster import PROSPECTS, roster_rows
from article10.model.scenario import ScenarioError, all_declarations, parameter_groups
from article10.model.scenario_file import read_scenario
from article10.runs.commands.application import EditionChoice, console
from article10.runs.output.table import FittedTable, ResultTable
from article10.runs.statistics.forms import Form

SHORT = {
    "influence_weight": "weight",
    "structural_susceptibility": "struct. susc.",
    "government_ties": "ties",
    "stance_spread": "spread",
    "defence_spending": "spend., % GDP",
    "ratification_speed": "ratif. a year",
    "exposure": "expos.",
    "caution": "caut.",
    **{column: column.removeprefix("alternative_").replace("_", " ") for column in PROSPECTS},
}
"""Short heads of the columns of the roster."""


def parameters(
    group: Annotated[
        str | None,
        typer.Argument(
            metavar="[GROUP|KEY]", help="Show only this group or parameter, for example stance, or stance.peer_rate."
        ),
    ] = None,
    scenario: Annotated[str, typer.Option(help="Scenario whose values to show.")] = "baseline",
    edition: EditionChoice = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Write a page in Markdown.")] = False,
) -> None:
    """The plausible range is what the analyses vary; the bounds are what a scenario accepts."""
    chosen = read_scenario(scenario, edition=edition)
    declared = list(all_declarations(chosen))
    shown = [d for d in declared if group in (None, d.key, d.key.split(".")[0])]
    if group is not None and not shown:
        what, known = ("key", [d.key for d in declared]) if "." in group else ("group", parameter_groups(chosen))
        raise ScenarioError(f"parameters {group}: no such {what}{nearest(group, known)}")
    if markdown:
        sys.stdout.write(parameter_page(shown))
        return
    screen = console()
    for d in shown:
        unit = "" if d.meta.unit in ("", "1", "name") else f" {d.meta.unit}"
        limits = {"bounds": _bounds(d), "plausible": _plausible(d), "one of": ", ".join(d.choices)}
        stated = "".join(f"   {what} {limit}" for what, limit in limits.items() if limit)
        meaning = Text.assemble(d.description, "\n", (d.meta.source, "dim"))
        screen.print(Text.assemble((d.key, "bold"), f" = {_value(d.default)}{unit}{stated}"), overflow="fold")
        screen.print(Padding(meaning, (0, 0, 1, 4)))


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


def roster(edition: EditionChoice = None) -> None:
    """Each column is explained in docs/roster.md."""
    rows = pd.DataFrame(roster_rows(edition)).drop(columns=["name", "borders_russia"]).set_index("iso3")
    rows["can_fall"] = rows["can_fall"].map({True: "yes", False: "no"})
    prospects = list(PROSPECTS)
    for title, frame in (
        ("Members", rows.drop(columns=prospects)),
        ("Main alternative governments, and holding out", rows[prospects]),
    ):
        formats: dict[str, Form] = dict.fromkeys(map(str, frame.select_dtypes("float").rename(columns=SHORT)), "{:.2f}")
        if "standing_days" in frame:
            formats[SHORT["standing_days"]] = "{:.0f}"
        console().print(FittedTable(ResultTable(title, frame.rename(columns=SHORT), formats, most=len(frame))))
    console().print("Shares and indices are from 0 to 1; spending is in % of GDP; units: docs/roster.md.")
