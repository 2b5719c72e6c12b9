"""/api/v3/orderList and what is below it, and the cancel of all orders of a symbol."""

from typing import Any

from tests.simulators.binance import answers
from tests.simulators.binance.asking import Ask, Route
from tests.simulators.binance.desk import Desk
from tests.simulators.binance.listing import ListTicket, cancel_list, place_list
from tests.simulators.binance.lists import OrderList
from tests.simulators.binance.orders import Order
from tests.simulators.binance.parameters import Parameters
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import Refusal, cancel_rejected, mandatory, no_such_order
from tests.simulators.binance.symbols import Catalogue, Symbol
from tests.simulators.binance.ticket import (
    Ticket,
    new_client_id,
    read_response_type,
    read_side,
    read_stp,
    read_ticket,
)
from tests.simulators.serving import Answer, json_answer


class ListsApi:
    """OCO, OTO and OTOCO; the deprecated order/oco, OPO and SOR are not here."""

    def __init__(self, desk: Desk, catalogue: Catalogue) -> None:
        """Of all lists."""
        self._desk = desk
        self._catalogue = catalogue

    def routes(self) -> list[Route]:
        """With the weights of rest-api.md."""
        own, reads = "/api/v3/orderList", "USER_DATA"
        return [
            Route("POST", f"{own}/oco", self._oco, security="TRADE"),
            Route("POST", f"{own}/oto", self._oto, security="TRADE"),
            Route("POST", f"{own}/otoco", self._otoco, security="TRADE"),
            Route("DELETE", own, self._cancel, security="TRADE"),
            Route("GET", own, self._get, weight=4, security=reads),
            Route("GET", "/api/v3/allOrderList", self._all, weight=20, security=reads),
            Route("GET", "/api/v3/openOrderList", self._open, weight=6, security=reads),
            Route("DELETE", "/api/v3/openOrders", self._cancel_all, security="TRADE"),
        ]

    def _oco(self, ask: Ask) -> Answer:
        parameters, symbol = self._begin(ask)
        legs = _legs(parameters, symbol, "above", "below", read_stp(parameters, symbol))
        return self._placed(ask, parameters, symbol, None, legs)

    def _oto(self, ask: Ask) -> Answer:
        parameters, symbol = self._begin(ask)
        stp = read_stp(parameters, symbol)
        working = _working(parameters, symbol, stp)
        pending = read_ticket(parameters, symbol, part="pending", stp=stp)
        return self._placed(ask, parameters, symbol, working, (pending,))

    def _otoco(self, ask: Ask) -> Answer:
        parameters, symbol = self._begin(ask)
        stp = read_stp(parameters, symbol)
        working = _working(parameters, symbol, stp)
        legs = _legs(parameters, symbol, "pendingAbove", "pendingBelow", stp)
        return self._placed(ask, parameters, symbol, working, legs)

    def _begin(self, ask: Ask) -> tuple[Parameters, Symbol]:
        parameters = Parameters(ask)
        return parameters, self._catalogue.find(parameters.symbol())

    def _placed(
        self,
        ask: Ask,
        parameters: Parameters,
        symbol: Symbol,
        working: Ticket | None,
        others: tuple[Ticket, ...],
    ) -> Answer:
        client_id = parameters.client_id("listClientOrderId") or new_client_id()
        kind = read_response_type(parameters, usual="RESULT")  # the usual one is unverified
        parameters.done()
        asked = ListTicket(client_id=client_id, working=working, others=others)
        own = place_list(self._desk, ask.owner, symbol, asked)
        reports = [answers.placed(order, kind) for order in own.orders]
        headers = self._desk.limits.order_headers(ask.owner)
        answer = json_answer({**own.wire(), "orderReports": reports}, headers=headers)
        # "The pending order will still appear as PENDING_NEW" where the working one fills at once.
        self._desk.activate()
        return answer

    def _cancel(self, ask: Ask) -> Answer:
        parameters, symbol = self._begin(ask)
        list_id, client_id = parameters.ids("orderListId", "listClientOrderId")
        cancel_id = parameters.client_id("newClientOrderId") or new_client_id()
        parameters.done()
        own = self._find(ask.owner, list_id, client_id, cancel_rejected())
        if own.symbol is not symbol or own.done:
            raise cancel_rejected()
        self._desk.check_cancel(own.orders[0], None)
        return json_answer(_canceled(own, cancel_list(self._desk, own), cancel_id))

    def _cancel_all(self, ask: Ask) -> Answer:
        parameters, symbol = self._begin(ask)
        parameters.done()
        cancel_id = new_client_id()
        mine = [one for one in self._desk.open_orders(ask.owner) if one.symbol is symbol]
        if not mine:
            raise cancel_rejected()  # seen by many; undocumented
        shown: list[dict[str, Any]] = []
        for order in mine:
            if not order.open:
                continue
            self._desk.check_cancel(order, None)
            if order.order_list is None:
                self._desk.cancel(order)
                shown.append(answers.canceled(order, cancel_id))
            else:
                ended = cancel_list(self._desk, order.order_list)
                shown.append(_canceled(order.order_list, ended, cancel_id))
        return json_answer(shown)

    def _get(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        ids = parameters.ids("orderListId", "origClientOrderId")
        parameters.done()
        return json_answer(self._find(ask.owner, *ids, no_such_order()).wire())

    def _all(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        first = parameters.number("fromId") or 0
        start, end = parameters.between()
        limit = parameters.count("limit", usual=500, most=1000)
        parameters.done()
        mine = [
            one
            for one in self._of(ask.owner)
            if one.id >= first
            and (start is None or start <= one.at)
            and (end is None or one.at <= end)
        ]
        # Newest first, as in the page's example.
        return json_answer([one.wire() for one in mine[::-1][:limit]])

    def _open(self, ask: Ask) -> Answer:
        Parameters(ask).done()
        return json_answer([one.wire() for one in self._of(ask.owner) if not one.done])

    def _of(self, person: Person) -> list[OrderList]:
        return [one for one in self._desk.lists if one.person is person]

    def _find(
        self, person: Person, list_id: int | None, client_id: str | None, refusal: Refusal
    ) -> OrderList:
        for one in reversed(self._of(person)):
            if list_id in {None, one.id} and client_id in {None, one.client_id}:
                return one
        raise refusal


def _legs(
    parameters: Parameters, symbol: Symbol, above: str, below: str, stp: str
) -> tuple[Ticket, ...]:
    pending = above.startswith("pending")
    side = read_side(parameters, "pendingSide" if pending else "side")
    name = "pendingQuantity" if pending else "quantity"
    qty = parameters.decimal(name)
    if qty is None:
        raise mandatory(name)
    return tuple(
        read_ticket(parameters, symbol, part=part, side=side, qty=qty, stp=stp)
        for part in (below, above)
    )


def _working(parameters: Parameters, symbol: Symbol, stp: str) -> Ticket:
    ticket = read_ticket(parameters, symbol, part="working", stp=stp)
    if ticket.type not in {"LIMIT", "LIMIT_MAKER"}:
        raise Refusal(-1116, "Invalid orderType.")  # unverified
    return ticket


def _canceled(own: OrderList, ended: list[Order], cancel_id: str) -> dict[str, Any]:
    reports = [answers.canceled(order, cancel_id) for order in ended]
    return {**own.wire(), "orderReports": reports}
