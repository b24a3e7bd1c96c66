"""The command line: every command in the order of the help, and where it starts."""

from __future__ import annotations

from collections.abc import Callable

from article10.runs.commands import analyses, dashboard, evidence, look, run
from article10.runs.commands.application import app, clear_errors

COMMANDS: dict[Callable[..., None], dict[str, str]] = {
    run.run: {},
    run.batch: {"extra": "analysis"},
    run.replay: {},
    dashboard.dashboard: {"extra": "dashboard"},
    analyses.influence: {"extra": "analysis"},
    analyses.holdouts: {"extra": "analysis"},
    analyses.rules: {"extra": "analysis"},
    analyses.why: {"extra": "analysis"},
    analyses.guarantees: {"extra": "analysis"},
    analyses.sensitivity: {"extra": "analysis", "kept": "batch"},
    analyses.tune: {"extra": "analysis", "kept": "out"},
    analyses.report: {"extra": "analysis"},
    evidence.hindcast: {"extra": "analysis"},
    look.scenarios: {},
    look.parameters: {},
    look.roster: {},
}
"""Each with the extra that it needs, and the option that names a folder which it goes on with, if stopped."""

for command, needs in COMMANDS.items():
    app.command()(clear_errors(command, **needs))


def main() -> None:
    """Entry point of the command ``article10``."""
    app()


if __name__ == "__main__":
    main()
