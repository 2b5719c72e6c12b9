"""Lists of orders at Coinbase: all that there are within a range of time, page by page.

Coinbase looks nothing up by an id of ours, so that a list is how an order in doubt is found. What
is missing in it counts as absent: a list that was not read to its end is no list.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from floorbroker.brokers.coinbase import order_answers as answers
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.coinbase.receipts import ENDS, WAITING
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.order import Order

PAGES_AT_MOST: Final = 20
BEFORE: Final = timedelta(minutes=5)
"""Coinbase takes no token that is older than two minutes or of a time to come (jwt_generator.py of
coinbase-advanced-py), so that the two clocks are never further apart than that."""

AFTER: Final = timedelta(hours=1)


class Listing:
    """One person's orders, in lists."""

    __slots__ = ("_client", "_clock")

    def __init__(self, client: CoinbaseClient, clock: Clock) -> None:
        """See the module's first line."""
        self._client = client
        self._clock = clock

    async def of_our_id(self, order: Order) -> list[answers.Order]:
        """Orders with our id, of the time when it was sent, whatever became of them.

        Not filtered by state or product: what is left out of a list would pass as absent.
        """
        sent = order.sent_at or order.created_at
        until = (order.sent_at or self._clock.now()) + AFTER
        found = await self._all(_between(sent - BEFORE, until), urgent=True)
        return [one for one in found if one.client_order_id == order.order_id]

    async def working(self) -> list[answers.Order]:
        """Every order at work: those that wait are asked for first, since they become open ones."""
        found: dict[str, answers.Order] = {}
        for statuses in (WAITING, ("OPEN",)):
            listed = await self._all({"order_status": list(statuses)})
            found |= {one.order_id: one for one in listed if one.status not in ENDS}
        return list(found.values())

    async def ended(self, since: datetime, until: datetime) -> list[answers.Order]:
        """Ended orders that were created within the range: Coinbase's range is that one."""
        terms = {"order_status": list(ENDS), **_between(since, until + timedelta(seconds=1))}
        found = await self._all(terms, enough=True)
        return [one for one in found if one.status in ENDS]

    async def _all(
        self, terms: Mapping[str, Any], *, urgent: bool = False, enough: bool = False
    ) -> list[answers.Order]:
        """All pages; the newest orders come first.

        Args:
            enough: As many pages as are read at most will do.

        Raises:
            Unreadable: There are more, or the pages lead nowhere.
        """
        found: dict[str, answers.Order] = {}
        cursor, seen = "", set[str]()
        for _ in range(PAGES_AT_MOST):
            page = await self._client.get_orders(terms, cursor, urgent=urgent)
            found |= {one.order_id: one for one in page.orders}
            if not page.has_next:
                return list(found.values())
            seen.add(cursor)
            cursor = page.cursor
            if not cursor or cursor in seen:
                raise Unreadable(200)
        if enough:
            return list(found.values())
        raise Unreadable(200)


def _between(start: datetime, end: datetime) -> dict[str, str]:
    return {"start_date": _stamp(start), "end_date": _stamp(end)}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
