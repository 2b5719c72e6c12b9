"""What an order request asks for.

Fields and words of apisb.etrade.com/docs/api/order/api-order-v1.html as etrade-python sends them
(`orders/values.py`). Not played: several orders or legs in one request, spreads, funds, amounts in
dollars, hidden and conditional stops, orders on the open or the close, good until a date.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from tests.simulators.etrade.instruments import EQ, Instrument, read_product
from tests.simulators.etrade.refusals import bad_field
from tests.simulators.etrade.wire import read_amount

STOPS: Final = frozenset({"STOP", "STOP_LIMIT"})
TRAILING: Final = frozenset({"TRAILING_STOP_CNST", "TRAILING_STOP_PRCT"})
LIMITED: Final = frozenset({"LIMIT", "STOP_LIMIT"})
PRICE_TYPES: Final = frozenset({"MARKET"}) | LIMITED | STOPS | TRAILING
AT_ONCE: Final = frozenset({"IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"})
TERMS: Final = frozenset({"GOOD_FOR_DAY", "GOOD_UNTIL_CANCEL"}) | AT_ONCE
SESSIONS: Final = frozenset({"REGULAR", "EXTENDED"})
ACTIONS: Final = {
    "EQ": frozenset({"BUY", "SELL", "BUY_TO_COVER", "SELL_SHORT"}),
    "OPTN": frozenset({"BUY_OPEN", "BUY_CLOSE", "SELL_OPEN", "SELL_CLOSE"}),
}
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One order as it was asked for; two of the same words are equal.

    Attributes:
        quantity: Shares or contracts.
        limit: For LIMIT and STOP_LIMIT.
        stop: For STOP and STOP_LIMIT.
        trail: For the trailing ones: dollars, or per cent.
    """

    order_type: str
    client_order_id: str
    instrument: Instrument
    action: str
    quantity: Decimal
    price_type: str
    term: str
    session: str = "REGULAR"
    all_or_none: bool = False
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None

    @property
    def buys(self) -> bool:
        """Whether it pays."""
        return self.action.startswith("BUY")

    @property
    def closes(self) -> bool:
        """Whether it needs a position."""
        return self.action in {"SELL", "BUY_TO_COVER", "BUY_CLOSE", "SELL_CLOSE"}


def read_ticket(body: dict[str, Any]) -> Ticket:
    """The ticket in a preview's or an order's envelope.

    Raises:
        EtradeRefusal: It cannot be understood; codes and words are unverified.
    """
    client_id = str(body.get("clientOrderId", ""))
    if not _CLIENT_ID.fullmatch(client_id):
        raise bad_field("clientOrderId", client_id)
    order = _only(body, "Order")
    leg = _only(order, "Instrument")
    instrument = read_product(leg.get("Product"))
    kind = _one_of(body, "orderType", frozenset({instrument.type}))
    price_type = _one_of(order, "priceType", PRICE_TYPES)
    term = _one_of(order, "orderTerm", TERMS)
    if term in AT_ONCE and price_type != "LIMIT":  # documented for v0
        raise bad_field("orderTerm", term)
    limit, stop, trail = _prices(order, price_type)
    return Ticket(
        order_type=kind,
        client_order_id=client_id,
        instrument=instrument,
        action=_one_of(leg, "orderAction", ACTIONS[instrument.type]),
        quantity=_quantity(leg),
        price_type=price_type,
        term=term,
        session=_one_of(order, "marketSession", SESSIONS),
        all_or_none=str(order.get("allOrNone", "false")).lower() == "true",
        limit=limit,
        stop=stop,
        trail=trail,
    )


def _prices(
    order: dict[str, Any], price_type: str
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The SDK writes a stop limit's limit twice, into limitPrice and stopLimitPrice.

    A trailing stop's distance was seen in stopPrice (rasesh6/etrade-trading).
    """
    limit = stop = trail = None
    if price_type in LIMITED:
        given = order.get("limitPrice")
        limit = _price("limitPrice", order.get("stopLimitPrice") if given is None else given)
    if price_type in STOPS:
        stop = _price("stopPrice", order.get("stopPrice"))
    if price_type in TRAILING:
        given = order.get("offsetValue")
        trail = _price("stopPrice", order.get("stopPrice") if given is None else given)
    return limit, stop, trail


def _price(name: str, given: Any) -> Decimal:
    price = read_amount(given)
    if not price:
        raise bad_field(name, given)
    return price


def _quantity(leg: dict[str, Any]) -> Decimal:
    """Whole ones; that E*TRADE takes no parts of a share is unverified."""
    if leg.get("quantityType", "QUANTITY") != "QUANTITY":
        raise bad_field("quantityType", leg["quantityType"])
    quantity = read_amount(leg.get("quantity"))
    if not quantity or quantity != quantity.to_integral_value():
        raise bad_field("quantity", leg.get("quantity"))
    return quantity


def _only(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    found = found[0] if isinstance(found, list) and len(found) == 1 else found
    if not isinstance(found, dict):
        raise bad_field(name, found)
    return found


def _one_of(fields: dict[str, Any], name: str, known: frozenset[str]) -> str:
    given = fields.get(name)
    if not isinstance(given, str) or given not in known:
        raise bad_field(name, given)
    return given


def is_share(ticket: Ticket) -> bool:
    """Whether it is for shares; else it is for options."""
    return ticket.order_type == EQ
