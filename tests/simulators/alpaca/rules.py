"""What holds for an order of any kind, and the choice of the rules for its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.simulators.alpaca.assets import Asset
from tests.simulators.alpaca.funds import Funds
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.refusals import Refusal, forbidden, unprocessable
from tests.simulators.alpaca.ticket import Ticket
from tests.simulators.alpaca.wire import text

ADVANCED: Final = frozenset({"bracket", "oco", "oto"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rules look at besides the request.

    Attributes:
        replacing: The order that the request would replace: it no longer counts.
    """

    person: Person
    funds: Funds
    market: Market
    open_orders: Sequence[Order]
    replacing: Order | None = None

    def price(self, ticket: Ticket) -> Decimal:
        """What a unit is taken to cost: the worst that the order allows, or 4 % above the market.

        Docs, orders-at-alpaca: a market buy counts with 2.5 to 4 % above, a short with 3 %.
        """
        quote = self.market.quotes.get(ticket.symbol)
        if ticket.limit_price is not None:
            return ticket.limit_price
        known = ticket.stop_price or (quote.touch("buy") if quote else None)
        if known is None:
            raise unprocessable(f"no available quote for {ticket.symbol}")  # unverified
        return known * Decimal("1.04")

    def units(self, ticket: Ticket) -> Decimal:
        """How many; of an amount of money what it comes to at the last price."""
        if ticket.qty is not None:
            return ticket.qty
        quote = self.market.quotes.get(ticket.symbol)
        if quote is None:
            raise unprocessable(f"no available quote for {ticket.symbol}")  # unverified
        return (ticket.notional or Decimal(0)) / quote.last

    def cost(self, ticket: Ticket) -> Decimal:
        """In US dollars, before any multiplier."""
        if ticket.notional is not None:
            return ticket.notional
        return (ticket.qty or Decimal(0)) * self.price(ticket)


def check_account(person: Person) -> None:
    """The account may trade at all.

    Raises:
        Refusal: It is blocked; the words are those of the account's fields (unverified).
    """
    if person.overrides.get("account_blocked") or person.overrides.get("trading_blocked"):
        raise forbidden("account is not allowed to trade")
    if person.settings["suspend_trade"] or person.overrides.get("trade_suspended_by_user"):
        raise forbidden("new orders are rejected by user request")


def check_affordable(ticket: Ticket, around: Around, cost: Decimal) -> None:
    """There is buying power for `cost` (recorded: alpaca-py issue 225).

    Raises:
        Refusal: There is not.
    """
    freed = around.replacing.reserved if around.replacing else Decimal(0)
    power = around.funds.buying_power + freed
    if cost > power:
        raise forbidden(
            "insufficient buying power", buying_power=text(power), cost_basis=text(cost)
        )


def check_intent(ticket: Ticket, inferred: str) -> None:
    """A stated intent is the one that the position makes of the side.

    Raises:
        Refusal: It is another.
    """
    if ticket.position_intent not in {None, inferred}:
        raise unprocessable(
            f"position intent mismatch, inferred: {inferred}, specified: {ticket.position_intent}"
        )


def check_nine_decimals(ticket: Ticket) -> None:
    """Finer quantities are unverified; money has two decimals (42210000, seen by many).

    Raises:
        Refusal: There are more.
    """
    if ticket.notional is not None and ticket.notional % Decimal("0.01"):
        raise unprocessable("notional value must be limited to 2 decimal places")
    if ticket.qty is not None and ticket.qty % Decimal("1e-9"):
        raise unprocessable("qty must be limited to 9 decimal places")


def inactive(asset: Asset) -> Refusal:
    """Recorded for a coin and a share that had been delisted."""
    if asset.status != "active":
        return Refusal(422, 40010001, f"asset {asset.symbol} is not active")
    return unprocessable(f'asset "{asset.symbol}" is not tradable')
