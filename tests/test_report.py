"""The report: one page that fetches nothing and says what the runs say."""

from __future__ import annotations

import base64
import re
import shlex
import tomllib
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

import article10
from article10.runs.command_line import app
from article10.runs.commands.application import parsed_changes
from article10.runs.ensemble.summary import summarise
from article10.runs.figures.style import new_axes, note_runs
from article10.runs.output.toml_value import toml_value
from article10.runs.report.assumptions import GIVEN, coded_stances, grounds_of_stances
from article10.runs.report.headline import first_objector, headline
from article10.runs.report.pictures import drawn
from article10.runs.report.report import report

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")


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
    cards = {card.label: card for card in headline(made.result, made.influence)}
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
    words = shlex.split(made.command().splitlines()[1])[1:]
    out = tmp_path / "again.html"
    done = CliRunner().invoke(app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert [card.value for card in headline(made.result, made.influence)] == re.findall(
        r"<li><b>(.*?)</b>", out.read_text("utf-8")
    )


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


def test_the_command_gives_truth_text_and_dates_so_that_they_are_read_again():
    changes = {
        "candidate.may_shelve": False,
        "title": "it's a test",
        "horizon": "2025-12-29",
        "war.ceasefire_rate": 0.5,
    }
    words = shlex.split(report("baseline", 4, changes=changes).command().splitlines()[1])
    assert parsed_changes(words[words.index("--set") + 1 : words.index("--runs") : 2]) == changes


def test_a_scenario_that_no_command_can_name_is_not_named_by_one():
    short = article10.read_scenario("baseline", {"horizon": "2025-12-29"})
    assert "article10 report" not in report(short, 4).command()


def test_where_no_council_was_held_nobody_is_said_to_object():
    made = report("finland_2022", 4, changes={"horizon": "2022-08-01"})
    who = next(section for section in made.sections() if section.anchor == "who")
    assert who.sentences == ["No council had the question before it: the bid was decided before the start."]
    assert (len(who.figures), len(who.tables)) == (1, 0)
    assert not any("invitation" in card.label for card in headline(made.result, made.influence))


def test_values_are_written_as_toml_reads_them():
    for value in (True, 0.25, 1e-9, 3, 'a "quoted" \\ name', "Türkiye", ["a", "b"], [0.1, False]):
        assert tomllib.loads(f"value = {toml_value(value)}")["value"] == value
    with pytest.raises(TypeError, match="no value of type NoneType"):
        toml_value(None)


def test_what_stances_rest_on_is_said_of_the_scenario_s_own():
    assert "19 of them on general knowledge" in grounds_of_stances(article10.read_scenario())
    finland = article10.read_scenario("finland_2022")
    assert "general knowledge" not in grounds_of_stances(finland)
    assert set(coded_stances(finland).frame["how the stance is known"]) == {GIVEN}
    one = article10.read_scenario("baseline", {"roster.HUN.stance": 0.5, "roster.POL.stance_spread": 0.1})
    known = coded_stances(one).frame["how the stance is known"]
    assert list(known.index[known == GIVEN]) == ["Hungary"]


def objecting(*codes):
    """The card on who objects most, in a world where some members are opposed and all others support."""
    changes = {"horizon": "2028-12-01", "accession.candidate_at_war": False, "roster.all.stance": 0.9}
    changes |= {
        f"roster.{code}.{key}": value for code in codes for key, value in (("stance", -0.8), ("stance_spread", 0.1))
    }
    return first_objector(article10.simulate(article10.read_scenario("baseline", changes), 20, 1))[0]


def test_the_member_that_objects_most_is_named_only_where_it_is_told_from_the_next():
    assert objecting("HUN").value == "Hungary"
    close = objecting("HUN", "SVK")
    assert close.value == "not distinguishable"
    assert {"Hungary", "Slovakia"} <= set(re.findall(r"\w+", close.interval))


def test_every_share_and_mean_has_its_interval(made):
    for card in headline(made.result, made.influence):
        assert card.label == "ballots that Russia has" or re.search(r"\d+%? to [−+]?\d+|\[\d+%, \d+%\]", card.interval)
    sections = {section.anchor: section.sentences for section in made.sections()}
    assert re.search(r"The war is hot for \d\.\d \[\d\.\d, \d\.\d\] years", " ".join(sections["when"]))
    assert re.search(r"by its own stance: \w+ \d+% \[\d+%, \d+%\]", " ".join(sections["who"]))


def test_the_words_of_a_figure_stand_on_the_page_and_long_labels_are_broken():
    axes = new_axes()
    axes.barh(["the present government of the United States"], [0.1])
    axes.set_title("Influence", loc="left")
    note_runs(axes, 40, "lines: 95% intervals")
    picture = drawn(lambda: axes, 40)
    assert (picture.title, picture.note) == ("Influence", "40 runs; lines: 95% intervals")
    assert axes.get_title(loc="left") == ""
    assert not axes.texts
    assert "\n" in axes.get_yticklabels()[0].get_text()
