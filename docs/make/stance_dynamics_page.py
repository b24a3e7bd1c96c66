"""Compute the page on stance dynamics: ``python docs/make/stance_dynamics_page.py``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from article10.runs.evidence.stance_dynamics import hindcast_stances
from article10.runs.evidence.stance_dynamics_answer import StanceHindcast
from article10.runs.evidence.stance_dynamics_sentences import sentences_of_2026, sentences_until_2025
from article10.runs.figures.style import save_figure
from article10.runs.output.table import ResultTable
from article10.runs.stories.explain import END, START
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "stance_dynamics.md"
"""Path of the page in a checkout; its picture is beside it."""

RUNS, SEED = 2000, 0
"""Settings with which the page is computed."""

IDLE = 0.005
"""A mechanism that moves nobody on the page by more than this is left out of the table of contributions."""


def stance_blocks(found: StanceHindcast) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    tables = found.tables()
    said = [f"- {text}" for text in sentences_until_2025(found)]
    made = f"{found.runs:,} runs of each variant, seed {found.seed}; {len(found.cases)} positions and codes of "
    return {
        "made": f"{made}{len(found.members)} members.\n",
        "sentences": "\n".join(said),
        "sentences_2026": "\n".join(f"- {text}" for text in sentences_of_2026(found)),
        **{name: _table(shown) for name, shown in tables.items()},
        "why": _why(found),
    }


def _table(shown: ResultTable) -> str:
    cells = shown.cells()
    return markdown_table([str(name).replace("_", " ") for name in cells], cells.to_numpy().tolist())


def _why(found: StanceHindcast) -> str:
    by_member = pd.concat({code: found.why(code)["mean"] for code in found.members}, axis=1)
    ends = by_member.index.isin([START, END])
    kept = by_member[ends | (by_member.abs().max(axis=1) > IDLE)]
    rows = [(name, *(f"{value:+.2f}" for value in row)) for name, row in zip(kept.index, kept.to_numpy(), strict=True)]
    return markdown_table(("", *kept.columns), rows)


def main() -> None:
    """Compute the blocks, which takes about a minute, and write them into the page of this checkout."""
    found = hindcast_stances(runs=RUNS, seed=SEED)
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), stance_blocks(found)), "utf-8")
    save_figure(found.figures()["members"], PAGE.parent / "stance_dynamics.png")


if __name__ == "__main__":
    main()
