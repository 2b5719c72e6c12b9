"""Every metric of the process with its labels, and those that a query asks for."""

import re
from collections.abc import Iterator, Mapping

from prometheus_client.parser import text_string_to_metric_families

from floorbroker.observability.metrics import Metrics

_NAME = re.compile(r"\b(?:floorbroker|process)_[a-z_]+\b")
_SELECTED = re.compile(r"\b((?:floorbroker|process)_[a-z_]+)\{([^}]*)\}")
_LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"")


def known() -> Mapping[str, frozenset[str]]:
    """Labels by the name of the sample, of a process in which everything has happened once."""
    metrics = Metrics()
    metrics.command_done("buy", "OK", 0.1)
    metrics.order_outcome("paper", "filled")
    metrics.renewal("schwab", "OK")
    metrics.limit_used("kraken", "orders", 0.5)
    metrics.loop_lag(0.0)
    metrics.price_heard("ibkr", 0.01)
    metrics.redis_failed("limits")
    with (
        metrics.broker_call("paper", "quote"),
        metrics.store_call("get"),
        metrics.job("reconcile"),
    ):
        pass
    conditions = metrics.conditions
    conditions.breaker_open("paper", False)
    conditions.gateway_down("ibkr", False)
    conditions.jobs_waiting("rounds", 0)
    conditions.unknown(0.0, for_bot=0, for_person=0)
    conditions.take_peaks()
    body, _ = metrics.render()
    return {
        sample.name: frozenset(sample.labels)
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def names(query: str) -> set[str]:
    """The metrics that a query asks for."""
    return set(_NAME.findall(query))


def selected(query: str) -> Iterator[tuple[str, set[str]]]:
    """Each metric that a query narrows down, and the labels by which it does."""
    for name, inside in _SELECTED.findall(query):
        yield name, set(_LABEL.findall(inside))
