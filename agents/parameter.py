"""How a parameter is declared: once, with bounds, plausible range, unit, meaning and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class Meta:
    """What a number alone does not say.

    Attributes:
        unit: the unit of the value; ``"1"`` for a pure number.
        plausible: the range to sweep or sample, narrower than the bounds; ``None`` where it is not uncertain.
        source: a publication, a table of ``model/data``, or ``"assumption"`` with its reason.
        choices: what a name is chosen from, where its type does not list it.
        shapes: whether the value shapes arrays, so that scenarios that differ in it cannot be stepped side by side.
    """

    unit: str = "1"
    plausible: tuple[float, float] | None = None
    source: str = "assumption"
    choices: tuple[str, ...] = ()
    shapes: bool = False


class Parameters(BaseModel):
    """A frozen, validated group of parameters. Subclasses declare fields and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False, strict=True)

    def with_(self, **changes: Any) -> Self:  # noqa: ANN401 - any field's type
        """Rebuild with some fields changed, validating all of them.

        Raises:
            pydantic.ValidationError: a name is unknown or a value is out of bounds.
        """
        return type(self)(**{**dict(self), **changes})

    def _repr_html_(self) -> str:
        from article10.agents.html_view import parameters_html

        return parameters_html(self)


@dataclass(frozen=True)
class Declaration:
    """One declared parameter, as tables, sliders, sweeps and error messages need it.

    Attributes:
        key: its full name, ``group.name``.
        default: its value in the baseline.
        bounds: what validation accepts; ``None`` on a side without a bound.
        meta: unit, plausible range and source.
        description: what it does.
        choices: what a name is chosen from; empty for all else.
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
    """Every parameter that a group declares, in order.

    Args:
        group: the group's name in scenario files, for example ``"stance"``.
        parameters: an instance; its values are given as the defaults.
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
