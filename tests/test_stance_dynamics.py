"""Stances 2022-26: the start reads first positions alone, scores are known, the scenario follows its tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from article10.model.coded import STANCE_PER_CODE, mean_code
from article10.model.edition import read_edition
from article10.model.events import BreachEvent, IncidentEvent, PressureEvent
from article10.model.government_events import GovernmentEvent, LeaderChangeEvent, SnapElectionEvent
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.analyses.levers import LEVERS
from article10.runs.ensemble.simulate import simulate
from article10.runs.evidence import stance_scenario
from article10.runs.evidence.event_counts import rows_counted_as
from article10.runs.evidence.stance_dynamics import hindcast_stances
from article10.runs.evidence.stance_forecasts import AT_ONCE, CHANCE, INERT, KNOWN, NO_CHANGE, direction
from article10.runs.evidence.stance_positions import (
    CODED_ON,
    CODES,
    OF_2026,
    TABLE,
    WITHOUT_POSITION,
    Position,
    first_positions,
    later_positions,
    read_positions,
)
from article10.runs.evidence.stance_scenario import NAME, known_governments, scenario_text
from generated import with_blocks
from stance_dynamics_page import stance_blocks

ROOT = Path(__file__).parents[1]
EDITION, LATER_EDITION = read_edition("2025-12"), read_edition("2026-12")

OF_KNOWN = {"BGR": -0.25, "CZE": -0.15, "HUN": 0.5 - 0.8 / 6, "ITA": -0.05}
"""Change of orientation that known governments bring to members scored in 2026."""


@pytest.fixture(scope="module")
def found():
    return hindcast_stances(runs=40, seed=3)


def first_rows():
    """The rows that start a member, found without the code under test: the table is in the order of its dates."""
    first = {}
    for row in EDITION.table(TABLE):
        if row["position"] in CODES and row["date"] != "2024-2025":
            first.setdefault(row["iso3"], row)
    return [id(row) for row in first.values()]


def poisoned(*, later):
    """The table with the other side's word in the later rows, or in the first ones."""
    first = first_rows()
    turned = {word: "champion" if code < 0 else "oppose (veto)" for word, code in CODES.items()}
    rows = [
        {**row, "position": turned.get(row["position"], row["position"])} if (id(row) not in first) == later else row
        for row in EDITION.table(TABLE)
    ]
    assert rows != list(EDITION.table(TABLE))
    return read_positions(rows)


def stances(text, folder):
    path = folder / f"{NAME}.toml"
    path.write_text(text, "utf-8")
    start = read_scenario(str(path))
    variants = (start, known_governments(start), LEVERS["pressure"].without(known_governments(start)))
    return [simulate(variant, 2, 5).data["stance"].to_numpy() for variant in variants]


def scored(found, **samples):
    """The same hindcast with given forecasts in place of some."""
    changed = hindcast_of(found)
    changed.__dict__["samples"] = {**found.samples, **samples}
    return changed


def hindcast_of(found):
    return type(found)(found.scenario, found.runs, found.seed, found.results, found.first, found.cases)


# --- what may be read --------------------------------------------------------------------------------------------


def test_the_shipped_scenario_is_what_the_tables_say():
    assert scenario_text() == (ROOT / stance_scenario.FILE).read_text("utf-8"), (
        "out of date: python -m article10.runs.evidence.stance_scenario"
    )


def test_later_positions_leave_every_trajectory_as_it_was_and_first_ones_do_not(tmp_path):
    shipped = stances(scenario_text(), tmp_path)
    after = stances(scenario_text(poisoned(later=True)), tmp_path)
    assert all(np.array_equal(a, b) for a, b in zip(shipped, after, strict=True))
    before = stances(scenario_text(poisoned(later=False)), tmp_path)
    assert not any(np.array_equal(a, b) for a, b in zip(shipped, before, strict=True))


def test_later_positions_change_the_scores_alone(found):
    turned = hindcast_stances(runs=40, seed=3, positions=poisoned(later=True))
    assert all(turned.results[name].data["stance"].equals(found.results[name].data["stance"]) for name in found.results)
    assert not np.array_equal(turned.observed, found.observed)
    assert turned.scores().loc[KNOWN, "crps"] != found.scores().loc[KNOWN, "crps"]


def test_a_position_that_the_scenario_does_not_start_from_is_refused():
    with pytest.raises(ValueError, match="first position"):
        hindcast_stances(runs=2, positions=poisoned(later=False))


def test_words_are_coded_or_silent_and_unknown_ones_refused():
    words = {row["position"] for row in EDITION.table(TABLE)}
    assert words == set(CODES) | WITHOUT_POSITION
    row = dict(next(iter(EDITION.table(TABLE))), iso3="POL", position="perhaps")
    with pytest.raises(KeyError, match="perhaps"):
        read_positions([row])


def test_presidents_who_do_not_decide_start_widely_and_never_score():
    positions = read_positions()
    first, later = first_positions(positions), later_positions(positions)
    assert not first["SVK"].decides
    assert first["SVK"].spread > first["DEU"].spread
    assert first["TUR"].decides
    assert all(case.decides and case.day > first[case.member].day for case in later)
    until_2025 = [case.day for case in later if case.member == "POL" and case.day <= CODED_ON]
    assert max(until_2025).year == 2024  # its president's words of 2025
    assert "HRV" not in first  # "2024-2025"


def test_rows_of_2026_are_statements_on_membership_and_codes_with_evidence_of_2026():
    later = later_positions(read_positions())
    found = [(case.member, str(case.day), round(case.code, 2)) for case in later if case.day > CODED_ON]
    assert found == [
        ("BGR", "2026-05-27", -1.0),
        ("CZE", "2026-02-26", -0.67),  # the readings 0, -1, -1
        ("HUN", "2026-06-26", -1.0),  # and not 2026-04-13, where NATO is not mentioned
        ("ITA", "2026-06-30", -1.0),
        ("POL", "2026-02-26", 1.0),
        ("SVK", "2026-01-01", -2.0),
        ("SVK", "2026-07-15", -2.0),
        ("USA", "2026-01-06", -1.0),
        ("USA", "2026-10-09", -2.0),
    ]
    words = {row["position"] for row in LATER_EDITION.table(TABLE) if row["date"] > "2025-12-01"}
    not_mentioned, not_of_members = {"hesitant/oppose"}, {"candidate holds", "external demand"}
    assert words - not_mentioned - not_of_members <= set(CODES) | OF_2026


def test_positions_of_2026_set_nothing_not_even_of_a_member_that_has_no_other():
    assert {"FRA", "NLD"} <= {p.member for p in read_positions() if p.day > CODED_ON}
    assert {"FRA", "NLD"}.isdisjoint(first_positions(read_positions()))
    without = [p for p in read_positions() if p.day <= CODED_ON]
    assert scenario_text(without) == scenario_text()
    turned = [p if p.day <= CODED_ON else Position(p.member, p.day, -p.code, True, True) for p in read_positions()]
    assert scenario_text(turned) == scenario_text()


def test_cases_of_2026_are_scored_apart(found):
    assert len(found.until_2025) == 15
    assert len(found.of_2026) == 9
    assert not np.array_equal(found.scores(found.until_2025)["crps"], found.scores(found.of_2026)["crps"])
    tables = found.tables()
    assert tables["scores"].frame.equals(found.scores(found.until_2025))
    assert tables["scores_2026"].frame.equals(found.scores(found.of_2026))
    said = [text for text in found.sentences() if "in 2026" in text.lower()]
    assert sum("over 9 cases of 7 members" in text for text in said) == 4


def test_what_is_said_within_a_month_is_one_position():
    said = [
        Position("POL", date(2023, 1, 1), 1.0, True, True),
        Position("POL", date(2023, 7, 2), 2.0, True, True),
        Position("POL", date(2023, 7, 9), 1.0, True, True),
        Position("POL", date(2023, 8, 1), -1.0, True, True),
    ]
    assert [(p.day.month, p.code) for p in later_positions(said)] == [(7, 1.5), (8, -1.0)]


# --- the scenario ------------------------------------------------------------------------------------------------


def test_the_attack_comes_on_a_calm_start(found):
    war = simulate(NAME, 2, 1, record=("stance", "war_intensity")).data["war_intensity"].to_numpy()
    assert (war[:, 0] == 0.1).all()
    assert war[:, -1].min() > 0.4
    assert [e.date for e in found.scenario.events if isinstance(e, BreachEvent)] == [date(2022, 2, 24)]
    assert {"FIN", "SWE"}.isdisjoint(found.scenario.members().iso3)


def test_every_act_on_record_has_a_kind_or_a_reason_to_be_left_out(monkeypatch):
    rows = [row for row in EDITION.table("events") if "2022-02-24" <= row["date"] <= "2025-12-01"]
    gas = [row for row in rows if row["category"] == "energy" and row["targets"] != "FIN"]
    made = [e for e in read_scenario(NAME).events if isinstance(e, PressureEvent) and e.instrument == "energy"]
    assert [str(e.date) for e in made] == [row["date"] for row in gas]
    strange = {**rows[0], "category": "weather", "targets": "all"}
    tables = SimpleNamespace(members={}, table=lambda name: [strange] if name == "events" else [])
    monkeypatch.setattr(stance_scenario, "read_edition", lambda name: tables)
    with pytest.raises(ValueError, match="weather"):
        stance_scenario.dated_events()


def test_governments_known_are_those_of_the_table_and_leave_no_election_to_chance():
    known = known_governments(read_scenario(NAME))
    ties = {row["iso3"]: float(row["government_ties"]) for row in EDITION.table("governments")}
    assert Setup.of(known).elections == {}
    changes = [e for e in known.events if isinstance(e, GovernmentEvent)]
    last = {e.member: e for e in sorted(changes, key=lambda e: e.date) if e.date <= CODED_ON}
    assert {code: e.government_ties for code, e in last.items()} == {code: ties[code] for code in known.members().iso3}
    assert last["SVK"].date == date(2023, 9, 30)
    assert last["USA"].date == date(2025, 1, 20)
    data = simulate(known, 2, 1, record=("stance", "government_ties")).data["government_ties"].sel(member="USA")
    assert (data.sel(step="2025-01-15", method="pad") == 0).all()
    assert (data.isel(step=-1) == ties["USA"]).all()


def test_governments_of_2026_take_office_on_their_day_and_the_old_ones_stay_till_then():
    start = read_scenario(NAME)
    off_the_calendar = {e.member: str(e.date) for e in start.events if isinstance(e, SnapElectionEvent)}
    assert off_the_calendar == {"BGR": "2026-04-19", "DNK": "2026-03-24", "HUN": "2026-04-12", "SVN": "2026-03-22"}
    assert {e.member for e in start.events if isinstance(e, LeaderChangeEvent)} == {"GBR", "LTU", "LVA"}
    assert all(e.orientation is None for e in start.events if isinstance(e, GovernmentEvent))
    data = simulate(known_governments(start), 2, 1, record=("stance", "government_ties")).data["government_ties"]
    hungary = data.sel(member="HUN").isel(run=0)
    assert float(hungary.sel(step="2026-05-01", method="pad")) == 1.0
    of_2026 = mean_code("HUN", "government_ties", LATER_EDITION)
    assert float(hungary.sel(step="2026-05-20", method="pad")) == pytest.approx(of_2026)
    assert float(data.sel(member="BGR").isel(run=0, step=-1)) == 0.5


def test_a_truce_a_pipeline_and_a_war_elsewhere_are_no_events_of_2026():
    later = {e.name for e in read_scenario(NAME).events if e.date > CODED_ON}
    assert {"cyber_2025_12_29", "security_guarantee_2026_01_06", "nato_summit_2026_07_08"} <= later
    assert not {name for name in later if name.startswith(("war", "energy", "ceasefire", "peace"))}
    incidents = rows_counted_as("incident", CODED_ON, stance_scenario.HORIZON, LATER_EDITION)
    on_roster = [row for row in incidents if row["targets"] != "FIN"]
    assert len(on_roster) == sum(isinstance(e, IncidentEvent) and e.date > CODED_ON for e in read_scenario(NAME).events)


def test_russia_inert_presses_nobody(found):
    quiet = simulate(found.results[INERT].scenario, 2, 1, record=("stance", "pressure")).data["pressure"]
    assert float(quiet.max()) == 0.0


# --- the scores --------------------------------------------------------------------------------------------------


def test_a_forecast_that_is_the_observation_is_perfect(found):
    perfect = scored(found, **{KNOWN: np.tile(found.observed, (7, 1))})
    row = perfect.scores().loc[KNOWN]
    assert row.to_dict() == pytest.approx({"crps": 0, "absolute_error": 0, "direction": 1, "concordance": 1})
    assert perfect.skill_of(KNOWN, NO_CHANGE).value == pytest.approx(1.0)


def test_no_change_is_the_start_and_has_no_skill_over_itself(found):
    start = found.results[CHANCE].data["stance"].isel(step=0)
    by_member = np.stack([start.sel(member=case.member).to_numpy() for case in found.cases], axis=1)
    assert np.allclose(found.samples[NO_CHANGE], by_member)
    assert found.skill_of(NO_CHANGE, NO_CHANGE).value == 0.0
    assert found.scores().loc[NO_CHANGE, "concordance"] == 0.5


def test_governments_taken_at_once_move_those_whose_government_changed_and_no_others(found):
    change = (found.samples[AT_ONCE] - found.samples[NO_CHANGE]).mean(axis=0)
    for case, moved in zip(found.cases, change, strict=True):
        if case.member in OF_KNOWN:
            assert moved == pytest.approx(OF_KNOWN[case.member])
        elif case.member == "SVK":
            assert moved == pytest.approx(-0.45)
        elif case.member == "USA" and case.day > date(2025, 1, 20):
            assert moved == pytest.approx(-0.3)
        else:
            assert moved == pytest.approx(0.0)


@pytest.mark.parametrize("moves", [True, False])
def test_members_that_move_as_the_model_says_give_it_skill_and_those_that_stay_take_it(found, moves):
    first = first_positions(read_positions())
    day, said = date(2025, 8, 1), list(first.values())
    for code in ("EST", "LVA", "SVK", "USA"):
        told = float(found.results[KNOWN].data["stance"].sel(member=code).sel(step=str(day), method="pad").mean())
        said.append(Position(code, day, told / STANCE_PER_CODE if moves else first[code].code, True, True))
    skill = hindcast_stances(runs=40, seed=3, positions=said).skill_of(KNOWN, NO_CHANGE)
    assert skill.detected
    assert (skill.value > 0) == moves


@pytest.mark.parametrize(("change", "way"), [(-0.16, "down"), (-0.14, "stays"), (0.14, "stays"), (0.16, "up")])
def test_direction_has_a_dead_band_of_half_a_code(change, way):
    assert direction(change) == way


def test_contributions_add_up_and_the_page_takes_every_block(found):
    why = found.why("SVK")["mean"]
    assert why.drop("end").sum() == pytest.approx(why["end"], abs=1e-9)
    page = (ROOT / "docs" / "evidence" / "stance_dynamics.md").read_text("utf-8")
    assert "over 15 cases of 8 members" in with_blocks(page, stance_blocks(found))


def test_the_figure_has_a_panel_for_every_member_scored(found):
    ax = found.figures()["members"]()
    assert [panel.get_title(loc="left") for panel in ax.child_axes] == [
        found.scenario.members().names[found.scenario.members().index(code)] for code in found.members
    ]
