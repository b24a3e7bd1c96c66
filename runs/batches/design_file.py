"""A design's TOML file: its content as a design takes it, and what is wrong with it, a line each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from article10.agents.nearest import nearest
from article10.agents.refusal import expected, own_words, path_of, shown
from article10.model.scenario import ScenarioError


def design_content(path: Path) -> dict[str, Any]:
    """What a file says, dotted keys in full, and paths of scenarios relative to it.

    Raises:
        ScenarioError: it cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: malformed TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ScenarioError(f"{path}: cannot be read: {reason}") from None
    scenarios = content.get("scenarios")
    if isinstance(scenarios, str):
        content["scenarios"] = _beside(path, scenarios)
    elif isinstance(scenarios, list):
        content["scenarios"] = [_beside(path, name) for name in scenarios]
    for table in ("changes", "grid", "sample"):
        if isinstance(content.get(table), dict):
            content[table] = _flat(content[table])
    if isinstance(content.get("table"), list):
        content["table"] = [_flat(row) if isinstance(row, dict) else row for row in content["table"]]
    return content


def _beside(path: Path, name: object) -> object:
    if isinstance(name, str) and name.endswith(".toml") and not Path(name).is_absolute():
        return str(path.parent / name)
    return name


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted TOML keys as written: ``stance.peer_rate = [...]`` is a table in a table."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if key == "ranges" and isinstance(value, dict):
            flat[key] = _flat(value)
        elif isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


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
        where, own = [str(part) for part in path_of(item)], own_words(item)
        key = ".".join(part for part in where if not part.isdigit())
        if not where or where == ["sample"]:
            yield f"{path}: {own or f'expected {expected(item)}'}"
        elif item["type"] == "missing":
            yield f"{path}: {key}: missing"
        elif item["type"] == "extra_forbidden":
            valid = of_sample if len(where) > 1 else fields
            yield f"{path}: {key} = {shown(item['input'])}: unknown key{nearest(where[-1], list(valid))}"
        else:
            yield f"{path}: {key} = {shown(item['input'])}: {own or f'expected {expected(item)}'}"
