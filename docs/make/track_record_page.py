"""Score what an edition said about the next year, and write the page: ``python docs/make/track_record_page.py``.

The folder of rows only grows: those that were scored first stay, and those of a later model are written beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from article10.model.tables import parsed_table
from article10.runs.evidence.forecast import forecast, read_forecast
from article10.runs.evidence.forecast_file import read_locked
from article10.runs.evidence.forecast_questions import AGAIN
from article10.runs.evidence.forecast_scores import FORECASTERS, KEYS, SCORES, mean, score_forecast
from article10.runs.output.progress import progress_shown
from article10.runs.statistics.scores import skill
from forecast_page import DRAWS, RUNS, SEED, locked_files
from generated import markdown_table, with_blocks, write_table

PAGE = Path(__file__).parents[1] / "evidence" / "track_record.md"
"""Path of the page in a checkout."""

FOLDER = PAGE.parent / "track_record"
"""The probabilities, and the rows with their scores."""

EDITION = "2025-12"
"""The edition whose year is over."""

DATA = Path(__file__).parents[2] / "model" / "data" / "track_record"
QUESTIONS, OUTCOMES, PLATFORMS = (DATA / f"{EDITION}{end}" for end in (".toml", "-outcomes.csv", "-platforms.csv"))
"""What is asked, what happened, and what forecasting platforms said."""

IN_REPORT = Path(__file__).parents[2] / "runs" / "report" / "track_record.csv"
"""The summary as a report shows it."""

Row = Mapping[str, Any]

GROUPS: Mapping[str, Callable[[str], bool]] = {
    "new governments": lambda name: name.startswith("government-"),
    "coded stances": lambda name: name.startswith("stance-"),
    "membership, war, guarantees": lambda name: (
        not name.startswith(("government-", "stance-", "ceasefire-march", "shelved-june")) and AGAIN not in name
    ),
}
"""Groups of questions by their ids; questions for a comparison with platforms belong to none."""


def scored_files(folder: Path = FOLDER) -> list[Path]:
    """The files of scored rows, the first ones first."""
    return [scored for path in locked_files(folder) for scored in _scores_of(path)]


def _scores_of(path: Path) -> list[Path]:
    found = path.parent.glob(f"{path.stem}.scored*.json")
    return sorted(found, key=lambda scored: (len(scored.name), scored.name))


def track_record_blocks(files: Sequence[Path]) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers.

    Args:
        files: the files of scored rows, the first ones first; those rows are shown.
    """
    first = read_locked(files[0], KEYS)
    made_by = read_forecast(files[0].with_name(first["forecast"]))
    rows, asked = first["rows"], {each["id"]: each for each in made_by.content["questions"]}
    return {
        "made": _made(files[0], first, made_by.content),
        "summary": _summary(rows),
        "governments": _governments(rows),
        "others": _others(rows),
        "stances": _stances(rows),
        "platforms": _platforms(rows, asked),
        "later": _later(files),
    }


def _made(path: Path, first: Row, content: Row) -> str:
    return (
        f"The rows are frozen in [`{path.name}`](track_record/{path.name}): {content['runs']:,} runs of the baseline "
        f"of {content['date']}, seed {content['seed']}, commit `{content['code']['commit'][:10]}`, scored on "
        f"{first['scored_on']}. SHA-256 of the rows: `{first['sha256']}`; of the probabilities: "
        f"`{first['forecast_sha256']}`.\n"
    )


def summary_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row for each group of questions: counts, mean scores by forecaster, and the Brier skill over no change."""
    found = []
    for name, belongs in GROUPS.items():
        own = [row for row in rows if belongs(row["id"])]
        over = skill(*(np.array([row["brier"][who] for row in own], float) for who in ("model", "no change")))
        found.append(
            {
                "edition": EDITION,
                "questions": name,
                "scored": len(own),
                "yes": sum(row["outcome"] == "yes" for row in own),
                **{f"{score} {who}": float(mean(own, score, who) or 0.0) for score in SCORES for who in FORECASTERS},
                "skill": over.value,
                "skill_low": over.low,
                "skill_high": over.high,
            }
        )
    return found


def _summary(rows: Sequence[Row]) -> str:
    cells, said = [], []
    for row in summary_rows(rows):
        name = row["questions"]
        numbers = [f"{row[f'{score} {who}']:.3f}".replace("inf", "∞") for score in SCORES for who in FORECASTERS]
        over = f"{row['skill']:+.2f} [{row['skill_low']:+.2f}, {row['skill_high']:+.2f}]"
        cells.append((name, row["scored"], row["yes"], *numbers, over))
        said.append(f"- **{name[0].upper()}{name[1:]}.** {_verdict(row)}")
    heads = [f"{'Brier' if score == 'brier' else 'log'}, {who}" for score in SCORES for who in FORECASTERS]
    columns = ("questions", "scored", "of which yes", *heads, "Brier skill over no change [95%]")
    return markdown_table(columns, cells) + "\n" + "\n".join(said) + "\n"


def _verdict(row: Row) -> str:
    """Who is better by each score, in words."""
    sure = "" if row["skill_low"] > 0 or row["skill_high"] < 0 else ", but the 95% interval of its skill includes zero"
    brier, log = ({who: row[f"{score} {who}"] for who in FORECASTERS} for score in SCORES)
    return (
        f"By the Brier score, the model is {_better(brier, 'coin')} a coin and {_better(brier, 'no change')} no "
        f"change{sure}. By the log score, it is {_better(log, 'coin')} a coin."
    )


def _better(scores: Mapping[str, float], who: str) -> str:
    return "better than" if scores["model"] < scores[who] else "worse than"


def _governments(rows: Iterable[Row]) -> str:
    own = [row for row in rows if row["id"].startswith("government-")]
    shown = [row for row in own if row["probability"] > 0 or row["outcome"] == "yes"]
    zero = [row for row in shown if row["probability"] == 0]
    yes = sum(row["outcome"] == "yes" for row in own)
    text = (
        f"\nThe model said 0% for the {len(own) - len(shown)} others, and none got a new government. Of the {yes} that "
        f"got one, it had said exactly zero for {len(zero)}.\n"
    )
    return _table(shown) + text


def _others(rows: Iterable[Row]) -> str:
    belongs = GROUPS["membership, war, guarantees"]
    return _table([row for row in rows if belongs(row["id"])])


def _stances(rows: Iterable[Row]) -> str:
    own = [row for row in rows if row["id"].startswith("stance-")]
    yes = [row for row in own if row["outcome"] == "yes"]
    no = [row["probability"] for row in own if row["outcome"] == "no"]
    text = (
        f"\nIn the other {len(no)} rows the code did not move that way; there the model had said {np.mean(no):.1%} on "
        f"average, at most {max(no):.1%}.\n"
    )
    return _table(yes) + text


def _table(rows: Iterable[Row]) -> str:
    cells = [
        (
            row["question"],
            f"{row['probability']:.1%}",
            row["outcome"],
            row["resolved_on"],
            f"{row['brier']['model']:.3f}",
            f"{row['log']['model']:.2f}",
            row["note"],
        )
        for row in rows
    ]
    return markdown_table(("question", "model", "outcome", "known on", "Brier", "log", "note"), cells)


def _platforms(rows: Iterable[Row], asked: Mapping[str, Row]) -> str:
    outcome = {row["id"]: row["outcome"] for row in rows}
    figures = sorted(parsed_table(PLATFORMS.read_text("utf-8")), key=lambda f: (f["close_date"], f["date_of_figure"]))
    cells = []
    for figure in figures:
        later = asked[figure["id"]]
        start = asked[figure["id"].partition(AGAIN)[0]]
        said = (f"{float(figure['probability']):.1%}", f"{later['probability']:.1%}", f"{start['probability']:.1%}")
        answer = outcome.get(figure["id"], "open")
        cells.append((figure["question"], figure["platform"], figure["date_of_figure"], *said, answer, figure["note"]))
    columns = ("the platform's question", "platform", "day", "platform", "model, if not yet by that day")
    still_open = [figure for figure in figures if figure["id"] not in outcome]
    lower = sum(float(figure["probability"]) < asked[figure["id"]]["probability"] for figure in still_open)
    text = _head_to_head(rows, {figure["id"]: float(figure["probability"]) for figure in figures})
    text += f"In {lower} of the {len(still_open)} open ones the platform is below the model.\n"
    return markdown_table((*columns, "model, December 2025", "outcome", "note"), cells) + text


def _head_to_head(rows: Iterable[Row], platform: Mapping[str, float]) -> str:
    own = [row for row in rows if row["id"] in platform]
    model = np.mean([row["brier"]["model"] for row in own])
    other = np.mean([(platform[row["id"]] - (row["outcome"] == "yes")) ** 2 for row in own])
    return (
        f"\nOf these, {len(own)} are resolved, all by no: mean Brier score of the platforms {other:.4f}, of the model "
        f"on the same days {model:.4f}.\n"
    )


def _later(files: Sequence[Path]) -> str:
    if len(files) < 2:
        return "No later model and no later outcome has been scored yet.\n"
    cells = []
    for path in files[1:]:
        content = read_locked(path, KEYS)
        source = files[0].with_name(content["forecast"])
        is_later_model = content["forecast"] != read_locked(files[0], KEYS)["forecast"]
        mark = "*in hindsight*: a later model" if is_later_model else "the first model, with later outcomes"
        scores = [
            f"{float(mean([row for row in content['rows'] if belongs(row['id'])], 'brier', 'model') or 0.0):.3f}"
            for belongs in GROUPS.values()
        ]
        commit = read_forecast(source).content["code"]["commit"][:10]
        cells.append((f"[{path.name}](track_record/{path.name})", mark, f"`{commit}`", len(content["rows"]), *scores))
    return markdown_table(("file", "what it is", "commit", "scored", *(f"Brier, {name}" for name in GROUPS)), cells)


def main() -> None:
    """Compute the probabilities with this code, write and score them if they are new, and write the page."""
    with progress_shown("track record") as done:
        found = forecast(
            "baseline", RUNS, SEED, questions=QUESTIONS, draws=DRAWS, changes={"edition": EDITION}, progress=done
        )
    score_forecast(found.lock(FOLDER), OUTCOMES).write()
    write_page()


def write_page() -> None:
    """Write the blocks from the files of scored rows, and the summary that a report shows."""
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), track_record_blocks(scored_files())), "utf-8")
    write_table(IN_REPORT, summary_rows(read_locked(scored_files()[0], KEYS)["rows"]))


if __name__ == "__main__":
    main()
