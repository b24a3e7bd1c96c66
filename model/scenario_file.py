"""Scenario files: TOML on a named base, each stating only what differs; a bad one is refused in one message."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from article10.agents.nearest import nearest
from article10.agents.parameter import Parameters
from article10.agents.refusal import keys_to, objection
from article10.agents.russia import STRATEGIES
from article10.agents.short_error import listed_mistakes, named, shown
from article10.model.checked import checked
from article10.model.country_names import by_code
from article10.model.edition import Edition, EditionError, read_edition
from article10.model.events import UnknownKindError, kinds
from article10.model.scenario import Scenario, ScenarioError
from article10.model.shipped import ROOT as ROOT
from article10.model.shipped import editions
from article10.model.shipped import shipped as shipped
from article10.model.toml_file import check_depth, parse_toml, read_toml

MOST_BASES = 64
"""Scenarios that may stand on one another."""


FRESH_DAYS = 60
"""Days from the date of its edition at which a scenario may start without a warning."""

STALE_TABLES = ("governments", "membership_stance", "elections", "council_dates", "defence_expenditure")
"""Tables that change from month to month."""


class StaleEditionWarning(UserWarning):
    """A scenario starts long before or after the day for which its tables are coded."""


class SetOptions(dict[str, Any]):
    """Changes by full key that were given on the command line, with ``--set``."""


@dataclass(frozen=True)
class Layer:
    """One file's content, or that of the command line, and where it came from."""

    origin: str
    content: dict[str, Any]


@checked
def read_scenario(
    source: str | Path | Scenario = ROOT,
    changes: Mapping[str, Any] | None = None,
    *,
    edition: str | Path | Edition | None = None,
    own_strategy: bool = False,
) -> Scenario:
    """A scenario by the name of a shipped one or the path of a TOML file, with changes on top.

    Args:
        source: name, path, or a scenario, which passes with its changes.
        changes: values by full key, for example ``{"stance.peer_rate": 0.6, "horizon": "2030-12-01"}``.
        edition: name or folder of the edition to stand on, whatever the scenario says; by default the one that it
            names, or the newest.
        own_strategy: whether Russia's strategy is a function of the user's, whatever name the scenario gives it.

    Raises:
        ScenarioError: anything is wrong; the message names file, key, value, what was expected, the nearest name.
    """
    asked = _asked(edition, changes)
    layers = [Layer("scenario", _dump(source))] if isinstance(source, Scenario) else _layers(str(source), asked)
    if changes:
        layers.append(_layer_of(changes))
    if edition is not None:
        layers.append(Layer("edition", {"edition": asked}))
    scenario = _build(layers, own_strategy)
    _warn_if_stale(scenario)
    return scenario


@checked
def combined(
    source: str | Path | Scenario,
    more: Sequence[str | Path],
    changes: Mapping[str, Any] | None = None,
    *,
    edition: str | Path | Edition | None = None,
) -> Scenario:
    """A scenario with what other scenarios change, one on top of the other.

    What a later scenario states replaces what an earlier one says; its events are added, and replace those of the same
    name. The name and the title are those of all, joined.

    Args:
        source: name, path, or a scenario: the one that the others change.
        more: names or paths of the others.
        changes: values by full key, made last.
        edition: name or folder of the edition to stand on, as for ``read_scenario``.

    Raises:
        ScenarioError: one cannot be read, or the combination is not valid.

    >>> combined("baseline", ["no_pressure", "peace_plan"]).name
    'baseline + no_pressure + peace_plan'
    """
    whole = read_scenario(source, edition=_asked(edition, changes))
    layers, parts = [Layer("scenario", _dump(whole))], [whole]
    for each in more:
        own = [layer for layer in _layers(str(each), whole.edition) if layer.origin != _origin(ROOT)]
        layers += [Layer(layer.origin, {k: v for k, v in layer.content.items() if k != "edition"}) for layer in own]
        parts.append(read_scenario(each, edition=whole.edition))
    names = {"name": " + ".join(part.name for part in parts), "title": "; ".join(p.title for p in parts if p.title)}
    scenario = _build([*layers, Layer("combination", names), *([_layer_of(changes)] if changes else [])], False)
    _warn_if_stale(scenario)
    return scenario


def _warn_if_stale(scenario: Scenario) -> None:
    """Warn of a start far from the day of the tables, unless the scenario states the stances itself."""
    edition = read_edition(scenario.edition)
    days = abs((scenario.start - edition.date).days)
    if days > FRESH_DAYS and not scenario.states_every_stance:
        warnings.warn(
            f"start = {scenario.start}: {days} days from the date of the edition {edition.name}, {edition.date}: its "
            f"tables ({', '.join(STALE_TABLES)}) are those of that date, with evidence up to "
            f"{edition.file.last_day_of_evidence}; see article10 edition list",
            StaleEditionWarning,
            stacklevel=4,  # beyond the function that checks arguments
        )


def _dump(scenario: Scenario) -> dict[str, Any]:
    content = {k: v.model_dump() if isinstance(v, Parameters) else v for k, v in dict(scenario).items()}
    content["roster"] = {code: own.model_dump(exclude_unset=True) for code, own in scenario.roster.items()}
    return content


def _asked(edition: str | Path | Edition | None, changes: Mapping[str, Any] | None) -> str | None:
    """Name of the edition that is asked for, as an argument or among the changes; None if none is."""
    among = changes.get("edition") if isinstance(changes, Mapping) else None
    wanted = among if edition is None else edition
    return None if wanted is None else read_edition(wanted).name


def _layers(source: str, edition: str | None) -> list[Layer]:
    """A scenario's own content and that of all its bases, the baseline first.

    Args:
        source: name or path.
        edition: where named scenarios are looked for; None until a file names its edition.
    """
    layers: list[Layer] = []
    asked_by, passed = None, [source]
    while True:
        origin, content = _content(source, asked_by, edition)
        edition = edition or stated_edition(content, source)
        content.setdefault("name", Path(source).stem if source.endswith(".toml") else source)
        if origin == _origin(ROOT):
            return [Layer(origin, content), *layers]
        base = content.pop("base", ROOT)
        if not isinstance(base, str):
            raise ScenarioError(f"{origin}: base = {shown(base)}: expected the name or path of a scenario")
        if base.endswith(".toml") and not Path(base).is_absolute():
            base = str(Path(source).parent / base)
        layers.insert(0, Layer(origin, content))
        passed.append(base)
        _check_bases(origin, passed)
        source, asked_by = base, origin


def stated_edition(content: dict[str, Any], source: str) -> str | None:
    """The edition that a file names; the path of a folder is relative to the file, and is made absolute."""
    stated = content.get("edition")
    if not isinstance(stated, str):
        return None
    if stated not in editions() and source.endswith(".toml"):
        stated = str(Path(source).parent / stated)
    try:
        content["edition"] = read_edition(stated).name
    except EditionError as error:
        raise ScenarioError(f"{source}: {error}") from None
    return content["edition"]


def _check_bases(origin: str, passed: Sequence[str]) -> None:
    base = passed[-1]
    if base in passed[:-1]:
        raise ScenarioError(f"{origin}: base = {shown(base)}: circular: {' -> '.join(passed)}")
    if len(passed) > MOST_BASES:
        raise ScenarioError(f"{passed[0]}: more than {MOST_BASES} scenarios stand on one another; the last is {origin}")


def _origin(name: str) -> str:
    return f"scenario {name}"


def _content(source: str, asked_by: str | None, edition: str | None) -> tuple[str, dict[str, Any]]:
    """Where a scenario is from, and what it says."""
    if source.endswith(".toml"):
        place = f"{asked_by}: base = {source!r}" if asked_by else source
        return source, read_toml(source, 'a scenario, such as horizon = 2030-12-01, or base = "baseline"', place)
    known = shipped(edition)
    if source in known:
        return _origin(source), parse_toml(known[source], _origin(source))
    where = f"{asked_by}: base = {shown(source)}" if asked_by else f"scenario {shown(source)}"
    if _exists(source):
        raise ScenarioError(f"{where}: exists, but is not a .toml file")
    raise ScenarioError(f"{where}: no such scenario{nearest(source, known)}; or give the path of a .toml file")


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _layer_of(changes: Mapping[str, Any]) -> Layer:
    origin = "--set" if isinstance(changes, SetOptions) else "changes"
    if not isinstance(changes, Mapping):
        raise ScenarioError(f'{origin} = {shown(changes)}: expected values by key, such as {{"stance.peer_rate": 0.6}}')
    check_depth(changes, origin)
    content: dict[str, Any] = {}
    for path, value in _leaves(changes):
        inner, key = content, named(".".join(path))
        for name in path[:-1]:
            there = inner.setdefault(name, {})
            if not isinstance(there, dict):
                raise ScenarioError(
                    f"{origin}: {key} = {shown(value)}: {named(name)} = {shown(there)} is given beside it"
                )
            inner = there
        if path[-1] in inner:
            raise ScenarioError(f"{origin}: {key} = {shown(value)}: {shown(inner[path[-1]])} is given beside it")
        inner[path[-1]] = value
    return Layer(origin, content)


def _leaves(changes: Mapping[str, Any], within: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value, with the names that lead to it: those of full keys, and of tables that are given as values."""
    for key, value in changes.items():
        path = (*within, str(key)) if within else tuple(str(key).split("."))
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, path)
        else:
            yield path, value


def _build(layers: Sequence[Layer], own_strategy: bool) -> Scenario:
    merged: dict[str, Any] = {}
    layers = _by_code(layers)
    for layer in layers:
        _merge(merged, layer)
    try:
        scenario = Scenario.model_validate(merged)
    except ValidationError as error:
        raise ScenarioError(listed_mistakes(messages(error, layers, merged))) from None
    strategy = scenario.russia.strategy
    if strategy not in STRATEGIES and not own_strategy:
        origin = _origin_of(("russia", "strategy"), layers, merged, "")
        raise ScenarioError(
            f"{origin}: russia.strategy = {shown(strategy)}: no such strategy{nearest(strategy, STRATEGIES)}; "
            "in Python, a function of your own goes to strategy="
        )
    return scenario


def _by_code(layers: Sequence[Layer]) -> list[Layer]:
    """The layers with members by code, so that what one says of HUN and another of Hungary comes together.

    Raises:
        ScenarioError: a layer names one member twice.
    """
    stated = [layer.content["edition"] for layer in layers if "edition" in layer.content]
    names = read_edition(stated[-1] if stated else None).member_names
    found = []
    for layer in layers:
        content = dict(layer.content)
        for table in ("roster", "ballots"):
            if isinstance(content.get(table), Mapping):
                try:
                    content[table] = by_code(table, content[table], names)
                except ValueError as error:
                    raise ScenarioError(f"{layer.origin}: {error}") from None
        found.append(Layer(layer.origin, content))
    return found


def _merge(merged: dict[str, Any], layer: Layer) -> None:
    content = dict(layer.content)
    dropped = content.pop("without_events", ())
    events = content.pop("events", ())
    if not isinstance(events, list | tuple) or not isinstance(dropped, list | tuple):
        raise ScenarioError(f"{layer.origin}: events: expected [[events]] tables, and without_events a list of names")
    for event in events:
        for key in ("kind", "name"):
            if isinstance(event, Mapping) and not isinstance(event.get(key, ""), str):
                raise ScenarioError(f"{layer.origin}: events.{key} = {shown(event[key])}: expected text")
    kept = list(merged.get("events", ()))
    names = [str(_name(e)) for e in kept]
    for name in dropped:
        if name not in names:
            raise ScenarioError(
                f"{layer.origin}: without_events: its base has no event called {shown(name)}{nearest(str(name), names)}"
            )
    new = {_name(e) for e in events}
    merged["events"] = [e for e in kept if _name(e) not in new and _name(e) not in dropped] + list(events)
    _deep_update(merged, content)


def _name(event: object) -> object:
    return event.get("name") if isinstance(event, Mapping) else getattr(event, "name", None)


def _deep_update(into: dict[str, Any], content: Mapping[str, Any]) -> None:
    for key, value in content.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), Mapping):
            inner = dict(into[key])
            _deep_update(inner, value)
            into[key] = inner
        else:
            into[key] = value


# --- messages ------------------------------------------------------------------------------------------------------


def messages(error: ValidationError, layers: Sequence[Layer], merged: Mapping[str, Any]) -> list[str]:
    """What is wrong, a line each: where it was written, key, value, and what was expected."""
    found = []
    for item in error.errors(include_url=False):
        path, cause = keys_to(item), item.get("ctx", {}).get("error")
        text = objection(item)
        origin = _origin_of(path, layers, merged, text)
        if not path:
            found.append(f"{origin}: {text}")
            continue
        key = _key(path, merged)
        value = "" if item["type"] == "missing" else f" = {shown(item['input'])}"
        if item["type"] == "extra_forbidden":
            text = f"unknown key{nearest(str(path[-1]), _valid_names(path, merged))}"
        elif isinstance(cause, UnknownKindError):
            key, value = f"{key}.kind", "" if cause.kind is None else f" = {shown(cause.kind)}"
            text = f"no such kind of event{nearest(str(cause.kind), cause.known)}"
        found.append(f"{origin}: {key}{value}: {text}")
    return found


def _key(path: Sequence[object], merged: Mapping[str, Any]) -> str:
    if path[0] == "events" and len(path) > 1 and isinstance(path[1], int):
        event = merged["events"][path[1]]
        place = f"events ({shown(_name(event))})" if _name(event) else f"events[{path[1]}]"
        return ".".join([place, *map(named, path[2:])])
    return ".".join(map(named, path))


def _origin_of(path: Sequence[object], layers: Sequence[Layer], merged: Mapping[str, Any], text: str) -> str:
    """The last layer that states the key, else one that the message speaks of, else the topmost."""
    for layer in reversed(layers):
        if path and path[0] == "events" and len(path) > 1 and isinstance(path[1], int):
            if merged["events"][path[1]] in list(layer.content.get("events", ())):
                return layer.origin
            continue
        inner: object = layer.content
        for part in path:
            inner = inner.get(part) if isinstance(inner, Mapping) else None
        if path and inner is not None:
            return layer.origin
    for layer in reversed(layers):
        names = [str(_name(e)) for e in layer.content.get("events", ())]
        if any(repr(name) in text for name in names) or text.split(" ")[0].split(":")[0] in layer.content:
            return layer.origin
    return layers[-1].origin


def _valid_names(path: Sequence[object], merged: Mapping[str, Any]) -> list[str]:
    if len(path) == 1:
        return [*Scenario.model_fields, "base", "without_events"]
    model: Any = Scenario
    if path[0] == "events" and isinstance(path[1], int):
        event = merged["events"][path[1]]
        model = kinds().get(event.get("kind", ""), None) if isinstance(event, Mapping) else None
    elif path[0] == "roster":
        from article10.model.scenario import MemberOverride

        model = MemberOverride
    else:
        default = Scenario.model_fields[str(path[0])].get_default(call_default_factory=True)
        model = type(default) if isinstance(default, BaseModel) else None
    return list(model.model_fields) if model else []
