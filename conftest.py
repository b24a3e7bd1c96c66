"""What holds for every test and every doctest, wherever pytest is started."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["MPLBACKEND"] = "Agg"
os.environ["SOLARA_CHECK_HOOKS"] = "off"  # it warns of Mesa's own components when they are imported

# Here their modules would be collected under the names model.world and so on; doctests are collected through
# article10/ instead.
FOLDERS = ("agents", "model", "runs")
collect_ignore = [*FOLDERS, "docs", "notebooks/execute.py"]

# The same examples in every run, however slow the machine; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


# Notebooks run in a kernel of their own, which has to find this checkout.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notebooks are slow tests; what the libraries that run them warn of is not ours."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session", autouse=True)
def no_cache_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Commands keep unfinished work among the user's caches: not those of whoever runs the tests."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def folders_are_no_packages() -> Iterator[None]:
    """Fail the session that imported a folder under its bare name: its classes would exist twice."""
    yield
    bare = [name for name in FOLDERS if name in sys.modules]
    assert not bare, f"imported as {bare}: import article10.{bare[0]} instead"
