"""What news of an order is about, and how loudly each kind is told.

The kind comes from the events that the person has not been told of, not from the present state
alone: a partial fill and a cancel between two looks are one message about a canceled order.
"""

from enum import StrEnum
from typing import Final

from floorbroker.domain.order import IntentKind, IntentState, Order, OrderEvent
from floorbroker.domain.order_state import UNRESOLVED, OrderState


class NewsKind(StrEnum):
    """Which news it is; the later of two that come together is the one that is told."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    CHANGED = "changed"
    ENDED = "ended"
    FILLED = "filled"
    CRITICAL = "critical"


class NewsLevel(StrEnum):
    """How loudly it is told once the order's card can no longer be edited."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


USUAL: Final = {
    NewsKind.ACCEPTED: NewsLevel.ON,
    NewsKind.PARTIAL: NewsLevel.SILENT,
    NewsKind.CHANGED: NewsLevel.ON,
    NewsKind.ENDED: NewsLevel.ON,
    NewsKind.FILLED: NewsLevel.ON,
}
"""The kinds that a person can set, each with its level until they do; critical ones are told."""

FILL, CORRECTED, LEGS, LEG_FILLED = "fill", "fill corrected", "legs", "leg filled"
AMBIGUOUS: Final = "ambiguous"
"""What events call themselves in which the state stays."""

_LOUDEST_LAST: Final = tuple(NewsKind)
_OF_STATE: Final = {
    OrderState.ACCEPTED: NewsKind.ACCEPTED,
    OrderState.PARTIALLY_FILLED: NewsKind.PARTIAL,
    OrderState.FILLED: NewsKind.FILLED,
    OrderState.CANCELED: NewsKind.ENDED,
    OrderState.EXPIRED: NewsKind.ENDED,
    OrderState.REPLACED: NewsKind.ENDED,
    OrderState.REJECTED: NewsKind.CRITICAL,
    OrderState.NOT_PLACED: NewsKind.CRITICAL,
    OrderState.GONE: NewsKind.CRITICAL,
    OrderState.UNKNOWN: NewsKind.CRITICAL,
}
_WITHIN_A_STATE: Final = {
    CORRECTED: NewsKind.FILLED,
    LEGS: NewsKind.CHANGED,
    LEG_FILLED: NewsKind.FILLED,
    AMBIGUOUS: NewsKind.CRITICAL,
}
_IN_DOUBT: Final = UNRESOLVED | {OrderState.NOT_PLACED, OrderState.GONE}
"""Whatever follows one of these is the end of a doubt, or comes against all expectation."""


def news_of(order: Order) -> NewsKind | None:
    """The weightiest news that the person has not been told; None: no more than details."""
    events = order.events
    # Older versions did not count what was told: there, the last event is the news.
    known = len(events) - 1 if order.told is None else order.told.events
    kinds = [_kind(events[:place], events[place]) for place in range(max(known, 0), len(events))]
    found = [kind for kind in kinds if kind is not None]
    return max(found, key=_LOUDEST_LAST.index, default=None)


def _kind(before: tuple[OrderEvent, ...], event: OrderEvent) -> NewsKind | None:
    last = before[-1].state if before else OrderState.DRAFT
    if event.state is not last:
        kind = _OF_STATE.get(event.state)
        return NewsKind.CRITICAL if kind is not None and last in _IN_DOUBT else kind
    if event.what == FILL:
        return NewsKind.PARTIAL if event.state.working else NewsKind.FILLED
    asked, _, end = event.what.partition(":")
    if asked in set(IntentKind):
        return _of_intent(before, asked, end)
    return _WITHIN_A_STATE.get(event.what)


def _of_intent(before: tuple[OrderEvent, ...], asked: str, end: str) -> NewsKind | None:
    """A cancel or a change: one in doubt is as critical as the order itself would be."""
    if end not in set(IntentState):
        return None
    earlier = [one.what for one in before if one.what.startswith(f"{asked}:")]
    doubt = f"{asked}:{IntentState.UNKNOWN}"
    in_doubt = end == IntentState.UNKNOWN or (bool(earlier) and earlier[-1] == doubt)
    return NewsKind.CRITICAL if in_doubt else NewsKind.CHANGED
