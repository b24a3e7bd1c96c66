"""A design's TOML file: its content as a design takes it, and what is wrong with it, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from article10.agents.nearest import nearest
from article10.agents.refusal import keys_to, objection
from article10.agents.short_error import named, shown
from article10.model.arguments import check_distinct
from article10.model.scenario import ScenarioError
from article10.model.shipped import editions
from article10.model.toml_file import read_toml

TABLES = ("changes", "grid", "sample", "table")
"""Parts of a design whose keys are full keys of parameters."""


def design_content(path: Path) -> dict[str, Any]:
    """What a file says, dotted keys in full, and paths of scenarios relative to it.

    Raises:
        ScenarioError: it cannot be read.
    """
    content = read_toml(path, "a design, such as runs = 1000")
    scenarios = content.get("scenarios")
    if isinstance(scenarios, str):
        content["scenarios"] = _beside(path, scenarios)
    elif isinstance(scenarios, list):
        content["scenarios"] = [_beside(path, name) for name in scenarios]
    edition = content.get("edition")
    if isinstance(edition, str) and edition not in editions():
        content["edition"] = str(path.parent / edition)
    try:
        return content | {name: _with_full_keys(name, content[name]) for name in TABLES if name in content}
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from None


def _beside(path: Path, name: object) -> object:
    if isinstance(name, str) and name.endswith(".toml") and not Path(name).is_absolute():
        return str(path.parent / name)
    return name


def _with_full_keys(place: str, value: Any) -> Any:  # noqa: ANN401 - TOML
    """Dotted TOML keys as written: ``stance.peer_rate = [...]`` is a table in a table.

    Raises:
        ValueError: a key stands there twice, once dotted and once in quotes.
    """
    if isinstance(value, list):
        return [_with_full_keys(place, row) for row in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("ranges"), dict):
        return value | {"ranges": _with_full_keys(f"{place}.ranges", value["ranges"])}
    flat = list(_flat(value))
    check_distinct(place, [key for key, _ in flat])
    return dict(flat)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def design_messages(error: ValidationError, path: Path, fields: Sequence[str], of_sample: Sequence[str]) -> list[str]:
    """What is wrong with a design, a line each: file, key, value and what was expected.

    Args:
        error: that it met with.
        path: of its file.
        fields: valid names.
        of_sample: valid names in the table ``sample``.
    """
    return list(dict.fromkeys(_messages(error, path, fields, of_sample)))


def _messages(error: ValidationError, path: Path, fields: Sequence[str], of_sample: Sequence[str]) -> Iterator[str]:
    for item in error.errors(include_url=False):
        where, text = keys_to(item), objection(item)
        key = ".".join(named(part) for part in where if isinstance(part, str))
        if not where or (where == ["sample"] and item["type"] == "value_error"):
            yield f"{path}: {text}"
        elif item["type"] == "missing":
            yield f"{path}: {key}: missing"
        elif item["type"] == "extra_forbidden":
            valid = of_sample if len(where) > 1 else fields
            yield f"{path}: {key} = {shown(item['input'])}: unknown key{nearest(str(where[-1]), list(valid))}"
        else:
            yield f"{path}: {key} = {shown(item['input'])}: {text}"
