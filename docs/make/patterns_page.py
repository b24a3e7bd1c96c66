"""Measure the patterns 10 to 18 and write their figures and page: ``python docs/make/patterns_page.py`` (minutes)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from article10.model.scenario_file import read_scenario
from article10.runs.evidence.patterns import PATTERNS, measure_patterns, plausible_shares, record
from article10.runs.output.progress import progress_shown
from generated import markdown_table, with_blocks

EVIDENCE = Path(__file__).parents[1] / "evidence"
PAGE, FIGURES = EVIDENCE / "patterns.md", EVIDENCE / "patterns.json"
"""The page, and the committed figures that the tests compare with the code."""

SETTINGS = {"runs": 2000, "seed": 20261201, "points": 12, "runs_a_point": 100}
"""Settings with which the figures are computed."""

FORMS = {"points": (100, "{:+.1f} points"), "share": (100, "{:.1f}%"), "number": (1, "{:.3g}")}
"""How a figure is shown: its factor and format, by its unit."""


def patterns_blocks(recorded: Mapping[str, Any]) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers."""
    settings, statements = recorded["settings"], {pattern.number: pattern for pattern in PATTERNS}
    status = [
        (row["number"], statements[row["number"]].statement, "yes" if row["conjecture"] else "no", _status(row))
        for row in recorded["patterns"]
    ]
    figures = [(row["number"], *_cells(figure)) for row in recorded["patterns"] for figure in row["figures"]]
    made = (
        f"{settings['runs']:,} paired runs of the baseline scenario and of each variant, seed {settings['seed']}; the "
        f"share of plausible parameters comes from {settings['points']} points of a Latin hypercube over the plausible "
        f"ranges of all parameters, with {settings['runs_a_point']} runs of each variant."
    )
    return {
        "made": made,
        "status": markdown_table(("pattern", "statement", "conjecture", "status"), status),
        "figures": markdown_table(
            ("pattern", "measure", "estimate", "95% confidence interval", "as stated", "share of plausible parameters"),
            figures,
        ),
    }


def _status(row: Mapping[str, Any]) -> str:
    where = next(pattern.where for pattern in PATTERNS if pattern.number == row["number"])
    return f"{row['status']} ({where})" if row["status"] == "measured elsewhere" else str(row["status"])


def _cells(figure: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    factor, form = FORMS[figure["unit"]]
    value, low, high = (form.format(factor * figure[key]) for key in ("value", "low", "high"))
    holds = "yes" if figure["holds"] else "no"
    interval = "" if low == high else f"{low} to {high}"
    return figure["name"], value, interval, holds, f"{figure['plausible_share']:.0%}"


def main() -> None:
    """Measure the patterns, which takes some minutes, and write the figures and the page."""
    scenario = read_scenario()
    with progress_shown("patterns", "runs") as done:
        figures = measure_patterns(scenario, SETTINGS["runs"], SETTINGS["seed"], done)
    with progress_shown("plausible parameters", "points") as done:
        shares = plausible_shares(scenario, SETTINGS["points"], SETTINGS["runs_a_point"], SETTINGS["seed"], done)
    recorded = record(scenario, figures, shares, SETTINGS)
    FIGURES.write_text(json.dumps(recorded, indent=1) + "\n", "utf-8")
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), patterns_blocks(recorded)), "utf-8")


if __name__ == "__main__":
    main()
