"""How much a gateway is asked."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from floorbroker.brokers.ibkr.pacing import Pacing
from floorbroker.brokers.shared.allowance import Told
from floorbroker.domain.errors import RateLimited
from tests.brokers.ibkr.at_market import DETAILS, market_at


class Time:
    """Stands still, unless somebody waits; then it passes in the order of those who do."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds

    async def pause(self, seconds: float) -> None:
        until = self.seconds + seconds
        await asyncio.sleep(0)
        self.seconds = max(self.seconds, until)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def paced(time: Time) -> Pacing:
    return Pacing(now=time.now, pause=time.pause)


async def test_never_more_than_fifty_messages_leave_within_any_second(
    paced: Pacing, time: Time
) -> None:
    left: list[float] = []
    for number in range(400):
        await paced.message(urgent=number % 3 == 0)
        left.append(time.seconds)
        time.seconds += 0.001

    most = max(sum(at <= other < at + 1 for other in left) for at in left)

    assert 36 <= most <= 45
    assert left[-1] - left[0] < 400 / 36 + 1


async def test_orders_have_a_fifth_of_the_rate_to_themselves(paced: Pacing, time: Time) -> None:
    for _ in range(36):
        await paced.message()

    for _ in range(9):
        await paced.message(urgent=True)

    assert time.seconds == 1000.0
    await paced.message(urgent=True)
    assert time.seconds >= 1001.0


async def test_a_full_queue_takes_nothing_more_and_says_that_nothing_was_asked() -> None:
    never = asyncio.Event()

    async def pause(_seconds: float) -> None:
        await never.wait()

    paced = Pacing(now=lambda: 0.0, pause=pause)
    for _ in range(45):
        await paced.message(urgent=True)
    waiting = [asyncio.create_task(paced.message()) for _ in range(80)]
    urgent = [asyncio.create_task(paced.message(urgent=True)) for _ in range(20)]
    await asyncio.sleep(0)

    with pytest.raises(RateLimited, match="Nothing was asked") as refused:
        await paced.message()
    with pytest.raises(RateLimited):
        await paced.message(urgent=True)

    assert refused.value.retry_after == timedelta(seconds=1)
    for task in (*waiting, *urgent):
        task.cancel()
    await asyncio.gather(*waiting, *urgent, return_exceptions=True)


async def test_the_queue_is_free_again_once_those_who_waited_have_gone() -> None:
    never = asyncio.Event()

    async def pause(_seconds: float) -> None:
        await never.wait()

    paced = Pacing(now=lambda: 0.0, pause=pause)
    for _ in range(45):
        await paced.message(urgent=True)
    for _ in range(300):
        waiting = asyncio.create_task(paced.message())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_the_same_question_about_the_past_is_not_asked_twice_within_15_seconds(
    paced: Pacing, time: Time
) -> None:
    await paced.history("AAPL", "question")
    time.seconds += 14
    with pytest.raises(RateLimited) as refused:
        await paced.history("AAPL", "question")
    time.seconds += 1

    await paced.history("AAPL", "question")

    assert refused.value.retry_after == timedelta(seconds=1)


async def test_fewer_than_six_questions_about_one_contract_within_two_seconds(
    paced: Pacing, time: Time
) -> None:
    for number in range(5):
        await paced.history("AAPL", number)
        time.seconds += 0.1
    with pytest.raises(RateLimited) as refused:
        await paced.history("AAPL", 5)
    await paced.history("MSFT", 6)
    time.seconds += 1.5

    await paced.history("AAPL", 7)

    assert refused.value.retry_after == timedelta(seconds=1.5)


async def test_sixty_questions_about_the_past_within_ten_minutes(paced: Pacing, time: Time) -> None:
    for number in range(60):
        await paced.history(number, number)
        time.seconds += 1

    with pytest.raises(RateLimited, match="60 questions") as refused:
        await paced.history(61, 61)

    assert refused.value.retry_after == timedelta(seconds=540)
    time.seconds += 540
    await paced.history(62, 62)


async def test_searches_are_a_second_apart_in_the_order_in_which_they_came(
    paced: Pacing, time: Time
) -> None:
    await paced.search()
    await paced.search()
    assert time.seconds == 1001.0
    time.seconds += 5
    await paced.search()

    assert time.seconds == 1006.0


async def test_who_would_wait_long_for_a_search_is_told_so() -> None:
    asked: list[float] = []

    async def pause(seconds: float) -> None:
        asked.append(seconds)

    paced = Pacing(now=lambda: 0.0, pause=pause)
    for _ in range(3):
        await paced.search()

    with pytest.raises(RateLimited):
        await paced.search()

    assert asked == [1.0, 2.0]


@pytest.mark.parametrize(("scope", "most"), [("lines", 100), ("books", 3)])
def test_what_there_is_only_so_often_is_refused_beyond_it_and_free_again_after(
    paced: Pacing, scope: str, most: int
) -> None:
    places = getattr(paced, scope)
    taken = [places.one() for _ in range(most)]
    for one in taken:
        one.__enter__()
    with pytest.raises(RateLimited, match=str(most)), places.one():
        pass

    taken.pop().__exit__(None, None, None)

    with places.one():
        assert places.taken == most
    assert places.taken == most - 1


async def test_use_is_told_and_four_fifths_of_it_is_warned_about(paced: Pacing) -> None:
    told: Counter[str] = Counter()
    last: dict[str, float] = {}

    def meter(scope: str) -> Told:
        def tell(used: float) -> None:
            told[scope] += 1
            last[scope] = used

        return tell

    paced.meter(meter)
    with capture_logs() as logs:
        for _ in range(36):
            await paced.message(urgent=True)
        await paced.history("AAPL", 1)
        with paced.lines.one():
            assert last["market data lines"] == 0.01

    assert told["messages"] == 36
    assert last["messages"] == pytest.approx(0.8)
    assert last["history"] == pytest.approx(1 / 60)
    assert last["market data lines"] == 0
    assert [(one["event"], one["limit"]) for one in logs] == [
        ("limit_nearly_used", "ibkr messages")
    ]


async def test_a_flood_of_questions_is_never_too_fast_for_the_gateway() -> None:
    async with market_at(pacing=True) as desk:
        lost = desk.line.lost
        fields = {"secType": "STK", "symbol": "AAPL", "exchange": "SMART", "currency": "USD"}

        answers = await asyncio.gather(
            *(desk.instruments.details(fields) for _ in range(130)), return_exceptions=True
        )

        refused = [one for one in answers if isinstance(one, RateLimited)]
        answered = [one for one in answers if isinstance(one, list) and one]
        assert len(answered) + len(refused) == 130
        assert desk.asked(DETAILS) == len(answered) >= 80
        assert refused
        assert not lost.done()
