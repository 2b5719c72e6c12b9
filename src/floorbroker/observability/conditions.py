"""The numbers behind alerts that are no by-product of serving: somebody looks, and writes down."""

from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram

Word = Callable[[str, str], str]
PERSON: Final = "person"
BOT: Final = "bot"


class Conditions:
    """Gauges that `services.alert_looks` sets, part of `Metrics`."""

    def __init__(self, registry: CollectorRegistry, word: Word) -> None:
        """`word` keeps labels few, as everywhere in `Metrics`."""
        self._registry = registry
        self._word = word
        self._peaks: dict[tuple[str, str], float] = {}
        self._store_down = self._gauge("store_down", "1 while the store does not answer")
        self._redis_down = self._gauge("redis_down", "1 while the Redis of the replicas is away")
        self._waiting = self._gauge(
            "jobs_waiting", "Jobs of all replicas that nobody has taken yet", "queue"
        )
        self._breakers = self._gauge(
            "breaker_open", "1 while a broker that failed again and again is left alone", "broker"
        )
        self._gateways = self._gauge(
            "gateway_down", "1 while the connection to a gateway is lost", "broker"
        )
        self._unknown_age = self._gauge(
            "oldest_unknown_seconds",
            "Age of the oldest order, cancel or change with an unknown outcome, 0 without one; "
            "those left out that wait for their person's decision",
        )
        self._unknown = self._gauge(
            "unknown_orders", "Orders with an unknown outcome, by who has to find it", "waits_for"
        )
        self._late = self._gauge(
            "reconcile_overdue", "Orders that should have been read back a minute ago"
        )
        self._late_news = self._gauge(
            "news_overdue", "Orders of which their person should have been told a minute ago"
        )
        self._peak = self._gauge(
            "broker_limit_peak",
            "Highest share of a request limit that was used since the look before, 0 without use",
            "broker", "scope",
        )  # fmt: skip
        self._tasks = self._gauge("tasks", "Tasks of the event loop")
        self._threads = self._gauge("threads", "Threads of the process")

    def store_down(self, down: bool) -> None:
        """Whether the store gave no sign of life."""
        self._store_down.set(down)

    def redis_down(self, down: bool) -> None:
        """Whether the Redis that replicas share gave no sign of life."""
        self._redis_down.set(down)

    def jobs_waiting(self, queue: str, number: int) -> None:
        """How many jobs wait for a worker."""
        self._waiting.labels(self._word("queue", queue)).set(number)

    def breaker_open(self, broker: str, is_open: bool) -> None:
        """Whether a broker is left alone."""
        self._breakers.labels(self._word("broker", broker)).set(is_open)

    def gateway_down(self, broker: str, down: bool) -> None:
        """Whether the connection to a gateway is lost."""
        self._gateways.labels(self._word("broker", broker)).set(down)

    def unknown(self, oldest_seconds: float, *, for_bot: int, for_person: int) -> None:
        """How old the oldest unknown outcome is that the bot looks for, and how many there are."""
        self._unknown_age.set(oldest_seconds)
        self._unknown.labels(BOT).set(for_bot)
        self._unknown.labels(PERSON).set(for_person)

    def overdue(self, looks: int, news: int) -> None:
        """How many orders are a minute late to be read back, and to be told of."""
        self._late.set(looks)
        self._late_news.set(news)

    def running(self, *, tasks: int, threads: int) -> None:
        """What the process has under way."""
        self._tasks.set(tasks)
        self._threads.set(threads)

    def limit_told(self, broker: str, scope: str, share: float) -> None:
        """How much of a limit was used at one request."""
        self._peaks[broker, scope] = max(share, self._peaks.get((broker, scope), 0.0))

    def take_peaks(self) -> Mapping[tuple[str, str], float]:
        """By broker and scope, the most that was used since the last call.

        What nobody asked for since is 0: a value of yesterday says nothing of today.
        """
        taken = dict(self._peaks)
        for (broker, scope), share in taken.items():
            self._peak.labels(broker, scope).set(share)
            self._peaks[broker, scope] = 0.0
        return taken

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"floorbroker_{name}", what, labels, registry=self._registry)


def counts(histogram: Histogram, label: str) -> Mapping[str, float]:
    """How often a histogram was fed since the start, by one of its labels."""
    found: dict[str, float] = {}
    for family in histogram.collect():
        for sample in family.samples:
            if sample.name.endswith("_count"):
                value = sample.labels.get(label, "")
                found[value] = found.get(value, 0.0) + sample.value
    return found
