"""An outage of Redis is told of when it begins and when it is over, and not in between."""

from floorbroker.observability.metrics import Metrics
from floorbroker.replicas.outage import Outage
from tests.observability.captured import captured_stderr


class _Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_is_logged_once_however_often_somebody_asks() -> None:
    time = _Time()
    outage = Outage("limits", Metrics(), steady=time)

    with captured_stderr() as log:
        for _ in range(3):
            outage.failed(ConnectionError())
            time.now += 1
        assert (outage.lasts, outage.seconds) == (True, 3.0)
        outage.answered()
        outage.answered()

    assert [line["event"] for line in log.records()] == ["redis_away", "redis_back"]
    assert (outage.lasts, outage.seconds) == (False, 0.0)


def test_a_blink_is_not_worth_a_line() -> None:
    time = _Time()
    outage = Outage("jobs", Metrics(), blink=1.0, steady=time)

    with captured_stderr() as log:
        outage.failed(ConnectionError())
        assert outage.lasts
        outage.answered()
        outage.failed(ConnectionError())
        time.now += 1
        outage.failed(ConnectionError())
        outage.answered()

    assert [line["event"] for line in log.records()] == ["redis_away", "redis_back"]


def test_each_question_without_an_answer_is_counted() -> None:
    metrics = Metrics()
    outage = Outage("word", metrics)

    for _ in range(3):
        outage.failed(TimeoutError())

    text = metrics.render()[0].decode()
    assert 'floorbroker_redis_failures_total{use="word"} 3.0' in text
