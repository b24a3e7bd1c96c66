"""Things by name: those that come with the package, and those that a user has added in this session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from article10.agents.short_error import ArgumentError, shown

T = TypeVar("T")


class Registered(Mapping[str, T]):
    """Read like a dictionary; it grows when a user adds something of their own."""

    def __init__(self, kind: str, shipped: Mapping[str, T]) -> None:
        """Begin with what comes with the package.

        Args:
            kind: name of an entry in messages, for example ``"lever"``.
            shipped: those that come with the package, by name.
        """
        self._kind, self._shipped, self._own = kind, dict(shipped), dict[str, T]()

    def add(self, name: str, value: T) -> None:
        """Add one, or replace one that was added before under the same name, as a notebook's cell does when run again.

        Raises:
            ArgumentError: the name is not an identifier, or one that comes with the package has it.
        """
        if not isinstance(name, str) or not name.isidentifier():  # type: ignore[redundant-expr] # a user may pass anything
            raise ArgumentError(f"name of the {self._kind} = {shown(name)}: expected letters, digits and underscores")
        if name in self._shipped:
            raise ArgumentError(
                f"name of the {self._kind} = {shown(name)}: the package has a {self._kind} of this name; choose another"
            )
        self._own[name] = value

    def remove(self, name: str) -> None:
        """Remove one that was added.

        Raises:
            KeyError: none of this name was added.
        """
        del self._own[name]

    def __getitem__(self, name: str) -> T:
        return self._own[name] if name in self._own else self._shipped[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._shipped
        yield from self._own

    def __len__(self) -> int:
        return len(self._shipped) + len(self._own)
