"""What a test lets happen to orders and accounts, and how it finds them."""

from datetime import timedelta
from decimal import Decimal

from tests.simulators.etrade.desk import Desk
from tests.simulators.etrade.fills import move
from tests.simulators.etrade.listing_api import ListingApi
from tests.simulators.etrade.market import Symbol, named
from tests.simulators.etrade.orders import CANCELLED, EXPIRED, Order
from tests.simulators.etrade.people import Account, Holding, Person
from tests.simulators.etrade.ticket import Ticket


class Steering:
    """The market's and the broker's side of the simulator."""

    def __init__(self, desk: Desk, listing: ListingApi) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._listing = listing

    @property
    def orders(self) -> list[Order]:
        """Everybody's, oldest first."""
        return self._desk.orders

    def order(self, wanted: object, account: Account | None = None) -> Order:
        """By E*TRADE's id or by the client's; ids come again in every account.

        Raises:
            KeyError: There is none, or there are several.
        """
        found = [
            order
            for order in self._desk.orders
            if str(wanted) in {str(order.id), order.client_order_id}
            and account in {None, order.account}
        ]
        if len(found) != 1:
            raise KeyError(wanted)
        return found[0]

    def give(
        self,
        account: Account,
        symbol: Symbol,
        quantity: str | Decimal,
        *,
        cost: str | Decimal | None = None,
    ) -> None:
        """More of a share or contract; below zero for a short position.

        Args:
            cost: Of all of it, in US dollars; by default what it is worth now.
        """
        instrument, amount = named(symbol), Decimal(quantity)
        worth = amount * self._desk.funds(account).price(instrument) * instrument.size
        paid = worth if cost is None else Decimal(cost)
        at = self._desk.now()
        move(account, Holding(instrument=instrument, quantity=amount, cost=paid, acquired_at=at))

    def place_elsewhere(
        self,
        who: Person | Account,
        symbol: Symbol,
        action: str,
        quantity: str | Decimal,
        *,
        limit: str | Decimal | None = None,
    ) -> Order:
        """An order by other means than the API, say E*TRADE's own page; it is not matched yet."""
        instrument = named(symbol)
        ticket = Ticket(
            order_type=instrument.type,
            client_order_id="",
            instrument=instrument,
            action=action,
            quantity=Decimal(quantity),
            price_type="MARKET" if limit is None else "LIMIT",
            term="GOOD_FOR_DAY",
            limit=None if limit is None else Decimal(limit),
        )
        account = who.account if isinstance(who, Person) else who
        return self._desk.add(account, ticket, elsewhere=True)

    # Fills

    def match(self) -> None:
        """Fills what the market takes at its prices of now."""
        self._desk.match()

    def fill(
        self,
        wanted: object,
        quantity: str | Decimal | None = None,
        price: str | Decimal | None = None,
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at the touch."""
        order = wanted if isinstance(wanted, Order) else self.order(wanted)
        if order.ended:
            raise ValueError(f"{order.id} is {order.status}")
        if price is None:
            quote = self._desk.market.quotes[order.ticket.instrument]
            price = quote.touch(order.ticket.action)
        self._desk.fill(order, None if quantity is None else Decimal(quantity), Decimal(price))

    def fill_in_parts(self, parts: int, *, status: str = "PARTIAL") -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival.

        Args:
            status: Meanwhile: PARTIAL, or INDIVIDUAL_FILLS.
        """
        self._desk.parts = parts
        self._desk.partly = status

    # E*TRADE takes its time

    def let_cancels_wait(self) -> None:
        """Cancels are accepted and stay CANCEL_REQUESTED until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.cancels_wait = False
        for order in self._desk.orders:
            if order.status == "CANCEL_REQUESTED":
                self._desk.end(order, CANCELLED, "ORDER_CANCELLED")

    def let_reads_lag(self) -> None:
        """Reads do not show orders placed from now on."""
        self._desk.unseen = self._desk.unseen or []

    def let_reads_catch_up(self) -> None:
        """Reads show everything again."""
        self._desk.unseen = None

    # Ends

    def close_day(self) -> None:
        """Orders that are good for the day expire."""
        for order in self._desk.orders:
            if order.ticket.term == "GOOD_FOR_DAY":
                self._desk.end(order, EXPIRED, "ORDER_EXPIRED")

    def set_status(self, wanted: object, status: str) -> None:
        """Any status word: REJECTED, EXPIRED, DO_NOT_EXERCISE or one nobody knows."""
        order = wanted if isinstance(wanted, Order) else self.order(wanted)
        order.status = status
        order.note(f"ORDER_{status}", self._desk.now())

    # What is not known of E*TRADE

    def echo_client_order_ids(self) -> None:
        """Listings show the client's id after all; documented that no answer does."""
        self._listing.echoes = True

    def take_duplicates(self) -> None:
        """A client's id that is taken is taken again; documented that it must be unique."""
        self._desk.refuses_duplicates = False

    def keep_previews(self, **delta: float) -> None:
        """Previews are good for a timedelta's arguments, not for three minutes."""
        self._desk.previews.life = timedelta(**delta)
