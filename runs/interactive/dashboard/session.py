"""One page's conversation with the model: what it asks for, in JSON, and what it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from article10.model.scenario import ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.interactive.dashboard.base import Base
from article10.runs.interactive.dashboard.ensemble_view import difference, ensemble_view
from article10.runs.interactive.dashboard.files import KINDS, file_of
from article10.runs.interactive.dashboard.opening import Opened
from article10.runs.interactive.dashboard.run_view import RunShown
from article10.runs.interactive.dashboard.scene import scene
from article10.runs.interactive.dashboard.wanted import Wanted, wanted
from article10.runs.interactive.ensemble_cache import Snapshot
from article10.runs.interactive.latest import IsStale, Latest
from article10.runs.interactive.state import RUNS, InteractiveState

Answer = dict[str, Any]


class Session:
    """Answers one page.

    A page asks for an ensemble (``{"kind": "ensemble", "state": {...}}``), a run, or a file. Of requests of one kind,
    only the latest is worked on: see ``Latest``. Each answer repeats the kind and the number of its request.
    """

    def __init__(self, start: Opened, answer: Callable[[Answer], None]) -> None:
        """Begin.

        Args:
            start: what was opened at the start.
            answer: sends an answer to the page; called from working threads.
        """
        self._start, self._answer = start, answer
        self._ensemble: tuple[str, int, InteractiveState, Base] | None = None
        self._run: tuple[Any, RunShown] | None = None
        self._is_closed = False
        self._before: tuple[Any, dict[int, Answer]] = None, {}
        works = {"ensemble": self._ensemble_answers, "run": self._run_answers, "file": self._file_answers}
        self._latest = {kind: self._worker(kind, work) for kind, work in works.items()}

    def receive(self, message: object) -> None:
        """Work on a request; what is wrong with it is answered."""
        asked: Mapping[str, Any] = message if isinstance(message, Mapping) else {}
        kind = str(asked.get("kind"))
        if kind not in self._latest:
            self._answer({"kind": "error", "about": kind, "text": f"{kind!r}: no such request"})
            return
        self._latest[kind].ask(asked)

    def wait(self) -> None:
        """Wait until every request has been worked on."""
        for latest in self._latest.values():
            latest.wait()

    def close(self) -> None:
        """Drop all work, and the memory that it takes."""
        self._is_closed = True
        for latest in self._latest.values():
            latest.close()
        self._ensemble = self._run = None
        self._before = None, {}

    def _worker(self, kind: str, work: Callable[..., Iterator[Answer]]) -> Latest[Mapping[str, Any], Answer]:
        def answers(asked: Mapping[str, Any], is_stale: IsStale) -> Iterator[Answer]:
            for found in work(asked, is_stale):
                yield {"kind": kind, "id": asked.get("id"), **found}

        def fail(error: Exception) -> None:
            name = "" if isinstance(error, ScenarioError) else f"{type(error).__name__}: "
            self._answer({"kind": "error", "about": kind, "text": f"{name}{error}"})

        return Latest(answers, self._answer, fail)

    def _ensemble_answers(self, asked: Mapping[str, Any], is_stale: IsStale) -> Iterator[Answer]:
        """The scene, if the scenario is new to the page, then the first runs, then all."""
        shown = wanted(asked.get("state"), self._start)
        opened = shown.opened
        if asked.get("scene"):
            yield {"scene": scene(opened, self._start), "state": _stated(shown)}
        if self._ensemble is None or self._ensemble[:2] != (opened.source, opened.seed):
            self._ensemble = None  # first, so that there is memory for the draws of the next
            state = InteractiveState(opened.scenario, RUNS, opened.seed, opened.scenario.members().iso3)
            if self._is_closed:
                return
            self._ensemble = opened.source, opened.seed, state, Base.of(opened)
        state, base = self._ensemble[2:]
        reference = state.reference(shown.pinned)
        command = base.command(shown.changes)
        for now in state.stages(shown.changes, is_stale):
            compared = self._compared(now, reference, shown.member)
            yield {
                **ensemble_view(now, shown.member),
                "reference": compared,
                "headline": state.headline(now, reference),
                "pinned": bool(shown.pinned),
                "command": command,
            }

    def _compared(self, now: Snapshot, reference: Snapshot, member: str) -> Answer | None:
        """The same runs as they are compared with, drawn once, and the difference; nothing if they are the same."""
        if now.scenario == reference.scenario or len(now.days) != len(reference.days):
            return None
        if self._before[0] != (id(reference), member):
            self._before = (id(reference), member), {}
        runs, first = len(now.stage), reference.first(len(now.stage))
        if runs not in self._before[1]:
            self._before[1][runs] = ensemble_view(first, member)
        return {**self._before[1][runs], "difference": difference(now, first)}

    def _run_answers(self, asked: Mapping[str, Any], is_stale: IsStale) -> Iterator[Answer]:
        """The run, unless the page has it, and the member in it."""
        shown = wanted(asked.get("state"), self._start)
        opened = shown.opened
        key = opened.source, opened.seed, opened.run, dict(shown.changes)
        if self._run is None or self._run[0] != key:
            scenario = read_scenario(opened.scenario, shown.changes)
            self._run = key, RunShown.of(scenario, opened.seed, opened.run)
        run = self._run[1]
        if not asked.get("has_run"):
            yield {"run": run.view()}
        yield {"member": run.member_view(shown.member)}

    def _file_answers(self, asked: Mapping[str, Any], is_stale: IsStale) -> Iterator[Answer]:
        kind = str(asked.get("file"))
        if kind not in KINDS:
            raise ScenarioError(f"{kind!r}: no such file; choose one of {', '.join(KINDS)}")
        yield file_of(kind, wanted(asked.get("state"), self._start))


def _stated(shown: Wanted) -> Answer:
    """What is shown, as a page states it."""
    opened = shown.opened
    return {
        "scenario": opened.source,
        "seed": str(opened.seed),  # JavaScript's numbers would round the largest
        "run": str(opened.run),
        "member": shown.member,
        "changes": dict(shown.changes),
        "pinned": dict(shown.pinned),
    }
