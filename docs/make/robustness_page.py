"""Compute the tables of the page on robustness: ``python docs/make/robustness_page.py``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from article10.runs.batches.executors import cores
from article10.runs.evidence.perturbations import LEFT
from article10.runs.evidence.robustness import Robustness, robustness
from article10.runs.output.progress import progress_shown
from article10.runs.statistics.forms import POINTS as IN_POINTS
from article10.runs.statistics.intervals import Difference, interval
from computed import computed_once
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "robustness.md"
"""Path of the page in a checkout."""

POINTS_LEFT = "docs/evidence/history_matching_points.csv"
"""Points that history matching does not rule out."""

RUNS, REDRAWS, POINTS, SEED = 300, 24, 60, 0
"""Settings with which the page is computed."""


def robustness_blocks(answer: Robustness) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    shown = answer.tables()["verdicts"].cells()
    rows = shown[["statement", "perturbation", "points", "decided", "kept", "verdict", "condition"]].to_numpy().tolist()
    base = answer.baseline
    made = (
        f"{answer.runs:,} runs of each variant at each of {len(answer.readings) + 1} points, seed {answer.seed}, "
        f"scenario `{answer.scenario.name}`. In the baseline the candidate is invited in {base.invited:.1%} of runs by "
        f"{answer.scenario.horizon}. Pressure changes that by {_points(base.pressure)}; a binding guarantee changes it "
        f"by {_points(base.stepping_stone)} if ρ is −0.7 and by {_points(base.substitute)} if ρ is 0.7 (95% confidence "
        f"intervals). The members that object most are "
        f"{', '.join(str(code) for code in base.objecting.index[:3])}."
    )
    swept = [reading for reading in answer.readings if reading.point.family == "parameters"]
    idle = sum(reading.invited < 0.01 and reading.pressure.differ < 0.01 * answer.runs for reading in swept)
    made += (
        f" At {idle} of the {len(swept)} points of parameters, fewer than 1% of runs lead to an invitation under "
        "pressure or are changed by pressure: an invitation is out of reach there, and most statements cannot be "
        "decided."
    )
    columns = ("statement", "perturbation", "points", "decided", "kept of these", "verdict", "condition")
    said = "\n".join(f"- {text}" for text in answer.sentences())
    return {"made": made, "sentences": said, "verdicts": markdown_table(columns, rows)}


def _points(difference: Difference) -> str:
    return interval(difference.row("it"), "it", IN_POINTS)


def left_blocks(found: Robustness, everywhere: pd.DataFrame) -> dict[str, str]:
    """Text of the blocks on the space that history matching does not rule out, by the name of their markers.

    Args:
        found: the statements at points that are not ruled out.
        everywhere: the verdicts over the plausible ranges of all parameters, as ``verdicts`` gives them.
    """
    pairs = zip(everywhere.to_dict("records"), verdicts(found, LEFT).to_dict("records"), strict=True)
    rows = [(a["statement"], *_verdict(a), *_verdict(b)) for a, b in pairs]
    whole = ("plausible space: decided", "kept of these", "verdict")
    heads = ("statement", *whole, "not ruled out: decided", "kept of these", "verdict")
    effects = [reading.pressure.mean for reading in found.readings]
    low, middle, high = (f"{100 * value:+.1f}" for value in np.quantile(effects, (0.05, 0.5, 0.95)))
    made = (
        f"{found.runs:,} runs of each variant at each of {len(found.readings)} points that are not ruled out. Over "
        f"them, pressure changes the share invited by {middle} percentage points in the median, {low} to {high} at the "
        "central 90%.\n"
    )
    return {"made_left": made, "verdicts_left": markdown_table(heads, rows)}


def verdicts(found: Robustness, family: str) -> pd.DataFrame:
    """The verdict on each statement in one family of perturbations, as cells of a table."""
    cells = found.tables()["verdicts"].cells()
    return cells[cells["perturbation"] == family]


def _verdict(row: Mapping[Hashable, object]) -> tuple[object, ...]:
    return (f"{row['decided']} of {row['points']}", row["kept"], row["verdict"])


def points_left() -> pd.DataFrame:
    """The points that history matching published."""
    return pd.read_csv(Path(__file__).parents[2] / POINTS_LEFT)


def computed(left: pd.DataFrame | None) -> Robustness:
    """The statements in all families, or at points that are not ruled out, with one process per core."""
    with progress_shown("robustness") as done:
        return robustness(
            runs=RUNS, seed=SEED, redraws=REDRAWS, points=POINTS, left=left, workers=cores(), progress=done
        )


def main() -> None:
    """Compute the blocks that are not kept, which takes some minutes, and write them into the page."""
    beside = computed_once(__file__, "families", lambda: computed(None))
    found = computed_once(__file__, "not ruled out", lambda: computed(points_left()))
    blocks = robustness_blocks(beside) | left_blocks(found, verdicts(beside, "parameters"))
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), blocks), "utf-8")


if __name__ == "__main__":
    main()
