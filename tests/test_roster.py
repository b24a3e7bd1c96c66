"""What is fixed about the members follows from the tables, by the formulas that the docs state."""

import copy
import itertools
import math
import pickle
import re
from dataclasses import fields
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from article10.model import roster_formulas as columns
from article10.model.calendars import council_dates, election_dates
from article10.model.edition import read_edition
from article10.model.roster import BOUNDS, read_roster, roster_rows
from article10.model.tables import parsed_table, read_table
from roster import roster_page

DOCS = Path(__file__).resolve().parents[1] / "docs" / "roster.md"
EDITION = read_edition("2025-12")
DATA = Path(str(files("article10.model.data")))
MEMBERS = read_roster().iso3
START = date(2025, 12, 1)


def value(attribute, iso3):
    return getattr(read_roster(), attribute)[read_roster().index(iso3)]


def test_the_roster_is_the_thirty_two_members_in_alphabetical_order_without_russia_and_ukraine():
    assert len(read_roster()) == len(set(MEMBERS)) == 32
    assert list(MEMBERS) == sorted(MEMBERS)
    assert {"RUS", "UKR"}.isdisjoint(MEMBERS)
    assert read_roster().names[read_roster().index("TUR")] == "Türkiye"


def test_every_array_has_one_entry_a_member_is_finite_and_cannot_be_written():
    for field in fields(read_roster())[2:]:
        values = getattr(read_roster(), field.name)
        assert values.shape == ((32, 32) if field.name == "affinity" else (32,)), field.name
        assert np.isfinite(values).all(), field.name
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0


@pytest.mark.parametrize("again", [copy.deepcopy, lambda roster: pickle.loads(pickle.dumps(roster))])
def test_a_roster_that_travelled_to_another_process_still_cannot_be_written(again):
    travelled = again(read_roster())
    np.testing.assert_array_equal(travelled.affinity, read_roster().affinity)
    assert not travelled.stance.flags.writeable


@pytest.mark.parametrize("attribute", BOUNDS)
def test_every_column_lies_within_its_bounds_and_is_not_constant(attribute):
    low, high = BOUNDS[attribute]
    values = getattr(read_roster(), attribute)
    assert low <= values.min() < values.max() <= high


# --- influence and affinity ---------------------------------------------------------------------------------


def test_influence_sums_to_one_and_is_largest_but_no_majority_for_the_united_states():
    weights = read_roster().influence_weight
    assert weights.sum() == pytest.approx(1)
    assert MEMBERS[weights.argmax()] == "USA"
    assert 0.3 < weights.max() < 0.45
    assert MEMBERS[weights.argmin()] == "MNE"


def test_influence_is_the_damped_mean_share_of_gdp_population_and_defence_spending():
    rows = [row for row in EDITION.table("countries") if row["member"] == "1"]
    gdp = np.array([float(row["gdp_usd"]) for row in rows])
    population = np.array([float(row["population"]) for row in rows])
    spending = gdp * [value("defence_spending", row["iso3"]) for row in rows]
    damped = ((gdp / gdp.sum() + population / population.sum() + spending / spending.sum()) / 3) ** 0.75
    codes = [row["iso3"] for row in rows]
    for iso3 in ("USA", "LUX"):
        expected = damped[codes.index(iso3)] / damped.sum()
        assert value("influence_weight", iso3) == pytest.approx(expected, rel=1e-12)


def test_affinity_is_symmetric_between_zero_and_one_and_zero_to_oneself():
    affinity = read_roster().affinity
    np.testing.assert_array_equal(affinity, affinity.T)
    np.testing.assert_array_equal(np.diag(affinity), 0)
    assert affinity.max() <= 1
    assert (affinity[~np.eye(32, dtype=bool)] > 0).all()


def test_affinity_adds_voting_shared_groupings_and_nearness():
    ideal = {
        "USA": (2.1461 * 88 + 2.2177 * 88 + 2.2062 * 100) / 276,
        "TUR": (0.4891 * 85 + 0.6019 * 85 + 0.5285 * 7) / 177,
    }
    span = ideal["USA"] - (-0.809 * 88 - 0.4113 * 88 - 0.5985 * 101) / 277
    roster = read_roster()
    far_apart = roster.affinity[roster.index("USA"), roster.index("TUR")]  # no grouping, 8,726 km
    assert far_apart == pytest.approx(
        0.4 * (1 - (ideal["USA"] - ideal["TUR"]) / span) + 0.2 * math.exp(-8.726), abs=1e-6
    )
    close = roster.affinity[roster.index("EST"), roster.index("LVA")]  # five groupings: EU, B9, NB8, JEF, Three Seas
    voting = 1 - abs(columns.ideal_point("EST", EDITION) - columns.ideal_point("LVA", EDITION)) / span
    assert close == pytest.approx(0.4 * voting + 0.4 * (1 - 2**-5) + 0.2 * math.exp(-0.27916), abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("GBR", "USA", 2),  # Quint, G7
        ("EST", "LVA", 5),  # EU, Bucharest Nine, NB8, JEF, Three Seas
        ("HUN", "POL", 4),  # EU, Bucharest Nine, Visegrad, Three Seas
        ("DEU", "POL", 2),  # EU, Weimar
        ("TUR", "GRC", 0),
    ],
)
def test_each_further_shared_grouping_adds_half_of_the_one_before(one, other, shared):
    rows = {row["iso3"]: row for row in EDITION.table("countries")}
    kilometres = columns._distance_between_capitals(rows[one], rows[other])
    span = columns.ideal_point("USA", EDITION) - columns.ideal_point("RUS", EDITION)
    voting = 1 - abs(columns.ideal_point(one, EDITION) - columns.ideal_point(other, EDITION)) / span
    groupings = sum(0.5**k for k in range(1, shared + 1))
    expected = 0.4 * voting + 0.4 * groupings + 0.2 * math.exp(-kilometres / 1000)
    assert columns.affinity(one, other, EDITION) == pytest.approx(expected, rel=1e-12)


def test_a_year_with_few_votes_hardly_moves_an_ideal_point():
    assert columns.ideal_point("TUR", EDITION) == pytest.approx((0.4891 + 0.6019) / 2, abs=0.002)


# --- exposure and susceptibility ----------------------------------------------------------------------------


def test_exposure_is_nearness_to_moscow_and_a_land_border():
    assert value("exposure", "LTU") == pytest.approx(1)  # the nearest capital, and a border
    assert value("exposure", "NOR") == pytest.approx(0.7 * math.exp(-(1644 - 790) / 1000) + 0.3)
    assert value("exposure", "HUN") == pytest.approx(0.7 * math.exp(-(1566 - 790) / 1000) + 0.15)  # beside Ukraine
    assert value("exposure", "DEU") == pytest.approx(0.7 * math.exp(-(1610 - 790) / 1000))


def test_the_most_exposed_are_russias_nearest_neighbours_and_the_least_are_across_the_sea():
    order = [MEMBERS[i] for i in read_roster().exposure.argsort()]
    assert set(order[-5:]) == {"EST", "LVA", "LTU", "FIN", "POL"}
    assert set(order[:4]) == {"USA", "CAN", "PRT", "ESP"} or set(order[:4]) == {"USA", "CAN", "PRT", "ISL"}
    assert {m for m in MEMBERS if value("borders_russia", m)} == {"EST", "FIN", "LTU", "LVA", "NOR", "POL"}


def test_structural_susceptibility_is_energy_and_voting():
    span = columns.ideal_point("USA", EDITION) - columns.ideal_point("RUS", EDITION)
    voting = {
        c: 1 - (columns.ideal_point(c, EDITION) - columns.ideal_point("RUS", EDITION)) / span
        for c in ("HUN", "TUR", "DEU")
    }
    hungary = 0.8 * (2 / 3 * 0.70 + 1 / 3 * 0.86) + 0.2 * voting["HUN"]  # both fuels published for 2024
    turkiye = 0.8 * 0.41 + 0.2 * voting["TUR"]  # gas alone: crude is not known
    germany = 0.8 * (2 / 3 * 0.6615 * 0.2 + 1 / 3 * 0.03) + 0.2 * voting["DEU"]  # cut off in 2022; the EU's crude
    assert value("structural_susceptibility", "HUN") == pytest.approx(hungary)
    assert value("structural_susceptibility", "TUR") == pytest.approx(turkiye)
    assert value("structural_susceptibility", "DEU") == pytest.approx(germany)


def test_susceptibility_ranks_the_dependent_above_those_with_energy_of_their_own():
    order = [MEMBERS[i] for i in read_roster().structural_susceptibility.argsort()[::-1]]
    assert set(order[:2]) == {"HUN", "SVK"}
    assert order[2] == "TUR"
    independent = max(value("structural_susceptibility", c) for c in ("NOR", "CAN", "USA", "GBR"))
    assert independent < 0.12 < value("structural_susceptibility", "BGR")


def test_pre_war_gas_shares_are_carried_to_the_present():
    assert columns.gas_dependence("CZE", EDITION) == pytest.approx(19 / 45)  # all Russian in 2020, no event of its own
    assert columns.gas_dependence("FIN", EDITION) == pytest.approx(0.6742 * 0.2)  # cut off in May 2022
    assert columns.gas_dependence("GBR", EDITION) == pytest.approx(0.0665 * 19 / 45)  # 2020 is missing: 2019
    assert columns.gas_dependence("USA", EDITION) == 0


def test_a_large_share_of_next_to_nothing_is_no_dependence():
    assert columns.gas_dependence("NOR", EDITION) < 0.01  # 30% of 0.24 GJ a head
    assert columns.gas_dependence("MKD", EDITION) == pytest.approx(19 / 45 * (12967 / 1.824359 / 16_000), rel=1e-6)


def test_members_cut_off_from_gas_are_those_of_the_events_table():
    halts = [
        row for row in EDITION.table("events")
        if row["category"] == "energy" and re.search(r"halts gas|stopped indefinitely", row["description"])
    ]  # fmt: skip
    assert {target for row in halts for target in row["targets"].split()} == set(EDITION.file.energy.cut_off)


# --- caution, stance, governments, spending -----------------------------------------------------------------


def test_caution_is_reluctance_of_the_public_remoteness_and_burden():
    weights = read_roster().influence_weight
    burden = dict(zip(MEMBERS, np.sqrt(weights / weights.max()), strict=True))
    poland = 0.4 * (1 - (0.45 + 0.335) / 2) + 0.2 * (1 - value("exposure", "POL")) + 0.4 * burden["POL"]
    polled = [0.38, 0.40, 0.34, 0.64, 0.34, 0.39, 0.6075, 0.70, 0.28]  # ESP EST GBR HUN LTU LVA POL SVK USA
    iceland = 0.4 * np.mean(polled) + 0.2 * (1 - value("exposure", "ISL")) + 0.4 * burden["ISL"]
    assert value("caution", "POL") == pytest.approx(poland)
    assert value("caution", "ISL") == pytest.approx(iceland)


def test_caution_does_not_restate_the_stance():
    roster = read_roster()
    assert abs(np.corrcoef(roster.caution, roster.stance)[0, 1]) < 0.7
    assert value("caution", "FRA") > value("caution", "HUN")  # supportive and cautious, opposed and less so


def test_stances_are_codes_times_three_tenths_with_a_spread_that_tells_how_they_are_known():
    for row in EDITION.table("membership_stance"):
        assert value("stance", row["iso3"]) == pytest.approx(0.3 * int(row["stance_code"]))
        assert value("stance_spread", row["iso3"]) == (0.12 if "general knowledge" in row["status"] else 0.06)
    assert np.sum(read_roster().stance_spread == 0.12) == 19


def test_governments_are_closest_to_russia_where_they_say_so_and_most_are_not():
    ties = read_roster().government_ties
    assert [MEMBERS[i] for i in ties.argsort()[::-1][:3]] == ["HUN", "SVK", "USA"]
    assert np.sum(ties == 0) > 20
    assert {m for m in MEMBERS if value("war_bar", m) == 0} == {"EST", "LVA", "LTU"}
    assert value("war_bar", "POL") == 0.5


def test_every_coded_government_names_its_basis_and_the_rows_it_names_exist():
    rows = EDITION.table("governments")
    assert tuple(row["iso3"] for row in rows) == MEMBERS
    events = {row["date"] for row in EDITION.table("events")}
    for row in rows:
        own = {p["date"] for p in EDITION.table("membership_positions") if p["iso3"] == row["iso3"]}
        assert row["status"] == "coded judgement"
        assert "ties: " in row["basis"], row["iso3"]
        assert "war_bar: " in row["basis"], row["iso3"]
        cited = set(re.findall(r"\b20\d\d-\d\d(?:-\d\d)?\b", row["basis"]))
        assert cited <= own | events, f"{row['iso3']} cites {cited - own - events}"


@pytest.mark.parametrize(
    "table",
    sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv")),
)
def test_every_row_of_every_table_says_where_it_comes_from(table):
    rows = parsed_table((DATA / table).read_text("utf-8"))
    traces = [c for c in rows[0] if re.search("source|status|basis", c)]
    assert traces, f"{table} has no column that says where its values come from"
    stated = [row for row in rows if row.get("outcome") != ""]  # what has not been resolved has no source yet
    assert all(any(row[trace] for trace in traces) for row in stated)


def test_defence_spending_is_of_one_release_germany_of_the_year_before_and_iceland_none():
    assert value("defence_spending", "POL") == 4.48
    assert value("defence_spending", "DEU") == 2.0  # 2024 of August 2025; the release of June 2024 says 2.12
    assert value("defence_spending", "ISL") == 0
    assert sum(read_roster().defence_spending == 0) == 1


# --- ratification -------------------------------------------------------------------------------------------

DAYS_OF_2022 = [
    0,
    0,
    0,
    0,
    1,
    1,
    2,
    3,
    7,
    7,
    8,
    9,
    9,
    10,
    15,
    15,
    15,
    16,
    22,
    23,
    28,
    29,
    29,
    53,
    72,
    73,
    78,
    84,
]
DAYS_OF_2003 = [289, 2, 76, 251, 336, 303, 272, 264, 225, 233, 313, 41, 218, 321, 245, 162, 338, 211, 338]
PACE = 15.5 / 245.5  # medians of the seventeen members seen in both rounds, each day counted from its middle
MEAN_DAYS = np.mean([d + 0.5 for d in DAYS_OF_2022] + [(d + 0.5) * PACE for d in DAYS_OF_2003])


def test_the_round_of_2003_is_scaled_by_the_medians_of_the_members_seen_in_both():
    assert columns.round_pace("2003 Vilnius-7") == pytest.approx(PACE)


@pytest.mark.parametrize(
    ("iso3", "rounds", "days"),
    [
        ("CAN", 2, 0.5 + 2.5 * PACE),
        ("SVK", 1, 84.5),  # joined in 2004: seen in 2022 only
        ("TUR", 1, 338.5 * PACE),  # its delay of 2022-24 was political
        ("HUN", 1, 272.5 * PACE),
        ("FIN", 0, 0),
        ("SWE", 0, 0),
    ],
)
def test_ratification_speed_is_shrunk_towards_the_mean_of_all_members(iso3, rounds, days):
    assert value("ratification_speed", iso3) == pytest.approx(365.25 * (3 + rounds) / (3 * MEAN_DAYS + days))


def test_members_that_ratified_at_once_are_faster_than_those_that_took_the_summer():
    assert 15 < np.median(read_roster().ratification_speed) < 25
    fast = min(value("ratification_speed", c) for c in ("CAN", "NOR", "DNK", "ISL"))
    slow = max(value("ratification_speed", c) for c in ("SVK", "GRC", "PRT", "ESP", "FRA"))
    assert fast > slow


def test_finland_and_sweden_were_ratified_on_the_same_day_and_count_as_one_round():
    days = {}
    for row in read_table("accession_ratifications"):
        if row["round"] == columns.reference_round() and row["signatory_iso3"] not in {"FIN", "HUN", "TUR"}:
            days.setdefault(row["signatory_iso3"], set()).add(row["days_from_signature"])
    assert len(days) == 28
    assert all(len(seen) == 1 for seen in days.values())


# --- other rosters ------------------------------------------------------------------------------------------


@given(dropped=st.sets(st.sampled_from(MEMBERS), max_size=31))
def test_dropping_members_keeps_the_rest_in_order_and_scales_their_influence(dropped):
    full, rest = read_roster(), read_roster().without(*dropped)
    kept = [full.index(code) for code in rest.iso3]
    assert rest.iso3 == tuple(code for code in MEMBERS if code not in dropped)
    assert rest.influence_weight.sum() == pytest.approx(1)
    np.testing.assert_allclose(rest.influence_weight * full.influence_weight[kept].sum(), full.influence_weight[kept])
    np.testing.assert_array_equal(rest.affinity, full.affinity[kept][:, kept])
    np.testing.assert_array_equal(rest.stance, full.stance[kept])
    assert rest.names == tuple(full.names[k] for k in kept)


def test_the_roster_of_2022_has_thirty_members():
    assert len(read_roster().without("FIN", "SWE")) == 30


def test_nobody_left_is_an_error():
    with pytest.raises(ValueError, match="no member is left"):
        read_roster().without(*MEMBERS)


@given(iso3=st.sampled_from(MEMBERS), attribute=st.sampled_from(sorted(BOUNDS)), share=st.floats(0, 1))
def test_an_override_changes_one_value_of_one_member(iso3, attribute, share):
    low, high = BOUNDS[attribute]
    wanted = low + share * (high - low)
    changed = read_roster().with_values(iso3, **{attribute: wanted})
    for field in fields(changed)[2:]:
        expected = np.array(getattr(read_roster(), field.name))
        if field.name == attribute:
            expected[changed.index(iso3)] = wanted
        np.testing.assert_array_equal(getattr(changed, field.name), expected)
    assert not getattr(changed, attribute).flags.writeable


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stance": 1.2}, r"HUN\.stance is 1\.2; expected a number from -1 to 1"),
        ({"war_bar": -0.1}, r"HUN\.war_bar is -0\.1"),
        ({"caution": math.nan}, r"HUN\.caution is nan"),
        ({"goverment_ties": 0.0}, r"did you mean 'government_ties'"),
        ({"influence_weight": 0.5}, r"cannot be overridden"),
        ({"can_fall": 0.0}, r"cannot be overridden"),
        ({"standing_days": 20_001}, r"HUN\.standing_days is 20001; expected a number from 0 to 20000"),
        ({"alternative_spread": 1.1}, r"HUN\.alternative_spread is 1\.1"),
        ({"opportunism": -1.0}, r"HUN\.opportunism is -1\.0; expected a number from 0 to 100"),
    ],
)
def test_an_override_out_of_bounds_or_of_an_unknown_attribute_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        read_roster().with_values("HUN", **values)


@pytest.mark.parametrize(("asked", "nearest"), [("HUM", "HUN"), ("usaa", "USA"), ("Hungry", "HUN"), ("Turky", "TUR")])
def test_an_unknown_member_is_refused_with_the_nearest_valid_one(asked, nearest):
    with pytest.raises(KeyError, match=f"did you mean '{nearest}'"):
        read_roster().index(asked)


@pytest.mark.parametrize("outsider", ["RUS", "UKR"])
def test_russia_and_ukraine_have_no_place_on_the_member_axis(outsider):
    with pytest.raises(KeyError, match="not a member"):
        read_roster().index(outsider)
    with pytest.raises(KeyError, match="not a member"):
        read_roster().with_values(outsider, stance=1.0)
    with pytest.raises(KeyError, match="not a member"):
        election_dates(outsider, START, date(2030, 1, 1))


# --- the calendar -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iso3", "start", "end", "expected"),
    [
        (
            "USA",
            "2025-12-01",
            "2033-01-01",
            ["2028-11-07", "2032-11-07"],
        ),  # the president, not the congress of 2026
        ("USA", "2028-11-07", "2032-11-07", ["2032-11-07"]),  # after the start, up to and with the end
        ("HUN", "2025-12-01", "2031-01-01", ["2026-04-15", "2030-04-15"]),
        ("FRA", "2022-07-05", "2033-01-01", ["2027-04-15", "2032-04-15"]),  # not the parliament of 2024
        ("FIN", "2022-07-05", "2025-12-01", ["2023-04-02"]),
        ("TUR", "2022-07-05", "2029-01-01", ["2023-05-28", "2028-05-15"]),
        ("HRV", "2025-12-01", "2030-01-01", ["2028-07-01"]),  # due '2028'
        ("GBR", "2025-12-01", "2035-01-01", ["2029-08-15", "2034-08-15"]),
    ],
)
def test_elections_are_those_of_the_governing_office(iso3, start, end, expected):
    dates = election_dates(iso3, date.fromisoformat(start), date.fromisoformat(end))
    assert [day.isoformat() for day in dates] == expected


@pytest.mark.parametrize("iso3", MEMBERS)
def test_elections_recur_every_four_or_five_years(iso3):
    dates = election_dates(iso3, START, date(2050, 1, 1))
    assert {b.year - a.year for a, b in itertools.pairwise(dates)} in ({4}, {5})
    assert START < dates[0] <= START + timedelta(days=5 * 366)


@given(st.sampled_from(MEMBERS), st.integers(0, 9_000), st.integers(0, 4_000), st.integers(0, 4_000))
def test_the_calendars_of_two_adjoining_periods_add_up(iso3, first, second, third):
    a = date(2022, 1, 1) + timedelta(days=first)
    b, c = a + timedelta(days=second), a + timedelta(days=second + third)
    assert election_dates(iso3, a, b) + election_dates(iso3, b, c) == election_dates(iso3, a, c)
    assert council_dates(a, b) + council_dates(b, c) == council_dates(a, c)


def test_the_council_meets_when_announced_and_about_three_times_a_year_otherwise():
    meetings = council_dates(START, date(2030, 12, 1))
    assert (date(2025, 12, 3), "foreign ministers") in meetings
    assert (date(2026, 7, 7), "summit") in meetings
    assert (date(2026, 7, 10), "summit") not in meetings
    assert (date(2027, 7, 10), "summit") in meetings  # announced by its year alone
    assert len(meetings) == 15
    days = [day for day, _ in meetings]
    assert min(b - a for a, b in itertools.pairwise(days)) > timedelta(days=45)


def test_the_calendar_also_serves_years_before_the_table():
    days = [day for day, _ in council_dates(date(2022, 7, 5), date(2023, 7, 5))]
    assert days == [date(2022, 7, 10), date(2022, 12, 3), date(2023, 4, 3)]


# --- the table in the docs ----------------------------------------------------------------------------------


def test_rows_for_printing_hold_plain_values_of_every_member():
    rows = roster_rows()
    assert [row["iso3"] for row in rows] == list(MEMBERS)
    assert {type(entry) for row in rows for entry in row.values()} == {str, float, bool}
    assert rows[MEMBERS.index("USA")]["stance"] == -0.6


def test_the_table_in_the_docs_is_what_its_command_writes():
    text = DOCS.read_text(encoding="utf-8")
    assert roster_page(text) == text, "out of date: python docs/make/roster.py"


def test_every_column_has_its_section_in_the_docs():
    text = DOCS.read_text(encoding="utf-8")
    for field in fields(read_roster())[2:]:
        assert f"`{field.name}`" in text, field.name
