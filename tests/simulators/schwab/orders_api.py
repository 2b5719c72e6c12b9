"""Orders over HTTP: placed, listed, canceled, replaced, previewed.

Documented: 201 without a body and a `Location` for a new order and a replacement, 200 without a
body for a cancel. `Location` names the vendor's public host whatever this server's own is:
schwab-py's `Utils.extract_order_id` knows no other.
"""

from datetime import datetime, timedelta
from typing import Final

from tests.simulators.schwab.asking import Answer, Ask, Route, account_of, json_answer
from tests.simulators.schwab.desk import Desk
from tests.simulators.schwab.drawing import draw
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.people import Account
from tests.simulators.schwab.previews import draw_preview
from tests.simulators.schwab.refusals import invalid_parameter
from tests.simulators.schwab.ticket import Ticket, read_ticket
from tests.simulators.schwab.wire import read_body, read_moment
from tests.simulators.schwab.words import STATUSES

PUBLIC: Final = "https://api.schwabapi.com"
_MOST: Final = 3000


class OrdersApi:
    """Every request about orders.

    Attributes:
        tells_location: Whether a new order's answer says where it is (Schwabdev's documentation
            says that it does not where the order fills at once; unverified).
    """

    def __init__(self, desk: Desk, bodies: list[bytes]) -> None:
        """`bodies` gets the raw body of every order that comes in."""
        self.tells_location = True
        self._desk = desk
        self._bodies = bodies

    def routes(self) -> list[Route]:
        """All of them."""
        account = "/trader/v1/accounts/{account}"
        return [
            Route("GET", "/trader/v1/orders", self._everywhere),
            Route("GET", f"{account}/orders", self._list),
            Route("POST", f"{account}/orders", self._place),
            Route("GET", f"{account}/orders/{{id}}", self._get),
            Route("DELETE", f"{account}/orders/{{id}}", self._cancel),
            Route("PUT", f"{account}/orders/{{id}}", self._replace),
            Route("POST", f"{account}/previewOrder", self._preview),
        ]

    def _place(self, ask: Ask) -> Answer:
        account = account_of(ask)
        self._bodies.append(ask.body)
        order = self._desk.place(account, _ticket(ask), ask.owner.app.tag)
        return self._created(order)

    def _replace(self, ask: Ask) -> Answer:
        account = account_of(ask)
        old = self._desk.find(account, ask.parts["id"])
        return self._created(self._desk.replace(old, _ticket(ask), ask.owner.app.tag))

    def _created(self, order: Order) -> Answer:
        path = f"{PUBLIC}/trader/v1/accounts/{order.account.hash}/orders/{order.id}"
        return Answer(status=201, headers={"Location": path} if self.tells_location else {})

    def _cancel(self, ask: Ask) -> Answer:
        self._desk.cancel(self._desk.find(account_of(ask), ask.parts["id"]))
        return Answer(status=200)

    def _get(self, ask: Ask) -> Answer:
        order = self._desk.find(account_of(ask), ask.parts["id"])
        return json_answer(draw(order, self._desk.listing))

    def _list(self, ask: Ask) -> Answer:
        return self._listed(ask, [account_of(ask)], longest=timedelta(days=366))

    def _everywhere(self, ask: Ask) -> Answer:
        return self._listed(ask, list(ask.owner.accounts), longest=timedelta(days=61))

    def _listed(self, ask: Ask, accounts: list[Account], *, longest: timedelta) -> Answer:
        """Newest first (unverified); what is triggered stands below what triggers it."""
        start, end = _window(ask, longest)
        status, most = ask.query.get("status"), ask.query.get("maxResults", str(_MOST))
        if status is not None and status not in STATUSES:
            raise invalid_parameter("status")
        if not most.isdigit() or int(most) < 1:
            raise invalid_parameter("maxResults")
        found = [order for account in accounts for order in self._desk.of(account, shown=True)]
        found = [order for order in found if start <= order.entered_at <= end]
        found = [order for order in found if status in {None, order.status}]
        found.sort(key=lambda order: order.id, reverse=True)
        return json_answer([draw(order, self._desk.listing) for order in found[: int(most)]])

    def _preview(self, ask: Ask) -> Answer:
        account = account_of(ask)
        ticket = _ticket(ask)
        trial = self._desk.trial(account, ticket)
        return json_answer(draw_preview(trial, self._desk))


def _ticket(ask: Ask) -> Ticket:
    return read_ticket(read_body(ask.body))


def _window(ask: Ask, longest: timedelta) -> tuple[datetime, datetime]:
    """Both ends are required; a year for one account, 60 days for all of them."""
    names = ("fromEnteredTime", "toEnteredTime")
    start, end = (read_moment(name, ask.query.get(name)) for name in names)
    if end < start or end - start > longest:
        raise invalid_parameter(names[0])
    return start, end
