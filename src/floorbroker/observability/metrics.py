"""Every number that an operator can watch; no person, account or order is ever among the labels."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from types import TracebackType
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.observability.conditions import Conditions, counts

OK: Final = "OK"
CANCELLED: Final = "CANCELLED"
ERROR: Final = "ERROR"
"""An exception that is none of ours. Ours count under their `ErrorCode`."""

_COMMAND_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_BROKER_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_STORE_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0)
_PRICE_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 60.0)
_DELIVERY_SECONDS: Final = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)
_JOB_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
_LAG_SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)

_WORD: Final = re.compile(r"(?!.*\d{4})[A-Za-z][A-Za-z0-9_. -]{0,39}", re.ASCII)
_MOST_VALUES: Final = 100
_OTHER: Final = "other"


@dataclass(slots=True)
class TimedCall:
    """A call that is being timed; whoever makes it may name its outcome before it ends."""

    outcome: str | None = None


class _Timing:
    """A class, not a generator: it stands around every request to the store."""

    __slots__ = ("_call", "_into", "_labels", "_metrics", "_start")

    def __init__(self, metrics: "Metrics", into: Histogram, labels: tuple[str, ...]) -> None:
        self._call = TimedCall()
        self._into = into
        self._labels = labels
        self._metrics = metrics
        self._start = 0.0

    def __enter__(self) -> TimedCall:
        self._start = perf_counter()
        return self._call

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seconds = perf_counter() - self._start
        outcome = self._metrics._word("outcome", self._call.outcome or _outcome(error))
        self._metrics._series(self._into, (*self._labels, outcome)).observe(seconds)


def _outcome(error: BaseException | None) -> str:
    match error:
        case None:
            return OK
        case FloorbrokerError(code=code):
            return code.value
        case asyncio.CancelledError():
            return CANCELLED
        case _:
            return ERROR


def _series(of: Histogram, labels: tuple[str, ...]) -> Histogram:
    return of.labels(*labels)


class Metrics:
    """The process's metrics, in a registry of their own.

    Labels take words from small sets. Whatever is not a word, or comes after a set has grown to
    100, counts as `other`, so that an id passed by mistake costs one series and leaks nothing.

    Attributes:
        conditions: What the look-out for alerts writes down.
    """

    def __init__(self) -> None:
        """Two instances know nothing of each other."""
        self._registry = CollectorRegistry(auto_describe=True)
        self._known: dict[str, set[str]] = {}
        # The library looks it up anew each time, behind a lock; words are few, so series are.
        self._series = lru_cache(maxsize=2_000)(_series)
        ProcessCollector(registry=self._registry)
        self._commands = self._histogram(
            "command_seconds", "Commands from arrival to answer", _COMMAND_SECONDS,
            "command", "outcome",
        )  # fmt: skip
        self._orders = Counter(
            "floorbroker_orders", "Orders by what became of them", ["broker", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._broker_calls = self._histogram(
            "broker_call_seconds", "Requests to brokers", _BROKER_SECONDS,
            "broker", "operation", "outcome",
        )  # fmt: skip
        self._store_calls = self._histogram(
            "store_call_seconds", "Requests to the store", _STORE_SECONDS, "operation", "outcome"
        )
        self._lag = self._histogram("event_loop_lag_seconds", "Event-loop lag", _LAG_SECONDS)
        self._last_lag = self._gauge("event_loop_lag_last_seconds", "Event-loop lag, last measured")
        self._prices = self._histogram(
            "market_event_seconds", "From a pushed price's own time to our event", _PRICE_SECONDS,
            "broker",
        )  # fmt: skip
        self._deliveries = self._histogram(
            "market_delivery_seconds",
            "From a price's arrival in this process to who waits for it",
            _DELIVERY_SECONDS,
        )
        self._streams = self._gauge("market_streams", "Instruments that somebody follows")
        self._leases = self._gauge("open_leases", "Broker adapters in use or kept warm")
        self._limits = Gauge(
            "floorbroker_broker_limit_used",
            "Share of a broker's request limit that was last seen used, 1 is all of it",
            ["broker", "scope"],
            registry=self._registry,
        )
        self._backlog = self._gauge("reconcile_backlog", "Orders whose outcome is being looked up")
        self._renewals = Counter(
            "floorbroker_renewals", "Renewals of people's access", ["broker", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._redis_failures = Counter(
            "floorbroker_redis_failures", "Questions and words to Redis that failed", ["use"],
            registry=self._registry,
        )  # fmt: skip
        self._jobs = self._histogram(
            "job_seconds", "Background work of several replicas, carried out by this one",
            _JOB_SECONDS, "job", "outcome",
        )  # fmt: skip
        self._renewals_failed: dict[str, float] = {}
        self._lag_seconds, self._lag_times = 0.0, 0
        self.conditions = Conditions(self._registry, self._word)

    def command_done(self, name: str, outcome: str, seconds: float) -> None:
        """Counts one command; `outcome` is `OK` or an error code."""
        self._commands.labels(self._word("command", name), self._word("outcome", outcome)).observe(
            seconds
        )

    def order_outcome(self, broker: str, outcome: str) -> None:
        """Counts one order that reached a state; `broker` is the broker's id, never the link's."""
        self._orders.labels(self._word("broker", broker), self._word("outcome", outcome)).inc()

    def broker_call(self, broker: str, operation: str) -> AbstractContextManager[TimedCall]:
        """Times one request to a broker.

        The outcome is `OK`, the code of the error that comes out, `CANCELLED`, or `ERROR`.
        """
        labels = (self._word("broker", broker), self._word("operation", operation))
        return _Timing(self, self._broker_calls, labels)

    def store_call(self, operation: str) -> AbstractContextManager[TimedCall]:
        """Times one request to the store; outcomes as for `broker_call`."""
        return _Timing(self, self._store_calls, (self._word("operation", operation),))

    def job(self, name: str) -> AbstractContextManager[TimedCall]:
        """Times one job that replicas share; outcomes as for `broker_call`."""
        return _Timing(self, self._jobs, (self._word("job", name),))

    def loop_lag(self, seconds: float) -> None:
        """How late the event loop ran a timer."""
        self._last_lag.set(seconds)
        self._lag.observe(seconds)
        self._lag_seconds += seconds
        self._lag_times += 1

    def last_loop_lag(self) -> float:
        """The seconds that `loop_lag` was told last."""
        return self._registry.get_sample_value("floorbroker_event_loop_lag_last_seconds") or 0.0

    def limit_used(self, broker: str, scope: str, share: float) -> None:
        """How much of a request limit is used, from 0 to 1; of all identities the last one."""
        labels = self._word("broker", broker), self._word("scope", scope)
        self._limits.labels(*labels).set(share)
        self.conditions.limit_told(*labels, share)

    def renewal(self, broker: str, outcome: str) -> None:
        """Counts one renewal of a person's access; `outcome` is `OK` or an error code."""
        broker = self._word("broker", broker)
        self._renewals.labels(broker, self._word("outcome", outcome)).inc()
        failed = self._renewals_failed.get(broker, 0.0)
        self._renewals_failed[broker] = failed + (outcome != OK)

    def redis_failed(self, use: str) -> None:
        """Counts one question or word to Redis without an answer; `use` is what it was for."""
        self._redis_failures.labels(self._word("use", use)).inc()

    def open_leases(self, number: int) -> None:
        """How many broker adapters live at present."""
        self._leases.set(number)

    def price_heard(self, broker: str, seconds: float) -> None:
        """How old a pushed price was, by its source's time, when it became our event."""
        self._prices.labels(self._word("broker", broker)).observe(seconds)

    def price_delivered(self, seconds: float) -> None:
        """What this process added before a subscriber who waited had the event."""
        self._deliveries.observe(seconds)

    def market_streams(self, number: int) -> None:
        """How many instruments are followed at present, each once a link."""
        self._streams.set(number)

    def reconcile_backlog(self, number: int) -> None:
        """How many orders wait for proof at present."""
        self._backlog.set(number)

    def commands_ended(self) -> Mapping[str, float]:
        """How many commands ended since the start, by outcome."""
        return counts(self._commands, "outcome")

    def renewals_failed(self) -> Mapping[str, float]:
        """How many renewals failed since the start, by broker."""
        return dict(self._renewals_failed)

    def lag_measured(self) -> tuple[float, int]:
        """Seconds of lag since the start, and the number of measurements that they come from."""
        return self._lag_seconds, self._lag_times

    def render(self) -> tuple[bytes, str]:
        """All of it in Prometheus' text format, and the content type to send it under."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def _word(self, label: str, value: str) -> str:
        known = self._known.setdefault(label, set())
        if value in known:
            return value
        if len(known) >= _MOST_VALUES or _WORD.fullmatch(value) is None:
            return _OTHER
        known.add(value)
        return value

    def _histogram(
        self, name: str, what: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        name = f"floorbroker_{name}"
        return Histogram(name, what, labels, buckets=buckets, registry=self._registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"floorbroker_{name}", what, registry=self._registry)
