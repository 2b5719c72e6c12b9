"""No broker is asked more than it allows; what protects people has room of its own."""

from datetime import timedelta

import pytest

from floorbroker.brokers.shared.allowance import LONGEST_WAIT, Allowance
from floorbroker.brokers.shared.allowances import MOST_KEPT, Allowances
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.observability.metrics import Metrics
from tests.fakes.clock import ManualClock


class Waiting:
    """Lets the clock run instead of waiting; knows how long that was."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.waited: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.advance(seconds)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def waiting(clock: ManualClock) -> Waiting:
    return Waiting(clock)


@pytest.fixture
def allowances(clock: ManualClock, metrics: Metrics, waiting: Waiting) -> Allowances:
    return Allowances(clock, metrics, pause=waiting)


def kraken(allowances: Allowances, link: str = "link-1") -> Allowance:
    return allowances.decaying("kraken", "key", link, most=15, per_second=0.5)


def alpaca(allowances: Allowances, link: str = "link-1") -> Allowance:
    return allowances.window("alpaca", "account", link, most=200, seconds=60)


async def _use(allowance: Allowance, times: int, *, urgent: bool = False) -> int:
    """How many went through before there was no room."""
    for number in range(times):
        try:
            await allowance.take(urgent=urgent)
        except NoAllowance:
            return number
    return times


async def test_a_window_keeps_a_fifth_for_what_is_urgent(allowances: Allowances) -> None:
    window = alpaca(allowances)

    usual = await _use(window, 300)
    urgent = await _use(window, 300, urgent=True)

    assert usual == 160
    assert urgent == 40


async def test_a_weight_counts_as_many(allowances: Allowances) -> None:
    window = allowances.window("binance", "application", most=6000, seconds=60)

    for _ in range(48):
        await window.take(100)

    with pytest.raises(NoAllowance):
        await window.take(100)
    await window.take(100, urgent=True)


async def test_one_person_uses_nothing_of_anothers(allowances: Allowances) -> None:
    await _use(alpaca(allowances, "anna"), 300)

    assert await _use(alpaca(allowances, "ben"), 10) == 10
    with pytest.raises(NoAllowance):
        await alpaca(allowances, "anna").take()


def test_whoever_counts_as_one_is_given_the_same_one(allowances: Allowances) -> None:
    told = allowances.told("schwab", "orders", "link-1", most=120, seconds=60)

    assert kraken(allowances) is kraken(allowances)
    assert alpaca(allowances) is alpaca(allowances)
    assert allowances.told("schwab", "orders", "link-1", most=120, seconds=60) is told
    assert kraken(allowances) is not kraken(allowances, "link-2")


def test_of_too_many_the_oldest_is_forgotten(allowances: Allowances) -> None:
    oldest, next_one = kraken(allowances, "0"), kraken(allowances, "1")
    for number in range(2, MOST_KEPT + 1):
        kraken(allowances, str(number))

    assert kraken(allowances, "1") is next_one
    assert kraken(allowances, "0") is not oldest


async def test_a_decaying_counter_lets_a_burst_through_and_then_a_trickle(
    allowances: Allowances, waiting: Waiting, clock: ManualClock
) -> None:
    counter = kraken(allowances)

    burst = await _use(counter, 12)
    await counter.take()

    assert burst == 12
    assert waiting.waited == [pytest.approx(2.0)]
    clock.advance(60)
    assert await _use(counter, 12) == 12


async def test_nobody_waits_longer_than_a_moment(allowances: Allowances, waiting: Waiting) -> None:
    counter = kraken(allowances)
    await _use(counter, 12)

    with pytest.raises(NoAllowance) as failure:
        await counter.take(2)

    assert failure.value.retry_after > LONGEST_WAIT
    assert waiting.waited == []


async def test_the_reserve_of_a_counter_is_for_what_is_urgent(allowances: Allowances) -> None:
    counter = kraken(allowances)
    await _use(counter, 12)

    for _ in range(3):
        await counter.take(urgent=True)


@pytest.mark.parametrize("urgent", [True, False])
async def test_when_the_broker_says_stay_away_everybody_does(
    allowances: Allowances, clock: ManualClock, urgent: bool
) -> None:
    window = alpaca(allowances)
    window.stay_away(timedelta(seconds=30))

    with pytest.raises(NoAllowance) as failure:
        await window.take(urgent=urgent)

    assert failure.value.retry_after == timedelta(seconds=30)
    clock.advance(30)
    await window.take(urgent=urgent)


async def test_a_short_demand_is_waited_for(allowances: Allowances, waiting: Waiting) -> None:
    window = alpaca(allowances)
    window.stay_away(timedelta(seconds=1))

    await window.take()

    assert waiting.waited == [1.0]


async def test_a_shorter_demand_does_not_lift_a_longer_one(
    allowances: Allowances, clock: ManualClock
) -> None:
    window = alpaca(allowances)
    window.stay_away(timedelta(seconds=60))
    window.stay_away(timedelta(seconds=1))
    clock.advance(10)

    with pytest.raises(NoAllowance):
        await window.take()


async def test_the_share_that_is_used_is_a_metric(allowances: Allowances, metrics: Metrics) -> None:
    await _use(kraken(allowances), 12)

    text = metrics.render()[0].decode()
    assert 'floorbroker_broker_limit_used{broker="kraken",scope="key"} 0.8' in text


async def test_eighty_percent_is_told_once(
    allowances: Allowances, clock: ManualClock, capfd: pytest.CaptureFixture[str]
) -> None:
    counter = kraken(allowances)

    await _use(counter, 12)
    await counter.take(urgent=True)

    said = capfd.readouterr()
    assert (said.out + said.err).count("limit_nearly_used") == 1
