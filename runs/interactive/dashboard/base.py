"""What a file or a command can name: a scenario that is to be had under a name, and what differs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario, shipped
from article10.runs.interactive.dashboard.opening import Opened
from article10.runs.interactive.positions import Value
from article10.runs.output.toml_value import toml_lines, toml_value

OF_THE_WHOLE = ("start", "horizon", "step_days")
"""Values of a scenario that are in none of its groups."""


@dataclass(frozen=True)
class Base:
    """What an opened scenario is based on: itself, or, for one of a result, the scenario of the same name.

    Attributes:
        source: name or file of the scenario.
        edition: edition on which it stands, if it is stated.
        values: values in which the opened scenario differs from it, by full key.
        is_whole: whether nothing else differs, such as events, which no value can state.
    """

    source: str
    edition: str | None
    values: Mapping[str, Any]
    is_whole: bool

    @classmethod
    def of(cls, opened: Opened) -> Base:
        """The base of what was opened."""
        scenario = opened.scenario
        names = shipped(scenario.edition)
        if opened.source in names or opened.source.endswith(".toml"):
            return cls(opened.source, scenario.edition, {}, is_whole=True)
        source = scenario.name if scenario.name in names else "baseline"
        base = read_scenario(source, edition=scenario.edition)
        own = {declared.key: declared.default for declared in all_declarations(base)}
        values = {key: getattr(scenario, key) for key in OF_THE_WHOLE if getattr(scenario, key) != getattr(base, key)}
        values |= {d.key: d.default for d in all_declarations(scenario) if own.get(d.key) != d.default}
        return cls(source, scenario.edition, values, scenario.events == base.events)

    def command(self, changes: Mapping[str, Value]) -> str:
        """The command that simulates the same scenario with some changes."""
        edition = f" --edition {self.edition}" if self.edition else ""
        values = {**self.values, **changes}
        moved = "".join(f" --set {key}={_bare(value)}" for key, value in values.items())
        return f"article10 run {self.source}{edition} --runs 2000{moved}"

    def toml(self, title: str, changes: Mapping[str, Value]) -> str:
        """A scenario file with some changes."""
        values = {**self.values, **changes}
        lines = [f"# {self.command(changes)}"]
        if not self.is_whole:
            lines.append(f"# The runs had other events than {self.source}, which are not stated here.")
        head = {"title": title, "base": self.source, **({"edition": self.edition} if self.edition else {})}
        lines += toml_lines({**head, **{key: value for key, value in values.items() if "." not in key}})
        for group in dict.fromkeys(key.partition(".")[0] for key in values if "." in key):
            inside = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{group}.")}
            lines += ["", *toml_lines(inside, f"[{group}]")]
        return "\n".join(lines) + "\n"


def _bare(value: object) -> str:
    return value if isinstance(value, str) else toml_value(value)
