"""Which of E*TRADE's orders is ours: no answer has our id, so terms and time must say it. Pure."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from floorbroker.brokers.etrade.eastern import day_of
from floorbroker.brokers.etrade.order_answers import Order as Told
from floorbroker.brokers.etrade.order_fields import Terms, told_terms

CLOCKS_APART: Final = timedelta(minutes=1)
"""Two clocks that are both right are not further apart than that."""

TAKES_AT_MOST: Final = timedelta(minutes=5)
"""A place leaves within seconds of its preview, and a preview lives three minutes."""

_A_DAY: Final = timedelta(days=1)


def days_of(sent_at: datetime, now: datetime) -> tuple[date, date]:
    """The days in New York in whose lists it can stand; "toDate should be greater than fromDate".

    Never a day to come: what E*TRADE makes of one is not documented.
    """
    first = day_of(sent_at - CLOCKS_APART)
    last = max(first, min(day_of(sent_at + TAKES_AT_MOST), day_of(now)))
    return first - _A_DAY, last


def of_these_terms(terms: Terms, sent_at: datetime) -> Callable[[Told], bool]:
    """Whether an order may be the one of `terms` that was sent then."""
    earliest, latest = sent_at - CLOCKS_APART, sent_at + TAKES_AT_MOST

    def fits(told: Told) -> bool:
        placed = told.detail.placed_time
        if placed is None or not earliest <= placed <= latest or not told.simple:
            return False
        return told_terms(told.detail) == terms

    return fits


def ours(
    listed: Iterable[Told], order_id: str, fits: Callable[[Told], bool], others: Iterable[str]
) -> list[Told]:
    """Those that may be ours.

    Should E*TRADE tell our ids all the same, they decide alone. What took another order's place was
    not placed, and what is known to be another order of ours is not this one.
    """
    rows = list(listed)
    by_id = [one for one in rows if one.detail.client_order_id == order_id]
    if by_id:
        return by_id
    known = set(others)
    return [
        one
        for one in rows
        if one.detail.client_order_id is None
        and one.detail.replaces_order_id is None
        and str(one.order_id) not in known
        and fits(one)
    ]
