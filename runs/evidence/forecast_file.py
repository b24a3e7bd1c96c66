"""A locked forecast: a JSON file with a hash of its content, which is written once and never replaced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from article10.agents.short_error import ShortInNotebooks
from article10.runs.output.folder import new_file

HASH = "sha256"
"""Key under which a file states the hash of everything else in it."""


class LockedFileError(ShortInNotebooks, ValueError):
    """A locked file cannot be read, or is not as it was locked."""


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of a content without its own hash, in hexadecimal.

    The content is written as JSON with sorted keys and no spaces, so that neither layout nor order matters.

    >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1, "sha256": "?"})
    True
    """
    plain = {key: value for key, value in content.items() if key != HASH}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_locked(content: Mapping[str, Any], path: Path, same: Sequence[str]) -> Path:
    """Write a content with its hash to a path, or beside what is there: ``NAME-2.json``, ``NAME-3.json``.

    Args:
        content: what to write, of plain values.
        path: path of the file; its folder is created if it does not exist.
        same: keys by which a file that is there already is known to say the same; nothing is then written.

    Returns:
        Path of the file that was written, or of the one that says the same.

    Raises:
        LockedFileError: a file of that name is damaged or was changed.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for place in _numbered(path):
        if not place.exists():
            break
        earlier = read_locked(place, tuple(same))
        if all(earlier[key] == content[key] for key in same):
            return place
    locked = {**content, HASH: content_hash(content)}
    with new_file(place) as unfinished:
        unfinished.write_text(json.dumps(locked, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    return place


def _numbered(path: Path) -> Iterator[Path]:
    """The path, and then the same name with 2, 3 and so on at its end."""
    yield path
    yield from (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))


def read_locked(path: str | Path, keys: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read a locked file and check that nothing in it has changed.

    Args:
        path: path of the file.
        keys: what it must contain.

    Raises:
        LockedFileError: the file is missing, is not such a file, or its content does not match its hash.
    """
    try:
        content = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise LockedFileError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise LockedFileError(f"{path}: is damaged: not JSON ({error})") from None
    if not isinstance(content, dict) or HASH not in content or any(key not in content for key in keys):
        raise LockedFileError(f"{path}: expected a file that article10 forecast wrote, with {', '.join((*keys, HASH))}")
    found = content_hash(content)
    if content[HASH] != found:
        raise LockedFileError(
            f"{path}: was changed after it was locked: its content has the hash {found[:12]}…, and it states "
            f"{str(content[HASH])[:12]}…; take the file as it was locked, for example from git"
        )
    return content
