"""Orders at Binance: each asked for once, and read back by the id that we gave it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from floorbroker.brokers.binance import answers, executions, receipts
from floorbroker.brokers.binance.calls import TRADES_A_PAGE, BinanceCalls
from floorbroker.brokers.binance.catalogue import CASH, Catalogue
from floorbroker.brokers.binance.errors import BROKER, Refusal, asking_once, not_sent, reading
from floorbroker.brokers.binance.instruments import Instruments
from floorbroker.brokers.binance.order_fields import named, order_fields, symbol_of
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    Absent,
    Fill,
    Found,
    LookUp,
    PositionEffect,
    Receipt,
)

LISTED_AT_MOST: Final = 500
PAIRS_AT_MOST: Final = 20
_TRADE_PAGES_AT_MOST: Final = 10


class Orders:
    """One person's orders."""

    __slots__ = ("_client", "_clock", "_instruments", "_seen", "_strange")

    def __init__(self, client: BinanceCalls, instruments: Instruments, clock: Clock) -> None:
        """See the module's first line."""
        self._client = client
        self._instruments = instruments
        self._clock = clock
        self._strange = StrangeStates(BROKER)
        self._seen: dict[str, None] = {}

    async def place(self, order: Order) -> Receipt:
        """Sends `order` once. An id that Binance knows already is an order of ours that lives."""
        fields = await self._fields(order)
        urgent = order.request.effect is PositionEffect.CLOSE
        self._see(fields["symbol"])
        with asking_once():
            try:
                answer = await self._client.post_order(fields, urgent=urgent)
            except Refusal as refusal:
                if not refusal.of_a_known_id:
                    raise
                return await the_one_that_lives(self.find(order), BROKER, "known id")
            _must_be(answer, order)
        return self._at_once(answer)

    async def cancel(self, order: Order) -> Receipt:
        """Asks once for a cancel; the answer is the order as it ended."""
        fields = named(order)
        with asking_once():
            answer = await self._client.delete_order(fields)
            if answer.orig_client_order_id != order.order_id or answer.symbol != fields["symbol"]:
                raise Unreadable(200)
        self._strange.note(answer.status, known=receipts.known_word(answer))
        return receipts.receipt(
            answer, order.fills, whole=not executions.missing(answer, order.fills)
        )

    async def find(self, order: Order) -> LookUp:
        """By our id, whatever became of it."""
        symbol = symbol_of(order)
        self._see(symbol)
        with reading():
            if not is_order_id(order.order_id):
                raise Unreadable(200)
            try:
                answer = await self._client.get_order(symbol, order.order_id)
            except Refusal as refusal:
                if not refusal.of_no_such_order:
                    raise
                return Absent()
            _must_be(answer, order)
            return Found(receipt=await self._told(answer, order))

    async def working(self) -> Sequence[BrokerOrder]:
        """Every order at work, of all pairs, latest first."""
        with reading():
            found = await self._client.get_open_orders()
            for one in found:
                self._see(one.symbol)
            return await self._lines(found)

    async def ended(self, since: datetime, until: datetime) -> Sequence[BrokerOrder]:
        """Orders that ended within the range, latest end first.

        Binance lists orders of one pair at a time: asked are those of which something was ordered
        or looked at through this adapter, and those in which a coin is held. Of each it tells the
        newest thousand.
        """
        with reading():
            lines: list[BrokerOrder] = []
            for symbol in await self._pairs():
                listed = await self._client.get_all_orders(symbol)
                lines += await self._lines(
                    one
                    for one in listed
                    if receipts.state_of(one).final and since <= receipts.at(one) <= until
                )
        lines.sort(key=lambda line: line.at, reverse=True)
        return lines[:LISTED_AT_MOST]

    async def _fields(self, order: Order) -> dict[str, str]:
        """What `order` is asked for with.

        Raises:
            NotSent: Binance does not take such an order, or does not tell of the pair.
        """
        try:
            pair = await self._instruments.listed(order.request.instrument.symbol)
        except (Failure, BrokerError) as error:
            raise not_sent("Binance does not tell of this pair, so nothing was sent.") from error
        return order_fields(order, pair)

    async def _told(self, answer: answers.Order, order: Order) -> Receipt:
        self._strange.note(answer.status, known=receipts.known_word(answer))
        fills = order.fills
        if executions.missing(answer, fills):
            listed = await self._trades(answer)
            fills = executions.fills_of(answer, fills, listed)
        if receipts.state_of(answer).final:
            rest = executions.rest(answer, fills, self._clock.now())
            fills = fills if rest is None else (*fills, rest)
        return receipts.receipt(answer, fills, whole=not executions.missing(answer, fills))

    async def _trades(self, answer: answers.Order) -> list[answers.Trade]:
        """All executions of one order."""
        listed: list[answers.Trade] = []
        for _ in range(_TRADE_PAGES_AT_MOST):
            after = listed[-1].id + 1 if listed else None
            page = await self._client.get_trades(answer.symbol, answer.order_id, after)
            listed += page
            if len(page) < TRADES_A_PAGE:
                break
        return listed

    async def _pairs(self) -> Sequence[str]:
        """Those that a history is asked for; see `ended`."""
        catalogue = await self._instruments.catalogue()
        held = [
            pair.name
            for one in (await self._client.get_account()).balances
            if one.asset != CASH
            and one.free + one.locked > 0
            and (pair := catalogue.best(one.asset)) is not None
        ]
        return list(dict.fromkeys([*reversed(self._seen), *held]))[:PAIRS_AT_MOST]

    async def _lines(self, found: Iterable[answers.Order]) -> list[BrokerOrder]:
        """With their executions, as far as they are among the newest thousand of their pair."""
        orders = list(found)
        filled = {one.symbol for one in orders if one.executed_qty > 0}
        trades = {one: await self._client.get_symbol_trades(one) for one in sorted(filled)}
        catalogue: Catalogue = await self._instruments.catalogue()
        lines = [
            receipts.broker_order(one, catalogue, _fills(one, trades.get(one.symbol, ())))
            for one in orders
        ]
        return sorted(lines, key=lambda line: line.at, reverse=True)

    def _at_once(self, answer: answers.Order) -> Receipt:
        """What the answer to a new order tells, its executions among it."""
        self._strange.note(answer.status, known=receipts.known_word(answer))
        fills = executions.at_once(answer)
        return receipts.receipt(answer, fills, whole=not executions.missing(answer, fills))

    def _see(self, symbol: str) -> None:
        self._seen.pop(symbol, None)
        self._seen[symbol] = None
        if len(self._seen) > PAIRS_AT_MOST:
            del self._seen[next(iter(self._seen))]


def _fills(order: answers.Order, trades: Sequence[answers.Trade]) -> tuple[Fill, ...]:
    return executions.fills_of(order, (), trades)


def _must_be(answer: answers.Order, order: Order) -> None:
    """An answer about another order than ours says nothing about ours.

    Raises:
        Unreadable: It is about another one.
    """
    if answer.client_order_id != order.order_id or answer.symbol != symbol_of(order):
        raise Unreadable(200)
