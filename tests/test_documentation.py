"""What the documentation says is so."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

from article10.model.events import kinds
from article10.model.scenario_file import read_scenario, shipped
from article10.runs.batches.design import Design
from article10.runs.command_line import app
from article10.runs.statistics.intervals import TooFewRunsWarning

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        found += [(page.name, block) for block in re.findall(rf"^```{language}\n(.*?)^```", text, re.S | re.M)]
    return found


@pytest.mark.parametrize(("page", "block"), blocks("toml"), ids=lambda value: value[:20].strip())
def test_every_scenario_and_design_in_the_docs_can_be_read(page, block, tmp_path):
    path = tmp_path / "example.toml"
    path.write_text(block, "utf-8")
    if block.startswith("# A design"):
        assert Design.read(path).n_points > 1
    else:
        assert read_scenario(path).name == "example"


@pytest.mark.parametrize(("page", "block"), blocks("python"), ids=lambda value: value[:20].strip())
def test_every_piece_of_python_in_the_docs_runs(page, block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        exec(compile(re.sub(r"runs=[\d_]+", "runs=8", block), page, "exec"), {"__name__": "example"})


def test_every_kind_of_event_and_every_scenario_is_documented():
    events, scenarios = (ROOT / "docs" / name for name in ("events.md", "scenarios.md"))
    own = {kind for kind, cls in kinds().items() if cls.__module__.startswith("article10")}
    assert own == {kind for kind in own if f"| `{kind}` |" in events.read_text("utf-8")}
    assert all(f"`{name}`" in scenarios.read_text("utf-8") for name in shipped())


def test_the_page_of_parameters_is_what_the_command_prints():
    printed = CliRunner().invoke(app, ["parameters", "--markdown"]).stdout
    assert (ROOT / "docs" / "parameters.md").read_text("utf-8") == printed, (
        "out of date: article10 parameters --markdown > docs/parameters.md"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_gallery_is_what_its_command_writes_and_every_picture_is_shown():
    import gallery

    page = gallery.PAGE.read_text("utf-8")
    assert page == gallery.page(), "out of date: python docs/make/gallery.py"
    pictures = {path.name for path in gallery.FOLDER.iterdir()}
    assert pictures == set(re.findall(r"\(gallery/([^)]+)\)", page))


def test_the_protocol_names_the_phases_in_order():
    from article10.model import schedule

    text = (ROOT / "docs" / "odd.md").read_text("utf-8")
    named = re.findall(r"^\d+\. `(\w+)`", text, re.M)
    assert named == [name for name, _ in schedule.plan()]


def test_the_protocol_names_every_stream_and_every_mechanism():
    from article10.model.mechanisms import MECHANISMS
    from article10.model.setup import Setup

    text = (ROOT / "docs" / "odd.md").read_text("utf-8")
    streams = [s.name for s in Setup.of(read_scenario()).streams if not s.name.startswith("event:")]
    assert [name for name in [*streams, *MECHANISMS] if f"`{name}`" not in text] == []


def test_the_tables_of_the_protocol_are_those_of_the_declarations():
    from odd_tables import odd_page

    text = (ROOT / "docs" / "odd.md").read_text("utf-8")
    assert odd_page(text) == text, "out of date: python docs/make/odd_tables.py"


def test_the_protocol_s_generated_tables_name_every_state_variable():
    from dataclasses import fields

    from odd_tables import ENTITIES, attributes

    for cls in ENTITIES.values():
        assert set(attributes(cls)) == {field.name for field in fields(cls)}


def test_every_parameter_of_a_submodel_stands_in_the_protocol_s_prose():
    from article10.model.scenario import all_declarations

    text = (ROOT / "docs" / "odd.md").read_text("utf-8").partition("### 3.17")[0]
    prose = re.sub(r"<!-- table: \w+ -->.*?<!-- end -->", "", text, flags=re.S)
    keys = [d.key for d in all_declarations(read_scenario()) if not d.key.startswith("mechanisms.")]
    missing = [k for k in keys if not re.search(rf"`(\w+\.)*{k.split('.')[1]}`", prose)]
    assert missing == ["candidate.name"]


def test_the_statement_of_data_use_covers_every_table_and_every_one_that_is_read():
    from article10.model.edition import TABLES
    from data_use import BACKGROUND, USES, data_use_block
    from generated import with_blocks

    page = (ROOT / "docs" / "evidence" / "data_use.md").read_text("utf-8")
    assert with_blocks(page, {"uses": data_use_block()}) == page, "out of date: python docs/make/data_use.py"
    data = ROOT / "model" / "data"
    assert {path.stem for path in [*data.glob("*.csv"), *data.glob("*/*.csv")]} == set(USES)
    code = "".join(path.read_text("utf-8") for path in (ROOT / "model").glob("*.py"))
    shared = set(re.findall(r'read_table\("(\w+)"\)', code))
    read = set(re.findall(r'\.table\("(\w+)"\)', code))
    assert read == set(TABLES), "a digest covers these tables, so that no batch resumes with others"
    assert shared <= {path.stem for path in data.glob("*.csv")}
    read |= shared
    assert [name for name in read if BACKGROUND in USES[name][0]] == []


def test_every_file_that_the_evaluation_names_exists():
    text = (ROOT / "docs" / "evidence" / "trace.md").read_text("utf-8")
    named = re.findall(r"`([\w/]+\.(?:py|md))`", text)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_metadata_citation_and_package_say_the_same():
    import json
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    meta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    cited = dict(re.findall(r'^(\w+): "?([^"\n]+)"?$', citation, re.M))
    assert meta["@context"] == "https://w3id.org/codemeta/3.0"
    assert meta["name"] == project["name"]
    assert meta["alternateName"] == cited["title"]
    assert meta["description"] == project["description"]
    assert meta["version"] == project["version"] == cited["version"]
    assert meta["license"] == f"https://spdx.org/licenses/{project['license']}"
    assert project["license"] == cited["license"]
    assert [a["name"] for a in meta["author"]] == [a["name"] for a in project["authors"]]
    assert all(a["name"] in citation for a in meta["author"])
    assert meta["keywords"] == project["keywords"]
    assert meta["runtimePlatform"] == f"Python {project['requires-python']}"
    assert meta["softwareRequirements"] == [re.split(r"[><=]", need)[0] for need in project["dependencies"]]
    assert f"article10-{project['version']}.zip" in (ROOT / "docs" / "archive.md").read_text("utf-8")
