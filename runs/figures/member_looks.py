"""The looks of members' lines: a country has the same colour in every figure, whichever others are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.runs.figures.style import with_looks


def member_looks(scenario: Scenario) -> Mapping[str, Mapping[str, Any]]:
    """The look of each member's line, ``color`` and ``linestyle``, by code.

    It does not depend on what is drawn. Members that the edition selects for figures have the first looks, which are
    solid lines in different colours; then come the other states of the edition, and what else is on the roster, each by
    code.
    """
    return _looks(scenario.edition, scenario.members().iso3)


@cache
def _looks(edition: str, roster: tuple[str, ...]) -> Mapping[str, Mapping[str, Any]]:
    found = read_edition(edition)
    codes = dict.fromkeys([*sorted(found.file.figures.members), *sorted(found.names), *sorted(roster)])
    return MappingProxyType({code: MappingProxyType(look) for look, code in with_looks(codes)})
