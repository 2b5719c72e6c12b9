"""What became of orders: GET /api/v3/order, openOrders, allOrders and myTrades."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.simulators.binance import answers
from tests.simulators.binance.asking import Ask, Route, Weight, by_symbol
from tests.simulators.binance.desk import Desk
from tests.simulators.binance.parameters import Parameters
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import bad_combination, mandatory
from tests.simulators.binance.symbols import Catalogue, Symbol
from tests.simulators.serving import Answer, Handler, json_answer


class QueriesApi:
    """Answers about orders and trades."""

    def __init__(self, desk: Desk, catalogue: Catalogue) -> None:
        """Of all orders."""
        self._desk = desk
        self._catalogue = catalogue

    def routes(self) -> list[Route]:
        """With the weights of rest-api.md."""
        return [
            _route("order", self._get, 4),
            _route("order/amendments", self._amendments, 4),
            _route("openOrders", self._open, by_symbol(6, 80)),
            _route("allOrders", self._all, 20),
            _route("myTrades", self._trades, _trades_weight),
        ]

    def _amendments(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        order_id = parameters.number("orderId")
        start = parameters.number("fromExecutionId") or 0
        limit = parameters.count("limit", usual=500, most=1000)
        parameters.done()
        if order_id is None:
            raise mandatory("orderId")
        order = self._desk.find(ask.owner, symbol, order_id, None)
        rows = [one for one in answers.amendments(order) if one["executionId"] >= start]
        return json_answer(rows[:limit])

    def _get(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        ids = parameters.ids("orderId", "origClientOrderId")
        parameters.done()
        return json_answer(self._desk.find(ask.owner, symbol, *ids).wire())

    def _open(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters) if "symbol" in ask.query else None
        parameters.done()
        orders = [
            order for order in self._desk.open_orders(ask.owner) if symbol in {None, order.symbol}
        ]
        return json_answer([order.wire() for order in orders])

    def _all(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        first = parameters.number("orderId")
        start, end = parameters.between()
        limit = parameters.count("limit", usual=500, most=1000)
        parameters.done()
        orders = [order for order in self._desk.of(ask.owner) if order.symbol is symbol]
        # Which of an order's times the interval is for is unverified.
        orders = [order for order in orders if _within(order.created_at, start, end)]
        if first is not None:
            orders = [order for order in orders if order.id >= first]
        chosen = _page(orders, limit, oldest=first is not None or start is not None)
        return json_answer([order.wire() for order in chosen])

    def _trades(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        order_id, first = parameters.number("orderId"), parameters.number("fromId")
        start, end = parameters.between()
        limit = parameters.count("limit", usual=500, most=1000)
        parameters.done()
        if (start or end) and (order_id is not None or first is not None):
            raise bad_combination()
        rows = [
            (order, trade)
            for order in self._desk.of(ask.owner)
            if order.symbol is symbol and order_id in {None, order.id}
            for trade in order.trades
            if _within(trade.at, start, end) and (first is None or trade.id >= first)
        ]
        rows.sort(key=lambda row: row[1].id)
        chosen = _page(rows, limit, oldest=first is not None or start is not None)
        return json_answer([answers.trade(*row) for row in chosen])

    def _symbol(self, parameters: Parameters) -> Symbol:
        return self._catalogue.find(parameters.symbol())


def _route(path: str, handler: Handler[Person], weight: Weight) -> Route:
    return Route("GET", f"/api/v3/{path}", handler, weight=weight, security="USER_DATA")


def _within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start <= at) and (end is None or at <= end)


def _page(rows: Sequence[Any], limit: int, *, oldest: bool) -> Sequence[Any]:
    return rows[:limit] if oldest else rows[max(len(rows) - limit, 0) :]


def _trades_weight(ask: Ask) -> int:
    return 5 if "orderId" in ask.query else 20
