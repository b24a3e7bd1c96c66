"""The tables of the ODD+D protocol, made from the declarations: ``python docs/make/odd_tables.py``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from article10.agents.bargaining import BargainArrays
from article10.agents.candidate import CandidateState
from article10.agents.members import MemberArrays
from article10.agents.russia import STRATEGIES, RussiaState
from article10.agents.secretary_general import SecretaryGeneralState
from article10.model.events import Event, kinds
from article10.model.mechanisms import MECHANISMS
from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.shipped import editions
from article10.model.world import AccessionState
from article10.runs.ensemble.recorder import MEMBER_VARIABLES, RUN_VARIABLES
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "odd.md"
"""Where the protocol stands in a checkout."""

ENTITIES: Mapping[str, type] = {
    "member": MemberArrays,
    "Russia": RussiaState,
    "candidate": CandidateState,
    "Secretary General": SecretaryGeneralState,
    "bargaining": BargainArrays,
    "accession": AccessionState,
}


def odd_blocks() -> dict[str, str]:
    """The generated tables of the protocol by name."""
    return {
        "state": markdown_table(("entity", "state variable", "meaning"), list(_state())),
        "streams": markdown_table(("stream", "distribution", "draws of a run"), list(_streams())),
        "observed": markdown_table(("recorded", "of", "unit", "meaning"), list(_observed())),
        "events": markdown_table(("kind", "meaning", "fields"), list(_events())),
        "strategies": markdown_table(("strategy", "meaning"), [(f"`{k}`", _first(f)) for k, f in STRATEGIES.items()]),
        "mechanisms": markdown_table(("mechanism", "meaning"), [(f"`{k}`", _first(f)) for k, f in MECHANISMS.items()]),
        "parameters": markdown_table(("parameter", "value", "plausible", "unit", "meaning", "source"), list(_params())),
    }


def odd_page(page: str) -> str:
    """The protocol with its generated tables replaced."""
    return with_blocks(page, odd_blocks())


def attributes(cls: type) -> dict[str, str]:
    """The attributes that a class's docstring lists, each with what it says of it.

    >>> attributes(AccessionState)["talks"]
    'share of the accession talks done.'
    """
    listed = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")[2]  # Python 3.13 cleans it, 3.12 does not
    return {name: " ".join(text.split()) for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", listed, re.M)}


def _first(declared: object) -> str:
    return (declared.__doc__ or "").split("\n")[0]


def _state() -> Iterable[tuple[str, ...]]:
    for entity, cls in ENTITIES.items():
        for name, text in attributes(cls).items():
            yield entity, f"`{name}`", text.removesuffix(".")


def _streams() -> Iterable[tuple[str, ...]]:
    for stream in Setup.of(read_scenario(edition=editions()[-1])).streams:
        yield f"`{stream.name}`", stream.distribution, " × ".join(map(str, stream.shape))


def _observed() -> Iterable[tuple[str, ...]]:
    for of, variables in (("member and step", MEMBER_VARIABLES), ("step", RUN_VARIABLES)):
        for name, variable in variables.items():
            yield f"`{name}`", of, variable.unit, variable.description


def _events() -> Iterable[tuple[str, ...]]:
    for kind, cls in kinds().items():
        if cls.__module__.startswith("article10."):
            own = [f"`{name}`" for name in cls.model_fields if name not in Event.model_fields]
            yield f"`{kind}`", _first(cls), ", ".join(own) or "none of its own"


def _params() -> Iterable[tuple[object, ...]]:
    for d in all_declarations(read_scenario(edition=editions()[-1])):
        plausible = "" if d.meta.plausible is None else f"{d.meta.plausible[0]:g} to {d.meta.plausible[1]:g}"
        value = f"{d.default:.4g}" if isinstance(d.default, float) else str(d.default)
        value = value.lower() if isinstance(d.default, bool) else value  # as in a scenario's file
        yield f"`{d.key}`", value, plausible, d.meta.unit, d.description, d.meta.source


def main() -> None:
    """Write the tables into the page of this checkout."""
    PAGE.write_text(odd_page(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
