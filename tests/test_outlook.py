"""The outlook of actors that look ahead: fitted on the model's own runs, shipped, used, and reached from elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from article10.agents.outlook import OUTLOOK_YEARS, TERMS, Outlook, Prospect
from article10.model import schedule
from article10.model.edition import read_edition
from article10.model.randomness import draw
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.evidence.outlook_fit import fit, write_outlook

SHIPPED = ("2025-12", "2026-12")
PLAIN = Outlook((0.5, 1.0, 2.0, -0.5, -0.25, -1.0, 0.75), (-1.0, 0.0, 0.5, 1.0, 0.5, 0.25, 0.0))


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
    assert PLAIN.hot_years(seen(0))[0] == pytest.approx(OUTLOOK_YEARS / (1.0 + np.exp(1.0)))


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
    rows = [{"term": term, "accession": "0", "hot_war": "0"} for term in TERMS]
    assert Outlook.of(rows).accession == (0.0,) * len(TERMS)
    with pytest.raises(ValueError, match="a row for each of intercept"):
        Outlook.of(rows[:-1])


def test_a_written_table_is_read_again(tmp_path):
    write_outlook(PLAIN, tmp_path / "outlook.csv")
    lines = (tmp_path / "outlook.csv").read_text("utf-8").splitlines()
    names = lines[0].split(",")
    assert Outlook.of([dict(zip(names, line.split(","), strict=True)) for line in lines[1:]]) == PLAIN


def stepped(outlook: Outlook | None, weeks: int = 260) -> World:
    setup = replace(Setup.of(read_scenario("baseline")), own_outlook=outlook)
    world = World.start(setup, draw(setup.streams, 3, range(64)))
    schedule.begin(world)
    for _ in range(weeks):
        schedule.step(world)
    return world


def test_scrambling_the_table_changes_results():
    shipped = Outlook.of(read_edition(None).table("outlook"))
    mixed = np.random.default_rng(1).permutation(len(TERMS))
    scrambled = Outlook(*(tuple(np.array(one)[mixed].tolist()) for one in (shipped.accession, shipped.hot_war)))
    usual, other = stepped(shipped), stepped(scrambled)
    assert (usual.russia.used != other.russia.used).any(axis=1).mean() > 0.5
    assert (usual.members.stance != other.members.stance).any()
    same = stepped(None)
    assert same.members.stance.tobytes() == usual.members.stance.tobytes()


@pytest.mark.slow
def test_the_fit_reaches_the_shipped_table_from_zeros_and_from_noise():
    """A smaller fit than the shipped one; compared is the chance of accession in states that runs often visit."""
    shipped = Outlook.of(read_edition("2026-12").table("outlook"))
    noise = np.random.default_rng(2).normal(0.0, 1.5, (2, len(TERMS)))
    starts = Outlook((0.0,) * len(TERMS), (0.0,) * len(TERMS)), Outlook(*(tuple(row.tolist()) for row in noise))
    few = {"points": 6, "runs": 8, "most_rounds": 5, "scenarios": ("baseline",)}
    visited = [(n, stage) for stage, numbers in enumerate(((2, 5, 10), (0, 2, 5), (0, 1))) for n in numbers]
    usual = [
        seen(n, invited=stage == 1, signed=stage == 2, hot=hot, intensity=0.8 if hot else 0.1)
        for n, stage in visited
        for hot in (False, True)
    ]
    chances = []
    for start in starts:
        rounds = fit("2026-12", start=start, **few)
        assert rounds[-1].moved < 0.25 * rounds[0].moved
        chances.append([float(rounds[-1].fitted.chance(each)[0]) for each in usual])
    from_zeros, from_noise = np.array(chances)
    wanted = np.array([float(shipped.chance(each)[0]) for each in usual])
    assert np.abs(from_zeros - from_noise).mean() < 0.05
    assert np.abs(from_zeros - wanted).mean() < 0.12
