"""What differs between two editions, table by table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from article10.model.edition import TABLES, Edition
from article10.model.edition_check import SCHEMA
from article10.model.tables import Row


def edition_differences(one: Edition, other: Edition) -> list[str]:
    """What differs in ``edition.toml`` and in the tables that the model computes with, a line each.

    Columns on sources, and rows that neither differ nor are added or removed, are left out.

    Args:
        one: an edition.
        other: the edition with which it is compared.
    """
    return [*_of_files(one, other), *(line for name in TABLES for line in _of_tables(name, one, other))]


def _of_files(one: Edition, other: Edition) -> Iterator[str]:
    before, after = (_flat(json.loads(edition.file.model_dump_json())) for edition in (one, other))
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield f"edition.toml: {key}: {before.get(key)} -> {after.get(key)}"


def _flat(content: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in content.items():
        found |= _flat(value, f"{within}{key}.") if isinstance(value, dict) else {f"{within}{key}": value}
    return found


def _of_tables(name: str, one: Edition, other: Edition) -> Iterator[str]:
    before, after = (_keyed(name, edition.table(name)) for edition in (one, other))
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    cells = [
        f"{name}.csv: {', '.join(filter(None, key))}: {column}: {before[key][column]} -> {after[key][column]}"
        for key in sorted(before.keys() & after.keys())
        for column in SCHEMA[name].columns
        if before[key].get(column) != after[key].get(column)
    ]
    if added or removed or cells:
        yield f"{name}.csv: {len(added)} rows added, {len(removed)} removed, {len(cells)} cells changed"
    yield from (f"{name}.csv: added: {', '.join(filter(None, key))}" for key in added)
    yield from (f"{name}.csv: removed: {', '.join(filter(None, key))}" for key in removed)
    yield from cells


def _keyed(name: str, rows: tuple[Row, ...]) -> dict[tuple[str, ...], Row]:
    return {tuple(row.get(column) or "" for column in SCHEMA[name].key): row for row in rows}
