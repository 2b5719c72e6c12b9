"""Orders at Coinbase: each asked for once, and read back by Coinbase's id or by ours."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from floorbroker.brokers.coinbase import executions, receipts
from floorbroker.brokers.coinbase import order_answers as answers
from floorbroker.brokers.coinbase.catalogue import Pair
from floorbroker.brokers.coinbase.client import UUID, CoinbaseClient
from floorbroker.brokers.coinbase.errors import (
    BROKER,
    Refusal,
    asking_once,
    not_sent,
    previewing,
    reading,
)
from floorbroker.brokers.coinbase.instruments import Instruments
from floorbroker.brokers.coinbase.listing import Listing
from floorbroker.brokers.coinbase.order_fields import CHANGEABLE, order_fields, preview_fields
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Failure, Unreadable, plain
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, NotSent, OrderRejected
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Found,
    LookUp,
    OrderChanges,
    PositionEffect,
    Preview,
    Receipt,
    Side,
)

LISTED_AT_MOST: Final = 500
_FILL_PAGES_AT_MOST: Final = 50
_UNTOLD: Final = "Coinbase does not tell of this order, so nothing was asked."


class Orders:
    """One person's orders."""

    __slots__ = ("_client", "_clock", "_instruments", "_listing", "_strange")

    def __init__(self, client: CoinbaseClient, instruments: Instruments, clock: Clock) -> None:
        """See the module's first line."""
        self._client = client
        self._instruments = instruments
        self._clock = clock
        self._listing = Listing(client, clock)
        self._strange = StrangeStates(BROKER)

    async def place(self, order: Order) -> Receipt:
        """Sends `order` once. An id that Coinbase knows already is an order of ours that lives.

        Coinbase answers it with that order, or refuses it as a duplicate.
        """
        fields = order_fields(order, await self._pair(order))
        urgent = order.request.effect is PositionEffect.CLOSE
        with asking_once():
            try:
                placed = await self._client.post_order(fields, urgent=urgent)
            except Refusal as refusal:
                if not refusal.of_a_known_id:
                    raise
                return await the_one_that_lives(self.find(order), BROKER, "known id")
            if placed.client_order_id != order.order_id or placed.side != fields["side"]:
                raise Unreadable(200)
        return Receipt(broker_order_id=placed.order_id, state=OrderState.ACCEPTED)

    async def preview(self, order: Order) -> Preview:
        """What Coinbase says of `order` without placing it.

        Raises:
            OrderRejected: It would be refused now, by Coinbase or before it gets there.
            NotSent: Coinbase does not tell of the pair.
        """
        pair = await self._pair(order)
        try:
            fields = preview_fields(order, pair)
        except NotSent as error:
            raise OrderRejected(error.message, broker=BROKER) from error
        with previewing():
            told = await self._client.preview_order(fields)
            # A total has the commission in it: more for who buys, less for who sells.
            sign = -1 if order.request.side is Side.BUY else 1
            cost = told.order_total + sign * told.commission_total
            if cost <= 0 or told.commission_total < 0:
                raise Unreadable(200)
        return Preview(cost=cost, fees=told.commission_total)

    async def cancel(self, order: Order) -> None:
        """Asks once for a cancel; one that is under way already is as good as taken."""
        order_id = order.broker_order_id
        if order_id is None:
            order_id = (await self._present(order)).order_id
        _checked(order_id)
        with asking_once():
            try:
                await self._client.cancel_order(order_id)
            except Refusal as refusal:
                if not refusal.of_a_cancel_under_way:
                    raise

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for other terms; Coinbase changes the order in place, under the same ids.

        What is not to change is sent as it stands there: Coinbase takes a missing term for 0. Its
        answer says that the change was asked for, so the order is looked at once more.
        """
        if changes.stop_price is not None:
            raise not_sent("Coinbase does not change the stop of an order. Cancel it instead.")
        before = await self._present(order)
        terms = before.terms
        if before.kind != CHANGEABLE or not (terms.base_size and terms.limit_price):
            raise not_sent("Coinbase changes limit orders good til canceled only.")
        price = changes.limit_price or terms.limit_price
        size = changes.quantity or terms.base_size
        with asking_once():
            await self._client.edit_order(before.order_id, price=plain(price), size=plain(size))
        after = await self._after_change(before)
        return receipts.receipt(
            after, order.fills, whole=not executions.missing(after, order.fills)
        )

    async def find(self, order: Order) -> LookUp:
        """By Coinbase's id where it is known, else by ours, whatever became of it."""
        with reading():
            found = await self._found(order)
            told = [await self._told(one, order) for one in found]
        if len(told) > 1:
            return Ambiguous(candidates=tuple(told))
        return Found(receipt=told[0]) if told else Absent()

    async def _pair(self, order: Order) -> Pair:
        try:
            return await self._instruments.listed(order.request.instrument.symbol)
        except (Failure, BrokerError) as error:
            raise not_sent("Coinbase does not tell of this pair, so nothing was sent.") from error

    async def _found(self, order: Order) -> list[answers.Order]:
        """By Coinbase's id a new order may not show yet: then it is looked for by ours."""
        order_id = order.broker_order_id
        if order_id is not None and UUID.fullmatch(order_id):
            try:
                told = await self._client.get_order(order_id)
            except Refusal as refusal:
                if not refusal.of_nothing_there:
                    raise
            else:
                if told.order_id != order_id or told.client_order_id != order.order_id:
                    raise Unreadable(200)
                return [told]
        if not is_order_id(order.order_id):
            raise Unreadable(200)
        return await self._listing.of_our_id(order)

    async def _present(self, order: Order) -> answers.Order:
        """`order` as it stands at Coinbase now.

        Raises:
            NotSent: It cannot be told.
        """
        if order.broker_order_id is not None:
            _checked(order.broker_order_id)
        try:
            found = await self._found(order)
        except Failure as error:
            raise not_sent(_UNTOLD) from error
        if len(found) != 1:
            raise not_sent(_UNTOLD)
        return found[0]

    async def _after_change(self, before: answers.Order) -> answers.Order:
        """As it stands after a change was asked for; as before, if that cannot be told."""
        with suppress(Failure):
            after = await self._client.get_order(before.order_id)
            if (after.order_id, after.client_order_id) == (before.order_id, before.client_order_id):
                return after
        return before

    async def _told(self, told: answers.Order, order: Order) -> Receipt:
        self._strange.note(told.status, known=receipts.known_word(told))
        if told.retail_portfolio_id not in {"", order.account_id}:
            raise Unreadable(200)
        currency, fills = order.request.instrument.currency, order.fills
        if executions.missing(told, fills):
            fills = executions.fills_of(told, fills, await self._fills(told), currency)
        if receipts.state_of(told).final:
            rest = executions.rest(told, fills, currency, self._clock.now())
            fills = fills if rest is None else (*fills, rest)
        return receipts.receipt(told, fills, whole=not executions.missing(told, fills))

    async def _fills(self, told: answers.Order) -> list[answers.Fill]:
        """All executions of one order: its last page has an empty cursor."""
        listed: list[answers.Fill] = []
        cursor = ""
        for _ in range(_FILL_PAGES_AT_MOST):
            page = await self._client.get_fills(told.order_id, cursor)
            listed += page.fills
            if not page.cursor or not page.fills:
                break
            cursor = page.cursor
        return listed

    async def working(self) -> Sequence[BrokerOrder]:
        """Every order at work, latest first."""
        with reading():
            return await self._lines(await self._listing.working())

    async def ended(self, since: datetime, until: datetime) -> Sequence[BrokerOrder]:
        """Ended orders that were placed within the range, latest end first."""
        with reading():
            lines = await self._lines(await self._listing.ended(since, until))
        return [line for line in lines if line.at <= until][:LISTED_AT_MOST]

    async def _lines(self, found: Iterable[answers.Order]) -> list[BrokerOrder]:
        catalogue = await self._instruments.catalogue()
        lines = [receipts.broker_order(one, catalogue) for one in found]
        return sorted(lines, key=lambda line: line.at, reverse=True)


def _checked(order_id: str) -> None:
    """Nothing is asked about what is no id of Coinbase's.

    Raises:
        NotSent: It is none.
    """
    if not UUID.fullmatch(order_id):
        raise not_sent("Coinbase's id of this order is not known, so nothing was asked.")
