"""/v2/orders and /v2/positions."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from tests.simulators.alpaca.asking import Answer, Ask, Route, how_many, json_answer
from tests.simulators.alpaca.desk import Desk
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.refusals import Refusal, invalid, not_found
from tests.simulators.alpaca.replacing import replace_order
from tests.simulators.alpaca.statements import find_held, position
from tests.simulators.alpaca.wire import nine, read_amount, read_body, read_moment, text

MOST: Final = 500


class OrdersApi:
    """Answers about orders and positions."""

    def __init__(self, desk: Desk, bodies: list[bytes]) -> None:
        """`bodies` receives the body of every order request that is carried out or refused."""
        self._desk = desk
        self._bodies = bodies

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("POST", "/v2/orders", self._place),
            Route("GET", "/v2/orders", self._list),
            Route("DELETE", "/v2/orders", self._cancel_all),
            Route("GET", "/v2/orders:by_client_order_id", self._by_client_id),
            Route("GET", "/v2/orders/{order_id}", self._get),
            Route("PATCH", "/v2/orders/{order_id}", self._replace),
            Route("DELETE", "/v2/orders/{order_id}", self._cancel),
            Route("GET", "/v2/positions", self._positions),
            Route("DELETE", "/v2/positions", self._close_all),
            Route("GET", "/v2/positions/{symbol}", self._position),
            Route("DELETE", "/v2/positions/{symbol}", self._close),
        ]

    def _place(self, ask: Ask) -> Answer:
        self._bodies.append(ask.body)
        return self._placed(self._desk.place(ask.owner, read_body(ask.body)))

    def _placed(self, order: Order) -> Answer:
        # The answer shows the order as it came in: recorded, also for orders that fill at once.
        answer = json_answer(order.wire(nested=True))
        self._desk.arrive(order)
        return answer

    def _list(self, ask: Ask) -> Answer:
        nested = ask.flag("nested")
        orders = [
            order
            for order in _between(ask, self._desk.of(ask.owner))
            if not (nested and order.parent) and _wanted(ask, order, nested=nested)
        ]
        if ask.query.get("direction", "desc") == "desc":
            orders.reverse()
        orders = orders[: how_many(ask, "limit", usual=50, most=MOST)]
        return json_answer([order.wire(nested=nested) for order in orders])

    def _get(self, ask: Ask) -> Answer:
        order = self._desk.find(ask.owner, ask.parts["order_id"])
        return json_answer(order.wire(nested=ask.flag("nested")))

    def _by_client_id(self, ask: Ask) -> Answer:
        wanted = ask.query.get("client_order_id", "")
        order = self._desk.find_by_client_id(ask.owner, wanted)
        # The reference has no `nested` here; it does no harm.
        return json_answer(order.wire(nested=ask.flag("nested")))

    def _replace(self, ask: Ask) -> Answer:
        order = self._desk.find(ask.owner, ask.parts["order_id"])
        return self._placed(replace_order(self._desk, order, read_body(ask.body)))

    def _cancel(self, ask: Ask) -> Answer:
        self._desk.cancel(self._desk.find(ask.owner, ask.parts["order_id"]))
        return Answer(status=204)

    def _cancel_all(self, ask: Ask) -> Answer:
        canceled = []
        for order in self._desk.of(ask.owner):
            if not order.ended:
                self._desk.cancel(order)
                canceled.append({"id": order.id, "status": 200})
        return json_answer(canceled, 207)

    def _positions(self, ask: Ask) -> Answer:
        return json_answer([position(self._desk, ask.owner, s) for s in ask.owner.holdings])

    def _position(self, ask: Ask) -> Answer:
        symbol = find_held(self._desk, ask.owner, ask.parts["symbol"])
        return json_answer(position(self._desk, ask.owner, symbol))

    def _close(self, ask: Ask) -> Answer:
        symbol = find_held(self._desk, ask.owner, ask.parts["symbol"])
        return self._placed(self._closing(ask, symbol))

    def _closing(self, ask: Ask, symbol: str) -> Order:
        held = ask.owner.held(symbol)
        given = read_amount(dict(ask.query), "qty")
        percentage = read_amount(dict(ask.query), "percentage")
        if given is not None and percentage is not None:
            raise invalid("only one of qty or percentage is accepted")  # unverified
        qty = abs(held) if given is None else given
        if percentage is not None:
            qty = nine(abs(held) * percentage / Decimal(100))
        body: dict[str, Any] = {
            "symbol": symbol,
            "qty": text(qty),
            "side": "sell" if held > 0 else "buy",
            "type": "market",
            "time_in_force": "gtc" if "/" in symbol else "day",
        }
        return self._desk.place(ask.owner, body)

    def _close_all(self, ask: Ask) -> Answer:
        if ask.flag("cancel_orders"):
            self._cancel_all(ask)
        results = []
        for symbol in list(ask.owner.holdings):
            shown = symbol.replace("/", "")
            try:
                order = self._closing(replace(ask, query={}), symbol)
            except Refusal as refusal:
                results.append({"symbol": shown, "status": refusal.status, "body": refusal.body})
                continue
            results.append({"symbol": shown, "status": 200, "body": order.wire()})
            self._desk.arrive(order)
        return json_answer(results, 207)


def _wanted(ask: Ask, order: Order, *, nested: bool) -> bool:
    status = ask.query.get("status") or "open"
    if status not in {"open", "closed", "all"}:
        raise invalid("invalid order status")  # unverified
    # With `nested`, a group counts as open while any of its orders is (unverified).
    members = order.group if nested else [order]
    is_open = any(not one.ended for one in members)
    if status != "all" and is_open != (status == "open"):
        return False
    if ask.query.get("side") not in {None, "", order.side}:
        return False
    classes = ask.words("asset_class")
    if classes and not {"all", order.asset.asset_class} & set(classes):
        return False
    symbols = ask.words("symbols")
    return not symbols or bool({order.symbol, order.symbol.replace("/", "")} & set(symbols))


def _between(ask: Ask, orders: Sequence[Order]) -> list[Order]:
    kept = list(orders)
    if after := ask.query.get("after"):
        kept = [order for order in kept if order.created_at > read_moment(after)]
    if until := ask.query.get("until"):
        kept = [order for order in kept if order.created_at < read_moment(until)]
    if before := ask.query.get("before_order_id"):
        kept = kept[: _place_of(before, kept)]
    if later := ask.query.get("after_order_id"):
        kept = kept[_place_of(later, kept) + 1 :]
    return kept


def _place_of(order_id: str, orders: Sequence[Order]) -> int:
    ids = [order.id for order in orders]
    if order_id not in ids:
        raise not_found(f"order not found for {order_id}")
    return ids.index(order_id)
