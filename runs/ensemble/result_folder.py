"""A folder of results: the dataset, the outcomes as a table, the summary, the scenario and the figures."""

from __future__ import annotations

from pathlib import Path

from article10.runs.ensemble.netcdf import RESULT
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import summarise
from article10.runs.ensemble.summary_text import as_text
from article10.runs.output.folder import output_folder


def write_result(result: EnsembleResult, folder: Path, figures: str | None, force: bool) -> Path:
    """Write a result into a folder: see ``EnsembleResult.write``."""
    if folder.is_dir() and not any(folder.iterdir()):  # or the command line's hidden folder
        _write_files(result, folder, figures)
    else:
        with output_folder(folder, force, result.data.nbytes) as unfinished:
            _write_files(result, unfinished, figures)
    return folder


def _write_files(result: EnsembleResult, folder: Path, figures: str | None) -> None:
    result.save(folder / RESULT)
    result.outcomes.to_csv(folder / "outcomes.csv")
    (folder / "summary.txt").write_text(as_text(summarise(result)), "utf-8")
    (folder / "scenario.json").write_text(result.scenario.model_dump_json(indent=1), "utf-8")
    if figures is not None:
        result.plot.save_all(folder / "figures", file_format=figures)
