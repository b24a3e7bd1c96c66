"""Members by what they are called: the one place where a code or a name in English becomes a code."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

Value = TypeVar("Value")

ALSO_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CZE": ("Czech Republic", "Czechia"),
        "DEU": ("Germany", "Federal Republic of Germany"),
        "DNK": ("Denmark", "Kingdom of Denmark"),
        "GBR": ("United Kingdom", "UK", "Great Britain", "Britain"),
        "GRC": ("Greece", "Hellenic Republic"),
        "MKD": ("North Macedonia", "Macedonia", "FYROM"),
        "NLD": ("Netherlands", "Holland"),
        "SVK": ("Slovakia", "Slovak Republic"),
        "TUR": ("Türkiye", "Turkey"),
        "USA": ("United States", "United States of America", "US", "America"),
    }
)
"""Names of states by code, beside the one that the tables of an edition use."""


def code_of(given: object, names: Mapping[str, str]) -> str | None:
    """The code of a member, or None if no member is called so.

    Case, accents, dots and a leading "the" do not matter, and spaces, hyphens and underscores are the same.

    Args:
        given: a code or a name.
        names: names of the members by code.

    >>> names = {"TUR": "Türkiye", "GBR": "United Kingdom"}
    >>> [code_of(each, names) for each in ("TUR", "turkiye", "Turkey", "the U.K.", "Russia")]
    ['TUR', 'TUR', 'TUR', 'GBR', None]
    """
    if not isinstance(given, str):
        return None
    return given if given in names else _codes(tuple(names.items())).get(plain(given))


def all_names(names: Mapping[str, str]) -> dict[str, str]:
    """The codes of members by everything that they are called, as it is written.

    Args:
        names: names of the members by code.
    """
    also = {name: code for code in names for name in ALSO_CALLED.get(code, ())}
    return {**also, **{name: code for code, name in names.items()}, **{code: code for code in names}}


def by_code(place: str, table: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, Value]:
    """A table by member with codes as keys; what is not the name of a member stays as it is.

    Args:
        place: name of the table, for the message.
        table: values by code or name.
        names: names of the members by code.

    Raises:
        ValueError: one member is named twice.
    """
    found: dict[str, Value] = {}
    written: dict[str, str] = {}
    for key, value in table.items():
        code = code_of(key, names) or key
        if code in found:
            raise ValueError(f"{place}: {written[code]} and {key} are the same member")
        found[code], written[code] = value, key
    return found


def plain(name: str) -> str:
    """A name in small letters, without accents, dots and a leading "the"; with one space between words."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = letters.casefold().replace(".", "").replace("-", " ").replace("_", " ").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


@lru_cache(maxsize=64)
def _codes(names: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {plain(name): code for name, code in all_names(dict(names)).items()}
