"""/orders/historical: orders one by one and in lists, and fills."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from tests.simulators.coinbase.asking import (
    API,
    Answer,
    Ask,
    Route,
    every,
    how_many,
    json_answer,
    one_of,
)
from tests.simulators.coinbase.desk import Desk
from tests.simulators.coinbase.drawing import fill_json, order_json
from tests.simulators.coinbase.orders import STATUSES, Order
from tests.simulators.coinbase.paging import page_of
from tests.simulators.coinbase.refusals import invalid_argument
from tests.simulators.coinbase.ticket import FOK, GTC, GTD, IOC, SIDES
from tests.simulators.coinbase.wire import read_moment

MOST: Final = 1000
"""Rows a page, whatever is asked for (unverified); orders have no usual limit, fills 100."""

_TYPES: Final = frozenset({"MARKET", "LIMIT", "STOP", "STOP_LIMIT", "BRACKET", "TWAP", "SCALED"})
_TIMES: Final = frozenset({GTC, GTD, IOC, FOK})
_SOURCES: Final = frozenset({"RETAIL_SIMPLE", "RETAIL_ADVANCED", "RETAIL_ADMIN"})
_PRODUCTS: Final = frozenset({"SPOT", "FUTURE", "UNKNOWN_PRODUCT_TYPE"})
_ORDER_ID: Final = re.compile(r"[0-9a-fA-F-]{36}")


class HistoryApi:
    """Answers about orders and fills of the key's portfolio."""

    def __init__(self, desk: Desk) -> None:
        """Reads only."""
        self._desk = desk

    def routes(self) -> list[Route]:
        """All of them; the two lists stand before the single order."""
        return [
            Route("GET", f"{API}/orders/historical/batch", self._list),
            Route("GET", f"{API}/orders/historical/fills", self._fills),
            Route("GET", f"{API}/orders/historical/{{order_id}}", self._get),
        ]

    def _get(self, ask: Ask) -> Answer:
        wanted = ask.parts["order_id"]
        if not _ORDER_ID.fullmatch(wanted):
            # Seen for "None" in the log of a bot.
            raise invalid_argument(f"invalid OrderId {wanted} passed to endpoint")
        return json_answer({"order": order_json(self._desk.find(ask.owner, wanted))})

    def _list(self, ask: Ask) -> Answer:
        """Newest first."""
        wanted = list(filter(_filter(ask), reversed(self._desk.seen(ask.owner))))
        limit = how_many(ask, "limit", usual=MOST, most=MOST)
        page = page_of(wanted, ask.query.get("cursor", ""), limit, lambda order: order.id)
        return json_answer(
            {
                "orders": [order_json(order) for order in page.rows],
                "sequence": "0",
                "has_next": page.has_next,
                "cursor": page.cursor,
            }
        )

    def _fills(self, ask: Ask) -> Answer:
        """Newest first. There is no `has_next`: the last page has an empty cursor."""
        ids, products = every(ask, "order_ids"), every(ask, "product_ids")
        trades = every(ask, "trade_ids")
        first, last = (_bound(ask, f"{end}_sequence_timestamp") for end in ("start", "end"))
        rows = [
            (order, fill)
            for order in self._desk.seen(ask.owner)
            if (not ids or order.id in ids) and (not products or order.product.id in products)
            for fill in order.executions
            if (not trades or fill.trade_id in trades) and _between(fill.at, first, last)
        ]
        rows.sort(key=lambda row: row[1].at)
        rows.reverse()
        limit = how_many(ask, "limit", usual=100, most=MOST)
        page = page_of(rows, ask.query.get("cursor", ""), limit, lambda row: row[1].entry_id)
        fills = [fill_json(order, fill) for order, fill in page.rows]
        return json_answer({"fills": fills, "cursor": page.cursor})


def _filter(ask: Ask) -> Callable[[Order], bool]:
    """Whether an order is asked for; the words are looked at once, whatever there is to list."""
    statuses = every(ask, "order_status", STATUSES)
    if "OPEN" in statuses and len(statuses) > 1:
        # An earlier reference of list-orders: OPEN goes with no other (today's is silent).
        raise invalid_argument("cannot pair OPEN orders with other order types")  # words unverified
    ids, products = every(ask, "order_ids"), every(ask, "product_ids")
    types, times = every(ask, "order_types", _TYPES), every(ask, "time_in_forces", _TIMES)
    side, kind = one_of(ask, "order_side", SIDES), one_of(ask, "product_type", _PRODUCTS)
    source = one_of(ask, "order_placement_source", _SOURCES) or "RETAIL_ADVANCED"
    assets = set(every(ask, "asset_filters"))
    first, last = _bound(ask, "start_date"), _bound(ask, "end_date")

    def fits(order: Order) -> bool:
        return (
            _between(order.created_at, first, last)
            and (not statuses or order.status in statuses)
            and (not ids or order.id in ids)
            and (not products or order.product.id in products)
            and (not types or order.kind.type in types)
            and (not times or order.kind.time_in_force in times)
            and side in {"", order.side}
            and source == order.source
            and (not assets or bool({order.product.base, order.product.quote} & assets))
            and kind in {"", "UNKNOWN_PRODUCT_TYPE", "SPOT"}
        )

    return fits


def _bound(ask: Ask, name: str) -> datetime | None:
    given = ask.query.get(name)
    return read_moment(given) if given else None


def _between(at: datetime, first: datetime | None, last: datetime | None) -> bool:
    """The beginning is inclusive, the end exclusive: the reference of list-orders."""
    return (first is None or at >= first) and (last is None or at < last)
