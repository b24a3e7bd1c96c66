"""Count the dated events and write the page on their rates: ``python docs/make/event_rates_page.py``."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from article10.model.edition import Edition, read_edition
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.paired import paired_runs
from article10.runs.evidence.event_counts import COUNTED, rate_of, rows_counted_as
from article10.runs.statistics.intervals import paired
from article10.runs.statistics.poisson import poisson_rate
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "event_rates.md"
"""Path of the page in a checkout."""

EDITION = "2026-12"
"""The edition whose events are counted."""

FIRST, INVASION, BEFORE = date(2021, 12, 1), date(2022, 2, 24), date(2025, 12, 1)
"""First day that events.csv covers; the day of the attack; the date of the edition before."""

PUBLIC_COUNT, PUBLIC_FIRST, PUBLIC_LAST = 151, date(2022, 2, 24), date(2026, 2, 26)
"""Russia-linked hostile operations in Europe that ICCT counts (events.csv, 26 February 2026), and their span."""

BASELINE_EVENT = {"incident": "incident", "guarantee": "guarantee", "plan_barring_membership": "hegemon_plan"}
"""The baseline's event for each kind that has one."""

RUNS, SEED = 2000, 0
"""Settings of the paired runs."""


def counted_blocks() -> dict[str, str]:
    """Text of the page's blocks that are counted from tables, indexed by the name of their markers."""
    edition = read_edition(EDITION)
    return {
        "rates": _rates(edition),
        "incidents": _incidents(edition),
        "public": _public(edition),
        "others": _others(edition),
        "spending": _spending(edition),
    }


def rates_in_baseline() -> dict[str, float | None]:
    """Rates a year in the baseline, by event; the hegemon's plans come while the war is hot and it has doubts."""
    base = read_scenario("baseline", {"edition": EDITION})
    return {**{event.name: event.rate for event in base.events}, "hegemon_plan": base.plans.hegemon_rate}


def _rates(edition: Edition) -> str:
    last = edition.file.last_day_of_evidence
    used = rates_in_baseline()
    rows = []
    for kind, meaning in COUNTED.items():
        start = BEFORE if "truce" in kind or kind == "guarantee_offer" else FIRST
        found = rate_of(kind, start, last, edition)
        rate = used.get(BASELINE_EVENT.get(kind, ""))
        interval = f"{found.rate:.2f} [{found.low:.2f}, {found.high:.2f}]"
        baseline = "" if rate is None else f"{rate:g}"
        rows.append((f"`{kind}`", meaning, start, found.count, f"{found.years:.2f}", interval, baseline))
    return markdown_table(("counts as", "meaning", "since", "events", "years", "a year [95%]", "in the baseline"), rows)


def _incidents(edition: Edition) -> str:
    last = edition.file.last_day_of_evidence
    rows = []
    for start, end in ((FIRST, BEFORE - timedelta(1)), (BEFORE, last)):
        found = rate_of("incident", start, end, edition)
        kinds = Counter(row["category"] for row in rows_counted_as("incident", start, end, edition))
        of = ", ".join(f"{name} {n}" for name, n in kinds.most_common())
        rows.append((f"{start} to {end}", found.count, f"{found.rate:.1f} [{found.low:.1f}, {found.high:.1f}]", of))
    return markdown_table(("span", "incidents", "a year [95%]", "of which"), rows)


def _public(edition: Edition) -> str:
    years = ((PUBLIC_LAST - PUBLIC_FIRST).days + 1) / 365.25
    rate, low, high = poisson_rate(PUBLIC_COUNT, years)
    own = rate_of("incident", PUBLIC_FIRST, PUBLIC_LAST, edition)
    return (
        f"ICCT counts {PUBLIC_COUNT} operations in {years:.1f} years, {rate:.0f} a year [{low:.0f}, {high:.0f}]. "
        f"Over the same span, `events.csv` has {own.count} incidents, {own.rate:.1f} a year: one for every "
        f"{PUBLIC_COUNT / own.count:.0f} operations.\n"
    )


def _others(edition: Edition) -> str:
    kinds = [kind for kind in COUNTED if kind != "incident"]
    last = edition.file.last_day_of_evidence
    rows = [
        (r["date"], kind, r["actor"], r["description"])
        for kind in kinds
        for r in rows_counted_as(kind, FIRST, last, edition)
    ]
    years = ((last - INVASION).days + 1) / 365.25
    _, _, high = poisson_rate(0, years)
    p = read_scenario("baseline", {"edition": EDITION})
    hazard = p.war.ceasefire_rate * (1.0 - p.russia.ambition)
    text = (
        f"\nNo ceasefire that lasted began in the {years:.1f} years since the attack, which is compatible with up to "
        f"{high:.2f} a year (95%). In the model a ceasefire begins at {hazard:.2f} a year while Russia is not alarmed "
        "(`war.ceasefire_rate` × (1 − `russia.ambition`)); a truce of less than a step of seven days is not one.\n"
    )
    return markdown_table(("date", "counts as", "actor", "what"), sorted(rows)) + text


def _spending(edition: Edition) -> str:
    release = edition.file.defence_expenditure.vintage
    rows = [row for row in edition.table("defence_expenditure") if row["vintage"] == release and row["pct_gdp"]]
    at_two = sum(float(row["pct_gdp"]) >= 2.0 for row in rows)
    bounds = sum("bounds" in row["status"] for row in rows)
    pledges = [row for row in edition.table("spending_pledges") if row["deadline"]]
    latest = max(row["adopted"] for row in pledges)
    return (
        f"In {release}, {at_two} of the {len(rows)} members with a figure for 2025 ({bounds} of them a lower bound) "
        f"spend at least 2% of GDP. The last pledge was adopted on {latest} and has not been replaced; the "
        "baseline draws no pledges.\n"
    )


def _effect() -> str:
    base = read_scenario("baseline", {"edition": EDITION})
    years = ((PUBLIC_LAST - PUBLIC_FIRST).days + 1) / 365.25
    often = [
        event.with_(rate=round(PUBLIC_COUNT / years)) if event.name == "incident" else event for event in base.events
    ]
    results = paired_runs({"counted": base, "public": base.with_(events=tuple(often))}, RUNS, SEED)
    invited = {name: result.outcomes["invitation_date"].notna().to_numpy() for name, result in results.items()}
    change = paired(invited["public"], invited["counted"])
    return (
        f"In {RUNS:,} paired runs of the baseline (seed {SEED}), the candidate is invited by {base.horizon} in "
        f"{invited['counted'].mean():.1%} with the counted rate and in {invited['public'].mean():.1%} with the public "
        f"one: {100 * change.mean:+.1f} percentage points [{100 * change.low:+.1f}, {100 * change.high:+.1f}] (95% "
        "confidence interval; simulation uncertainty only).\n"
    )


def main() -> None:
    """Count, and write the blocks into the page of this checkout."""
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), {**counted_blocks(), "effect": _effect()}), "utf-8")


if __name__ == "__main__":
    main()
