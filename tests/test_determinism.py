"""Run k is run k: in an ensemble of any size and chunk, and opened in Mesa."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from article10.agents.arrays import ROWS_TOGETHER, rows_times
from article10.model import schedule
from article10.model.accession_model import AccessionModel
from article10.model.first_day import first_day
from article10.model.randomness import Sampler, Stream, draw
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.recorder import MEMBER_VARIABLES, RUN_VARIABLES
from article10.runs.ensemble.simulate import simulate
from article10.runs.ensemble.stepping import chunks, step_chunk

SEED = 11
TEN_RUNS = (0, 1, 6, 7, 8, 63, 100, 255, 256, 299)

BARGAINED = {
    "horizon": "2029-12-03",
    "war.starts_in_ceasefire": True,
    "war.breach_rate": 0.0,
    "candidate.readiness": 0.9,
    "bargaining.reach": 32,
    "bargaining.opportunism": 1.0,
    "bargaining.scale": 0.5,
    "elections.fall_rate": 1.0,
}
"""Changes of the baseline with which members hold out, consent and are paid, and governments fall."""

PAYMENTS = ("payment_payer", "payment_amount", "payment_kind", "payment_week")
SCENARIOS = ("baseline", "heavy_pressure", "sweden_2022")


def kept_of(world: World) -> np.ndarray:
    """Stances in full precision, and what makes ballots of them, (5, run, member)."""
    m = world.members
    return np.array([m.stance, m.cover, m.hold, m.consent, m.alternative], dtype=float)


class Stances:
    """Keeps stances in full precision, and what makes ballots of them, (step, run, 5, member)."""

    def __init__(self, setup: Setup, runs: int) -> None:
        self.values = np.empty((setup.n_steps + 1, runs, 5, len(setup.roster)))

    def before(self, world, rows):
        self.values[0, rows] = kept_of(world).swapaxes(0, 1)

    def after_step(self, world, rows, stance_before):
        self.values[world.step, rows] = kept_of(world).swapaxes(0, 1)


def stances(setup: Setup, runs: int, chunk: int) -> np.ndarray:
    kept, sampler = Stances(setup, runs), Sampler(setup.streams, SEED)
    for rows in chunks(runs, chunk):
        step_chunk(setup, sampler.draw(range(rows.start, rows.stop)), kept, rows)
    return kept.values


def alone(setup: Setup, run: int) -> np.ndarray:
    """Stances of one run in a chunk of one."""
    kept = Stances(setup, 1)
    step_chunk(setup, draw(setup.streams, SEED, [run]), kept, slice(0, 1))
    return kept.values[:, 0]


@pytest.mark.parametrize("name", [*SCENARIOS, "bargained"])
def test_mesa_run_k_is_ensemble_run_k_under_any_chunk(name):
    if name == "bargained":
        scenario = read_scenario("baseline", BARGAINED)
    else:
        scenario = read_scenario(name, {"horizon": "2027-06-07"} if name != "sweden_2022" else None)
    setup = Setup.of(scenario)
    opened = {}
    for k in TEN_RUNS:
        model = AccessionModel(scenario, seed=SEED, run=k, collect=())
        path = [kept_of(model.world)[:, 0]]
        while model.running:
            model.step()
            path.append(kept_of(model.world)[:, 0])
        opened[k] = np.array(path)
    runs = max(TEN_RUNS) + 1
    for chunk in (1, 7, 256):
        if chunk == 1:  # one run at a time: the ten runs alone, by their numbers
            for k in TEN_RUNS:
                assert np.array_equal(alone(setup, k), opened[k]), (name, chunk, k)
        else:
            together = stances(setup, runs, chunk)
            for k in TEN_RUNS:
                assert np.array_equal(together[:, k], opened[k]), (name, chunk, k)


def test_a_row_times_a_matrix_is_the_same_at_any_place_among_any_others():
    generator = np.random.default_rng(SEED)
    for members in (2, 31, 32, 33):
        row, matrix = generator.normal(size=members), generator.normal(size=(members, members))
        by_itself = rows_times(row[None], matrix)
        np.testing.assert_allclose(by_itself[0], row @ matrix, rtol=1e-12, atol=1e-12)
        for n in (2, 3, ROWS_TOGETHER, ROWS_TOGETHER + 1, 5 * ROWS_TOGETHER - 1):
            rows = generator.normal(size=(n, members))
            for place in range(n):
                among = rows.copy()
                among[place] = row
                assert (rows_times(among, matrix)[place] == by_itself).all()


def test_draws_of_a_stretch_at_a_time_are_those_of_the_whole(monkeypatch):
    streams = [
        Stream("shocks", (50, 3), "uniform", np.float32),
        Stream("war", (50, 2)),
        Stream("ratification", (1, 3), "exponential"),
    ]
    whole = {name: values.copy() for name, values in Sampler(streams, SEED).draw(range(5, 24)).items()}
    monkeypatch.setattr("article10.model.randomness.STRETCH_BYTES", 4000)
    sampler = Sampler(streams, SEED, once=True)
    for _ in range(2):  # the second time in memory that has been used
        passing = sampler.draw(range(5, 24))
        for name, values in whole.items():
            for step in range(len(values)):
                assert np.array_equal(passing[name][step], values[step]), (name, step)
        assert np.array_equal(passing["shocks"][49], whole["shocks"][49])
        with pytest.raises(IndexError, match="step 3 of stream 'shocks' is in an earlier stretch"):
            passing["shocks"][3]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_over_the_whole_horizon(name):
    setup = Setup.of(read_scenario(name))
    by_50, by_256 = stances(setup, 300, 50), stances(setup, 300, 256)
    assert np.array_equal(by_50, by_256)
    for k in TEN_RUNS:
        assert np.array_equal(alone(setup, k), by_256[:, k]), (name, k)
        model = AccessionModel(name, seed=SEED, run=k, collect=())
        while model.running:
            model.step()
        assert np.array_equal(by_256[-1, k], kept_of(model.world)[:, 0]), (name, k)


@pytest.mark.parametrize("changes", [{"horizon": "2030-12-02"}, BARGAINED], ids=["baseline", "bargained"])
def test_every_recorded_variable_and_payment_of_mesa_s_run_is_the_ensemble_s(changes):
    names = tuple(MEMBER_VARIABLES)
    data = simulate("baseline", 5, SEED, record=names, changes=changes).data
    model = AccessionModel("baseline", seed=SEED, run=3, changes=changes)
    stored_of = {name: data[name].to_numpy()[3] for name in (*MEMBER_VARIABLES, *RUN_VARIABLES, *PAYMENTS)}
    n_payments = 0
    for step in range(model.setup.n_steps + 1):
        for name, variable in (MEMBER_VARIABLES | RUN_VARIABLES).items():
            stored = stored_of[name][step]
            assert np.array_equal(stored, variable.read(model.world)[0].astype(variable.dtype)), (name, step)
        made = model.world.payments
        if made is not None and step:
            quarter, week = divmod(step - 1, model.setup.quarter_steps)
            own = zip(made.payer, made.amount, made.kind, [week] * len(made.row), strict=True)
            stored = zip(*(stored_of[name][quarter, made.holdout] for name in PAYMENTS), strict=True)
            assert list(map(tuple, own)) == list(map(tuple, stored))
            n_payments += len(made.row)
        if step < model.setup.n_steps:
            model.step()
    assert n_payments == (stored_of["payment_kind"] > 0).sum()
    if changes is BARGAINED:
        assert n_payments > 0
        assert all(stored_of[name].any() for name in ("hold", "consent", "cover"))


def small_and_large(runs: int, **changes):
    small = simulate("baseline", 100, SEED, changes=changes)
    large = simulate("baseline", runs, SEED, changes=changes)
    return small.data, large.data.isel(run=slice(0, 100))


@pytest.mark.parametrize(
    ("runs", "horizon"), [(700, "2027-12-06"), pytest.param(5000, "2035-12-01", marks=pytest.mark.slow)]
)
def test_runs_0_to_99_of_100_are_runs_0_to_99_of_many(runs, horizon):
    small, large = small_and_large(runs, horizon=horizon)
    for name in small.data_vars:
        assert np.array_equal(small[name].to_numpy(), large[name].to_numpy()), name


def test_a_later_horizon_leaves_the_years_before_it_as_they_were():
    short = simulate("baseline", 8, SEED, changes={"horizon": "2028-12-04"}).data["stance"].to_numpy()
    long = simulate("baseline", 8, SEED, changes={"horizon": "2031-12-01"}).data["stance"].to_numpy()
    assert np.array_equal(short, long[:, : short.shape[1]])


def test_draws_of_a_stream_depend_on_seed_run_and_name_alone():
    stream = Stream("elections", (5, 3))

    def drawn(stream, seed, run):
        return draw([stream], seed, [run])[stream.name][:, 0]

    alone = drawn(stream, 7, 4711)
    with_others = draw([Stream("war", (9,)), stream], 7, [12, 4711])["elections"][:, 1]
    assert np.array_equal(alone, with_others)
    assert not np.array_equal(alone, drawn(stream, 8, 4711))
    assert not np.array_equal(alone, drawn(stream, 7, 4712))
    assert not np.array_equal(alone, drawn(Stream("election", (5, 3)), 7, 4711))


def test_draws_of_many_runs_look_independent():
    drawn = draw([Stream("war", (50,)), Stream("wars", (50,))], 7, range(2000))
    both = np.concatenate([drawn["war"], drawn["wars"]])
    correlation = np.corrcoef(both)
    correlation[np.diag_indices_from(correlation)] = 0
    assert np.abs(correlation).max() < 5.5 / np.sqrt(2000)
    neighbours = [np.corrcoef(drawn["war"][:, k], drawn["war"][:, k + 1])[0, 1] for k in range(1999)]
    assert abs(np.mean(neighbours)) < 5 / np.sqrt(50 * 1999)


def test_numbers_of_streams_do_not_change_between_versions():
    assert Stream("initial_stance", (1,)).number == 1335493144
    setup = Setup.of(read_scenario("heavy_pressure"))
    numbers = [stream.number for stream in setup.streams]
    assert len(set(numbers)) == len(numbers)


def test_scenarios_that_differ_in_one_lever_share_every_other_draw():
    one = Setup.of(read_scenario("baseline"))
    event = {"kind": "pressure", "name": "more", "rate": 1.0}
    other = Setup.of(read_scenario("baseline", {"events": [event], "russia.strategy": "inert"}))
    drawn, drawn_other = draw(one.streams, SEED, range(4)), draw(other.streams, SEED, range(4))
    assert set(drawn_other) == {*drawn, "event:more"}
    for name in drawn:
        assert np.array_equal(drawn[name], drawn_other[name]), name


def test_a_run_depends_on_its_own_draws_alone():
    setup = Setup.of(read_scenario("baseline", {"horizon": "2027-12-06"}))
    first = {k: v.copy() for k, v in draw(setup.streams, SEED, range(6)).items()}
    other = {k: v.copy() for k, v in first.items()}
    for values in other.values():
        values[:, 3] = np.abs(values[:, 3]) % 1.0
    ends = []
    for draws in (first, other):
        world = first_day(setup, draws)
        schedule.begin(world)
        for _ in range(setup.n_steps):
            schedule.step(world)
        ends.append(world.members.stance)
    same = (ends[0] == ends[1]).all(axis=1)
    assert same.tolist() == [True, True, True, False, True, True]


def test_the_first_day_is_the_scenario_s_and_the_last_step_reaches_the_horizon():
    data = simulate("baseline", 1, SEED).data
    days = data["step"].to_numpy().astype("datetime64[D]").astype(object)
    assert days[0] == date(2025, 12, 1)
    assert date(2035, 12, 1) <= days[-1] < date(2035, 12, 8)
