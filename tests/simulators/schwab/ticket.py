"""The body of an order request: what is asked for, and whether it can be at all.

Words, fields and which instruction goes with which asset are those of the OpenAPI file
(OrderRequest) and of "Retail Trader API Production" (samples, table of instructions). Everything
that cannot be answers 400 with one sentence that names no field; unknown fields do too: that was
seen for `requestedDestination` (schwab-py issue 43) and for `tag`. There is no id of one's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.schwab.instruments import OPTION
from tests.simulators.schwab.refusals import invalid_body
from tests.simulators.schwab.wire import read_price
from tests.simulators.schwab.words import (
    COMPLEX,
    DURATIONS,
    FIELDS,
    INSTRUCTIONS,
    PRICED,
    SESSIONS,
    STOPPED,
    STRATEGIES,
    TRAILING,
    TYPES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One instrument of an order; `quantity` is whole."""

    instruction: str
    quantity: Decimal
    symbol: str
    asset_type: str

    @property
    def buys(self) -> bool:
        """Whether it takes into the account."""
        return self.instruction.startswith("BUY")

    @property
    def closes(self) -> bool:
        """Whether it lessens a position: a SELL of shares always does."""
        return self.instruction in {"SELL", "BUY_TO_COVER", "BUY_TO_CLOSE", "SELL_TO_CLOSE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A readable order request; one that is only an OCO of others has no legs.

    Attributes:
        offset: Of a trailing stop, in dollars or per cent by `link_type`.
    """

    strategy: str
    type: str = ""
    session: str = "NORMAL"
    duration: str = "DAY"
    complex: str = "NONE"
    price: Decimal | None = None
    stop_price: Decimal | None = None
    offset: Decimal | None = None
    link_type: str = ""
    link_basis: str = ""
    special: str = ""
    legs: tuple[Leg, ...] = ()
    children: tuple["Ticket", ...] = ()


def read_ticket(body: Mapping[str, Any]) -> Ticket:
    """The request in `body`, with everything that it triggers.

    Raises:
        Refusal: It cannot be.
    """
    if set(body) - FIELDS:
        raise invalid_body()
    strategy = _word(body, "orderStrategyType", STRATEGIES, usual="SINGLE")
    children = _children(body)
    if strategy == "OCO":
        if len(children) != 2 or "orderLegCollection" in body:
            raise invalid_body()
        return Ticket(strategy=strategy, children=children)
    if bool(children) != (strategy == "TRIGGER"):
        raise invalid_body()
    ticket = Ticket(
        strategy=strategy,
        type=_word(body, "orderType", TYPES),
        session=_word(body, "session", SESSIONS),
        duration=_word(body, "duration", DURATIONS),
        complex=_word(body, "complexOrderStrategyType", COMPLEX, usual="NONE"),
        price=_price(body, "price"),
        stop_price=_price(body, "stopPrice"),
        offset=_price(body, "stopPriceOffset"),
        link_type=str(body.get("stopPriceLinkType") or ""),
        link_basis=str(body.get("stopPriceLinkBasis") or ""),
        special=str(body.get("specialInstruction") or ""),
        legs=_legs(body),
        children=children,
    )
    _check_prices(ticket)
    _check_legs(ticket)
    return ticket


def _check_prices(ticket: Ticket) -> None:
    if (ticket.type in PRICED) != (ticket.price is not None):
        raise invalid_body()
    if (ticket.type in STOPPED) != (ticket.stop_price is not None):
        raise invalid_body()
    if (ticket.type == TRAILING) != (ticket.offset is not None):
        raise invalid_body()
    if ticket.type == TRAILING and ticket.link_type not in {"VALUE", "PERCENT"}:
        raise invalid_body()


def _check_legs(ticket: Ticket) -> None:
    if not 1 <= len(ticket.legs) <= 4:
        raise invalid_body()
    net = ticket.type.startswith("NET_")
    if len(ticket.legs) == 1:
        if net:
            raise invalid_body()
        return
    options = all(leg.asset_type == OPTION for leg in ticket.legs)
    if not options or not (net or ticket.type == "MARKET"):
        raise invalid_body()


def _children(body: Mapping[str, Any]) -> tuple[Ticket, ...]:
    given = body.get("childOrderStrategies") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise invalid_body()
    return tuple(read_ticket(one) for one in given)


def _legs(body: Mapping[str, Any]) -> tuple[Leg, ...]:
    given = body.get("orderLegCollection")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise invalid_body()
    return tuple(_leg(one) for one in given)


def _leg(given: Mapping[str, Any]) -> Leg:
    instrument, quantity = given.get("instrument"), given.get("quantity")
    if not isinstance(instrument, dict) or not isinstance(quantity, Decimal):
        raise invalid_body()
    asset_type, symbol = instrument.get("assetType"), instrument.get("symbol")
    if asset_type not in INSTRUCTIONS or not isinstance(symbol, str) or not symbol:
        raise invalid_body()
    if given.get("instruction") not in INSTRUCTIONS[asset_type]:
        raise invalid_body()
    # "Fractional orders are not supported": Schwabdev, docs/pages-raw/orders.md
    if quantity <= 0 or quantity != quantity.to_integral_value():
        raise invalid_body()
    return Leg(
        instruction=given["instruction"], quantity=quantity, symbol=symbol, asset_type=asset_type
    )


def _word(
    body: Mapping[str, Any], name: str, known: frozenset[str], *, usual: str | None = None
) -> str:
    word = body.get(name, usual)
    if not isinstance(word, str) or word not in known:
        raise invalid_body()
    return word


def _price(body: Mapping[str, Any], name: str) -> Decimal | None:
    given = body.get(name)
    if given is None:
        return None
    price = read_price(given)
    if price is None or price <= 0:
        raise invalid_body()
    return price
