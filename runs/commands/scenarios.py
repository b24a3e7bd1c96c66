"""List the scenarios that come with the package, without building one."""

from __future__ import annotations

import tomllib
from typing import Annotated

import typer

from article10.model.shipped import ROOT, shipped
from article10.runs.commands.application import EditionChoice, console


def scenarios(
    edition: EditionChoice = None,
    describe: Annotated[bool, typer.Option("--describe", help="Say what each scenario asks and assumes.")] = False,
) -> None:
    """Run one of them with `article10 run NAME`; docs/scenarios.md describes them and how to write your own."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if edition is not None:
        from article10.model.edition import read_edition

        read_edition(edition)  # refuses what is not an edition
    table = Table(box=box.SIMPLE)
    table.add_column("name", no_wrap=True)
    table.add_column("title", overflow="fold")
    for name, text in shipped(edition).items():
        content = tomllib.loads(text)
        base = "" if name == ROOT else f"  (from {content.get('base', ROOT)})"
        said = " ".join(content.get("description", "").split())
        more = f"\n{said}\n" if describe else ""
        table.add_row(name, Text.assemble((content.get("title", ""), "bold" if describe else ""), (base, "dim"), more))
    console().print(table)
