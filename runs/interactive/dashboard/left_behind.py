"""Pages that disappeared without being closed: bounds what the server keeps in case they reconnect."""

from __future__ import annotations

from solara.server.kernel_context import PageStatus, VirtualKernelContext, contexts


def close_left_behind() -> None:
    """Close what is kept for pages that disappeared, except the last, which may be reconnecting."""
    left = [context for context in contexts.values() if _is_left_behind(context)]
    for context in left[:-1]:
        context.close(reason="cull")


def _is_left_behind(context: VirtualKernelContext) -> bool:
    return bool(context.page_status) and PageStatus.CONNECTED not in context.page_status.values()
