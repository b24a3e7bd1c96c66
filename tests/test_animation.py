"""A run as a moving map: true to the run, whole or not there."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.animation import FFMpegWriter
from matplotlib.colors import to_hex
from PIL import Image

import article10
from article10.runs.ensemble.rerun import rerun
from article10.runs.figures.animation import MovingMap, monthly
from article10.runs.figures.stance_colours import colour_of
from article10.runs.stories.replay import RECORD

SHORT = {"horizon": "2026-05-25"}


@pytest.fixture(scope="module")
def result():
    return article10.simulate("baseline", 3, 7, changes=SHORT)


@pytest.fixture(scope="module")
def one_run(result):
    return rerun(result, 2, RECORD)


def test_a_gif_has_a_frame_for_every_month_and_progress_is_told(result, tmp_path):
    told = []
    path = result.animate(2, tmp_path / "run.gif", progress=lambda done, of: told.append((done, of)))
    with Image.open(path) as picture:
        assert (picture.n_frames, picture.info["duration"]) == (7, 160)  # December to May, and the horizon
    assert told == [(k, 7) for k in range(1, 8)]
    assert [p.name for p in tmp_path.iterdir()] == ["run.gif"]


def test_frames_are_the_first_steps_of_months_and_the_last_step(one_run):
    days = one_run.data["step"].to_numpy()[monthly(one_run)].astype("datetime64[D]").astype(str)
    assert list(days) == [
        *("2025-12-01", "2026-01-05", "2026-02-02", "2026-03-02", "2026-04-06", "2026-05-04"),
        "2026-05-25",
    ]


def test_a_frame_shows_the_stances_of_its_day(result, one_run):
    picture = MovingMap(one_run, "")
    picture.show(20)
    stance = result.data["stance"].to_numpy()[2, 20]
    for code, value in zip(result.data["member"].to_numpy(), stance, strict=True):
        assert to_hex(picture.countries[code].get_facecolor()[0]) == to_hex(colour_of(value))
    assert picture.date.get_text() == "April 2026"
    assert picture.stage_text.get_text() == "aspirant"


def test_a_frame_tells_no_news_from_the_future(one_run):
    picture = MovingMap(one_run, "")
    assert any("Hungary votes" in line for line in picture.lines(picture.days[21]))
    assert not any("Hungary votes" in line for line in picture.lines(picture.days[15]))
    assert picture.lines(picture.days[0]) == [] or all("Dec 2025" in line for line in picture.lines(picture.days[0]))


def test_a_run_made_again_is_that_run(result, one_run):
    assert np.array_equal(one_run.data["stance"].to_numpy()[0], result.data["stance"].to_numpy()[2])


def test_an_interrupted_animation_leaves_nothing(result, tmp_path):
    def stop(done, of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        result.animate(0, tmp_path / "run.gif", progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("run", "name", "message"),
    [(3, "run.gif", "runs 0 to 2"), (0, "run.avi", r"\.gif or \.mp4"), (0, "no/run.gif", "no folder")],
)
def test_what_cannot_be_animated_is_refused(result, tmp_path, run, name, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        result.animate(run, tmp_path / name)


def test_without_ffmpeg_an_mp4_is_refused_with_the_way_out(result, tmp_path, monkeypatch):
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(FileNotFoundError, match=r"ffmpeg.*not installed; a \.gif"):
        result.animate(0, tmp_path / "run.mp4")


@pytest.mark.skipif(not FFMpegWriter.isAvailable(), reason="ffmpeg is not installed")
def test_with_ffmpeg_an_mp4_is_written(result, tmp_path):
    path = result.animate(0, tmp_path / "run.mp4")
    assert b"ftyp" in path.read_bytes()[:12]


def test_a_strategy_that_was_passed_is_asked_for_again(tmp_path):
    mine = article10.simulate("baseline", 1, 7, changes=SHORT, strategy=lambda known: known.exposure)
    with pytest.raises(ValueError, match="give it again as strategy="):
        mine.animate(0, tmp_path / "run.gif")
