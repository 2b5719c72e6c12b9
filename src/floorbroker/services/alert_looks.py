"""Looks at what operators want to be told of: one reading an alert, or one for each broker."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.alerts import AlertName, alert
from floorbroker.domain.clock import Clock
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.observability.metrics import Metrics
from floorbroker.services.alert_holds import Window
from floorbroker.services.sessions import Sessions
from floorbroker.storage.documents import Documents
from floorbroker.storage.orders import Orders

FAULTS: Final = frozenset(
    {
        ErrorCode.UNKNOWN,
        ErrorCode.API_ERROR,
        ErrorCode.TIMEOUT,
        ErrorCode.CONNECTION_FAILED,
        ErrorCode.OUTCOME_UNKNOWN,
        ErrorCode.STORE_UNAVAILABLE,
    }
)
"""Ends of commands that are no answer to what the person asked."""

LEAST_COMMANDS: Final = 10
COMMANDS_WITHIN: Final = timedelta(minutes=5)
RENEWALS_WITHIN: Final = timedelta(minutes=15)
LAG_WITHIN: Final = timedelta(minutes=1)
LATE: Final = timedelta(minutes=1)

_STORE_SECONDS: Final = 5.0
_MOST_ORDERS: Final = 200
_LOST: Final = frozenset({ConnectionState.RECONNECTING, ConnectionState.FAILED})
_N: Final = AlertName


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one look found.

    Attributes:
        value: To be compared with the alert's threshold; None where it cannot be told.
        figures: The same in a sentence; never anything of a person.
    """

    name: AlertName
    value: float | None
    broker: BrokerId | None = None
    figures: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the condition holds at this moment."""
        return None if self.value is None else self.value >= alert(self.name).threshold

    @property
    def key(self) -> str:
        """The alert's name, with the broker's id after a colon."""
        return f"{self.name}:{self.broker}" if self.broker else self.name.value


class AlertLooks:
    """Takes the looks, and writes what it sees into the metrics."""

    def __init__(
        self,
        *,
        documents: Documents,
        orders: Orders,
        sessions: Sessions,
        gateways: Gateways,
        metrics: Metrics,
        clock: Clock,
        store_seconds: float = _STORE_SECONDS,
        redis: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Where to look.

        Args:
            store_seconds: How long the store may take to give a sign of life.
            redis: Tells soon whether Redis does; None where one process does everything.
        """
        self._documents = documents
        self._orders = orders
        self._sessions = sessions
        self._gateways = gateways
        self._metrics = metrics
        self._clock = clock
        self._store_seconds = store_seconds
        self._redis = redis
        self._commands = Window(COMMANDS_WITHIN)
        self._renewals = Window(RENEWALS_WITHIN)
        self._lag = Window(LAG_WITHIN)
        for counted in (self._commands, self._renewals):
            counted.rise({}, clock.now())  # counters begin with the process: its first seconds too

    async def take(self) -> Sequence[Reading]:
        """One reading of everything."""
        self._metrics.conditions.running(
            tasks=len(asyncio.all_tasks()), threads=threading.active_count()
        )
        store = await self._store()
        return [
            store,
            *await self._shared(),
            *await self._doubts(store),
            self._failures(),
            self._lateness(),
            *self._breakers(),
            *self._limits(),
            *self._unrenewed(),
            *self._lost_gateways(),
        ]

    async def _store(self) -> Reading:
        why = ""
        try:
            async with asyncio.timeout(self._store_seconds):
                await self._documents.ping()
        except StoreUnavailable:
            why = "It refused or broke the connection."
        except TimeoutError:
            why = f"No answer within {self._store_seconds:g} seconds."
        self._metrics.conditions.store_down(bool(why))
        return Reading(name=_N.STORE_DOWN, value=float(bool(why)), figures=why)

    async def _shared(self) -> Sequence[Reading]:
        if self._redis is None:
            return []
        down = not await self._redis()
        self._metrics.conditions.redis_down(down)
        return [Reading(name=_N.REDIS_DOWN, value=down)]

    async def _doubts(self, store: Reading) -> Sequence[Reading]:
        names = (_N.ORDER_UNKNOWN, _N.RECONCILE_BACKLOG)
        if store.holds:
            return [Reading(name=name, value=None) for name in names]
        now = self._clock.now()
        try:
            async with asyncio.timeout(self._store_seconds):
                ours, for_person = await self._orders.in_doubt(limit=_MOST_ORDERS)
                looks, news = await self._orders.late(now - LATE, limit=_MOST_ORDERS)
        except (StoreUnavailable, TimeoutError):
            return [Reading(name=name, value=None) for name in names]
        ages = [(now - _in_doubt_since(one)).total_seconds() for one in ours]
        oldest = max(ages, default=0.0)
        conditions = self._metrics.conditions
        conditions.unknown(oldest, for_bot=len(ours), for_person=for_person)
        conditions.overdue(looks, news)
        brokers = ", ".join(sorted({one.broker for one in ours}))
        return [
            Reading(
                name=_N.ORDER_UNKNOWN,
                value=oldest,
                figures=f"{_at_most(len(ours))} in doubt at {brokers}, the oldest for "
                f"{_minutes(oldest)}.",
            ),
            Reading(
                name=_N.RECONCILE_BACKLOG,
                value=looks,
                figures=f"{_at_most(looks)} overdue by a minute or more.",
            ),
        ]

    def _failures(self) -> Reading:
        ended = self._commands.rise(self._metrics.commands_ended(), self._clock.now())
        total = sum(ended.values())
        failed = sum(number for outcome, number in ended.items() if outcome in FAULTS)
        return Reading(
            name=_N.ERROR_RATE,
            value=failed / total if total >= LEAST_COMMANDS else 0.0,
            figures=f"{failed:.0f} of {total:.0f} commands within five minutes.",
        )

    def _lateness(self) -> Reading:
        seconds, times = self._metrics.lag_measured()
        rise = self._lag.rise({"seconds": seconds, "times": times}, self._clock.now())
        mean = rise["seconds"] / rise["times"] if rise["times"] else 0.0
        return Reading(
            name=_N.LOOP_LAG, value=mean, figures=f"{mean:.2f} s late on average within a minute."
        )

    def _breakers(self) -> Iterator[Reading]:
        for broker, is_open in self._sessions.breakers().items():
            self._metrics.conditions.breaker_open(broker, is_open)
            yield Reading(name=_N.BREAKER_OPEN, value=is_open, broker=broker)

    def _limits(self) -> Iterator[Reading]:
        highest: dict[str, tuple[float, str]] = {}
        for (broker, scope), share in self._metrics.conditions.take_peaks().items():
            highest[broker] = max((share, scope), highest.get(broker, (0.0, scope)))
        for broker, (share, scope) in highest.items():
            yield Reading(
                name=_N.LIMIT_NEARLY_USED,
                value=share,
                broker=BrokerId(broker),
                figures=f"{share:.0%} of the limit “{scope}”.",
            )

    def _unrenewed(self) -> Iterator[Reading]:
        failed = self._renewals.rise(self._metrics.renewals_failed(), self._clock.now())
        for broker, number in failed.items():
            yield Reading(
                name=_N.RENEWALS_FAILING,
                value=number,
                broker=BrokerId(broker),
                figures=f"{_many(round(number), 'failure')} within fifteen minutes.",
            )

    def _lost_gateways(self) -> Iterator[Reading]:
        for broker, status in self._gateways.statuses().items():
            lost = status.state in _LOST
            self._metrics.conditions.gateway_down(broker, lost)
            figures = f"It is {status.state}." if lost else ""
            yield Reading(name=_N.GATEWAY_DOWN, value=lost, broker=broker, figures=figures)


def _in_doubt_since(order: Order) -> datetime:
    if order.state is not OrderState.UNKNOWN and order.intent is not None:
        return order.intent.at
    return order.sent_at or order.created_at


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _at_most(number: int) -> str:
    counted = _many(number, "order")
    return f"{counted} or more" if number >= _MOST_ORDERS else counted


def _minutes(seconds: float) -> str:
    return _many(int(seconds // 60), "minute")
