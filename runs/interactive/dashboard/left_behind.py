"""Pages that vanished without a word: what the server keeps for them, in case they come back, is bounded."""

from __future__ import annotations

from solara.server.kernel_context import PageStatus, VirtualKernelContext, contexts


def close_left_behind() -> None:
    """Close what was kept for pages that vanished without a word, except the last: it may be reconnecting."""
    left = [context for context in contexts.values() if _is_left_behind(context)]
    for context in left[:-1]:
        context.close(reason="cull")


def _is_left_behind(context: VirtualKernelContext) -> bool:
    return bool(context.page_status) and PageStatus.CONNECTED not in context.page_status.values()
