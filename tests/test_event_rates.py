"""Rates of events: the counts, their intervals, the page, and what the baseline makes of them."""

from __future__ import annotations

from datetime import date

import pytest
from scipy.stats import poisson

import event_rates_page
from article10.model.edition import read_edition
from article10.model.tables import day_of
from article10.runs.evidence.event_counts import COUNTED, rate_of, rows_counted_as
from article10.runs.statistics.poisson import poisson_rate
from generated import with_blocks

EDITION = read_edition("2026-12")
FIRST, LAST = event_rates_page.FIRST, EDITION.file.last_day_of_evidence


@pytest.mark.parametrize("count", [0, 1, 7, 151])
def test_at_the_ends_of_the_interval_so_few_or_so_many_events_have_probability_one_in_forty(count):
    rate, low, high = poisson_rate(count, 2.0)
    assert rate == count / 2.0
    assert poisson.cdf(count, 2.0 * high) == pytest.approx(0.025)
    if count:
        assert poisson.sf(count - 1, 2.0 * low) == pytest.approx(0.025)
    else:
        assert low == 0.0


def test_what_a_row_counts_as_is_a_word_that_is_explained_and_no_event_is_after_the_evidence():
    rows = EDITION.table("events")
    assert {row["counts_as"] for row in rows} == {"", *COUNTED}
    assert max(day_of(row["date"]) for row in rows) <= LAST
    assert sum(len(rows_counted_as(kind, FIRST, LAST, EDITION)) for kind in COUNTED) == sum(
        bool(row["counts_as"]) for row in rows
    )


def test_incidents_are_acts_on_members_and_charges_over_an_old_act_are_none():
    members = set(EDITION.members)
    for row in rows_counted_as("incident", FIRST, LAST, EDITION):
        assert members & set(row["targets"].split()), row
    charges = next(row for row in EDITION.table("events") if "charges" in row["description"])
    assert (charges["category"], charges["counts_as"]) == ("sabotage", "")


def test_a_span_includes_its_first_and_last_day():
    found = rate_of("incident", date(2025, 9, 10), date(2025, 9, 22), EDITION)
    assert found.count == 4
    assert found.years == pytest.approx(13 / 365.25)
    assert rate_of("incident", date(2025, 9, 11), date(2025, 9, 21), EDITION).count == 2
    with pytest.raises(ValueError, match="expected one of incident"):
        rate_of("incidents", FIRST, LAST, EDITION)


def test_the_baseline_s_rates_are_the_counted_ones_rounded():
    used = event_rates_page.rates_in_baseline()
    for kind, name in event_rates_page.BASELINE_EVENT.items():
        counted = rate_of(kind, FIRST, LAST, EDITION)
        assert used[name] == pytest.approx(float(f"{counted.rate:.1g}")), kind
        assert counted.low < used[name] < counted.high, kind


def test_the_page_has_what_is_counted():
    page = event_rates_page.PAGE.read_text("utf-8")
    effect = page.partition("<!-- table: effect -->\n")[2].partition("<!-- end -->")[0]
    blocks = {**event_rates_page.counted_blocks(), "effect": effect}
    assert with_blocks(page, blocks) == page, "out of date: python docs/make/event_rates_page.py"
