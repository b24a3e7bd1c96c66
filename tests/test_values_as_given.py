"""Dates, whole numbers, switches and keys: taken as they are meant, or refused; never read as something else."""

from __future__ import annotations

import datetime as dt
from datetime import date

import numpy as np
import pandas as pd
import pytest

from article10 import (
    AccessionModel,
    Design,
    Sample,
    Scenario,
    ScenarioError,
    Targets,
    discover,
    guarantee_tradeoff,
    hindcast,
    influence,
    read_scenario,
    report,
    run_batch,
    screen,
    simulate,
    sobol,
    tornado,
    tune,
)
from article10.agents.short_error import shown
from article10.model.days import EARLIEST, LATEST, as_day
from article10.runs.commands.analyses import searched
from article10.runs.commands.application import parsed_changes
from article10.runs.evidence.rounds import COLUMNS, read_round
from article10.runs.output.toml_value import toml_value

SHORT = {"horizon": "2026-02-01"}

NO_DAYS = (
    1799971200,
    1799971200.0,
    "1799971200",
    True,
    "20260301",
    "2026-W10-1",
    "2026-03",
    "soon",
    pd.NaT,
    np.datetime64("NaT"),
    dt.datetime(2026, 3, 1, 12),
    dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    pd.Timestamp("2026-03-01 04:00"),
    "1715-12-01",
    "1949-04-03",
    "2262-01-01",
    "2300-01-01",
    date.max,
    np.datetime64("12345-01-01"),
)
"""Values that are not a date, or not one that results can hold."""

TARGET = {"member": "HUN", "value": 0.0, "tolerance": 0.1}


@pytest.fixture(scope="module")
def short() -> Scenario:
    return read_scenario("baseline", SHORT)


@pytest.fixture(scope="module")
def result(short):
    return simulate(short, 3, seed=1)


TAKEN_AS_DAYS = {
    "horizon": lambda day, result: read_scenario("baseline", {"horizon": day}),
    "start": lambda day, result: read_scenario("baseline", {"start": day}),
    "event": lambda day, result: read_scenario(
        "baseline", {"events": [{"kind": "breach", "name": "x", "date": day, "rate": None}]}
    ),
    "changes of a design": lambda day, result: Design(changes={"horizon": day}),
    "grid": lambda day, result: Design(grid={"horizon": (day,)}),
    "target": lambda day, result: Targets(stance=({**TARGET, "date": day},)),
    "explain start": lambda day, result: result.explain("HUN", start=day),
    "explain end": lambda day, result: result.explain("HUN", end=day),
    "until": lambda day, result: discover(result.scenario, 4, until=day),
    "given": lambda day, result: guarantee_tradeoff(result.scenario, runs=4, given=day),
    "accession": lambda day, result: read_round("finland_2022", accession=day),
}
"""Where a day is taken, by what it is for."""


@pytest.mark.parametrize("place", list(TAKEN_AS_DAYS))
@pytest.mark.parametrize("value", NO_DAYS, ids=lambda value: f"{type(value).__name__} {value}")
def test_what_is_no_day_is_refused_wherever_a_day_is_taken(place, value, result):
    with pytest.raises(ValueError, match="expected a date"):
        TAKEN_AS_DAYS[place](value, result)


def test_the_days_of_the_alliance_that_results_can_hold_are_taken():
    assert (as_day(EARLIEST), as_day(LATEST)) == (EARLIEST, LATEST)
    last = read_scenario("baseline", {"start": "2261-11-01", "horizon": LATEST, "events": [], "without_events": []})
    data = simulate(last.with_(events=()), 2).data
    assert data["step"].to_numpy()[-1] == np.datetime64(LATEST)


@pytest.mark.parametrize(
    "day",
    [date(2026, 3, 1), "2026-03-01", dt.datetime(2026, 3, 1), pd.Timestamp("2026-03-01"), np.datetime64("2026-03-01")],
)
def test_a_day_may_be_pythons_pandas_or_numpys(day):
    assert read_scenario("baseline", {"horizon": day}).horizon == date(2026, 3, 1)
    assert Design(changes={"horizon": day}).changes == {"horizon": "2026-03-01"}
    assert Targets(stance=({**TARGET, "date": day},)).stance[0].date == date(2026, 3, 1)
    assert toml_value(day) in ("2026-03-01", '"2026-03-01"')


# --- whole numbers and switches -------------------------------------------------------------------------------------

NO_COUNTS = (True, np.True_, False, 2.0, np.float64(2), "2", None, -1, 2**63, 10**5000, float("nan"), [2])
"""Values that are not an integer, or not one that results can hold."""

RANGES = {"stance.peer_rate": (0.2, 0.8), "stance.shock": (0.1, 0.3)}
WANTED = Targets(stance=({**TARGET, "date": "2026-01-20"},))

TAKEN_AS_SEEDS = {
    "simulate": lambda seed, short: simulate(short, 2, seed),
    "first_run": lambda seed, short: simulate(short, 2, first_run=seed),
    "Design": lambda seed, short: Design(scenarios=short, seed=seed),
    "Sample": lambda seed, short: Sample(n=2, seed=seed, ranges=RANGES),
    "AccessionModel": lambda seed, short: AccessionModel(short, seed=seed),
    "run": lambda seed, short: AccessionModel(short, run=seed),
    "screen": lambda seed, short: screen(short, 2, seed, parameters=RANGES),
    "sobol": lambda seed, short: sobol(short, 2, seed, parameters=RANGES),
    "tornado": lambda seed, short: tornado(short, 2, seed, parameters=["stance.shock"]),
    "tune": lambda seed, short: tune(short, RANGES, WANTED, seed=seed),
    "influence": lambda seed, short: influence(short, runs=2, seed=seed),
    "discover": lambda seed, short: discover(short, 2, seed),
    "report": lambda seed, short: report(short, 2, seed),
    "hindcast": lambda seed, short: hindcast("finland_2022", runs=2, seed=seed),
}
"""Where a seed or the number of a run is taken."""


@pytest.mark.parametrize("place", list(TAKEN_AS_SEEDS))
@pytest.mark.parametrize("value", NO_COUNTS, ids=lambda value: f"{type(value).__name__} {shown(value)}")
def test_what_is_no_seed_is_refused_wherever_a_seed_is_taken(place, value, short):
    if isinstance(value, str | None) and place in ("AccessionModel", "run"):
        pytest.skip("digits as text are taken there, for dashboards, and None with a warning")
    with pytest.raises(ValueError, match=r"whole number|valid integer|than or equal"):
        TAKEN_AS_SEEDS[place](value, short)


@pytest.mark.parametrize("value", [True, np.True_, 0, 1.0, 10**5000], ids=shown)
def test_what_is_no_number_of_runs_is_refused_with_what_was_expected(value, short):
    with pytest.raises(ValueError, match=r"^runs = .{1,60}: expected a whole number of at (least 1|most 9)") as refused:
        simulate(short, value)
    assert ("at most" in str(refused.value)) == (isinstance(value, int) and value > 1)


def test_numbers_and_switches_of_numpy_are_taken_wherever_pythons_are(short, result):
    again = simulate(short, np.int64(3), np.uint32(1), first_run=np.int8(0), chunk=np.uint64(2))
    assert again.data.drop_attrs().identical(result.data.drop_attrs())
    assert AccessionModel(short, seed=np.int64(1), run=np.uint8(2)).run == 2
    assert result.explain("HUN", np.int64(2)).equals(result.explain("HUN", 2))
    changed = read_scenario(
        short,
        {
            "candidate.may_shelve": np.bool_(False),
            "russia.review_weeks": np.int64(4),
            "stance.peer_rate": np.float32(0.5),
            "stance": {"shock": np.float64(0.1)},
            "roster": {"HUN": {"stance": np.float32(-0.5)}},
        },
    )
    assert changed == read_scenario(
        short,
        {
            "candidate.may_shelve": False,
            "russia.review_weeks": 4,
            "stance": {"shock": 0.1, "peer_rate": 0.5},
            "roster.HUN.stance": -0.5,
        },
    )
    assert changed.with_({"russia.review_weeks": np.int16(8)}).russia.review_weeks == 8
    design = Design(
        runs=np.int64(4),
        seed=np.uint32(7),
        changes={"candidate.may_shelve": np.bool_(False)},
        grid={"russia.review_weeks": np.arange(4, 6), "stance.peer_rate": np.linspace(0.25, 0.75, 2)},
        common_random_numbers=np.True_,
    )
    assert design == Design(
        runs=4,
        seed=7,
        changes={"candidate.may_shelve": False},
        grid={"russia.review_weeks": (4, 5), "stance.peer_rate": (0.25, 0.75)},
    )
    sample = Sample(n=np.int64(2), seed=np.int32(3), ranges={"stance.shock": (np.float32(0.25), np.float32(0.5))})
    assert sample == Sample(n=2, seed=3, ranges={"stance.shock": (0.25, 0.5)})


def test_a_seed_of_64_bits_is_taken_by_every_search(short):
    best = tune(short, RANGES, WANTED, method="best", runs=2, points=8, seed=2**40, workers=1, progress=False)
    assert best.seed == 2**40


# --- keys given twice, and not at all ---------------------------------------------------------------------------------

TWICE = {
    "frame": lambda: Design.from_frame(pd.DataFrame([[0.1, 0.9]], columns=["stance.shock"] * 2)),
    "ranges of a sample": lambda: Sample(n=2, ranges=["stance.shock", "stance.shock"]),
    "grid and table": lambda: Design(grid={"stance.shock": (0.1,)}, table=({"stance.shock": 0.2},)),
    "changes": lambda: read_scenario("baseline", {"stance": {"shock": 0.1}, "stance.shock": 0.2}),
    "--set": lambda: parsed_changes(["stance.shock=0.1", "stance.shock = 0.2"]),
    "--parameters": lambda: searched(["stance.shock=0.1:0.2", "stance.shock"]),
    "parameters of screen": lambda: screen("baseline", parameters=["stance.shock", "stance.shock"]),
    "parameters of tune": lambda: tune("baseline", ["stance.shock", "stance.shock"], WANTED),
    "keywords": lambda: AccessionModel(changes={"stance.shock": 0.1}, stance__shock=0.2),
}


@pytest.mark.parametrize("place", list(TWICE))
def test_a_key_that_is_given_twice_is_refused(place):
    with pytest.raises(ValueError, match=r"twice|beside it|more than one"):
        TWICE[place]()


@pytest.mark.parametrize("table", ["grid", "changes", "sample.ranges"])
def test_a_key_in_two_spellings_is_given_twice(table, tmp_path):
    value = "0.1" if table == "changes" else "[0.1, 0.2]"
    path = tmp_path / "d.toml"
    path.write_text(f'[{table}]\nstance.shock = {value}\n"stance.shock" = {value}\n', "utf-8")
    with pytest.raises(ScenarioError, match=r"stance\.shock is given twice"):
        Design.read(path)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("{columns},date\n{row},2022-07-08\n", "date is given twice"),
        ("{columns}\n{row},2022-07-08\n", "row 2: expected"),
        ("{columns}\n2022-07-05,DEU\n", "row 2: expected"),
    ],
)
def test_a_csv_file_with_a_column_twice_or_cells_too_many_or_few_is_refused(text, because, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(text.format(columns=",".join(COLUMNS), row=",".join("" for _ in COLUMNS)), "utf-8")
    with pytest.raises(ValueError, match=because):
        read_round("finland_2022", path)


def test_a_row_that_leaves_a_key_out_has_the_value_of_its_scenario(tmp_path):
    rows = ({"stance.peer_rate": 0.2}, {"russia.effort": 3.0}, {})
    design = Design(scenarios=("baseline", "heavy_pressure"), runs=2, changes=SHORT, table=rows)
    batch = run_batch(design, tmp_path / "b", workers=1, progress=False)
    assert not batch.points.isna().any(axis=None)
    for point in batch.points.index:
        scenario = batch.scenario(point)
        listed = batch.points.loc[point, ["stance.peer_rate", "russia.effort"]].tolist()
        assert listed == [scenario.stance.peer_rate, scenario.russia.effort]
    drawn = batch.plot.against("russia.effort", "invitation").lines
    assert set(batch.points["russia.effort"]) == {x for line in drawn for x in line.get_xdata()}
