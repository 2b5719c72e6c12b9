"""What a test lets happen to orders, balances and the exchange, and how it finds them."""

from decimal import Decimal

from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.shelf import Shelf


class Steering:
    """The market's and the exchange's side of the simulator."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        """Over the book of all orders."""
        self._desk = desk
        self._shelf = shelf

    @property
    def orders(self) -> list[Order]:
        """Everybody's, oldest first; validated ones are not among them."""
        return self._desk.orders

    def order(self, wanted: object) -> Order:
        """By Kraken's id, or the newest with that `cl_ord_id` (an id may come back once its order
        has ended).

        Raises:
            KeyError: There is none.
        """
        for order in reversed(self._desk.orders):
            if str(wanted) in {order.txid, order.cl_ord_id}:
                return order
        raise KeyError(wanted)

    def set_balance(self, person: Person, asset: str, amount: str | Decimal) -> None:
        """What the person has of an asset, by any of its names."""
        known = self._desk.market.catalogue.asset(asset)
        person.balances[known.id if known else asset] = Decimal(amount)

    def match(self) -> None:
        """Fills what the market takes at its prices of now; call it after a change of price."""
        self._desk.match()

    def fill(
        self,
        wanted: object,
        volume: str | Decimal | None = None,
        price: str | Decimal | None = None,
        *,
        maker: bool = False,
    ) -> None:
        """An execution whatever the market shows; by default of all that is left, at the touch."""
        order = self.order(wanted)
        if price is None:
            price = self._desk.market.quotes[order.pair.id].touch(order.side)
        lots = None if volume is None else Decimal(volume)
        self._desk.fill(order, lots, Decimal(price), maker=maker)

    def fill_in_parts(self, parts: int) -> None:
        """Orders that come from now on fill in so many matches: the first one on arrival."""
        self._desk.parts = parts

    def let_cancels_wait(self) -> None:
        """Cancels are answered as pending, and their orders stay open until `finish_cancels`."""
        self._desk.cancels_wait = True

    def finish_cancels(self) -> None:
        """Carries out those that wait, and later ones at once."""
        self._desk.cancels_wait = False
        self._desk.finish_cancels()

    def let_reads_lag(self) -> None:
        """Reads of orders and trades show them as they are now, and no new ones."""
        self._shelf.lag()

    def let_reads_catch_up(self) -> None:
        """Reads show everything again."""
        self._shelf.catch_up()

    def set_status(self, wanted: object, status: str, reason: str | None = None) -> None:
        """Any status word: "pending", "expired", one that nobody knows; an end has its time."""
        order = self.order(wanted)
        if status in {"pending", "open"}:
            order.status = status
        else:
            order.end(status, self._desk.now(), reason)

    def set_system_status(self, status: str) -> None:
        """ "online", "maintenance", "cancel_only" or "post_only"."""
        self._desk.status = status

    def set_pair_status(self, pair: str, status: str) -> None:
        """ "online", "cancel_only", "post_only", "limit_only" or "reduce_only"."""
        self._desk.pair(pair).status = status

    def refuse_crossing_posts(self) -> None:
        """`EOrder:Post only order` at once, as the WebSocket API does, in place of a cancel."""
        self._desk.refuses_crossing_posts = True
