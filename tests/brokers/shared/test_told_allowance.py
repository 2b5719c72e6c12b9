"""An allowance that the vendor counts: its headers, out of order, wrong, or of another plan."""

from datetime import timedelta

import pytest

from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.told_allowance import ToldAllowance
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.observability.metrics import Metrics
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def allowance(clock: ManualClock) -> ToldAllowance:
    return Allowances(clock, Metrics()).told("alpaca", "account", "1", most=10, seconds=60)


def headers(clock: ManualClock, *, left: int, most: int = 10, seconds: int = 30) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(most),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": str(int(clock.now().timestamp()) + seconds),
    }


async def room(allowance: ToldAllowance) -> int:
    """How much can be asked for, at most twenty."""
    for number in range(20):
        try:
            await allowance.take(urgent=True)
        except NoAllowance:
            return number
    return 20


async def test_without_a_word_the_usual_counts(allowance: ToldAllowance) -> None:
    assert await room(allowance) == 10


async def test_the_vendors_word_goes_before_ours(
    allowance: ToldAllowance, clock: ManualClock
) -> None:
    allowance.hear(headers(clock, left=3))

    assert await room(allowance) == 3


async def test_a_larger_plan_is_believed(allowance: ToldAllowance, clock: ManualClock) -> None:
    allowance.hear(headers(clock, left=15, most=20))

    assert await room(allowance) == 15


async def test_within_a_period_nothing_comes_back(
    allowance: ToldAllowance, clock: ManualClock
) -> None:
    allowance.hear(headers(clock, left=3))
    allowance.hear(headers(clock, left=8))  # an answer that was overtaken

    assert await room(allowance) == 3


async def test_an_answer_of_the_period_before_is_late(
    allowance: ToldAllowance, clock: ManualClock
) -> None:
    allowance.hear(headers(clock, left=3, seconds=50))
    allowance.hear(headers(clock, left=0, seconds=20))

    assert await room(allowance) == 3


async def test_the_next_period_begins_when_the_vendor_said(
    allowance: ToldAllowance, clock: ManualClock
) -> None:
    allowance.hear(headers(clock, left=0))

    with pytest.raises(NoAllowance) as refusal:
        await allowance.take()
    clock.advance(30)

    assert refusal.value.retry_after == timedelta(seconds=30)
    assert await room(allowance) == 10


async def test_a_clock_that_is_wrong_locks_nobody_out(
    allowance: ToldAllowance, clock: ManualClock
) -> None:
    allowance.hear(headers(clock, left=0, seconds=86_400))
    clock.advance(60)

    assert await room(allowance) == 10


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"X-RateLimit-Limit": "10"},
        {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
        {"X-RateLimit-Limit": "-1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
        {"X-RateLimit-Limit": "ten", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
        {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 40},
    ],
)
async def test_words_that_are_none_change_nothing(
    allowance: ToldAllowance, words: dict[str, str]
) -> None:
    allowance.hear(words)

    assert await room(allowance) == 10
