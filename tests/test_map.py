"""The map: every look stands out from its neighbours, and the legend says what each means."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import article10
from article10.model.accession_model import AccessionModel
from article10.model.setup import Setup
from article10.runs.ensemble.rerun import rerun
from article10.runs.figures.animation import MovingMap
from article10.runs.figures.map import BORDER, CANDIDATE, OUTSIDER, OUTSIDER_STRIPES, SEA, STRIPES, candidates
from article10.runs.figures.stance_colours import colour_of
from article10.runs.interactive.dashboard import drawings
from article10.runs.stories.replay import RECORD

SHORT = {"horizon": "2026-02-01"}
PLAINLY = 3.0
"""Contrast that WCAG 2.1 asks of what is not text (1.4.11)."""


def luminance(colour):
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(scope="module")
def result():
    return article10.simulate("baseline", 3, 7, changes=SHORT)


def test_contrast_is_that_of_wcag():
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("neighbour", [SEA, OUTSIDER, BORDER])
def test_members_of_any_stance_stand_out_from_their_neighbours(neighbour):
    assert min(contrast(colour_of(stance), neighbour) for stance in np.linspace(-1, 1, 201)) >= PLAINLY


@pytest.mark.parametrize("ground", [SEA, OUTSIDER])
@pytest.mark.parametrize("mark", [OUTSIDER_STRIPES, CANDIDATE, "white"])
def test_outsiders_the_candidate_and_words_stand_out_from_the_ground(mark, ground):
    assert contrast(mark, ground) >= PLAINLY


def test_what_is_drawn_has_these_colours(result):
    axes = result.plot.map()
    faces = {tuple(np.round(face, 6)) for drawn in axes.collections for face in drawn.get_facecolor()}
    assert to_rgb(axes.get_facecolor()) == to_rgb(SEA)
    assert tuple(np.round((*to_rgb(OUTSIDER), 1), 6)) in faces


@pytest.mark.parametrize(
    ("scenario", "codes"),
    [
        ("baseline", {"UKR"}),
        ("finland_2022", {"FIN"}),
        ("finland_2022_at_signing", {"FIN"}),
        ("sweden_2022", {"SWE"}),
        ("vilnius_2003", {"ROU"}),
        ("adriatic_2008", {"ALB", "HRV"}),
        ("visegrad_1997", {"CZE", "HUN", "POL"}),
    ],
)
def test_the_candidate_has_an_outline_in_every_scenario(scenario, codes):
    given = article10.read_scenario(scenario)
    horizon = given.date_of(4)
    assert candidates(given.candidate.name) == codes
    axes = article10.simulate(given, 2, 7, changes={"horizon": horizon}).plot.map()
    outlines = [drawn for drawn in axes.collections if np.allclose(drawn.get_edgecolor()[:, :3], to_rgb(CANDIDATE))]
    assert len(outlines) == len(codes)
    assert f"candidate: {given.candidate.name}" in [text.get_text() for text in axes.get_legend().get_texts()]
    drawn = drawings.map_svg(AccessionModel(scenario, changes={"horizon": horizon}))
    assert drawn.count(f'stroke="{CANDIDATE}"') == len(codes)


def test_members_that_object_because_of_the_war_are_striped(result):
    setup = Setup.of(result.scenario)
    barred = setup.barred_at(float(np.median(result.data["war_intensity"][:, -1])))
    assert barred
    assert not setup.barred_at(result.scenario.war.ceasefire_intensity)
    striped = [drawn for drawn in result.plot.map().collections if drawn.get_hatch() == STRIPES]
    in_the_corner = {"USA", "CAN"}
    assert len(striped) == len(set(barred) - in_the_corner)
    model = AccessionModel("baseline", changes=SHORT)
    own = model.world.bars_states_at_war.sum()
    assert 0 < own < len(model.setup.roster)
    drawn = drawings.map_svg(model)
    assert drawn.count("objects because of the war") == own
    striped = re.findall(r'class="a10-bars" data-code="(\w+)"[^>]*pointer-events="none"/>', drawn)
    assert len(striped) == len(set(striped)) == own


def test_frames_stripe_members_only_while_the_war_is_hot(result):
    again = rerun(result, 0, RECORD)
    picture = MovingMap(again, "")
    picture.barred[1] = False
    own = again.data["barred_by_war"].to_numpy()[0, 0] == 1
    assert own.any()
    for step, expected in ((0, set(again.data["member"].to_numpy()[own])), (1, set())):
        picture.show(step)
        assert {code for code, shape in picture.countries.items() if shape.get_hatch() == STRIPES} == expected


def test_the_legend_says_what_each_look_means(result):
    words = [text.get_text() for text in result.plot.map().get_legend().get_texts()]
    assert words == [
        "member, coloured by stance",
        "objects because of the war",
        "state without a ballot",
        "candidate: Ukraine",
        "sea, and countries not in the model",
    ]
