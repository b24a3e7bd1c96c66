"""What is wrong in the folder of an edition: every mistake with its file, row and column.

What the model computes with is checked in full, further readings of the codes among it; of the other tables, which
inform readers, only that they can be read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

from pydantic import ValidationError

from article10.agents.nearest import nearest
from article10.agents.short_error import ScenarioError, shown
from article10.model.coded import LONGEST_STANDING
from article10.model.edition import TABLES, file_mistakes
from article10.model.edition_file import EditionFile
from article10.model.edition_tables import ABOUT, FLAG, READING, SCHEMA, Rule, Table, a_day
from article10.model.shipped import EDITION_FILE, ROOT
from article10.model.tables import day_of
from article10.model.toml_file import read_toml


def edition_mistakes(folder: str | Path) -> list[str]:
    """Everything that is wrong in the folder of an edition, its scenarios included, a line each.

    Args:
        folder: the folder, with ``edition.toml``.

    Returns:
        The mistakes, each with its file and, where it has them, row, column, value and what was expected; the heading
        of a table is row 1.
    """
    folder = Path(folder)
    return (
        [f"{folder}: no such folder"] if not folder.is_dir() else table_mistakes(folder) or list(_of_scenarios(folder))
    )


def table_mistakes(folder: Path) -> list[str]:
    """Everything that is wrong in ``edition.toml`` and the tables of a folder, a line each."""
    found: list[str] = []
    tables: dict[str, list[dict[str, str]]] = {}
    for path in sorted(folder.glob("*.csv")):
        rows, wrong = _rows(path)
        tables[path.stem] = rows
        found += wrong
    found += [f"{folder / f'{name}.csv'}: missing" for name in TABLES if name not in tables]
    if not (folder / "scenarios" / f"{ROOT}.toml").is_file():
        found.append(f"{folder / 'scenarios' / f'{ROOT}.toml'}: missing: the scenario on which all others are based")
    file = _file(folder / EDITION_FILE, found)
    if file is None or found:
        return found
    absent = [name for name in file.readings if name not in tables]
    if absent:
        return [f"{folder / f'{name}.csv'}: missing: {EDITION_FILE} names it among the readings" for name in absent]
    schema = _schema(file)
    for name, table in schema.items():
        found += _of_table(folder / f"{name}.csv", tables[name], table, file)
    return found or [*_of_members(folder, tables, schema, file), *_of_file(folder, tables, file)]


def _schema(file: EditionFile) -> dict[str, Table]:
    """The tables that the model computes with, and the further readings of the codes that the edition names."""
    return {**SCHEMA, **dict.fromkeys(file.readings, READING)}


def _rows(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of a table, and why it cannot be read."""
    raw = path.read_bytes()
    if raw.startswith(b"\xef\xbb\xbf"):
        return [], [f"{path}: begins with a byte order mark; save it as UTF-8 without one"]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return [], [f"{path}, row {line}: is not UTF-8 text; save it as UTF-8"]
    reader = csv.DictReader(StringIO(text, newline=""))
    names = list(reader.fieldnames or ())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return [], [f"{path}, row 1: column {shown(twice[0])}: is there twice"]
    rows, wrong = [], []
    for place, row in enumerate(reader, start=2):
        if None in row or None in row.values():  # cells without a heading, and missing cells, in the csv module
            wrong.append(f"{path}, row {place}: expected {len(names)} cells, one for each column")
        rows.append(row)
    if not rows:
        wrong.append(f"{path}: is empty: expected a heading and at least one row")
    return rows, wrong


def _file(path: Path, found: list[str]) -> EditionFile | None:
    try:
        return EditionFile.model_validate(read_toml(path, "the date, the candidate and the external power"))
    except ValidationError as error:
        found += file_mistakes(error, str(path))
    except ScenarioError as error:
        found.append(str(error))
    return None


def _of_table(path: Path, rows: list[dict[str, str]], table: Table, file: EditionFile) -> Iterator[str]:
    """Columns, cells and repeated rows."""
    groupings = file.countries.groupings if path.stem == "countries" else ()
    wanted: dict[str, Rule] = {**table.columns, **dict.fromkeys(groupings, FLAG)}
    known = [*wanted, *table.if_present, *table.optional, *ABOUT]
    missing = [name for name in wanted if name not in rows[0]]
    yield from (f"{path}, row 1: column {name}: missing" for name in missing)
    for name in rows[0]:
        if name not in known and name not in SCHEMA["countries"].optional:
            yield f"{path}, row 1: column {shown(name)}: unknown column{nearest(name, known)}"
    if missing:
        return
    wanted |= {name: rule for name, rule in table.if_present.items() if name in rows[0]}
    seen: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows, start=2):
        for name, rule in wanted.items():
            if wrong := rule(row[name]):
                yield f"{path}, row {place}: {name} = {shown(row[name])}: expected {wrong}"
        key = tuple(row.get(name, "") for name in table.key)
        if key in seen:
            said = ", ".join(f"{name} {value}" for name, value in zip(table.key, key, strict=True) if value)
            yield f"{path}, row {place}: {said}: is also in row {seen[key]}"
        seen.setdefault(key, place)


def _of_members(
    folder: Path, tables: Mapping[str, list[dict[str, str]]], schema: Mapping[str, Table], file: EditionFile
) -> Iterator[str]:
    """Codes of states, members without a row, and what has to fit together."""
    named = {row["iso3"] for row in tables["countries"]}
    members = {row["iso3"] for row in tables["countries"] if row["member"] == "1"}
    countries = folder / "countries.csv"
    if not members:
        yield f"{countries}: column member: no state is a member"
    for what, state in (("candidate", file.candidate), ("external_power", file.external_power)):
        if state.code in members:
            yield f"{countries}: {state.code} is a member, but {EDITION_FILE} names it as {what}"
        elif state.code not in named:
            yield f"{countries}: has no row for {state.code}, the {what.replace('_', ' ')}"
    unions = {file.energy.union} - {""}
    for name, table in schema.items():
        if "iso3" not in table.columns or name == "countries":
            continue
        path = folder / f"{name}.csv"
        for place, row in enumerate(tables[name], start=2):
            for code in row["iso3"].split("+"):
                if code not in named | unions and not _is_elsewhere(name, code):
                    text = f"not a state in countries.csv{nearest(code, named)}"
                    yield f"{path}, row {place}: iso3 = {shown(code)}: {text}"
        if table.every_member:
            there = {row["iso3"] for row in tables[name]}
            yield from (f"{path}: has no row for {code}" for code in sorted(members - there))
    yield from _of_evidence(folder / "membership_stance.csv", tables["membership_stance"], file)
    yield from _of_alternatives(folder / "alternatives.csv", tables)
    yield from _of_elections(folder, tables, members)
    yield from _of_votes(folder, tables, members, file)


def _is_elsewhere(table: str, code: str) -> bool:
    """Whether a table may name an aggregate that is not a state, such as a mean of several."""
    return table in ("energy_dependence", "public_opinion", "defence_expenditure") and not code.isalpha()


def _of_evidence(path: Path, rows: list[dict[str, str]], file: EditionFile) -> Iterator[str]:
    """Codes whose evidence is later than the edition, and objections that begin after it or in another age."""
    for place, row in enumerate(rows, start=2):
        for column in ("last_evidence", "standing_since"):
            day = row.get(column)
            if day and day_of(day) > file.date:
                yield f"{path}, row {place}: {column} = {day}: expected {file.date}, the edition's date, or earlier"
        since = row.get("standing_since")
        if since and (file.date - day_of(since)).days > LONGEST_STANDING:
            text = f"expected at most {LONGEST_STANDING} days before {file.date}, the edition's date"
            yield f"{path}, row {place}: standing_since = {since}: {text}"


def _of_alternatives(path: Path, tables: Mapping[str, list[dict[str, str]]]) -> Iterator[str]:
    """Governments that can fall although a president, whose term is fixed, decides."""
    offices = {row["iso3"]: row["governing_office"] for row in tables["governments"]}
    for place, row in enumerate(tables["alternatives"], start=2):
        office = offices.get(row["iso3"], "")
        if office.startswith("president") and row["falls_between"] == "1":
            text = f"expected 0: governments.csv names {office}, and a president's term is fixed"
            yield f"{path}, row {place}: falls_between = 1: {text}"


def _of_elections(folder: Path, tables: Mapping[str, list[dict[str, str]]], members: set[str]) -> Iterator[str]:
    path = folder / "elections.csv"
    offices = {row["iso3"]: row["governing_office"] for row in tables["governments"]}
    listed = {(row["iso3"], row["office"]) for row in tables["elections"]}
    for code in sorted(members & offices.keys()):
        if (code, offices[code]) not in listed:
            yield f"{path}: has no row for {code}, {offices[code]}, which governs it (governments.csv)"
    for place, row in enumerate(tables["elections"], start=2):
        if row["iso3"] not in members:
            continue
        wrong = {name: a_day(row[name]) for name in ("last_held", "due") if a_day(row[name])}
        yield from (f"{path}, row {place}: {n} = {shown(row[n])}: expected {text}" for n, text in wrong.items())
        if wrong:
            continue
        last, due = day_of(row["last_held"]), day_of(row["due"])
        if round((due - last).days / 365.25) < 1:
            text = f"expected a year or more after last_held, {row['last_held']}"
            yield f"{path}, row {place}: due = {row['due']}: {text}"


def _of_votes(
    folder: Path, tables: Mapping[str, list[dict[str, str]]], members: set[str], file: EditionFile
) -> Iterator[str]:
    years = set(map(str, file.un_ideal_points.years))
    voted = {row["iso3"] for row in tables["un_ideal_points"] if row["year"] in years}
    for code in sorted({*members, file.external_power.code} - voted):
        yield f"{folder / 'un_ideal_points.csv'}: has no row for {code} in the years {', '.join(sorted(years))}"
    if not any(row["support_pct"] for row in tables["public_opinion"] if row["iso3"] in members):
        yield f"{folder / 'public_opinion.csv'}: column support_pct: no member has a poll"
    if not any(row["vintage"] == file.defence_expenditure.vintage for row in tables["defence_expenditure"]):
        path, vintage = folder / "defence_expenditure.csv", file.defence_expenditure.vintage
        yield f"{path}: column vintage: no row is of {shown(vintage)}, which {EDITION_FILE} names"


def _of_file(folder: Path, tables: Mapping[str, list[dict[str, str]]], file: EditionFile) -> Iterator[str]:
    """What ``edition.toml`` says of members and days."""
    path = folder / EDITION_FILE
    members = [row["iso3"] for row in tables["countries"] if row["member"] == "1"]
    for key, codes in (
        ("energy.cut_off", file.energy.cut_off),
        ("energy.ended", file.energy.ended),
        ("figures.members", file.figures.members),
        ("map.inset.members", file.map.inset.members if file.map.inset else ()),
    ):
        for code in codes:
            if code not in members:
                yield f"{path}: {key}: {code} is not a member{nearest(code, members)}"
    if file.energy.union_members and file.energy.union_members not in file.countries.groupings:
        yield f"{path}: energy.union_members = {shown(file.energy.union_members)}: expected one of countries.groupings"
    if file.last_day_of_evidence > file.date:
        yield f"{path}: last_day_of_evidence = {file.last_day_of_evidence}: expected {file.date}, its date, or earlier"


def _of_scenarios(folder: Path) -> Iterator[str]:
    from article10.model.scenario_file import read_scenario

    for scenario in sorted((folder / "scenarios").glob("*.toml")):
        try:
            read_scenario(scenario.stem, edition=folder)
        except ValueError as error:
            yield f"{scenario}: {error}"
