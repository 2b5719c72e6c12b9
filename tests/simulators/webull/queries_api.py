"""GET /trading/orders/…: one order, the open ones, those of some days.

The lists' shape is chosen by `x-version` (the SDK's docstrings say so): with v3 they are `data` and
a `pagination_key`, as the reference has it; with v2 a bare array, `page_size` (10 to 100, sandbox)
and `last_client_order_id`. Both "may not return the most recent order data in real time": only the
detail by `client_order_id` does, says the reference. Newest first is unverified.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from tests.simulators.webull.asking import (
    PAGE_SIZES,
    Answer,
    Ask,
    Route,
    account_of,
    json_answer,
    needed,
    paged,
    with_key,
)
from tests.simulators.webull.desk import Desk
from tests.simulators.webull.drawing import alone, together
from tests.simulators.webull.orders import Order
from tests.simulators.webull.people import Account
from tests.simulators.webull.refusals import bad, order_not_found
from tests.simulators.webull.wire import read_day, read_moment

USUAL_DAYS: Final = timedelta(days=7)
Items = list[tuple[str, dict[str, Any]]]


class QueriesApi:
    """What shows orders."""

    def __init__(self, desk: Desk) -> None:
        """The lists are fresh."""
        self._desk = desk
        self._kept: dict[str, tuple[Items, Items]] | None = None

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        return [
            Route("GET", "/trading/orders/get", self._one),
            Route("GET", "/trading/orders/open-orders/list", self._open),
            Route("GET", "/trading/orders/historical-orders/list", self._history),
        ]

    def freeze(self, accounts: Sequence[Account]) -> None:
        """The lists show from now on what they show now; the detail stays fresh."""
        self._kept = {one.id: (self._open_now(one), self._all_now(one)) for one in accounts}

    def thaw(self) -> None:
        """No longer."""
        self._kept = None

    def _one(self, ask: Ask) -> Answer:
        account = account_of(ask, needed(ask, "account_id"))
        wanted = needed(ask, "client_order_id")
        for order in self._desk.seen(account):
            if order.client_order_id == wanted:
                return json_answer(alone(order))
        raise order_not_found()

    def _open(self, ask: Ask) -> Answer:
        account = account_of(ask, needed(ask, "account_id"))
        if self._kept is not None:
            return self._page(ask, self._kept.get(account.id, ([], []))[0])
        return self._page(ask, self._open_now(account))

    def _history(self, ask: Ask) -> Answer:
        account = account_of(ask, needed(ask, "account_id"))
        since, until = self._days(ask)
        if self._kept is not None:
            return self._page(ask, self._kept.get(account.id, ([], []))[1])
        found = [o for o in self._desk.seen(account) if since <= o.created_at <= until]
        return self._page(ask, _newest(found))

    def _open_now(self, account: Account) -> Items:
        return _newest([order for order in self._desk.seen(account) if not order.ended])

    def _all_now(self, account: Account) -> Items:
        return _newest(self._desk.seen(account))

    def _days(self, ask: Ask) -> tuple[datetime, datetime]:
        now = self._desk.now()
        since, until = now - USUAL_DAYS, now
        if ask.headers.get("x-version") == "v3":
            if start := ask.query.get("start_time"):
                since = read_moment("start_time", start)
            if end := ask.query.get("end_time"):
                until = read_moment("end_time", end)
            return since, until
        if start := ask.query.get("start_date"):
            since = _midnight(read_day("start_date", start))
        if end := ask.query.get("end_date"):
            until = _midnight(read_day("end_date", end)) + timedelta(days=1)
        return since, until

    def _page(self, ask: Ask, items: Items) -> Answer:
        if ask.headers.get("x-version") == "v3":
            page, key = paged(ask, items, self._desk.page_size)
            return with_key(page, key)
        size = ask.query.get("page_size", "10")
        if not size.isdigit() or int(size) not in PAGE_SIZES:
            raise bad("page_size", size)
        ids = [one for one, _ in items]
        last = ask.query.get("last_client_order_id", "")
        if last and last not in ids:
            raise order_not_found()
        start = ids.index(last) + 1 if last else 0
        return json_answer([item for _, item in items[start : start + int(size)]])


def _newest(orders: Sequence[Order]) -> Items:
    return list(reversed(together(orders)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
