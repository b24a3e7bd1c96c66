"""Measure the claims and write their table and picture: ``python docs/make/claims_page.py`` (some minutes)."""

from __future__ import annotations

from pathlib import Path

from article10.model.scenario_file import read_scenario
from article10.runs.analyses.claims.claims import claims
from article10.runs.analyses.claims.claims_result import Claims
from article10.runs.figures.style import save_figure
from article10.runs.output.progress import progress_shown
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "analyses" / "claims.md"
"""Path of the page in a checkout; its picture is beside it."""

EDITION, RUNS, SEED = "2026-12", 2000, 0
"""Settings with which the page is computed."""


def claims_blocks(found: Claims) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    made = (
        f"Edition {EDITION}, {found.runs:,} paired runs of each variant, seed {found.seed}; {found.n_points} points of "
        f"the plausible parameters with {found.runs_at_a_point} runs of each variant.\n"
    )
    heads = ("claim", "change when switched", "finding", "stated / opposite sign")
    rows = list(found.rows_as_text())
    said = "\n".join(f"- {sentence}" for sentence in found.sentences())
    return {"made": made, "claims": markdown_table(heads, rows), "sentences": said}


def main() -> None:
    """Compute everything, draw the picture, and write the page."""
    with progress_shown("claims") as done:
        found = claims(read_scenario("baseline", edition=EDITION), RUNS, SEED, progress=done)
    save_figure(found.plot, PAGE.with_name("claims.png"))
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), claims_blocks(found)), "utf-8")


if __name__ == "__main__":
    main()
