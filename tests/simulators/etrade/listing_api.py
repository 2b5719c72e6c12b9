"""Lists of orders, and one order with its events.

Documented: count 25, at most 100; a marker for the next page; days as MMDDYYYY, both or none,
"History is available for two years"; at most 25 symbols.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from tests.simulators.etrade.asking import (
    ACCOUNTS,
    Answer,
    Ask,
    Route,
    empty,
    how_many,
    json_answer,
)
from tests.simulators.etrade.desk import Desk, is_working
from tests.simulators.etrade.drawing import API, details_json, order_json
from tests.simulators.etrade.orders import IN_PART, INDIVIDUAL_FILLS, OPEN, Order
from tests.simulators.etrade.people import Account, Bank
from tests.simulators.etrade.refusals import bad_field, no_such_order
from tests.simulators.etrade.wire import eastern_day, is_number, read_day

USUAL: Final = 25
MOST: Final = 100
MOST_SYMBOLS: Final = 25
HISTORY: Final = timedelta(days=730)
STATUSES: Final = frozenset(
    {
        "OPEN",
        "EXECUTED",
        "CANCELLED",
        "INDIVIDUAL_FILLS",
        "CANCEL_REQUESTED",
        "EXPIRED",
        "REJECTED",
        "PARTIAL",
        "DO_NOT_EXERCISE",
    }
)
_HERE: Final = f"{ACCOUNTS}/{{account_key}}/orders"


class ListingApi:
    """Answers questions about orders.

    Attributes:
        echoes: Whether listings show the client's id: documented that they do not.
    """

    def __init__(self, desk: Desk, bank: Bank) -> None:
        """Reads only."""
        self._desk = desk
        self._bank = bank
        self.echoes = False

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", f"{_HERE}.json", self._list),
            Route("GET", f"{_HERE}/{{order_id}}.json", self._one),
        ]

    def _list(self, ask: Ask) -> Answer:
        account = self._account(ask)
        wanted = self._filter(ask)
        rows = [order for order in self._desk.seen(account) if wanted(order)]
        marker = ask.query.get("marker", "")
        if marker:
            if not is_number(marker):
                raise bad_field("marker", marker)
            rows = [order for order in rows if order.id <= int(marker)]
        count = how_many(ask, "count", usual=USUAL, most=MOST)
        page, rest = rows[:count], rows[count:]
        if not page:
            return empty()
        told: dict[str, Any] = {}
        if rest:  # the marker is the first order of the next page; its form is unverified
            told["marker"] = str(rest[0].id)
            told["next"] = f"{API}/{account.key}/orders?marker={rest[0].id}&count={count}"
        return json_answer({"OrdersResponse": {**told, "Order": [self._drawn(o) for o in page]}})

    def _one(self, ask: Ask) -> Answer:
        account = self._account(ask)
        for order in self._desk.seen(account):
            if str(order.id) == ask.parts["order_id"]:
                shown = details_json(order, self._name(order), echoed=self.echoes)
                return json_answer({"OrdersResponse": {"Order": [shown]}})
        raise no_such_order()

    def _filter(self, ask: Ask) -> Callable[[Order], bool]:
        since, until = _days(ask)
        status = ask.query.get("status", "")
        if status and status not in STATUSES:
            raise bad_field("status", status)
        symbols = {word.strip().upper() for word in ask.words("symbol")}
        if len(symbols) > MOST_SYMBOLS:
            raise bad_field("symbol", f"{len(symbols)} symbols")
        kind, action = ask.query.get("securityType", ""), ask.query.get("transactionType", "")
        session = ask.query.get("marketSession", "")
        oldest = eastern_day(self._desk.now()) - HISTORY

        def wanted(order: Order) -> bool:
            ticket, day = order.ticket, eastern_day(order.placed_at)
            return (
                (not status or self._has(order, status))
                and day >= oldest
                and (since is None or since <= day)
                and (until is None or day <= until)
                and (not symbols or ticket.instrument.symbol in symbols)
                and kind in {"", ticket.instrument.type}
                and action in {"", ticket.action}
                and session in {"", ticket.session}
            )

        return wanted

    def _has(self, order: Order, status: str) -> bool:
        """OPEN shows what is filled in part too, INDIVIDUAL_FILLS only that (both unverified)."""
        if status == OPEN:
            return is_working(order, self._desk.partly)
        if status == INDIVIDUAL_FILLS:
            return order.status in IN_PART
        return order.status == status

    def _account(self, ask: Ask) -> Account:
        return self._bank.account(ask.owner.person, ask.parts["account_key"])

    def _drawn(self, order: Order) -> dict[str, Any]:
        return order_json(order, self._name(order), echoed=self.echoes)

    def _name(self, order: Order) -> str:
        return self._desk.market.names.get(order.ticket.instrument.symbol, "")


def _days(ask: Ask) -> tuple[date | None, date | None]:
    first, last = ask.query.get("fromDate", ""), ask.query.get("toDate", "")
    if not first and not last:
        return None, None
    since, until = read_day(first), read_day(last)
    if since is None or until is None or since > until:
        raise bad_field("fromDate", f"{first}-{last}")
    return since, until
