"""What a file or a command can name: a scenario that is to be had under a name, and what differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from article10.model.scenario import Scenario, all_declarations
from article10.model.scenario_file import read_scenario, shipped
from article10.runs.interactive.dashboard.opening import Opened
from article10.runs.interactive.positions import Value
from article10.runs.output.toml_value import toml_lines, toml_value

OF_THE_WHOLE = ("start", "horizon", "step_days", "without")
"""Values of a scenario that are in none of its groups."""


@dataclass(frozen=True)
class Base:
    """What an opened scenario is based on: itself, or, for one of a result, the scenario of the same name.

    Attributes:
        name: name of the opened scenario.
        source: name or file of its base.
        edition: edition on which it stands, if it is stated.
        values: values in which the opened scenario differs from it, by full key.
        tables: tables of members and events in which it differs, by their headers: no value can state these.
    """

    name: str
    source: str
    edition: str | None
    values: Mapping[str, Any]
    tables: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @classmethod
    def of(cls, opened: Opened) -> Base:
        """The base of what was opened."""
        scenario = opened.scenario
        names = shipped(scenario.edition)
        if opened.source in names or opened.source.endswith(".toml"):
            return cls(scenario.name, opened.source, scenario.edition, {})
        source = scenario.name if scenario.name in names else "baseline"
        base = read_scenario(source, edition=scenario.edition)
        own = {declared.key: declared.default for declared in all_declarations(base)}
        values = {key: getattr(scenario, key) for key in OF_THE_WHOLE if getattr(scenario, key) != getattr(base, key)}
        stated = {event.name for event in scenario.events}
        if gone := [event.name for event in base.events if event.name not in stated]:
            values["without_events"] = gone
        values |= {d.key: d.default for d in all_declarations(scenario) if own.get(d.key) != d.default}
        return cls(scenario.name, source, scenario.edition, values, tuple(_tables(scenario, base)))

    @property
    def can_be_typed(self) -> bool:
        """Whether a command can state all that differs."""
        return not self.tables and not {"without", "without_events"} & self.values.keys()

    def command(self, changes: Mapping[str, Value]) -> str:
        """The command that simulates the same scenario with some changes; of the file, if only a file can state it."""
        edition = f" --edition {self.edition}" if self.edition else ""
        if not self.can_be_typed:
            return f"article10 run {self.name}_scenario.toml --runs 2000 # download the scenario first"
        values = {**self.values, **changes}
        moved = "".join(f" --set {key}={_bare(value)}" for key, value in values.items())
        return f"article10 run {self.source}{edition} --runs 2000{moved}"

    def toml(self, title: str, changes: Mapping[str, Value]) -> str:
        """A scenario file with some changes."""
        values = {**self.values, **changes}
        lines = [f"# {self.command(changes)}"] if self.can_be_typed else []
        head = {"title": title, "base": self.source, **({"edition": self.edition} if self.edition else {})}
        lines += toml_lines({**head, **{key: value for key, value in values.items() if "." not in key}})
        for group in dict.fromkeys(key.partition(".")[0] for key in values if "." in key):
            inside = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{group}.")}
            lines += ["", *toml_lines(inside, f"[{group}]")]
        for header, stated in self.tables:
            lines += ["", *toml_lines(stated, header)]
        return "\n".join(lines) + "\n"


def _tables(scenario: Scenario, base: Scenario) -> list[tuple[str, dict[str, Any]]]:
    """Ballots, overrides of members, and events that the base does not have."""
    tables: list[tuple[str, dict[str, Any]]] = []
    if scenario.ballots != base.ballots:
        tables.append(("[ballots]", dict(scenario.ballots)))
    for member, override in scenario.roster.items():
        if base.roster.get(member) != override:
            tables.append((f"[roster.{member}]", override.model_dump(exclude_none=True)))
    for event in scenario.events:
        if event not in base.events:
            stated = event.model_dump(exclude_none=True, exclude_defaults=True)
            tables.append(("[[events]]", {"kind": event.kind, "name": event.name, **stated}))
    return tables


def _bare(value: object) -> str:
    return value if isinstance(value, str) else toml_value(value)
