"""In a notebook objects show themselves, and errors are one message."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

import article10
from article10.agents.member_parameters import StanceParameters
from article10.runs.batches.error import BatchError
from article10.runs.output.folder import OutputError

ENDLESS = {"br", "img"}


class Balance(HTMLParser):
    """Counts elements that are opened and not closed."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ENDLESS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def text_of(thing):
    page = Balance()
    page.feed(thing._repr_html_())
    assert page.open == []
    return " ".join(page.text)


@pytest.fixture(scope="module")
def result():
    return article10.simulate("baseline", 20, 7, changes={"horizon": "2027-12-06"})


def test_a_group_of_parameters_shows_value_default_range_unit_and_meaning():
    text = text_of(StanceParameters(peer_rate=0.75))
    assert "0.75 (default 0.5)" in text
    assert "0.1 to 1" in text
    assert "1/year" in text
    assert "weighted mean of the others' stances" in text
    assert text.count("default") == 1


def test_a_scenario_shows_what_it_changes_and_its_events():
    text = text_of(article10.read_scenario("no_pressure"))
    assert "no_pressure" in text
    assert re.search(r"russia\.strategy\s+inert\s+forward_looking", text)
    assert "32 members" in text
    assert "russian_advance" in text
    assert "stance.peer_rate" not in text, "it is not changed"


def test_a_scenario_shows_given_ballots_and_overridden_members():
    scenario = article10.read_scenario("baseline", {"ballots.HUN": "acquiesce", "roster.SVK.stance": 0.25})
    text = text_of(scenario)
    assert re.search(r"HUN\s+acquiesce", text)
    assert re.search(r"SVK\s+stance 0\.25", text)


def test_what_a_user_writes_cannot_break_the_page():
    text = text_of(article10.read_scenario("baseline", {"title": "<script>alert(1)</script>"}))
    assert "<script>alert(1)</script>" in text, "as text, not as an element"


def test_a_result_shows_shares_with_intervals_holdouts_and_a_small_picture(result):
    text = text_of(result)
    assert "20 runs, seed 7" in text
    share = result.outcomes["accession_date"].notna().mean()
    assert re.search(rf"accession\s+{share:.1%}\s+0\.0% to ", text)
    assert "Slovakia" in text
    (picture,) = re.findall(r'src="data:image/png;base64,([^"]+)"', result._repr_html_())
    content = base64.b64decode(picture)
    assert content.startswith(b"\x89PNG")
    assert len(content) < 100_000


def test_a_result_without_stances_has_no_picture():
    result = article10.simulate("baseline", 4, 7, changes={"horizon": "2026-12-07"}, record=())
    assert "<img" not in result._repr_html_()


def test_a_design_shows_how_much_it_runs_and_what_it_varies():
    design = article10.Design(
        scenarios=("baseline", "no_pressure"),
        runs=200,
        grid={"stance.peer_rate": (0.2, 0.8)},
        sample=article10.Sample(n=4, ranges=["stance.shock"]),
    )
    text = text_of(design)
    assert "16 points × 200 runs = 3,200 runs" in text
    assert "baseline, no_pressure" in text
    assert "stance.peer_rate" in text
    assert "0.05 to 0.2" in text


@pytest.mark.parametrize("error", [article10.ScenarioError, BatchError, OutputError])
def test_an_error_of_ours_is_one_line_in_a_notebook(error):
    assert error("no such thing")._render_traceback_() == [f"{error.__name__}: no such thing"]


def test_ipython_shows_that_line_alone(capsys):
    shell_of = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell
    shell = shell_of()
    shell.run_cell("import article10; article10.read_scenario('basline')")
    shown = capsys.readouterr().out
    assert "did you mean 'baseline'?" in shown
    assert "Traceback" not in shown
    assert len(shown.strip().splitlines()) == 1
