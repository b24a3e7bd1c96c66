"""Calibrate tuning and write the page: ``python docs/make/calibration_page.py`` (some ten minutes; resumes)."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pandas as pd

from article10.runs.evidence.calibration import FIRST_SEED, RECIPES, Recipe
from article10.runs.evidence.calibration_result import Calibration, calibration
from article10.runs.figures.style import save_figure
from article10.runs.output.progress import progress_shown
from computed import computed_once, part_folder
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "calibration.md"
"""Path of the page in a checkout; its pictures are beside it."""

N_BLOCKS, POINTS, TRIALS, SEED = 10, 512, 200, 0
"""Settings with which the page is computed."""


def calibration_blocks(found: Calibration, seconds: float) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    trials = len(found.trials[0].truths)
    made = (
        f"{trials:,} known values of each recipe; {found.n_blocks} blocks of {found.points:,} points, seeds from "
        f"{FIRST_SEED}. Processor time of the command, without what an interrupted one had simulated: "
        f"{seconds / 60:.0f} minutes.\n"
    )
    return {
        "made": made,
        "recipes": markdown_table(("recipe", "scenario", "parameters", "targets", "runs"), list(map(_recipe, RECIPES))),
        "sentences": "\n".join(f"- {text}" for text in found.sentences()),
        "coverage": _coverage(found.coverage()),
    }


def _recipe(recipe: Recipe) -> tuple[object, ...]:
    ranges = recipe.space.ranges.items()
    wanted = [f"{each.label} ± {each.tolerance:g}" for each in recipe.wanted()]
    changes = ", ".join(f"{key} {value}" for key, value in recipe.changes.items())
    scenario = f"`{recipe.scenario}`" + (f" ({changes})" if changes else "")
    return (
        recipe.name,
        scenario,
        ", ".join(f"`{key}` {low:g} to {high:g}" for key, (low, high) in ranges),
        "; ".join(wanted),
        recipe.runs,
    )


def _coverage(table: pd.DataFrame) -> str:
    rows = [
        (
            row["recipe"],
            row["how"],
            f"`{row['parameter']}`",
            f"{row['contraction']:.0%}",
            f"{row['covered']:.1%} [{row['covered_low']:.0%}, {row['covered_high']:.0%}]",
            *(f"{row[name]:.0%}" for name in ("in 50%", "in 80%", "in 95%")),
            f"{row['uneven']:.2f}",
            f"{row['effective']:.0f}",
            f"{row['stated']:.0%}",
            "–" if pd.isna(row["covered_stated"]) else f"{row['covered_stated']:.0%}",
        )
        for row in table.to_dict("records")
    ]
    columns = ("recipe", "fit", "parameter", "narrowed by", "in the 90% interval", "50%", "80%", "95%")
    more = ("p of even ranks", "effective points", "stated", "90% of those stated")
    return markdown_table((*columns, *more), rows)


def main() -> None:
    """Compute everything that is not kept, draw the pictures, and write the page."""

    def compute() -> tuple[Calibration, float]:
        began = process_time()
        with progress_shown("calibration") as done:
            asked = {"n_blocks": N_BLOCKS, "points": POINTS, "trials": TRIALS, "seed": SEED}
            found = calibration(part_folder(__file__), **asked, progress=done)  # type: ignore[arg-type]
        return found, process_time() - began

    found, seconds = computed_once(__file__, "trials", compute)
    for name, draw in found.figures().items():
        save_figure(draw, PAGE.with_name(f"calibration_{name}.png"))
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), calibration_blocks(found, seconds)), "utf-8")


if __name__ == "__main__":
    main()
