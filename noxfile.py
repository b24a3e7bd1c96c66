"""The tests with every version of Python that the package declares: ``nox``, or ``nox -s tests-3.12 -- -k roster``.

`make` does everything else, with one version: see `make help`.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.4.15"

PROJECT = nox.project.load_toml("pyproject.toml")


@nox.session(python=nox.project.python_versions(PROJECT))
def tests(session: nox.Session) -> None:
    """Run the tests that are not slow; arguments after ``--`` go to pytest."""
    session.install("--editable", ".[test]")
    session.run("pytest", "-m", "not slow", *session.posargs)
