"""Verifying a broker: reads first, no order where one fails, and one order where none does."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import Capability
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    InvalidInput,
    PolicyRefused,
)
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.services.verification import Plan, verified
from floorbroker.services.verification_steps import ABOUT_THE_ORDER, StepName
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA
from tests.observability.captured import captured_stderr
from tests.services.conftest import Build
from tests.services.verifying import (
    BRIEF,
    FAILED,
    OK,
    SKIPPED,
    Bench,
    codes,
    of_the_order,
    results,
)
from tests.simulators.paper_faults import Counting, Silent

READS = tuple(name for name in StepName if name not in ABOUT_THE_ORDER)


@pytest.fixture
def bench(build: Build, venue: Venue, clock: ManualClock) -> Bench:
    return Bench(build(venue=venue), venue, clock)


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
