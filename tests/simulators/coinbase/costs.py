"""What an order comes to: its value, its commission, and what it holds until it is done."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.simulators.coinbase.market import Quote
from tests.simulators.coinbase.people import Person
from tests.simulators.coinbase.ticket import Ticket

BEYOND: Final = Decimal("0.05")
"""How far the limit of a bracket's stop lies behind its trigger: the reference of create-order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """All in the quote currency but the size and, for a sale, what is held."""

    base_size: Decimal
    value: Decimal
    commission: Decimal
    total: Decimal
    held: Decimal


def costs_of(ticket: Ticket, person: Person, quote: Quote | None) -> Costs:
    """At the limit price, or at the touch for a market order; zero where nobody is there.

    A buy holds its commission too (documented for Coinbase Exchange); an amount of money includes
    it (recorded). That a limit which does not cross counts with the maker's rate was recorded for
    a post-only order, and is taken for the others.
    """
    price = _price(ticket, quote)
    rate = person.rate("TAKER" if takes(ticket, quote) else "MAKER")
    if ticket.quote_size is not None:
        value = ticket.quote_size / (1 + rate)
        size = value / price if price else Decimal(0)
        total = ticket.quote_size
        return Costs(base_size=size, value=value, commission=total - value, total=total, held=total)
    size = ticket.base_size or Decimal(0)
    value = size * price
    fee = value * rate
    buys = ticket.side == "BUY"
    total = value + fee if buys else value - fee
    return Costs(
        base_size=size, value=value, commission=fee, total=total, held=total if buys else size
    )


def takes(ticket: Ticket, quote: Quote | None) -> bool:
    """Whether it would trade at once, or once its stop is reached."""
    if ticket.kind.type != "LIMIT":
        return True
    touch = quote.touch(ticket.side) if quote else Decimal(0)
    limit = ticket.limit_price or Decimal(0)
    return touch > 0 and (limit >= touch if ticket.side == "BUY" else limit <= touch)


def _price(ticket: Ticket, quote: Quote | None) -> Decimal:
    if ticket.kind.type == "BRACKET" and ticket.side == "BUY" and ticket.stop_trigger_price:
        return ticket.stop_trigger_price * (1 + BEYOND)
    if ticket.limit_price is not None:
        return ticket.limit_price
    return quote.touch(ticket.side) if quote else Decimal(0)
