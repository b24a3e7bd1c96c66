"""TOML as users and their editors write it: read, or refused in one short message, by every reader alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from article10 import Design, ScenarioError, Targets, hindcast, read_scenario, tune
from article10.agents.short_error import LONGEST_LINE, LONGEST_MESSAGE, LONGEST_VALUE, listed_mistakes, shown
from article10.model.scenario_file import MOST_BASES
from article10.runs.commands.application import parsed_changes

SCENARIO = "horizon = 2026-03-02\n"
TARGETS = "[[ratification]]\nn = 20\ndays = 28\ntolerance = 10\n"


def read_base(path: Path) -> object:
    path.with_name("on_it.toml").write_text(f"base = '{path.name}'\n", "utf-8")
    return read_scenario(path.with_name("on_it.toml"))


def read_scenario_of_design(path: Path) -> object:
    path.with_name("design.toml").write_text(f"scenarios = '{path.name}'\n", "utf-8")
    return Design.read(path.with_name("design.toml"))


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "scenario": (SCENARIO, read_scenario),
    "base": (SCENARIO, read_base),
    "scenario of a design": (SCENARIO, read_scenario_of_design),
    "design": ("runs = 4\n", Design.read),
    "targets": (TARGETS, Targets.read),
    "targets of tune": (TARGETS, lambda path: tune("baseline", ["stance.shock"], path)),
    "round": ('base = "baseline"\n', lambda path: hindcast(str(path), runs=2)),
}
"""By what is read: a text that is right, and its reader."""

GOES_ON = ("targets of tune", "round")
"""Readers that do more with what they have read."""


@pytest.mark.parametrize("reader", [name for name in READERS if name not in GOES_ON])
def test_a_byte_order_mark_is_no_part_of_the_text(reader, tmp_path):
    text, read = READERS[reader]
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    plain = read(path)
    path.write_text(text, "utf-8-sig")
    assert read(path) == plain


@pytest.mark.parametrize("reader", list(READERS))
@pytest.mark.parametrize(
    ("raw", "because"),
    [
        ("runs = 4\n".encode("utf-16"), "is UTF-16 text"),
        ("runs = 4\n".encode("utf-32"), "is UTF-32 text"),
        (b"\xfe\xff\x00r", "is UTF-16 text"),
        (b"name = '\xff'\n", "not UTF-8 text"),
        (b"", "is empty|no target"),
        (b"\xef\xbb\xbf", "is empty|no target"),
        (b" \n\t\n# only a comment\n", "is empty|no target"),
        (b"x = " + b"[" * 10_000 + b"]" * 10_000, "nested more than"),
        (b"x." * 1_000 + b"y = 1\n", "nested more than"),
        (b"x = " + b"[" * 40 + b"]" * 40, "nested more than"),
        (b"x = " + b"9" * 10_000, "too many digits"),
        (b"x = 0x" + b"f" * 10_000, "x.*a whole number of about 12,042 digits|x: unknown key"),
        (b"x = '" + b"y" * 3_000_000 + b"'\n", "x = 'yyyyyyyyyyyy|x: unknown key"),
        (b"'" + b"y" * 3_000_000 + b"' = 1\n", "unknown key"),
        (b"\n".join(b"x%d = 1" % i for i in range(2000)), "and 1,?9.. more"),
    ],
    ids=lambda value: None if isinstance(value, str) else f"{len(value)} bytes {value[:8]!r}",
)
def test_what_cannot_be_read_is_refused_in_one_short_message(reader, raw, because, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError, match=because) as refused:
        READERS[reader][1](path)
    assert len(str(refused.value)) <= LONGEST_MESSAGE + LONGEST_LINE


@pytest.mark.parametrize("value", ["[" * 10_000, "9" * 10_000])
def test_a_value_on_the_command_line_that_cannot_be_read_is_refused(value):
    with pytest.raises(ScenarioError, match=r"^--set: (tables or lists are nested|a number has too many digits)"):
        parsed_changes([f"stance.shock={value}"])


def test_many_bases_in_a_row_are_refused_and_some_are_not(tmp_path):
    for number in range(1500):
        base = f"{number + 1}.toml" if number < 1499 else "baseline"
        (tmp_path / f"{number}.toml").write_text(f'base = "{base}"\n', "utf-8")
    with pytest.raises(ScenarioError, match=f"more than {MOST_BASES} scenarios stand on one another") as refused:
        read_scenario(tmp_path / "0.toml")
    assert len(str(refused.value)) <= LONGEST_LINE
    assert read_scenario(tmp_path / f"{1501 - MOST_BASES}.toml").name == f"{1501 - MOST_BASES}"


@pytest.mark.parametrize("base", ["mine.toml", "../{folder}/mine.toml", "./mine.toml"])
def test_a_circle_of_bases_is_refused_however_it_is_spelled(base, tmp_path):
    (tmp_path / "mine.toml").write_text(f'base = "{base.format(folder=tmp_path.name)}"\n', "utf-8")
    with pytest.raises(ScenarioError, match=r"circular|stand on one another") as refused:
        read_scenario(tmp_path / "mine.toml")
    assert len(str(refused.value)) <= LONGEST_LINE


def test_a_message_holds_a_value_and_a_line_and_a_list_of_bounded_length():
    circle: list[object] = []
    circle.append(circle)
    table = {"a": "b" * 99} | {str(number): number for number in range(99)}
    for value in ("a" * 10**6, 10**10_000, [[["a" * 99] * 99] * 99] * 99, circle, table):
        assert len(shown(value)) <= LONGEST_VALUE
    assert len(str(ScenarioError("where: " + "a" * 10**6 + ": expected a number"))) == LONGEST_LINE
    assert str(ScenarioError("where: " + "a" * 10**6 + ": expected a number")).endswith(": expected a number")
    assert listed_mistakes(["a" * 200] * 10).endswith("\nand 7 more")
