"""What E*TRADE asks of an order before it takes it."""

from decimal import ROUND_FLOOR, Decimal
from typing import Final

from tests.simulators.etrade.costs import Funds, commission, estimated_total, unit_price
from tests.simulators.etrade.instruments import Instrument
from tests.simulators.etrade.market import Market, Quote
from tests.simulators.etrade.refusals import (
    bad_field,
    bad_price,
    insufficient_funds,
    insufficient_shares,
    invalid_symbol,
    unverified,
)
from tests.simulators.etrade.ticket import STOPS, Ticket, is_share

_CENT: Final = Decimal("0.01")


def check(ticket: Ticket, funds: Funds, market: Market) -> Quote:
    """The quote that the order was judged by.

    Raises:
        EtradeRefusal: It may not be placed.
    """
    quote = market.quotes.get(ticket.instrument)
    if quote is None:
        raise invalid_symbol()
    check_prices(ticket, quote)
    if ticket.closes:
        if funds.available(ticket) < ticket.quantity:
            raise insufficient_shares()
    elif ticket.buys:
        check_cash(ticket, quote, funds)
    else:
        check_opening_sale(ticket, funds)
    return quote


def check_prices(ticket: Ticket, quote: Quote) -> None:
    """Cents, below a dollar hundredths of them; stops on their side of the market.

    Documented: a sell stop at least a cent below the bid, a buy stop at least a cent above the ask
    (the "Stop on Quote" of the order API). Code and words are unverified.

    Raises:
        EtradeRefusal: A price cannot be.
    """
    for price in (ticket.limit, ticket.stop):
        if price is not None and price % (_CENT if price >= 1 else _CENT / 100):
            raise bad_price(price)
    if ticket.price_type in STOPS and ticket.stop is not None and not ticket.buys:
        if quote.bid > 0 and ticket.stop > quote.bid - _CENT:
            raise bad_field("stopPrice", ticket.stop)
    elif ticket.stop is not None and ticket.stop < quote.ask + _CENT:
        raise bad_field("stopPrice", ticket.stop)


def check_cash(ticket: Ticket, quote: Quote, funds: Funds) -> None:
    """What opens a long position is paid for.

    Raises:
        EtradeRefusal: There is not enough.
    """
    if not is_share(ticket) and funds.account.option_level < 1:
        raise unverified("Your account is not approved for this option strategy.")
    needed = estimated_total(ticket, quote)
    if needed > funds.buying_power:
        unit = unit_price(ticket, quote) * ticket.instrument.size + commission(ticket, Decimal(1))
        most = (max(funds.buying_power, Decimal(0)) / unit).to_integral_value(ROUND_FLOOR)
        raise insufficient_funds(int(most))


def check_opening_sale(ticket: Ticket, funds: Funds) -> None:
    """Short shares on margin; calls that are covered, puts that cash secures (unverified).

    Raises:
        EtradeRefusal: It may not be sold.
    """
    account = funds.account
    if is_share(ticket):
        if not account.on_margin or account.held(ticket.instrument) > 0:
            raise unverified("Your account is not approved for short sales.")
        return
    if account.option_level < 1:
        raise unverified("Your account is not approved for this option strategy.")
    shares = ticket.quantity * ticket.instrument.size
    covered = (
        ticket.instrument.right == "CALL"
        and account.held(Instrument(ticket.instrument.symbol)) >= shares
    )
    strike = ticket.instrument.strike or Decimal(0)
    secured = ticket.instrument.right == "PUT" and strike * shares <= funds.buying_power
    if not (covered or secured):
        raise unverified("Your account is not approved for this option strategy.")
