"""What the file ``edition.toml`` of an edition says: its date, its actors, and how its tables are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from article10.agents.name import Label, Line, Prose
from article10.agents.parameter import Parameters
from article10.model.days import Day

Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$", description="Code of a state, as in the column iso3.")]
Names = Annotated[tuple[Label, ...], Field(strict=False)]
Codes = Annotated[tuple[Code, ...], Field(strict=False)]


class State(Parameters):
    """A state outside the alliance.

    Attributes:
        code: as in the column ``iso3`` of the tables.
        name: as figures and sentences call it.
        also_called: other names and codes, so that none is taken for a member of a similar name.
        label: longitude and latitude at which maps write the name; by default the middle of its largest part.
    """

    code: Code
    name: Label
    also_called: Names = ()
    label: Annotated[tuple[float, float] | None, Field(strict=False)] = None

    @property
    def names(self) -> frozenset[str]:
        """Everything that it is called, in small letters."""
        return frozenset(map(str.casefold, (self.code, self.name, *self.also_called)))


class CountriesFile(Parameters):
    """How ``countries.csv`` is read: the columns that say who belongs to which grouping."""

    groupings: Names = ()


class IdealPointsFile(Parameters):
    """How ``un_ideal_points.csv`` is read: the years whose votes count."""

    years: Annotated[tuple[Annotated[int, Field(ge=1946, le=2261)], ...], Field(strict=False, min_length=1)]


class SpendingFile(Parameters):
    """How ``defence_expenditure.csv`` is read: the release from which every figure is taken."""

    vintage: Label


class EnergyFile(Parameters):
    """How ``energy_dependence.csv`` and ``gas_imports.csv`` are read.

    Attributes:
        since: first year from which a published share is taken as it is.
        union: the code under which ``energy_dependence.csv`` states the shares of a union of members; empty if none.
        union_members: the grouping whose members take the union's share of crude where they have none of their own.
        cut_off: members whose supply the external power ended.
        ended: members that stopped buying.
    """

    since: Annotated[int, Field(ge=1946, le=2261)]
    union: str = ""
    union_members: str = ""
    cut_off: Codes = ()
    ended: Codes = ()


class FiguresFile(Parameters):
    """Members that figures draw where none is named; presentation only."""

    members: Codes = ()


Place = Annotated[
    tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]], Field(strict=False)
]
Window = Annotated[tuple[float, float, float, float], Field(strict=False)]


class MapInset(Parameters):
    """Members that are drawn in a corner of the map.

    Attributes:
        members: their codes.
        centre: latitude and longitude of the centre of their projection.
        window: left, right, lower and upper end of the corner, in Earth radii from the centre.
    """

    members: Codes
    centre: Place
    window: Window


class MapFile(Parameters):
    """The window of maps; presentation only.

    Attributes:
        centre: latitude and longitude of the centre of the projection; by default fitted to members and candidate.
        window: left, right, lower and upper end, in Earth radii from the centre; by default likewise.
        inset: members in a corner; by default none.
    """

    centre: Place | None = None
    window: Window | None = None
    inset: MapInset | None = None


class UsualMeeting(Parameters):
    """A meeting of the council that is held every year on about this day."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=28)]
    kind: Label


class TableFile(Parameters):
    """What a table rests on, for readers.

    Attributes:
        status: one line.
        last_day_of_evidence: last day that its sources reach.
    """

    status: Line
    last_day_of_evidence: Day


class EditionFile(Parameters):
    """The content of ``edition.toml``.

    Attributes:
        title: one line.
        date: the day for which the tables are coded; scenarios start on it by default.
        last_day_of_evidence: last day that the sources of the tables reach.
        war: one line on the war, for readers.
        rests_on: what the tables rest on, for readers.
        candidate: who asks to join.
        external_power: the power outside whose influence is measured.
        others: further states outside the alliance that tables or users may name.
        readings: tables with further readings of the codes in ``membership_stance`` and ``governments``.
        tables: status and last day of evidence of each table, for readers.
    """

    title: Line
    date: Day
    last_day_of_evidence: Day
    war: Line = ""
    rests_on: Prose = ""
    candidate: State
    external_power: State
    others: Annotated[tuple[State, ...], Field(strict=False)] = ()
    readings: Names = ()
    tables: Mapping[str, TableFile] = {}
    countries: CountriesFile
    un_ideal_points: IdealPointsFile
    defence_expenditure: SpendingFile
    energy: EnergyFile
    figures: FiguresFile = FiguresFile()
    map: MapFile = MapFile()
    usual_meetings: Annotated[tuple[UsualMeeting, ...], Field(strict=False, min_length=1)]
