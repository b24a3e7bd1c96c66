"""A design: scenarios times parameter points times runs, as a value and as a TOML file."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from article10.agents.name import same_file
from article10.agents.nearest import nearest
from article10.agents.parameter import Parameters
from article10.agents.short_error import listed_mistakes
from article10.model.arguments import LARGEST, Seed, check_distinct
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.extras import require
from article10.model.randomness import spawned_seeds
from article10.model.scenario import EditionName, Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.batches.design_file import design_content, design_messages
from article10.runs.batches.design_size import MOST_POINTS, check_size
from article10.runs.batches.design_values import (
    OTHER_KEYS,
    Cell,
    Value,
    check_key,
    check_values,
    fitted,
    known_keys,
    value_in,
)
from article10.runs.batches.ranges import Range, Space
from article10.runs.ensemble.recorder import CONTRIBUTION, MEMBER_VARIABLES, RUN_VARIABLES, check_record

if TYPE_CHECKING:
    import pandas as pd

SUMMARY, STANCE = "summary", "stance"
"""What to keep beside outcomes: weekly quantiles of each member's stance, or every stance."""

Kind = Literal["outcomes", "summary", "stance"]

Names = Annotated[tuple[str, ...], Field(strict=False)]


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
    seed: Seed = 0
    ranges: Annotated[dict[str, Annotated[Range, Field(strict=False)]], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _ranges_of_numbers(cls, content: Any) -> Any:  # noqa: ANN401 - raw input
        if isinstance(content, Mapping) and content.get("ranges"):
            return {**content, "ranges": dict(cls._space(content["ranges"]).ranges)}
        return content

    @staticmethod
    def _space(ranges: Any) -> Space:  # noqa: ANN401 - raw input
        return Space.of(ranges, "sample.ranges", OTHER_KEYS)

    def rows(self) -> list[dict[str, Value]]:
        """The points, each a value for every key; of a whole number, all from low to high are as likely."""
        require("analysis", "Sample.rows")
        from scipy.stats import qmc

        engine = {"sobol": qmc.Sobol, "latin_hypercube": qmc.LatinHypercube}[self.method]
        space = self._space(self.ranges)
        sampler = engine(len(space.keys), rng=self.seed)
        whole_power = 2 ** math.ceil(math.log2(self.n)) if self.method == "sobol" else self.n
        unit = sampler.random(whole_power)[: self.n]
        return [dict(space.changes(row)) for row in space.values(unit)]


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

    def changed(self, scenario: Scenario) -> Scenario:
        """A scenario with the changes of this point.

        Raises:
            ScenarioError: they do not fit it.
        """
        if known_keys().keys() >= self.changes.keys():
            return scenario.with_(self.changes)
        return read_scenario(scenario, self.changes)

    @property
    def stack(self) -> tuple[tuple[str, Value], ...]:
        """Changes in which it must agree with the points of its scenario that are stepped beside it."""
        return tuple((key, value) for key, value in sorted(self.changes.items()) if not _stacks(key))


@cache
def _stacks(key: str) -> bool:
    return key in known_keys() and known_keys()[key].stacks


def _several(scenarios: object) -> object:
    several = (scenarios,) if isinstance(scenarios, str | Scenario) else scenarios
    if not isinstance(several, list | tuple) or not all(isinstance(one, str | Scenario) for one in several):
        raise ValueError("expected names of shipped scenarios, or paths of TOML files")
    return several


def _known_record(record: object) -> object:
    """One variable by its name is a list of one."""
    if isinstance(record, str):
        kinds, variables = get_args(Kind), (*MEMBER_VARIABLES, *RUN_VARIABLES, CONTRIBUTION)
        if record in kinds:
            return record
        if record not in variables:
            raise ValueError(f"expected one of {', '.join(kinds)}, or variables{nearest(record, [*kinds, *variables])}")
        return (record,)
    if not isinstance(record, list | tuple) or not all(isinstance(name, str) for name in record):
        raise ValueError("expected a word or a list of words")
    return check_record(record)


class Design(Parameters):
    """What to run.

    Attributes:
        scenarios: names of shipped scenarios, paths of TOML files, or scenarios.
        runs: at each point.
        seed: of all random streams.
        record: ``"outcomes"``, ``"summary"``, ``"stance"`` or a list of variables, by member or by run.
        edition: name or folder of the edition on which all stand; by default the one that each names, or the newest.
        changes: by full key, made to every scenario.
        grid: by full key, the values to cross.
        sample: points over ranges, crossed with the grid.
        table: points given one by one, crossed with the others; see ``from_frame``. Where a row leaves out a key that
            another row gives, the point has the value of its scenario.
        common_random_numbers: whether all points share every draw; otherwise each has a seed of its own, spawned from
            ``seed``, so that designs of different seeds share no run. ``Point.seed`` and the table of points hold it.

    >>> Design(scenarios=("baseline", "no_pressure"), grid={"stance.peer_rate": (0.2, 0.8)}).n_points
    4
    """

    scenarios: Annotated[tuple[str | Scenario, ...], BeforeValidator(_several), Field(strict=False, min_length=1)] = (
        "baseline",
    )
    runs: Annotated[int, Field(ge=1, le=LARGEST)] = 1000
    seed: Seed = 0
    record: Annotated[Kind | Names, BeforeValidator(_known_record)] = "outcomes"
    edition: EditionName | None = None
    changes: dict[str, Cell] = Field(default_factory=dict)
    grid: dict[str, Annotated[tuple[Cell, ...], Field(strict=False, min_length=1)]] = Field(default_factory=dict)
    sample: Sample | None = None
    table: Annotated[tuple[dict[str, Cell], ...], Field(strict=False)] = ()
    common_random_numbers: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ranges = self.sample.ranges if self.sample else {}
        tabled: dict[str, list[Value]] = {}
        for row in self.table:
            for key, value in row.items():
                tabled.setdefault(key, []).append(value)
        changed = {key: (value,) for key, value in self.changes.items()}
        for place, values in (("changes", changed), ("grid", self.grid), ("table", tabled)):
            for key in values:
                check_key(place, key)
                check_values(place, key, values[key])
        for key, times in Counter([*self.grid, *ranges, *tabled]).items():
            if times > 1:
                raise ValueError(f"{key}: given by more than one of grid, sample and table")
        for key in OTHER_KEYS:
            if self.record != "outcomes" and key in {*self.grid, *ranges, *tabled}:
                raise ValueError(f"{key}: points differ in length, so that only outcomes can be kept; or use changes")
        if len({same_file(name) for name in self.scenarios_in_full()}) < len(self.scenarios):
            raise ValueError("scenarios: two have the same name; names must differ, not only in case")
        check_size(self.n_points, self.runs)
        return self

    def _repr_html_(self) -> str:
        from article10.runs.ensemble.result_html import design_html

        return design_html(self)

    @classmethod
    @checked
    def read(cls, path: str | Path, *, edition: str | Path | Edition | None = None) -> Self:
        """A design from a TOML file; paths of scenarios and of an edition in it are relative to the file.

        Args:
            path: of the file.
            edition: in place of the one that the file names.

        Raises:
            ScenarioError: the file or something in it is wrong.
        """
        path = Path(path)
        content = design_content(path)
        if edition is not None:
            content["edition"] = edition
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            mistakes = design_messages(error, path, list(cls.model_fields), list(Sample.model_fields))
            raise ScenarioError(listed_mistakes(mistakes)) from None

    @classmethod
    @checked
    def from_frame(cls, frame: pd.DataFrame, **fields: Any) -> Self:  # noqa: ANN401 - fields of the design
        """A design whose points are the rows of a table with full keys as columns, such as a sample of SALib's.

        Args:
            frame: one row a point; a whole parameter's values are rounded.
            fields: the other fields of the design.

        Raises:
            ValueError: there is no row or no column, two columns have one name, or a cell is missing or not what its
                parameter takes.
        """
        if frame.empty:
            raise ValueError("frame: expected at least one row and one column: it gives the points")
        keys = list(map(str, frame.columns))
        check_distinct("frame", keys)
        for key in keys:
            check_key("frame", key)
        cells = frame.itertuples(index=False, name=None)
        rows = tuple({key: fitted(key, cell) for key, cell in zip(keys, row, strict=True)} for row in cells)
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
        changes = [
            (name, place, {**a, **b, **c})
            for name, scenario in self.scenarios_in_full().items()
            for place, (a, b, c) in enumerate(itertools.product(self._rows_for(scenario), sampled, crossed))
        ]
        shared = [self.seed] * len(changes)
        seeds = shared if self.common_random_numbers else spawned_seeds(self.seed, "points of a design", len(changes))
        return [
            Point(i, name, place, changed, seed)
            for i, ((name, place, changed), seed) in enumerate(zip(changes, seeds, strict=True))
        ]

    def _rows_for(self, scenario: Scenario) -> Sequence[Mapping[str, Value]]:
        """The rows of the table, each with a value for every key: where it gives none, that of the scenario."""
        keys = dict.fromkeys(key for row in self.table for key in row)
        in_effect = {key: value_in(scenario, key) for key in keys}
        return [in_effect | row for row in self.table] or [{}]

    def scenarios_in_full(self) -> dict[str, Scenario]:
        """The scenarios by name, as their files were when the design was made.

        Raises:
            ScenarioError: one cannot be read.
        """
        return self._read

    @cached_property
    def _read(self) -> dict[str, Scenario]:
        read = []
        for source in self.scenarios:
            scenario = read_scenario(source, edition=self.edition)
            try:
                read.append(read_scenario(scenario, self.changes))
            except ScenarioError as error:
                raise ScenarioError(str(error).replace("--set: ", "changes: ")) from None
            Setup.of(read[-1])
        return {scenario.name: scenario for scenario in read}

    def described(self) -> dict[str, Any]:
        """The design with its scenarios in full, as JSON holds it: what a batch's folder keeps and compares."""
        own = self.model_dump(mode="json", exclude={"scenarios", "edition"})
        scenarios = {name: json.loads(s.model_dump_json()) for name, s in self.scenarios_in_full().items()}
        return {"design": own, "scenarios": scenarios}
