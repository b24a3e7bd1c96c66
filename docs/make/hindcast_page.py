"""Compute the tables and pictures of the page on hindcasts: ``python docs/make/hindcast_page.py``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from article10.runs.batches.executors import executor
from article10.runs.evidence.hindcast import SIZED_ON_HOLDOUTS, hindcast
from article10.runs.evidence.hindcast_answer import LEVELS, MODEL, Hindcast
from article10.runs.evidence.hindcast_figures import pits
from article10.runs.evidence.ratification_baselines import COMMON, MEAN, WEIBULL
from article10.runs.evidence.ratification_fit import USED, RatificationFit, fit_ratification
from article10.runs.evidence.ratification_times import is_urgent
from article10.runs.evidence.ratification_variants import FORMS, score_forms
from article10.runs.evidence.rounds import shipped_rounds
from article10.runs.figures.style import save_figure
from article10.runs.output.progress import progress_shown
from generated import markdown_table, with_blocks, write_table

PAGE = Path(__file__).parents[1] / "evidence" / "hindcast.md"
"""Path of the page in a checkout; its pictures are beside it."""

IN_REPORT = Path(__file__).parents[2] / "runs" / "report" / "hindcast.csv"
"""What was aimed at and reached, as a report shows it."""

RUNS, DRAWS, SEED = 2000, 100, 0
"""Settings with which the page is computed."""

FORECAST, GIVEN_PACE, VARIED = "from other rounds", "given the pace", "given the pace, parameters drawn"
"""Kinds of hindcast of a round: from other rounds; given its own pace; the same, with the parameters that were set from
the days to be judged drawn over their ranges."""

PIT = "hindcast_pit.png"
"""The picture of calibration."""

HOLDOUT_ROUNDS = ("finland_2022_at_signing", "sweden_2022_at_signing")
"""Rounds with members that did not support at signing and whose days are known."""


def hindcast_blocks(
    found: Mapping[str, Hindcast],
    given_pace: Mapping[str, Hindcast],
    varied: Mapping[str, Hindcast],
    fit: RatificationFit,
    variants: pd.DataFrame,
) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers.

    Args:
        found: hindcasts from other rounds alone, indexed by round.
        given_pace: hindcasts with the pace of the round known, indexed by round.
        varied: the same, with the parameters that were set from holdouts' delays drawn over their ranges.
        fit: the fit to all rounds.
        variants: mean scores of baselines and forms of the fit, from ``score_forms``.
    """
    said = [f"**{name}.** " + " ".join(answer.sentences()) for name, answer in found.items()]
    made = next(iter(found.values()))
    return {
        "made": f"{made.runs:,} runs of each round, {DRAWS} draws from each fit, seed {made.seed}.\n",
        "scores": _scores(found),
        "skill": _skill(found),
        "accession": _accession(found),
        "targets": _targets(found),
        "variants": _variants(variants),
        "pit": f"![PIT histograms of the rounds]({PIT})\n",
        "holdouts": _holdouts(given_pace, varied),
        "fit": _fit(fit),
        "paces": _paces(fit),
        "sentences": "\n\n".join(said),
    }


def _scores(found: Mapping[str, Hindcast]) -> str:
    rows = []
    for answer in found.values():
        tables = answer.tables()
        cells = tables["scores"].cells().merge(tables["calibration"].cells(), on="forecast")
        of = len(answer.by_member[MODEL])
        for name in [str(column) for column in cells if str(column).startswith("brier")]:
            count = int(answer.by_member[MODEL][name].count())
            cells[name] = [f"{cell} ({count})" if cell != "–" and count < of else cell for cell in cells[name]]
        for forecast, *row in cells.to_numpy().tolist():
            rows.append((f"`{answer.round.name}`", "**model**" if forecast == MODEL else forecast, *row))
    covered = [f"in the {level:.0%} interval" for level in LEVELS]
    columns = ("round", "forecast", "CRPS, days", "log score", "Brier 30 d", "90 d", "180 d", "365 d", *covered)
    return markdown_table((*columns, "concordance", "last two named"), rows)


def _skill(found: Mapping[str, Hindcast]) -> str:
    rows = [
        (f"`{name}`", *row)
        for name, answer in found.items()
        for row in answer.tables()["skill"].cells().to_numpy().tolist()
    ]
    return markdown_table(("round", "over", "CRPS", "log score", "Brier"), rows)


def _accession(found: Mapping[str, Hindcast]) -> str:
    rows = []
    for name, answer in found.items():
        row = answer.completion.to_dict("index")[MODEL]
        came = f"{row['observed']:.0f}" if np.isfinite(row["observed"]) else "–"
        forecast = answer.days_text(row)
        of_day = answer.completion["crps"].to_dict()
        rest = [f"{of_day[baseline]:.0f}" for baseline in answer.baselines]
        rows.append((f"`{name}`", came, forecast, f"{row['not_by_horizon']:.0%}", f"{row['crps']:.0f}", *rest))
    names = next(iter(found.values())).baselines
    columns = ("round", "day", "median [90%]", "not by the horizon", "CRPS of the model", *names)
    return markdown_table(columns, rows)


def target_rows(found: Mapping[str, Hindcast]) -> list[dict[str, str]]:
    """Mean scores over rounds, what was aimed at, and whether it was met; rounds signed on one day count once."""
    distinct = list({answer.round.signed: answer for answer in list(found.values())[::-1]}.values())
    calm = [answer for answer in distinct if not is_urgent(answer.round)]
    rows = []
    for column, name in (("crps", "CRPS"), ("log", "log score")):
        for baseline in (COMMON, WEIBULL, MEAN):
            for rounds, where in ((calm, "calm rounds"), (distinct, "all rounds")):
                mine, theirs = (
                    np.mean([answer.scored[column].to_dict()[of] for answer in rounds]) for of in (MODEL, baseline)
                )
                gained = 1.0 - mine / theirs
                rows.append((f"skill in {name} over {baseline}, {where}", "above 0", f"{gained:+.1%}", gained > 0))
    day = float(np.mean([answer.completion["crps"].to_dict()[MODEL] for answer in calm]))
    rows.append(("CRPS of the day of accession, calm rounds", "below 50 days", f"{day:.0f} days", day < 50))
    held = [answer.by_member[MODEL]["covered_90%"] for answer in distinct]
    share = sum(each.sum() for each in held) / sum(each.count() for each in held)
    rows.append(("days within the 90% interval", "80 to 97%", f"{share:.0%}", bool(0.8 <= share <= 0.97)))
    return [
        {"measure": measure, "aimed at": aim, "reached": reached, "met": "yes" if met else "no"}
        for measure, aim, reached, met in rows
    ]


def _targets(found: Mapping[str, Hindcast]) -> str:
    words = {"yes": "met", "no": "**missed**"}
    rows = [(row["measure"], row["aimed at"], row["reached"], words[row["met"]]) for row in target_rows(found)]
    return markdown_table(("measure", "aimed at", "reached", ""), rows)


def _variants(scored: pd.DataFrame) -> str:
    rows = []
    for name, row in scored.to_dict("index").items():
        days = [f"{row[each]:.1f}" for each in ("crps_calm", "crps")]
        logs = [f"{row[each]:.2f}" for each in ("log_calm", "log")]
        shown = f"**{name}**" if name == USED.name else str(name)
        rows.append((shown, *days, *logs, f"{row['accession_calm']:.0f}", f"{row['in_90']:.0%}"))
    columns = ("CRPS, calm rounds", "all", "log score, calm", "all", "CRPS of accession, calm", "in the 90% interval")
    return markdown_table(("forecast", *columns), rows)


def _holdouts(given_pace: Mapping[str, Hindcast], varied: Mapping[str, Hindcast]) -> str:
    rows = []
    for name, answer in given_pace.items():
        drawn = varied[name].members.to_dict("index")
        for code, row in answer.members.loc[answer.by_member[MODEL].index].to_dict("index").items():
            scores = {forecast: f"{table['crps'].to_dict()[code]:.0f}" for forecast, table in answer.by_member.items()}
            cells = [f"{answer.days_text(of)}, {of['among_last_two']:.0%}" for of in (row, drawn[code])]
            crps = [scores.pop(MODEL), f"{drawn[code]['crps']:.0f}", *scores.values()]
            rows.append((f"`{name}`", code, f"{row['observed']:.0f}", *cells, *crps))
    names = next(iter(given_pace.values())).baselines
    forecasts = ("model: median [90%], among the last two", "with the four drawn")
    crps_of = [f"CRPS: {name}" for name in (MODEL, "with the four drawn", *names)]
    return markdown_table(("round", "member", "day", *forecasts, *crps_of), rows)


def _fit(fit: RatificationFit) -> str:
    meanings = {
        "log_speed_spread": "log of the spread of members' log speeds",
        "calm": "log of the pace of a calm round, per year",
        "urgency": "what a tenth of threat adds to that log",
        "log_pace_spread": "log of how far rounds depart from these two",
        "log_shape_calm": "log of the Weibull shape of calm rounds",
        "log_shape_urgent": "log of the Weibull shape of urgent rounds",
    }
    rows = [
        (
            f"`{name}`",
            meanings[str(name)],
            f"{row['posterior_mean']:.2f}",
            f"{row['posterior_spread']:.2f}",
            f"{row['prior_spread']:.2f}",
            f"{row['learned']:.0%}",
        )
        for name, row in fit.identified().iterrows()
    ]
    table = markdown_table(("parameter", "meaning", "mean", "sd", "sd of the prior", "narrowed by"), rows)
    return table + f"\n{fit.effective_draws:,.0f} effective draws.\n"


def _paces(fit: RatificationFit) -> str:
    days = 365.25 / np.exp(fit.log_pace)  # the time by which 63% of members like the typical one have ratified
    rows = []
    for signed in days:
        low, middle, high = days[signed].quantile([0.025, 0.5, 0.975])
        rows.append((str(signed), f"{middle:.0f} [{low:.0f}, {high:.0f}]"))
    return markdown_table(("round signed on", "days that count until 63% of typical members have ratified [95%]"), rows)


def _made(asked: tuple[str, str]) -> tuple[tuple[str, str], Hindcast]:
    name, how = asked
    varied = SIZED_ON_HOLDOUTS if how == VARIED else ()
    return asked, hindcast(name, pace_known=how != FORECAST, varied=varied, runs=RUNS, draws=DRAWS, seed=SEED)


def main() -> None:
    """Compute the blocks with one process per core, and write them into the page of this checkout."""
    on_record = shipped_rounds()
    rounds = [of.name for of in on_record]
    asked = [(name, how) for how in (GIVEN_PACE, VARIED) for name in HOLDOUT_ROUNDS]
    asked += [(name, FORECAST) for name in rounds]
    made: dict[tuple[str, str], Hindcast] = {}
    with progress_shown("hindcast", "rounds") as show:
        for key, answer in executor().run(_made, asked):
            made[key] = answer
            show(len(made), len(asked))
    found = {name: made[name, FORECAST] for name in rounds}
    given_pace, varied = ({name: made[name, how] for name in HOLDOUT_ROUNDS} for how in (GIVEN_PACE, VARIED))
    fit = fit_ratification(on_record, draws=2000)
    variants = score_forms(FORMS, on_record, RUNS, DRAWS, SEED)
    blocks = hindcast_blocks(found, given_pace, varied, fit, variants)
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), blocks), "utf-8")
    write_table(IN_REPORT, target_rows(found))
    for name, figure in (("finland_2022_at_signing", "members"), ("vilnius_2003", "course")):
        save_figure(found[name].figures()[figure], PAGE.parent / f"hindcast_{name}_{figure}.png")
    save_figure(given_pace[HOLDOUT_ROUNDS[0]].figures()["members"], PAGE.parent / "hindcast_pace_known.png")
    save_figure(lambda: pits(found), PAGE.parent / PIT)


if __name__ == "__main__":
    main()
