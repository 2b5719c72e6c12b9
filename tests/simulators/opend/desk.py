"""The orders of every account: placed, changed, canceled, filled."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

from tests.simulators.opend import ticket as tickets
from tests.simulators.opend.accounts import Account, Position
from tests.simulators.opend.asking import Refusal
from tests.simulators.opend.funds import Funds
from tests.simulators.opend.instruments import Listing, Security
from tests.simulators.opend.market import Market
from tests.simulators.opend.matching import may_fill_now, price_now
from tests.simulators.opend.orders import (
    BUY,
    BUY_BACK,
    SELL,
    SELL_SHORT,
    TRIGGERED,
    WORKING,
    Deal,
    Order,
)

_FIRST_ID: Final = 6_664_320_708_369_556_801
_FIRST_DEAL: Final = 5_056_208_452_274_069_301
_ONE: Final = Decimal(1)


class Desk:
    """Where orders live.

    Attributes:
        orders: Everybody's, oldest first.
        deals: Likewise.
        told: Called with every order that changed and every deal, for the pushes.
        parts: In how many matches new orders fill.
        orders_wait: Whether new ones stay SUBMITTING until `finish_orders`.
        cancels_wait: Whether a cancel stays CANCELLING until `finish_cancels`.
        verdict: With it every new order is taken and then FAILED.
    """

    def __init__(self, market: Market, listing: Listing, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.deals: list[Deal] = []
        self.told: list[Callable[[Order | Deal], None]] = []
        self.parts = 1
        self.orders_wait = self.cancels_wait = False
        self.verdict: str | None = None
        self.market = market
        self.listing = listing
        self._now = now
        self._ids = count(_FIRST_ID)
        self._deal_ids = count(_FIRST_DEAL)
        self._parts_left: dict[Order, int] = {}

    # Placing

    def place(self, account: Account, security: Security, ticket: tickets.Ticket) -> Order:
        """A new order, SUBMITTING; `arrive` brings it to the market.

        Raises:
            Refusal: Rules or money do not allow it.
        """
        tickets.check(ticket, account, security)
        order = Order(
            order_id=next(self._ids),
            account=account,
            security=security,
            created_at=self._now(),
            updated_at=self._now(),
            day=self.market.local().date(),
            **{name: getattr(ticket, name) for name in ticket.__slots__},
        )
        order.side = self._side(order)
        self._check_money(order)
        self.orders.append(order)
        self._parts_left[order] = self.parts
        return order

    def arrive(self, order: Order) -> None:
        """The market's word, unless it is let wait."""
        self._tell(order)
        if self.orders_wait or order.ended:
            return
        if self.verdict is not None:
            self.set_status(order, "FAILED", self.verdict)
            return
        order.status = "WAITING_SUBMIT"
        if not may_fill_now(order, self.market):
            self._tell(order)
        self._match([order])

    def finish_orders(self) -> None:
        """Whatever waits goes to the market."""
        self.orders_wait = False
        for order in self.orders:
            if order.status == "SUBMITTING":
                self.arrive(order)

    # Finding

    def find(self, account: Account, order_id_ex: str) -> Order:
        """One of that account.

        Raises:
            Refusal: There is none (the words are unverified).
        """
        for order in self.orders:
            if order.account is account and order.order_id_ex == order_id_ex:
                return order
        raise Refusal("Order does not exist")

    def of(self, account: Account) -> Sequence[Order]:
        """Its orders, newest first."""
        return [order for order in reversed(self.orders) if order.account is account]

    def funds(self, account: Account, *, besides: Order | None = None) -> Funds:
        """Its figures as they are now."""
        others = [order for order in self.of(account) if order is not besides]
        return Funds(account, others, self.listing, self.market)

    # Changing and ending

    def cancel(self, order: Order) -> None:
        """Asks for its end.

        Raises:
            Refusal: It has ended, or is being ended.
        """
        if order.ended or order.status.startswith("CANCELLING"):
            raise Refusal(f"The current order status does not support cancel: {order.status}")
        if self.cancels_wait:
            self.set_status(order, "CANCELLING_PART" if order.deals else "CANCELLING_ALL")
        else:
            self.end(order)

    def end(self, order: Order) -> None:
        """Canceled, whoever wanted it."""
        self.set_status(order, "CANCELLED_PART" if order.deals else "CANCELLED_ALL")

    def finish_cancels(self) -> None:
        """Whatever waits for its cancel gets it."""
        self.cancels_wait = False
        for order in self.orders:
            if order.status.startswith("CANCELLING"):
                self.end(order)

    def change(self, order: Order, c2s: Any) -> None:
        """Another quantity (with what has dealt) and other prices; it keeps its number.

        Raises:
            Refusal: It does not work any more, or the new numbers are not allowed.
        """
        if order.status not in WORKING:
            raise Refusal(f"The current order status does not support modify: {order.status}")
        if order.type == "MARKET":
            raise Refusal("Market orders cannot be modified")
        qty = tickets.units(c2s.qty)
        if qty <= order.dealt or qty % order.security.lot:
            raise Refusal("The order quantity is not valid")
        before = (order.qty, order.price)
        order.qty = qty
        if order.has_limit and order.type != "TRAILING_STOP_LIMIT":
            order.price = tickets.cut(c2s.price, order.security, adjusts=c2s.adjustPrice)
        try:
            if order.has_limit and order.type != "TRAILING_STOP_LIMIT":
                tickets.check_price(order.price, order.security)
            self._check_money(order)
        except Refusal:
            order.qty, order.price = before
            raise
        if order.type in TRIGGERED:
            order.aux_price = tickets.optional(c2s, "auxPrice") or order.aux_price
        order.trail_value = tickets.optional(c2s, "trailValue") or order.trail_value
        order.trail_spread = tickets.optional(c2s, "trailSpread") or order.trail_spread

    def changed(self, order: Order) -> None:
        """What the market makes of a change."""
        self.set_status(order, order.status)
        self._match([order])

    # Filling

    def match(self) -> None:
        """Fills what the market takes now; an order that fills in parts takes one part."""
        self._match(self.orders)

    def fill(self, order: Order, quantity: Decimal, price: Decimal) -> Deal:
        """A deal, whatever the market shows.

        Raises:
            ValueError: There is not so much left of it.
        """
        if order.ended or quantity > order.left:
            raise ValueError(f"{order.order_id} is {order.status}, {order.left} left")
        deal = Deal(
            id=next(self._deal_ids),
            order=order,
            quantity=quantity,
            price=price,
            at=self._now(),
        )
        order.deals.append(deal)
        self.deals.append(deal)
        signed = quantity if order.buys else -quantity
        self.move(order.account, order.security, signed, price)
        order.account.cash -= signed * price * order.security.multiplier
        for tell in self.told:
            tell(deal)
        waits = order.status.startswith("CANCELLING") and order.left
        part = "CANCELLING_PART" if waits else "FILLED_PART"
        self.set_status(order, part if order.left else "FILLED_ALL")
        return deal

    def move(self, account: Account, security: Security, units: Decimal, price: Decimal) -> None:
        """More (or fewer) units at that price in the account's hands."""
        held = account.positions.get(security.code)
        if held is None:
            held = Position(quantity=Decimal(0), cost=price, id=security.id)
            account.positions[security.code] = held
        after = held.quantity + units
        if held.quantity * units > 0:
            held.cost = (held.quantity * held.cost + units * price) / after
        elif held.quantity * after < 0:
            held.cost = price
        held.quantity = after
        if not after:
            del account.positions[security.code]

    def end_day(self) -> None:
        """The close: what was for the day is over."""
        for order in self.orders:
            if not order.ended and order.time_in_force == "DAY":
                self.end(order)

    def _match(self, orders: Sequence[Order]) -> None:
        for order in [one for one in orders if one.status in WORKING]:
            if order.status == "WAITING_SUBMIT" and may_fill_now(order, self.market):
                self.set_status(order, "SUBMITTED")
            price = price_now(order, self.market)
            if price is None:
                continue
            parts = self._parts_left[order]
            self._parts_left[order] = max(parts - 1, 1)
            lot = order.security.lot
            part = max((order.left / parts) // lot, _ONE) * lot if parts > 1 else order.left
            self.fill(order, min(part, order.left), price)

    def _side(self, order: Order) -> str:
        held = self.funds(order.account).held(order.code)
        if order.side == SELL and held <= 0:
            return SELL_SHORT
        return BUY_BACK if order.side == BUY and held < 0 else order.side

    def _check_money(self, order: Order) -> None:
        funds = self.funds(order.account, besides=order)
        price = order.price if order.has_limit and order.price else funds.price(order.code)
        if order.side == BUY:
            enough = order.left <= funds.buyable(order.security, price, credit=True)
        elif order.side == SELL:
            enough = order.left <= funds.sellable(order.code)
        elif order.side == SELL_SHORT:
            enough = order.left <= funds.shortable(order.security, price)
        else:
            enough = order.left <= -funds.held(order.code)
        if not enough:
            raise Refusal(_TOO_MUCH[order.side])

    def set_status(self, order: Order, status: str, why: str = "") -> None:
        """Any; everybody is told."""
        order.status = status
        order.last_err_msg = why or order.last_err_msg
        order.updated_at = self._now()
        self._tell(order)

    def _tell(self, order: Order) -> None:
        for tell in self.told:
            tell(order)


_TOO_MUCH: Final = {
    BUY: "Insufficient buying power in the account",
    SELL: "Insufficient position to sell",
    SELL_SHORT: "This stock cannot be sold short in this account",
    BUY_BACK: "The quantity exceeds the short position",
}
"""Unverified words."""
