"""The orders of everybody: placed, found, canceled, filled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.simulators.coinbase import brackets, matching
from tests.simulators.coinbase.fills import execute
from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.market import Market
from tests.simulators.coinbase.matching import Match
from tests.simulators.coinbase.orders import Order
from tests.simulators.coinbase.people import Person, Portfolio
from tests.simulators.coinbase.products import Catalogue, Product
from tests.simulators.coinbase.refusals import invalid_argument, no_such_order
from tests.simulators.coinbase.rejections import DUPLICATE, Rejected
from tests.simulators.coinbase.rules import Around, check
from tests.simulators.coinbase.ticket import Ticket, read_ticket


class Desk:
    """Where orders live.

    Attributes:
        orders: All of them, brackets among them, oldest first.
        parts: In how many matches new orders fill.
        orders_wait: Whether new orders stay PENDING until `finish_orders`.
        cancels_wait: Whether a cancel stays CANCEL_QUEUED until `finish_cancels`.
        edits_wait: Whether an edit stays EDIT_QUEUED.
        fails_with: Reason and message of the failure that new orders meet after they were taken.
        refuses_duplicates: Whether an id that is taken is refused, not answered with its order.
        unseen: Orders that reads do not show yet; None while reads do not lag.
    """

    def __init__(self, market: Market, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.parts = 1
        self.orders_wait = False
        self.cancels_wait = False
        self.edits_wait = False
        self.fails_with: tuple[str, str] | None = None
        self.refuses_duplicates = False
        self.unseen: list[Order] | None = None
        self.market = market
        self.catalogue = catalogue
        self.now = now

    # Placing

    def place(self, key: Key, body: Mapping[str, Any]) -> tuple[Order, bool]:
        """The order, and whether it is new: it has not arrived in the book yet then.

        The reference of create-order: "If the ID provided is not unique, the order will not be
        created and the order corresponding with that ID will be returned instead." Whether ended
        orders count, and other portfolios' (here both do), is unverified; so is when the newer
        reason DUPLICATE_CLIENT_ORDER_ID is given instead.

        Raises:
            Refusal: The request cannot be.
            Rejected: The order may not be placed.
        """
        ticket = read_ticket(body)
        if not ticket.client_order_id:
            raise invalid_argument("client_order_id is required")  # words unverified
        known = self.by_client_id(key.person, ticket.client_order_id)
        if known is not None:
            if self.refuses_duplicates:
                raise Rejected(DUPLICATE)
            return known, False
        around = self.around(key, ticket, body)
        held = check(ticket, around).held
        order = self._new(key, ticket, around.product, held)
        self._add(order)
        return order, True

    def around(self, key: Key, ticket: Ticket, body: Mapping[str, Any]) -> Around:
        """What the rules look at for that request.

        Raises:
            Refusal: There is no account to pay from, or it is another portfolio's.
            Rejected: There is no such product.
        """
        product = self.catalogue.products.get(ticket.product_id)
        if product is None:
            raise Rejected("PREVIEW_INVALID_PRODUCT_ID")
        currency = product.quote if ticket.side == "BUY" else product.base
        other = body.get("retail_portfolio_id") not in {None, "", key.portfolio.id}
        if other or currency not in key.portfolio.accounts:
            # Recorded by OctoBot; nautilus_trader's guide lists when it comes.
            raise invalid_argument("account is not available")
        return Around(
            person=key.person,
            product=product,
            quote=self.market.quotes.get(product.book),
            free=self.free(key.portfolio, currency),
            now=self.now(),
        )

    def arrive(self, order: Order) -> None:
        """The first match of an order that came in; what may not rest ends here."""
        if order.status != "PENDING" or order.parent is not None or self.orders_wait:
            return
        if self.fails_with is not None:
            order.status = "FAILED"
            order.reject_reason, order.reject_message = self.fails_with
            return
        order.status = "OPEN"
        lasting = order.kind.time_in_force
        whole = lasting != "FILL_OR_KILL" or order.parts_left <= 1
        if whole:
            self._match([order])
        # A market order in parts goes on with the next match; a limit keeps nothing in the book.
        if order.kind.type == "LIMIT" and lasting in {"IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"}:
            self._end(order, "CANCELLED")
        matching.settle_in(order)

    def finish_orders(self) -> None:
        """Whatever is PENDING arrives."""
        for order in list(self.orders):
            self.arrive(order)

    # Finding

    def of(self, person: Person) -> list[Order]:
        """The person's orders, oldest first."""
        return [order for order in self.orders if order.person is person]

    def by_client_id(self, person: Person, client_order_id: str) -> Order | None:
        """The order with the person's own id."""
        for order in self.of(person):
            if order.client_order_id == client_order_id:
                return order
        return None

    def seen(self, key: Key) -> list[Order]:
        """What reads show: the portfolio's orders, oldest first."""
        unseen = self.unseen or []
        mine = (order for order in self.of(key.person) if order.portfolio is key.portfolio)
        return [order for order in mine if order not in unseen]

    def find(self, key: Key, order_id: str) -> Order:
        """By Coinbase's id, as reads do.

        Raises:
            Refusal: There is none.
        """
        for order in self.seen(key):
            if order.id == order_id:
                return order
        raise no_such_order()

    def free(self, portfolio: Portfolio, currency: str) -> Decimal:
        """What open orders do not hold."""
        account = portfolio.accounts.get(currency)
        return (account.balance if account else Decimal(0)) - self.hold(portfolio, currency)

    def hold(self, portfolio: Portfolio, currency: str) -> Decimal:
        """What open orders hold."""
        holding = (o for o in self.orders if o.portfolio is portfolio and o.pays_with == currency)
        return sum((order.hold for order in holding), Decimal(0))

    # Canceling

    def cancel(self, key: Key, order_id: str) -> str | None:
        """Asks for the end of an order; the reason if that cannot be.

        UNKNOWN_CANCEL_ORDER was recorded (for which orders is not said); the others are told by
        their names in the reference of cancel-order.
        """
        order = next((o for o in self.of(key.person) if o.id == order_id), None)
        if order is None or (order.ended and order.status != "FILLED"):
            return "UNKNOWN_CANCEL_ORDER"
        if order.status == "FILLED":
            return "ORDER_IS_FULLY_FILLED"
        if order.status == "CANCEL_QUEUED":
            return "DUPLICATE_CANCEL_REQUEST"
        if order.status == "EDIT_QUEUED":
            return "ORDER_IS_BEING_REPLACED"
        if self.cancels_wait:
            order.status = "CANCEL_QUEUED"
        else:
            self._end(order, "CANCELLED")
        return None

    def finish_cancels(self) -> None:
        """Whatever waits for its cancel gets it."""
        for order in self.orders:
            if order.status == "CANCEL_QUEUED":
                self._end(order, "CANCELLED")

    # Filling

    def match(self) -> None:
        """Fills what the market takes now; orders whose time has come expire."""
        for order in self.orders:
            if order.end_time is not None and order.end_time <= self.now():
                self._end(order, "EXPIRED")
        self._match(list(self.orders))
        for order in self.orders:
            matching.settle_in(order)

    def fill(self, order: Order, size: Decimal | None, match: Match) -> None:
        """An execution, whatever the market shows; without `size` of all that is left."""
        waits, parts = order.status, order.parts_left
        if size is None:
            order.parts_left = 1
        amount = matching.part(order, match) if size is None else size
        execute(order, amount, match.price, match.liquidity, self.now())
        order.parts_left = parts - 1
        if waits in {"CANCEL_QUEUED", "EDIT_QUEUED"} and not order.ended:
            order.status = waits
        brackets.follow(order)

    def match_now(self, order: Order) -> None:
        """One order after its edit."""
        order.rested = False
        self._match([order])
        matching.settle_in(order)

    def _match(self, orders: Sequence[Order]) -> None:
        for order in orders:
            match = matching.look(order, self.market)
            if match is not None:
                self.fill(order, matching.part(order, match), match)

    def _end(self, order: Order, status: str) -> None:
        if not order.ended:
            order.status = status
            brackets.follow(order)

    def _add(self, order: Order) -> None:
        new = [order, *([order.attached] if order.attached else [])]
        self.orders += new
        if self.unseen is not None:
            self.unseen += new

    def _new(self, key: Key, ticket: Ticket, product: Product, held: Decimal) -> Order:
        order = Order(
            person=key.person,
            portfolio=key.portfolio,
            product=product,
            side=ticket.side,
            configuration=ticket.configuration,
            fields=dict(ticket.fields),
            client_order_id=ticket.client_order_id,
            created_at=self.now(),
            base_size=ticket.base_size,
            quote_size=ticket.quote_size,
            limit_price=ticket.limit_price,
            stop_price=ticket.stop_price,
            stop_trigger_price=ticket.stop_trigger_price,
            stop_direction=ticket.stop_direction,
            end_time=ticket.end_time,
            post_only=ticket.post_only,
            parts_left=self.parts,
            held=held,
        )
        brackets.attach(order, ticket)
        return order
