"""The registry of analyses: each is declared once, as strings, so that listing analyses does not import them.

The public names, ``dir(article10)``, the command line, the table in ``docs/analyses/README.md``, the report and the
test of the contract that all analyses keep read this registry. ``article10.register_analysis`` adds a user's own
analysis.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from article10.agents.registered import Registered
from article10.agents.short_error import ArgumentError, shown
from article10.model.extras import require

F = TypeVar("F", bound=Callable[..., Any])

ROOMS = "article10.runs."


@dataclass(frozen=True)
class Analysis:
    """The declaration of an analysis, which is known before the analysis is imported.

    Attributes:
        name: public name, as in ``article10.NAME``.
        question: the question that the analysis answers, as a whole sentence.
        function: the function, as ``"module:attribute"`` or as a value.
        command: command after ``article10``; empty if the analysis is available only in Python.
        extra: the extra of ``pyproject.toml`` that the analysis needs; empty if it needs none.
        page: documentation page, relative to ``docs/analyses``; empty if it has none.
        section: title of the section in a report; empty if a report does not include the analysis.
    """

    name: str
    question: str
    function: str | Callable[..., Any]
    command: str = ""
    extra: str = "analysis"
    page: str = ""
    section: str = ""

    def load(self) -> Callable[..., Any]:
        """The function, imported now.

        Raises:
            MissingExtraError: the extra that it needs is not installed.
        """
        if callable(self.function):
            return self.function
        if self.extra:
            require(self.extra, self.name)
        module, _, attribute = self.function.partition(":")
        found: Callable[..., Any] = getattr(import_module(module), attribute)
        return found

    def ask(self, scenario: object, offered: Mapping[str, object], **options: object) -> Any:  # noqa: ANN401 - a result
        """Call the function.

        Args:
            scenario: the scenario to analyse.
            offered: arguments that are passed only if the function takes them, such as ``progress``.
            options: arguments that it must take.
        """
        function = self.load()
        taken = inspect.signature(function).parameters
        return function(scenario, **options, **{name: value for name, value in offered.items() if name in taken})


SHIPPED = (
    Analysis(
        "influence",
        "How much does an actor without a vote change the outcome, and through which members?",
        ROOMS + "analyses.influence.influence:influence",
        "influence",
        page="influence.md",
        section="Who has no vote, and what it changes: Russia",
    ),
    Analysis(
        "influence_curve",
        "How does the outcome change with Russia's effort, and with its strategy?",
        ROOMS + "analyses.influence.curve:influence_curve",
        "influence --curve",
        page="influence.md",
    ),
    Analysis(
        "rank_influence",
        "Which of the actors and events changes the outcome most?",
        ROOMS + "analyses.influence.ranking:rank_influence",
        "influence --rank",
        page="influence.md",
        section="What drives the outcome",
    ),
    Analysis(
        "holdout_power",
        "What power does a member have that withholds its consent?",
        ROOMS + "analyses.holdouts.power:holdout_power",
        "holdouts",
        page="holdouts.md",
    ),
    Analysis(
        "compare_rules",
        "What would another decision rule change?",
        ROOMS + "analyses.rules.compared:compare_rules",
        "rules",
        page="rules.md",
    ),
    Analysis(
        "compare",
        "What differs between scenarios in the same random draws?",
        ROOMS + "analyses.comparison.compare:compare",
        "compare",
        page="compare.md",
    ),
    Analysis(
        "claims",
        "Does the model show what it was made to show?",
        ROOMS + "analyses.claims.claims:claims",
        "claims",
        page="claims.md",
    ),
    Analysis(
        "discover",
        "What distinguishes the runs in which an outcome happened?",
        ROOMS + "analyses.discovery.discovery:discover",
        "why",
        page="why.md",
    ),
    Analysis(
        "discover_parameters",
        "Which values of the parameters distinguish the runs of a batch in which an outcome happened?",
        ROOMS + "analyses.discovery.discovery:discover_parameters",
        page="why.md",
    ),
    Analysis(
        "guarantee_tradeoff",
        "Do security guarantees lead to membership or replace it?",
        ROOMS + "analyses.guarantees.tradeoff:guarantee_tradeoff",
        "guarantees",
        page="guarantees.md",
    ),
    Analysis(
        "three_futures",
        "What follows from membership, from guarantees in its place, and from neither?",
        ROOMS + "analyses.guarantees.three_futures:three_futures",
        "guarantees --futures",
        page="guarantees.md",
    ),
    Analysis(
        "screen",
        "Which parameters matter, and which can be left alone?",
        ROOMS + "analyses.sensitivity.sensitivity:screen",
        "sensitivity",
        page="sensitivity.md",
    ),
    Analysis(
        "sobol",
        "Which share of the variance is due to each parameter (Sobol)?",
        ROOMS + "analyses.sensitivity.sensitivity:sobol",
        "sensitivity --method sobol",
        page="sensitivity.md",
    ),
    Analysis(
        "tornado",
        "What does each parameter change between the ends of its plausible range?",
        ROOMS + "analyses.sensitivity.tornado:tornado",
        "sensitivity --method tornado",
        page="sensitivity.md",
    ),
    Analysis(
        "tune",
        "Which values of the parameters fit what is known?",
        ROOMS + "analyses.tuning.tuning:tune",
        "tune",
        page="tuning.md",
    ),
    Analysis(
        "hindcast",
        "How well does the model forecast who ratified when in a past round of accession?",
        ROOMS + "evidence.hindcast:hindcast",
        "hindcast",
        page="../evidence/hindcast.md",
    ),
    Analysis(
        "hindcast_stances",
        "How well does the model forecast how members' stances moved?",
        ROOMS + "evidence.stance_dynamics:hindcast_stances",
        page="../evidence/stance_dynamics.md",
    ),
    Analysis(
        "rivals",
        "What would the standard models of collective decisions say?",
        ROOMS + "evidence.rivals.rivals:rivals",
        "rivals",
        page="rivals.md",
    ),
    Analysis(
        "nowcast",
        "Where do members stand on a day, by the model and by what has become known?",
        ROOMS + "evidence.nowcast.nowcast:nowcast",
        "nowcast",
        page="../evidence/nowcast.md",
    ),
    Analysis(
        "history_match",
        "Which values of all parameters does the evidence rule out, and does Russia's influence survive in the others?",
        ROOMS + "evidence.history_matching.history_match:history_match",
        "history-match",
        "analysis",
        page="../evidence/history_matching.md",
    ),
)
"""The analyses of the package."""

ANALYSES = Registered("analysis", {each.name: each for each in SHIPPED})
"""All analyses by name: first those of the package, then those that a user has registered."""


def register_analysis(
    question: str, *, name: str = "", command: str = "", extra: str = "", page: str = "", section: str = ""
) -> Callable[[F], F]:
    """Register a function as an analysis of your own; used as a decorator.

    The function takes ``scenario``, ``runs`` and ``seed`` and returns an ``AnalysisResult``. Afterwards it is
    ``article10.NAME``, listed by ``dir(article10)``, a command of the command line, and a row of the table of analyses.

    Args:
        question: the question that the analysis answers, as a whole sentence.
        name: public name; by default that of the function.
        command: name of the command; by default ``name``.
        extra: the extra of ``article10`` that the analysis needs; by default none.
        page: documentation page.
        section: title of the section in a report; by default a report does not include the analysis.

    Raises:
        ArgumentError: the name is taken or not an identifier, the question is not text, or the decorated object is not
            a function.

    >>> @register_analysis("How often does nobody object?")
    ... def unanimity(scenario="baseline", runs=100, seed=0): ...
    >>> ANALYSES["unanimity"].command
    'unanimity'
    >>> ANALYSES.remove("unanimity")
    """
    if not isinstance(question, str) or not question.strip():  # type: ignore[redundant-expr] # a user may pass any
        raise ArgumentError(f"question = {shown(question)}: expected the question that the analysis answers")

    def add(function: F) -> F:
        if not callable(function):
            raise ArgumentError(f"register_analysis: {shown(function)}: expected a function")
        called = name or str(getattr(function, "__name__", ""))
        ANALYSES.add(called, Analysis(called, question, function, command or called, extra, page, section))
        return function

    return add


def documentation_table() -> str:
    """The table of analyses in ``docs/analyses/README.md``, with one row per analysis, as Markdown."""
    rows = ["| question | in Python | command |", "|---|---|---|"]
    for each in ANALYSES.values():
        called = f"`article10.{each.name}`"
        python = f"[{called}]({each.page})" if each.page else called
        rows.append(f"| {each.question} | {python} | {f'`article10 {each.command}`' if each.command else ''} |")
    return "\n".join(rows) + "\n"
