"""What Alpaca asks of an order for crypto: docs, crypto-orders and crypto-trading."""

from decimal import Decimal
from typing import Final

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.refusals import (
    forbidden,
    insufficient_balance,
    invalid,
    unprocessable,
)
from tests.simulators.alpaca.rules import Around, check_intent, inactive
from tests.simulators.alpaca.ticket import Ticket
from tests.simulators.alpaca.wash import check_wash
from tests.simulators.alpaca.wire import text

SMALLEST: Final = Decimal(10)
"""US dollars an order; measured on the paper API in August 2026, above `min_order_size`."""

_ADVANCED: Final = {"bracket": "otoco", "oco": "oco", "oto": "oto"}


def check_coin(ticket: Ticket, asset: Asset, around: Around) -> tuple[str, Decimal]:
    """The intent that the order has, and the US dollars that it reserves.

    Raises:
        Refusal: It may not be placed.
    """
    if not asset.tradable or asset.status != "active":
        raise inactive(asset)
    if ticket.type not in {"market", "limit", "stop_limit"}:
        raise invalid("invalid order type for crypto order")
    if ticket.time_in_force not in {"gtc", "ioc"}:
        raise unprocessable("invalid crypto time_in_force")
    if ticket.order_class:
        kind = _ADVANCED.get(ticket.order_class, ticket.order_class)
        raise unprocessable(f"crypto orders not allowed for advanced order_class: {kind}")
    if ticket.extended_hours:
        raise unprocessable("extended hours order must be DAY or GTC limit orders")
    _check_steps(ticket, asset)
    if around.cost(ticket) < SMALLEST:
        raise forbidden("cost basis must be >= minimal amount of order 10")
    check_wash(ticket, around.open_orders)
    return _sale(ticket, asset, around) if ticket.side == "sell" else _purchase(ticket, around)


def _check_steps(ticket: Ticket, asset: Asset) -> None:
    # The words are unverified. A finer quantity than the step is no refusal: it is cut.
    if ticket.qty is not None and asset.min_order_size and ticket.qty < asset.min_order_size:
        raise forbidden(f"minimal qty of order {text(asset.min_order_size)}")
    for name in ("limit_price", "stop_price"):
        price = getattr(ticket, name)
        if price is not None and asset.price_increment and price % asset.price_increment:
            raise unprocessable(
                f"invalid {name} {price}. price increment is {text(asset.price_increment)}"
            )


def _purchase(ticket: Ticket, around: Around) -> tuple[str, Decimal]:
    check_intent(ticket, "buy_to_open")
    cost = around.cost(ticket)
    free = around.funds.own_money + (around.replacing.reserved if around.replacing else 0)
    if cost > free:
        raise insufficient_balance("USD", text(cost), text(free))
    return "buy_to_open", cost


def _sale(ticket: Ticket, asset: Asset, around: Around) -> tuple[str, Decimal]:
    check_intent(ticket, "sell_to_close")
    free = around.funds.available(asset.symbol)
    if around.replacing is not None:
        free += around.replacing.remaining
    wanted = around.units(ticket)
    if wanted > free:
        raise insufficient_balance(asset.symbol.split("/")[0], text(wanted), text(free))
    return "sell_to_close", Decimal(0)
