"""Pattern 18: the table of claims states an effect for each; which of them are detected is a result."""

from __future__ import annotations

from article10.runs.analyses.claims.claims import claims_table
from article10.runs.analyses.claims.claims_result import Finding
from article10.runs.analyses.claims.declared import read_claims
from article10.runs.evidence.pattern_measures import Figure

RUNS, SEED = 100, 20261201
"""Paired runs of each variant, and their seed: few, because only that each effect is stated is at issue."""


def read_claims_stated() -> list[Figure]:
    """How many of the declared claims the table answers, and how many effects it detects with few runs."""
    table = claims_table(runs=RUNS, seed=SEED)
    declared, stated = len(read_claims()), int(table["finding"].notna().sum())
    detected = int(table["finding"].isin([Finding.AS_STATED, Finding.OPPOSITE]).sum())
    unstated = float(declared - stated)
    return [
        Figure(
            "declared claims without a finding", unstated, unstated, unstated, "number", unstated == 0, unstated == 0
        ),
        Figure(f"effects detected with {RUNS} paired runs", detected, detected, detected, "number", True, True),
    ]
