"""The orders of everybody: placed, found, canceled, filled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from tests.simulators.alpaca import brackets, matching
from tests.simulators.alpaca.assets import CRYPTO, Asset, Catalogue, Contract
from tests.simulators.alpaca.calendar import utc_close
from tests.simulators.alpaca.coins import check_coin
from tests.simulators.alpaca.equities import check_equity
from tests.simulators.alpaca.fills import execute
from tests.simulators.alpaca.funds import Funds
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.options import check_option
from tests.simulators.alpaca.orders import Order
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.refusals import (
    Refusal,
    already,
    duplicate,
    forbidden,
    invalid,
    order_not_found,
    unprocessable,
)
from tests.simulators.alpaca.rules import Around, check_account
from tests.simulators.alpaca.ticket import Ticket, read_ticket
from tests.simulators.alpaca.wire import nine

GTC_DAYS: Final = 90
"""https://docs.alpaca.markets/docs/orders-at-alpaca, "Aged order policy"."""


class Desk:
    """Where orders live.

    Attributes:
        orders: All of them, legs among them, oldest first.
        parts: In how many matches new orders fill.
        cancels_wait: Whether a cancel stays `pending_cancel` until `finish_cancels`.
        crypto_fee_bps: Kept back from what a crypto order receives.
    """

    def __init__(self, market: Market, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        """No orders yet."""
        self.orders: list[Order] = []
        self.parts = 1
        self.cancels_wait = False
        self.crypto_fee_bps = Decimal(25)
        self._market = market
        self._catalogue = catalogue
        self.now = now

    def place(self, person: Person, body: Mapping[str, Any]) -> Order:
        """A new order and its legs, not matched yet.

        Raises:
            Refusal: It may not be placed.
        """
        if body.get("order_class") == "mleg":
            raise forbidden("submit mleg order is disabled")
        ticket = brackets.main_ticket(read_ticket(body))
        check_account(person)
        asset = self.asset(ticket.symbol)
        ticket = replace(ticket, symbol=asset.symbol)
        self.check_unique(person, ticket.client_order_id)
        intent, reserved = self.check(ticket, asset, self.around(person))
        order = self._new(person, ticket, asset, intent, reserved)
        brackets.add_legs(order, ticket)
        self.orders += [order, *order.legs]
        return order

    def check(self, ticket: Ticket, asset: Asset | Contract, around: Around) -> tuple[str, Decimal]:
        """The rules for its kind; gives intent and reserve.

        Raises:
            Refusal: It may not be placed.
        """
        if isinstance(asset, Contract):
            return check_option(ticket, asset, around)
        if asset.asset_class == CRYPTO:
            return check_coin(ticket, asset, around)
        return check_equity(ticket, asset, around)

    def check_unique(self, person: Person, client_order_id: str) -> None:
        """Among all orders of the person, ended ones too (the guide says "active"; unverified).

        Raises:
            Refusal: It is taken.
        """
        if any(o.client_order_id == client_order_id for o in self.of(person)):
            raise duplicate()

    def around(self, person: Person, *, replacing: Order | None = None) -> Around:
        """What the rules look at for `person`."""
        own = self.of(person)
        return Around(
            person=person,
            funds=self.funds(person),
            market=self._market,
            open_orders=[o for o in own if not o.ended and o is not replacing],
            replacing=replacing,
        )

    def funds(self, person: Person) -> Funds:
        """The person's figures as they are now."""
        return Funds(person, self.of(person), self._market, self._catalogue)

    def of(self, person: Person) -> list[Order]:
        """The person's orders, oldest first."""
        return [order for order in self.orders if order.person is person]

    def find(self, person: Person, order_id: str) -> Order:
        """By Alpaca's id.

        Raises:
            Refusal: There is none, or that is no id.
        """
        try:
            wanted = str(UUID(order_id))
        except ValueError as error:
            raise invalid("order_id is missing") from error
        for order in self.of(person):
            if order.id == wanted:
                return order
        raise order_not_found(wanted)

    def find_by_client_id(self, person: Person, client_order_id: str) -> Order:
        """By the person's own id.

        Raises:
            Refusal: There is none.
        """
        for order in self.of(person):
            if order.client_order_id == client_order_id:
                return order
        raise order_not_found(client_order_id)

    def cancel(self, order: Order) -> None:
        """Asks for the end of `order` and of its group.

        Raises:
            Refusal: It has ended, or is being replaced.
        """
        if order.ended or order.status == "pending_replace":
            raise already(order.status)
        if self.cancels_wait:
            order.become("pending_cancel", self.now())
            return
        brackets.cancel_group(order, self.now())

    def finish_cancels(self) -> None:
        """Whatever waits for its cancel gets it."""
        for order in self.orders:
            if order.status == "pending_cancel":
                brackets.cancel_group(order, self.now())

    def match(self) -> None:
        """Fills what the market takes now; an order that fills in parts takes one part."""
        self._match(list(self.orders))

    def arrive(self, order: Order) -> None:
        """The first match of an order that came in; what may not rest ends here."""
        if order.time_in_force == "fok" and order.parts_left > 1:
            order.become("canceled", self.now())
        self._match(order.group)
        if order.time_in_force in {"ioc", "fok"} and not order.ended:
            order.become("canceled", self.now())

    def fill(self, order: Order, qty: Decimal | None, price: Decimal) -> None:
        """An execution, whatever the market shows; without `qty` of all that is left."""
        if order.qty is None and order.units is None:
            order.units = nine((order.notional or Decimal(0)) / price)
        amount = order.remaining if qty is None else qty
        execute(order, amount, price, self.now(), self.crypto_fee_bps)
        order.parts_left -= 1
        brackets.after_fill(order, self.now())

    def end_day(self) -> None:
        """The close: `cls` orders fill at the last price, other orders of the day expire."""
        for order in list(self.orders):
            quote = self._market.quotes.get(order.symbol)
            if order.ended:
                continue
            if order.time_in_force == "cls" and quote is not None:
                self.fill(order, None, quote.last)
            elif order.time_in_force in {"day", "opg", "cls"}:
                order.become("expired", self.now())

    def _match(self, orders: Sequence[Order]) -> None:
        for order in orders:
            self._settle_in(order)
            price = matching.look(order, self._market)
            if price is not None:
                self.fill(order, matching.part(order, price), price)

    def _settle_in(self, order: Order) -> None:
        waits = order.status in {"pending_new", "accepted"}
        if waits and matching.can_trade(order, self._market):
            order.become("new", self.now())

    def _new(
        self, person: Person, ticket: Ticket, asset: Asset | Contract, intent: str, money: Decimal
    ) -> Order:
        now = self.now()
        order = Order(
            person=person,
            asset=asset,
            side=ticket.side,
            type=ticket.type,
            time_in_force=ticket.time_in_force,
            client_order_id=ticket.client_order_id,
            created_at=now,
            # Finer quantities of coins were seen to be cut to nine decimals.
            qty=None if ticket.qty is None else nine(ticket.qty),
            notional=ticket.notional,
            limit_price=ticket.limit_price,
            stop_price=ticket.stop_price,
            trail_price=ticket.trail_price,
            trail_percent=ticket.trail_percent,
            extended_hours=ticket.extended_hours,
            order_class=ticket.order_class,
            position_intent=intent,
            expires_at=self.expiry(ticket.time_in_force, now),
            parts_left=self.parts,
            reserved=money,
        )
        if not matching.can_trade(order, self._market):
            order.status = "accepted"
        matching.start_trail(order, self._market)
        return order

    def expiry(self, time_in_force: str, now: datetime) -> datetime | None:
        """Day orders end with the session; good-till-canceled ones after 90 days."""
        if time_in_force == "gtc":
            return utc_close(now + timedelta(days=GTC_DAYS))
        return utc_close(now)

    def asset(self, symbol: str) -> Asset | Contract:
        """What has that symbol.

        Raises:
            Refusal: Nothing has.
        """
        found = self._catalogue.asset(symbol) or self._catalogue.contract(symbol)
        if found is None:
            raise _unknown(symbol)
        return found


def _unknown(symbol: str) -> Refusal:
    if len(symbol) > 14 and symbol[-8:].isdigit():
        return unprocessable(f'contract "{symbol}" not found')
    return unprocessable(f'asset "{symbol}" not found')
