"""What a person says when they set an alert, beside what it looks out for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.money import parse_amount, parse_price, parse_quantity
from floorbroker.domain.orders import OrderRequest, Side, TimeInForce
from floorbroker.domain.own_alerts import MOST_DAYS, USUAL_DAYS, PreparedOrder
from floorbroker.services import preflight
from floorbroker.services.chosen import Chosen
from floorbroker.services.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The options that alerts have in common, as given.

    Attributes:
        days: How long it is at work.
        side: Of the order to be prepared; None: there is none.
    """

    repeat: bool = False
    days: int | None = None
    account: str | None = None
    side: Side | None = None
    quantity: str | None = None
    amount: str | None = None
    limit: str | None = None
    stop: str | None = None
    time_in_force: TimeInForce | None = None

    def check(self) -> None:
        """Everything that can be known without a broker.

        Raises:
            InvalidInput: A value cannot be used, or an order's terms come without its side.
        """
        if self.days is not None and not 1 <= self.days <= MOST_DAYS:
            raise InvalidInput(f"An alert is at work for 1 to {MOST_DAYS} days.")
        terms = (self.quantity, self.amount, self.limit, self.stop, self.time_in_force)
        if self.side is None and any(term is not None for term in terms):
            raise InvalidInput("Say whether the order to prepare is a buy or a sell: side.")
        if self.side is not None:
            self._ticket("AAPL", self.side, None).check()  # any symbol: only the values count here

    def ends_at(self, now: datetime) -> datetime:
        """Until when the alert is at work."""
        return now + timedelta(days=self.days or USUAL_DAYS)

    def prepared(self, chosen: Chosen) -> PreparedOrder | None:
        """The order's terms, of a kind that the account's broker takes.

        Raises:
            FloorbrokerError: The terms do not fit each other, or the broker has no such orders.
        """
        if self.side is None:
            return None
        symbol, account = chosen.instrument.symbol, chosen.account
        ticket = self._ticket(symbol, self.side, account.value)
        usual = account.spec.usual_time_in_force(chosen.instrument.asset_class)
        preflight.check_offered(ticket.request(chosen.instrument, usual), account.spec)
        return PreparedOrder(
            symbol=symbol,
            side=self.side,
            account=account.value,
            quantity=None if self.quantity is None else parse_quantity(self.quantity),
            amount=None if self.amount is None else parse_amount(self.amount),
            limit=None if self.limit is None else parse_price(self.limit, "limit price"),
            stop=None if self.stop is None else parse_price(self.stop, "stop price"),
            time_in_force=self.time_in_force,
            currency=chosen.instrument.currency,
        )

    def _ticket(self, symbol: str, side: Side, account: str | None) -> Ticket:
        return Ticket(
            symbol=symbol,
            side=side,
            quantity=self.quantity,
            amount=self.amount,
            limit=self.limit,
            stop=self.stop,
            time_in_force=self.time_in_force,
            account=account,
        )


def ticket_of(order: PreparedOrder) -> Ticket:
    """The order as its person would type it now."""
    return Ticket(
        symbol=order.symbol,
        side=order.side,
        account=order.account,
        quantity=_typed(order.quantity),
        amount=_typed(order.amount),
        limit=_typed(order.limit),
        stop=_typed(order.stop),
        time_in_force=order.time_in_force,
    )


def ticket_of_request(request: OrderRequest, account: str) -> Ticket:
    """A limit order that was armed, as its person would type it now."""
    return Ticket(
        symbol=request.instrument.symbol,
        side=request.side,
        account=account,
        quantity=_typed(request.quantity),
        limit=_typed(request.limit_price),
        time_in_force=request.time_in_force,
    )


def _typed(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
