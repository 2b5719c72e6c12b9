"""The orders of everybody: drafted, entered, found, canceled, filled."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from tests.simulators.kraken import matching
from tests.simulators.kraken.fills import execute
from tests.simulators.kraken.funds import can_pay
from tests.simulators.kraken.limits import Limits
from tests.simulators.kraken.market import Market
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.pricing import check_index, priced
from tests.simulators.kraken.refusals import (
    KrakenRefusal,
    insufficient_funds,
    never_minted,
    post_only,
    unknown_order,
    unknown_pair,
)
from tests.simulators.kraken.rules import check_minima, check_mode, check_person, check_unique
from tests.simulators.kraken.ticket import Terms, Ticket


class Desk:
    """Where orders live.

    Attributes:
        orders: All of them, oldest first.
        status: The exchange's trading mode: "online", "maintenance", "cancel_only", "post_only".
        parts: In how many matches new orders fill.
        cancels_wait: Whether a cancel stays pending until `finish_cancels`.
        refuses_crossing_posts: Whether a post-only order that would cross is refused at once;
            else it is accepted and canceled, as REST clients have seen.
    """

    def __init__(self, market: Market, limits: Limits, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.status = "online"
        self.parts = 1
        self.cancels_wait = False
        self.refuses_crossing_posts = False
        self.market = market
        self.limits = limits
        self.now = now

    def pair(self, name: str) -> Pair:
        """The pair of a request.

        Raises:
            KrakenRefusal: There is none of that name.
        """
        pair = self.market.catalogue.pair(name)
        if pair is None:
            raise unknown_pair()
        return pair

    def draft(self, person: Person, ticket: Ticket, *, funded: bool = True) -> Order:
        """The order that `ticket` asks for; it is in no book yet.

        Args:
            funded: Whether the balance must cover it. Not so for orders that are only validated:
                people without any funds got no error (dominiktraxl/pykrakenapi, issue 39).

        Raises:
            KrakenRefusal: It may not be placed.
        """
        pair, quote = ticket.pair, self.market.quote(ticket.pair)
        for mode in (self.status, pair.status):
            check_mode(mode, ticket.terms.type, ticket.flags)
        check_person(person, ticket)
        open_orders = self.open_of(person)
        check_unique(ticket.cl_ord_id, open_orders)
        check_index(ticket.trigger, quote)
        order = self._new(person, ticket)
        if ticket.close is not None:
            priced(ticket.close, pair, _other(ticket.side), quote)
        price = order.limit or order.trigger_price
        check_minima(pair, order.volume, price, viqc=order.viqc, quote=quote)
        self.limits.check_open_orders(person, sum(one.pair is pair for one in open_orders))
        if funded and not can_pay(person, order, open_orders, price or self._touch(order)):
            raise insufficient_funds()
        if self.refuses_crossing_posts and self._crosses(order):
            raise post_only()
        return order

    def enter(self, order: Order) -> None:
        """A draft comes in; it is not matched before `arrive`."""
        self.orders.append(order)

    def arrive(self, order: Order) -> None:
        """The first match of an order that came in; what may not rest ends here."""
        if order.status != "open":
            return
        if "post" in order.flags and self._crosses(order):
            # Recorded: the answer has a txid, the order is canceled with that reason.
            order.end("canceled", self.now(), "Post only order")
            return
        if order.time_in_force == "FOK" and (order.parts_left > 1 or not self._crosses(order)):
            order.end("canceled", self.now())  # its reason is unverified
            return
        self._match(order)
        if order.time_in_force == "IOC" and not order.ended:
            order.end("canceled", self.now())  # likewise

    def of(self, person: Person) -> list[Order]:
        """The person's orders, oldest first."""
        self.sweep()
        return [order for order in self.orders if order.person is person]

    def open_of(self, person: Person) -> list[Order]:
        """Those that have not ended."""
        return [order for order in self.of(person) if not order.ended]

    def find_open(self, person: Person, txid: str) -> Order:
        """By Kraken's id.

        Raises:
            KrakenRefusal: It has ended, is somebody else's (unverified), or was never given.
        """
        self.sweep()
        found = next((order for order in self.orders if order.txid == txid), None)
        if found is None:
            raise never_minted()
        if found.person is not person or found.ended:
            raise unknown_order()
        return found

    def find_open_by_client_id(self, person: Person, cl_ord_id: str) -> Order:
        """By the person's own id, which names one open order at most.

        Raises:
            KrakenRefusal: No open order has it (words unverified).
        """
        found = [order for order in self.open_of(person) if order.cl_ord_id == cl_ord_id]
        if not found:
            raise unknown_order()
        return found[0]

    def cancel(self, order: Order, reason: str = "User requested") -> None:
        """Asks for its end.

        Raises:
            KrakenRefusal: A cancel of it waits already.
        """
        if order.canceling:
            raise KrakenRefusal("EOrder:Cancel pending")
        if self.cancels_wait:
            order.canceling = True
        else:
            order.end("canceled", self.now(), reason)

    def finish_cancels(self) -> None:
        """Whatever waits for its cancel gets it."""
        for order in self.orders:
            if order.canceling:
                order.end("canceled", self.now(), "User requested")

    def sweep(self) -> None:
        """What time has come to: orders that begin, and orders that expire."""
        now = self.now()
        for order in list(self.orders):
            if order.status == "pending" and order.starts_at is not None and order.starts_at <= now:
                order.status = "open"
                self.arrive(order)
            if not order.ended and order.expires_at is not None and order.expires_at <= now:
                order.end("expired", order.expires_at)

    def match(self) -> None:
        """Fills what the market takes now; an order that fills in parts takes one part."""
        self.sweep()
        for order in list(self.orders):
            self._match(order)

    def fill(self, order: Order, volume: Decimal | None, price: Decimal, *, maker: bool) -> None:
        """An execution, whatever the market shows; without `volume` of all that is left."""
        lots = matching.part(order, price) if volume is None else volume
        execute(order, lots, price, self.now(), maker=maker)
        order.parts_left -= 1
        if order.close is not None:
            self._close(order, order.close, lots)

    def _match(self, order: Order) -> None:
        quote = self.market.quote(order.pair)
        if quote is None:
            return
        waited = order.waits
        matching.watch(order, quote)
        if waited and order.triggered and not self._can_pay(order):
            # A stop holds nothing while it waits; what becomes of this one is unverified.
            order.end("canceled", self.now(), "Insufficient funds")
        meeting = matching.meet(order, quote)
        if meeting is not None:
            self.fill(order, None, meeting.price, maker=meeting.maker)

    def _can_pay(self, order: Order) -> bool:
        others = [one for one in self.orders if one.person is order.person and one is not order]
        return can_pay(order.person, order, others, self._touch(order))

    def _touch(self, order: Order) -> Decimal | None:
        quote = self.market.quote(order.pair)
        return None if quote is None else quote.touch(order.side)

    def _crosses(self, order: Order) -> bool:
        touch = self._touch(order)
        if touch is None or order.limit is None or order.waits:
            return False
        return touch <= order.limit if order.side == "buy" else touch >= order.limit

    def _close(self, order: Order, terms: Terms, lots: Decimal) -> None:
        """ "Triggered by execution of the primary order in the same quantity and opposite
        direction, but once triggered are independent orders": docs, Add Order."""
        side = _other(order.side)
        prices = priced(terms, order.pair, side, self.market.quote(order.pair))
        closing = Order(
            person=order.person,
            pair=order.pair,
            side=side,
            terms=prices.terms,
            volume=lots,
            opened_at=self.now(),
            flags=("fciq",),
            signal=order.signal,
            refid=order.txid,
            limit=prices.limit,
            trigger_price=prices.trigger,
            parts_left=self.parts,
        )
        matching.start_trail(closing, self.market.quote(order.pair))
        self.enter(closing)
        self.arrive(closing)

    def _new(self, person: Person, ticket: Ticket) -> Order:
        now, quote = self.now(), self.market.quote(ticket.pair)
        prices = priced(ticket.terms, ticket.pair, ticket.side, quote)
        later = ticket.starts_at is not None and ticket.starts_at > now
        order = Order(
            person=person,
            pair=ticket.pair,
            side=ticket.side,
            terms=prices.terms,
            volume=ticket.volume,
            opened_at=now,
            flags=ticket.flags,
            time_in_force=ticket.time_in_force,
            signal=ticket.trigger,
            close=ticket.close,
            leverage=ticket.leverage,
            userref=ticket.userref or 0,
            cl_ord_id=ticket.cl_ord_id,
            starts_at=ticket.starts_at,
            expires_at=ticket.expires_at,
            status="pending" if later else "open",
            limit=prices.limit,
            trigger_price=prices.trigger,
            parts_left=self.parts,
        )
        matching.start_trail(order, quote)
        return order


def _other(side: str) -> str:
    return "sell" if side == "buy" else "buy"
