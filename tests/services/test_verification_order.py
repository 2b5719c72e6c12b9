"""The one order of a verification: placed once and found, whatever the broker answers."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    FloorbrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found, LookUp, Receipt
from floorbroker.services.verification_steps import StepName
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.services.conftest import Build
from tests.services.verifying import (
    BRIEF,
    FAILED,
    OK,
    SKIPPED,
    Bench,
    codes,
    of_the_order,
)


@pytest.fixture
def bench(build: Build, venue: Venue, clock: ManualClock) -> Bench:
    return Bench(build(venue=venue), venue, clock)


# The place


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OrderRejected("No.", broker="alpaca"), ErrorCode.ORDER_REJECTED),
        (OrderRejected("Shut.", reason=ErrorCode.MARKET_CLOSED), ErrorCode.MARKET_CLOSED),
        (NotSent(broker="alpaca"), ErrorCode.NOT_SENT),
    ],
)
async def test_a_refused_order_is_told_as_such_and_needs_no_cancel(
    bench: Bench, error: FloorbrokerError, code: ErrorCode
) -> None:
    bench.venue.failing["place_order"] = error

    done = await bench.verify()

    assert codes(done) == {StepName.PLACE: code}
    assert of_the_order(done) == (FAILED, SKIPPED, SKIPPED, SKIPPED, SKIPPED)
    assert bench.venue.count("place_order") == 1
    assert bench.venue.count("cancel_order") == 0
    assert (done.left, bench.heard.left) == ("", [])
    assert not done.ok


async def test_a_refusal_inside_of_a_receipt_is_a_refusal_too(bench: Bench) -> None:
    bench.venue.on_place = lambda order: Receipt(
        broker_order_id="X-1", state=OrderState.REJECTED, reason="Later refused."
    )

    done = await bench.verify()

    assert codes(done) == {StepName.PLACE: ErrorCode.ORDER_REJECTED}
    assert bench.venue.count("cancel_order") == 0
    assert done.left == ""


@pytest.mark.parametrize(
    "error", [OutcomeUnknown(broker="alpaca"), ZeroDivisionError(), asyncio.CancelledError()]
)
async def test_an_order_whose_answer_is_lost_is_found_and_canceled_once(
    bench: Bench, error: BaseException
) -> None:
    bench.venue.failing_after["place_order"] = error

    done = await bench.verify()

    assert codes(done) == {StepName.PLACE: ErrorCode.OUTCOME_UNKNOWN}
    assert of_the_order(done) == (FAILED, OK, OK, OK, OK)
    assert bench.venue.count("place_order") == bench.venue.count("cancel_order") == 1
    assert done.left == ""
    assert not done.ok


async def test_an_order_that_hangs_and_is_never_seen_is_told_as_uncertain_with_its_id(
    bench: Bench,
) -> None:
    bench.venue.blocked["place_order"] = asyncio.Event()
    bench.venue.failing["cancel_order"] = OrderRejected("No such order.", broker="alpaca")
    bench.pace = replace(bench.pace, order_seconds=BRIEF)

    done = await bench.verify()

    assert of_the_order(done) == (FAILED,) * 5
    assert bench.venue.count("place_order") == bench.venue.count("cancel_order") == 1
    assert f"Whether Alpaca has order {bench.order_id} is not certain." in done.left
    assert bench.heard.left == [done.left]


async def test_an_order_that_may_turn_up_late_is_looked_for_beyond_the_settle_time(
    bench: Bench,
) -> None:
    bench.venue.blocked["place_order"] = asyncio.Event()
    bench.venue.failing["cancel_order"] = NotSent(broker="alpaca")
    bench.pace = replace(bench.pace, order_seconds=BRIEF)
    begun = bench.clock.now()

    def turns_up() -> None:
        if (bench.clock.now() - begun).total_seconds() >= 30:
            receipt = Receipt(broker_order_id="X-1", state=OrderState.ACCEPTED)
            bench.venue.book[bench.heard.sent[0].order_id] = receipt

    bench.on_pause = turns_up

    done = await bench.verify()

    assert f"Order {bench.order_id} may still be open at Alpaca." in done.left
    assert bench.venue.count("cancel_order") == 1


async def test_an_order_that_fills_all_the_same_leaves_a_holding_and_says_so(bench: Bench) -> None:
    now = bench.clock.now()
    bench.venue.on_place = lambda order: filled("X-1", Decimal(1), now)

    done = await bench.verify()

    assert of_the_order(done) == (OK, OK, SKIPPED, OK, FAILED)
    assert bench.venue.count("cancel_order") == 0
    assert done.left == "It bought 1 AAPL: the account holds that now."
    assert not done.ok


# Finding it


@pytest.mark.parametrize(
    ("found", "note"),
    [
        (Absent(), "the broker does not know the id"),
        (Ambiguous(candidates=()), "several orders fit"),
        (
            Found(receipt=accepted("X-of-somebody-else")),
            "another order was found than the one that was placed",
        ),
    ],
)
async def test_an_order_that_is_not_found_by_its_id_is_canceled_all_the_same(
    bench: Bench, found: Any, note: str
) -> None:
    bench.venue.found = found

    done = await bench.verify()

    (find,) = [step for step in done.steps if step.name is StepName.FIND]
    assert (find.result, find.code, find.note) == (FAILED, ErrorCode.OUTCOME_UNKNOWN, note)
    assert of_the_order(done) == (OK, FAILED, OK, OK, OK)
    assert bench.venue.count("cancel_order") == 1
    assert done.left == ""  # the cancel's own answer proves its end


class Watching(Venue):
    """Keeps the broker's own id of each order that is looked for."""

    def find(self, order: Order) -> LookUp:
        self.requests.append(f"find {order.broker_order_id}")
        return Venue.find(self, order)


async def test_it_is_found_by_our_own_id_alone(build: Build, clock: ManualClock) -> None:
    venue = Watching()
    bench = Bench(build(venue=venue), venue, clock)

    await bench.verify()

    looks = [request for request in venue.requests if request.startswith("find ")]
    assert looks == ["find None", f"find X-{bench.order_id}"]
