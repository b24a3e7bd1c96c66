"""The command line: every command in the order of the help, and where it starts."""

from __future__ import annotations

from article10.runs.commands import analyses, dashboard, evidence, look, run
from article10.runs.commands.application import app, clear_errors

COMMANDS = (
    run.run,
    run.batch,
    run.replay,
    dashboard.dashboard,
    analyses.influence,
    analyses.holdouts,
    analyses.rules,
    analyses.why,
    analyses.guarantees,
    analyses.sensitivity,
    analyses.tune,
    analyses.report,
    evidence.hindcast,
    look.scenarios,
    look.parameters,
    look.roster,
)

for command in COMMANDS:
    app.command()(clear_errors(command))


def main() -> None:
    """Entry point of the command ``article10``."""
    app()


if __name__ == "__main__":
    main()
