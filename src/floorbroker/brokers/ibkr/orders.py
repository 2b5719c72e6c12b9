"""Orders at Interactive Brokers: each handed over once. Changes and cancels are in `changes.py`.

`placeOrder` has no answer of its own. What proves something is a message of TWS's with the order's
number: a status that means that it was taken, or an error that refuses it. Until one of them comes
the outcome is unknown.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import client as sdk
from floorbroker.brokers.ibkr import mapping, receipts
from floorbroker.brokers.ibkr.answers import Answers
from floorbroker.brokers.ibkr.changes import Changes
from floorbroker.brokers.ibkr.errors import (
    BROKER,
    Refusal,
    before_sending,
    for_read,
    is_refusal,
    reading,
    rejected,
    unknown,
)
from floorbroker.brokers.ibkr.finding import Finding
from floorbroker.brokers.ibkr.heard import Known
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.order_fields import closing_fields, order_fields
from floorbroker.brokers.ibkr.told import ErrorTold
from floorbroker.brokers.port import BrokerOrder, OrderNews
from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    ApiError,
    BrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
from floorbroker.domain.order import Order
from floorbroker.domain.orders import LookUp, OrderChanges, Preview, Receipt

MOST_KEPT: Final = 1_000
ContractOf = Callable[[Instrument], Awaitable[Any]]


class Orders:
    """One for all links of a line."""

    def __init__(self, line: IbkrLine, contract_of: ContractOf, clock: Clock) -> None:
        """`contract_of` gives the SDK's contract, complete."""
        self._line = line
        self._contract_of = contract_of
        self._clock = clock
        self._finding = Finding(line, clock)
        self._changes = Changes(line, self._finding, contract_of, clock)
        self._begun: dict[OrderId, None] = {}

    async def place(self, order: Order) -> Receipt:
        """Hands over `order` once. One that may have left before is looked for instead."""
        if order.order_id in self._begun:
            return await the_one_that_lives(self._read_back(order), BROKER, "sent before")
        self._begin(order.order_id)
        line, handed_over = self._line, False
        try:
            with before_sending():
                fields = [order_fields(order)]
                fields += closing_fields(order) if order.request.bracket else []
                about = await self._contract_of(order.request.instrument)
                for _ in fields:
                    await line.pacing.message(urgent=True)
                client = line.client
                numbers = [client.next_id() for _ in fields]
            handed = [
                (number, about, sdk.order(**one, **_family(place, numbers)))
                for place, (number, one) in enumerate(zip(numbers, fields, strict=True))
            ]
            with line.heard.watching(*numbers, fresh=True) as news:
                with before_sending():
                    client.place(handed)
                handed_over = True
                answers = Answers(news, client, line.patience.order)
                return await self._taken(order, numbers, answers)
        except NotSent:
            self._begun.pop(order.order_id, None)
            raise
        except asyncio.CancelledError:
            if not handed_over:
                self._begun.pop(order.order_id, None)
            raise

    async def _taken(self, order: Order, numbers: Sequence[int], answers: Answers) -> Receipt:
        """The receipt, once TWS has decided about all of the order's parts.

        Raises:
            OrderRejected: TWS refused it, and nothing of it is left.
            OutcomeUnknown: No proof of either came.
        """
        heard = self._line.heard
        at = [(self._line.client_id, number) for number in numbers]
        taken: Known | None = None
        while True:
            try:
                await answers.next()
            except OutcomeUnknown:
                if taken is None:
                    raise
                return self._finding.receipt(taken, order)
            why = next((found for one in at if (found := heard.refusal(one))), None)
            if why is not None:
                return await self._refused(order, numbers, why, answers)
            head = heard.numbered(at[0])
            parts = all(heard.numbered(one) is not None for one in at)
            if head is None or not parts:
                continue
            word = receipts.status_of(head)
            if word == receipts.PRE_SUBMITTED:
                # TWS has it, and its server may refuse it a moment later.
                taken = head
                answers.hurry(self._line.patience.settle)
            elif word in receipts.DECIDED:
                return self._finding.receipt(head, order)

    async def _refused(
        self, order: Order, numbers: Sequence[int], why: ErrorTold, answers: Answers
    ) -> Receipt:
        """Nothing is left behind of an order of which TWS refused a part."""
        error = rejected(why.code, why.words)
        try:
            if len(numbers) > 1:
                await self._changes.taken_back(numbers, answers)
        except OutcomeUnknown:
            raise
        except BrokerError as failure:
            raise unknown("half of a bracket may be left") from failure
        head = self._line.heard.numbered((self._line.client_id, numbers[0]))
        if head is not None and receipts.filled(head) > 0:
            return self._finding.receipt(head, order)
        raise error

    async def cancel(self, order: Order) -> Receipt | None:
        """See `Changes`."""
        return await self._changes.cancel(order)

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """See `Changes`."""
        return await self._changes.modify(order, changes)

    async def find(self, order: Order) -> LookUp:
        """See `Finding`."""
        return await self._finding.find(order)

    async def working(self, account: str) -> list[BrokerOrder]:
        """See `Finding`."""
        return await self._finding.working(account)

    async def ended(self, account: str, since: datetime, until: datetime) -> list[BrokerOrder]:
        """See `Finding`."""
        return await self._finding.ended(account, since, until)

    async def preview(
        self, order: Order, price_of: Callable[[Instrument], Awaitable[Quote]]
    ) -> Preview:
        """TWS's estimate by its what-if order, which nothing can become of.

        Raises:
            OrderRejected: TWS would refuse it.
        """
        request = order.request
        fields = order_fields(order)
        about = await self._contract_of(request.instrument)
        price = request.limit_price or request.stop_price
        if price is None:
            price = (await price_of(request.instrument)).touch(request.side)
        if price is None:
            raise ApiError("There is no price to estimate this order with.", broker=BROKER)
        asked = sdk.order(**fields, whatIf=True)
        try:
            told = await self._line.ask(lambda ib: ib.whatIfOrderAsync(about, asked))
        except Refusal as refusal:
            raise _would_reject(refusal) from refusal
        return mapping.preview(told, request, Decimal(price))

    def events(self) -> AsyncGenerator[OrderNews, None]:
        """See `Finding`."""
        return self._finding.events()

    async def _read_back(self, order: Order) -> LookUp:
        with reading():
            return await self._finding.find(order)

    def _begin(self, order_id: OrderId) -> None:
        self._begun[order_id] = None
        if len(self._begun) > MOST_KEPT:
            del self._begun[next(iter(self._begun))]


def _family(place: int, numbers: Sequence[int]) -> dict[str, Any]:
    """TWS holds a bracket back until its last part is there, and starts all of it then."""
    parent = {"parentId": numbers[0]} if place else {}
    return {**parent, "orderId": numbers[place], "transmit": place == len(numbers) - 1}


def _would_reject(refusal: Refusal) -> OrderRejected | BrokerError:
    if is_refusal(refusal.code):
        return rejected(refusal.code, refusal.message)
    return for_read(refusal)
