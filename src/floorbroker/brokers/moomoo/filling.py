"""The fills of an order: by its deals, or on paper by its totals, the same whenever it is asked."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import executions, receipts
from floorbroker.brokers.moomoo.amounts import amount
from floorbroker.brokers.moomoo.calls import MoomooCalls
from floorbroker.brokers.moomoo.eastern import moment
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import Fill

REMEMBERED_AT_MOST: Final = 500
_A_DAY: Final = timedelta(days=1)


class Filling:
    """Those of one link; what it told it remembers, since orders are stored later than told."""

    __slots__ = ("_calls", "_clock", "_environment", "_fees", "_known")

    def __init__(self, calls: MoomooCalls, clock: Clock, environment: Environment) -> None:
        """See the class."""
        self._calls = calls
        self._clock = clock
        self._environment = environment
        self._known: dict[str, tuple[Fill, ...]] = {}
        self._fees: dict[str, Decimal] = {}

    async def of(
        self, account_id: AccountId, told: Any, stored: Sequence[Fill] = ()
    ) -> tuple[Fill, ...]:
        """All fills of the order `told`, of which `stored` are known.

        Raises:
            Failure: They cannot be read.
        """
        if amount(told.fillQty) <= 0:
            return ()
        if self._environment is Environment.PAPER:
            return self._from_totals(told, stored)
        fills = await self._from_deals(account_id, told)
        if receipts.state_of(told).final and receipts.whole(told, fills):
            fills = executions.with_fee(fills, await self._fee(account_id, told.orderIDEx))
        return fills

    def _from_totals(self, told: Any, stored: Sequence[Fill]) -> tuple[Fill, ...]:
        kept = self._known.pop(told.orderIDEx, ())
        known = kept if executions.begins_with(kept, stored) else stored
        fills = executions.from_totals(told, known)
        self._known[told.orderIDEx] = fills
        _forget_the_oldest(self._known)
        return fills

    async def _from_deals(self, account_id: AccountId, told: Any) -> tuple[Fill, ...]:
        """Today's first, which OpenD has at hand; then those of the days that the order is old."""
        deals = await self._calls.get_deals(account_id)
        fills = executions.from_deals(told, deals)
        if executions.missing(told, fills) > 0:
            since = moment(told.createTimestamp, told.createTime) - _A_DAY
            until = self._clock.now() + _A_DAY
            deals = [*deals, *await self._calls.get_past_deals(account_id, since, until)]
            fills = executions.from_deals(told, deals)
        return fills

    async def _fee(self, account_id: AccountId, moomoos_id: str) -> Decimal:
        """An ended order's; 0 where moomoo does not tell it now: a fill is told all the same."""
        if moomoos_id not in self._fees:
            try:
                told = await self._calls.get_fees(account_id, moomoos_id)
                fees = [amount(one.feeAmount) for one in told if one.orderIDEx == moomoos_id]
            except Failure:
                return Decimal(0)
            self._fees[moomoos_id] = sum(fees, Decimal(0))
            _forget_the_oldest(self._fees)
        return self._fees[moomoos_id]


def _forget_the_oldest(kept: dict[str, Any]) -> None:
    if len(kept) > REMEMBERED_AT_MOST:
        del kept[next(iter(kept))]
