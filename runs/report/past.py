"""How the model did on the past, as ``make evidence`` last measured it: its track record, and its hindcasts.

Both tables are copies of those on the pages ``docs/evidence/track_record.md`` and ``docs/evidence/hindcast.md``, which
the same commands write. They are about the package's own baseline and rounds, whatever scenario a report is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from article10.model.edition import read_edition
from article10.runs.output.table import ResultTable

TRACK_RECORD_PAGE, HINDCAST_PAGE = "docs/evidence/track_record.md", "docs/evidence/hindcast.md"

RESAMPLED = (
    "In brackets: 95% intervals that resample the questions: how far so few questions determine the mean; they say "
    "nothing about other years."
)
"""What the intervals of the track record cover, which is not what other intervals of a report cover."""


@dataclass(frozen=True)
class Badge:
    """A few words on a test of the model, and the page that says the rest."""

    name: str
    words: str
    page: str


@cache
def _table(name: str) -> pd.DataFrame:
    with resources.files("article10.runs.report").joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file)


def badges() -> list[Badge]:
    """The track record and the hindcasts in a few words each."""
    rows, aims = _table("track_record.csv"), _table("hindcast.csv")
    closer = int((rows["brier model"] < rows["brier no change"]).sum())
    detected, met = int((rows["skill_low"] > 0).sum()), int((aims["met"] == "yes").sum())
    groups = f"closer than no change in {closer} of {len(rows)} groups of questions, detectably in {detected}"
    return [
        Badge("Track record", groups, TRACK_RECORD_PAGE),
        Badge("Hindcasts", f"{met} of {len(aims)} aims met", HINDCAST_PAGE),
    ]


def track_record_sentence() -> str:
    """What became of the probabilities that the package's baseline gave for the year after an edition."""
    rows = _table("track_record.csv")
    closer = int((rows["brier model"] < rows["brier no change"]).sum())
    detected = int((rows["skill_low"] > 0).sum())
    coin = int((rows["log model"] > rows["log coin"]).sum())
    return (
        f"Track record: on {rows['scored'].sum()} questions about the year after {_edition()}, in {len(rows)} groups, "
        f"the baseline was closer than no change in {closer} groups (Brier score; the 95% interval of its skill "
        f"excludes zero in {detected}), and worse than a coin in {coin} (log score)."
    )


def _edition() -> str:
    """Month of the edition whose year has been scored."""
    return f"{read_edition(str(_table('track_record.csv')['edition'].iloc[0])).date:%B %Y}"


def hindcast_sentence() -> str:
    """How many of the aims for past rounds of accession are met."""
    met = _table("hindcast.csv")["met"] == "yes"
    aims = f"{met.sum()} of {len(met)} aims, set before the fit was changed,"
    return f"Hindcasts of past rounds of accession: {aims} are met."


def track_record_table() -> ResultTable:
    """Mean scores by group of questions; lower is better."""
    rows = _table("track_record.csv").set_index("questions")
    scores = [column for column in map(str, rows) if column.startswith(("brier", "log"))]
    scores = [column for column in scores if np.isfinite(rows[column]).all()]  # no change is infinitely wrong at once
    shown = rows[["scored", "yes", *scores, "skill", "skill_low", "skill_high"]]
    heads = {column: column.replace("brier", "Brier,").replace("log", "log,") for column in scores}
    named = shown.rename(columns=heads | {"skill": "Brier skill over no change", "yes": "of which yes"})
    named = named.rename(columns={f"skill{end}": f"Brier skill over no change{end}" for end in ("_low", "_high")})
    formats = dict.fromkeys(heads.values(), "{:.3f}") | {"Brier skill over no change": "{:+.2f}"}
    return ResultTable(f"Track record: what was said in {_edition()} about the year that followed", named, formats)


def hindcast_table() -> ResultTable:
    """What was aimed at for past rounds, what was reached, and whether that meets the aim."""
    aims = _table("hindcast.csv").set_index("measure")
    return ResultTable("Hindcasts: past rounds of accession, each forecast from the others", aims)
