"""Compute the tables and pictures of the page on rivals: ``python docs/make/rivals_page.py`` (a minute)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.scenario_file import read_scenario
from article10.runs.evidence.rivals.challenge import Choices, all_choices, challenge
from article10.runs.evidence.rivals.emissions import INFLUENCE, PUBLISHED, SALIENCE, YEARS, readings
from article10.runs.evidence.rivals.rivals import rivals
from article10.runs.evidence.rivals.rivals_result import Rivals
from article10.runs.evidence.rivals.spatial import ROUNDING
from article10.runs.figures.style import save_figure
from article10.runs.output.progress import progress_shown
from article10.runs.output.table import ResultTable
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "analyses" / "rivals.md"
"""Path of the page in a checkout; its pictures are beside it."""

EDITION, RUNS, SEED = "2026-12", 2000, 0
"""Settings with which the page is computed."""


def rivals_blocks(found: Rivals) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    made = f"Edition {EDITION}, {found.runs:,} runs, seed {found.seed}, salience by {found.salience}.\n"
    tables = {name: _markdown(table) for name, table in found.tables().items() if name not in ("choices", "cases")}
    said = "\n".join(f"- {sentence}" for sentence in found.sentences())
    return {"made": made, **tables, "readings": _readings(found.choices), "example": example_table(), "sentences": said}


def _markdown(table: ResultTable) -> str:
    cells = table.cells()
    return markdown_table([str(column).replace("_", " ") for column in cells], cells.to_numpy().tolist())


def _readings(choices: pd.DataFrame) -> str:
    """The range of outcomes over all readings, and over the readings that share one choice."""
    cars = readings()
    rows = [_row("all readings", cars, choices)]
    for level in map(str, cars.index.names):
        for value in cars.index.unique(level):
            chosen = cars.index.get_level_values(level) == value
            rows.append(_row(f"`{level} = {value}`", cars[chosen], choices[chosen]))
    columns = (
        "readings",
        "number",
        "cars: median, years",
        "cars: mean, years",
        "roster: median",
        "roster: above the line",
    )
    return markdown_table(columns, rows)


def _row(name: str, cars: pd.DataFrame, choices: pd.DataFrame) -> tuple[object, ...]:
    years = [f"{cars[each].min():.2f} to {cars[each].max():.2f}" for each in ("last_round", "mean")]
    ends = choices["median"]
    above = f"{(ends > ROUNDING).sum()}; on it {(ends.abs() <= ROUNDING).sum()}"
    return (name, len(cars), *years, f"{ends.min():+.2f} to {ends.max():+.2f}", above)


def example_table() -> str:
    """What was published of the example and what is found, and what a split of Germany into two halves changes."""
    cars = readings()
    nearest = cars["last_round"].iloc[int(np.argmin(np.abs(cars["last_round"] - PUBLISHED)))]
    used = cars.iloc[0]
    moved = sum(_moved_by_split(held) > ROUNDING for held in all_choices())
    rows = [
        ("weighted median at first, years", "7", "7.00", "yes"),
        ("moves of rounds 1 to 3 (three movers, seven that stay)", "log of a program", "the same to 12 digits", "yes"),
        ("direction of the outcome", "up", f"up, {used['first_round']:.2f} after one round", "yes"),
        ("forecast, years", PUBLISHED, f"{used['last_round']:.2f} after ten rounds", "**no**"),
        ("forecast, nearest of all readings", PUBLISHED, f"{nearest:.2f}", "**no**"),
        (
            "readings in which splitting Germany into two halves moves others",
            "none",
            f"{moved} of {len(cars)}",
            "**no**",
        ),
    ]
    return markdown_table(("example of emission standards", "published, or due", "found", "met"), rows)


def _moved_by_split(held: Choices) -> float:
    """How far the positions of others differ when Germany is two actors with half its capability each, years."""
    germany, whole = 3, challenge(YEARS[None, :], INFLUENCE, SALIENCE, held)
    halves = np.append(INFLUENCE, INFLUENCE[germany] / 2.0)
    halves[germany] /= 2.0
    split = challenge(_with_twin(YEARS, germany)[None, :], halves, _with_twin(SALIENCE, germany), held)
    return float(np.abs(split[-1, 0, : len(YEARS)] - whole[-1, 0]).max())


def _with_twin(values: FloatArray, place: int) -> FloatArray:
    return np.append(values, values[place])


def main() -> None:
    """Compute everything, draw the pictures, and write the page."""
    with progress_shown("rivals") as done:
        found = rivals(read_scenario("baseline", edition=EDITION), RUNS, SEED, progress=done)
    for name, draw in found.figures().items():
        save_figure(draw, PAGE.with_name(f"rivals_{name}.png"))
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), rivals_blocks(found)), "utf-8")


if __name__ == "__main__":
    main()
