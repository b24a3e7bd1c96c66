"""A forecast that is locked before outcomes are known: probabilities for stated questions, in a file with a hash."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.arrays import BoolArray
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition, read_edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import ROOT, read_scenario
from article10.runs.batches.fingerprint import digest, fingerprint
from article10.runs.ensemble.provenance import git_commit, library_versions, version
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.simulate import simulate
from article10.runs.evidence.forecast_file import content_hash, read_locked, write_locked
from article10.runs.evidence.forecast_measures import MEASURES
from article10.runs.evidence.forecast_questions import Condition, Question, questions_of, read_questions
from article10.runs.evidence.perturbations import parameters
from article10.runs.output.progress import Progress
from article10.runs.statistics.proportion import wilson

AT_A_TIME = 500
"""Runs that are held in memory together, with what the measures read of every step."""

RUNS_OF_A_DRAW = 250
"""Runs for each draw of the parameters."""

FEWEST = 20
"""Fewest runs with the condition of a question for which a draw of the parameters counts."""

ENDS = (0.05, 0.95)
"""Quantiles over the draws of the parameters."""

CODE = (
    "article10.runs.evidence.forecast",
    "article10.runs.evidence.forecast_measures",
    "article10.runs.evidence.forecast_questions",
    "article10.runs.evidence.perturbations",
)
"""Modules on which the probabilities depend beside those of a batch."""

KEYS = ("date", "edition", "code", "scenario", "runs", "seed", "questions")
"""What a file of a forecast contains."""

SAME = ("scenario", "runs", "seed", "draws", "questions")
"""What two files have in common that say the same."""

INTERVALS = {
    "simulation_interval": "95% interval of the probability from the number of runs (Wilson): simulation uncertainty "
    "only, not how sure the model is of the world",
    "parameter_range": "5% and 95% quantiles of the probability when all parameters are drawn together from their "
    f"plausible ranges (Latin hypercube, {RUNS_OF_A_DRAW} runs a draw, whose chance it includes)",
}
"""What the intervals cover."""


@dataclass(frozen=True)
class Forecast:
    """Probabilities for a list of questions, with everything that identifies them.

    Attributes:
        content: what a locked file contains, of plain values, without its hash.
    """

    content: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """Hash of the content, in hexadecimal; the same whatever the layout of the file."""
        return content_hash(self.content)

    @property
    def made_by(self) -> str:
        """Fingerprint of the code and the tables that gave the probabilities, in hexadecimal."""
        return str(self.content["code"]["fingerprint"])

    def __repr__(self) -> str:
        """Scenario, edition, number of questions and hash."""
        named = f"{self.content['scenario']['name']}, edition {self.content['edition']['name']}"
        return f"Forecast({named}: {len(self.content['questions'])} questions, sha256 {self.sha256[:12]}…)"

    @property
    def table(self) -> pd.DataFrame:
        """One row a question: probability, both intervals, number of runs, day of resolution, indexed by ``id``."""
        rows = [
            {
                "question": each["question"],
                "probability": each["probability"],
                **_ends("probability", each["simulation_interval"]),
                **_ends("parameters", each["parameter_range"]),
                "runs": each["runs"],
                "resolves": each["resolves"],
            }
            for each in self.content["questions"]
        ]
        return pd.DataFrame(rows, index=pd.Index([each["id"] for each in self.content["questions"]], name="id"))

    def lock(self, folder: str | Path) -> Path:
        """Write the forecast into a folder under its date, beside earlier ones and never in place of one.

        If one of them has the same scenario, questions and probabilities, nothing is written.

        Args:
            folder: the folder, created if it does not exist.

        Returns:
            Path of the file: ``2026-12-01.json``, or ``2026-12-01-2.json`` if there is another of that day already.

        Raises:
            LockedFileError: one of that day is damaged or was changed.
            OSError: the file cannot be written.
        """
        content = {**self.content, "locked_on": dt.datetime.now(dt.UTC).date().isoformat()}
        return write_locked(content, Path(folder) / f"{self.content['date']}.json", same=SAME)


def read_forecast(path: str | Path) -> Forecast:
    """A locked forecast, if it is as it was locked.

    Raises:
        LockedFileError: the file is missing, damaged or changed.
    """
    content = read_locked(path, KEYS)
    return Forecast({key: value for key, value in content.items() if key != "sha256"})


@checked
def forecast(
    scenario: str | Path | Scenario = ROOT,
    runs: int = 4000,
    seed: int = 0,
    *,
    questions: str | Path | None = None,
    draws: int = 64,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Answer a list of questions about the world after the date of a scenario with the model's probabilities.

    The probability of a question is the share of runs in which its measure is true; that of a question with a
    condition, the share among the runs in which the condition is met. Nothing of what happens after the start enters.

    Args:
        scenario: name of a scenario, path of a TOML file, or a scenario.
        runs: number of runs with the scenario's own parameters.
        seed: seed of all random streams and of the draws of parameters.
        questions: path of a TOML file with questions; by default those of the scenario's edition.
        draws: number of draws of all parameters from their plausible ranges, for the second interval.
        changes: values by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ArgumentError: the questions are invalid.
    """
    runs, seed, draws = whole("runs", runs, 1), whole("seed", seed), whole("draws", draws, 1)
    base = read_scenario(scenario, changes, edition=edition)
    tables = read_edition(base.edition)
    asked = read_questions(questions_of(tables) if questions is None else questions, base)
    drawn = [point.scenario for point in parameters(base, draws, seed)]
    total, shares = runs + draws * RUNS_OF_A_DRAW, []
    tally = Tally.of(base, asked, runs, seed, lambda done, _: progress(done, total) if progress else None)
    for place, point in enumerate(drawn):
        shares.append(Tally.of(point, asked, RUNS_OF_A_DRAW, seed).shares)
        if progress is not None:
            progress(runs + (place + 1) * RUNS_OF_A_DRAW, total)
    ranges = _ranges(np.array(shares))
    return Forecast(
        {
            "about": "Probabilities of the model article10 for stated questions, as they were on the day locked_on.",
            "date": base.start.isoformat(),
            "edition": {
                "name": tables.name,
                "digest": tables.digest,
                "last_day_of_evidence": tables.file.last_day_of_evidence.isoformat(),
            },
            "code": {
                "version": version(),
                "commit": git_commit(),
                "fingerprint": code_fingerprint(tables.name),
                "libraries": library_versions(),
            },
            "scenario": json.loads(base.model_dump_json()),
            "runs": runs,
            "seed": seed,
            "draws": draws,
            "intervals": INTERVALS,
            "questions": [_answered(row, tally, place, ranges[place]) for place, row in enumerate(asked)],
        }
    )


def code_fingerprint(edition: str) -> str:
    """A digest of the code and the tables on which the probabilities depend, in hexadecimal.

    Args:
        edition: name or folder of the edition.
    """
    trees = [ast.parse(inspect.getsource(import_module(name))) for name in CODE]
    held = [digest(trees, {}), fingerprint([edition])["code"], read_edition(edition).digest]
    return hashlib.sha256("\n".join(held).encode()).hexdigest()


@dataclass(frozen=True)
class Tally:
    """How often each question was true, and how often it counted.

    Attributes:
        happened: runs in which the question counted and was true, (question,).
        counted: runs in which its condition was met; all runs without one, (question,).
        runs: number of runs.
    """

    happened: np.ndarray
    counted: np.ndarray
    runs: int

    @classmethod
    def of(
        cls, scenario: Scenario, asked: Sequence[Question], runs: int, seed: int, progress: Progress | None = None
    ) -> Tally:
        """Simulate a scenario, some runs at a time, and count."""
        named = [part for row in asked for part in (row, row.condition) if part is not None]
        record = sorted({"ratified", *(name for part in named for name in MEASURES[part.measure].record)})
        happened, counted = np.zeros(len(asked), int), np.zeros(len(asked), int)
        for first in range(0, runs, AT_A_TIME):
            some = min(AT_A_TIME, runs - first)
            result = simulate(scenario, some, seed, first_run=first, record=record)
            for place, row in enumerate(asked):
                met = _is_met(result, row.condition)
                happened[place] += (met & _measured(result, row)).sum()
                counted[place] += met.sum()
            if progress is not None:
                progress(first + some, runs)
        return cls(happened, counted, runs)

    @property
    def shares(self) -> np.ndarray:
        """Share of the runs that counted, (question,); not-a-number where too few did."""
        enough = self.counted >= min(FEWEST, self.runs)
        return np.where(enough, self.happened / np.maximum(self.counted, 1), np.nan)


def _is_met(result: EnsembleResult, condition: Condition | None) -> BoolArray:
    """Whether each run meets a condition, (run,)."""
    if condition is None:
        return np.ones(result.runs, dtype=bool)
    return np.equal(_measured(result, condition), condition.answer)


def _measured(result: EnsembleResult, part: Question | Condition) -> BoolArray:
    return MEASURES[part.measure].happens(result, **part.arguments)


def _ranges(shares: np.ndarray) -> list[list[float] | None]:
    """Quantiles over the draws by question; None where the condition was too rare in half of the draws or more."""
    known = np.isfinite(shares).mean(axis=0) > 0.5
    return [
        _rounded(np.nanquantile(column, ENDS)) if is_known else None
        for column, is_known in zip(shares.T, known, strict=True)
    ]


def _answered(row: Question, tally: Tally, place: int, parameter_range: list[float] | None) -> dict[str, Any]:
    """A question with its answer, as the file contains it."""
    happened, counted = int(tally.happened[place]), int(tally.counted[place])
    words = json.loads(row.model_dump_json(exclude={"members", "again_on"}))
    if row.condition is not None:
        words["condition"]["probability"] = counted / tally.runs
    return {
        **words,
        "probability": happened / counted if counted else None,
        "happened": happened,
        "runs": counted,
        "simulation_interval": _rounded(wilson(happened, counted)) if counted else None,
        "parameter_range": parameter_range,
    }


def _rounded(ends: Sequence[float] | np.ndarray) -> list[float]:
    return [round(float(end), 4) for end in ends]


def _ends(name: str, interval: Sequence[float] | None) -> dict[str, float]:
    low, high = interval or (np.nan, np.nan)
    return {f"{name}_low": low, f"{name}_high": high}
