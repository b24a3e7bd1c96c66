"""Match history and write the page: ``python docs/make/history_matching_page.py`` (some five minutes; resumes)."""

from __future__ import annotations

from pathlib import Path
from time import process_time

from article10.runs.batches.kept_runs import kept_runs
from article10.runs.evidence.history_matching.history_match import LEVER, TRIED, history_match
from article10.runs.evidence.history_matching.history_match_result import HistoryMatch
from article10.runs.evidence.history_matching.waves import CUTOFF
from article10.runs.figures.style import save_figure
from article10.runs.output.progress import progress_shown
from article10.runs.output.table import ResultTable
from computed import computed_once, part_folder
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "history_matching.md"
"""Path of the page in a checkout; its pictures, and points that are not ruled out, are beside it."""

RUNS, SEED, WAVES, N_POINTS, RUNS_AT_A_POINT, COMPARED = 120, 0, 3, 256, 24, 32
"""Settings with which the page is computed."""

PUBLISHED = 24
"""Points that are not ruled out in the file, at which the page on robustness tests its statements."""

SHOWN = 10
"""Parameters in the table."""


def history_blocks(found: HistoryMatch, seconds: float) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    tables = found.tables()
    parameters = ResultTable("", found.parameters.head(SHOWN), tables["parameters"].formats)
    made = (
        f"{len(found.waves)} waves of {N_POINTS:,} points, {RUNS_AT_A_POINT} runs of each period at each point; shares "
        f"from {TRIED:,} points; Russia's influence (its {len(LEVER.channels)} kinds of instruments, all removed) from "
        f"{found.runs:,} paired runs at {len(found.everywhere.differences)} points of each space, scenario "
        f"`{found.scenario.name}` until {found.scenario.horizon}, seed {found.seed}. Processor time of the "
        f"command, without what an interrupted one had computed: {seconds / 60:.0f} minutes.\n"
    )
    left = ", ".join(f"{n / found.waves[0].tried:.1%} if {k}" for k, n in found.matched.left_if_wrong.items())
    return {
        "made": made,
        "sentences": "\n".join(f"- {text}" for text in found.sentences()),
        "waves": _table(tables["waves"]),
        "wrong": f"After the first wave, {left} positions may be beyond {CUTOFF:g} deviations.\n",
        "influence": _table(tables["influence"]),
        "evidence": _table(tables["evidence"]),
        "parameters": _table(parameters),
    }


def _table(shown: ResultTable) -> str:
    cells = shown.cells()
    return markdown_table([str(name).replace("_", " ") for name in cells], cells.to_numpy().tolist())


def main() -> None:
    """Compute everything that is not kept, draw the pictures, and write the page and the points."""
    began = process_time()

    def compute() -> tuple[HistoryMatch, float]:
        with progress_shown("history match") as done:
            made = history_match(
                runs=RUNS,
                seed=SEED,
                waves=WAVES,
                n_points=N_POINTS,
                runs_at_a_point=RUNS_AT_A_POINT,
                compared=COMPARED,
                progress=done,
            )
        return made, process_time() - began

    with kept_runs(part_folder(__file__) / "runs"):
        found, seconds = computed_once(__file__, "history match", compute)
    found.points_left(PUBLISHED).to_csv(PAGE.with_name("history_matching_points.csv"), index=False, float_format="%.5g")
    for name, draw in found.figures().items():
        save_figure(draw, PAGE.with_name(f"history_matching_{name}.png"))
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), history_blocks(found, seconds)), "utf-8")


if __name__ == "__main__":
    main()
