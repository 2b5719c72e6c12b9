"""Orders at Alpaca: each asked for once, and read back by the id that we gave it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from floorbroker.brokers.alpaca import answers, errors, executions, receipts
from floorbroker.brokers.alpaca.client import FILLS_A_PAGE, ORDERS_A_PAGE, AlpacaClient
from floorbroker.brokers.alpaca.errors import Refusal, asking_once, reading
from floorbroker.brokers.alpaca.instruments import Instruments
from floorbroker.brokers.alpaca.order_fields import change_fields, order_fields
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.strange_states import StrangeStates
from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import OutcomeUnknown
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Found,
    LookUp,
    OrderChanges,
    PositionEffect,
    Receipt,
)

_CHANGES_AT_MOST: Final = 20
_PAGES_AT_MOST: Final = 10
_A_MOMENT: Final = timedelta(seconds=2)


class Orders:
    """One person's orders."""

    __slots__ = ("_client", "_clock", "_instruments", "_strange")

    def __init__(self, client: AlpacaClient, instruments: Instruments, clock: Clock) -> None:
        """See the module's first line."""
        self._client = client
        self._instruments = instruments
        self._clock = clock
        self._strange = StrangeStates(errors.BROKER)

    async def place(self, order: Order) -> Receipt:
        """Sends `order` once. An id that Alpaca knows already is an order of ours that lives."""
        fields, closing = order_fields(order), order.request.effect is PositionEffect.CLOSE
        with asking_once():
            try:
                answer = await self._client.post_order(fields, urgent=closing)
            except Refusal as refusal:
                if not refusal.of_a_known_id:
                    raise
                answer = await self._the_one_that_lives(order)
            _must_be(answer, order)
        return self._at_first(answer)

    async def cancel(self, order: Order) -> None:
        """Asks once for a cancel. One closing order's end is the end of both."""
        target = await self._target(order)
        with asking_once():
            await self._client.delete_order(target)

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for other terms; the answer is the order that takes the old one's place."""
        target = await self._target(order)
        with asking_once():
            answer = await self._client.patch_order(target, change_fields(order.request, changes))
        return self._at_first(answer)

    async def find(self, order: Order) -> LookUp:
        """The newest of the orders that ours became; its fills are those of all of them."""
        with reading():
            try:
                root = await self._client.get_order_by_client_id(order.order_id)
            except Refusal as refusal:
                if refusal.status != 404 or refusal.code is None:
                    raise
                return Absent()
            _must_be(root, order)
            chain = await self._chain(root)
            told = await self._told(chain, order)
        if told.broker_order_id in order.replaced and order.broker_order_id is not None:
            # A change that came too late: the order that it was for is the one that lives.
            told = replace(told, broker_order_id=order.broker_order_id)
        return Found(receipt=told)

    async def working(self) -> Sequence[BrokerOrder]:
        """Every order at work, closing orders of brackets too, latest first."""
        with reading():
            found: list[answers.Order] = []
            for _ in range(_PAGES_AT_MOST):
                terms = {"before_order_id": found[-1].id} if found else {}
                page = await self._client.get_orders("open", **terms)
                found += page
                if len(page) < ORDERS_A_PAGE:
                    break
            return await self._lines(found)

    async def ended(self, since: datetime, until: datetime) -> Sequence[BrokerOrder]:
        """Ended orders that were submitted within the range, latest end first."""
        with reading():
            after = since.astimezone(UTC).isoformat()
            before = until.astimezone(UTC).isoformat()
            page = await self._client.get_orders("closed", after=after, until=before)
            lines = await self._lines(page)
        return sorted(lines, key=lambda line: line.at, reverse=True)

    async def _target(self, order: Order) -> str:
        """Alpaca's id of what a request is about; read back where it may have changed.

        Raises:
            NotSent: It cannot be told, so nothing was asked.
        """
        if order.state is OrderState.FILLED:
            legs = [leg.broker_order_id for leg in order.legs if leg.state.working]
            target = legs[0] if legs else order.broker_order_id
        elif order.broker_order_id is not None and not order.replaced:
            target = order.broker_order_id
        else:
            target = await self._present_id(order)
        if target is None or not _UUID.fullmatch(target):
            raise errors.not_sent("Alpaca's id of this order is not known, so nothing was asked.")
        return target

    async def _present_id(self, order: Order) -> str:
        try:
            root = await self._client.get_order_by_client_id(order.order_id)
            _must_be(root, order)
            return (await self._chain(root))[-1].id
        except Failure as error:
            raise errors.not_sent(
                "Alpaca does not tell of this order, so nothing was asked."
            ) from error

    async def _the_one_that_lives(self, order: Order) -> answers.Order:
        """The order whose id Alpaca refused to take again.

        Raises:
            OutcomeUnknown: It does not show itself.
        """
        try:
            return await self._client.get_order_by_client_id(order.order_id)
        except Failure as error:
            raise OutcomeUnknown(broker=errors.BROKER, detail="known id, not found") from error

    async def _chain(self, root: answers.Order) -> list[answers.Order]:
        """The orders that ours became, oldest first; the last one with its legs."""
        chain = [root]
        while chain[-1].status == "replaced" and chain[-1].replaced_by is not None:
            if len(chain) > _CHANGES_AT_MOST:
                raise Unreadable(200)
            chain.append(await self._client.get_order(chain[-1].replaced_by))
        if chain[-1] is root and root.order_class in {"bracket", "oto"} and not root.legs:
            chain[-1] = await self._client.get_order(root.id)
        return chain

    async def _told(self, chain: Sequence[answers.Order], order: Order) -> Receipt:
        newest = chain[-1]
        self._strange.note(newest.status, known=receipts.known_word(newest))
        if not executions.expects_fills(chain):
            return receipts.receipt(newest)
        if executions.complete(chain, order.fills):
            return receipts.receipt(newest, order.fills)
        listed = await self._executions(chain[0])
        fills = executions.fills_of(chain, order.fills, listed)
        gap = executions.missing(chain, fills, listed)
        if gap and receipts.state_of(newest).final:
            rest = executions.rest(newest, fills, gap, self._clock.now())
            fills, gap = ((*fills, rest), gap * 0) if rest is not None else (fills, gap)
        return receipts.receipt(newest, fills, whole=not gap)

    async def _executions(self, since: answers.Order) -> list[answers.FillActivity]:
        """All executions of the account since an order was submitted."""
        began = since.submitted_at or since.created_at or self._clock.now()
        listed: list[answers.FillActivity] = []
        for _ in range(_PAGES_AT_MOST):
            last = listed[-1].id if listed else None
            page = await self._client.get_fills(began - _A_MOMENT, last)
            listed += page
            if len(page) < FILLS_A_PAGE:
                break
        return listed

    async def _lines(self, found: Sequence[answers.Order]) -> list[BrokerOrder]:
        """With their executions, as far as they are among the first thousand since the oldest."""
        filled = [order for order in found if order.filled_qty > 0]
        began = min(filled, key=_submitted, default=None)
        listed = await self._executions(began) if began is not None else []
        coins = await self._instruments.coins() if _any_coins(found) else {}
        lines = []
        for order in found:
            fills = executions.fills_of([order], (), listed)
            line = receipts.broker_order(order, coins, receipts.receipt(order, fills))
            lines += [line] if line is not None else []
        return lines

    def _at_first(self, answer: answers.Order) -> Receipt:
        """What the answer to a request tells; fills are left to the next look."""
        self._strange.note(answer.status, known=receipts.known_word(answer))
        return receipts.receipt(answer, whole=not answer.filled_qty)


_UUID: Final = re.compile(answers.UUID_PATTERN, re.ASCII)


def _must_be(answer: answers.Order, order: Order) -> None:
    """An answer about another order than ours says nothing about ours.

    Raises:
        Unreadable: It is about another one.
    """
    if answer.client_order_id != order.order_id:
        raise Unreadable(200)


def _submitted(order: answers.Order) -> datetime:
    return order.submitted_at or order.created_at or datetime.fromtimestamp(0, UTC)


def _any_coins(found: Sequence[answers.Order]) -> bool:
    return any(order.asset_class.startswith("crypto") for order in found)
