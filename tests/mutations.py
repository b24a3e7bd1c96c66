"""Scenarios and designs gone wrong: each a pure function of its number, made from texts that are right."""

from __future__ import annotations

import json
import random  # noqa: TID251 - nothing of a run is drawn
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

DEEP = 10_000
"""Levels of nesting, digits of a number: beyond what Python's own parser takes."""

ODD_VALUES = (
    *("0.5", "1.0", "3", "0.9", "12", "2026-06-01", '"inert"', '"stance"', '"weakest_link"', '"outcomes"'),
    *("true", "false", "0", "-1", "-0.0", "1e400", "1e-400", "1e308", "nan", "inf", "-inf"),
    *("9223372036854775807", "9223372036854775808", "1000000000000", "1799971200", "20261201"),
    *("9" * 4000, "9" * DEEP, "0x" + "f" * DEEP, "0." + "1" * DEEP),
    *("1949-04-03", "1949-04-04", "1677-09-21", "2261-12-31", "2262-04-11", "2300-01-01", "9999-12-31", "0001-01-01"),
    *("2026-03-01T00:00:00", "2026-03-01T12:00:00", "2026-03-01T00:00:00Z", "12:00:00", "2026-02-29"),
    *('"2026-03-01"', '"2026-W10"', '"1799971200"', '"soon"', '""', '" "', '"HUN"', '"RUS"', '"all"', '"baseline"'),
    *(
        '"../../x"',
        '"a::b"',
        '"a/b"',
        '"$x$"',
        '"\\u0000"',
        '"\\n"',
        '"Türkiye \\U0001F54A \\u202E"',
        f'"{"a" * 100_000}"',
    ),
    *("[]", "[[]]", "{}", "[1, 2]", '["HUN", "HUN"]', "[{}]", "{a = 1}", "[1, 'a', true]", "{stance = 1}"),
    *("[" * DEEP, "[" * 500 + "]" * 500, "{a = " * 20 + "1" + "}" * 20, "[" * 20 + "]" * 20),
)
"""Values that are wrong in most places, as TOML writes them."""

ODD_KEYS = ("stance", "events", "horizon", "base", "name", "", "a.b", "HUN", "all", "kind", "é" * 200, "a\nb", "runs")

MARKS = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    "\u2028".encode(),
    b"\r",
    b"\x1b[31m",
)
"""Bytes that do not belong into a file, or change how it is read."""


def mutated(number: int, texts: Sequence[str]) -> bytes:
    """The bytes of a file: one of some TOML texts, its words, structure or bytes changed once to three times."""
    rng = random.Random(number)
    text, changes = rng.choice(texts), rng.choice((1, 1, 1, 2, 3))
    if rng.random() < 0.5:
        text, changes = _changed_in_structure(rng, text), changes - 1
    for _ in range(changes):
        text = rng.choice(OF_LINES)(rng, text)
    raw = text.encode("utf-8", "surrogatepass")
    return rng.choice(OF_BYTES)(rng, raw) if rng.random() < 0.15 else raw


# --- structure ------------------------------------------------------------------------------------------------------


def _changed_in_structure(rng: random.Random, text: str) -> str:
    content = tomllib.loads(text)
    inside = list(_inside(content))
    holder, key = rng.choice(inside)
    rng.choice(OF_STRUCTURE)(rng, holder, key, inside)
    return "\n".join(f"{_key(key)} = {_value(value)}" for key, value in content.items())


def _inside(content: Any) -> Any:
    for key, value in list(content.items() if isinstance(content, dict) else enumerate(content)):
        yield content, key
        if isinstance(value, dict | list):
            yield from _inside(value)


def _replace(rng: random.Random, holder: Any, key: Any, inside: Any) -> None:
    holder[key] = Written(rng.choice(ODD_VALUES))


def _swap(rng: random.Random, holder: Any, key: Any, inside: Any) -> None:
    other, its = rng.choice(inside)
    holder[key], other[its] = Written(_value(other[its])), Written(_value(holder[key]))


def _rename(rng: random.Random, holder: Any, key: Any, inside: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice(ODD_KEYS)] = holder.pop(key)


def _drop(rng: random.Random, holder: Any, key: Any, inside: Any) -> None:
    del holder[key]


def _wrap(rng: random.Random, holder: Any, key: Any, inside: Any) -> None:
    holder[key] = [holder[key]] * rng.choice((1, 2, 100)) if rng.random() < 0.5 else {"a": holder[key]}


OF_STRUCTURE: tuple[Callable[..., None], ...] = (_replace, _replace, _replace, _swap, _rename, _drop, _wrap)


class Written(str):
    """A value as TOML writes it already."""


def _key(key: str) -> str:
    return json.dumps(key)


def _value(value: object) -> str:
    match value:
        case Written():
            return str(value)
        case bool() | str():
            return json.dumps(value)
        case dict():
            return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)


# --- lines and bytes ------------------------------------------------------------------------------------------------


def _odd_line(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    place = rng.randrange(len(lines))
    key, equals, _ = lines[place].partition("=")
    lines[place] = f"{key}= {rng.choice(ODD_VALUES)}" if equals else f"x = {rng.choice(ODD_VALUES)}"
    return "\n".join(lines)


def _twice(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return "\n".join(lines)


def _moved(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    rng.shuffle(lines)
    return "\n".join(lines) if rng.random() < 0.2 else "\n".join(sorted(lines, key=lambda _: rng.random() < 0.1))


def _cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _hole(rng: random.Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    return text[:start] + text[start + rng.randint(1, 20) :]


def _odd_letter(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice("\"'[]{}=.,#\\\n\t\0é\u202e\U0001f54a0-") + text[place:]


OF_LINES = (_odd_line, _odd_line, _odd_line, _twice, _moved, _cut, _hole, _odd_letter)


def _marked(rng: random.Random, raw: bytes) -> bytes:
    place = rng.choice((0, rng.randrange(len(raw) + 1)))
    return raw[:place] + rng.choice(MARKS) + raw[place:]


def _in_other_letters(rng: random.Random, raw: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7")))


def _flipped(rng: random.Random, raw: bytes) -> bytes:
    place = rng.randrange(len(raw) or 1)
    return raw[:place] + bytes([raw[place] ^ 1 << rng.randrange(8)]) + raw[place + 1 :] if raw else raw


def _nothing(rng: random.Random, raw: bytes) -> bytes:
    return rng.choice((b"", b"\n \t\n", b"# only a comment\n", b"\xef\xbb\xbf"))


OF_BYTES = (_marked, _marked, _in_other_letters, _flipped, _nothing)
