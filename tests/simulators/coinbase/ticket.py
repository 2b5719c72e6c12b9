"""The body of an order request: what is asked for, and whether its fields can be at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tests.simulators.coinbase.refusals import bad_word, invalid_argument
from tests.simulators.coinbase.rejections import Rejected
from tests.simulators.coinbase.wire import read_amount, read_moment, read_text

SIDES: Final = frozenset({"BUY", "SELL"})
STOP_UP: Final = "STOP_DIRECTION_STOP_UP"
STOP_DOWN: Final = "STOP_DIRECTION_STOP_DOWN"
INVALID_CONFIG: Final = "PREVIEW_INVALID_ORDER_CONFIG"
"""Recorded for a limit order without a size (cotiq/coinbase-client-kotlin)."""

_PRICES: Final = ("limit_price", "stop_price", "stop_trigger_price")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the order configurations.

    Attributes:
        needs: The fields without which it cannot be, besides a size.
    """

    type: str
    time_in_force: str
    needs: tuple[str, ...] = ()


GTC, GTD = "GOOD_UNTIL_CANCELLED", "GOOD_UNTIL_DATE_TIME"
IOC, FOK = "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"
_STOP = ("limit_price", "stop_price", "stop_direction")
_BRACKET = ("limit_price", "stop_trigger_price")

KINDS: Final = {
    "market_market_ioc": Kind("MARKET", IOC),
    "sor_limit_ioc": Kind("LIMIT", IOC, ("limit_price",)),
    "limit_limit_gtc": Kind("LIMIT", GTC, ("limit_price",)),
    "limit_limit_gtd": Kind("LIMIT", GTD, ("limit_price", "end_time")),
    "limit_limit_fok": Kind("LIMIT", FOK, ("limit_price",)),
    "stop_limit_stop_limit_gtc": Kind("STOP_LIMIT", GTC, _STOP),
    "stop_limit_stop_limit_gtd": Kind("STOP_LIMIT", GTD, (*_STOP, "end_time")),
    "trigger_bracket_gtc": Kind("BRACKET", GTC, _BRACKET),
    "trigger_bracket_gtd": Kind("BRACKET", GTD, (*_BRACKET, "end_time")),
}
UNSUPPORTED: Final = frozenset({"market_market_fok", "twap_limit_gtd", "scaled_limit_gtc"})
"""Configurations of the reference that are not played here; the first is refused for coins in
reality too (nautilus_trader's guide to Coinbase)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A readable order request.

    Attributes:
        configuration: The name of its order configuration.
        fields: The configuration as it came.
        base_size: Or `quote_size`: one of them.
        attached: Limit and stop trigger price of the bracket that is to follow.
    """

    product_id: str
    side: str
    client_order_id: str
    configuration: str
    fields: Mapping[str, Any]
    base_size: Decimal | None
    quote_size: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    stop_trigger_price: Decimal | None
    stop_direction: str
    end_time: datetime | None
    post_only: bool
    attached: tuple[Decimal, Decimal] | None

    @property
    def kind(self) -> Kind:
        """Type, time in force and needs."""
        return KINDS[self.configuration]


def read_ticket(body: Mapping[str, Any]) -> Ticket:
    """The request in `body`.

    Raises:
        Refusal: A field is of another type, or not there.
        Rejected: The configuration is not one that can be.
    """
    read = dict(body)
    side, product_id = read_text(read, "side"), read_text(read, "product_id")
    if side not in SIDES:
        raise bad_word("side", side)
    if not product_id:
        raise invalid_argument("product_id is required")  # words unverified
    name, fields = _configuration(read)
    base, quote = _sizes(fields)
    limit, stop, trigger = (_price(fields, word) for word in _PRICES)
    direction = read_text(fields, "stop_direction")
    if direction not in {"", STOP_UP, STOP_DOWN}:
        raise bad_word("stop_direction", direction)
    end = read_text(fields, "end_time")
    return Ticket(
        product_id=product_id,
        side=side,
        client_order_id=read_text(read, "client_order_id"),
        configuration=name,
        fields=fields,
        base_size=base,
        quote_size=quote,
        limit_price=limit,
        stop_price=stop,
        stop_trigger_price=trigger,
        stop_direction=direction,
        end_time=read_moment(end) if end else None,
        post_only=fields.get("post_only") is True,
        attached=_attached(read),
    )


def _configuration(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    given = body.get("order_configuration")
    chosen = {name: one for name, one in given.items() if one} if isinstance(given, dict) else {}
    if set(chosen) & UNSUPPORTED:
        raise Rejected("UNSUPPORTED_ORDER_CONFIGURATION", "source is not enabled for trading")
    if len(chosen) != 1:
        raise Rejected(INVALID_CONFIG)
    ((name, fields),) = chosen.items()
    if name not in KINDS or not isinstance(fields, dict):
        raise Rejected(INVALID_CONFIG)
    if any(not fields.get(need) for need in KINDS[name].needs):
        raise Rejected(INVALID_CONFIG)
    return name, fields


def _sizes(fields: dict[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    given = [read_text(fields, name) for name in ("base_size", "quote_size")]
    if sum(map(bool, given)) != 1:
        raise Rejected(INVALID_CONFIG)
    base, quote = (read_amount(one) if one else None for one in given)
    if base is None and quote is None:
        raise Rejected("PREVIEW_NON_NUMERIC_ORDER_SIZE")
    return base, quote


def _price(fields: dict[str, Any], name: str) -> Decimal | None:
    given = read_text(fields, name)
    if not given:
        return None
    price = read_amount(given)
    if not price:
        wrong = "STOP_PRICE" if name == "stop_price" else "LIMIT_PRICE"
        raise Rejected(f"PREVIEW_INVALID_{wrong}")
    return price


def _attached(body: dict[str, Any]) -> tuple[Decimal, Decimal] | None:
    given = body.get("attached_order_configuration")
    if not given:
        return None
    # Only TriggerBracketGtc is eligible, and without a size: the reference of create-order.
    if not isinstance(given, dict) or set(given) != {"trigger_bracket_gtc"}:
        raise Rejected("PREVIEW_INVALID_ORDER_TYPE_FOR_ATTACHED")
    fields = given["trigger_bracket_gtc"]
    if fields.get("base_size") or fields.get("quote_size"):
        raise Rejected("PREVIEW_ATTACHED_ORDER_SIZE_MUST_BE_NIL")
    take, loss = _price(fields, "limit_price"), _price(fields, "stop_trigger_price")
    if take is None or loss is None:
        raise Rejected("PREVIEW_ATTACHED_ORDER_MUST_HAVE_POSITIVE_PRICES")
    return take, loss
