"""What a batch's folder is committed to hold: each file is compared with its digest once, when it is first read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from article10.runs.batches.error import BatchError
from article10.runs.output.digest import bytes_digest, file_digest


class Manifest:
    """Files that are committed, by their digests; nothing else in the folder counts."""

    def __init__(self, folder: Path, digests: Mapping[str, str]) -> None:
        """Take what is committed; no file is looked at.

        Args:
            folder: of the batch.
            digests: by path within the folder.
        """
        self.folder = folder
        self._digests = digests
        self._whole: set[str] = set()

    def names(self, folder: Path) -> Iterator[str]:
        """What is committed in a folder, by path within it."""
        prefix = f"{self._name(folder)}/"
        return (name.removeprefix(prefix) for name in self._digests if name.startswith(prefix))

    def is_whole(self, path: Path) -> bool:
        """Whether a file is there and as it was committed."""
        name = self._name(path)
        if name not in self._whole and path.is_file() and file_digest(path) == self._digests.get(name):
            self._whole.add(name)
        return name in self._whole

    def checked(self, path: Path) -> Path:
        """A file that is about to be read.

        Raises:
            BatchError: it is missing or differs from its digest; the message says how to get it back.
        """
        if not self.is_whole(path):
            raise self._broken(path)
        return path

    def read(self, path: Path) -> bytes | None:
        """The bytes of a file; None if none is committed there.

        Raises:
            BatchError: as ``checked``.
        """
        name = self._name(path)
        if name not in self._digests:
            return None
        if not path.is_file():
            raise self._broken(path)
        content = path.read_bytes()
        if name not in self._whole and bytes_digest(content) != self._digests[name]:
            raise self._broken(path)
        self._whole.add(name)
        return content

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _broken(self, path: Path) -> BatchError:
        why = "differs from its checksum" if path.exists() else "it is missing"
        return BatchError(f"{path}: broken: {why}; {mend(self.folder)}")


def mend(folder: Path) -> str:
    """How to get a broken part of a batch back."""
    return f"the same command again simulates what is broken: article10 batch DESIGN.toml --out {folder}"
