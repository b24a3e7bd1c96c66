"""Declaration of a parameter: once, with bounds, plausible range, unit, meaning and source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic._internal._model_construction import ModelMetaclass  # public nowhere, and the same since pydantic 2.0

from article10.agents.plain_values import plain
from article10.agents.refusal import refusal
from article10.agents.short_error import ScenarioError, shown


@dataclass(frozen=True)
class Meta:
    """Information about a parameter beyond its value.

    Attributes:
        unit: the unit of the value; ``"1"`` for a pure number.
        plausible: range over which to vary it, narrower than the bounds; ``None`` if it is not uncertain.
        source: a publication, a table of ``model/data``, or ``"assumption"`` with its reason.
        choices: valid names, if the type of the field does not list them.
        shapes: whether the value shapes arrays, so that scenarios that differ in it cannot be stepped side by side.
    """

    unit: str = "1"
    plausible: tuple[float, float] | None = None
    source: str = "assumption"
    choices: tuple[str, ...] = ()
    shapes: bool = False


class OneMessage(ModelMetaclass):
    """Makes a class whose constructor, called in Python, says what is wrong as the command line does.

    Files are read by ``model_validate``; its errors are reported with the file and the place in it.
    """

    def __call__(cls, *args: Any, **fields: Any) -> Any:  # noqa: ANN401, N805 - the instance of a metaclass is a class
        """Build a value.

        Raises:
            ScenarioError: a field is unknown, missing, or not what it takes.
        """
        if args:
            raise ScenarioError(f"{cls.__name__}({shown(args[0])}): expected values by name, as name=value")
        try:
            return super().__call__(**fields)
        except ValidationError as error:
            raise refusal(cls, error) from None


class Parameters(BaseModel, metaclass=OneMessage):
    """A frozen, validated group of parameters. Subclasses declare fields and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, content: Any) -> Any:  # noqa: ANN401 - raw input
        return plain(content)

    def with_(self, **changes: Any) -> Self:  # noqa: ANN401 - any field's type
        """Rebuild with some fields changed, validating those; all of them where a rule joins several fields.

        Raises:
            ScenarioError: a name is unknown or a value is out of bounds.
        """
        kind = type(self)
        rules = kind.__pydantic_decorators__
        if rules.model_validators.keys() == {"_plain"} and not rules.field_validators:
            try:
                return self.model_copy(update={name: _validator(kind, name)(plain(v)) for name, v in changes.items()})
            except (KeyError, ValidationError):
                pass  # refused below, with the name of the group
        return kind(**{**dict(self), **changes})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``model_dump_json`` wrote.

        Raises:
            ScenarioError: the value is not of this class, or is no longer valid.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise refusal(cls, error) from None

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse to change a value in place.

        Raises:
            ScenarioError: always.
        """
        raise ScenarioError(f"{type(self).__name__}.{name} = {shown(value)}: cannot be changed in place; use .with_()")

    def _repr_html_(self) -> str:
        from article10.agents.html_view import parameters_html

        return parameters_html(self)


@cache
def _validator(kind: type[Parameters], name: str) -> Callable[[Any], Any]:
    """The validation of one field of a group.

    Raises:
        KeyError: the group has no such field.
    """
    settings = ConfigDict(allow_inf_nan=False, strict=True)
    return TypeAdapter(kind.model_fields[name].rebuild_annotation(), config=settings).validator.validate_python


@dataclass(frozen=True)
class Declaration:
    """One declared parameter, for tables, sliders, sweeps and error messages.

    Attributes:
        key: its full name, ``group.name``.
        default: its value in the baseline.
        bounds: smallest and largest value that validation accepts; ``None`` on a side without a bound.
        meta: unit, plausible range and source.
        description: meaning of the parameter.
        choices: valid names; empty for a parameter that is not a name.
    """

    key: str
    default: Any
    bounds: tuple[float | None, float | None]
    meta: Meta
    description: str
    choices: tuple[str, ...] = ()

    @property
    def stacks(self) -> bool:
        """Whether scenarios that differ in it can be stepped side by side: numbers that shape no array are such."""
        return not isinstance(self.default, bool | str) and not self.meta.shapes


def declarations(group: str, parameters: Parameters) -> Iterator[Declaration]:
    """Yield every parameter that a group declares, in order.

    Args:
        group: the group's name in scenario files, for example ``"stance"``.
        parameters: an instance of the group; its values become the defaults.
    """
    for name, field in type(parameters).model_fields.items():
        found = [m for m in field.metadata if isinstance(m, Meta)]
        low = next((getattr(m, a) for m in field.metadata for a in ("ge", "gt") if hasattr(m, a)), None)
        high = next((getattr(m, a) for m in field.metadata for a in ("le", "lt") if hasattr(m, a)), None)
        yield Declaration(
            key=f"{group}.{name}",
            default=getattr(parameters, name),
            bounds=(low, high),
            meta=(meta := found[0] if found else Meta()),
            description=field.description or "",
            choices=get_args(field.annotation) if get_origin(field.annotation) is Literal else meta.choices,
        )
