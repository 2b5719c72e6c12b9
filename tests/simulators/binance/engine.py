"""The matching engine: orders arrive, wait, trade and expire."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count

from tests.simulators.binance import matching, stp
from tests.simulators.binance.fills import execute
from tests.simulators.binance.limits import Limits
from tests.simulators.binance.market import Level, Market
from tests.simulators.binance.matching import AT_MARKET
from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person


class Engine:
    """What happens to orders once they are in the book.

    Attributes:
        orders: Everybody's, oldest first.
        parts: In how many matches new orders fill.
    """

    def __init__(self, market: Market, limits: Limits, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.parts = 1
        self.market = market
        self.now = now
        self._limits = limits
        self._numbers: dict[tuple[str, str], Iterator[int]] = defaultdict(lambda: count(1))
        self._due: list[Order] = []

    def number(self, kind: str, symbol: str = "") -> int:
        """The next number of orders, trades, prevented matches or executions of that symbol."""
        return next(self._numbers[kind, symbol])

    def of(self, person: Person) -> list[Order]:
        """The person's orders, oldest first."""
        return [order for order in self.orders if order.person is person]

    def open_orders(self, person: Person) -> list[Order]:
        """Those that may still change."""
        return [order for order in self.orders if order.person is person and order.open]

    def add(self, *orders: Order) -> None:
        """In the book, with what they hold."""
        self.orders += orders
        for order in orders:
            self.rehold(order)

    def rehold(self, order: Order) -> None:
        """It holds what it and its mates still need, as far as that is there."""
        book = self.market.books.get(order.symbol.name)
        need = max(
            matching.needed(one, matching.reserve_price(one.ticket, book)) for one in order.mates
        )
        hold = order.hold
        hold.set(min(need, hold.amount + hold.person.free(hold.asset)))

    def arrive(self, order: Order) -> None:
        """The first match of an order that came in."""
        if order.ticket.is_algo:
            return
        order.working_at = self.now()
        self._take(order)

    def match(self) -> None:
        """Triggers and fills what the market of now does; an order in parts takes one part."""
        for order in list(self.orders):
            book = self.market.books.get(order.symbol.name)
            if book is None or order.status not in {"NEW", "PARTIALLY_FILLED"}:
                continue
            if order.works:
                self._fill_resting(order)
            elif matching.follows(order, book):
                self._trigger(order)
        self.activate()

    def fill(self, order: Order, qty: Decimal, price: Decimal, *, maker: bool = True) -> None:
        """An execution, whatever the market shows."""
        if order.working_at is None:
            order.working_at = self.now()
        self._trade(order, qty, price, maker=maker)
        self.activate()

    def cancel(self, order: Order) -> list[Order]:
        """Ends it and its whole list; gives all that ended."""
        together = order.order_list.orders if order.order_list else [order]
        ended = [one for one in together if one.open]
        for one in ended:
            one.become("CANCELED", self.now())
        for one in ended:
            self.rehold(one)
        return ended

    def expire(self, order: Order, reason: str, status: str = "EXPIRED") -> None:
        """The end by a rule, and what it means for the rest of its list."""
        order.become(status, self.now(), reason or None)
        self.rehold(order)
        own = order.order_list
        if own is not None and own.working is order:
            for pending in own.pending:
                self.expire(pending, "OTO_PHASE_ONE_EXPIRED")

    def activate(self) -> None:
        """Pending orders whose working order is filled come on the book."""
        while self._due:
            order = self._due.pop(0)
            if order.status == "PENDING_NEW":
                self._start(order)

    def _start(self, order: Order) -> None:
        book = self.market.books.get(order.symbol.name)
        order.become("NEW", self.now())
        levels = matching.takeable(order.ticket, book)
        price = matching.reserve_price(order.ticket, book)
        need = matching.needed(order, price)
        if order.type == "MARKET":
            buys = order.side == "BUY"
            need = matching.cost(levels, order.remaining) if buys else order.remaining
        too_dear = need > order.hold.amount + order.person.free(order.hold.asset)
        if too_dear or (order.type == "LIMIT_MAKER" and levels):
            self.expire(order, "REJECTED")  # unverified
            return
        self.rehold(order)
        self.arrive(order)

    def _trigger(self, order: Order) -> None:
        order.working_at = self.now()
        self._end_mates(order)
        self._take(order)

    def _take(self, order: Order) -> None:
        if order.type == "LIMIT_MAKER":
            return
        stp.prevent(order, self)
        if not order.open:
            return
        levels = matching.takeable(order.ticket, self.market.books.get(order.symbol.name))
        if order.ticket.time_in_force == "FOK" and not _fills_whole(order, levels):
            self.expire(order, "UNFILLED_FOK_ORDER_EXPIRED")
            return
        left = order.remaining if order.type in AT_MARKET else matching.part(order)
        for price, qty in levels:
            taken = min(qty, left)
            left -= taken
            for piece in _pieces(order, taken):
                if self._can_pay(order, piece, price):
                    self._trade(order, piece, price, maker=False)
        if order.trades:
            order.parts_left -= 1
        if order.open:
            self._leave(order)

    def _leave(self, order: Order) -> None:
        if order.type in AT_MARKET:
            self.expire(order, "INSUFFICIENT_LIQUIDITY")
        elif order.ticket.time_in_force == "IOC":
            self.expire(order, "UNFILLED_IOC_QUANTITY_EXPIRED")

    def _can_pay(self, order: Order, qty: Decimal, price: Decimal) -> bool:
        cost = qty * price if order.side == "BUY" else qty
        return cost <= order.hold.amount + order.person.free(order.hold.asset)

    def _fill_resting(self, order: Order) -> None:
        book = self.market.books[order.symbol.name]
        left = matching.part(order)
        limit = order.ticket.price
        if limit is None:
            return
        before = order.filled_qty
        for price, qty in matching.takeable(order.ticket, book):
            taken = min(qty, left)
            if taken and order.open:
                book.take(order.side, price, taken, self.now())
                self._trade(order, taken, limit, maker=True)
            left -= taken
        if order.filled_qty > before:
            order.parts_left -= 1

    def _trade(self, order: Order, qty: Decimal, price: Decimal, *, maker: bool) -> None:
        book = self.market.books.get(order.symbol.name)
        if book is not None and not maker:
            book.take(order.side, price, qty, self.now())
        execute(
            order,
            qty,
            price,
            maker=maker,
            at=self.now(),
            trade_id=self.number("trade", order.symbol.name),
            market=self.market,
        )
        if len(order.trades) == 1:
            self._limits.first_fill(order.person, maker=maker)
        self._end_mates(order)
        self.rehold(order)
        own = order.order_list
        if own is not None and own.working is order and order.status == "FILLED":
            self._due += own.pending

    def _end_mates(self, order: Order) -> None:
        own = order.order_list
        for mate in own.mates(order) if own is not None else ():
            self.expire(mate, "OCO_TRIGGER")


def _fills_whole(order: Order, levels: list[Level]) -> bool:
    return order.parts_left <= 1 and sum(qty for _, qty in levels) >= order.remaining


def _pieces(order: Order, qty: Decimal) -> list[Decimal]:
    if not qty:
        return []
    number = order.parts_left if order.type in AT_MARKET else 1
    return matching.pieces(qty, number, order.symbol.step)
