"""The brief: its words follow the signs and the intervals of its numbers, and it is written whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

import article10
from article10.model.scenario import all_declarations
from article10.runs.command_line import app
from article10.runs.report.brief import Brief
from article10.runs.report.frequencies import frequency

SHORT = {"horizon": "2031-06-01"}


@pytest.fixture(scope="module")
def made():
    return article10.brief("baseline", 60, 3, changes=SHORT)


def with_effect(made, mean, low, high):
    """The brief with another effect of Russia on the first outcome, and of every lever on it."""
    influence = made.report.influence
    total = {name: replace(d, mean=mean, low=low, high=high, differ=9) for name, d in influence.total.items()}
    ranking = made.report.analyses["rank_influence"]
    levers = ranking.levers.assign(difference=mean, difference_low=low, difference_high=high)
    found = {"influence": replace(influence, total=total), "rank_influence": replace(ranking, levers=levers)}
    return Brief(replace(made.report, analyses={**made.report.analyses, **found}))


def test_an_effect_of_the_other_sign_has_other_words(made):
    up, down = with_effect(made, 0.1, 0.05, 0.15).sections(), with_effect(made, -0.1, -0.15, -0.05).sections()
    for heading, words in (("Who does not", ("raises", "lowers")), ("What would change it most", ("falls", "rises"))):
        one, other = " ".join(up[heading]), " ".join(down[heading])
        assert words[0] in one
        assert words[1] not in one
        assert words[1] in other
        assert words[0] not in other
    assert "10.0 [5.0, 15.0] percentage points" in " ".join(down["What would change it most"])


def test_an_effect_that_is_not_detected_has_no_direction(made):
    said = with_effect(made, 0.02, -0.03, 0.07).sections()
    text = " ".join(said["Who does not"] + said["What would change it most"])
    assert "not distinguishable from zero" in text
    assert "can distinguish from zero" in text
    for word in ("raises", "lowers", "rises", "falls"):
        assert word not in text


def test_no_sentence_judges(made):
    text = made.markdown().lower()
    for word in ("very", "significant", "dramatic", "strong", "slight", "unlikely", "likely", "huge", "only a"):
        assert f" {word} " not in text


def test_a_size_that_is_assumed_counts_as_an_assumption(made):
    sources = [d.meta.source.lower() for d in all_declarations(made.scenario)]
    assumed = sum("assumption" in source or "assumed" in source for source in sources)
    assert assumed > sum(source.startswith("assumption") for source in sources)
    assert f"Of {len(sources)} parameters, {assumed} are assumed" in " ".join(made.sections()["How far to trust it"])


def test_the_bottom_line_says_the_share_of_the_runs(made):
    share = made.report.result.outcomes["invitation_date"].notna().mean()
    line = " ".join(made.sections()["The bottom line"])
    assert frequency(share) in line
    assert f"({share:.1%} [" in line
    assert f"; {made.report.plausible.of_share('invitation')} over plausible parameters)" in line


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "no run"),
        (1 / 3, "about 3 runs in 10"),
        (0.2, "about 1 run in 5"),
        (0.5, "about 5 runs in 10"),
        (1.0, "every run"),
    ],
)
def test_frequencies(share, words):
    assert frequency(share) == words


def test_frequencies_never_contradict_the_share():
    for percent in range(1, 100):
        words = frequency(percent / 100)
        numbers = [int(word) for word in words.split() if word.isdigit()]
        said = numbers[0] / numbers[1]
        said = 1 - said if words.startswith("all but") else said
        assert said == pytest.approx(percent / 100, abs=0.051)


def test_it_is_written_as_text_and_as_a_page(made, tmp_path):
    text = made.save(tmp_path / "b.md").read_text("utf-8")
    page = made.save(tmp_path / "b.html").read_text("utf-8")
    for heading, said in made.sections().items():
        assert f"## {heading}" in text
        assert f"<h2>{heading}</h2>" in page
        assert said[0] in text
    assert "http" not in page
    with pytest.raises(ValueError, match=r"\.md"):
        made.save(tmp_path / "b.pdf")


def test_the_command_prints_or_writes_and_replaces_only_its_own(tmp_path):
    words = ["brief", "no_pressure", "--runs", "4", "--set", "horizon=2028-01-01"]
    printed = CliRunner().invoke(app, words)
    assert printed.exit_code == 0
    assert "Who decides" in printed.output
    path = tmp_path / "brief.md"
    assert CliRunner().invoke(app, [*words, "--out", str(path)]).exit_code == 0
    assert CliRunner().invoke(app, [*words, "--out", str(path)]).exit_code == 2
    assert CliRunner().invoke(app, [*words, "--out", str(path), "--force"]).exit_code == 0
    path.write_text("mine", "utf-8")
    assert CliRunner().invoke(app, [*words, "--out", str(path), "--force"]).exit_code == 2
    assert path.read_text("utf-8") == "mine"
