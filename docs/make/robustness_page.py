"""Compute the tables of the page on robustness: ``python docs/make/robustness_page.py``."""

from __future__ import annotations

from pathlib import Path

from article10.runs.batches.executors import cores
from article10.runs.evidence.robustness import Robustness, robustness
from article10.runs.output.progress import progress_shown
from article10.runs.statistics.forms import POINTS as IN_POINTS
from article10.runs.statistics.intervals import Difference, interval
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "robustness.md"
"""Path of the page in a checkout."""

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


def main() -> None:
    """Compute the blocks with one process per core, which takes some minutes, and write them into the page."""
    with progress_shown("robustness") as done:
        answer = robustness(runs=RUNS, seed=SEED, redraws=REDRAWS, points=POINTS, workers=cores(), progress=done)
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), robustness_blocks(answer)), "utf-8")


if __name__ == "__main__":
    main()
