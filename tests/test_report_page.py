"""The page of a report in a headless Chromium: on a screen, on a telephone, and in print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import PROGRAM, Chromium, chromium

from article10.runs.report.brief import Brief
from article10.runs.report.report import Report, report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning"),
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
]

MOST_PAGES = 6
"""Pages of A4 that the body may take, two scenarios side by side included."""

PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def made() -> Report:
    return report("baseline", 60, 1, against="no_pressure")


@pytest.fixture(scope="module")
def page(made: Report, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    folder = tmp_path_factory.mktemp("report")
    saved = made.save(folder / "report.html")
    with chromium(folder / "profile") as browser:
        browser.open(saved.as_uri())
        browser.wait("document.readyState === 'complete'")
        yield browser


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_is_wider_than_the_window(page: Chromium, width: int):
    page.resize(width)
    assert page.run("document.documentElement.scrollWidth") <= width
    assert page.run("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert [url.rpartition("/")[2] for url in page.strangers()] == ["report.html"]
    assert page.errors == []


def test_a_link_to_a_table_opens_it(page: Chromium):
    page.run("document.querySelector('a[href=\"#table-every-parameter\"]').click()")
    page.wait("document.getElementById('table-every-parameter').closest('details').open")


def test_print_keeps_the_assumptions_and_every_other_table(page: Chromium):
    page.run("document.querySelectorAll('details').forEach(each => { each.open = false; })")
    heights = (
        "[...document.querySelectorAll('table')].map(table => table.checkVisibility({contentVisibilityAuto: true}))"
    )
    assert not all(page.run(heights))
    page.call("Emulation.setEmulatedMedia", media="print")
    shown = page.run(heights)
    page.call("Emulation.setEmulatedMedia", media="")
    assert len(shown) > 10
    assert all(shown)


def test_the_body_prints_on_six_pages_and_the_appendix_begins_on_a_new_one(page: Chromium):
    every = len(PAGE_OF_PDF.findall(page.pdf()))
    page.run("document.getElementById('appendix').remove()")
    body = len(PAGE_OF_PDF.findall(page.pdf()))
    assert 3 <= body <= MOST_PAGES
    assert every > body + 4


def test_the_brief_prints_on_one_sheet(page: Chromium, made: Report, tmp_path: Path):
    page.open(Brief(made).save(tmp_path / "brief.html").as_uri())
    page.wait("document.readyState === 'complete' && location.pathname.endsWith('brief.html')")
    assert len(PAGE_OF_PDF.findall(page.pdf())) == 1
