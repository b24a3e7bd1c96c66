"""Branches: a run goes on from a date as it did, or with other draws, parameters or events; its past is its own."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import article10
from article10.model.randomness import draw
from article10.model.scenario import ScenarioError, all_declarations
from article10.model.setup import Setup
from article10.runs.command_line import app
from article10.runs.ensemble.branch import rerun_any
from article10.runs.ensemble.branch_scenario import FIRST_DAY
from article10.runs.ensemble.history import arrays_of, forked
from article10.runs.ensemble.netcdf import ResultError
from article10.runs.interactive.dashboard.opening import Asked, opened
from article10.runs.stories import replay

SEED = 9
RECORD = ("stance", "perceived", "trust", "cover", "hold", "consent", "barred_by_war", "election_due", "contribution")

FORKS = {
    "a run of the baseline": ("baseline", 4, "2028-06-01"),
    "on the first day": ("baseline", 4, "2025-12-01"),
    "in the middle of a quarter": ("baseline", 6, "2029-01-20"),
    "after holds and payments": ("ceasefire_2026", 0, "2030-09-01"),
    "while members ratify": ("ceasefire_2026", 7, "2031-09-15"),
    "in the last week": ("ceasefire_2026", 7, "2035-11-29"),
}
"""Scenario, run and date of forks."""


@pytest.fixture(scope="module")
def ensembles():
    return {name: article10.simulate(name, 8, SEED, record=RECORD) for name in ("baseline", "ceasefire_2026")}


@pytest.fixture(scope="module")
def base(ensembles):
    return ensembles["baseline"]


@pytest.fixture(scope="module")
def state(base):
    return base.state(4, "2028-06-01")


@pytest.fixture(scope="module")
def plain(state):
    return article10.branch(state, 8, record=RECORD)


def same(one, other, rows=(0, 0)):
    """Check that a run of one result is that of another, in every variable and every bit."""
    assert set(one.data.data_vars) == set(other.data.data_vars)
    for name, values in one.data.data_vars.items():
        if "run" in values.dims:
            pair = values.isel(run=rows[0]).to_numpy(), other.data[name].isel(run=rows[1]).to_numpy()
            assert pair[0].tobytes() == pair[1].tobytes(), name


# --- the same world again -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fork", FORKS)
def test_a_run_that_forks_unchanged_ends_as_it_did(fork, ensembles):
    name, run, date = FORKS[fork]
    base = ensembles[name]
    state = base.state(run, date)
    same(base, article10.branch(state, own_draws=True, record=RECORD), (run, 0))
    same(base, article10.branch(state, 8, record=RECORD), (run, run))


def test_the_forks_see_holds_consent_payments_and_ratifications(ensembles):
    data, ledger = ensembles["ceasefire_2026"].data, ensembles["ceasefire_2026"].ledger
    paid = ledger[ledger["run"] == 0]["date"].astype(str)
    assert (paid < "2030-09-01").sum() >= 2
    assert (paid > "2030-09-01").sum() >= 1
    for name in ("hold", "consent"):
        assert data[name].sel(run=0, step="2030-08-26").any() or data[name].sel(run=0).any()
    ratified = data["ratified_step"].sel(run=7).to_numpy()
    fork = ensembles["ceasefire_2026"].state(7, "2031-09-15").step
    assert 0 < (ratified > fork).sum() < len(ratified)


def test_a_branch_does_not_depend_on_how_many_runs_are_stepped_together(state, plain, monkeypatch):
    monkeypatch.setattr("article10.runs.ensemble.branch.chunk_size", lambda setup: 3)
    parts = article10.branch(state, 8, record=RECORD)
    for row in range(8):
        same(plain, parts, (row, row))


def test_a_state_is_the_same_after_it_was_saved(state, plain, tmp_path):
    state.save(tmp_path / "state.nc")
    again = article10.open_state(tmp_path / "state.nc")
    assert repr(again) == repr(state)
    same(plain, article10.branch(again, 8, record=RECORD), (5, 5))


def test_a_state_holds_the_whole_world(state):
    world = state.world()
    assert {name: values.shape for name, values in arrays_of(world).items()} == {
        str(name): values.shape for name, values in state.data.data_vars.items()
    }
    assert world.step == state.step == 130
    assert str(state.date) == "2028-05-29"


@pytest.mark.parametrize("changes", [None, {"russia.strategy": "inert"}])
@pytest.mark.parametrize("run", [4, 2])
def test_a_mesa_model_opens_on_a_branch_and_ends_as_its_run(state, run, changes):
    model = state.model(run, changes=changes)
    assert str(model.date) == str(state.date)
    assert model.member("HUN").stance == state.data["members.stance"].sel(run=4, member="HUN").item()
    model.run_model()
    branch = article10.branch(state, 8, changes=changes)
    ended = branch.data["stance"].sel(run=run).isel(step=-1).to_numpy()
    assert model.world.members.stance[0].astype(np.float32).tobytes() == ended.tobytes()
    collected = model.datacollector.get_model_vars_dataframe()
    assert len(collected) == branch.scenario.n_steps - state.step + 1
    assert model.stage == branch.outcomes["outcome"][run]


# --- what a branch shares -------------------------------------------------------------------------------------------


def test_all_runs_have_the_past_of_one_and_then_part(plain, base, state):
    before, after = slice(None, state.step + 1), slice(state.step + 1, None)
    for name in ("stance", "hold", "consent", "war_intensity", "stage"):
        past = base.data[name].sel(run=4).isel(step=before).to_numpy()
        assert (plain.data[name].isel(step=before).to_numpy() == past).all(), name
    met = plain.data["council"].to_numpy() < np.datetime64(state.date)
    for name in ("ballot", "reason", "question_put"):
        assert (plain.data[name].to_numpy()[:, met] == base.data[name].sel(run=4).to_numpy()[met]).all(), name
    assert met.any()
    assert len(np.unique(plain.data["stance"].isel(step=after).to_numpy()[:, -1, 0])) == 8
    parts = plain.data["contribution"].isel(interval=slice(None, state.step)).to_numpy()
    assert (parts == parts[4]).all()


def test_a_run_has_the_draws_of_its_number_from_the_fork_on(plain, base, state):
    noise = [
        each.data["contribution"].sel(mechanism="shock").isel(interval=slice(state.step, None))
        for each in (plain, base)
    ]
    np.testing.assert_array_equal(noise[0].to_numpy(), noise[1].to_numpy())


def test_two_branches_differ_only_by_what_is_changed(state, plain):
    idle = article10.branch(state, 8, changes={"guarantees.binding_decay_rate": 0.15}, record=RECORD)
    pressed = article10.branch(state, 8, changes={"russia.effort": 15.0}, record=RECORD)
    for row in range(8):
        same(plain, idle, (row, row))
    moved = (pressed.data["stance"] - plain.data["stance"]).to_numpy()
    assert not moved[:, : state.step + 1].any()
    assert moved[:, -1].any()
    unpaired = pressed.data["stance"].to_numpy()[:, -1] - np.roll(plain.data["stance"].to_numpy()[:, -1], 1, axis=0)
    assert moved[:, -1].std() < unpaired.std()


def test_what_chance_has_not_yet_shown_is_decided_anew_and_fits_the_past(ensembles):
    before = ensembles["ceasefire_2026"].state(7, "2031-09-15").world()
    setup, n = before.setup, 400
    draws = draw(setup.streams, SEED, range(n))
    anew = np.arange(n) != 7
    world = forked(before, setup, draws, anew)
    assert before.members.ratification_progress.any()
    np.testing.assert_array_equal(world.members.ratification_progress[7], before.members.ratification_progress[0])
    assert not world.members.ratification_progress[anew].any()
    tempted = ~np.isinf(before.bargain.resists[0]) & (before.bargain.resists[0] > before.bargain.temptation[0])
    assert (world.bargain.resists[:, tempted] > before.bargain.temptation[0]).all()
    assert (world.bargain.weakest == world.bargain.resists.min(axis=1)).all()
    assert (world.bargain.weakest[7] == before.bargain.weakest).all()


def test_an_open_spell_lasts_differently_in_each_run_and_never_ends_in_the_past(ensembles):
    before = ensembles["baseline"].state(4, "2028-06-01").world()
    before.bargain.spell[0, :3], before.bargain.age[0, :3], before.bargain.ends_at[0, :3] = True, 1.5, 1.6
    world = forked(before, before.setup, draw(before.setup.streams, SEED, range(50)), np.arange(50) != 4)
    ends = world.bargain.ends_at[:, :3]
    assert (ends[4] == 1.6).all()
    assert (ends > 1.5).all()
    assert len(np.unique(ends)) > 100
    over = ~before.bargain.spell[0]
    assert over.any()
    assert (world.bargain.ends_at[:, over] == before.bargain.ends_at[:, over]).all()


def test_rules_of_the_war_and_of_bargaining_hold_from_the_fork_on(ensembles):
    data = ensembles["baseline"].data
    run, step = next(
        zip(*(data["hold"].any("member") & data["barred_by_war"].any("member")).to_numpy().nonzero(), strict=True)
    )
    state = ensembles["baseline"].state(int(run), data["step"].to_numpy()[step])
    before = state.world()
    assert before.members.hold.any()
    assert before.bars_states_at_war.any()
    no_bar = state.model(changes={"accession.candidate_at_war": False}).world
    assert not no_bar.bars_states_at_war.any()
    assert (no_bar.members.hold == before.members.hold).all()
    no_price = state.model(changes={"bargaining.consent": False}).world
    assert not no_price.members.hold.any()
    assert (no_price.war_line == before.war_line).all()


# --- events ---------------------------------------------------------------------------------------------------------

CAMPAIGN = {"kind": "pressure", "name": "campaign", "date": "2028-05-01", "weeks": 20, "targets": ["POL"]}


def test_a_campaign_that_began_before_the_fork_goes_on_in_every_run():
    base = article10.simulate("baseline", 3, SEED, changes={"horizon": "2029-06-01", "events": [CAMPAIGN]})
    state = base.state(1, "2028-06-12")
    acts = article10.branch(state, 3).data["event_campaign"].to_numpy()
    assert (acts == base.data["event_campaign"].to_numpy()).all()
    assert acts[:, state.step :].sum() > 0


def test_a_campaign_that_began_by_chance_is_part_of_the_past_of_every_run():
    by_chance = {"kind": "pressure", "name": "campaign", "rate": 1.0, "weeks": 20}
    base = article10.simulate("baseline", 4, SEED, changes={"horizon": "2029-06-01", "events": [by_chance]})
    acts = base.data["event_campaign"].to_numpy()
    goes_on = acts[1, :-1] & acts[1, 1:]
    step = 1 + int((goes_on & ~acts[3, 1:]).argmax())  # run 1 is in a campaign, and run 3 is not
    state = base.state(1, base.scenario.date_of(step))
    branch = article10.branch(state, 4).data["event_campaign"].to_numpy()
    assert acts[3, step] == 0
    assert branch[:, step].all()
    assert (branch[3, step + 20 :] >= acts[3, step + 20 :]).all()


def test_an_event_at_the_fork_acts_from_then_on(state, plain, tmp_path):
    (tmp_path / "events.toml").write_text(
        '[[events]]\nkind = "peace_plan"\nname = "plan"\ndate = 2028-06-01\naccepted = true\n'
    )
    with_plan = article10.branch(state, 8, combine=[tmp_path / "events.toml"], record=RECORD)
    acts = with_plan.data["event_plan"].to_numpy()
    assert (acts.sum(axis=1) == 1).all()
    assert (acts.argmax(axis=1) == state.step).all()
    assert with_plan.data["ever_shelved"].all()
    assert not plain.data["ever_shelved"].all()
    assert with_plan.scenario.name == "baseline + events from 2028-05-29"


def test_a_new_summit_is_a_council_of_the_branch_alone(state, plain):
    summit = {"kind": "summit", "name": "extraordinary", "date": "2028-09-11"}
    more = article10.branch(state, 4, changes={"events": [summit]})
    held = set(more.data["council"].to_numpy()) - set(plain.data["council"].to_numpy())
    assert [str(day)[:10] for day in held] == ["2028-09-11"]
    met = plain.data["council"].to_numpy() < np.datetime64(state.date)
    assert (more.data["ballot"].to_numpy()[0, : met.sum()] == plain.data["ballot"].to_numpy()[0, met]).all()


def test_an_early_election_replaces_the_one_that_was_due(state, plain):
    due, now = plain.data["election_due"].sel(run=4).isel(step=state.step), state.step
    calendar = Setup.of(plain.scenario).elections
    member = next(
        place for step, places in calendar.items() if step > now + 30 for place in places if due[place] == step
    )
    code, day = plain.scenario.members().iso3[member], int(due[member])
    vote = {"kind": "election", "name": "early", "date": plain.scenario.date_of(day - 3), "member": code}
    early = article10.branch(state, 8, changes={"events": [vote]}, record=RECORD)
    awaited = early.data["election_due"].isel(member=member, step=slice(now + 1, day + 1)).to_numpy()
    assert not (awaited == day).any()
    assert (plain.data["election_due"].isel(member=member, step=now + 1) == day).any()


# --- results of branches --------------------------------------------------------------------------------------------


def test_a_run_of_a_branch_is_told_and_explained_as_it_was(plain):
    for run in (2, 4):
        same(plain, rerun_any(plain, run, RECORD), (run, 0))
    assert replay.story(rerun_any(plain, 2, replay.RECORD)) != replay.story(rerun_any(plain, 3, replay.RECORD))
    explained = plain.explain("SVK", 2)
    last = plain.data["stance"].sel(run=2, member="SVK").isel(step=-1).item()
    assert explained["end"].iloc[-1] == pytest.approx(last, abs=1e-6)
    mean = plain.explain("SVK")["mean"]
    assert mean["end"] == pytest.approx(plain.data["stance"].sel(member="SVK").isel(step=-1).mean().item(), abs=1e-6)
    assert mean.drop("end").sum() == pytest.approx(mean["end"], abs=1e-12)


def test_a_branch_of_a_branch_has_the_past_of_both(base, state, plain):
    pressed = article10.branch(state, 4, changes={"russia.effort": 15.0}, record=RECORD)
    later = pressed.state(2, "2030-03-01")
    assert [era.run for era in later.eras] == [4, 2]
    same(pressed, article10.branch(later, own_draws=True, record=RECORD), (2, 0))
    calm = article10.branch(later, 3, changes={"russia.effort": 6.0}, record=RECORD)
    np.testing.assert_array_equal(
        calm.data["stance"].isel(step=slice(None, later.step + 1)),
        np.repeat(pressed.data["stance"].isel(run=[2], step=slice(None, later.step + 1)), 3, axis=0),
    )
    same(calm, rerun_any(calm, 1, RECORD), (1, 0))
    earlier = pressed.state(2, "2027-01-04")
    assert (
        earlier.data.drop_attrs()
        .drop_vars("run")
        .equals(base.state(4, "2027-01-04").data.drop_attrs().drop_vars("run"))
    )


def test_a_branch_is_an_ordinary_result(plain, tmp_path):
    assert article10.load(plain.save(tmp_path / "branch.nc")).data.equals(plain.data)
    assert len(plain.to_csv(tmp_path / "csv")) == 5
    assert plain.plot.fan("HUN", against=article10.simulate("baseline", 3, SEED))
    assert plain.plot.explain("SVK", run=3)
    assert "branched on 2028-05-29" in plain._repr_html_()


def test_mechanisms_can_be_switched_off_at_a_fork(state, plain):
    alone = article10.branch(state, 3, changes={"mechanisms.peers": False}, record=RECORD)
    parts = alone.data["contribution"]
    assert "peers" not in parts["mechanism"].to_numpy()
    past = slice(None, state.step)
    for name in ("assessment", "shock"):
        was = plain.data["contribution"].sel(mechanism=name).isel(run=0, interval=past).to_numpy()
        assert (parts.sel(mechanism=name).isel(interval=past).to_numpy() == was).all()
    with pytest.raises(ValueError, match="mechanisms were switched at the fork"):
        alone.explain("HUN")


def test_functions_of_ones_own_are_needed_again(base):
    def spare_the_small(known):
        return known.influence_weight * np.ones_like(known.observed)

    short = {"horizon": "2027-12-01"}
    own = article10.simulate("baseline", 2, SEED, changes=short, strategy=spare_the_small)
    with pytest.raises(ValueError, match="strategy="):
        own.state(1, "2027-01-04")
    state = own.state(1, "2027-01-04", strategy=spare_the_small)
    same(own, article10.branch(state, own_draws=True, strategy=spare_the_small), (1, 0))


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "when", "words"),
    [
        (8, "2028-06-01", "run = 8: the result holds runs 0 to 7"),
        (-1, "2028-06-01", "run = -1"),
        (0, "2025-11-30", "expected a date from 2025-12-01 to before 2035-12-01"),
        (0, "2035-12-01", "expected a date from 2025-12-01"),
        (0, "someday", "when = 'someday'"),
    ],
)
def test_a_state_that_there_is_not_is_refused(base, run, when, words):
    with pytest.raises(ValueError, match=words):
        base.state(run, when)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"horizon": "2040-12-01"}, "horizon: cannot be changed at a fork"),
        ({"start": "2025-12-08"}, "start: cannot be changed"),
        ({"step_days": 14}, "step_days: cannot be changed"),
        ({"without": ["HUN"]}, "without: cannot be changed"),
        ({"roster.HUN.stance": 0.5}, "roster: cannot be changed"),
        ({"ballots.HUN": "support"}, "ballots: cannot be changed"),
        ({"russia.review_weeks": 4}, "russia.review_weeks: cannot be changed"),
        ({"bargaining.agenda_weeks": 4}, "bargaining.agenda_weeks: cannot be changed"),
        ({"edition": "2026-12"}, "edition: cannot be changed"),
        ({"war.intensity": 0.2}, "war.intensity: .* describes the first day"),
        ({"stance.peer_rat": 0.2}, "did you mean 'peer_rate'"),
        ({"events": [{**CAMPAIGN, "name": "past"}]}, "'past'.*2028-05-01: is before the fork"),
    ],
)
def test_a_change_of_the_past_or_of_the_shape_of_the_world_is_refused(state, changes, words):
    with pytest.raises(ScenarioError, match=words):
        article10.branch(state, 2, changes=changes)


def test_an_event_of_the_past_can_be_neither_moved_nor_dropped():
    base = article10.simulate("baseline", 1, SEED, changes={"horizon": "2029-06-01", "events": [CAMPAIGN]})
    state = base.state(0, "2028-06-12")
    with pytest.raises(ScenarioError, match=r"'campaign'.*the past cannot be changed"):
        article10.branch(state, 2, changes={"events": [{**CAMPAIGN, "date": "2028-09-04"}]})
    with pytest.raises(ScenarioError, match=r"'campaign'.*the past cannot be changed"):
        article10.branch(state, 2, changes={"without_events": ["campaign"]})


@pytest.mark.parametrize("key", sorted(FIRST_DAY))
def test_a_parameter_of_the_first_day_is_refused(key, state):
    value = {each.key: each.default for each in all_declarations(state.eras[0].scenario)}[key]
    others = {"accession.stage": "invited", "spending.pledge_deadline": 2040}
    other = others[key] if key in others else not value if isinstance(value, bool) else value / 2
    with pytest.raises(ScenarioError, match=f"{key}: cannot be changed at a fork: it describes the first day"):
        article10.branch(state, 2, changes={key: other})


def test_a_damaged_or_foreign_file_is_no_state(state, base, tmp_path):
    path = state.save(tmp_path / "state.nc")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged.nc").write_bytes(content)
    (tmp_path / "foreign.nc").write_text("not a state")
    base.save(tmp_path / "result.nc")
    for name, words in (
        ("damaged.nc", "damaged"),
        ("foreign.nc", "not a NetCDF-4 file"),
        ("result.nc", "article10.load"),
    ):
        with pytest.raises(ResultError, match=words):
            article10.open_state(tmp_path / name)
    with pytest.raises(ResultError, match=r"article10.open_state"):
        article10.load(path)
    with pytest.raises(FileNotFoundError):
        article10.open_state(tmp_path / "none.nc")
    with pytest.raises(ValueError, match=r"ends in .nc"):
        state.save(tmp_path / "state.npz")
    older = article10.State(state.data.drop_vars("members.cover"))
    with pytest.raises(ResultError, match=r"members.cover is not what"):
        article10.branch(older, 2)
    assert not list(tmp_path.glob(".*"))


def test_a_state_on_other_tables_is_refused(state):
    history = json.loads(state.data.attrs["history"])
    history["eras"][0]["made_with"]["edition_digest"] = "0"
    changed = article10.State(state.data.assign_attrs(history=json.dumps(history)))
    with pytest.raises(ValueError, match="other tables of the edition"):
        article10.branch(changed, 2)


# --- on the command line --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "base"
    base = article10.simulate("baseline", 4, SEED, changes={"horizon": "2027-06-01"})
    return base.write(place, figures=False)


def called(*words):
    return CliRunner().invoke(app, [*map(str, words)])


def test_the_command_writes_the_branch(folder, tmp_path):
    (tmp_path / "events.toml").write_text('[[events]]\nkind = "ceasefire"\nname = "truce"\ndate = 2026-09-01\n')
    words = ("branch", folder, "--run", 2, "--at", "2026-08-03", "--with", tmp_path / "events.toml", "--runs", 3)
    done = called(*words, "--set", "russia.effort=15.0", "--out", tmp_path / "out", "--no-figures", "--csv")
    assert done.exit_code == 0, done.output
    state = article10.load(folder).state(2, "2026-08-03")
    asked = {"combine": [tmp_path / "events.toml"], "changes": {"russia.effort": 15.0}}
    made = article10.load(tmp_path / "out")
    same(article10.branch(state, 3, **asked), made, (1, 1))
    assert (tmp_path / "out" / "csv" / "outcomes.csv").exists()
    told = called("replay", tmp_path / "out", "--run", 1)
    assert told.exit_code == 0
    assert "ceasefire" in told.output
    again = called(*words, "--out", tmp_path / "out", "--no-figures")
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_the_run_goes_on_alone_with_its_own_draws(folder, tmp_path):
    done = called(
        "branch", folder, "--run", 2, "--at", "2026-08-03", "--own-draws", "--out", tmp_path / "o", "--no-figures"
    )
    assert done.exit_code == 0, done.output
    same(article10.load(folder), article10.load(tmp_path / "o"), (2, 0))


def test_the_dashboard_says_that_it_opens_no_branch(folder, tmp_path):
    state = article10.load(folder).state(2, "2026-08-03")
    article10.branch(state, 2).write(tmp_path / "branch", figures=False)
    with pytest.raises(ScenarioError, match="is a branch"):
        opened(Asked(str(tmp_path / "branch")))


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("--run", 4, "--at", "2026-08-03"), "run = 4: the result holds runs 0 to 3"),
        (("--at", "2026-08-03", "--own-draws", "--runs", 2), "--runs: of no use with --own-draws"),
        (("--at", "2027-06-01"), "to before 2027-06-01"),
        (("--at", "2026-08-03", "--set", "horizon=2030-01-01"), "horizon: cannot be changed"),
        (("--at", "2026-08-03", "--with", "no_such"), "no_such"),
    ],
)
def test_a_wrong_branch_is_refused_in_one_line(folder, words, because, tmp_path):
    told = called("branch", folder, *words, "--out", tmp_path / "out")
    assert told.exit_code == 2
    assert because in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()
