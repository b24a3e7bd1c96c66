"""The documentation site builds strictly, holds every page, and asks nothing of the network."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from chromium import HERE, PROGRAM, chromium

import article10

ROOT = Path(__file__).parent.parent
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}

pytestmark = pytest.mark.slow


class Fetches(HTMLParser):
    """What a browser asks for when it opens a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in FETCHED and given.get(FETCHED[tag]) and given.get("rel") not in ("canonical", "prev", "next"):
            self.found.append(given[FETCHED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("material")
    folder = tmp_path_factory.mktemp("site")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "NO_MKDOCS_2_WARNING": "1",
        "http_proxy": "http://127.0.0.1:9",
    }
    environment["https_proxy"] = environment["http_proxy"]
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def text_of(site, page):
    return (site / page / "index.html").read_text("utf-8")


def test_every_page_of_the_docs_and_every_notebook_is_on_the_site(site):
    docs = ROOT / "docs"
    for page in docs.rglob("*.md"):
        place = page.relative_to(docs).with_suffix("")
        assert (site / (place.parent if place.name == "README" else place) / "index.html").exists(), page
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert (site / "tutorial" / notebook.stem / "index.html").exists(), notebook


def test_the_reference_describes_every_public_name(site):
    text = "".join(text_of(site, f"reference/{page}") for page in ("model", "runs", "analyses"))
    missing = [name for name in article10.__all__ if f"article10.{name}" not in text]
    assert missing == []
    assert "Run k depends only on the scenario, the seed and k" in text, "a docstring"


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        reader = Fetches()
        reader.feed(page.read_text("utf-8"))
        assert [url for url in reader.found if "://" in url or url.startswith("//")] == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", style.read_text("utf-8")), style
        assert not re.search(r"@import[^;]*//", style.read_text("utf-8")), style


def test_everything_that_is_fetched_is_there(site):
    for page in site.rglob("index.html"):
        reader = Fetches()
        reader.feed(page.read_text("utf-8"))
        base = f"/{page.relative_to(site).as_posix()}"
        for url in reader.found:
            if not url.startswith("data:"):
                target = urldefrag(urljoin(base, url)).url.split("?")[0].lstrip("/")
                assert (site / target).exists(), (page, url)


def test_links_to_notebooks_lead_to_the_tutorial(site):
    linked = re.findall(r'href="([^"]*tutorial/[^"]*)"', text_of(site, "."))
    assert linked
    assert not re.search(r'href="[^"]*\.ipynb"', text_of(site, "."))


def test_the_first_page_shows_a_picture_and_the_two_commands(site):
    page = text_of(site, ".")
    assert re.search(r'<img [^>]*src="gallery/accession.png"', page)
    assert [command for command in ("make run", "make test") if command not in re.sub("<[^>]+>", "", page)] == []


def test_a_search_for_veto_finds_the_accession_rule_and_the_glossary(site):
    sections = json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]
    found = {s["location"] for s in sections if re.search(r"\bveto\b", f"{s['title']} {s['text']}", re.I)}
    assert {"odd/#312-the-accession-rule", "glossary/#who-decides"} <= found


def test_outputs_of_the_tutorial_wrap(site):
    printed = re.findall(r'<div class="output"><pre>(.*?)</pre></div>', text_of(site, "tutorial/05_your_own_mechanism"))
    assert any("mean stance in 2036" in text for text in printed)
    assert re.search(r"\.output pre \{[^}]*white-space: pre-wrap", (site / "wide.css").read_text("utf-8"))


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium")
def test_the_parameters_are_readable(site, tmp_path):
    files = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    tables = "[...document.querySelectorAll('.md-typeset__scrollwrap')]"
    names = "[...document.querySelectorAll('td:first-child code')]"
    meanings = "[...document.querySelectorAll('td:nth-child(6)')]"
    with ThreadingHTTPServer((HERE, 0), files) as server, chromium(tmp_path) as page:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for width in (1440, 390):
            page.open(f"http://{HERE}:{server.server_port}/parameters/", width)
            page.wait(f"document.readyState == 'complete' && {tables}.length > 10")
            assert page.run(f"{names}.every(name => name.getClientRects().length == 1)"), "a name is broken"
            assert page.run(f"{meanings}.every(cell => cell.clientWidth >= 150)"), "one word to a line"
            if width == 1440:
                assert page.run(f"{tables}.every(table => table.scrollWidth <= table.clientWidth)"), "cut off"
        server.shutdown()
