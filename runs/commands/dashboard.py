"""Watch one run, and the ensemble beside it, in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from article10.runs.commands.application import EditionChoice
from article10.runs.interactive.dashboard.doors import checked_host
from article10.runs.interactive.dashboard.opening import Asked, opened
from article10.runs.interactive.dashboard.serving import serve


def dashboard(
    source: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO|FILE|DIR]", help="Name of a scenario, path of a TOML file, or folder of results."
        ),
    ] = "baseline",
    run: Annotated[int, typer.Option(metavar="N", help="Number of the run to open.", min=0)] = 0,
    seed: Annotated[
        int, typer.Option(metavar="N", help="Seed of the random numbers; a folder of results has its own.", min=0)
    ] = 0,
    edition: EditionChoice = None,
    point: Annotated[int, typer.Option(metavar="N", help="Number of the point of a batch.", min=0)] = 0,
    port: Annotated[
        int | None,
        typer.Option(metavar="N", help="Port on this machine [default: the first free from 8765].", min=0, max=65535),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Another host name of the page, behind a tunnel or proxy (repeat the option for several).",
        ),
    ] = None,
) -> None:
    """The ensemble beside the run follows each change. Press Ctrl-C to end."""
    hosts = [checked_host(host) for host in allow or ()]
    asked = Asked(source, run, seed, point, edition)
    opened(asked)  # what is wrong is said here, before anything is served
    serve(asked, port, browser, hosts)
