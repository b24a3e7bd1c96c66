"""The report: one page that fetches nothing and says what the runs say."""

from __future__ import annotations

import base64
import re
import shlex
import tomllib
from html import unescape
from html.parser import HTMLParser
from itertools import chain
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import article10
from article10.runs.command_line import app
from article10.runs.commands.application import parsed_changes
from article10.runs.ensemble.summary import summarise
from article10.runs.figures.style import new_axes, note_runs
from article10.runs.output.toml_value import toml_value
from article10.runs.report.assumptions import GIVEN, coded_stances, grounds_of_stances
from article10.runs.report.brief import Brief
from article10.runs.report.headline import first_objector, main_numbers
from article10.runs.report.pictures import drawn
from article10.runs.report.report import report, with_minus
from article10.runs.statistics.forms import PERCENT
from article10.runs.statistics.intervals import interval

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
    assert all(link.startswith(("data:image/svg+xml;base64,", "#")) for link in links.found)
    assert not re.search(r"@import|url\(|<script", made.html())


def test_every_picture_is_whole_and_has_words_for_those_who_cannot_see_it(made):
    links = Links()
    links.feed(made.html())
    for image in links.images:
        assert image["alt"]
        assert ET.fromstring(base64.b64decode(image["src"].split(",", 1)[1])).tag.endswith("svg")
    titles = [image["alt"] for image in links.images]
    assert "Probability that Ukraine is invited, has signed and is a member" in titles
    assert "Where members stand on 1 December 2029: median stance" in titles
    assert not [title for title in titles if set(title.split()) & set(made.scenario.members().iso3)]


def test_every_link_within_the_page_leads_somewhere(made):
    page = made.html()
    for anchor in {link[1:] for link in re.findall(r'href="(#[^"]+)"', page)}:
        assert page.count(f' id="{anchor}"') == 1


def test_it_opens_with_the_text_of_the_brief(made):
    page = unescape(made.html())
    said = [with_minus(text) for text in chain(*Brief(made).sections().values())]
    places = [page.index(text) for text in said]
    assert places == sorted(places)
    assert places[-1] < page.index('<section id="numbers">')


def test_the_main_numbers_say_what_the_runs_say(made):
    last = summarise(made.result).milestones.iloc[-1]
    numbers = main_numbers(made).frame
    stated = interval(last, "invitation", PERCENT)
    assert numbers.loc["invited by December 2029"].to_list() == [stated, made.plausible.of_share("invitation")]
    assert stated in made.html()


def test_one_quantity_has_one_number_throughout(made):
    body = made.html().partition('<section id="appendix">')[0]  # there, other quantities are close to these
    text = unescape(re.sub(r"<[^>]+>", " ", body))
    last, effects = summarise(made.result).milestones.iloc[-1], made.influence.total
    shares = [(last[name], last[f"{name}_low"], last[f"{name}_high"]) for name in ("invitation", "accession")]
    for stated in shares:
        said = "{:.1%} [{:.1%}, {:.1%}]".format(*stated)
        assert text.count(said) >= 3  # in the brief, among the main numbers, and in its section
        for other in ("{:.0%} [{:.0%}, {:.0%}]", "{:.2%} [{:.2%}, {:.2%}]"):
            assert other.format(*stated) not in text
    for d in effects.values():
        said = with_minus(
            "{:+.1f} [{:+.1f}, {:+.1f}]".format(*(100 * value + 0.0 for value in (d.mean, d.low, d.high)))
        )
        assert text.count(said) >= 1
        assert with_minus("{:+.0f} [{:+.0f}, {:+.0f}]".format(*(100 * v for v in (d.mean, d.low, d.high)))) not in text


def test_differences_are_percentage_points_and_intervals_say_what_they_cover(made):
    text = unescape(re.sub(r"<[^>]+>", " ", made.html()))
    past = text.index("Hindcasts: past rounds")  # skills there are ratios of scores, not differences of probabilities
    assert not re.search(r"[+−]\d+(\.\d+)?%", text[:past])
    for section in made.sections():
        if any("[" in sentence for sentence in section.sentences):
            assert "simulation uncertainty only; not how sure the model is of the world" in section.covers
        for table in section.tables:
            if any("[" in cell for row in table.rows for cell in row):
                assert table.covers
        for figure in section.figures:
            assert "95%" not in figure.note or "simulation uncertainty only" in figure.note


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
    opening, numbers = r"<header>.*?</header>", r'<section id="numbers">.*?</section>'
    for part in (opening, numbers):
        assert re.findall(part, made.html(), re.S) == re.findall(part, out.read_text("utf-8"), re.S)


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
    assert not any("invit" in name for name in main_numbers(made).frame.index)


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
    """The sentence on who objects most, in a world where some members are opposed and all others support."""
    changes = {"horizon": "2028-12-01", "accession.candidate_at_war": False, "roster.all.stance": 0.9}
    changes |= {
        f"roster.{code}.{key}": value for code in codes for key, value in (("stance", -0.8), ("stance_spread", 0.1))
    }
    return first_objector(article10.simulate(article10.read_scenario("baseline", changes), 20, 1))


def test_the_member_that_objects_most_is_named_only_where_it_is_told_from_the_next():
    assert objecting("HUN") == "Hungary objects most, by its own stance."
    close = objecting("HUN", "SVK")
    assert "not distinguishable" in close
    assert {"Hungary", "Slovakia"} <= set(re.findall(r"\w+", close))


def test_every_share_and_mean_has_its_interval_and_its_range(made):
    for _, (estimate, over) in main_numbers(made).frame.iterrows():
        assert re.search(r"\[[+-]?[\d.]+%?, [+-]?[\d.]+%?\]", estimate)
        assert re.fullmatch(r"(\d+% to )?\d+%|([+-]?\d+ to )?[+-]?\d+ percentage points", over)
    sections = {section.anchor: section.sentences for section in made.sections()}
    assert re.search(r"The war is hot for \d\.\d \[\d\.\d, \d\.\d\] years", " ".join(sections["when"]))
    assert re.search(r"by its own stance: [\w ]+ \d+% \[\d+%, \d+%\]", " ".join(sections["who"]))


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
