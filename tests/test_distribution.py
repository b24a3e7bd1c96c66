"""What a user installs is what the repository holds: complete, under one name, and layered."""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import article10
from article10.model.extras import MODULES

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("agents", "model", "runs")
NOT_SHIPPED = {".md", ".pyc"}
CHECKOUTS = ("symlinks", "text files")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command without input; its output is kept for the assertion that reads it."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": "", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def succeed(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = run(*command, cwd=cwd, **environment)
    assert done.returncode == 0, done.stdout
    return done.stdout


def program(name: str) -> str:
    found = shutil.which(name, path=Path(sys.executable).parent)
    assert found is not None, f"{name} is not installed beside {sys.executable}"
    return found


def copy_checkout(destination: Path, kind: str = "symlinks") -> Path:
    """Copy what a build reads, with the links of article10/ as links or as git without links writes them."""
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, destination / folder, ignore=ignore)
    (destination / "article10").mkdir()
    for path in (ROOT / "article10").iterdir():
        if path.is_file() and path.name not in FOLDERS:
            shutil.copy(path, destination / "article10")
    for folder in FOLDERS:
        link = destination / "article10" / folder
        if kind == "symlinks":
            link.symlink_to(f"../{folder}", target_is_directory=True)
        else:
            link.write_text(f"../{folder}")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, destination)
    return destination


def is_shipped(path: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    return not hidden and path.suffix not in NOT_SHIPPED


def source_files(checkout: Path = ROOT) -> set[str]:
    """Every file that users should get, by its path once installed."""
    own = {path for path in (checkout / "article10").iterdir() if path.is_file() and path.name not in FOLDERS}
    mapped = {path for folder in FOLDERS for path in (checkout / folder).rglob("*") if path.is_file()}
    shipped = {path.relative_to(checkout) for path in own | mapped if is_shipped(path.relative_to(checkout))}
    return {path.as_posix() if path.parts[0] == "article10" else f"article10/{path.as_posix()}" for path in shipped}


def wheel_files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
    return {name for name in names if not PurePosixPath(name).parts[0].endswith(".dist-info")}


def build(checkout: Path, *what: str) -> Path:
    succeed(sys.executable, "-P", "-m", "build", "--no-isolation", *what, cwd=checkout)
    (wheel,) = (checkout / "dist").glob("*.whl")
    return wheel


# ---------------------------------------------------------------- the wheel


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHECKOUTS)
def test_the_wheel_holds_every_source_file_and_nothing_else(tmp_path: Path, kind: str):
    assert wheel_files(build(copy_checkout(tmp_path, kind), "--wheel")) == source_files()


@pytest.mark.slow
def test_a_wheel_built_from_the_source_distribution_is_as_complete(tmp_path: Path):
    assert wheel_files(build(copy_checkout(tmp_path))) == source_files()


@pytest.mark.slow
def test_a_package_or_table_that_is_not_listed_is_missed(tmp_path: Path):
    checkout = copy_checkout(tmp_path)
    (checkout / "model" / "unlisted").mkdir()
    (checkout / "model" / "unlisted" / "__init__.py").touch()
    (checkout / "model" / "data" / "table.unlisted").touch()
    missing = source_files(checkout) - wheel_files(build(checkout, "--wheel"))
    assert missing == {"article10/model/unlisted/__init__.py", "article10/model/data/table.unlisted"}


# ---------------------------------------------------------------- installation


def required(requirements: Iterable[str]) -> set[str]:
    """The distributions that the requirements pull in, their own requirements included."""
    found: set[tuple[str, str]] = set()
    todo = [(Requirement(text), "") for text in requirements]
    while todo:
        requirement, extra = todo.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras} - {e for n, e in found if n == name}:
            found.add((name, wanted))
            todo += [(Requirement(text), wanted) for text in metadata.requires(name) or []]
    return {name for name, _ in found}


def link_distributions(names: Iterable[str], site_packages: Path) -> Path:
    """Make the installed files of some distributions, and of no other, importable from a folder."""
    for name in names:
        for file in metadata.files(name) or []:
            target = Path(str(file.locate()))
            if ".." not in file.parts and target.exists():
                link = site_packages / file
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(target)
    return site_packages


@pytest.fixture(scope="module")
def core_distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core dependencies as they are installed here, without Mesa, SciPy and the test tools."""
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return link_distributions(required(dependencies), tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="module")
def build_backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    return link_distributions(required(backend), tmp_path_factory.mktemp("backend"))


@pytest.fixture
def environment(tmp_path: Path, core_distributions: Path) -> Path:
    """A fresh virtual environment with the core dependencies alone; the folder of its programs."""
    home = tmp_path / "environment"
    venv.create(home, symlinks=True)
    (site_packages,) = home.glob("lib/python*/site-packages")
    (site_packages / "core.pth").write_text(f"{core_distributions}\n")
    return home / "bin"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="finds the environment's programs where POSIX systems put them")
@pytest.mark.parametrize("kind", CHECKOUTS)
@pytest.mark.parametrize("mode", [["."], ["--editable", "."]], ids=["wheel", "editable"])
def test_an_installation_with_the_core_dependencies_runs(
    tmp_path: Path, environment: Path, build_backend: Path, mode: list[str], kind: str
):
    checkout = copy_checkout(tmp_path / "checkout", kind)
    python = environment / "python"
    pip = (sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "--python", python)
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    succeed(*pip, "install", *offline, *mode, cwd=checkout, PYTHONPATH=str(build_backend))
    succeed(*pip, "check", cwd=checkout)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for folder in FOLDERS:
        (elsewhere / f"{folder}.py").write_text("MINE = True\n")
    assert "run" in succeed(environment / "article10", "--help", cwd=elsewhere)
    script = "import article10, model, agents, runs; model.MINE; article10.simulate(runs=2, seed=7).save('few.nc')"
    succeed(python, "-c", script, cwd=elsewhere)
    refused = run(environment / "article10", "why", "--runs", "2", cwd=elsewhere)
    assert refused.returncode == 2
    assert refused.stdout.startswith("article10: why needs ")
    assert refused.stdout.strip().endswith('pip install -e ".[analysis]"')
    assert "No module named 'mesa'" in run(python, "-c", "import mesa", cwd=elsewhere).stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_removes_no_environment_that_it_did_not_make(tmp_path: Path):
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for folder in (".venv", *FOLDERS, "article10", "tests", "benchmarks"):
        (tmp_path / folder).mkdir()
    (tmp_path / ".venv" / "mine").touch()
    refused = run("make", "run", f"PYTHON={sys.executable}", cwd=tmp_path)
    assert refused.returncode != 0
    assert ".venv was not made by make" in refused.stdout
    succeed("make", "clean", cwd=tmp_path)
    assert (tmp_path / ".venv" / "mine").exists()
    (tmp_path / ".venv" / ".created-3.11").touch()
    succeed("make", "clean", cwd=tmp_path)
    assert not (tmp_path / ".venv").exists()


def test_the_extra_that_commands_need_is_what_it_brings():
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["analysis"]
    installed = {canonicalize_name(Requirement(text).name) for text in extra}
    modules = metadata.packages_distributions()
    assert {canonicalize_name(modules[name][0]) for name in MODULES["analysis"]} == installed


# ---------------------------------------------------------------- the direction of imports

UPWARD = {
    "agents import the model": ("agents", "import article10.model"),
    "the model imports the runs": ("model", "import article10.runs"),
    "agents import the model by way of the package": ("agents", "import article10"),
    "a lower room of the runs imports a higher one": ("runs/ensemble", "import article10.runs.batches.design"),
    "statistics import the model": ("runs/statistics", "import article10.model.setup"),
    "an analysis imports another": ("runs/analyses/tuning", "import article10.runs.analyses.rules.compared"),
}


@pytest.mark.parametrize(("folder", "line"), UPWARD.values(), ids=UPWARD)
def test_an_upward_import_breaks_the_contract(tmp_path: Path, folder: str, line: str):
    checkout = copy_checkout(tmp_path)
    (checkout / folder / "upward.py").write_text(f'"""Looks up."""\n\n{line}\n')
    linted = run(program("lint-imports"), "--no-cache", cwd=checkout)
    assert linted.returncode == 1, linted.stdout
    package, imported = f"article10.{folder.replace('/', '.')}", line.removeprefix("import ")
    assert f"- {package}.upward -> {imported} (l.3)" in " ".join(linted.stdout.split())


def test_a_room_of_the_runs_without_a_place_in_their_order_breaks_the_contract(tmp_path: Path):
    checkout = copy_checkout(tmp_path)
    (checkout / "runs" / "attic").mkdir()
    (checkout / "runs" / "attic" / "__init__.py").touch()
    linted = run(program("lint-imports"), "--no-cache", cwd=checkout)
    assert linted.returncode == 1, linted.stdout
    assert "not listed as layers: - article10.runs.attic" in " ".join(linted.stdout.split())


@pytest.mark.parametrize("line", ["import model", "from agents.russia import Russia", "import runs.store"])
def test_a_folder_imported_by_its_bare_name_is_refused(tmp_path: Path, line: str):
    checkout = copy_checkout(tmp_path)
    (checkout / "runs" / "bare.py").write_text(f'"""Example."""\n\n{line}\n')
    linted = run(program("ruff"), "check", "--no-cache", "--select=TID251", "runs/bare.py", cwd=checkout)
    assert linted.returncode == 1, linted.stdout
    assert "TID251" in linted.stdout


# ---------------------------------------------------------------- the version


def test_every_place_that_states_the_version_states_the_same():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert article10.__version__ == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text()
