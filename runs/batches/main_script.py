"""The script that starts workers: they import it only if a task needs a definition in it.

By default Python lets each worker import the main script. A script from standard input has no file to import, and a
script without ``if __name__ == "__main__":`` would start the batch again in every worker.
"""

from __future__ import annotations

import io
import multiprocessing
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

from article10.runs.batches.error import BatchError

ELSEWHERE = "define it in a module of its own and import it, or use one worker"


class _Definitions(pickle.Pickler):
    """Pickles without output, and collects the names that are defined in the main script."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO())
        self.names: list[str] = []

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401 - whatever is pickled
        if isinstance(value, (type, FunctionType)) and value.__module__ == "__main__":
            self.names.append(value.__qualname__)
        return NotImplemented


def needs_main_script(work: object) -> bool:
    """Whether worker processes must import the main script to be given some work.

    Args:
        work: the function and the tasks.

    Raises:
        BatchError: the work cannot be sent to another process, or the main script is not a file that can be imported.
    """
    found = _Definitions()
    try:
        found.dump(work)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise BatchError(f"worker processes cannot be given the tasks: {error}; {ELSEWHERE}") from None
    if found.names and not _is_importable():
        raise BatchError(
            f"{found.names[0]} is defined in standard input, a command or a notebook, which worker processes cannot "
            f"import: {ELSEWHERE}"
        )
    return bool(found.names)


def _is_importable() -> bool:
    main = sys.modules["__main__"]
    return main.__spec__ is not None or Path(getattr(main, "__file__", "") or "").is_file()


@contextmanager
def without_main_script() -> Iterator[None]:
    """A block in which new processes do not import the main script, which Python finds by these two attributes."""
    attributes = vars(sys.modules["__main__"])
    saved = {name: attributes[name] for name in ("__file__", "__spec__") if attributes.get(name) is not None}
    attributes.pop("__file__", None)
    attributes["__spec__"] = None
    try:
        yield
    finally:
        attributes.update(saved)


def is_imported_by_a_worker() -> bool:
    """Whether this process is a worker that is importing the main script, which then lacks a guard."""
    return bool(getattr(multiprocessing.current_process(), "_inheriting", False))
