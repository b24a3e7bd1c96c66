"""A Zarr store that shows only committed chunks and compares each with its digest when it is first read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from zarr.abc.store import ByteRequest, Store
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype

from article10.runs.batches.manifest import Manifest


class CommittedZarr(Store):
    """A Zarr group on disk, as named by the commits: a missing chunk is an error, not a fill value."""

    supports_writes = False
    supports_deletes = False
    supports_listing = True

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Open a group with the list of its committed files."""
        super().__init__(read_only=True)
        self._path, self._manifest = path, manifest

    def __eq__(self, other: object) -> bool:
        """Whether the other store is the same group with the same commits."""
        return isinstance(other, CommittedZarr) and (other._path, other._manifest) == (self._path, self._manifest)

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """A chunk or metadata; None if none is committed.

        Raises:
            BatchError: the file is missing or differs from its digest.
            ValueError: only a part is requested; chunks are read whole, so that they can be checked.
        """
        if byte_range is not None:
            raise ValueError(f"{key}: {byte_range}: chunks of a batch are read whole")
        content = await asyncio.to_thread(self._manifest.read, self._path / key)
        if content is None:
            return None
        return (prototype or default_buffer_prototype()).buffer.from_bytes(content)

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """Several chunks at once; see ``get``."""
        return [await self.get(key, prototype, byte_range) for key, byte_range in key_ranges]

    async def exists(self, key: str) -> bool:
        """Whether the file is committed."""
        return key in set(self._manifest.names(self._path))

    async def set(self, key: str, value: Buffer) -> None:
        """Raise an error: only tasks write."""
        self._check_writable()

    async def delete(self, key: str) -> None:
        """Raise an error, like ``set``."""
        self._check_writable()

    async def list(self) -> AsyncIterator[str]:
        """Names of all committed files."""
        for key in self._manifest.names(self._path):
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """Names of all committed files with a prefix."""
        for key in self._manifest.names(self._path):
            if key.startswith(prefix):
                yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Names within a folder of the group, each once."""
        within = f"{prefix.rstrip('/')}/" if prefix else ""
        keys = [key.removeprefix(within) for key in self._manifest.names(self._path) if key.startswith(within)]
        for name in dict.fromkeys(key.partition("/")[0] for key in keys):
            yield name
