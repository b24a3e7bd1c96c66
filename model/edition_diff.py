"""What differs between two editions, table by table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from article10.model.edition import TABLES, Edition
from article10.model.edition_tables import READING, SCHEMA, Table
from article10.model.tables import Row


def edition_differences(one: Edition, other: Edition) -> list[str]:
    """What differs in ``edition.toml``, in the tables of the model and in further readings of codes, a line each.

    Columns on sources, and rows that neither differ nor are added or removed, are left out.

    Args:
        one: an edition.
        other: the edition with which it is compared.
    """
    names = dict.fromkeys((*TABLES, *one.file.readings, *other.file.readings))
    return [*_of_files(one, other), *(line for name in names for line in _of_tables(name, one, other))]


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
    table = SCHEMA.get(name, READING)
    before, after = (_keyed(table, _rows(name, edition)) for edition in (one, other))
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    cells = [
        f"{name}.csv: {', '.join(filter(None, key))}: {column}: {before[key].get(column)} -> {after[key].get(column)}"
        for key in sorted(before.keys() & after.keys())
        for column in (*table.columns, *table.if_present)
        if before[key].get(column) != after[key].get(column)
    ]
    if added or removed or cells:
        yield f"{name}.csv: {len(added)} rows added, {len(removed)} removed, {len(cells)} cells changed"
    yield from (f"{name}.csv: added: {', '.join(filter(None, key))}" for key in added)
    yield from (f"{name}.csv: removed: {', '.join(filter(None, key))}" for key in removed)
    yield from cells


def _rows(name: str, edition: Edition) -> tuple[Row, ...]:
    """The rows of a table of the model, or of a reading that the edition names; none if it does not."""
    return edition.table(name) if name in TABLES or name in edition.file.readings else ()


def _keyed(table: Table, rows: tuple[Row, ...]) -> dict[tuple[str, ...], Row]:
    return {tuple(row.get(column) or "" for column in table.key): row for row in rows}
