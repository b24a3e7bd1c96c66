"""HTML view of a scenario in a notebook: its description, its changes, and all of its parameters, folded."""

from __future__ import annotations

from html import escape

from article10.agents.html_view import folded, nested, parameter_table, shown, table
from article10.model.events import Event
from article10.model.scenario import Scenario, parameter_groups


def scenario_html(scenario: Scenario) -> str:
    """A scenario as HTML: title, time, changed parameters, members, ballots, events, all parameters."""
    s = scenario
    years = (s.horizon - s.start).days / 365.25
    summary = f"{s.start} to {s.horizon} ({years:.0f} years, {s.n_steps} steps), {len(s.members())} members"
    parts = [f"<p><b>{escape(s.name)}</b> · {escape(s.title)}<br><small>{summary}</small></p>"]
    if s.description:
        parts.append(f"<p>{escape(s.description)}</p>")
    changes = changed(s)
    if changes:
        parts.append(table(("changed parameter", "value", "default"), changes))
    if s.roster:
        parts.append(table(("member", "in place of the roster's"), [(code, nested(v)) for code, v in s.roster.items()]))
    if s.ballots:
        parts.append(table(("member", "given ballot"), s.ballots.items()))
    if s.events:
        parts.append(table(("event", "kind", "when", "what"), map(_event_row, s.events)))
    groups = "".join(folded(name, parameter_table(group)) for name, group in parameter_groups(s).items())
    return "".join([*parts, folded("all parameters", groups)])


def changed(scenario: Scenario) -> list[tuple[str, object, object]]:
    """Key, value and default of every parameter that is not at its default."""
    rows = []
    for group, parameters in parameter_groups(scenario).items():
        defaults = type(parameters)()
        for name, value in parameters:
            if value != getattr(defaults, name):
                rows.append((f"{group}.{name}", value, getattr(defaults, name)))
    return rows


def _event_row(event: Event) -> tuple[object, ...]:
    shown_fields = {
        name: value for name, value in event if name not in ("kind", "name", "date", "rate") and value is not None
    }
    when = str(event.date) if event.date is not None else f"{event.rate:g} per year"
    return event.name, event.kind, when, ", ".join(f"{name} {shown(value)}" for name, value in shown_fields.items())
