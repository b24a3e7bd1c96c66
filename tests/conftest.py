"""What several files of tests use."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from article10.model.shipped import CHOSEN

HELD = "2025-12"
"""The edition on which tests run: they hold its numbers."""

ON_THE_NEWEST = frozenset({"test_documentation.py", "test_politics_patterns.py", "test_start.py"})
"""Files of tests that run on the default edition, whichever that is."""

FEW_SETS = frozenset(
    f"test_{name}.py"
    for name in (
        "brief",
        "documentation",
        "every_default",
        "output_names",
        "registry",
        "report",
        "report_page",
        "values_as_given",
        "words_of_numbers",
    )
)
"""Files of tests whose reports draw few sets of plausible parameters; those of test_report_parts.py draw all."""


def _edition_of(path: Path) -> str:
    return "" if path.name in ON_THE_NEWEST else HELD


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Import each file of tests with its edition as the default: some read the roster when they are imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CHOSEN, _edition_of(collector.path))
        return (yield)


@pytest.fixture(scope="module", autouse=True)
def edition_of_the_tests(request: pytest.FixtureRequest) -> Iterator[str]:
    """The default edition of a file of tests, for the processes that it starts too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CHOSEN, _edition_of(request.path))
        yield os.environ[CHOSEN]


@pytest.fixture(scope="module", autouse=True)
def few_sets_in_reports(request: pytest.FixtureRequest) -> Iterator[None]:
    """Reports take long because of the sets of plausible parameters, about which most tests ask nothing."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.name in FEW_SETS:
            patch.setattr("article10.runs.report.plausible.POINTS", 4)
        yield


@pytest.fixture(scope="session")
def digest() -> Callable[[Path], dict[str, str]]:
    """A function: checksums of all data in a batch's folder, not of what tells the time of its making."""
    return _digest


def _digest(folder: Path) -> dict[str, str]:
    left_out = ("design.json", "prepared.json", ".lock", "zarr.json")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in left_out]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
