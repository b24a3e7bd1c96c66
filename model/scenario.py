"""A scenario: start, horizon, roster overrides, parameters, rule and events; frozen, validated, and written as TOML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SerializeAsAny, create_model, model_validator

from article10.agents.article5 import Article5Parameters
from article10.agents.bargaining import BargainingParameters
from article10.agents.candidate import CandidateParameters, GuaranteeParameters
from article10.agents.governments import ElectionParameters
from article10.agents.instruments import InstrumentParameters
from article10.agents.member_parameters import (
    SpendingParameters,
    StanceParameters,
    ThreatParameters,
    TrustParameters,
)
from article10.agents.name import Line, Name, Prose, same_file
from article10.agents.parameter import Declaration, Parameters, declarations
from article10.agents.plans import PlanParameters
from article10.agents.russia import RussiaParameters
from article10.agents.secretary_general import SecretaryGeneralParameters
from article10.agents.short_error import ScenarioError as ScenarioError
from article10.agents.war import WarParameters
from article10.model.accession_rule import AccessionParameters, RatificationParameters
from article10.model.calendars import governing_office
from article10.model.checked import checked
from article10.model.country_names import by_code, code_of
from article10.model.days import Day
from article10.model.edition import Edition, read_edition
from article10.model.events import ALL, Event, event_from
from article10.model.government_events import GovernmentFallEvent
from article10.model.mechanisms import MECHANISMS, meaning
from article10.model.roster import Roster, read_roster

Share = Annotated[float, Field(ge=0, le=1)]
BallotName = Literal["object", "acquiesce", "support"]


class MemberOverride(Parameters):
    """What a scenario says of one member in place of the roster's value."""

    stance: Annotated[float, Field(ge=-1, le=1)] | None = None
    stance_spread: Annotated[float, Field(ge=0, le=1)] | None = None
    government_ties: Share | None = None
    war_bar: Share | None = None
    caution: Share | None = None
    exposure: Share | None = None
    structural_susceptibility: Share | None = None
    defence_spending: Annotated[float, Field(ge=0, le=20)] | None = None
    ratification_speed: Annotated[float, Field(ge=0, le=1000)] | None = None
    alternative_stance: Annotated[float, Field(ge=-1, le=1)] | None = None
    alternative_ties: Share | None = None
    alternative_spread: Share | None = None
    alternative_probability: Share | None = None
    standing_days: Annotated[float, Field(ge=0, le=20000)] | None = None
    opportunism: Annotated[float, Field(ge=0, le=100)] | None = None


class MechanismSwitches(Parameters):
    """Which mechanisms move stances: a switch for each, those that a user has registered among them."""

    def with_(self, **changes: Any) -> MechanismSwitches:  # noqa: ANN401 - any field's type
        """Rebuild with some switches changed, a switch for each mechanism that is now registered.

        Raises:
            ScenarioError: a mechanism is not known, or a value is neither true nor false.
        """
        rebuilt: MechanismSwitches = _switches_now()(**{**dict(self), **changes})
        return rebuilt

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by its values, because the class is made from the mechanisms that are registered."""
        return switches, (self.model_dump(),)


def switches(values: Any = None) -> Any:  # noqa: ANN401 - raw scenario input
    """Switches of all mechanisms, as values by name or an instance give them; all on by default."""
    if isinstance(values, MechanismSwitches):
        return values
    return _switches_now().model_validate({} if values is None else values)


def _switches_now() -> type[MechanismSwitches]:
    return _switches_of(tuple((name, meaning(each)) for name, each in MECHANISMS.items()))


@lru_cache(maxsize=64)
def _switches_of(meanings: tuple[tuple[str, str], ...]) -> type[MechanismSwitches]:
    fields: dict[str, Any] = {name: (bool, Field(True, description=text)) for name, text in meanings}
    return create_model("MechanismSwitches", __base__=MechanismSwitches, __module__=__name__, **fields)


Switches = Annotated[SerializeAsAny[MechanismSwitches], BeforeValidator(switches)]


DEFAULT_YEARS = 10
"""Years from the start to the horizon, where a scenario names neither."""


def _edition_name(edition: Any = None) -> str:  # noqa: ANN401 - raw scenario input
    return read_edition(edition).name


def _start() -> date:
    return read_edition().date


def _horizon() -> date:
    return _years_after(read_edition().date)


def _years_after(day: date) -> date:
    return day.replace(year=day.year + DEFAULT_YEARS)


def _with_name(candidate: Any, edition: Edition) -> Any:  # noqa: ANN401 - raw scenario input
    """The candidate's parameters with the name in the edition, where they do not state one."""
    if isinstance(candidate, CandidateParameters):
        stated = "name" in candidate.model_fields_set
        return candidate if stated else candidate.with_(name=edition.candidate.name)
    return {"name": edition.candidate.name, **candidate} if isinstance(candidate, Mapping) else candidate


def _with_codes(event: Event, names: Mapping[str, str]) -> Event:
    """An event with the codes of the members that it names, in whichever fields it names them."""
    found = {name: code_of(name, names) for name in event.members_named}
    codes = {name: code for name, code in found.items() if code and code != name}
    if not codes:
        return event
    changed: dict[str, Any] = {}
    for field in type(event).model_fields.keys() - Event.model_fields.keys():
        value = getattr(event, field)
        if isinstance(value, str) and value in codes:
            changed[field] = codes[value]
        elif isinstance(value, tuple):
            changed[field] = tuple(codes.get(each, each) for each in value)
    return event.with_(**changed)


EditionName = Annotated[str, BeforeValidator(_edition_name)]


class Scenario(Parameters):
    """Everything that a run needs beside its seed and number.

    Attributes:
        name: short name, without slashes; results are kept in a folder of that name.
        title: one line.
        description: the question that the scenario asks.
        edition: name of the edition whose tables it stands on, or path of a user's own; by default the newest.
        start: first day; by default the date of the edition.
        horizon: last day; the last step begins before it. By default ten years after the date of the edition.
        step_days: length of a step.
        without: members that are not on the roster (those that joined later, in scenarios of the past). Here as in
            the roster, ballots and events, members are given by code or by name in English; a scenario holds codes.
        roster: overrides by member; those under ``all`` hold for every member that has none of its own.
        ballots: members whose ballot is given, whatever their stance.
        events: events, with a date or a rate.

    The other fields are groups of parameters, listed by ``article10 parameters``.
    """

    name: Name = "baseline"
    title: Line = ""
    description: Prose = ""
    edition: EditionName = Field(default_factory=_edition_name)
    start: Day = Field(default_factory=_start)
    horizon: Day = Field(default_factory=_horizon)
    step_days: Annotated[int, Field(ge=1, le=31)] = 7
    without: Annotated[tuple[str, ...], Field(strict=False)] = ()
    roster: dict[str, MemberOverride] = Field(default_factory=dict)
    ballots: dict[str, BallotName] = Field(default_factory=dict)
    mechanisms: Switches = Field(default_factory=switches)
    stance: StanceParameters = StanceParameters()
    threat: ThreatParameters = ThreatParameters()
    elections: ElectionParameters = ElectionParameters()
    spending: SpendingParameters = SpendingParameters()
    trust: TrustParameters = TrustParameters()
    russia: RussiaParameters = RussiaParameters()
    instruments: InstrumentParameters = InstrumentParameters()
    war: WarParameters = WarParameters()
    candidate: CandidateParameters = CandidateParameters()
    plans: PlanParameters = PlanParameters()
    guarantees: GuaranteeParameters = GuaranteeParameters()
    article5: Article5Parameters = Article5Parameters()
    secretary_general: SecretaryGeneralParameters = SecretaryGeneralParameters()
    bargaining: BargainingParameters = BargainingParameters()
    accession: AccessionParameters = AccessionParameters()
    ratification: RatificationParameters = RatificationParameters()
    events: Annotated[
        tuple[Annotated[SerializeAsAny[Event], BeforeValidator(event_from)], ...], Field(strict=False)
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_its_edition(cls, content: Any) -> Any:  # noqa: ANN401 - raw input
        """Start, horizon and the candidate's name are those of the edition where the scenario does not state them."""
        if not isinstance(content, Mapping):
            return content
        edition = read_edition(content.get("edition"))
        filled = {"start": edition.date, "horizon": _years_after(edition.date), **content, "edition": edition.name}
        filled["candidate"] = _with_name(content.get("candidate", CandidateParameters()), edition)
        return filled

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._write_codes()
        if self.horizon <= self.start:
            raise ValueError(f"horizon = {self.horizon}: expected a date after the start, {self.start}")
        if self.n_steps > 10_000:
            raise ValueError(f"horizon = {self.horizon}: that is {self.n_steps} steps; at most 10,000 are allowed")
        self._check_candidate()
        members = self.members()
        for i, event in enumerate(self.events):
            place = f"events[{i}] ({event.name!r})"
            if event.date is not None and not self.start <= event.date < self.horizon:
                side = "before the start" if event.date < self.start else "at or after the horizon"
                raise ValueError(f"{place}.date = {event.date}: {side}; expected from {self.start} to {self.horizon}")
            for code in event.members_named:
                self._require_member(members, code, place)
            if isinstance(event, GovernmentFallEvent) and governing_office(event.member, self.edition).startswith(
                "president"
            ):
                raise ValueError(
                    f"{place}: {event.member} is governed by a president, who does not fall with a government; "
                    "expected leader_change or snap_election"
                )
        named: dict[str, str] = {}
        for event in self.events:
            if (same := same_file(event.name)) in named:
                both = f"{named[same]!r} and {event.name!r}"
                raise ValueError(f"events: {both}: names must differ, and not only in case")
            named[same] = event.name
        return self

    def _write_codes(self) -> None:
        """Put the codes of members in place of their names; who is not a member is refused later.

        Raises:
            ValueError: one member is named twice.
        """
        names = read_edition(self.edition).member_names
        for table in ("roster", "ballots"):
            object.__setattr__(self, table, by_code(table, getattr(self, table), names))
        object.__setattr__(self, "without", tuple(code_of(name, names) or name for name in self.without))
        object.__setattr__(self, "events", tuple(_with_codes(event, names) for event in self.events))

    @property
    def states_every_stance(self) -> bool:
        """Whether it states the stance of every member itself, as scenarios of past rounds do."""
        stated = {code for code, own in self.roster.items() if own.stance is not None}
        return ALL in stated or stated >= read_edition(self.edition).members.keys() - set(self.without)

    def _check_candidate(self) -> None:
        """Refuse a candidate other than the edition's, unless every member's stance on it is stated.

        Raises:
            ValueError: stances, borders and the war are those of the edition's candidate.
        """
        edition = read_edition(self.edition)
        if self.candidate.name != edition.candidate.name and not self.states_every_stance:
            raise ValueError(
                f"candidate.name = {self.candidate.name!r}: stances, borders and polls of the edition {edition.name} "
                f"are on {edition.candidate.name}; make an edition of your own: article10 edition new DIR --from "
                f"{edition.name} (docs/editions.md), or state every member's stance, such as [roster.all] stance = 0.6"
            )

    def members(self) -> Roster:
        """The roster of this scenario, overrides applied.

        Raises:
            ValueError: a member is not known, or is an external power.
        """
        full = read_roster(self.edition)
        for code in self.without:
            self._require_member(full, code, "without")
        roster = full.without(*self.without)
        named = [("roster", code) for code in self.roster if code != ALL] + [("ballots", code) for code in self.ballots]
        for table, code in named:
            self._require_member(roster, code, table)
        roster = self._overridden(roster)
        if self.states_every_stance:  # what it says of alternatives itself holds
            roster = self._overridden(roster.without_alternatives())
        return roster

    def _overridden(self, roster: Roster) -> Roster:
        for code in sorted(self.roster, key=lambda code: code != ALL):
            values = self.roster[code].model_dump(exclude_none=True)
            for member in roster.iso3 if code == ALL else (code,):
                roster = roster.with_values(member, **values)
        return roster

    def _require_member(self, roster: Roster, code: str, place: str) -> None:
        if str(code).casefold() in read_edition(self.edition).external_power.names:
            raise ValueError(
                f"{place}: {code!r} is an external power: it is on no roster and has no ballot; "
                "its means are the parameters russia.* and pressure events"
            )
        try:
            roster.index(code)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{place}: {error.args[0]}") from None

    @property
    def step_years(self) -> float:
        """Length of a step in years."""
        return self.step_days / 365.25

    @property
    def n_steps(self) -> int:
        """Number of steps: as many as it takes to reach the horizon."""
        return -(-(self.horizon - self.start).days // self.step_days)

    def date_of(self, step: int) -> date:
        """First day of a step; the horizon, where the last step ends."""
        return min(self.start + timedelta(days=self.step_days * step), self.horizon)

    def step_of(self, day: date) -> int:
        """The step in which a day falls."""
        return (day - self.start).days // self.step_days

    @checked
    def with_(self, changes: Mapping[str, Any] | None = None, **fields: Any) -> Self:  # noqa: ANN401
        """Rebuild with some values changed, validating all of them.

        Args:
            changes: values by full key, for example ``{"stance.peer_rate": 0.6}``.
            fields: whole fields of the scenario, for example ``horizon=date(2030, 12, 1)``.

        >>> Scenario().with_({"stance.peer_rate": 0.6}).stance.peer_rate
        0.6
        """
        content: dict[str, Any] = {**dict(self), **fields}
        values: dict[str, dict[str, Any]] = {}
        for key, value in (changes or {}).items():
            group, _, name = key.partition(".")
            if not name or not isinstance(content.get(group), Parameters):
                raise ScenarioError(f"{key} = {value!r}: expected group.name; see `article10 parameters`")
            values.setdefault(group, {})[name] = value
        changed = {group: content[group].with_(**own) for group, own in values.items()}
        if fields or "candidate.name" in (changes or {}):
            return type(self)(**{**content, **changed})
        return self.model_copy(update=changed)  # groups of parameters are valid whatever the rest of a scenario says

    def _repr_html_(self) -> str:
        from article10.model.scenario_html import scenario_html

        return scenario_html(self)


def parameter_groups(scenario: Scenario | None = None) -> dict[str, Parameters]:
    """The groups of parameters of a scenario by name."""
    of = scenario or Scenario()
    return {name: value for name, value in dict(of).items() if isinstance(value, Parameters)}


def all_declarations(scenario: Scenario | None = None) -> Iterator[Declaration]:
    """Every declared parameter, group by group, with the scenario's values as defaults."""
    for group, parameters in parameter_groups(scenario).items():
        yield from declarations(group, parameters)
