"""Scores of a locked forecast once outcomes are known, beside a coin and no change; the locked file stays as it is."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from article10.agents.nearest import nearest
from article10.agents.short_error import ArgumentError, shown
from article10.model.checked import check_arguments
from article10.model.days import day_given
from article10.runs.evidence.forecast import Forecast, read_forecast
from article10.runs.evidence.forecast_file import write_locked

COLUMNS = ("id", "outcome", "resolved_on", "source")
"""Columns that a table of outcomes must have; others are allowed, and ``note`` is kept."""

OUTCOMES = {"yes": 1, "no": 0, "void": None}
"""What an outcome may be; void if the condition of a question was not met, or nobody can tell. Blank is open."""

COIN = 0.5
FORECASTERS = ("model", "no change", "coin")
"""Whose probabilities are scored."""

SCORES = ("brier", "log")

KEYS = ("forecast", "forecast_sha256", "rows", "void", "open", "mean")
"""What a file of scores contains."""


@dataclass(frozen=True)
class Scores:
    """The scores of a forecast.

    Attributes:
        content: what the file of scores contains, of plain values, without its hash.
        forecast_path: path of the locked forecast.
    """

    content: Mapping[str, Any]
    forecast_path: Path

    @property
    def table(self) -> pd.DataFrame:
        """One row for each resolved question: probability, outcome, and the scores by forecaster, indexed by ``id``."""
        rows = [
            {
                "probability": row["probability"],
                "outcome": row["outcome"],
                **{f"{score} {name}": float(row[score][name]) for score in SCORES for name in FORECASTERS},
            }
            for row in self.content["rows"]
        ]
        return pd.DataFrame(rows, index=pd.Index([row["id"] for row in self.content["rows"]], name="id"))

    def write(self) -> Path:
        """Write the scores beside the forecast, ``2026-12-01.scored.json``; earlier scores stay, with a number.

        Returns:
            Path of the file; that of an earlier one if it says the same.
        """
        content = {**self.content, "scored_on": dt.datetime.now(dt.UTC).date().isoformat()}
        return write_locked(content, self.forecast_path.with_suffix(".scored.json"), same=KEYS)


def score_forecast(path: str | Path, outcomes: str | Path) -> Scores:
    """Score a locked forecast against a table of outcomes.

    The Brier score is ``(p - y)²`` and the log score ``-ln`` of the probability of what happened; lower is better. For
    the log score, half a run is added to both answers, so that what no run showed is unlikely, not impossible. A coin
    says one half. No change says 0 or 1, so that one wrong answer makes its log score infinite.

    Args:
        path: path of a file that ``Forecast.lock`` wrote.
        outcomes: path of a CSV file with the columns ``id``, ``outcome`` (yes, no, void or blank), ``resolved_on``
            and ``source``.

    Raises:
        LockedFileError: the forecast is missing, damaged or changed.
        ArgumentError: the table is invalid; the message names file, row, column and value.
    """
    check_arguments(path=path, outcomes=outcomes)
    locked = read_forecast(path)
    by_id = {each["id"]: each for each in locked.content["questions"]}
    found = read_outcomes(Path(outcomes), locked)
    resolved = [row for row in found if OUTCOMES[row["outcome"]] is not None]
    unstated = [row["id"] for row in resolved if by_id[row["id"]]["probability"] is None]
    rows = [_scored(by_id[row["id"]], row) for row in resolved if row["id"] not in unstated]
    return Scores(
        {
            "forecast": Path(path).name,
            "forecast_sha256": locked.sha256,
            "rows": rows,
            "void": [row["id"] for row in found if row["outcome"] == "void"],
            "without_probability": unstated,
            "open": len(by_id) - len(found),
            "mean": {score: {name: mean(rows, score, name) for name in FORECASTERS} for score in SCORES},
        },
        Path(path),
    )


def mean(rows: Sequence[Mapping[str, Any]], score: str, forecaster: str) -> float | str | None:
    """Mean score of some rows; None where there is none, and ``"inf"`` where it is infinite, which JSON cannot hold."""
    values = [float(row[score][forecaster]) for row in rows]
    return _plain(sum(values) / len(values)) if values else None


def _scored(question: Mapping[str, Any], row: Mapping[str, str]) -> dict[str, Any]:
    """The scores of a resolved question."""
    outcome, probability = OUTCOMES[row["outcome"]], question["probability"]
    said = {"model": probability, "no change": float(question["no_change"]), "coin": COIN}
    half_a_run = (question["happened"] + 0.5) / (question["runs"] + 1)
    for_log = {**said, "model": half_a_run}
    return {
        "id": question["id"],
        "question": question["question"],
        "probability": probability,
        "runs": question["runs"],
        "no_change": question["no_change"],
        **{key: row[key] for key in ("outcome", "resolved_on", "source")},
        "note": row.get("note", ""),
        "brier": {name: None if p is None else (p - outcome) ** 2 for name, p in said.items()},
        "log": {name: _log_score(p if outcome else 1 - p) for name, p in for_log.items()},
    }


def _log_score(probability: float) -> float | str:
    return _plain(-math.log(probability) if probability else math.inf)


def _plain(value: float) -> float | str:
    return value + 0.0 if math.isfinite(value) else "inf"


# --- outcomes -------------------------------------------------------------------------------------------------------


def read_outcomes(path: Path, locked: Forecast) -> list[dict[str, str]]:
    """The rows of a table of outcomes that are not open.

    Raises:
        ArgumentError: the table is invalid.
    """
    try:
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        rows = [{key: (value or "").strip() for key, value in row.items() if key is not None} for row in reader]
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error, AttributeError) as error:
        raise ArgumentError(f"{path}: cannot be read as a table: {error}") from None
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise ArgumentError(f"{path}: column {missing[0]}: missing; expected {', '.join(COLUMNS)}")
    known = [each["id"] for each in locked.content["questions"]]
    seen: set[str] = set()
    for place, row in enumerate(rows, start=2):
        if row["id"] in seen:
            raise ArgumentError(f"{path}, row {place}: id = {row['id']!r}: is given twice")
        seen.add(row["id"])
        _check(row, known, str(locked.content["date"]), f"{path}, row {place}")
    return [row for row in rows if row["outcome"]]


def _check(row: Mapping[str, str], known: Sequence[str], locked_for: str, where: str) -> None:
    if row["id"] not in known:
        raise ArgumentError(f"{where}: id = {shown(row['id'])}: no such question{nearest(row['id'], known)}")
    if not row["outcome"]:
        return
    if row["outcome"] not in OUTCOMES:
        raise ArgumentError(f"{where}: outcome = {shown(row['outcome'])}: expected {', '.join(OUTCOMES)} or blank")
    try:
        day = day_given("resolved_on", row["resolved_on"])
    except ValueError as error:
        raise ArgumentError(f"{where}: {error}") from None
    if day < dt.date.fromisoformat(locked_for):
        raise ArgumentError(f"{where}: resolved_on = {day}: before the date of the forecast, {locked_for}")
    if not row["source"]:
        raise ArgumentError(f"{where}: source: missing; expected where the outcome can be looked up")
