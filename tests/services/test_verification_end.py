"""The end of a verification: one cancel whatever fails, and the truth about what is left."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Found, Receipt
from floorbroker.services.verification_steps import StepName
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, filled
from tests.services.conftest import Build
from tests.services.verifying import (
    BRIEF,
    FAILED,
    OK,
    Bench,
    codes,
    of_the_order,
    results,
)


@pytest.fixture
def bench(build: Build, venue: Venue, clock: ManualClock) -> Bench:
    return Bench(build(venue=venue), venue, clock)


# The cancel


async def test_a_refused_cancel_is_not_repeated_and_the_open_order_is_told(bench: Bench) -> None:
    bench.venue.failing["cancel_order"] = OrderRejected("Too late.", broker="alpaca")

    done = await bench.verify()

    assert of_the_order(done) == (OK, OK, FAILED, FAILED, FAILED)
    assert bench.venue.count("place_order") == bench.venue.count("cancel_order") == 1
    assert done.left == f"Order {bench.order_id} may still be open at Alpaca. Cancel it there."
    assert bench.heard.left == [done.left]


async def test_a_cancel_that_hangs_is_not_repeated(bench: Bench) -> None:
    bench.venue.blocked["cancel_order"] = asyncio.Event()
    bench.pace = replace(bench.pace, order_seconds=BRIEF)

    done = await bench.verify()

    assert codes(done)[StepName.CANCEL] is ErrorCode.OUTCOME_UNKNOWN
    assert bench.venue.count("cancel_order") == 1
    assert bench.order_id in done.left


async def test_a_cancel_whose_answer_is_lost_is_proven_by_reading_back(bench: Bench) -> None:
    bench.venue.failing_after["cancel_order"] = OutcomeUnknown(broker="alpaca")

    done = await bench.verify()

    assert of_the_order(done) == (OK, OK, FAILED, OK, OK)
    assert bench.venue.count("cancel_order") == 1
    assert done.left == ""


async def test_an_order_that_fills_before_its_cancel_leaves_a_holding(bench: Bench) -> None:
    bench.venue.failing["cancel_order"] = OrderRejected("It is filled.", broker="alpaca")

    def fills() -> None:
        order_id = bench.heard.sent[0].order_id
        bench.venue.book[order_id] = filled(f"X-{order_id}", Decimal(1), bench.clock.now())

    bench.on_pause = fills

    done = await bench.verify()

    assert "It bought 1 AAPL" in done.left
    assert results(done)[StepName.NOTHING_LEFT] is FAILED


# Until it is gone


async def test_a_cancel_that_takes_a_while_is_waited_for(bench: Bench) -> None:
    bench.venue.cancels_at_once = False

    def ends() -> None:
        order_id = bench.heard.sent[0].order_id
        bench.venue.book[order_id] = Receipt(
            broker_order_id=f"X-{order_id}", state=OrderState.CANCELED
        )

    bench.on_pause = ends

    done = await bench.verify()

    assert done.ok
    assert bench.pauses == 1


async def test_an_order_that_never_ends_is_not_waited_for_forever(bench: Bench) -> None:
    bench.venue.cancels_at_once = False

    done = await bench.verify()

    assert of_the_order(done) == (OK, OK, OK, FAILED, FAILED)
    assert bench.venue.count("cancel_order") == 1
    assert "may still be open" in done.left


async def test_a_clock_that_stands_still_does_not_make_it_endless(bench: Bench) -> None:
    bench.venue.cancels_at_once = False
    bench.on_pause = lambda: bench.clock.advance(-1)

    done = await bench.verify()

    assert results(done)[StepName.READ_BACK] is FAILED


async def test_looks_that_take_long_end_with_the_time_that_was_given(bench: Bench) -> None:
    bench.venue.cancels_at_once = False
    bench.on_pause = lambda: bench.clock.advance(60)

    await bench.verify()

    assert bench.pauses == 2  # one for the end of the order, one for its place in the list


async def test_looks_that_fail_are_followed_by_others(bench: Bench) -> None:
    bench.venue.failing["find_order"] = ApiError(broker="alpaca")
    bench.on_pause = bench.venue.failing.clear

    done = await bench.verify()

    assert done.ok


async def test_looks_that_all_fail_are_told_and_the_cancel_is_asked_for_all_the_same(
    bench: Bench,
) -> None:
    bench.venue.failing["find_order"] = ApiError(broker="alpaca")

    done = await bench.verify()

    assert codes(done)[StepName.FIND] is codes(done)[StepName.READ_BACK] is ErrorCode.API_ERROR
    assert bench.venue.count("cancel_order") == 1


async def test_an_order_that_is_still_listed_as_open_is_told(bench: Bench) -> None:
    bench.venue.cancels_at_once = False
    canceled = Receipt(broker_order_id="", state=OrderState.CANCELED)

    def says_canceled() -> None:
        id_at_broker = f"X-{bench.heard.sent[0].order_id}"
        bench.venue.found = Found(receipt=replace(canceled, broker_order_id=id_at_broker))

    bench.on_pause = says_canceled

    done = await bench.verify()

    assert of_the_order(done) == (OK, OK, OK, OK, FAILED)
    assert "may still be open" in done.left


# Given up by the person


async def test_giving_up_while_the_order_is_on_its_way_still_cancels_it_once(bench: Bench) -> None:
    bench.venue.blocked["place_order"] = asyncio.Event()
    bench.venue.failing["cancel_order"] = OrderRejected("No such order.", broker="alpaca")
    verifying = asyncio.ensure_future(bench.verify())
    await bench.venue.heard("place_order")

    verifying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verifying

    assert bench.venue.count("place_order") == bench.venue.count("cancel_order") == 1
    (told,) = bench.heard.left
    assert bench.order_id in told


async def test_giving_up_while_it_is_looked_for_cancels_it(bench: Bench) -> None:
    bench.venue.blocked["find_order"] = asyncio.Event()
    verifying = asyncio.ensure_future(bench.verify())
    await bench.venue.heard("find_order")

    verifying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verifying

    assert bench.venue.count("cancel_order") == 1
    assert [receipt.state for receipt in bench.venue.book.values()] == [OrderState.CANCELED]
    assert bench.heard.left == []


async def test_giving_up_after_the_cancel_does_not_cancel_again(bench: Bench) -> None:
    bench.venue.cancels_at_once = False
    verifying = asyncio.ensure_future(bench.verify())
    await bench.venue.heard("cancel_order")

    verifying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verifying

    assert bench.venue.count("cancel_order") == 1
    assert "may still be open" in bench.heard.left[0]


async def test_giving_up_before_an_order_is_sent_asks_for_no_cancel(bench: Bench) -> None:
    bench.venue.blocked["balances"] = asyncio.Event()
    verifying = asyncio.ensure_future(bench.verify())
    await bench.venue.heard("balances")

    verifying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await verifying

    assert bench.venue.count("cancel_order") == 0
    assert bench.heard.left == []
