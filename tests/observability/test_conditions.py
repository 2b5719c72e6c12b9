"""The numbers behind alerts, as Prometheus reads them."""

from floorbroker.observability.metrics import Metrics
from tests.observability.scraped import samples


def test_a_peak_is_the_highest_since_the_last_look_and_nothing_without_requests() -> None:
    metrics = Metrics()
    for share in (0.2, 0.9, 0.1):
        metrics.limit_used("kraken", "orders", share)

    assert metrics.conditions.take_peaks() == {("kraken", "orders"): 0.9}
    assert samples(metrics)["floorbroker_broker_limit_peak", ("kraken", "orders")] == 0.9
    assert metrics.conditions.take_peaks() == {("kraken", "orders"): 0.0}
    assert samples(metrics)["floorbroker_broker_limit_peak", ("kraken", "orders")] == 0


def test_a_peak_has_the_few_labels_that_the_share_has() -> None:
    metrics = Metrics()

    metrics.limit_used("kraken", "0123456789abcdef0123456789", 0.5)

    assert metrics.conditions.take_peaks() == {("kraken", "other"): 0.5}


def test_renewals_are_counted_by_outcome_and_those_that_failed_by_broker() -> None:
    metrics = Metrics()
    for outcome in ("OK", "TIMEOUT", "SESSION_EXPIRED"):
        metrics.renewal("schwab", outcome)

    assert metrics.renewals_failed() == {"schwab": 2}
    found = samples(metrics)
    assert found["floorbroker_renewals_total", ("OK", "schwab")] == 1
    assert found["floorbroker_renewals_total", ("TIMEOUT", "schwab")] == 1


def test_commands_are_summed_by_outcome() -> None:
    metrics = Metrics()
    for name, outcome in (("buy", "OK"), ("sell", "OK"), ("buy", "TIMEOUT")):
        metrics.command_done(name, outcome, 0.1)

    assert metrics.commands_ended() == {"OK": 2, "TIMEOUT": 1}


def test_lag_is_summed() -> None:
    metrics = Metrics()
    metrics.loop_lag(0.25)
    metrics.loop_lag(0.5)

    assert metrics.lag_measured() == (0.75, 2)
