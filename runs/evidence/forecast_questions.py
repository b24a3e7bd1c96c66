"""The questions of a forecast: a TOML file with the words, the criterion and the measure of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from article10.agents.name import Label, Line
from article10.agents.nearest import nearest
from article10.agents.parameter import Parameters
from article10.agents.short_error import ArgumentError, listed_mistakes, shown
from article10.model.arguments import check_distinct
from article10.model.days import Day
from article10.model.edition import Edition, file_mistakes
from article10.model.roster import Roster
from article10.model.scenario import Scenario
from article10.model.toml_file import parse_toml
from article10.runs.evidence.forecast_measures import MEASURES

QUESTIONS_FILE = "questions.toml"
"""The file of an edition that holds the questions of its forecast."""

AGAIN = "-from-"
"""What joins the id of a question with the day on which it is asked again."""

DAYS, WHOLE, NUMBERS = ("by", "on", "since"), ("at_least", "days"), ("level",)
"""Arguments of measures that are days, whole numbers, and numbers; the others are words."""

Values = Annotated[dict[str, Any], Field(description="Values by name of the argument.")]


class Condition(Parameters):
    """What has to happen for a question to count; otherwise it is void.

    Attributes:
        text: the condition in words.
        measure: name of a measure.
        arguments: what the measure takes.
        answer: whether the measure has to be true or false.
    """

    text: Line
    measure: Label
    arguments: Values
    answer: bool = True


class Question(Parameters):
    """A question that will be answered by yes or no.

    Attributes:
        id: a short name, by which the outcome is entered.
        question: the question.
        criterion: what decides between yes and no.
        source: where one looks that up.
        resolved_by: ``record``, what newspapers and official sources report; or ``coding``, a reading of statements.
        resolves: day on which it is decided at the latest.
        measure: name of a measure in ``MEASURES``.
        arguments: what the measure takes.
        no_change: the answer if everything stays as it is.
        condition: what has to happen for the question to count.
        members: for each of which the question is asked, by code or name; ``{member}`` and ``{name}`` stand for
            the code and the name in ``id``, ``question``, ``criterion`` and ``source``.
        again_on: days on which the question is asked again, given that the answer is not yes by then; its measure has
            to take ``by``.
    """

    id: Label
    question: Line
    criterion: Line
    source: Line
    resolved_by: Literal["record", "coding"] = "record"
    resolves: Day
    measure: Label
    arguments: Values
    no_change: bool
    condition: Condition | None = None
    members: Annotated[tuple[str, ...], Field(strict=False)] = ()
    again_on: Annotated[tuple[Day, ...], Field(strict=False)] = ()


class QuestionFile(Parameters):
    """The content of a file of questions."""

    questions: Annotated[tuple[Question, ...], Field(strict=False, min_length=1)]


def read_questions(source: str | Path | Traversable, scenario: Scenario) -> tuple[Question, ...]:
    """Read and check the questions that are to be asked of a scenario, one for each member that a row names.

    Args:
        source: path of a TOML file with a list ``questions``.
        scenario: the scenario, which has the members and the horizon.

    Raises:
        ArgumentError: the file is missing or invalid; the message names file, question, key and what was expected.
    """
    path = Path(source) if isinstance(source, str) else source
    try:
        content = parse_toml(path.read_text("utf-8"), path.name)
        rows = QuestionFile.model_validate(content).questions
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ArgumentError(f"{path}: cannot be read: not UTF-8 text") from None
    except ValidationError as error:
        raise ArgumentError(listed_mistakes(file_mistakes(error, path.name))) from None
    roster = scenario.members()
    coded = [_by_code(row, roster) for row in rows]
    found = [again for row in coded for one in _for_each_member(row, roster, path.name) for again in _on_each_day(one)]
    check_distinct(f"{path.name}: id", [each.id for each in found])
    for each in found:
        _check(each, roster, scenario, f"{path.name}, question {each.id}")
    return tuple(found)


def questions_of(edition: Edition) -> Traversable:
    """The file with the questions of an edition.

    Raises:
        ArgumentError: the edition has none.
    """
    file = edition.folder.joinpath(QUESTIONS_FILE)
    if not file.is_file():
        raise ArgumentError(f"edition {edition.name}: has no {QUESTIONS_FILE}; give the path of a file with questions")
    return file


def _by_code(row: Question, roster: Roster) -> Question:
    """A question with codes in place of the names of members; who is not a member stays as it is."""
    own: dict[str, Any] = {"members": tuple(roster.find(name) or name for name in row.members)}
    own["arguments"] = _arguments_by_code(row.arguments, roster)
    if row.condition is not None:
        own["condition"] = row.condition.with_(arguments=_arguments_by_code(row.condition.arguments, roster))
    return row.with_(**own)


def _arguments_by_code(arguments: Mapping[str, Any], roster: Roster) -> dict[str, Any]:
    return {key: (roster.find(value) or value) if key == "member" else value for key, value in arguments.items()}


def _for_each_member(row: Question, roster: Roster, origin: str) -> list[Question]:
    if not row.members:
        return [row]
    names = roster.name_of
    if unknown := [code for code in row.members if code not in names]:
        wrong = f"{shown(unknown[0])} is not a member{roster.hint(unknown[0])}"
        raise ArgumentError(f"{origin}, question {row.id}: members: {wrong}")
    found = []
    for code in row.members:
        words = {
            key: getattr(row, key).replace("{member}", code).replace("{name}", names[code])
            for key in ("id", "question", "criterion", "source")
        }
        found.append(row.with_(**words, arguments={**row.arguments, "member": code}, members=()))
    return found


def _on_each_day(row: Question) -> list[Question]:
    """The question, and the same question on later days, each given that the answer is not yes by then."""
    plain, found = row.with_(again_on=()), []
    for day in row.again_on:
        given = {**row.arguments, "by": day}
        not_yet = Condition(text=f"Not by {day}.", measure=row.measure, arguments=given, answer=False)
        found.append(plain.with_(id=f"{row.id}{AGAIN}{day}", condition=not_yet))
    return [plain, *found]


def _check(row: Question, roster: Roster, scenario: Scenario, where: str) -> None:
    """Refuse a measure that does not exist, and arguments that it does not take or that are not of its kind."""
    asked = [(row.measure, row.arguments, where)]
    if row.condition is not None:
        asked.append((row.condition.measure, row.condition.arguments, f"{where}: condition"))
    for measure, given, place in asked:
        if measure not in MEASURES:
            raise ArgumentError(f"{place}: measure = {measure!r}: no such measure{nearest(measure, MEASURES)}")
        takes, needs = MEASURES[measure].arguments, MEASURES[measure].needed
        if wrong := [name for name in given if name not in takes]:
            raise ArgumentError(f"{place}: arguments.{wrong[0]}: {measure} takes {', '.join(takes)}")
        if missing := [name for name in needs if name not in given]:
            raise ArgumentError(f"{place}: arguments.{missing[0]}: missing; {measure} takes {', '.join(takes)}")
        for name, value in given.items():
            if wanted := _wanted(name, value, roster, scenario):
                raise ArgumentError(f"{place}: arguments.{name} = {shown(value)}: expected {wanted}")


def _wanted(name: str, value: object, roster: Roster, scenario: Scenario) -> str:
    """What was expected in place of the value of an argument; empty if the value is right."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if name in DAYS:
        inside = type(value) is dt.date and scenario.start <= value <= scenario.horizon
        return "" if inside else f"a date from the start, {scenario.start}, to the horizon, {scenario.horizon}"
    if name in WHOLE:
        return "" if is_whole and int(str(value)) > 0 else "a whole number of at least 1"
    if name in NUMBERS:
        return "" if is_whole or isinstance(value, float) else "a number"
    if name == "member":
        return "" if value in roster.iso3 else f"the code or name of a member{roster.hint(value)}"
    return "" if isinstance(value, str) else "a word"
