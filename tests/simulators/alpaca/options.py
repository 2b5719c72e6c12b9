"""What Alpaca asks of an order for an option: docs, options-trading-overview (2026-09-16)."""

from decimal import Decimal

from tests.simulators.alpaca.assets import SHARES_A_CONTRACT, Contract
from tests.simulators.alpaca.calendar import NEW_YORK
from tests.simulators.alpaca.refusals import forbidden, insufficient_qty, unprocessable
from tests.simulators.alpaca.rules import Around, check_intent
from tests.simulators.alpaca.ticket import Ticket, check_increment
from tests.simulators.alpaca.wash import check_wash
from tests.simulators.alpaca.wire import text


def check_option(ticket: Ticket, contract: Contract, around: Around) -> tuple[str, Decimal]:
    """The intent that the order has, and the US dollars that it reserves.

    Raises:
        Refusal: It may not be placed.
    """
    _check_shape(ticket, around)
    _check_contract(contract, around)
    check_increment("limit_price", ticket.limit_price)
    held = around.person.held(contract.symbol)
    check_wash(ticket, around.open_orders)
    closes = (held > 0 and ticket.side == "sell") or (held < 0 and ticket.side == "buy")
    if closes:
        return _closing(ticket, around, held)
    check_intent(ticket, f"{ticket.side}_to_open")
    if ticket.side == "buy":
        return "buy_to_open", _purchase(ticket, around)
    return "sell_to_open", _sale(ticket, contract, around)


def _check_shape(ticket: Ticket, around: Around) -> None:
    if around.person.options_level == 0:
        raise forbidden("account not authorized to trade options")
    if ticket.order_class:
        raise unprocessable("complex orders not supported for options trading")
    if ticket.notional is not None:
        raise unprocessable("notional orders are not supported for options trading")
    if ticket.fractional:
        raise unprocessable("qty must be integer for options trading")
    if ticket.extended_hours:
        raise unprocessable("extended hours is not supported for options trading")
    if ticket.time_in_force != "day":
        raise unprocessable("order_time_in_force provided not supported for options trading")
    if ticket.type not in {"market", "limit"}:
        raise unprocessable("invalid order type for options trading")
    if ticket.type == "market" and not around.market.open_now:
        raise unprocessable("options market orders are only allowed during market hours")


def _check_contract(contract: Contract, around: Around) -> None:
    if contract.expiry < around.market.now().astimezone(NEW_YORK).date():
        raise unprocessable(f'contract "{contract.symbol}" is expired')
    if contract.status != "active":
        raise unprocessable(f'contract "{contract.symbol}" is not active')
    if not contract.tradable:
        raise unprocessable(f'contract "{contract.symbol}" is not tradable')


def _closing(ticket: Ticket, around: Around, held: Decimal) -> tuple[str, Decimal]:
    inferred = f"{ticket.side}_to_close"
    check_intent(ticket, inferred)
    free = around.funds.available(ticket.symbol)
    if around.replacing is not None:
        free += around.replacing.remaining
    wanted = ticket.qty or Decimal(0)
    if wanted > free:
        raise insufficient_qty(
            ticket.symbol,
            text(wanted),
            existing=text(held),
            available=text(free),
            held=text(abs(held) - free),
        )
    return inferred, Decimal(0)


def _purchase(ticket: Ticket, around: Around) -> Decimal:
    if around.person.options_level < 2:
        raise forbidden("account not eligible to trade long option contracts")
    premium = around.cost(ticket) * SHARES_A_CONTRACT
    free = around.funds.own_money + (around.replacing.reserved if around.replacing else 0)
    if premium > free:
        raise forbidden(
            "insufficient options buying power "
            f"(required: {text(premium)}, available: {text(free)})"
        )
    return premium


def _sale(ticket: Ticket, contract: Contract, around: Around) -> Decimal:
    """Only covered calls and puts secured by cash are sold here; no spreads."""
    shares = (ticket.qty or Decimal(0)) * SHARES_A_CONTRACT
    if contract.right == "call":
        free = around.funds.available(contract.underlying.symbol)
        if around.person.held(contract.underlying.symbol) <= 0:
            raise forbidden("account not eligible to trade uncovered option contracts")
        if free < shares:
            raise forbidden(
                "insufficient underlying qty available for covered call "
                f"(required: {text(shares)}, available: {text(free)})",
                available_qty=text(free),
                required_qty=text(shares),
                symbol=contract.symbol,
                underlying_asset_id=contract.underlying.id,
            )
        return Decimal(0)
    needed = shares * contract.strike
    if needed > around.funds.own_money:
        raise forbidden(
            "insufficient options buying power for cash-secured put "
            f"(required: {text(needed)}, available: {text(around.funds.own_money)})",
            buying_power=text(around.funds.own_money),
            required_options_buying_power=text(needed),
        )
    return needed
