"""Fit and score the casebook of holdouts and write its page: ``python docs/make/holdout_spells_page.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from article10.model.scenario_file import read_scenario
from article10.model.shipped import editions
from article10.runs.evidence.holdout_casebook import ENDINGS, YIELDED, Spells, casebook_rows, read_spells
from article10.runs.evidence.holdout_figures import survival_curves
from article10.runs.evidence.holdout_fitted import FURTHER, fitted_estimate, read_fitted
from article10.runs.evidence.holdout_hazard import COVARIATES, DRAWS, design, median_days, predict_survival
from article10.runs.evidence.holdout_likelihood import Estimate
from article10.runs.evidence.holdout_members import LEVEL, chance
from article10.runs.evidence.holdout_scores import (
    BASELINES,
    CHOSEN,
    HORIZON,
    OTHERS,
    SCORES,
    Variant,
    score_variants,
    skills,
)
from article10.runs.evidence.holdout_sensitivity import CHANGES, perturb
from article10.runs.evidence.spells_of_runs import lengths, spells_of_runs
from article10.runs.figures.style import save_figure
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "holdout_spells.md"
"""Path of the page in a checkout; its picture is beside it."""

RUNS, SEED = 1000, 0
"""Runs of the model whose spells are measured, and their seed."""

DRAWN = 20
"""Number of changed casebooks for each row of the table on errors of coding."""

SHOWN = 10
"""Number of members in the table on who holds out how often."""

LEFT_OUT = {"country": "countries", "quarrel": "quarrels"}


def fitted_blocks() -> dict[str, str]:
    """The blocks that come from the casebook and its committed fits alone."""
    spells = read_spells()
    return {
        "data": _data(spells),
        "coefficients": _coefficients(),
        "medians": _medians(spells),
        "payment": _payment(),
        "opportunism": _opportunism(),
        "reopening": _reopening(),
    }


def _range(ends: Iterable[float], form: str) -> str:
    value, low, high = ends
    return f"{value:{form}} [{low:{form}}, {high:{form}}]"


def _data(spells: Spells) -> str:
    counts = Counter(spells.outcome.tolist())
    rows = [
        (
            outcome.replace("_", " "),
            counts[outcome],
            ", ".join(e for e, of in ENDINGS.items() if outcome in of) or "none",
        )
        for outcome in sorted(counts, key=lambda each: -counts[each])
    ]
    bodies = Counter(spells.body.tolist())
    low, high = spells.bounds("any")
    bounded = int((np.isfinite(high) & (high - low > 1.0)).sum())
    text = (
        f"\n{len(spells)} spells in {len(set(spells.quarrel))} quarrels; {bodies['EU']} in the EU, {bodies['NATO']} "
        f"in NATO, {len(spells) - bodies['EU'] - bodies['NATO']} elsewhere. {int(spells.forcing.sum())} had a forcing "
        f"event. Of those that ended, the duration of {bounded} is known only within bounds.\n"
    )
    return markdown_table(("outcome", "spells", "counts as an end in"), rows) + text


def _coefficients() -> str:
    rows = []
    for ending in ENDINGS:
        found, table = fitted_estimate("hazard", ending), read_fitted()["hazard"][ending]
        rows.append((f"`{ending}` ({table['ended']} ended)", *_cells(found)))
    names = ("forcing event", "a step of stakes", "ties with Russia")
    first = markdown_table(("end", "constant", *names, "shape"), rows)
    further = read_fitted()["further"]
    second = [(name, _range((further[name][key] for key in ("value", "low", "high")), "+.2f")) for name in FURTHER]
    return (
        first
        + "\nAdded one at a time to the fit of `settled`:\n\n"
        + markdown_table(("covariate", "coefficient"), second)
    )


def _cells(found: Estimate) -> list[str]:
    ends = list(zip(found.value, *found.interval(), strict=True))
    return [*(_range(each, "+.2f") for each in ends[:-1]), _range(np.exp(ends[-1]), ".2f")]


def _medians(spells: Spells) -> str:
    rows = []
    days = np.geomspace(0.5, 20_000, 600)
    for ending in ("settled", "any"):
        fitted = fitted_estimate("hazard", ending)
        for forcing, name in ((1.0, "yes"), (0.0, "no")):
            like = spells.chosen(spells.forcing == forcing)
            curve = predict_survival(fitted, design(like, COVARIATES), days).mean(axis=0)
            lasting = float(np.interp(HORIZON, days, curve))
            rows.append((f"`{ending}`", name, len(like), f"{median_days(curve, days):.0f}", f"{lasting:.0%}"))
    return markdown_table(("end", "forcing event", "spells", "median, days", "outlast five years"), rows)


def _payment() -> str:
    rows = [r for r in casebook_rows() if r["nested"] == "0" and r["outcome"] in YIELDED]
    known = [r for r in rows if r["concession_kind"] != "unknown"]
    paid = chance(fitted_estimate("payment").draws(DRAWS), np.array([1.0, 2.0, 3.0]))
    cells = []
    for place, stakes in enumerate(("1", "2", "3")):
        own = [r["outcome"] == "yielded_with_concession" for r in known if r["stakes_for_holdout"] == stakes]
        share = _range((paid[:, place].mean(), *np.quantile(paid[:, place], LEVEL)), ".0%")
        cells.append((stakes, len(own), sum(own), share))
    total = sum(r["outcome"] == "yielded_with_concession" for r in known)
    added = fitted_estimate("payment")
    odds = _range((added.value[1], *(ends[1] for ends in added.interval())), "+.2f")
    return markdown_table(("stakes", "yielded", "of which paid", "chance of payment"), cells) + (
        f"\n{total} of {len(known)} holdouts that yielded were paid; for {len(rows) - len(known)} more it is not "
        f"known. A step of stakes adds {odds} to the log-odds.\n"
    )


def _opportunism() -> str:
    table = read_fitted()["opportunism"]
    members, rate = table["member"], table["quarrels_per_member_year"]
    ranked = sorted(members, key=lambda code: -members[code]["multiple"])
    rows = []
    for code in ranked[:SHOWN]:
        of = members[code]
        cells = [
            f"{of['quarrels'][body]} in {of['member_years'][body]:.0f}" if body in of["quarrels"] else ""
            for body in rate
        ]
        rows.append((code, *cells, _range((of[key] for key in ("multiple", "low", "high")), ".1f")))
    quiet = [members[code]["multiple"] for code in ranked if not any(members[code]["quarrels"].values())]
    years = {body: sum(of["member_years"].get(body, 0.0) for of in members.values()) for body in rate}
    numbers = {body: sum(of["quarrels"].get(body, 0) for of in members.values()) for body in rate}
    text = (
        f"\nAn average member begins {rate['NATO']:.3f} quarrels a year in NATO ({numbers['NATO']} in "
        f"{years['NATO']:.0f} member-years, {table['since']} to {table['until']}) and {rate['EU']:.3f} in the EU "
        f"({numbers['EU']} in {years['EU']:.0f}). The {len(quiet)} members without a quarrel have multiples from "
        f"{min(quiet):.1f} to {max(quiet):.1f}, not zero.\n"
    )
    return (
        markdown_table(("member", "NATO: quarrels in years", "EU: quarrels in years", "multiple of the average"), rows)
        + text
    )


def _reopening() -> str:
    table = read_fitted()["reopening"]
    opened, held = (
        _range((table[name][key] for key in ("share", "low", "high")), ".0%") for name in ("opened", "held")
    )
    return (
        f"After {table['yields']} occasions on which a member yielded, it began to hold up another decision of the "
        f"same quarrel in {opened} and held up another one, begun before or after, in {held} (90% bootstrap interval; "
        "quarrels are resampled).\n"
    )


def score_tables(variants: Sequence[Variant]) -> dict[str, list[list[str]]]:
    """Rows of the tables of scores by what is left out: name, mean scores; of the form of the forecast also its skill.

    Args:
        variants: the forms that are scored; ``CHOSEN`` and both baselines are among them.
    """
    spells, rows = read_spells(), {}
    for by in LEFT_OUT:
        scores = score_variants(spells, variants, by)
        rows[by] = [
            [name, f"{frame['crps'].mean():.0f}", *(f"{frame[each].mean():.3f}" for each in SCORES[1:])]
            for name, frame in scores.items()
        ]
        for (baseline, which), gained in skills(scores, spells).items():
            if which == SCORES[0]:
                rows[by].append([f"skill over: {baseline}"])
            rows[by][-1].append(f"{gained.value:+.2f} [{gained.low:+.2f}, {gained.high:+.2f}]")
    return rows


def _scores() -> dict[str, str]:
    columns = ("form", "CRPS, days", *(f"Brier, {each.removeprefix('brier_')} days" for each in SCORES[1:]))
    tables = score_tables((CHOSEN, *BASELINES, *OTHERS))
    return {f"scores_{by}": markdown_table(columns, rows) for by, rows in tables.items()}


def _sensitivity() -> str:
    spells = read_spells()
    as_it_is = perturb(spells, lambda same, _: same, 1)
    rows = []
    for name, found in {"as it is": as_it_is, **{n: perturb(spells, c, DRAWN) for n, c in CHANGES.items()}}.items():
        mean, values = found.values.mean(axis=0), [f"{found.values[:, k].mean():+.2f}" for k in (1, 2, 3)]
        rows.append((name, *values, f"{np.exp(mean[-1]):.2f}", f"{found.skill.mean():+.2f}"))
    columns = ("casebook", "forcing event", "a step of stakes", "ties with Russia", "shape", "skill in CRPS")
    return markdown_table(columns, rows) + (
        f"\nMeans over {DRAWN} changed casebooks; the skill is that over a Weibull without covariates, on quarrels "
        "left out of the fit.\n"
    )


def _runs() -> str:
    """How long spells last in runs of the whole model."""
    rows = []
    for edition in editions():
        scenario = read_scenario("baseline", edition=edition)
        found = lengths(spells_of_runs(scenario, RUNS, SEED))
        rows += [
            [
                edition,
                str(name),
                f"{row['spells']:,.0f}",
                f"{row['yielded']:,.0f}",
                f"{row['median_days']:,.0f}",
                f"{row['outlast_five_years']:.0%}",
            ]
            for name, row in found.iterrows()
        ]
    heads = ["edition", "over the spell hung", "spells", "ended by consent", "median days", "outlast five years"]
    made = f"{RUNS:,} runs of the baseline of each edition, seed {SEED}; days in which the decision was within reach, "
    return f"{markdown_table(heads, rows)}\n{made}spells that ended otherwise censored.\n"


def main() -> None:
    """Compute the blocks, which takes about two minutes, and write them and the picture into this checkout."""
    blocks = {**fitted_blocks(), **_scores(), "sensitivity": _sensitivity(), "runs": _runs()}
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), blocks), "utf-8")
    save_figure(lambda: survival_curves(read_spells()), PAGE.with_suffix(".png"))


if __name__ == "__main__":
    main()
