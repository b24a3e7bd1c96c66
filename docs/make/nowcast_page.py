"""Compute the page on the nowcast: ``python docs/make/nowcast_page.py`` (some minutes)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

from article10.agents.parameter import declarations
from article10.runs.evidence.nowcast.nowcast import nowcast
from article10.runs.evidence.nowcast.nowcast_result import Nowcast
from article10.runs.evidence.nowcast.nowcast_scores import LAST, NO_CHANGE, NOWCAST, UNFILTERED
from article10.runs.evidence.nowcast.observations import Assumptions
from article10.runs.evidence.nowcast.particle_filter import COLUMNS
from article10.runs.figures.style import save_figure
from article10.runs.output.progress import progress_shown
from article10.runs.output.table import ResultTable
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "nowcast.md"
"""Path of the page in a checkout; its pictures are beside it."""

RUNS, RUNS_PAST, FEWER, SEED = 10_000, 4000, 2000, 0
"""Runs of the nowcast of 2026, of that of 2022-25, and of those that are cut off or have other assumptions."""

OF_2026, PAST = ("baseline", "2026-12-01"), ("ukraine_2022", "2025-12-01")
"""Scenario and last day of each."""

CUTS = (
    (OF_2026, (dt.date(2026, 2, 1), dt.date(2026, 4, 1), dt.date(2026, 6, 15))),
    (PAST, (dt.date(2023, 12, 31), dt.date(2024, 10, 1), dt.date(2024, 12, 31))),
)
"""Days after which nothing is taken in; fixed before any score was seen, except that some rows must come after each."""

OTHER_SEEDS = (1, 2)

COLUMNS_OF_SCORES = (NOWCAST, UNFILTERED, NO_CHANGE, LAST)

MOVED = 0.04
"""Difference between filtered and unfiltered mean from which a member without positions is in the table."""


def first_blocks(found: Nowcast, past: Nowcast, seconds: float) -> dict[str, str]:
    """Blocks from the two nowcasts alone."""
    tables, of_past = found.tables(), past.tables()
    stances = found.stances
    kept = stances[(stances["positions"] > 0) | ((stances["filtered"] - stances["unfiltered"]).abs() >= MOVED)]
    shown = ResultTable("", kept.drop(columns="first_day"), tables["stances"].formats)
    return {
        "made": f"2026: {found.runs:,} runs; 2022–25: {past.runs:,}; cut off or with other assumptions: {FEWER:,}. "
        f"Seed {found.seed}. Processor time of the nowcast of 2026: {seconds:.0f} s.\n",
        "sentences": _listed(found),
        "stances": _table(shown),
        "rows": _table(tables["rows"]),
        "scores": _table(tables["scores"]),
        "codes": _table(tables["codes"]),
        "sentences_past": _listed(past),
        "scores_past": _table(of_past["scores"]),
        "cases_past": _cases(past),
        "assumed": _assumed(),
    }


def _listed(found: Nowcast) -> str:
    return "\n".join(f"- {text}" for text in found.sentences())


def _table(shown: ResultTable) -> str:
    cells = shown.cells()
    return markdown_table([str(name).replace("_", " ") for name in cells], cells.to_numpy().tolist())


def _assumed() -> str:
    rows = []
    for each in declarations("assumed", Assumptions()):
        low, high = each.meta.plausible or (np.nan, np.nan)
        name = f"`{each.key.partition('.')[2]}`"
        rows.append((name, each.default, f"{low:g} to {high:g}", each.description, each.meta.source))
    return markdown_table(("assumption", "value", "range", "meaning", "reason"), rows)


def _cases(found: Nowcast) -> str:
    """CRPS of each position by forecaster."""
    table = found.cases.pivot(index="row", columns="forecaster", values="crps")
    said = found.cases.drop_duplicates("row").set_index("row")
    rows = [
        (
            said.loc[place, "date"],
            said.loc[place, "member"],
            f"{said.loc[place, 'observed']:+.2f}",
            *(f"{table.loc[place, name]:.3f}" for name in COLUMNS_OF_SCORES),
        )
        for place in table.index
    ]
    return markdown_table(("date", "member", "coded stance", *COLUMNS_OF_SCORES), rows)


def cuts(runs: int) -> Iterator[tuple[object, ...]]:
    """Scores of what came after each cut, of which nothing was taken in."""
    for (scenario, until), days in CUTS:
        for day in days:
            found = nowcast(scenario, runs, SEED, until=until, learn_until=day)
            crps = found.scores["crps"]
            ends = found.codes["crps"] if len(found.codes) else None
            at_end = "" if ends is None else " / ".join(f"{ends.loc[n]:.3f}" for n in COLUMNS_OF_SCORES[:3])
            n, all_rows = found.cases["row"].nunique(), len(found.taken_in)
            yield (day, all_rows, n, *(f"{crps.loc[name]:.3f}" for name in COLUMNS_OF_SCORES), at_end)


def sensitivity(runs: int) -> Iterator[tuple[object, ...]]:
    """Scores with each assumption at the ends of its range."""
    ways: list[tuple[str, Mapping[str, float]]] = [("as assumed", {})]
    for each in declarations("assumed", Assumptions()):
        name = each.key.partition(".")[2]
        ways += [(f"`{name} = {value:g}`", {name: value}) for value in each.meta.plausible or ()]
    for label, assumed in ways:
        now, past = (nowcast(s, runs, SEED, until=day, assumptions=assumed) for s, day in (OF_2026, PAST))
        means = [_signed(f, code) for f, code in ((now, "HUN"), (past, "SVK"))]
        scores = (f"{each['crps'].loc[NOWCAST]:.3f}" for each in (now.scores, now.codes, past.scores))
        yield (label, *scores, *means)


def _signed(found: Nowcast, code: str) -> str:
    filtered = found.filtered.by_step[-1, found.scenario.members().index(code), COLUMNS.index("mean")]
    return f"{float(filtered):+.2f}"


def chance(found: Nowcast, others: Sequence[Nowcast]) -> str:
    """How far filtered means differ between seeds."""
    means = np.stack([each.filtered.by_step[-1, :, COLUMNS.index("mean")] for each in (found, *others)])
    sd = means.std(axis=0, ddof=1)
    worst = int(sd.argmax())
    scores = pd.Series([each.scores.loc[NOWCAST, "crps"] for each in (found, *others)])
    return (
        f"with {len(means)} seeds, filtered means have a standard deviation of {sd.mean():.3f} on average over "
        f"members, and {sd.max():.3f} at most ({found.scenario.members().iso3[worst]}); the mean CRPS lies between "
        f"{scores.min():.3f} and {scores.max():.3f}.\n"
    )


def main() -> None:
    """Compute everything, draw the pictures, and write the page."""
    with progress_shown("nowcast") as done:
        began = process_time()
        found = nowcast(OF_2026[0], RUNS, SEED, until=OF_2026[1], progress=done)
        seconds = process_time() - began
    past = nowcast(PAST[0], RUNS_PAST, SEED, until=PAST[1])
    blocks = first_blocks(found, past, seconds)
    others = [nowcast(OF_2026[0], RUNS, seed, until=OF_2026[1]) for seed in OTHER_SEEDS]
    others_past = [nowcast(PAST[0], RUNS_PAST, seed, until=PAST[1]) for seed in OTHER_SEEDS]
    blocks["chance"] = f"2026: {chance(found, others)}\n2022–25: {chance(past, others_past)}"
    names = [f"CRPS of the {name}" if name == NOWCAST else name for name in COLUMNS_OF_SCORES]
    head = (
        "nothing after",
        "rows taken in",
        "positions after",
        *names,
        "codes of 2026-12: nowcast / unfiltered / no change",
    )
    blocks["cuts"] = markdown_table(head, list(cuts(FEWER)))
    columns = ("", "CRPS 2026", "codes of 2026-12", "CRPS 2022–25", "HUN, December 2026", "SVK, December 2025")
    blocks["sensitivity"] = markdown_table(columns, list(sensitivity(FEWER)))
    for name, draw in found.figures().items():
        save_figure(draw, PAGE.with_name(f"nowcast_{name}.png"))
    save_figure(past.figures()["members"], PAGE.with_name("nowcast_past.png"))
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), blocks), "utf-8")


if __name__ == "__main__":
    main()
