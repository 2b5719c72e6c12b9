"""The body of an order request: what is asked for, and whether its fields can be at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from tests.simulators.alpaca.refusals import bad_body, invalid, sub_penny
from tests.simulators.alpaca.wire import read_amount

TYPES: Final = frozenset({"market", "limit", "stop", "stop_limit", "trailing_stop"})
TIMES: Final = frozenset({"day", "gtc", "opg", "cls", "ioc", "fok"})
CLASSES: Final = frozenset({"", "simple", "bracket", "oco", "oto", "mleg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A readable order request.

    Attributes:
        order_class: Empty for a simple order.
        take_profit: The limit of the leg that takes the profit.
        stop_loss: The stop of the leg that limits the loss, and its limit if it has one.
    """

    symbol: str
    side: str
    type: str
    time_in_force: str
    client_order_id: str
    qty: Decimal | None
    notional: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    trail_price: Decimal | None
    trail_percent: Decimal | None
    extended_hours: bool
    order_class: str
    position_intent: str | None
    take_profit: Decimal | None
    stop_loss: tuple[Decimal, Decimal | None] | None

    @property
    def fractional(self) -> bool:
        """By amount of money, or by a part of a share."""
        return self.notional is not None or (
            self.qty is not None and self.qty != self.qty.to_integral_value()
        )


def read_ticket(body: Mapping[str, Any]) -> Ticket:
    """The request in `body`; messages as in working-with-orders and the CLI's error list.

    Raises:
        Refusal: A field is missing, unknown or out of range.
    """
    read = dict(body)
    kind = _word(read, "type", TYPES, "invalid order type")
    take, loss = _take_profit(read), _stop_loss(read)
    ticket = Ticket(
        symbol=_symbol(read),
        side=_word(read, "side", frozenset({"buy", "sell"}), "invalid side"),
        type=kind,
        time_in_force=_word(read, "time_in_force", TIMES, "invalid time_in_force"),
        client_order_id=_client_order_id(read),
        qty=_above_zero(read, "qty"),
        notional=_above_zero(read, "notional"),
        limit_price=_above_zero(read, "limit_price"),
        stop_price=_above_zero(read, "stop_price"),
        trail_price=_above_zero(read, "trail_price"),
        trail_percent=_above_zero(read, "trail_percent"),
        extended_hours=read.get("extended_hours") is True,
        order_class=_word(
            {"order_class": "", **read}, "order_class", CLASSES, "invalid order class"
        ).removeprefix("simple"),
        position_intent=read.get("position_intent"),
        take_profit=take,
        stop_loss=loss,
    )
    _check_amounts(ticket)
    _check_prices(ticket)
    return ticket


def check_increment(name: str, price: Decimal | None) -> None:
    """Two decimals from one dollar, four below: docs, orders-at-alpaca.

    Raises:
        Refusal: It has more.
    """
    if price is None:
        return
    tick = Decimal("0.01") if price >= 1 else Decimal("0.0001")
    if price % tick:
        raise sub_penny(name, price)


def read_client_order_id(body: Mapping[str, Any]) -> str:
    """The id in `body`, or a new one.

    Raises:
        Refusal: It is too long, or no text.
    """
    return _client_order_id(dict(body))


def _check_amounts(ticket: Ticket) -> None:
    if ticket.qty is not None and ticket.notional is not None:
        raise invalid("only one of qty or notional is accepted")
    if ticket.qty is None and ticket.notional is None:
        raise invalid("qty or notional is required")


def _check_prices(ticket: Ticket) -> None:
    limited = ticket.type in {"limit", "stop_limit"}
    stopped = ticket.type in {"stop", "stop_limit"}
    oco = ticket.order_class == "oco" and ticket.take_profit is not None
    if ticket.type == "stop_limit" and not (ticket.limit_price and ticket.stop_price):
        raise invalid("stop limit orders require both stop and limit price")
    if limited and ticket.limit_price is None and not oco:
        raise invalid("limit orders require a limit price")
    if stopped and ticket.stop_price is None:
        raise invalid("stop orders require a stop price")
    if ticket.type == "market" and (ticket.limit_price or ticket.stop_price):
        raise invalid("market orders require no stop or limit price")
    if ticket.type == "trailing_stop" and (
        (ticket.trail_price is None) == (ticket.trail_percent is None)
    ):
        raise invalid("trailing stop orders must specify one of trail_price or trail_percent")
    if ticket.trail_percent is not None and ticket.trail_percent < Decimal("0.1"):
        raise invalid("trail_percent must be greater than or equal to 0.1")


def _symbol(body: dict[str, Any]) -> str:
    symbol = body.get("symbol")
    if not isinstance(symbol, str) or not symbol:
        raise invalid("symbol is required")
    return symbol


def _word(body: dict[str, Any], name: str, known: frozenset[str], otherwise: str) -> str:
    word = body.get(name)
    if not isinstance(word, str) or word not in known:
        raise invalid(otherwise)
    return word


def _above_zero(body: dict[str, Any], name: str) -> Decimal | None:
    amount = read_amount(body, name)
    if amount is not None and amount <= 0:
        raise invalid(f"{name.replace('_', ' ')} must be > 0")
    return amount


def _client_order_id(body: dict[str, Any]) -> str:
    given = body.get("client_order_id")
    if given is None or given == "":
        return str(uuid4())
    if not isinstance(given, str):
        raise bad_body()
    if len(given) > 128:
        raise invalid("client_order_id must be no more than 128 characters")
    return given


def _take_profit(body: dict[str, Any]) -> Decimal | None:
    leg = body.get("take_profit")
    if leg is None:
        return None
    if not isinstance(leg, dict):
        raise bad_body()
    price = _above_zero(leg, "limit_price")
    if price is None:
        raise invalid("take_profit.limit_price is required")
    return price


def _stop_loss(body: dict[str, Any]) -> tuple[Decimal, Decimal | None] | None:
    leg = body.get("stop_loss")
    if leg is None:
        return None
    if not isinstance(leg, dict):
        raise bad_body()
    stop = _above_zero(leg, "stop_price")
    if stop is None:
        raise invalid("stop_loss.stop_price is required")
    return stop, _above_zero(leg, "limit_price")
