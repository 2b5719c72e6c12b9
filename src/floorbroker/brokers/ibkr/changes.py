"""Cancels and changes: each handed over once, and only by the client that placed the order.

"cancelOrder can only be used to cancel an order that was placed originally by a client with the
same client ID (or from TWS for client ID 0)", and reqGlobalCancel "will cancel all open orders",
which nobody asked for: https://interactivebrokers.github.io/tws-api/cancel_order.html.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from floorbroker.brokers.ibkr import client as sdk
from floorbroker.brokers.ibkr import receipts
from floorbroker.brokers.ibkr.answers import Answers
from floorbroker.brokers.ibkr.errors import (
    BROKER,
    NOT_CANCELABLE,
    before_sending,
    is_refusal,
    not_sent,
    rejected,
)
from floorbroker.brokers.ibkr.finding import Finding
from floorbroker.brokers.ibkr.heard import Known
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.order_fields import changed, order_fields
from floorbroker.brokers.ibkr.told import ErrorTold, OrderTold
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import OrderRejected, OutcomeUnknown
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, Receipt

PENDING_CANCEL: Final = "PendingCancel"


class Changes:
    """Over what a line has heard."""

    def __init__(
        self,
        line: IbkrLine,
        finding: Finding,
        contract_of: Callable[[Instrument], Awaitable[Any]],
        clock: Clock,
    ) -> None:
        """Asks nothing yet."""
        self._line = line
        self._finding = finding
        self._contract_of = contract_of
        self._clock = clock

    async def cancel(self, order: Order) -> Receipt | None:
        """Asks once; None where TWS has taken the cancel and the order's end is still to come."""
        line = self._line
        with before_sending():
            known = await self._finding.present(order)
            targets = self._targets(known, order)
            for _ in targets:
                await line.pacing.message(urgent=True)
            # From here on without a pause: another connection may count from another number.
            client, numbers = line.client, [self._number(one) for one in targets]
        for one in targets:
            one.changed = True  # an error from here on is about the cancel
        with line.heard.watching(*numbers) as news:
            with before_sending():
                for number in numbers:
                    client.cancel(number)
            answers = Answers(news, client, line.patience.order)
            try:
                await self._ended(targets, answers)
            except OutcomeUnknown:
                if client.lost.done() or not all(_takes_its_end(one) for one in targets):
                    raise
                return None
        return self._finding.receipt(known or targets[0], order)

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Hands over the whole order again, with other terms, under its own number."""
        line = self._line
        with before_sending():
            request = changed(order.request, changes)
            if order.request.bracket and changes.quantity is not None:
                raise not_sent(_NOT_THE_QUANTITY)
            fields = order_fields(order, request)
            known = self._at_work(await self._finding.present(order))
            about = await self._contract_of(request.instrument)
            await line.pacing.message(urgent=True)
            client, number = line.client, self._number(known)
        handed = sdk.order(**fields, orderId=number, transmit=True)
        known.changed = True
        with line.heard.watching(number) as news:
            with before_sending():
                client.place([(number, about, handed)])
            answers = Answers(news, client, line.patience.order)
            return await self._changed(known, order, request, answers)

    async def taken_back(self, numbers: Sequence[int], answers: Answers) -> None:
        """Cancels whatever of these still lives, after a part of their bracket was refused.

        Raises:
            OutcomeUnknown: Not all of them are known to have ended.
        """
        heard, at = self._line.heard, self._line.client_id
        client = self._line.client
        for number in numbers:
            known = heard.numbered((at, number))
            if known is None or not receipts.state_of(known).final:
                await self._line.pacing.message(urgent=True)
                client.cancel(number)
        gone: set[int] = set()
        while True:
            for number in numbers:
                known = heard.numbered((at, number))
                if known is not None and receipts.state_of(known).final:
                    gone.add(number)
            if gone == set(numbers):
                return
            news = await answers.next()
            if isinstance(news, ErrorTold):
                absent = heard.numbered((at, news.about)) is None
                gone |= {news.about} if absent and _refuses(news) else set()

    async def _ended(self, targets: Sequence[Known], answers: Answers) -> None:
        """Waits until all of `targets` have ended.

        Raises:
            OrderRejected: TWS does not cancel it.
        """
        while not all(_has_ended(one) for one in targets):
            news = await answers.next()
            if isinstance(news, ErrorTold) and _refuses(news):
                if all(_has_ended(one) or _takes_its_end(one) for one in targets):
                    continue
                raise rejected(news.code, news.words)
            if all(_has_ended(one) or _takes_its_end(one) for one in targets):
                answers.hurry(self._line.patience.cancel)

    async def _changed(
        self, known: Known, order: Order, request: OrderRequest, answers: Answers
    ) -> Receipt:
        """The order with its new terms, or as it ended meanwhile."""
        while True:
            news = await answers.next()
            if isinstance(news, ErrorTold) and _refuses(news):
                raise rejected(news.code, news.words)
            if isinstance(news, OrderTold) and _has_terms(news, request):
                return self._finding.receipt(known, order)
            if receipts.status_of(known) in receipts.CANCELED | {receipts.FILLED}:
                return self._finding.receipt(known, order)

    # Which order

    def _targets(self, known: Known | None, order: Order) -> list[Known]:
        """What has to be canceled: the order, or the closing orders of one that is filled."""
        if known is not None and receipts.state_of(known) is OrderState.FILLED:
            legs = [one for one in self._finding.legs(order.order_id) if not _has_ended(one)]
            if legs:
                return legs
        return [self._at_work(known)]

    def _at_work(self, known: Known | None) -> Known:
        if known is None:
            raise not_sent("Interactive Brokers lists no such order now. Nothing was sent.")
        word = receipts.status_of(known)
        if word in receipts.CANCELED | {receipts.FILLED} or known.ended is not None:
            how = "filled" if word == receipts.FILLED else "ended"
            words = f"The order has been {how} already." if word == receipts.FILLED else _OVER
            raise OrderRejected(words, broker=BROKER)
        return known

    def _number(self, known: Known) -> int:
        """The order's number, by which only the client that placed it can name it."""
        told = known.told
        if told is not None and told.client_id == self._line.client_id and told.order_id > 0:
            return told.order_id
        whose = "in TWS itself" if told is None or not told.client_id else (
            f"by the program with client id {told.client_id}"
        )  # fmt: skip
        raise not_sent(
            f"This order was placed {whose}, and the bot is connected with client id "
            f"{self._line.client_id} now: TWS lets nobody else change or cancel it. Do it in TWS, "
            "or free that client id and restart the bot. Nothing was sent."
        )


def _refuses(news: ErrorTold) -> bool:
    return news.code in NOT_CANCELABLE or is_refusal(news.code)


def _has_ended(known: Known) -> bool:
    word = receipts.status_of(known)
    return word in receipts.CANCELED or word == receipts.FILLED or receipts.state_of(known).final


def _takes_its_end(known: Known) -> bool:
    return receipts.status_of(known) == PENDING_CANCEL


def _has_terms(told: OrderTold, request: OrderRequest) -> bool:
    pairs = (
        (request.quantity, told.quantity),
        (request.limit_price, told.limit),
        (request.stop_price, receipts.stop_of(told)),
    )
    return all(want is None or want == have for want, have in pairs)


_OVER: Final = "The order has ended already."
_NOT_THE_QUANTITY: Final = (
    "The quantity of an order with a take-profit or stop-loss is not changed here: its closing "
    "orders would keep the old one. Cancel it and place it anew. Nothing was sent."
)
