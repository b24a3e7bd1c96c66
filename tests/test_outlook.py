"""The outlook of actors that look ahead: fitted on the model's own runs, shipped, used, and reached from elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from article10.agents.outlook import OUTLOOK_YEARS, TERMS, WAR_TERMS, Outlook, Prospect
from article10.model import schedule
from article10.model.edition import read_edition
from article10.model.first_day import first_day
from article10.model.randomness import draw
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.evidence.outlook_fit import fit, write_outlook

SHIPPED = ("2025-12", "2026-12")
PLAIN = Outlook((0.5, 1.0, 2.0, -0.5, -0.25, -1.0, 0.75), (-1.0, 1.0, 0.5))


def seen(objectors: float, *, invited=False, signed=False, hot=False, intensity=0.1, hot_line=0.35) -> Prospect:
    flags = (np.array([flag]) for flag in (invited, signed, hot))
    return Prospect(*flags, np.array([intensity]), np.array([float(objectors)]), hot_line)


def odds(chance: np.ndarray) -> float:
    return float(np.log(chance / (1.0 - chance))[0])


def test_the_chance_is_a_logit_of_stage_war_and_objectors():
    assert odds(PLAIN.chance(seen(0))) == pytest.approx(0.5)
    assert odds(PLAIN.chance(seen(3, invited=True))) == pytest.approx(0.5 + 1.0 - 2.0)
    assert odds(PLAIN.chance(seen(3, signed=True))) == pytest.approx(0.5 + 2.0 - 2.0 + 1.5)
    half = 0.35 + 0.65 / 2
    assert odds(PLAIN.chance(seen(0, hot=True, intensity=half))) == pytest.approx(0.5 - 0.5 - 0.125)
    assert odds(PLAIN.chance(seen(-0.5))) == odds(PLAIN.chance(seen(0)))


def test_how_the_war_goes_on_is_foreseen_from_the_war_alone():
    assert PLAIN.hot_years(seen(0))[0] == pytest.approx(OUTLOOK_YEARS / (1.0 + np.exp(1.0)))
    half = 0.35 + 0.65 / 2
    assert odds(PLAIN.hot_years(seen(0, hot=True, intensity=half)) / OUTLOOK_YEARS) == pytest.approx(-1.0 + 1.0 + 0.25)
    for other in (seen(7), seen(0, invited=True), seen(3, signed=True)):
        assert PLAIN.hot_years(other) == PLAIN.hot_years(seen(0))


def test_a_pause_is_the_same_without_the_war():
    both = PLAIN.chance(seen(2, hot=True, intensity=0.9).and_paused())
    assert both[0] == PLAIN.chance(seen(2, hot=True, intensity=0.9))
    assert both[1] == PLAIN.chance(seen(2))


@pytest.mark.parametrize("edition", SHIPPED)
def test_the_shipped_outlook_says_what_politics_would(edition):
    """Fewer objectors, an invitation and a signature make accession likelier; a hot war lasts."""
    shipped = Outlook.of(read_edition(edition).table("outlook"))
    by_number = [shipped.chance(seen(n))[0] for n in (0, 1, 3, 8, 20)]
    assert all(np.diff(by_number) < 0)
    stages = [shipped.chance(seen(1, **stage))[0] for stage in ({}, {"invited": True}, {"signed": True})]
    assert all(np.diff(stages) > 0)
    assert shipped.hot_years(seen(3, hot=True, intensity=0.8)) > shipped.hot_years(seen(3))


def test_a_table_with_another_term_is_refused():
    rows = [{"term": term, "accession": "0", "hot_war": "0" if term in WAR_TERMS else ""} for term in TERMS]
    assert Outlook.of(rows) == Outlook((0.0,) * len(TERMS), (0.0,) * len(WAR_TERMS))
    with pytest.raises(ValueError, match="a row for each of intercept"):
        Outlook.of(rows[:-1])
    with pytest.raises(ValueError, match="hot_war: expected nothing in the rows invited, objectors"):
        Outlook.of([{**row, "hot_war": "1"} if row["term"] in ("invited", "objectors") else row for row in rows])
    with pytest.raises(ValueError, match="hot_war: expected a number in the rows war_is_hot"):
        Outlook.of([{**row, "hot_war": ""} if row["term"] == "war_is_hot" else row for row in rows])


def test_a_written_table_is_read_again(tmp_path):
    write_outlook(PLAIN, tmp_path / "outlook.csv")
    lines = (tmp_path / "outlook.csv").read_text("utf-8").splitlines()
    names = lines[0].split(",")
    assert Outlook.of([dict(zip(names, line.split(","), strict=True)) for line in lines[1:]]) == PLAIN


def stepped(outlook: Outlook | None, weeks: int = 260) -> World:
    setup = replace(Setup.of(read_scenario("baseline")), own_outlook=outlook)
    world = first_day(setup, draw(setup.streams, 3, range(64)))
    schedule.begin(world)
    for _ in range(weeks):
        schedule.step(world)
    return world


def test_scrambling_the_table_changes_results():
    shipped = Outlook.of(read_edition(None).table("outlook"))
    rng = np.random.default_rng(1)
    scrambled = Outlook(*(tuple(rng.permutation(one).tolist()) for one in (shipped.accession, shipped.hot_war)))
    usual, other = stepped(shipped), stepped(scrambled)
    assert (usual.russia.used != other.russia.used).any(axis=1).mean() > 0.5
    assert (usual.members.stance != other.members.stance).any()
    same = stepped(None)
    assert same.members.stance.tobytes() == usual.members.stance.tobytes()


@pytest.mark.slow
def test_the_fit_reaches_the_shipped_table_from_zeros_and_from_noise():
    """A smaller fit than the shipped one, of one scenario; compared over all moments that its runs came to."""
    shipped = Outlook.of(read_edition("2026-12").table("outlook"))
    rng = np.random.default_rng(2)
    noise = (tuple(rng.normal(0.0, 1.5, len(terms)).tolist()) for terms in (TERMS, WAR_TERMS))
    zeros = Outlook((0.0,) * len(TERMS), (0.0,) * len(WAR_TERMS))
    ends = []
    for start in (zeros, Outlook(*noise)):
        rounds = fit("2026-12", start=start, runs=8, most_rounds=5, scenarios=("baseline",))
        assert rounds[-1].moved < 0.1 * rounds[0].moved
        assert rounds[-1].distance(start) > 0.4
        assert rounds[-1].distance(shipped) < 0.08
        ends.append(rounds[-1])
    assert ends[0].distance(ends[1].fitted) < 0.08


@pytest.mark.slow
def test_the_shipped_table_stands_still():
    shipped = Outlook.of(read_edition("2026-12").table("outlook"))
    (only,) = fit("2026-12", start=shipped, most_rounds=1)
    assert only.moved < 0.004
