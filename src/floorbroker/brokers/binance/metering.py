"""What Binance counts, and what it says of it: the weight of an address, the orders of an account.

https://github.com/binance/binance-spot-api-docs (rest-api.md, "LIMITS"): 6,000 a minute and
address, told in every answer; 100 unfilled orders in ten seconds and account. Both are figures of
exchangeInfo in July 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.binance.errors import BROKER, TOO_MANY, Refusal
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.allowance import RESERVE, Allowance
from floorbroker.brokers.shared.wire import NoAllowance

WEIGHT_A_MINUTE: Final = 6000
WALLET_WEIGHT_A_MINUTE: Final = 12_000
ORDERS_IN_TEN_SECONDS: Final = 100
_TOO_MANY_ORDERS: Final = -1015
_USED: Final = "X-MBX-USED-WEIGHT-1M"
_USUAL_PAUSE: Final = timedelta(seconds=60)
_A_MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Told:
    """What Binance last said of this address: it counts other processes there too."""

    minute: datetime | None = None
    used: int = 0


class Metering:
    """One person's view of what everybody at that address shares."""

    __slots__ = ("_context", "_host", "_told")

    def __init__(self, context: BrokerContext, host: str) -> None:
        """`host` is where requests go: each counts for itself."""
        self._context = context
        self._host = host
        self._told: Told | None = None

    async def take(self, weight: int, *, urgent: bool, wallet: bool = False) -> None:
        """Uses so much of what the address may.

        Raises:
            NoAllowance: There is no room.
        """
        if not wallet:
            await self._as_told(weight, urgent=urgent)
        await self._of_the_address(wallet=wallet).take(weight, urgent=urgent)

    async def take_order(self, *, urgent: bool) -> None:
        """One more order of this account.

        Raises:
            NoAllowance: There is no room.
        """
        await self._of_the_account().take(urgent=urgent)

    def hear(self, headers: Mapping[str, str]) -> None:
        """Remembers what an answer says of the weight."""
        used = headers.get(_USED, "")
        if self._told is not None and used.isascii() and used.isdecimal() and len(used) < 9:
            minute = self._minute()
            known = self._told.used if self._told.minute == minute else 0
            self._told.minute, self._told.used = minute, max(known, int(used))

    def refused(self, refusal: Refusal, *, wallet: bool = False) -> None:
        """Stays away where Binance says so; going on would get the address banned for days."""
        if refusal.status not in TOO_MANY:
            return
        pause = refusal.retry_after or _USUAL_PAUSE
        if refusal.code == _TOO_MANY_ORDERS:
            self._of_the_account().stay_away(min(pause, _USUAL_PAUSE))
        else:
            self._of_the_address(wallet=wallet).stay_away(pause)

    async def _as_told(self, weight: int, *, urgent: bool) -> None:
        """Binance's own count goes before ours; what is urgent has the last part for itself."""
        if self._told is None:
            self._told = await self._context.cache.get(
                (BROKER, self._host, "weight"), _nothing_yet, timedelta.max
            )
        most = WEIGHT_A_MINUTE if urgent else WEIGHT_A_MINUTE * (1 - RESERVE)
        now, minute = self._context.clock.now(), self._minute()
        if self._told.minute == minute and self._told.used + weight > most:
            raise NoAllowance(minute + _A_MINUTE - now)

    def _minute(self) -> datetime:
        return self._context.clock.now().replace(second=0, microsecond=0)

    def _of_the_address(self, *, wallet: bool) -> Allowance:
        scope, most = ("wallet", WALLET_WEIGHT_A_MINUTE) if wallet else ("address", WEIGHT_A_MINUTE)
        return self._context.allowances.window(BROKER, scope, self._host, most=most, seconds=60)

    def _of_the_account(self) -> Allowance:
        return self._context.allowances.window(
            BROKER, "orders", self._context.link_id, most=ORDERS_IN_TEN_SECONDS, seconds=10
        )


async def _nothing_yet() -> Told:
    return Told()
