"""Measure every pattern and write the page and its figures: ``python docs/make/patterns_page.py``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.evidence.patterns import PATTERNS, measure_alone, measure_patterns, plausible_shares, record
from article10.runs.output.progress import progress_shown
from generated import markdown_table, with_blocks

DOCS = Path(__file__).parents[1]

PAGE = DOCS / "evidence" / "patterns.md"
"""Path of the page in a checkout; its figures are beside it, in ``patterns.json``."""

RUNS, SEED, POINTS, RUNS_AT_A_POINT = 2000, 20261201, 12, 100
"""Settings with which the page is computed."""

TESTS = "tests/test_patterns.py"
"""The tests that state and measure the patterns 1 to 9."""

FIRST = 9
"""Number of patterns that are tests of their own."""

PLURAL = {"holds": "hold", "fails": "fail", "expected to fail": "are expected to fail", "absent": "are absent"}
"""Each status as the page counts it."""


def measured(scenario: Scenario, runs: int, seed: int, points: int, runs_at_a_point: int) -> dict[str, Any]:
    """The figures of the patterns after the first nine, as the committed file holds them."""
    with progress_shown("patterns", "runs") as show:
        figures = {**measure_patterns(scenario, runs, seed, show), **measure_alone()}
    with progress_shown("patterns, plausible parameters", "points") as show:
        shares = plausible_shares(scenario, points, runs_at_a_point, seed, show)
    settings = {
        "edition": scenario.edition,
        "runs": runs,
        "seed": seed,
        "points": points,
        "runs_at_a_point": runs_at_a_point,
    }
    return record(scenario, figures, shares, settings)


def first_nine() -> list[dict[str, Any]]:
    """Number, status and printed figures of each pattern that is a test of its own, from running these tests."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        asked = [TESTS, "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "-o", "junit_logging=system-out"]
        subprocess.run(
            [sys.executable, "-m", "pytest", *asked],
            cwd=DOCS.parent,
            env={**os.environ, "PATTERN_RUNS": str(RUNS)},
            check=False,
            capture_output=True,
        )
        return from_report(report.read_text("utf-8"))


def from_report(text: str) -> list[dict[str, Any]]:
    """Number, status and printed figures of each pattern, from a report of pytest in JUnit's format.

    Args:
        text: the report.
    """
    cases = list(ET.fromstring(text).iter("testcase"))
    found = []
    for number in range(1, FIRST + 1):
        own = [case for case in cases if str(case.get("name")).startswith(f"test_{number}_")]
        failed = [case for case in own if case.find("failure") is not None or case.find("error") is not None]
        said: dict[str, list[str]] = {}
        for case in own:
            edition = re.search(r"[\[-](\d{4}-\d{2})[\]-]", str(case.get("name")))
            lines = re.findall(rf"^pattern {number}: (.*)$", case.findtext("system-out") or "", re.M)
            said.setdefault(edition.group(1) if edition else "", []).extend(lines)
        found.append({"number": number, "status": "fails" if failed or not own else "holds", "printed": said})
    return found


def patterns_blocks(found: Mapping[str, Any]) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers.

    Args:
        found: the content of ``patterns.json``.
    """
    of = found["settings"]
    counts = Counter(row["status"] for row in [*found["first_nine"], *found["patterns"]])
    said = ", ".join(f"{count} {PLURAL[status]}" for status, count in counts.items())
    return {
        "made": (
            f"Patterns 10 to 18: {of['runs']:,} paired runs of each variant of the baseline of the edition "
            f"{of['edition']}, seed {of['seed']}; {of['points']} points of the plausible parameters with "
            f"{of['runs_at_a_point']} runs of each variant. Of {sum(counts.values())} patterns, {said}.\n"
        ),
        "statuses": _statuses(found),
        "figures": _figures(found["patterns"]),
        "first": _first(found["first_nine"]),
    }


def _statuses(found: Mapping[str, Any]) -> str:
    stated = re.findall(r"^- (.+)[;.]$", _section((DOCS / "odd.md").read_text("utf-8"), "### 1.1"), re.M)
    first = zip(found["first_nine"], stated, strict=True)
    rows = [(row["number"], f"{text[0].upper()}{text[1:]}.", row["status"]) for row, text in first]
    for pattern, row in zip(PATTERNS, found["patterns"], strict=True):
        kind = "*Conjecture.* " if pattern.conjecture else ""
        why = f": {pattern.lacking}" if row["status"] == "expected to fail" else ""
        rows.append((pattern.number, kind + pattern.statement, row["status"] + why))
    return markdown_table(("", "pattern", "status"), rows)


def _section(text: str, heading: str) -> str:
    return text.partition(heading)[2].partition("\n#")[0]


def _figures(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = []
    for row in rows:
        for figure in row["figures"]:
            share = figure["plausible_share"]
            cells.append(
                (
                    row["number"],
                    figure["name"],
                    _value(figure),
                    "yes" if figure["holds"] else "no",
                    "" if share is None else f"{share:.0%}",
                )
            )
    return markdown_table(("", "figure", "estimate [95%]", "as stated", "points with the stated sign"), cells)


def _value(figure: Mapping[str, Any]) -> str:
    form, scale = {
        "points": ("+.1f", 100.0),
        "share": (".0%", 1.0),
        "days": (".0f", 1.0),
        "number": (".2f", 1.0),
    }[figure["unit"]]
    ends = [figure["low"], figure["high"]]
    shown = f"{figure['value'] * scale:{form}}"
    if None not in ends and ends[0] < ends[1]:
        shown += " [" + ", ".join(f"{end * scale:{form}}" for end in ends) + "]"
    return f"{shown} {figure['unit']}" if figure["unit"] in ("points", "days") else shown


def _first(rows: Sequence[Mapping[str, Any]]) -> str:
    cells = [
        (row["number"], edition, line) for row in rows for edition, lines in row["printed"].items() for line in lines
    ]
    return markdown_table(("", "edition", "measured"), cells)


def main() -> None:
    """Measure, which takes some twenty minutes, and write the figures and the page of this checkout."""
    found = {**measured(read_scenario(), RUNS, SEED, POINTS, RUNS_AT_A_POINT), "first_nine": first_nine()}
    PAGE.with_suffix(".json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), patterns_blocks(found)), "utf-8")


if __name__ == "__main__":
    main()
