"""Codes from three readings, and their spreads: the edition 2026-12, and the single reading of 2025-12."""

from __future__ import annotations

import statistics
from datetime import date

import numpy as np
import pytest

from article10.agents.member_parameters import StanceParameters
from article10.model import coded
from article10.model.edition import read_edition
from article10.model.roster import read_roster

OLD, NEW = read_edition("2025-12"), read_edition("2026-12")
CODES = ("stance_code", "government_ties", "war_bar")


def spread(member: str, edition: str = "2026-12") -> float:
    roster = read_roster(edition)
    return float(roster.stance_spread[roster.index(member)])


@pytest.mark.parametrize("code", CODES)
def test_every_member_has_three_readings_in_2026_and_one_in_2025(code):
    for member in NEW.members:
        assert len(coded.readings(member, code, NEW)) == 3
        assert len(coded.readings(member, code, OLD)) == 1


def test_the_roster_s_codes_are_the_means_of_the_readings():
    roster = read_roster("2026-12")
    for values, code, scale in zip(
        (roster.stance, roster.government_ties, roster.war_bar), CODES, (coded.STANCE_PER_CODE, 1.0, 1.0), strict=True
    ):
        means = [scale * sum(coded.readings(member, code, NEW)) / 3 for member in roster.iso3]
        assert values == pytest.approx(means), code


def test_members_on_whom_the_readings_differ_are_those_that_the_readme_names():
    differ = {m for m in NEW.members if len(set(coded.readings(m, "stance_code", NEW))) > 1}
    assert differ == {"BEL", "CZE", "ESP", "FRA", "GRC", "HRV", "PRT", "SVN"}
    readme = NEW.folder.joinpath("README.md").read_text("utf-8")
    assert all(member in readme for member in differ)


def test_the_difference_of_the_readings_is_a_floor_of_the_spread():
    for member in NEW.members:
        codes = coded.readings(member, "stance_code", NEW)
        assert spread(member) >= coded.STANCE_PER_CODE * statistics.stdev(codes) - 1e-12, member
    assert spread("BEL") == pytest.approx(coded.STANCE_PER_CODE)  # 0, 1 and -1


def test_a_code_that_is_unchanged_because_nothing_was_found_is_less_sure_by_a_year_s_change():
    for member in ("EST", "FIN"):  # three equal readings, none on a statement of 2026
        expected = np.hypot(coded.SPREAD_SOURCED, coded.CHANGE_A_YEAR)
        assert spread(member) == pytest.approx(expected, abs=1e-4)
    assert spread("EST", "2025-12") == coded.SPREAD_SOURCED
    assert coded.SPREAD_SOURCED < spread("USA") < spread("EST")  # spoke in October 2026


def test_last_evidence_is_no_later_than_the_last_day_of_evidence_and_no_earlier_than_the_code_that_was_kept():
    for row in NEW.table("membership_stance"):
        day = coded.day_of(row["last_evidence"])
        assert date(2025, 12, 1) <= day <= NEW.file.last_day_of_evidence, row["iso3"]


@pytest.mark.parametrize("member", ["SVN", "ESP"])
def test_a_government_that_was_not_heard_has_the_spread_of_a_new_government(member):
    row = next(row for row in NEW.table("membership_stance") if row["iso3"] == member)
    assert coded.spread_of_status(row["status"]) == coded.SPREAD_UNHEARD
    assert spread(member) > coded.SPREAD_UNHEARD
    others = [spread(m) for m in NEW.members if m not in ("SVN", "ESP", "BEL")]
    assert spread(member) > max(others)


def test_spreads_rest_on_the_parameters_that_they_name():
    assert StanceParameters().shock == coded.CHANGE_A_YEAR
    assert read_roster("2026-12").alternative_spread.max() == coded.SPREAD_UNHEARD


def test_germany_holds_that_a_state_at_war_cannot_join():
    roster = read_roster("2026-12")
    assert roster.war_bar[roster.index("DEU")] == 1.0


def test_every_table_of_the_edition_says_its_status_and_last_day_of_evidence():
    tables = {f.name[:-4] for f in NEW.folder.iterdir() if f.name.endswith(".csv")}
    assert tables == set(NEW.file.tables)
    for name, table in NEW.file.tables.items():
        assert table.status, name
        assert table.last_day_of_evidence <= NEW.file.last_day_of_evidence, name


def test_rows_of_2025_are_kept_where_2026_only_adds_some():
    for name in ("membership_positions", "events", "public_opinion", "energy_dependence", "defence_expenditure"):
        kept = [dict(row) for row in OLD.table(name)]
        columns = kept[0].keys()
        new = [{column: row[column] for column in columns} for row in NEW.table(name)]
        assert all(row in new for row in kept), name
        assert len(new) > len(kept), name


def test_one_month_s_share_of_gas_is_not_taken_for_a_year_s():
    roster, before = read_roster("2026-12"), read_roster("2025-12")
    spain = roster.index("ESP")
    assert roster.structural_susceptibility[spain] <= before.structural_susceptibility[spain]
