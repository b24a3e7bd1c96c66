"""The committed files of a batch: each is compared with its digest once, when it is first read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from article10.runs.batches.error import BatchError
from article10.runs.output.digest import bytes_digest, file_digest


class Manifest:
    """The committed files with their digests; other files in the folder are ignored."""

    def __init__(self, folder: Path, digests: Mapping[str, str]) -> None:
        """Set the digests; no file is read.

        Args:
            folder: folder of the batch.
            digests: digests by path within the folder.
        """
        self.folder = folder
        self._digests = digests
        self._whole: set[str] = set()

    def names(self, folder: Path) -> Iterator[str]:
        """Digests of the committed files in a folder, by path within it."""
        prefix = f"{self._name(folder)}/"
        return (name.removeprefix(prefix) for name in self._digests if name.startswith(prefix))

    def is_whole(self, path: Path) -> bool:
        """Whether a file exists and is unchanged since it was committed."""
        name = self._name(path)
        if name not in self._whole and path.is_file() and file_digest(path) == self._digests.get(name):
            self._whole.add(name)
        return name in self._whole

    def checked(self, path: Path) -> Path:
        """The path of a file, checked before it is read.

        Raises:
            BatchError: the file is missing or differs from its digest; the message says how to obtain it again.
        """
        if not self.is_whole(path):
            raise self._broken(path)
        return path

    def read(self, path: Path) -> bytes | None:
        """The bytes of a file; None if no file is committed at the path.

        Raises:
            BatchError: see ``checked``.
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
    """How to obtain a damaged part of a batch again, as advice."""
    return f"the same command again simulates what is broken: article10 batch DESIGN.toml --out {folder}"
