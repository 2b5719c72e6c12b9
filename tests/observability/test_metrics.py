"""The numbers, as Prometheus reads them."""

import asyncio

import pytest

from floorbroker.domain.errors import BrokerTimeout, StoreUnavailable
from floorbroker.domain.ids import new_order_id
from floorbroker.observability.metrics import Metrics
from tests.observability.scraped import samples


def test_the_page_says_its_format() -> None:
    _, content_type = Metrics().render()

    assert content_type.startswith("text/plain; version=")


def test_a_command_counts_once_with_its_time() -> None:
    metrics = Metrics()

    metrics.command_done("buy", "OK", 0.25)

    found = samples(metrics)
    assert found["floorbroker_command_seconds_count", ("OK", "buy")] == 1
    assert found["floorbroker_command_seconds_sum", ("OK", "buy")] == 0.25


def test_orders_are_counted_by_broker_and_outcome() -> None:
    metrics = Metrics()

    metrics.order_outcome("paper", "FILLED")
    metrics.order_outcome("paper", "FILLED")

    assert samples(metrics)["floorbroker_orders_total", ("FILLED", "paper")] == 2


def test_a_broker_call_that_ends_well_is_ok() -> None:
    metrics = Metrics()

    with metrics.broker_call("alpaca", "place_order"):
        pass

    key = ("floorbroker_broker_call_seconds_count", ("OK", "alpaca", "place_order"))
    assert samples(metrics)[key] == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BrokerTimeout(), "TIMEOUT"),
        (asyncio.CancelledError(), "CANCELLED"),
        (ZeroDivisionError(), "ERROR"),
    ],
)
def test_a_broker_call_that_fails_counts_under_what_happened(
    error: BaseException, outcome: str
) -> None:
    metrics = Metrics()

    with pytest.raises(type(error)), metrics.broker_call("alpaca", "quote"):
        raise error

    key = ("floorbroker_broker_call_seconds_count", (outcome, "alpaca", "quote"))
    assert samples(metrics)[key] == 1


def test_a_store_call_counts_under_its_error_or_under_what_its_caller_says() -> None:
    metrics = Metrics()

    with pytest.raises(StoreUnavailable), metrics.store_call("find"):
        raise StoreUnavailable
    with pytest.raises(KeyError), metrics.store_call("insert") as call:
        call.outcome = "DUPLICATE"
        raise KeyError

    found = samples(metrics)
    assert found["floorbroker_store_call_seconds_count", ("STORE_UNAVAILABLE", "find")] == 1
    assert found["floorbroker_store_call_seconds_count", ("DUPLICATE", "insert")] == 1


def test_gauges_show_the_last_value() -> None:
    metrics = Metrics()

    metrics.open_leases(3)
    metrics.open_leases(2)
    metrics.reconcile_backlog(7)
    metrics.loop_lag(0.5)
    metrics.loop_lag(0.25)

    found = samples(metrics)
    assert found["floorbroker_open_leases", ()] == 2
    assert found["floorbroker_reconcile_backlog", ()] == 7
    assert found["floorbroker_event_loop_lag_last_seconds", ()] == 0.25
    assert found["floorbroker_event_loop_lag_seconds_count", ()] == 2


def test_two_instances_share_nothing() -> None:
    one, other = Metrics(), Metrics()

    one.order_outcome("paper", "FILLED")

    assert ("floorbroker_orders_total", ("FILLED", "paper")) not in samples(other)


@pytest.mark.parametrize("value", ["1098765432109876543", "DU1234567", "a" * 41, "", 'x"\n', "é"])
def test_what_is_not_a_word_is_never_a_label(value: str) -> None:
    metrics = Metrics()

    metrics.order_outcome(value, "FILLED")

    assert samples(metrics)["floorbroker_orders_total", ("FILLED", "other")] == 1


def test_ids_passed_by_mistake_cannot_grow_the_page_without_end() -> None:
    metrics = Metrics()

    for _ in range(1_000):
        metrics.order_outcome("paper", new_order_id())

    series = [name for name, _ in samples(metrics) if name == "floorbroker_orders_total"]
    assert len(series) <= 101
