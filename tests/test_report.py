"""The report: one page that fetches nothing and says what the runs say."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

import article10
from article10.runs.command_line import app
from article10.runs.report.report import report
from article10.runs.summary import summarise


@pytest.fixture(scope="module")
def made():
    return report("holdout_turnover", 40, 3, changes={"horizon": "2029-12-01"})


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.images = [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.found += [values[name] for name in ("src", "href") if name in values]
        if tag == "img":
            self.images.append(values)


def test_the_page_fetches_nothing(made):
    links = Links()
    links.feed(made.html())
    assert links.images
    assert all(link.startswith("data:image/png;base64,") for link in links.found)
    assert not re.search(r"@import|url\(|<script", made.html())


def test_every_picture_is_whole_and_has_words_for_those_who_cannot_see_it(made):
    links = Links()
    links.feed(made.html())
    for image in links.images:
        assert image["alt"]
        assert base64.b64decode(image["src"].split(",", 1)[1]).startswith(b"\x89PNG")
    assert any("map of Europe" in image["alt"] for image in links.images)


def test_the_headline_says_what_the_runs_say(made):
    last = summarise(made.result).milestones.iloc[-1]
    cards = {card.label: card for card in made.headline()}
    assert cards["invitation by December 2029"].value == f"{last['invitation']:.0%}"
    assert cards["ballots that Russia has"].value == "0 of 32"
    assert all(card.value in made.html() for card in cards.values())


def test_every_parameter_stands_on_the_page_with_its_source_and_what_differs_from_the_baseline(made):
    page = made.html()
    assert "stance.peer_rate" in page
    assert "Walt 1987" in page
    assert "hungary" in page.lower()
    assert article10.read_scenario("holdout_turnover").events[-1].name in page


def test_the_command_on_the_page_gives_the_same_numbers(made, tmp_path):
    words = made.command().splitlines()[1].split()[1:]
    out = tmp_path / "again.html"
    done = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert [card.value for card in made.headline()] == re.findall(r"<li><b>(.*?)</b>", out.read_text("utf-8"))


def test_a_page_that_exists_is_not_overwritten_and_nothing_runs(tmp_path):
    page = tmp_path / "report.html"
    page.write_text("mine")
    done = CliRunner().invoke(app, ["report", "--out", str(page), "--runs", "100000"])
    assert done.exit_code == 2
    assert "exists already" in done.output
    assert page.read_text() == "mine"
    assert CliRunner().invoke(app, ["report", "--out", str(tmp_path / "none" / "r.html")]).exit_code == 2


def test_what_is_the_baseline_is_said_to_be_without_an_empty_table():
    page = report("baseline", 20, 3, changes={"horizon": "2025-12-29"}).html()
    assert "<thead><tr></tr></thead>" not in page
    assert not re.search(r"<tbody></tbody>", page)
