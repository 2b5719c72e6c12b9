"""Orders at E*TRADE: previewed, then asked for once. An account goes by the key of its requests.

Nothing is placed that E*TRADE did not preview as it was meant. A preview that fails leaves nothing
behind; from the first byte of a place on, only a receipt or a proven refusal says what happened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.etrade import receipts
from floorbroker.brokers.etrade.calls import EtradeCalls
from floorbroker.brokers.etrade.eastern import day_of
from floorbroker.brokers.etrade.errors import (
    asking_once,
    before_sending,
    estimating,
    not_sent,
    reading,
)
from floorbroker.brokers.etrade.finding import Finder
from floorbroker.brokers.etrade.order_answers import Detail, Previewed
from floorbroker.brokers.etrade.order_answers import Order as Told
from floorbroker.brokers.etrade.order_fields import changed, fields, previewed_as_asked
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import Failure, Unreadable
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import is_order_id
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    LookUp,
    OrderChanges,
    OrderRequest,
    Preview,
    Receipt,
    Side,
)

LISTED_AT_MOST: Final = 500
_LOOKED_THROUGH: Final = 1000
_OPEN: Final = ("OPEN", "INDIVIDUAL_FILLS", "CANCEL_REQUESTED")
"""The documented statuses of orders at work. Whether OPEN alone has them all is not."""

_A_DAY: Final = timedelta(days=1)
_ONLY_ASKED: Final = "r"
_NOT_TOLD: Final = "E*TRADE does not tell of this order, so nothing was asked."


class Orders:
    """One person's orders."""

    __slots__ = ("_calls", "_clock", "_finder")

    def __init__(self, calls: EtradeCalls, clock: Clock) -> None:
        """See the module's first line."""
        self._calls = calls
        self._clock = clock
        self._finder = Finder(calls, clock)

    async def place(self, key: str, order: Order) -> Receipt:
        """Previews `order`, and sends it once."""
        if not is_order_id(order.order_id):
            raise not_sent("The order has no id of ours, so it was not sent.")
        asked = fields(order.request, order.order_id)
        preview_id = await self._previewed(key, asked, order.request)
        with asking_once():
            placed = await self._calls.place(key, asked, preview_id)
        return self._receipt(key, order, placed.order_ids[0].order_id)

    async def cancel(self, key: str, order: Order) -> None:
        """Asks once for a cancel; E*TRADE's answer says that it was taken, not what comes of it."""
        target = await self._present(key, order)
        with asking_once():
            taken = await self._calls.cancel(key, target.order_id)
            if taken.order_id != target.order_id:
                raise Unreadable(200)

    async def modify(self, key: str, order: Order, changes: OrderChanges) -> Receipt:
        """Previews the order with its new terms, and asks once for it to take the old one's place.

        The change has an id of its own: ours, and how many came before it.
        """
        target = await self._present(key, order)
        if target.filled > 0:
            raise not_sent("A part of it is filled, so E*TRADE changes it no more. Cancel it.")
        request = changed(order.request, changes)
        asked = fields(request, f"{order.order_id}{len(order.replaced) % 100:02d}")
        preview_id = await self._previewed(key, asked, request, target.order_id)
        with asking_once():
            placed = await self._calls.place(key, asked, preview_id, target.order_id)
        self._finder.note(key, str(target.order_id), order)
        return self._receipt(key, order, placed.order_ids[0].order_id, request)

    async def find(self, key: str, order: Order) -> LookUp:
        """By E*TRADE's id where it is known, else by terms and time; it never guesses."""
        with reading():
            return await self._finder.find(key, order)

    async def working(self, key: str) -> Sequence[BrokerOrder]:
        """Every order at work, latest first."""
        found: dict[int, Told] = {}
        with reading():
            for status in _OPEN:
                for one in await self._finder.every_page(key, status=status):
                    found.setdefault(one.order_id, one)
        at_work = [one for one in found.values() if not receipts.state_of(one).final]
        return _lines(at_work)

    async def ended(self, key: str, since: datetime, until: datetime) -> Sequence[BrokerOrder]:
        """Orders that were placed and ended within the range, latest first."""
        last = min(day_of(until), day_of(self._clock.now()))
        days = min(day_of(since), last) - _A_DAY, last
        with reading():
            found = await self._finder.every_page(key, days=days, most=_LOOKED_THROUGH)
        ended = [one for one in found if receipts.state_of(one).final]
        within = [line for line in _lines(ended) if since <= line.at <= until]
        return within[:LISTED_AT_MOST]

    async def estimate(self, key: str, order: Order) -> Preview:
        """What E*TRADE thinks that it would come to; the id of this preview is not the order's."""
        asked = fields(order.request, f"{order.order_id}{_ONLY_ASKED}")
        with estimating():
            told = await self._calls.preview(key, asked)
            detail = told.orders[0]
            if len(told.orders) != 1 or not previewed_as_asked(detail, asked, order.request):
                raise _another_order()
            total = detail.estimated_total_amount
            if total is None:
                raise Unreadable(200)
        fees = _fees(detail)
        cost = total - fees if order.request.side is Side.BUY else fees - total
        return Preview(cost=abs(cost), fees=fees, buying_power_after=_power(told))

    async def _previewed(
        self, key: str, asked: dict[str, Any], request: OrderRequest, of_order: int | None = None
    ) -> int:
        """The id of a preview of exactly that.

        Raises:
            OrderRejected: E*TRADE would not take it.
            NotSent: It gave no preview, or one of something else.
        """
        with before_sending():
            told = await self._calls.preview(key, asked, of_order, to_place=True)
        one_of_each = len(told.orders) == len(told.preview_ids) == 1
        if not one_of_each or not previewed_as_asked(told.orders[0], asked, request):
            raise _another_order()
        return told.preview_ids[0].preview_id

    async def _present(self, key: str, order: Order) -> Told:
        """The order that a request is about, as it stands at E*TRADE.

        Raises:
            NotSent: It cannot be told which one it is.
        """
        try:
            found = await self._finder.candidates(key, order)
        except Failure as error:
            raise not_sent(_NOT_TOLD) from error
        if len(found) != 1:
            raise not_sent(_NOT_TOLD)
        return found[0]

    def _receipt(
        self, key: str, order: Order, order_id: int, request: OrderRequest | None = None
    ) -> Receipt:
        self._finder.note(key, str(order_id), order)
        return Receipt(
            broker_order_id=str(order_id),
            state=OrderState.ACCEPTED,
            quantity=request.quantity if request else None,
            limit_price=request.limit_price if request else None,
            stop_price=request.stop_price if request else None,
        )


def _another_order() -> Exception:
    return not_sent("E*TRADE's preview is not of this order, so nothing was sent.")


def _lines(found: Sequence[Told]) -> list[BrokerOrder]:
    lines = [line for one in found if (line := receipts.broker_order(one)) is not None]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _fees(told: Detail) -> Decimal:
    parts = (told.estimated_commission, told.estimated_fees)
    return max(sum((part for part in parts if part is not None), Decimal(0)), Decimal(0))


def _power(told: Previewed) -> Decimal | None:
    margin, cash = told.margin_bp_details, told.cash_bp_details
    effect = margin.marginable if margin else cash.settled_unsettled if cash else None
    return effect.net_bp if effect else None
