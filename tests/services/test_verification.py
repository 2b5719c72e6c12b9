"""Verifying a broker: one order, one cancel, and the truth about what is left, whatever fails."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    FloorbrokerError,
    InvalidInput,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    PolicyRefused,
)
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found, LookUp, Receipt
from floorbroker.domain.people import Link
from floorbroker.services.verification import Plan, Verification, verified
from floorbroker.services.verification_steps import (
    ABOUT_THE_ORDER,
    Listener,
    Pace,
    Step,
    StepName,
    StepResult,
)
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue, accepted, filled
from tests.floor import ANNA, EXCHANGE, House
from tests.observability.captured import captured_stderr
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting, Silent

BRIEF = 0.05
"""Seconds that are really waited where something hangs."""

READS = tuple(name for name in StepName if name not in ABOUT_THE_ORDER)
OK, FAILED, SKIPPED = StepResult.OK, StepResult.FAILED, StepResult.SKIPPED


@dataclass
class Heard(Listener):
    """Keeps what it is told; `placed` is what the venue had got when the id was told."""

    venue: Venue
    placed: int | None = None
    sent: list[Order] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def step(self, step: Step) -> None:
        self.steps.append(step)

    def sends(self, order: Order) -> None:
        self.sent.append(order)
        self.placed = self.venue.count("place_order")

    def leaves(self, sentence: str, order: Order) -> None:
        self.left.append(sentence)


class Bench:
    """Verifies the scripted exchange, on a clock that moves with every pause."""

    def __init__(self, house: House, venue: Venue, clock: ManualClock) -> None:
        self.house, self.venue, self.clock = house, venue, clock
        self.heard = Heard(venue)
        self.spec: BrokerSpec = get_broker(EXCHANGE)
        self.pace = Pace(patience_seconds=3)
        self.on_pause: Callable[[], None] = lambda: None
        self.pauses = 0

    async def verify(
        self, *, environment: Environment = Environment.PAPER, **plan: Any
    ) -> Verification:
        link = await self.house.link(environment=environment)
        return await self.verify_link(link, **plan)

    async def verify_link(self, link: Link, **plan: Any) -> Verification:
        pace = replace(self.pace, sleep=self.pause)
        async with self.house.sessions.apart(link) as adapter:
            return await verified(
                adapter,
                self.spec,
                link,
                clock=self.clock,
                plan=Plan(**plan),
                metrics=self.house.metrics,
                listener=self.heard,
                pace=pace,
            )

    async def pause(self, seconds: float) -> None:
        self.pauses += 1
        self.clock.advance(seconds)
        self.on_pause()
        await asyncio.sleep(0)

    @property
    def order_id(self) -> str:
        (order,) = self.heard.sent
        return order.order_id


@pytest.fixture
def bench(build: Build, venue: Venue, clock: ManualClock) -> Bench:
    return Bench(build(venue=venue), venue, clock)


def results(done: Verification) -> dict[StepName, StepResult]:
    return {step.name: step.result for step in done.steps}


def codes(done: Verification) -> dict[StepName, ErrorCode]:
    return {step.name: step.code for step in done.steps if step.code is not None}


def of_the_order(done: Verification) -> tuple[StepResult, ...]:
    """Place, find, cancel, read back, nothing left."""
    return tuple(results(done)[name] for name in ABOUT_THE_ORDER)


# Before anything is sent


async def test_an_account_with_real_money_is_refused_before_anything_is_asked(bench: Bench) -> None:
    with pytest.raises(PolicyRefused, match="real money"):
        await bench.verify(environment=Environment.LIVE)

    assert bench.venue.requests == []


async def test_a_broker_without_paper_trading_is_named_as_such(bench: Bench) -> None:
    bench.spec = replace(bench.spec, environments=frozenset({Environment.LIVE}))

    with pytest.raises(PolicyRefused, match=r"Alpaca has no paper one\. With --read-only"):
        await bench.verify(environment=Environment.LIVE)


async def test_a_symbol_that_cannot_be_one_is_refused_before_anything_is_asked(
    bench: Bench,
) -> None:
    with pytest.raises(InvalidInput):
        await bench.verify(symbol="../orders")

    assert bench.venue.requests == []


async def test_without_a_connection_nothing_else_is_asked(bench: Bench) -> None:
    bench.venue.failing["connect"] = BrokerConnectionError(broker="alpaca")

    done = await bench.verify()

    assert set(bench.venue.requests) == {"connect"}
    assert codes(done) == {StepName.CONNECT: ErrorCode.CONNECTION_FAILED}
    assert set(list(results(done).values())[1:]) == {SKIPPED}
    assert not done.ok


async def test_a_link_that_reaches_no_account_is_told(bench: Bench) -> None:
    bench.venue.accounts = ()

    done = await bench.verify()

    assert codes(done) == {StepName.ACCOUNTS: ErrorCode.NOT_LINKED}
    assert bench.venue.count("place_order") == 0


@pytest.mark.parametrize(
    ("call", "step"),
    [
        ("balances", StepName.BALANCES),
        ("positions", StepName.POSITIONS),
        ("open_orders", StepName.OPEN_ORDERS),
        ("instrument", StepName.INSTRUMENT),
        ("instrument_rules", StepName.RULES),
        ("market_hours", StepName.MARKET_HOURS),
        ("quote", StepName.QUOTE),
    ],
)
@pytest.mark.parametrize(
    ("error", "code"),
    [(ApiError("No.", broker="alpaca"), ErrorCode.API_ERROR), (KeyError(), ErrorCode.UNKNOWN)],
    ids=["refused", "a defect"],
)
async def test_a_read_that_fails_is_told_and_nothing_is_ordered(
    bench: Bench, call: str, step: StepName, error: Exception, code: ErrorCode
) -> None:
    bench.venue.failing[call] = error

    with captured_stderr():
        done = await bench.verify()

    assert codes(done) == {step: code}
    assert of_the_order(done) == (SKIPPED,) * 5
    assert bench.venue.count("place_order") == 0
    assert not done.ok


async def test_a_read_that_hangs_is_given_up(bench: Bench) -> None:
    bench.venue.blocked["balances"] = asyncio.Event()
    bench.pace = replace(bench.pace, read_seconds=BRIEF)

    done = await bench.verify()

    assert codes(done) == {StepName.BALANCES: ErrorCode.TIMEOUT}
    assert bench.venue.count("place_order") == 0


async def test_without_a_price_to_stay_away_from_nothing_is_sent(bench: Bench) -> None:
    bench.venue.bid, bench.venue.ask, bench.venue.last = Decimal(0), None, None

    done = await bench.verify()

    assert codes(done) == {StepName.PLACE: ErrorCode.INVALID_INPUT}
    assert bench.venue.count("place_order") == 0
    assert (done.left, bench.heard.sent, done.order) == ("", [], None)


async def test_a_broker_without_quotes_gets_no_order_and_is_not_called_verified(
    bench: Bench,
) -> None:
    bench.spec = replace(bench.spec, capabilities=bench.spec.capabilities - {Capability.QUOTES})

    done = await bench.verify()

    assert codes(done) == {}
    assert of_the_order(done) == (SKIPPED,) * 5
    assert not done.ok


async def test_a_broker_without_limit_orders_gets_none(bench: Bench) -> None:
    bench.spec = replace(bench.spec, order_types=frozenset())

    done = await bench.verify()

    assert codes(done) == {StepName.PLACE: ErrorCode.NOT_SUPPORTED}
    assert bench.venue.count("place_order") == 0


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


# A broker that works


async def test_a_broker_that_works_gets_one_order_and_one_cancel_and_nothing_is_left(
    bench: Bench,
) -> None:
    done = await bench.verify()

    assert set(results(done).values()) == {OK}
    assert bench.venue.count("place_order") == bench.venue.count("cancel_order") == 1
    assert [receipt.state for receipt in bench.venue.book.values()] == [OrderState.CANCELED]
    assert (done.ok, done.left, bench.heard.left) == (True, "", [])
    assert [step.name for step in bench.heard.steps] == list(StepName)


async def test_the_order_is_small_far_from_the_market_and_in_no_store(bench: Bench) -> None:
    done = await bench.verify()

    assert done.order is not None
    request = done.order.request
    assert (request.quantity, request.limit_price) == (Decimal(1), Decimal("49.99"))
    assert await bench.house.stored_orders.get(ANNA, done.order.order_id) is None


async def test_its_id_is_told_and_logged_before_anything_reaches_the_broker(bench: Bench) -> None:
    with captured_stderr(level="WARNING") as log:
        await bench.verify()

    (line,) = [one for one in log.records() if one["event"] == "verification_sends"]
    assert line["order_id"] == bench.order_id
    assert bench.heard.placed == 0


@pytest.mark.parametrize("environment", Environment)
async def test_reading_alone_places_nothing_with_any_money(
    bench: Bench, environment: Environment
) -> None:
    done = await bench.verify(environment=environment, read_only=True)

    assert done.ok
    assert [results(done)[name] for name in READS] == [OK] * len(READS)
    assert of_the_order(done) == (SKIPPED,) * 5
    assert {"place_order", "cancel_order"} & set(bench.venue.requests) == set()


async def test_steps_are_timed(bench: Bench) -> None:
    bench.venue.cancels_at_once = False

    done = await bench.verify()

    seconds = {step.name: step.seconds for step in done.steps}
    assert seconds[StepName.CONNECT] == 0
    assert seconds[StepName.READ_BACK] == 3


@pytest.mark.parametrize("symbol", [None, "AAPL", "btc/usd"])
async def test_the_paper_broker_passes(
    build: Build, clock: ManualClock, symbol: str | None
) -> None:
    broker = Counting()
    house = build(faults=broker)
    link = await house.accounts.open_paper(ANNA)

    async with house.sessions.apart(link) as adapter:
        done = await verified(
            adapter, get_broker("paper"), link, clock=clock, plan=Plan(symbol=symbol)
        )

    assert done.ok
    assert set(results(done).values()) == {OK}
    assert broker.orders_received == broker.operations.count("cancel_order") == 1


async def test_the_paper_broker_that_stays_silent_is_told_and_left_clean(
    build: Build, clock: ManualClock
) -> None:
    broker = Silent(frozenset({"place_order", "cancel_order"}))
    house = build(faults=broker)
    link = await house.accounts.open_paper(ANNA)

    async with house.sessions.apart(link) as adapter:
        done = await verified(adapter, get_broker("paper"), link, clock=clock)

    assert of_the_order(done) == (FAILED, OK, FAILED, OK, OK)
    assert broker.orders_received == broker.operations.count("cancel_order") == 1
    assert (done.ok, done.left) == (False, "")
