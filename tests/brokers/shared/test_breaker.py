"""A broker that fails again and again rests; what closes, cancels and reads back always passes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import stamina

from floorbroker.brokers.shared.breaker import FAILURES, REST, Breaker
from floorbroker.brokers.shared.watched import TRIES, WatchedAdapter
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    InvalidInput,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SymbolNotFound,
)
from floorbroker.domain.ids import AccountId, BrokerId
from floorbroker.domain.orders import OrderChanges, OrderRequest, PositionEffect, Side
from floorbroker.observability.metrics import Metrics
from tests.brokers.fakes.surroundings import context
from tests.contract.placing import sending
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.adapter import ExchangeAdapter
from tests.fakes.exchange.credentials import ExchangeCredentials
from tests.fakes.exchange.venue import AAPL, ACCOUNT, Venue, accepted

BROKEN = BrokerConnectionError(broker="alpaca")
BUY = sending(
    OrderRequest(instrument=AAPL, side=Side.BUY, quantity=Decimal(1)),
    account_id=AccountId("EX-1"),
    broker="alpaca",
)
CLOSE = replace(BUY, request=replace(BUY.request, side=Side.SELL, effect=PositionEffect.CLOSE))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def venue() -> Venue:
    venue = Venue()
    for order in (BUY, CLOSE):
        venue.book[order.order_id] = accepted("X-1")
    return venue


@pytest.fixture
def watched(clock: ManualClock, venue: Venue) -> WatchedAdapter:
    adapter = ExchangeAdapter(context(clock, venue=venue), ExchangeCredentials())
    return WatchedAdapter(adapter, BrokerId("alpaca"), Metrics(), breaker=Breaker(clock))


@pytest.fixture
def tries() -> Iterator[None]:
    """As in the product, but for the pauses."""
    with stamina.set_testing(True, attempts=TRIES):
        yield


async def broken(watched: WatchedAdapter, venue: Venue, times: int = FAILURES) -> None:
    venue.failing["balances"] = BROKEN
    for _ in range(times):
        with pytest.raises(BrokerConnectionError):
            await watched.balances(ACCOUNT)
    venue.failing.clear()


async def test_after_five_failures_nothing_is_asked_for_a_minute(
    watched: WatchedAdapter, venue: Venue, clock: ManualClock
) -> None:
    await broken(watched, venue)
    clock.advance(REST.total_seconds() - 1)

    with pytest.raises(BrokerConnectionError) as failure:
        await watched.balances(ACCOUNT)

    assert venue.count("balances") == FAILURES
    assert failure.value.retry_after == timedelta(seconds=1)


async def test_four_failures_change_nothing(watched: WatchedAdapter, venue: Venue) -> None:
    await broken(watched, venue, FAILURES - 1)

    await watched.balances(ACCOUNT)

    await broken(watched, venue, FAILURES - 1)
    await watched.balances(ACCOUNT)


async def test_after_the_rest_one_call_tries_for_all(
    watched: WatchedAdapter, venue: Venue, clock: ManualClock
) -> None:
    await broken(watched, venue)
    clock.advance(REST.total_seconds())
    venue.failing["balances"] = BROKEN
    with pytest.raises(BrokerConnectionError):
        await watched.balances(ACCOUNT)
    venue.failing.clear()

    with pytest.raises(BrokerConnectionError):
        await watched.balances(ACCOUNT)

    assert venue.count("balances") == FAILURES + 1
    clock.advance(REST.total_seconds())
    await watched.balances(ACCOUNT)
    await watched.balances(ACCOUNT)


async def test_an_order_that_opens_a_position_is_not_sent_to_a_resting_broker(
    watched: WatchedAdapter, venue: Venue
) -> None:
    await broken(watched, venue)

    with pytest.raises(NotSent):
        await watched.place_order(BUY)

    assert venue.count("place_order") == 0


async def test_closing_canceling_changing_and_reading_back_have_a_way_through(
    watched: WatchedAdapter, venue: Venue
) -> None:
    await broken(watched, venue)

    await watched.place_order(CLOSE)
    await watched.find_order(BUY)
    await watched.modify_order(BUY, OrderChanges(limit_price=Decimal(9)))
    await watched.cancel_order(BUY)

    asked_for = {"place_order", "find_order", "modify_order", "cancel_order"}
    assert asked_for <= set(venue.requests)


@pytest.mark.parametrize(
    "error",
    [
        OrderRejected("Not enough.", broker="alpaca"),
        SymbolNotFound(broker="alpaca"),
        RateLimited(broker="alpaca"),
        NotSent(broker="alpaca"),
    ],
)
async def test_what_one_person_is_refused_is_not_the_brokers_failure(
    watched: WatchedAdapter, venue: Venue, error: BrokerError
) -> None:
    venue.failing["place_order"] = error
    for _ in range(FAILURES + 1):
        with pytest.raises(type(error)):
            await watched.place_order(BUY)
    venue.failing.clear()

    await watched.place_order(BUY)


async def test_orders_without_an_answer_count(watched: WatchedAdapter, venue: Venue) -> None:
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    for _ in range(FAILURES):
        with pytest.raises(OutcomeUnknown):
            await watched.place_order(BUY)

    with pytest.raises(NotSent):
        await watched.place_order(BUY)

    assert venue.count("place_order") == FAILURES


@pytest.mark.parametrize(
    "error",
    [
        BROKEN,
        ApiError(broker="alpaca"),
        BrokerTimeout(broker="alpaca"),
        RateLimited(broker="alpaca", retry_after=timedelta(seconds=2)),
    ],
)
@pytest.mark.usefixtures("tries")
async def test_a_read_is_tried_three_times(
    watched: WatchedAdapter, venue: Venue, error: BrokerError
) -> None:
    venue.failing["balances"] = error

    with pytest.raises(type(error)):
        await watched.balances(ACCOUNT)

    assert venue.count("balances") == TRIES == 3


@pytest.mark.parametrize(
    "error",
    [
        SymbolNotFound(broker="alpaca"),
        RateLimited(broker="alpaca", retry_after=timedelta(minutes=1)),
        InvalidInput("no"),
    ],
)
@pytest.mark.usefixtures("tries")
async def test_what_would_be_answered_alike_is_asked_once(
    watched: WatchedAdapter, venue: Venue, error: Exception
) -> None:
    venue.failing["balances"] = error

    with pytest.raises(type(error)):
        await watched.balances(ACCOUNT)

    assert venue.count("balances") == 1


@pytest.mark.usefixtures("tries")
@pytest.mark.parametrize("operation", ["place_order", "cancel_order", "modify_order"])
@pytest.mark.parametrize("error", [BROKEN, ApiError(), BrokerTimeout(), OutcomeUnknown()])
async def test_no_request_about_an_order_is_ever_repeated(
    watched: WatchedAdapter, venue: Venue, operation: str, error: BrokerError
) -> None:
    venue.failing[operation] = error
    more = (OrderChanges(limit_price=Decimal(9)),) if operation == "modify_order" else ()

    with pytest.raises(type(error)):
        await getattr(watched, operation)(BUY, *more)

    assert venue.count(operation) == 1
