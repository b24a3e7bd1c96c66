"""An edition: a folder of tables with a date, a candidate and an external power, on which scenarios stand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from article10.agents.nearest import nearest
from article10.agents.refusal import keys_to, objection
from article10.agents.short_error import ScenarioError, listed_mistakes, named, shown
from article10.model.edition_file import EditionFile, State
from article10.model.shipped import EDITION_FILE, default_edition, edition_folder, editions
from article10.model.tables import Row, parsed_table
from article10.model.toml_file import parse_toml

TABLES = (
    "alternatives",
    "council_dates",
    "countries",
    "defence_expenditure",
    "elections",
    "energy_dependence",
    "gas_imports",
    "governments",
    "membership_stance",
    "outlook",
    "public_opinion",
    "un_ideal_points",
)
"""Tables that the model computes with. What other tables hold informs codes, hindcasts and readers."""

ABOUT_SOURCES = ("name", "note", "source", "basis", "status_", "label", "alternative")
"""How columns begin that say whom a row is about and where it comes from, and that no number depends on."""

WORDS_OF_FILE = frozenset({"title", "war", "rests_on", "figures", "map", "last_day_of_evidence", "tables"})
"""Keys of ``edition.toml`` that no number depends on."""


class EditionError(ScenarioError):
    """An edition cannot be read; the message names the file, and the row and column where there is one."""


@dataclass(frozen=True, eq=False)
class Edition:
    """A folder of tables, and what its ``edition.toml`` says of them.

    Attributes:
        name: of an edition that comes with the package; otherwise the path of its folder.
        folder: where its tables are.
        file: the content of ``edition.toml``.
    """

    name: str
    folder: Traversable
    file: EditionFile

    @property
    def date(self) -> date:
        """The day for which the tables are coded."""
        return self.file.date

    @property
    def candidate(self) -> State:
        """Who asks to join."""
        return self.file.candidate

    @property
    def external_power(self) -> State:
        """The power outside the alliance whose influence is measured."""
        return self.file.external_power

    @cached_property
    def outsiders(self) -> frozenset[str]:
        """Names and codes, in small letters, of states that are not members."""
        return frozenset().union(*(state.names for state in (self.candidate, self.external_power, *self.file.others)))

    @cached_property
    def _tables(self) -> Mapping[str, tuple[Row, ...]]:
        files = {f.name[:-4]: f for f in self.folder.iterdir() if f.name.endswith(".csv")}
        return {name: parsed_table(files[name].read_text("utf-8")) for name in sorted(files)}

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of a table, as text: ``table("countries")``.

        Raises:
            EditionError: the edition does not have it.
        """
        if name not in self._tables:
            raise EditionError(f"edition {self.name}: has no table {name}.csv{nearest(name, self._tables)}")
        return self._tables[name]

    @cached_property
    def members(self) -> Mapping[str, Row]:
        """Rows of the members in ``countries``, by code in alphabetical order."""
        rows = {row["iso3"]: row for row in self.table("countries") if row["member"] == "1"}
        return dict(sorted(rows.items()))

    @cached_property
    def member_names(self) -> Mapping[str, str]:
        """Names of the members by code."""
        return {code: row["name"] for code, row in self.members.items()}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Names of the states in ``countries`` by code, members and others."""
        return {row["iso3"]: row["name"] for row in self.table("countries")}

    @cached_property
    def digest(self) -> str:
        """A digest, in hexadecimal, of all that numbers of runs depend on: the file, ``TABLES``, and further readings.

        Columns on sources, words for readers and the scenarios, which results hold in full, are left out.
        """
        content = self.file.model_dump(mode="json", exclude={*WORDS_OF_FILE, "readings"})
        parts = [repr(content)]
        for name in (*TABLES, *self.file.readings):
            for row in self.table(name):
                parts.append(f"{name} {[(c, v) for c, v in row.items() if not str(c).startswith(ABOUT_SOURCES)]}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def read_edition(edition: str | Path | Edition | None = None) -> Edition:
    """An edition by its name or folder.

    Args:
        edition: name of one that comes with the package, path of a folder, or an edition, which passes; None is the
            default: the newest, unless the environment variable ``ARTICLE10_EDITION`` names another.

    Raises:
        EditionError: there is none of that name, or it cannot be read.

    >>> read_edition("2025-12").candidate.name, len(read_edition("2025-12").members)
    ('Ukraine', 32)
    """
    if isinstance(edition, Edition):
        return edition
    asked = default_edition() if edition is None else str(edition)
    if asked in editions():
        return _read(asked, ())
    folder = Path(asked)
    if "\0" in asked or not folder.joinpath(EDITION_FILE).is_file():
        raise EditionError(
            f"edition = {shown(asked)}: no such edition{nearest(asked, editions())}; or give the path of a folder "
            f"with {EDITION_FILE}"
        )
    return _read(str(folder.resolve()), _signature(folder))


def _signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and times of the files of a folder: if one of them changes, it is read again."""
    files = sorted((path.name, path.stat()) for path in folder.iterdir() if path.suffix in (".csv", ".toml"))
    return tuple((name, status.st_size, status.st_mtime_ns) for name, status in files)


@lru_cache(maxsize=32)
def _read(name: str, signature: object) -> Edition:  # noqa: ARG001 - which version of the files
    folder = edition_folder(name)
    if isinstance(folder, Path) and name not in editions():
        from article10.model.edition_check import table_mistakes  # which imports this module

        if wrong := table_mistakes(folder):
            raise EditionError(listed_mistakes(wrong))
    origin = f"{name}/{EDITION_FILE}"
    content = parse_toml(folder.joinpath(EDITION_FILE).read_text("utf-8"), origin)
    return Edition(name, folder, _file(content, origin))


def _file(content: Mapping[str, Any], origin: str) -> EditionFile:
    try:
        return EditionFile.model_validate(content)
    except ValidationError as error:
        raise EditionError(listed_mistakes(file_mistakes(error, origin))) from None


def file_mistakes(error: ValidationError, origin: str) -> list[str]:
    """What is wrong in ``edition.toml``, a line each: file, key, value, and what was expected."""
    found = []
    for item in error.errors(include_url=False):
        key = ".".join(map(named, keys_to(item)))
        missing, unknown = item["type"] == "missing", item["type"] == "extra_forbidden"
        value = "" if missing or not key else f" = {shown(item['input'])}"
        text = "missing" if missing else "unknown key" if unknown else objection(item)
        found.append(f"{origin}: {key}{value}: {text}" if key else f"{origin}: {text}")
    return found
