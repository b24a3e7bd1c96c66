"""TOML as users write it: read, or refused in one message; every file and every option goes through here."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from article10.agents.plain_values import MOST_LEVELS
from article10.agents.short_error import ScenarioError

OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""By the byte order mark that text begins with, the longer marks first: one is the beginning of another."""


class MalformedTomlError(ScenarioError):
    """A text is not TOML; the message says where and why."""


def read_toml(path: str | Path, what: str | None = None, place: str | None = None) -> dict[str, Any]:
    """The content of a TOML file in UTF-8, with or without a byte order mark.

    Args:
        path: path of the file.
        what: words for the expected content, in the message about an empty file; None if the reader refuses it.
        place: name of the file in messages, by default the path.

    Raises:
        ScenarioError: the file cannot be read, is not text, or is empty, malformed or nested too deeply.
    """
    try:
        text = _decoded(Path(path).read_bytes(), str(path))
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ScenarioError(f"{place or path}: cannot be read: {reason}") from None
    content = parse_toml(text, str(path))
    if not content and what is not None:
        raise ScenarioError(f"{path}: is empty: expected {what}")
    return content


def parse_toml(text: str, origin: str) -> dict[str, Any]:
    """TOML as tables, lists and values.

    Args:
        text: to read.
        origin: origin of the text, for messages.

    Raises:
        MalformedTomlError: the text is malformed.
        ScenarioError: the text is nested too deeply, or a number in it has too many digits.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedTomlError(f"{origin}: malformed TOML: {error}") from None
    except RecursionError:
        raise _too_deep(origin) from None
    except ValueError:  # Python's own limit on the digits of a number
        raise ScenarioError(f"{origin}: a number has too many digits") from None
    check_depth(content, origin)
    return content


def _decoded(raw: bytes, origin: str) -> str:
    for mark, encoding in OTHER_ENCODINGS.items():
        if raw.startswith(mark):
            raise ScenarioError(
                f"{origin}: is {encoding} text, by the byte order mark that it begins with; save it as UTF-8"
            )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(f"{origin}: cannot be read: not UTF-8 text") from None


def check_depth(content: Mapping[Any, Any], origin: str) -> None:
    """Refuse tables and lists that lie too deep within one another.

    Raises:
        ScenarioError: they do.
    """
    level: list[Any] = [content]
    for _ in range(MOST_LEVELS):
        inner = [value for table in level for value in (table.values() if isinstance(table, Mapping) else table)]
        level = [value for value in inner if isinstance(value, Mapping | list | tuple)]
    if level:
        raise _too_deep(origin)


def _too_deep(origin: str) -> ScenarioError:
    return ScenarioError(f"{origin}: tables or lists are nested more than {MOST_LEVELS} levels deep")
