"""The orders of everybody: placed, found, canceled, replaced, filled."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Final

from tests.simulators.schwab import matching
from tests.simulators.schwab.fills import execute
from tests.simulators.schwab.funds import Funds
from tests.simulators.schwab.instruments import Listing
from tests.simulators.schwab.market import Market
from tests.simulators.schwab.orders import Order
from tests.simulators.schwab.people import Account
from tests.simulators.schwab.refusals import cannot_end, invalid_body, no_order
from tests.simulators.schwab.rules import objection
from tests.simulators.schwab.ticket import Ticket

FIRST_ID: Final = 1_005_000_000_001


class Desk:
    """Where orders live.

    Attributes:
        roots: Those that were placed, oldest first; what they trigger hangs below them.
        parts: In how many matches new orders fill.
        orders_wait: Whether new ones are pondered until `finish_orders`.
        cancels_wait: Whether a cancel stays PENDING_CANCEL until `finish_cancels`.
        replacements_wait: Whether a replacement stays pending until `finish_replacements`.
        old_survives: Whether a replacement that is rejected leaves the old order as it was.
        unseen: Orders that reads do not show yet; None: they show all.
        verdict: A `statusDescription` with which every new order is rejected; None: the rules.
    """

    def __init__(self, market: Market, listing: Listing, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.roots: list[Order] = []
        self.parts = 1
        self.orders_wait = self.cancels_wait = self.replacements_wait = False
        self.old_survives = True
        self.unseen: list[Order] | None = None
        self.verdict: str | None = None
        self.market = market
        self.listing = listing
        self.now = now
        self._ids = count(FIRST_ID)
        self._pondered: list[Order] = []
        self._exchanges: list[tuple[Order, Order, str]] = []

    # Placing

    def place(self, account: Account, ticket: Ticket, tag: str) -> Order:
        """A new order with everything that it triggers; what the rules say of it comes later.

        Raises:
            Refusal: Nothing has such a symbol (that this is a 400 is unverified).
        """
        order = self._plant(account, ticket, tag, None)
        self.roots.append(order)
        if self.unseen is not None:
            self.unseen.append(order)
        if self.orders_wait:
            order.status = "PENDING_ACKNOWLEDGEMENT"
            self._pondered.append(order)
        else:
            self.decide(order)
        return order

    def trial(self, account: Account, ticket: Ticket) -> Order:
        """One that is nowhere in the book.

        Raises:
            Refusal: Nothing has such a symbol.
        """
        return self._plant(account, ticket, "", None)

    def finish_orders(self) -> None:
        """Whatever is pondered goes to the market, or is rejected."""
        waiting, self._pondered = self._pondered, []
        for order in waiting:
            self.decide(order)

    def decide(self, order: Order) -> None:
        """The rules' word, and the first match."""
        if order.ended:
            return
        order.ready = True
        if order.is_holder:
            order.status = "WORKING"
            for child in order.children:
                self.decide(child)
            return
        why = self.verdict or self.objection(order)
        if why is not None:
            order.end("REJECTED", self.now(), why)
            self._follow(order)
            return
        order.status = "PENDING_ACTIVATION"
        if order.ticket.duration != "FILL_OR_KILL" or order.parts_left == 1:
            self._match([order])
        self._end_what_may_not_rest(order)

    def objection(self, order: Order) -> str | None:
        """Why it may not be; None where it may."""
        funds = self.funds(order.account, besides=order)
        return objection(order, funds, self.market, self.listing, self.now())

    # Finding

    def of(self, account: Account, *, shown: bool = False) -> list[Order]:
        """What was placed in it, oldest first; with `shown` only what reads show."""
        hidden = self.unseen or [] if shown else []
        return [o for o in self.roots if o.account is account and o not in hidden]

    def all(self, account: Account | None = None, *, shown: bool = False) -> Iterator[Order]:
        """Likewise, with what hangs below; of everybody without an account."""
        roots = self.roots if account is None else self.of(account, shown=shown)
        for root in roots:
            yield root
            yield from root.below()

    def find(self, account: Account, order_id: str) -> Order:
        """One that reads show.

        Raises:
            Refusal: There is none.
        """
        for order in self.all(account, shown=True):
            if str(order.id) == order_id:
                return order
        raise no_order()

    def funds(self, account: Account, *, besides: Order | None = None) -> Funds:
        """The account's figures as they are now."""
        others = (order for order in self.all(account) if order is not besides)
        return Funds(account, others, self.market, self.listing)

    # Ending

    def cancel(self, order: Order) -> None:
        """Asks for the end of an order.

        Raises:
            Refusal: It has ended.
        """
        if order.ended or order.status in {"PENDING_CANCEL", "PENDING_REPLACE"}:
            raise cannot_end(order.status)
        if self.cancels_wait:
            order.status = "PENDING_CANCEL"
            return
        order.end("CANCELED", self.now())
        self._follow(order)

    def finish_cancels(self) -> None:
        """Whatever waits for its cancel gets it."""
        for order in list(self.all()):
            if order.status == "PENDING_CANCEL":
                order.end("CANCELED", self.now())
                self._follow(order)

    def replace(self, old: Order, ticket: Ticket, tag: str) -> Order:
        """A new order in the place of `old`, which becomes REPLACED.

        Raises:
            Refusal: The old one has ended, or nothing has such a symbol. What another order
                triggers is refused too (unverified: it may be possible).
        """
        if old.ended or old.parent or old.is_holder or old.status.startswith("PENDING_CANCEL"):
            raise cannot_end(old.status)
        new = self._plant(old.account, ticket, tag, None)
        self.roots.append(new)
        self._exchanges.append((old, new, old.status))
        old.status, new.status = "PENDING_REPLACE", "PENDING_ACKNOWLEDGEMENT"
        if not self.replacements_wait:
            self.finish_replacements()
        return new

    def finish_replacements(self) -> None:
        """Carries out those that wait; what has ended meanwhile cannot be replaced any more."""
        exchanges, self._exchanges = self._exchanges, []
        for old, new, before in exchanges:
            if old.ended:
                new.end("REJECTED", self.now(), f"Order status is {old.status}")  # unverified
                continue
            old.end("REPLACED", self.now())
            self.decide(new)
            if new.status == "REJECTED" and self.old_survives:
                old.status, old.closed_at = before, None
            else:
                self._follow(old)

    # Filling

    def match(self) -> None:
        """Fills what the market takes now; an order that fills in parts takes one part."""
        self._match([order for order in self.all() if order.ready])

    def fill(self, order: Order, quantity: Decimal | None, prices: tuple[Decimal, ...]) -> None:
        """An execution, whatever the market shows; without `quantity` of all that is left."""
        execute(
            order, order.left if quantity is None else quantity, prices, self.now(), self.listing
        )
        order.parts_left -= 1
        self._follow(order)

    def end_day(self) -> None:
        """The close: orders for it fill at the last price, others of the day expire."""
        for order in [one for one in self.all() if one.ready and not one.ended]:
            price = matching.at_close(order, self.market)
            if price is not None:
                self.fill(order, None, (price,))
            elif order.ticket.duration == "DAY" and not order.is_holder and not order.ended:
                order.end("EXPIRED", self.now())
                self._follow(order)

    def _match(self, orders: Sequence[Order]) -> None:
        for order in orders:
            matching.settle_in(order, self.market)
            prices = matching.look(order, self.market)
            if prices is not None:
                self.fill(order, matching.part(order), prices)
            matching.settle_in(order, self.market)

    def _end_what_may_not_rest(self, order: Order) -> None:
        if order.ticket.duration in {"FILL_OR_KILL", "IMMEDIATE_OR_CANCEL"} and not order.ended:
            order.end("CANCELED", self.now())
            self._follow(order)

    def _follow(self, order: Order) -> None:
        """What an order's fill or end does to those around it.

        Recorded: a cancel of what triggers takes all below with it; a cancel of one that is
        triggered takes its siblings, and leaves what triggers.
        """
        if not order.ended:
            return
        for child in order.children:
            if order.status == "FILLED" and not order.is_holder:
                self.decide(child)
            else:
                child.end("CANCELED", self.now())
                self._follow(child)
        holder = order.parent
        if holder is None or not holder.is_holder or holder.ended:
            return
        holder.end("FILLED" if order.status == "FILLED" else "CANCELED", self.now())
        for sibling in holder.children:
            sibling.end("CANCELED", self.now())

    def _plant(self, account: Account, ticket: Ticket, tag: str, parent: Order | None) -> Order:
        if any(self.listing.find(leg.symbol) is None for leg in ticket.legs):
            raise invalid_body()
        order = Order(
            id=next(self._ids),
            account=account,
            ticket=ticket,
            tag=tag,
            entered_at=self.now(),
            parent=parent,
            parts_left=self.parts,
        )
        order.children = [self._plant(account, child, tag, order) for child in ticket.children]
        for child in order.below():
            child.status = "AWAITING_PARENT_ORDER"
        return order
