"""The messages about orders and executions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulators.tws import drawing, previews, refusals
from tests.simulators.tws.clients import Client
from tests.simulators.tws.desk import Desk
from tests.simulators.tws.gate import Handler
from tests.simulators.tws.orders import INACTIVE, Execution, SimOrder
from tests.simulators.tws.refusals import Refusal
from tests.simulators.tws.ticket import read_ticket
from tests.simulators.tws.wire import Reading

_SIDES: Final = {"BUY": True, "BOT": True, "SELL": False, "SLD": False, "SSHORT": False}


class OrdersApi:
    """Over the book of all orders.

    Attributes:
        read_only: Orders and cancels are refused.
        shows_inactive: Orders that the server refused are among the open ones and not among the
            completed. IBKR's Java sample notes that they are; of today's TWS it is unverified.
    """

    def __init__(self, desk: Desk, *, read_only: bool) -> None:
        """Whoever is connected."""
        self.read_only = read_only
        self.shows_inactive = False
        self._desk = desk

    def handlers(self) -> Mapping[int, Handler]:
        """By message."""
        return {
            3: self._place,
            4: self._cancel,
            5: self._open,
            7: self._executions,
            15: self._bind,
            16: self._all_open,
            58: self._cancel_all,
            99: self._completed,
        }

    def kind_of(self, client: Client, reading: Reading) -> str:
        """What a placeOrder message is."""
        order_id = reading.whole()
        if read_ticket(reading, client.version).what_if:
            return "read"
        return "order" if self._desk.of_client(client.id, order_id) is None else "change"

    def _place(self, client: Client, reading: Reading) -> None:
        order_id = reading.whole()
        ticket = read_ticket(reading, client.version)
        if self.read_only:
            raise refusals.read_only()
        if ticket.what_if:
            drawn = previews.preview(self._desk, client, order_id, ticket)
            client.send(*drawn)
            return
        order = self._desk.of_client(client.id, order_id)
        if order is None:
            self._desk.place(client.id, order_id, ticket)
        else:
            self._desk.change(order, ticket)

    def _cancel(self, client: Client, reading: Reading) -> None:
        reading.skip()
        order_id = reading.whole()
        if self.read_only:
            raise refusals.read_only()
        order = self._desk.of_client(client.id, order_id)
        if order is None:
            raise refusals.not_found(order_id)
        if order.ended:
            raise refusals.not_cancellable(order_id, order.status)
        self._desk.cancel(order)

    def _cancel_all(self, client: Client, reading: Reading) -> None:
        if self.read_only:
            raise refusals.read_only()
        for order in list(self._desk.orders):
            if not order.ended:
                self._desk.cancel(order)

    # Reading

    def _open(self, client: Client, reading: Reading) -> None:
        own = [o for o in self._desk.orders if o.client_id == client.id and o.order_id != 0]
        self._send_open(client, own)

    def _all_open(self, client: Client, reading: Reading) -> None:
        self._send_open(client, self._desk.orders)

    def _send_open(self, client: Client, orders: list[SimOrder]) -> None:
        for order in orders:
            if not self._is_completed(order) and not order.parked:
                client.send(*drawing.open_order(order, client.version))
                client.send(*drawing.order_status(order))
        client.send(53, 1)

    def _is_completed(self, order: SimOrder) -> bool:
        return order.ended and not (self.shows_inactive and order.status == INACTIVE)

    def _bind(self, client: Client, reading: Reading) -> None:
        """Orders of TWS itself get negative ids for client 0."""
        reading.skip()
        wanted = reading.flag()
        if client.id != 0:
            raise Refusal(327, "Only the default client (i.e 0) can auto bind orders")
        client.binds_manual = wanted
        manual = [o for o in self._desk.orders if o.client_id == 0 and o.order_id <= 0]
        for place, order in enumerate(manual, 1):
            if wanted and order.order_id == 0:
                order.order_id = -place

    def _completed(self, client: Client, reading: Reading) -> None:
        api_only = reading.flag()
        for order in self._desk.orders:
            if self._is_completed(order) and (order.order_id > 0 or not api_only):
                drawn = drawing.completed_order(order, client.version, self._desk.telling.zone)
                client.send(*drawn)
        client.send(102)

    def _executions(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request = reading.whole()
        of_client, account, since = reading.whole(), reading.word(), reading.word()
        symbol, kind, exchange, side = (reading.word() for _ in range(4))
        earliest = _moment(since, self._desk.telling.zone)
        for order in self._desk.orders:
            contract = order.contract
            if of_client not in {0, order.client_id} or account not in {"", order.account}:
                continue
            if symbol not in {"", contract.symbol} or kind not in {"", contract.kind}:
                continue
            if side and _SIDES.get(side) is not order.buys:
                continue
            for done in order.executions:
                if exchange in {"", done.exchange} and (not earliest or done.at >= earliest):
                    self._send_execution(client, order, done, request)
        client.send(55, 1, request)

    def _send_execution(
        self, client: Client, order: SimOrder, done: Execution, request: int
    ) -> None:
        zone = self._desk.telling.zone
        client.send(*drawing.execution(order, done, client.version, zone, request))
        client.send(*drawing.commission_report(order, done))


def _moment(given: str, zone: str) -> datetime | None:
    """A filter's time: yyyymmdd-hh:mm:ss or with a space, and perhaps its zone."""
    if not given:
        return None
    day, _, rest = given.replace("-", " ", 1).partition(" ")
    clock, _, named = rest.strip().partition(" ")
    return datetime.strptime(f"{day} {clock}", "%Y%m%d %H:%M:%S").replace(
        tzinfo=ZoneInfo(named or zone)
    )
