"""Orders at Kraken: each asked for once, and read back by its ids, Kraken's and ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.kraken import answers, executions, receipts
from floorbroker.brokers.kraken.client import (
    ORDER_ID,
    ORDERS_A_PAGE,
    TRADES_AT_ONCE,
    KrakenClient,
)
from floorbroker.brokers.kraken.errors import BROKER, Refusal, asking_once, not_sent, reading
from floorbroker.brokers.kraken.instruments import Instruments
from floorbroker.brokers.kraken.order_fields import change_fields, order_fields
from floorbroker.brokers.kraken.receipts import Known
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Failure, NoAllowance, Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Fill,
    Found,
    LookUp,
    OrderChanges,
    PositionEffect,
    Receipt,
)

LISTED_AT_MOST: Final = 500
_A_MOMENT: Final = timedelta(seconds=1)


class Orders:
    """One person's orders."""

    __slots__ = ("_client", "_clock", "_instruments", "_strange")

    def __init__(self, client: KrakenClient, instruments: Instruments, clock: Clock) -> None:
        """See the module's first line."""
        self._client = client
        self._instruments = instruments
        self._clock = clock
        self._strange = StrangeStates(BROKER)

    async def place(self, order: Order) -> Receipt:
        """Sends `order` once. An id that Kraken knows already is an order of ours that lives."""
        fields = await self.fields(order)
        urgent = order.request.effect is PositionEffect.CLOSE
        with asking_once():
            try:
                placed = await self._client.add_order(fields, urgent=urgent)
            except Refusal as refusal:
                if not refusal.of_a_known_id:
                    raise
                return await the_one_that_lives(
                    self.find(replace(order, broker_order_id=None)), BROKER, "known id"
                )
        return Receipt(broker_order_id=placed.txid[0], state=OrderState.ACCEPTED)

    async def fields(self, order: Order) -> dict[str, str]:
        """What `order` is asked for with; nothing is asked yet.

        Raises:
            NotSent: Kraken does not take such an order, or does not tell of the pair.
        """
        try:
            pair = await self._instruments.pair(order.request.instrument.symbol)
        except (Failure, BrokerError) as error:
            raise not_sent("Kraken does not tell of this pair, so nothing was sent.") from error
        return order_fields(order, pair)

    async def cancel(self, order: Order) -> None:
        """Asks once for a cancel; one that is under way already is as good as taken."""
        txid = order.broker_order_id
        if txid is None:
            if not is_order_id(order.order_id):
                raise not_sent("The order has no id of ours, so nothing was asked.")
            named = {"cl_ord_id": str(order.order_id)}
        elif ORDER_ID.fullmatch(txid):
            named = {"txid": txid}
        else:
            raise not_sent("Kraken's id of this order is not known, so nothing was asked.")
        with asking_once():
            try:
                await self._client.cancel_order(named)
            except Refusal as refusal:
                if not refusal.of_a_pending_cancel:
                    raise

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for other terms; Kraken changes the order in place, under the same ids."""
        txid = order.broker_order_id or await self._present_id(order)
        if not ORDER_ID.fullmatch(txid):
            raise not_sent("Kraken's id of this order is not known, so nothing was asked.")
        with asking_once():
            await self._client.amend_order(txid, change_fields(changes))
        return Receipt(
            broker_order_id=txid,
            state=order.state if order.state.working else OrderState.ACCEPTED,
            quantity=changes.quantity,
            limit_price=changes.limit_price,
            stop_price=changes.stop_price,
        )

    async def find(self, order: Order) -> LookUp:
        """By Kraken's id where it is known, else by ours, among open orders and ended ones."""
        with reading():
            found = await self._found(order)
            told = [await self._told(one, order) for one in found]
        if len(told) > 1:
            return Ambiguous(candidates=tuple(told))
        return Found(receipt=told[0]) if told else Absent()

    async def working(self) -> Sequence[BrokerOrder]:
        """Every order at work, latest first."""
        with reading():
            found = await self._client.get_open_orders()
            return await self._lines(found)

    async def ended(self, since: datetime, until: datetime) -> Sequence[BrokerOrder]:
        """Orders that ended within the range, latest end first; as many as Kraken's limit lets."""
        terms = {
            "start": f"{(since - _A_MOMENT).timestamp():.0f}",
            "end": f"{(until + _A_MOMENT).timestamp():.0f}",
            "closetime": "close",
        }
        found: dict[str, answers.Order] = {}
        with reading():
            while len(found) < LISTED_AT_MOST:
                try:
                    page = await self._client.get_closed_orders({**terms, "ofs": str(len(found))})
                except NoAllowance:
                    if not found:
                        raise
                    break
                new = page.keys() - found.keys()
                found |= page
                if len(page) < ORDERS_A_PAGE or not new:
                    break
            lines = await self._lines(found)
        within = [line for line in lines if since <= line.at <= until]
        return within[:LISTED_AT_MOST]

    async def _found(self, order: Order) -> list[Known]:
        txid = order.broker_order_id
        if txid is not None and ORDER_ID.fullmatch(txid):
            found = await self._client.query_order(txid)
            told = found.get(txid)
            if told is not None:
                if told.cl_ord_id not in {None, order.order_id}:
                    raise Unreadable(200)
                return [Known(txid, told)]
        return await self._by_our_id(order)

    async def _by_our_id(self, order: Order) -> list[Known]:
        """Open ones first: what ends meanwhile is then among the ended ones.

        Raises:
            Unreadable: Orders of another id came too: the list is not what was asked for, and
                ours could stand further down.
        """
        if not is_order_id(order.order_id):
            raise Unreadable(200)
        found = await self._client.get_open_orders(order.order_id)
        terms = {"cl_ord_id": str(order.order_id)}
        found = {**found, **await self._client.get_closed_orders(terms, urgent=True)}
        if any(one.cl_ord_id != order.order_id for one in found.values()):
            raise Unreadable(200)
        return [Known(txid, told) for txid, told in found.items()]

    async def _told(self, known: Known, order: Order) -> Receipt:
        told, currency = known.told, order.request.instrument.currency
        self._strange.note(told.status, known=receipts.known_word(told))
        fills: tuple[Fill, ...] = order.fills
        wanted = executions.new_ones(told, fills)
        for at in range(0, len(wanted), TRADES_AT_ONCE):
            trades = await self._client.query_trades(wanted[at : at + TRADES_AT_ONCE])
            fills = executions.fills_of(known.txid, fills, trades, currency)
        if receipts.state_of(told).final:
            rest = executions.rest(known.txid, told, fills, currency, self._clock.now())
            fills = fills if rest is None else (*fills, rest)
        whole = executions.missing(told, fills) <= 0
        return receipts.receipt(known, fills, whole=whole)

    async def _present_id(self, order: Order) -> str:
        """Kraken's id of an open order of ours.

        Raises:
            NotSent: It cannot be told.
        """
        words = "Kraken does not tell of this order, so nothing was asked."
        if not is_order_id(order.order_id):
            raise not_sent(words)
        try:
            found = await self._client.get_open_orders(order.order_id)
        except Failure as error:
            raise not_sent(words) from error
        ours = [txid for txid, told in found.items() if told.cl_ord_id == order.order_id]
        if len(ours) != 1:
            raise not_sent(words)
        return ours[0]

    async def _lines(self, found: Mapping[str, answers.Order]) -> list[BrokerOrder]:
        catalogue = await self._instruments.catalogue()
        lines = [
            receipts.broker_order(Known(txid, told), catalogue) for txid, told in found.items()
        ]
        return sorted(lines, key=lambda line: line.at, reverse=True)
