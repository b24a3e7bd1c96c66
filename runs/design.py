"""A design: scenarios times parameter points times runs, as a value and as a TOML file."""

from __future__ import annotations

import itertools
import json
import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from article10.agents.parameter import Declaration, Parameters
from article10.model.scenario import Scenario, ScenarioError, all_declarations
from article10.model.scenario_file import nearest, read_scenario
from article10.runs.recorder import check_record

if TYPE_CHECKING:
    import pandas as pd

Value = bool | int | float | str
"""Value of a parameter at a point."""

Range = tuple[float, float]

SUMMARY, STANCE = "summary", "stance"
"""What to keep beside outcomes: weekly quantiles of each member's stance, or every stance."""

MOST_POINTS = 1_000_000
"""Points that a design may have."""

OTHER_KEYS = ("horizon", "step_days")
"""What can be varied beside the declared parameters."""


class Sample(Parameters):
    """A sample of parameter points over ranges.

    Attributes:
        n: how many; a power of two keeps the balance of Sobol points.
        method: ``sobol`` or ``latin_hypercube``, both of ``scipy.stats.qmc``.
        seed: of the sample.
        ranges: by full key, low and high; or a list of keys, for their plausible ranges.
    """

    n: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    method: Literal["sobol", "latin_hypercube"] = "sobol"
    seed: Annotated[int, Field(ge=0)] = 0
    ranges: dict[str, Annotated[Range, Field(strict=False)]]

    @model_validator(mode="before")
    @classmethod
    def _plausible(cls, content: Any) -> Any:  # noqa: ANN401 - raw input
        if isinstance(content, Mapping) and isinstance(content.get("ranges"), list | tuple):
            known = {d.key: d for d in all_declarations()}
            return {**content, "ranges": {key: _plausible_range(key, known) for key in content["ranges"]}}
        return content

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for key, (low, high) in self.ranges.items():
            if not low < high:
                raise ValueError(f"ranges.{key} = [{low}, {high}]: expected a low and a higher value")
        return self

    def rows(self) -> list[dict[str, Value]]:
        """The points, each a value for every key; whole numbers where the parameter is one."""
        from scipy.stats import qmc

        engine = {"sobol": qmc.Sobol, "latin_hypercube": qmc.LatinHypercube}[self.method]
        keys, (low, high) = list(self.ranges), zip(*self.ranges.values(), strict=True)
        sampler = engine(len(keys), rng=self.seed)
        whole_power = 2 ** math.ceil(math.log2(self.n)) if self.method == "sobol" else self.n
        unit = sampler.random(whole_power)[: self.n]
        whole = {d.key for d in all_declarations() if type(d.default) is int}
        return [
            {key: round(value) if key in whole else float(value) for key, value in zip(keys, row, strict=True)}
            for row in qmc.scale(unit, low, high)
        ]


@dataclass(frozen=True)
class Point:
    """One scenario with one set of changes.

    Attributes:
        index: its number in the design.
        scenario: name of the scenario.
        place: its number among the points of that scenario.
        changes: by full key.
        seed: of all random streams.
    """

    index: int
    scenario: str
    place: int
    changes: Mapping[str, Value]
    seed: int


class Design(Parameters):
    """What to run.

    Attributes:
        scenarios: names of shipped scenarios, paths of TOML files, or scenarios.
        runs: at each point.
        seed: of all random streams.
        record: ``"outcomes"``, ``"summary"``, ``"stance"`` or a list of variables, by member or by run.
        changes: by full key, made to every scenario.
        grid: by full key, the values to cross.
        sample: points over ranges, crossed with the grid.
        table: points given one by one, crossed with the others; see ``from_frame``.
        common_random_numbers: whether all points share every draw; otherwise each has a seed of its own.

    >>> Design(scenarios=("baseline", "no_pressure"), grid={"stance.peer_rate": (0.2, 0.8)}).n_points
    4
    """

    scenarios: Annotated[tuple[str | Scenario, ...], Field(strict=False, min_length=1)] = ("baseline",)
    runs: Annotated[int, Field(ge=1)] = 1000
    seed: Annotated[int, Field(ge=0)] = 0
    record: Literal["outcomes", "summary", "stance"] | Annotated[tuple[str, ...], Field(strict=False)] = "outcomes"
    changes: dict[str, Value] = Field(default_factory=dict)
    grid: dict[str, Annotated[tuple[Value, ...], Field(strict=False, min_length=1)]] = Field(default_factory=dict)
    sample: Sample | None = None
    table: Annotated[tuple[dict[str, Value], ...], Field(strict=False)] = ()
    common_random_numbers: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ranges = self.sample.ranges if self.sample else {}
        tabled = dict.fromkeys(key for row in self.table for key in row)
        known = {d.key: d for d in all_declarations()}
        for place, keys in (
            ("changes", self.changes),
            ("grid", self.grid),
            ("sample.ranges", ranges),
            ("table", tabled),
        ):
            for key in keys:
                if key not in known and key not in OTHER_KEYS:
                    raise ValueError(f"{place}.{key}: no such parameter{nearest(key, [*known, *OTHER_KEYS])}")
        for key, times in Counter([*self.grid, *ranges, *tabled]).items():
            if times > 1:
                raise ValueError(f"{key}: given by more than one of grid, sample and table")
        for place, by_key in (("grid", self.grid), ("sample.ranges", ranges)):
            for key, values in by_key.items():
                _check_bounds(f"{place}.{key}", values, known.get(key))
        check_record(self.variables)
        for key in OTHER_KEYS:
            if self.record != "outcomes" and key in {*self.grid, *ranges, *tabled}:
                raise ValueError(f"{key}: points differ in length, so that only outcomes can be kept; or use changes")
        names = [scenario.name for scenario in self.scenarios_in_full().values()]
        if len(names) < len(self.scenarios):
            raise ValueError("scenarios: two have the same name; names must differ")
        if self.n_points > MOST_POINTS:
            raise ValueError(f"the design has {self.n_points:,} points; at most {MOST_POINTS:,} are allowed")
        return self

    def _repr_html_(self) -> str:
        from article10.runs.result_html import design_html

        return design_html(self)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """A design from a TOML file; paths of scenarios in it are relative to the file.

        Raises:
            ScenarioError: the file or something in it is wrong.
        """
        path = Path(path)
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ScenarioError(f"{path}: malformed TOML: {error}") from None
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise ScenarioError(f"{path}: cannot be read: {reason}") from None
        if isinstance(content.get("scenarios"), list):
            content["scenarios"] = [_beside(path, name) for name in content["scenarios"]]
        for table in ("changes", "grid", "sample"):
            content.update({table: _flat(content[table])} if isinstance(content.get(table), dict) else {})
        try:
            return cls(**content)
        except ValidationError as error:
            raise ScenarioError("\n".join(_messages(error, path, cls))) from None

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, **fields: Any) -> Self:  # noqa: ANN401 - fields of the design
        """A design whose points are the rows of a table with full keys as columns, such as a sample of SALib's.

        Args:
            frame: one row a point.
            fields: the other fields of the design.
        """
        rows = tuple({str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records"))
        return cls(table=rows, **fields)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables to keep at every step."""
        if isinstance(self.record, str):
            return (STANCE,) if self.record == STANCE else ()
        return self.record

    @property
    def n_points(self) -> int:
        """Number of points."""
        sampled = self.sample.n if self.sample else 1
        return math.prod(map(len, self.grid.values())) * sampled * max(len(self.table), 1) * len(self.scenarios)

    def points(self) -> list[Point]:
        """All points: by scenario, then by row of the table, sample and grid, the last fastest."""
        crossed = [dict(zip(self.grid, values, strict=True)) for values in itertools.product(*self.grid.values())]
        sampled: Sequence[Mapping[str, Value]] = self.sample.rows() if self.sample else [{}]
        given: Sequence[Mapping[str, Value]] = self.table or [{}]
        each = [{**a, **b, **c} for a, b, c in itertools.product(given, sampled, crossed)]
        return [
            Point(i, name, i % len(each), changes, self.seed if self.common_random_numbers else self.seed + i)
            for i, (name, changes) in enumerate(itertools.product(self.scenarios_in_full(), each))
        ]

    def scenarios_in_full(self) -> dict[str, Scenario]:
        """The scenarios by name.

        Raises:
            ScenarioError: one cannot be read.
        """
        read = [read_scenario(source, self.changes) for source in self.scenarios]
        return {scenario.name: scenario for scenario in read}

    def described(self) -> dict[str, Any]:
        """The design with its scenarios in full, as JSON holds it: what a batch's folder keeps and compares."""
        own = self.model_dump(mode="json", exclude={"scenarios"})
        scenarios = {name: json.loads(s.model_dump_json()) for name, s in self.scenarios_in_full().items()}
        return {"design": own, "scenarios": scenarios}


def _check_bounds(place: str, values: Sequence[Value], declared: Declaration | None) -> None:
    low, high = declared.bounds if declared else (None, None)
    for value in values:
        if isinstance(value, str):
            continue
        if (low is not None and value < low) or (high is not None and value > high):
            raise ValueError(f"{place} = {value}: expected {low} to {high}")


def _plausible_range(key: str, known: Mapping[str, Declaration]) -> Range:
    if key not in known:
        raise ValueError(f"ranges: {key}: no such parameter{nearest(key, known)}")
    plausible = known[key].meta.plausible
    if plausible is None:
        raise ValueError(f"ranges: {key} declares no plausible range: give one, for example {key} = [0.1, 0.9]")
    return plausible


def _beside(path: Path, name: object) -> object:
    if isinstance(name, str) and name.endswith(".toml") and not Path(name).is_absolute():
        return str(path.parent / name)
    return name


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted TOML keys as written: ``stance.peer_rate = [...]`` is a table in a table."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if key == "ranges" and isinstance(value, dict):
            flat[key] = _flat(value)
        elif isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _plain(value: Any) -> Value:  # noqa: ANN401 - a cell of a table
    plain: Value = value.item() if hasattr(value, "item") else value
    return plain


def _messages(error: ValidationError, path: Path, cls: type[Design]) -> list[str]:
    found = []
    for item in error.errors(include_url=False):
        where = [str(part) for part in item["loc"] if not (isinstance(part, str) and ("[" in part or part == "str"))]
        text = str(item.get("ctx", {}).get("error") or item["msg"]).removeprefix("Value error, ")
        if not where or item["type"] == "value_error":
            found.append(f"{path}: {'.'.join([*where, text])}")
        elif item["type"] == "missing":
            found.append(f"{path}: {'.'.join(where)}: missing")
        elif item["type"] == "extra_forbidden":
            valid = Sample.model_fields if len(where) > 1 else cls.model_fields
            found.append(f"{path}: {'.'.join(where)} = {item['input']!r}: unknown key{nearest(where[-1], list(valid))}")
        else:
            found.append(f"{path}: {'.'.join(where)} = {item['input']!r}: expected: {text[0].lower()}{text[1:]}")
    return found
