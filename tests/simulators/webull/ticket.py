"""One order of a request: its words, and what it has to say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from tests.simulators.webull.instruments import COIN, EQUITY, OPTION, Catalogue, Instrument
from tests.simulators.webull.refusals import bad, invalid_parameter
from tests.simulators.webull.wire import read_amount, read_text

NORMAL: Final = "NORMAL"
MASTER: Final = "MASTER"
TAKE: Final = "STOP_PROFIT"
LOSS: Final = "STOP_LOSS"
MARKET: Final = "MARKET"
LIMIT: Final = "LIMIT"
STOP: Final = "STOP_LOSS"
STOP_LIMIT: Final = "STOP_LOSS_LIMIT"
TRAILING: Final = "TRAILING_STOP_LOSS"
BY_AMOUNT: Final = "AMOUNT"
SIDES: Final = ("BUY", "SELL", "SHORT")
SESSIONS: Final = ("ALL", "CORE", "NIGHT")
INTENTS: Final = ("BUY_TO_OPEN", "BUY_TO_CLOSE", "SELL_TO_OPEN", "SELL_TO_CLOSE")
ID_LENGTHS: Final = range(10, 41)
"""The reference says at most 32; the sandbox asks for 10 to 40."""

_NEEDS: Final = {
    MARKET: (),
    LIMIT: ("limit_price",),
    STOP: ("stop_price",),
    STOP_LIMIT: ("limit_price", "stop_price"),
    TRAILING: ("trailing_stop_step",),
}
_COMBOS: Final = (NORMAL, MASTER, TAKE, LOSS, "OTO", "OCO", "OTOCO")
_TYPES: Final = {EQUITY: tuple(_NEEDS), OPTION: tuple(_NEEDS), COIN: (MARKET, LIMIT, STOP_LIMIT)}
_TIMES: Final = {EQUITY: ("DAY", "GTC"), OPTION: ("DAY", "GTC"), COIN: ("DAY", "GTC", "IOC")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A readable order.

    Attributes:
        quantity: Units or contracts; None for an order by amount.
        amount: US dollars, for an order by amount.
        step: Of a trailing stop: US dollars, or a share of the price (0.01 is 1 %).
    """

    client_order_id: str
    combo: str
    instrument: Instrument
    side: str
    type: str
    time_in_force: str
    session: str
    entrust: str
    quantity: Decimal | None
    amount: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    trailing_type: str
    step: Decimal | None
    intent: str


def read_ticket(item: object, catalogue: Catalogue) -> Ticket:
    """The order in `item`.

    Raises:
        Refusal: A field is missing, or cannot be.
    """
    if not isinstance(item, dict):
        raise invalid_parameter("new_orders")
    kind = one_of(item, "instrument_type", (EQUITY, OPTION, COIN))
    client_order_id = read_text(item, "client_order_id")
    if len(client_order_id) not in ID_LENGTHS:
        raise bad("client_order_id", client_order_id)
    one_of(item, "market", ("US",))
    side = one_of(item, "side", SIDES if kind != COIN else SIDES[:2])
    order_type = one_of(item, "order_type", _TYPES[kind])
    instrument = _instrument(item, kind, catalogue)
    quantity, amount = _sizes(item, kind)
    trailing, step = _trail(item, order_type, kind)
    for name in _NEEDS[order_type]:
        if read_amount(item, name) is None:
            raise bad(name, "")
    return Ticket(
        client_order_id=client_order_id,
        combo=one_of(item, "combo_type", _COMBOS),
        instrument=instrument,
        side=side,
        type=order_type,
        time_in_force=one_of(item, "time_in_force", _TIMES[kind]),
        session=_session(item, kind),
        entrust=read_text(item, "entrust_type"),
        quantity=quantity,
        amount=amount,
        limit_price=read_amount(item, "limit_price"),
        stop_price=read_amount(item, "stop_price"),
        trailing_type=trailing,
        step=step,
        intent=_intent(item, kind, side),
    )


def one_of(item: dict[str, Any], name: str, known: tuple[str, ...]) -> str:
    """A word that must be there.

    Raises:
        Refusal: It is another one.
    """
    given = read_text(item, name)
    if given not in known:
        raise bad(name, given)
    return given


def _session(item: dict[str, Any], kind: str) -> str:
    """Needed for shares, which the reference does not say (sandbox)."""
    if kind == EQUITY:
        return one_of(item, "support_trading_session", SESSIONS)
    given = read_text(item, "support_trading_session")
    return given or ("CORE" if kind == OPTION else "")


def _sizes(item: dict[str, Any], kind: str) -> tuple[Decimal | None, Decimal | None]:
    entrust = one_of(item, "entrust_type", ("QTY", BY_AMOUNT) if kind != OPTION else ("QTY",))
    if entrust == BY_AMOUNT:
        amount = read_amount(item, "total_cash_amount")
        if amount is None or amount % Decimal("0.01"):
            raise bad("total_cash_amount", read_text(item, "total_cash_amount"))
        return None, amount
    quantity = read_amount(item, "quantity")
    if quantity is None or (kind == OPTION and quantity % 1):
        raise bad("quantity", read_text(item, "quantity"))
    return quantity, None


def _trail(item: dict[str, Any], order_type: str, kind: str) -> tuple[str, Decimal | None]:
    if order_type != TRAILING:
        return "", None
    if kind != EQUITY:
        raise bad("trailing_type", "")  # the sandbox, of options
    trailing = one_of(item, "trailing_type", ("AMOUNT", "PERCENTAGE"))
    step = read_amount(item, "trailing_stop_step")
    if step is None or (trailing == "PERCENTAGE" and step >= 1):
        raise bad("trailing_stop_step", read_text(item, "trailing_stop_step"))
    return trailing, step


def _intent(item: dict[str, Any], kind: str, side: str) -> str:
    given = read_text(item, "position_intent")
    if given and (kind != OPTION or given not in INTENTS or not given.startswith(side)):
        raise bad("position_intent", given)
    return given


def _instrument(item: dict[str, Any], kind: str, catalogue: Catalogue) -> Instrument:
    symbol = read_text(item, "symbol")
    if kind == OPTION:
        return _contract(item, symbol, catalogue)
    found = catalogue.instruments.get(symbol)
    if found is None or found.kind != kind:
        raise bad("market,symbol,instrument_type", f"US,{symbol},{kind}")
    return found


def _contract(item: dict[str, Any], symbol: str, catalogue: Catalogue) -> Instrument:
    # Strategies of several legs exist; they are not played here.
    one_of(item, "option_strategy", ("SINGLE",))
    legs = item.get("legs")
    if not isinstance(legs, list) or len(legs) != 1 or not isinstance(legs[0], dict):
        raise invalid_parameter("legs")
    leg = legs[0]
    one_of(leg, "market", ("US",))
    one_of(leg, "instrument_type", (OPTION,))
    for name in ("side", "quantity"):
        if read_text(leg, name) not in {"", read_text(item, name)}:
            raise bad(f"legs.{name}", read_text(leg, name))  # words unverified
    root, right = read_text(leg, "symbol"), read_text(leg, "option_type")
    strike, day = read_amount(leg, "strike_price"), read_text(leg, "option_expire_date")
    expiry = _day(day)
    found = catalogue.contract(root, expiry, right, strike) if expiry and strike else None
    if found is None or symbol not in {root, found.underlying}:
        names = "market,symbol,option_type,strike_price,option_expire_date"
        given = f"US,{root},{right},{read_text(leg, 'strike_price')},{day}"
        raise bad(names, given)  # the words are the sandbox's
    return found


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def changes_of(item: Mapping[str, Any]) -> set[str]:
    """What a replacement speaks of; a null is nothing."""
    return {name for name, value in item.items() if value is not None} - {"client_order_id"}
