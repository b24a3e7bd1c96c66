"""The patterns 10 to 18: statements that later versions of the model must meet, written down before they can.

Each has a measure, a direction and a tolerance that were fixed before the mechanisms that are to meet it. A pattern may
hold or fail; it may be expected to fail because the model lacks a mechanism, or be absent because nothing of it exists
yet. A conjecture may fail: that is then a finding, stated in ``docs/limits.md``. Simulation intervals say nothing about
how right the model is.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.model.tables import read_table
from article10.runs.analyses.paired import paired_runs
from article10.runs.batches.fingerprint import digest, loaded_trees, tables_read
from article10.runs.ensemble.simulate import simulate
from article10.runs.evidence import pattern_measures as measure
from article10.runs.evidence.holdout_casebook import TABLE as CASEBOOK
from article10.runs.evidence.pattern_claims import read_claims_stated
from article10.runs.evidence.pattern_hazard import read_hazard
from article10.runs.evidence.pattern_measures import AS_IT_IS, STEP_BY_STEP, Figure, Results
from article10.runs.evidence.perturbations import parameters
from article10.runs.output.progress import Progress, part_of

STEPPED = (
    "article10.runs.ensemble.recorder",
    "article10.runs.ensemble.stepping",
    "article10.runs.evidence.holdout_scores",
)
"""Modules on which the figures depend, with all that they import: the runs, and the hazard of holdouts."""

READERS = frozenset(f"article10.model.{name}" for name in ("edition", "edition_file", "shipped", "tables", "toml_file"))
"""Modules that read files: the scenario and the digest of the edition hold what they read."""

MEASURES = (
    "article10.runs.analyses.claims.claims",
    "article10.runs.analyses.claims.measures",
    "article10.runs.evidence.pattern_claims",
    "article10.runs.evidence.pattern_hazard",
    "article10.runs.evidence.pattern_measures",
    "article10.runs.evidence.patterns",
    "article10.runs.statistics.intervals",
)
"""Modules on which they depend by themselves."""

BY_YEAR = ("stance",)
"""What is recorded at the end of each year."""


@dataclass(frozen=True)
class Pattern:
    """A statement about what the model shows.

    Attributes:
        number: its number.
        statement: what is to hold, with the tolerance.
        conjecture: whether it may fail.
        exists: whether the mechanism that it is about is in the model.
        lacking: what the model lacks, so that the pattern is expected to fail.
        variants: the scenarios that are compared with the scenario as it is.
        read: its figures from runs, each with whether it is as stated.
        alone: its figures that need no runs.
    """

    number: int
    statement: str
    conjecture: bool = False
    exists: Callable[[], bool] = lambda: True
    lacking: str = ""
    variants: Callable[[Scenario], dict[str, Scenario]] = lambda _: {}
    read: Callable[[Results], list[Figure]] | None = None
    alone: Callable[[], list[Figure]] | None = None


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        10,
        "The share invited by the horizon changes by at most 3 percentage points when meetings without the question on "
        "their agenda are twice or four times as many.",
        variants=measure.more_meetings,
        read=measure.read_meetings,
    ),
    Pattern(
        11,
        "With the budgets of payers at zero nothing is paid; budgets and ledger agree exactly; doubling budgets lowers "
        "the share invited by no more than its interval.",
        variants=measure.budgets,
        read=measure.read_budgets,
    ),
    Pattern(
        12,
        "The hazard of yielding alone: medians of 3 to 9 weeks with a forcing event and 12 to 30 months without, of "
        "which 15 to 35% outlast five years; for countries left out of the fit it predicts better than a log-normal "
        "and a Weibull without covariates.",
        alone=read_hazard,
    ),
    Pattern(
        13,
        "A member with a positive code is among the last holdouts in at least a fifth of the decisions within reach, "
        "and Türkiye is one of the five most frequent.",
        conjecture=True,
        read=measure.read_last_holdouts,
    ),
    Pattern(
        14,
        "The election of a champion in the United States raises the share invited more than that in any other member, "
        "and hesitant members follow within a year.",
        conjecture=True,
        variants=measure.champions,
        read=measure.read_champions,
    ),
    Pattern(
        15,
        "Acceptance of a plan that bars membership falls from aspirant to invited to ratifying, and from hot war to "
        "ceasefire.",
        variants=measure.barring_plans,
        read=measure.read_plans,
    ),
    Pattern(
        16,
        "Each instrument of Russia changes the share invited, by a point and beyond its interval, when it is switched "
        "off; forward_looking serves Russia at least as well as every fixed strategy; trebling costs changes what it "
        "chooses.",
        conjecture=True,
        variants=measure.russias_choices,
        read=measure.read_choices,
    ),
    Pattern(
        17,
        "The number of objectors during hot war varies, with a standard deviation of at least 1.5, and falls as the "
        "intensity of the war falls.",
        read=measure.read_objectors,
    ),
    Pattern(
        18,
        "article10 claims states the effect of each claim; which of them are detected is a result.",
        alone=read_claims_stated,
    ),
)
"""Every pattern after the nine of the first design, which are tests of their own (tests/test_patterns.py)."""


def status(pattern: Pattern, figures: list[Figure]) -> str:
    """``holds``, ``fails``, ``expected to fail`` (a mechanism is lacking), or ``absent`` (nothing of it exists yet)."""
    if not pattern.exists():
        return "absent"
    if all(figure.holds for figure in figures):
        return "holds"
    return "expected to fail" if pattern.lacking else "fails"


def measure_patterns(
    scenario: Scenario, runs: int, seed: int, progress: Progress | None = None
) -> dict[int, list[Figure]]:
    """The figures of every pattern that runs measure, from one set of paired runs, indexed by number."""
    variants = {AS_IT_IS: scenario}
    for pattern in PATTERNS:
        variants |= pattern.variants(scenario)
    total = (len(variants) + 1) * runs
    found = paired_runs(variants, runs, seed, by_year=BY_YEAR, progress=part_of(progress, 0, total))
    last = part_of(progress, total - runs, total)
    found[STEP_BY_STEP] = simulate(scenario, runs, seed, record=("ratified",), progress=last)
    return {pattern.number: pattern.read(found) for pattern in PATTERNS if pattern.read is not None}


def measure_alone() -> dict[int, list[Figure]]:
    """The figures of every pattern that needs no runs, indexed by number."""
    return {pattern.number: pattern.alone() for pattern in PATTERNS if pattern.alone is not None}


def plausible_shares(
    scenario: Scenario, points: int, runs: int, seed: int, progress: Progress | None = None
) -> dict[int, list[float]]:
    """For each figure, the share of points of the plausible parameters at which its estimate is as stated.

    Args:
        scenario: the scenario whose parameters are drawn from their plausible ranges, all together.
        points: number of points of the Latin hypercube.
        runs: number of runs of each variant at each point.
        seed: seed of the points and of all random streams.
        progress: called with the number of points done and the total.
    """
    kept: dict[int, list[list[bool]]] = {}
    for place, point in enumerate(parameters(scenario, points, seed)):
        for number, figures in measure_patterns(point.scenario, runs, seed).items():
            kept.setdefault(number, []).append([figure.stated for figure in figures])
        if progress is not None:
            progress(place + 1, points)
    return {number: [sum(column) / points for column in zip(*rows, strict=True)] for number, rows in kept.items()}


def code_fingerprint(scenario: Scenario) -> str:
    """A digest of all that the figures depend on, in hexadecimal: scenario, code and data tables.

    Like the fingerprint of a batch, it leaves out comments, docstrings and sentences; it also leaves out how files are
    read, and how runs are shared among processes, kept and written.
    """
    stepped = [tree for name, tree in loaded_trees(STEPPED).items() if name not in READERS]
    trees = [*stepped, *(ast.parse(inspect.getsource(import_module(name))) for name in MEASURES)]
    tables = {name: read_table(name) for name in (*sorted(tables_read(stepped)), CASEBOOK)}
    held = [scenario.model_dump_json(), digest(trees, tables), read_edition(scenario.edition).digest]
    return hashlib.sha256("\n".join(held).encode()).hexdigest()


def record(
    scenario: Scenario,
    figures: Mapping[int, list[Figure]],
    shares: Mapping[int, list[float]],
    settings: Mapping[str, Any],
) -> dict[str, Any]:
    """What the committed file of figures holds: settings, fingerprint, and each pattern's status and figures."""
    rows = []
    for pattern in PATTERNS:
        own = figures.get(pattern.number, [])
        rows.append(
            {
                "number": pattern.number,
                "conjecture": pattern.conjecture,
                "status": status(pattern, own),
                "figures": [
                    {**_plain(figure), "plausible_share": share}
                    for figure, share in zip(own, shares.get(pattern.number, [None] * len(own)), strict=True)
                ],
            }
        )
    return {"settings": dict(settings), "fingerprint": code_fingerprint(scenario), "patterns": rows}


def _plain(figure: Figure) -> dict[str, Any]:
    """A figure as JSON holds it: an end of an interval that is not known is null."""
    return {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in vars(figure).items()}
