"""What an account lost today: the broker's own figure, else the change since the first look."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import UserId
from floorbroker.domain.money import DOLLARS
from floorbroker.domain.people import AccountKey
from floorbroker.domain.portfolio import Balances, Snapshot
from floorbroker.domain.risk import DayLoss
from floorbroker.services.gates import EXCHANGE_ZONE, exchange_midnight
from floorbroker.storage.snapshots import Snapshots

BROKERS: Final = "by your broker's figure"


class DayLosses:
    """Asks nothing of a broker: the balances are at hand wherever an order is looked at."""

    def __init__(self, snapshots: Snapshots, clock: Clock) -> None:
        """`snapshots` remember each day's first look."""
        self._snapshots = snapshots
        self._clock = clock

    async def of(self, user_id: UserId, account: AccountKey, balances: Balances) -> DayLoss:
        """Realised and unrealised, since yesterday's close or since the day's first look.

        The first look of a day at an account whose broker tells no profit is stored, so that the
        next one has something to compare with.
        """
        day = balances.day_profit
        if day is not None and day.currency in DOLLARS:
            return DayLoss(amount=-day.amount, basis=BROKERS)
        equity = balances.equity
        if equity.currency not in DOLLARS:
            return DayLoss(
                amount=None,
                basis=f"the account is in {equity.currency}, and the limit in US dollars",
            )
        first = await self._first(user_id, account, balances)
        if first is None:
            return _since(self._clock.now(), Decimal(0))
        if first.value.currency != equity.currency:
            return DayLoss(amount=None, basis="the account's currency changed today")
        return _since(first.at, first.value.amount - equity.amount)

    async def _first(
        self, user_id: UserId, account: AccountKey, balances: Balances
    ) -> Snapshot | None:
        """The day's first snapshot; None where it is made now."""
        link_id, account_id = account.link_id, account.account_id
        now = self._clock.now()
        midnight = exchange_midnight(now)
        known = await self._snapshots.since(user_id, link_id, account_id, midnight, limit=1)
        if known:
            return known[0]
        first = Snapshot.of(user_id, link_id, account_id, balances, ())
        # By our clock: under a broker's older time it would not be found again today.
        await self._snapshots.add(replace(first, at=now))
        return None


def _since(moment: datetime, amount: Decimal) -> DayLoss:
    local = moment.astimezone(EXCHANGE_ZONE)
    words = f"since this bot's first look today, {local:%H:%M} in New York"
    return DayLoss(amount=amount, basis=words, since_look=True)
