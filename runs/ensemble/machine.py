"""Cache and memory of this machine, and the refusal of work that would need more memory than there is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from article10.agents.short_error import ShortInNotebooks

LIMIT_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")
"""Where Linux states how much memory a container or a job of a cluster may take; "max" where it may take all."""

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


class TooLargeError(ShortInNotebooks, ValueError):
    """The request would take more memory, disk space or time than is available; the message says how much."""


def cache_bytes() -> int:
    """Size of the last level of cache, or 8 MiB where the system does not say."""
    return _sysconf("SC_LEVEL3_CACHE_SIZE") or 2**23


def free_bytes() -> int:
    """Memory that is free now, in bytes, or 1 GiB where the system does not say."""
    return _sysconf("SC_AVPHYS_PAGES") * _sysconf("SC_PAGE_SIZE") or 2**30


def memory_bytes() -> int | None:
    """Memory of the machine or of this process's container, in bytes; None where the system does not say."""
    known = [_sysconf("SC_PHYS_PAGES") * _sysconf("SC_PAGE_SIZE")]
    with suppress(OSError, ValueError):  # not Linux, or without a limit
        known.append(int(LIMIT_OF_CONTAINER.read_text("ascii")))
    return min(filter(None, known), default=None)


def check_memory(what: str, n_bytes: int) -> None:
    """Refuse a request for more memory than there is, before any of it is allocated.

    Raises:
        TooLargeError: the message says how much the request would take, and how much there is.
    """
    there = memory_bytes()
    if there is not None and n_bytes > there:
        raise TooLargeError(
            f"{what}: would take about {in_bytes(n_bytes)} of memory; this machine has {in_bytes(there)}"
        )


def in_bytes(n_bytes: int) -> str:
    """A size in the unit in which it has one to three digits.

    >>> in_bytes(1_500_000_000), in_bytes(10**30)
    ('1.5 GB', '1,000,000,000,000 EB')
    """
    place = min((len(str(n_bytes)) - 1) // 3, len(UNITS) - 1)
    size = n_bytes / 1000**place
    return f"{size:,.1f} {UNITS[place]}" if size < 10 and place else f"{size:,.0f} {UNITS[place]}"


def _sysconf(name: str) -> int:
    return max(0, os.sysconf(name)) if name in getattr(os, "sysconf_names", ()) else 0
