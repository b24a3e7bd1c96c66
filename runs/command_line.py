"""The command line: run, replay, and look at scenarios, parameters and the roster."""

from __future__ import annotations

import functools
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from article10.agents.parameter import Declaration
from article10.model.roster import roster_rows
from article10.model.scenario import Scenario, ScenarioError, all_declarations, parameter_groups
from article10.model.scenario_file import nearest, read_scenario, shipped
from article10.model.setup import Setup
from article10.runs import replay as telling
from article10.runs.batch import run_batch
from article10.runs.batch_summary import rendered_batch
from article10.runs.ensemble import simulate
from article10.runs.files import RESULT
from article10.runs.output_folder import OutputError, output_folder
from article10.runs.provenance import version
from article10.runs.recorder import CONTRIBUTION, MEMBER_VARIABLES, RUN_VARIABLES, check_record
from article10.runs.result import EnsembleResult, load
from article10.runs.summary import as_text, rendered, summarise

BAD_INPUT, SOME_FAILED, INTERRUPTED = 2, 3, 130
"""Exit codes, beside 0."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
P = ParamSpec("P")

KIND_STYLE = {"council": "bold", "accession": "bold green", "war": "red", "election": "cyan", "moves": "dim"}


def console(stderr: bool = False) -> Console:
    """Where to print: as wide as the terminal, or 100 columns where there is none."""
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if terminal else 100, highlight=False)


def clear_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what users can get wrong into one message and an exit code, without a traceback."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ScenarioError, OutputError, OSError, ValueError, KeyError) as error:
            text = str(error.args[0]) if isinstance(error, KeyError) else str(error)
            sys.stderr.write(f"article10: {text}\n")
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            sys.stderr.write("article10: stopped; nothing was written\n")
            raise typer.Exit(INTERRUPTED) from None

    return guarded


def parsed_changes(settings: Iterable[str]) -> dict[str, Any]:
    """Changes from ``key=value`` words; values are TOML, bare words are strings.

    >>> parsed_changes(["stance.peer_rate=0.6", "russia.strategy=inert"])
    {'stance.peer_rate': 0.6, 'russia.strategy': 'inert'}
    """
    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise ScenarioError(f"--set {setting!r}: expected key=value, for example stance.peer_rate=0.6")
        try:
            changes[key.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            changes[key.strip()] = value.strip()
    return changes


# --- run ------------------------------------------------------------------------------------------------------------

Source = Annotated[str, typer.Argument(metavar="[SCENARIO|FILE]", help="A scenario's name, or a TOML file.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a parameter.")]


@app.command()
@clear_errors
def run(
    scenario: Source = "baseline",
    runs: Annotated[int, typer.Option(help="How many runs.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of all random streams.")] = 0,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results [default: results/SCENARIO].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder if it exists.")] = False,
    record: Annotated[list[str] | None, typer.Option(help="Variables to keep at every step [default: stance].")] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print no summary.")] = False,
) -> None:
    """Run a scenario many times, print a summary, and write the data and the figures."""
    if runs < 1:
        raise ScenarioError(f"--runs {runs}: expected a whole number of at least 1")
    if seed < 0:
        raise ScenarioError(f"--seed {seed}: expected a whole number of at least 0")
    chosen = read_scenario(scenario, parsed_changes(settings or ()))
    kept = check_record(record or ("stance",))
    setup = Setup.of(chosen)
    folder = out or Path("results") / chosen.name
    with output_folder(folder, force, expected_bytes(setup, runs, kept)) as unfinished:
        with progress_bar(f"{chosen.name}", runs) as done:
            result = simulate(chosen, runs, seed, record=kept, progress=done)
        write(result, unfinished, figures)
    if not quiet:
        console().print(rendered(summarise(result)))
    console().print(f"Results: {escape(str(folder))}", soft_wrap=True)


def expected_bytes(setup: Setup, runs: int, record: tuple[str, ...]) -> int:
    """About how much the data of an ensemble will take on the disk."""
    members, steps, councils = len(setup.roster), setup.n_steps + 1, len(setup.councils)
    by_step = 4 * len(RUN_VARIABLES) + len(setup.scenario.events)
    by_member = sum(80 if name == CONTRIBUTION else 4 * (name in MEMBER_VARIABLES) for name in record) * members
    return runs * (steps * (by_step + by_member) + 2 * councils * members + 4 * members + 40)


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; silent elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


def write(result: EnsembleResult, folder: Path, figures: bool) -> None:
    """Everything that a run leaves: dataset, table of outcomes, summary, scenario, figures."""
    result.save(folder / RESULT)
    result.outcomes.to_csv(folder / "outcomes.csv")
    (folder / "summary.txt").write_text(as_text(summarise(result)), "utf-8")
    (folder / "scenario.json").write_text(result.scenario.model_dump_json(indent=1), "utf-8")
    if figures:
        result.plot.save_all(folder / "figures")


# --- batch ----------------------------------------------------------------------------------------------------------


@app.command()
@clear_errors
def batch(
    design: Annotated[Path, typer.Argument(metavar="DESIGN.toml", help="Scenarios, points, runs: docs/batches.md.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the batch [default: results/DESIGN].")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes [default: one a core].", min=1)] = None,
    cluster: Annotated[str | None, typer.Option(help='Dask: "local", or the address of a scheduler.')] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do again what failed.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress and no summary.")] = False,
) -> None:
    """Run a design into a folder; stopped in any way, the same command goes on where it was."""
    folder = out or Path("results") / design.stem
    try:
        done = run_batch(
            design, folder, workers=workers, cluster=cluster, retry_failed=retry_failed, progress=not quiet
        )
    except ImportError as error:
        extra = "distributed" if cluster else "analysis"
        raise ScenarioError(f'batches need more: pip install "article10[{extra}]" ({error})') from None
    except KeyboardInterrupt:
        sys.stderr.write(f"article10: stopped; what is done is in {folder}, and the same command goes on with it\n")
        raise typer.Exit(INTERRUPTED) from None
    if not quiet:
        console().print(rendered_batch(done))
    console().print(f"Batch: {escape(str(folder))}", soft_wrap=True)
    if len(done.failures):
        raise typer.Exit(SOME_FAILED)


# --- look -----------------------------------------------------------------------------------------------------------


@app.command()
@clear_errors
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


@app.command()
@clear_errors
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


@app.command()
@clear_errors
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


# --- replay ---------------------------------------------------------------------------------------------------------


@app.command()
@clear_errors
def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `article10 run` made.")],
    run: Annotated[int, typer.Option(help="Number of the run to tell.")] = 0,
    member: Annotated[str | None, typer.Option(help="Only what concerns this member.")] = None,
    year: Annotated[int | None, typer.Option(help="Only this year.")] = None,
) -> None:
    """Tell one run as a dated story: who moved, why, who objected when."""
    result = load(folder)
    numbers = result.data["run"].to_numpy()
    if run not in numbers:
        raise ScenarioError(f"--run {run}: {folder} holds runs {numbers[0]} to {numbers[-1]}")
    if member is not None:
        result.scenario.members().index(member)
    told = telling.story(again(result, run))
    screen = console()
    screen.print(f"[bold]Run {run} of {escape(result.scenario.name)}, seed {result.seed}[/bold]")
    for entry in told:
        if (year in (None, entry.day.year)) and (member is None or not entry.members or member in entry.members):
            style = KIND_STYLE.get(entry.kind, "default")
            screen.print(f"{entry.day}  [{style}]{escape(entry.text)}[/{style}]", soft_wrap=not screen.is_terminal)


def again(result: EnsembleResult, run: int) -> EnsembleResult:
    """One run of a result, run again with everything that a story needs; it is the same run, bit for bit."""
    if result.data.attrs["strategy"].startswith("custom:"):
        strategy = result.data.attrs["strategy"].removeprefix("custom:")
        raise ScenarioError(f"made with the function {strategy} as strategy: such a run can only be replayed in Python")
    scenario: Scenario = result.scenario
    return simulate(scenario, 1, result.seed, first_run=run, record=telling.RECORD)


def _print_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"article10 {version()}\n")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """How NATO decides on admitting a country, simulated."""


def main() -> None:
    """Entry point of the command ``article10``."""
    app()


if __name__ == "__main__":
    main()
