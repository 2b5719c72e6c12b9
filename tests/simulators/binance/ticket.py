"""What a request for an order says, and which parameters its type needs: rest-api.md, "New order".

Which code refuses a parameter that a type does not take is unverified; -1106 is what errors.md has.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import uuid4

from tests.simulators.binance.parameters import Parameters
from tests.simulators.binance.refusals import (
    Refusal,
    bad_combination,
    bad_data,
    invalid_message,
    mandatory,
    not_required,
    one_of_two,
    rejected,
)
from tests.simulators.binance.symbols import STP_MODES, TYPES, Symbol

SIDES: Final = frozenset({"BUY", "SELL"})
TIMES: Final = frozenset({"GTC", "IOC", "FOK"})
RESPONSES: Final = frozenset({"ACK", "RESULT", "FULL"})
ALGO: Final = frozenset({"STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})
PRICED: Final = frozenset({"LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"})
TIMED: Final = frozenset({"LIMIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"})

_UNSUPPORTED: Final = {
    "MARKET": "Market",
    "STOP_LOSS": "Stop loss",
    "STOP_LOSS_LIMIT": "Stop loss limit",
    "TAKE_PROFIT": "Take profit",
    "TAKE_PROFIT_LIMIT": "Take profit limit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One order as it was asked for.

    Attributes:
        qty: Of the base asset; None where `quote_qty` says how much of the quote asset.
        time_in_force: "GTC" for types that have none, as answers show them.
        trailing_delta: In basis points.
    """

    side: str
    type: str
    time_in_force: str
    client_order_id: str
    qty: Decimal | None = None
    quote_qty: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    iceberg_qty: Decimal | None = None
    stp: str = "NONE"
    strategy_id: int | None = None
    strategy_type: int | None = None

    @property
    def is_algo(self) -> bool:
        """Whether it waits for a price first."""
        return self.type in ALGO


def new_client_id() -> str:
    """As Binance makes one where none is sent: 22 characters."""
    return uuid4().hex[:22]


def read_response_type(parameters: Parameters, *, usual: str) -> str:
    """How much the answer says."""
    given = parameters.word("newOrderRespType", RESPONSES, bad_data("newOrderRespType"))
    return given or usual


def read_stp(parameters: Parameters, symbol: Symbol) -> str:
    """What prevents self-trades: faqs/stp_faq.md."""
    given = parameters.text("selfTradePreventionMode")
    if given is not None and given not in STP_MODES:
        raise invalid_message(
            "This symbol does not allow the specified self-trade prevention mode."
        )
    return given or symbol.default_stp


def read_side(parameters: Parameters, name: str = "side") -> str:
    """Buy or sell, where it must come."""
    side = parameters.word(name, SIDES, Refusal(-1117, "Invalid side."))
    if side is None:
        raise mandatory(name)
    return side


def read_type(parameters: Parameters, name: str = "type") -> str:
    """The type, where it must come."""
    kind = parameters.word(name, frozenset(TYPES), Refusal(-1116, "Invalid orderType."))
    if kind is None:
        raise mandatory(name)
    return kind


def read_ticket(
    parameters: Parameters,
    symbol: Symbol,
    *,
    part: str = "",
    side: str | None = None,
    qty: Decimal | None = None,
    stp: str | None = None,
) -> Ticket:
    """The order of a request, or that `part` of an order list: "above", "pendingBelow".

    Args:
        side: Where the request says it for several parts at once; likewise `qty`.
        stp: Where it was read before.

    Raises:
        Refusal: Something is missing, wrong or not for its type.
    """

    def name(word: str) -> str:
        return part + word[0].upper() + word[1:] if part else word

    quote_qty = None if part else parameters.decimal("quoteOrderQty")
    own_qty = parameters.decimal(name("quantity")) if qty is None else qty
    kind = read_type(parameters, name("type"))
    limit_maker = kind == "LIMIT_MAKER"
    ticket = Ticket(
        side=side or read_side(parameters, name("side")),
        type=kind,
        time_in_force=_time_in_force(parameters, name("timeInForce"), kind),
        client_order_id=parameters.client_id(name("clientOrderId") if part else "newClientOrderId")
        or new_client_id(),
        qty=own_qty,
        quote_qty=quote_qty,
        price=parameters.decimal(name("price")),
        stop_price=parameters.decimal(name("stopPrice")),
        trailing_delta=parameters.number(name("trailingDelta")),
        iceberg_qty=parameters.decimal(name("icebergQty")),
        stp=stp or read_stp(parameters, symbol),
        strategy_id=parameters.number(name("strategyId")),
        strategy_type=_strategy_type(parameters, name("strategyType")),
    )
    _check_quantity(ticket, name("quantity"))
    _check_prices(ticket, name("price"), name("stopPrice"), name("trailingDelta"))
    if ticket.iceberg_qty is not None and ticket.time_in_force != "GTC" and not limit_maker:
        raise bad_combination()
    _check_supported(ticket, symbol)
    return ticket


def _time_in_force(parameters: Parameters, name: str, kind: str) -> str:
    given = parameters.word(name, TIMES, Refusal(-1115, "Invalid timeInForce."))
    if kind not in TIMED:
        if given is not None:
            raise not_required(name)
        return "GTC"
    if given is None:
        raise mandatory(name)
    return given


def _strategy_type(parameters: Parameters, name: str) -> int | None:
    given = parameters.number(name)
    if given is not None and given < 1_000_000:
        raise Refusal(-1134, "strategyType was less than 1000000.")
    return given


def _check_quantity(ticket: Ticket, name: str) -> None:
    if ticket.quote_qty is not None:
        if ticket.type != "MARKET":
            raise not_required("quoteOrderQty")
        if ticket.qty is not None:
            raise bad_combination()
        if ticket.quote_qty == 0:
            raise invalid_message("Invalid quantity.")
        return
    if ticket.qty is None:
        raise one_of_two(name, "quoteOrderQty") if ticket.type == "MARKET" else mandatory(name)
    if ticket.qty == 0:
        # Seen by many, such as in sammchardy/python-binance's issues; undocumented.
        raise invalid_message("Invalid quantity.")


def _check_prices(ticket: Ticket, price: str, stop_price: str, trailing_delta: str) -> None:
    if ticket.type in PRICED and ticket.price is None:
        raise mandatory(price)
    if ticket.type not in PRICED and ticket.price is not None:
        raise not_required(price)
    if ticket.price == 0 or ticket.stop_price == 0:
        raise invalid_message("Invalid price.")  # likewise undocumented
    stops = ticket.stop_price is not None or ticket.trailing_delta is not None
    if ticket.is_algo and not stops:
        raise one_of_two(stop_price, trailing_delta)
    if not ticket.is_algo and stops:
        raise not_required(stop_price if ticket.stop_price is not None else trailing_delta)


def _check_supported(ticket: Ticket, symbol: Symbol) -> None:
    if ticket.type not in symbol.order_types:
        raise rejected(
            f"{_UNSUPPORTED.get(ticket.type, ticket.type)} orders are not supported for this "
            "symbol."
        )
    if ticket.trailing_delta is not None and not symbol.trailing_allowed:
        raise rejected("Trailing stop orders are not supported for this symbol.")
    if ticket.iceberg_qty is not None and not symbol.iceberg_allowed:
        raise rejected("Iceberg orders are not supported for this symbol.")
    if ticket.quote_qty is not None and not symbol.quote_qty_allowed:
        raise rejected("Quote order qty market orders are not support for this symbol.")
