"""Each alert, made to hold through the parts that it is about: told once, and once that it is over.

What each part is made to do is real: an order without an answer, a breaker that opens, a store that
fails. Only the operators and the clock are a test's own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Final

import pytest
from redis.asyncio import Redis

from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.alert_state import Step
from floorbroker.domain.alerts import ALERTS, AlertName, alert
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    BrokerTimeout,
    GatewayNotRunning,
    OutcomeUnknown,
    SessionExpired,
)
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.order import Candidate
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Link
from floorbroker.replicas.opening import answers
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import ACCOUNT, Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.fakes.gateway_wire import BRISK, ScriptedWire
from tests.fakes.signed.provider import Provider
from tests.floor import ANNA, BEN, SIGNED, House, caller
from tests.observability.scraped import samples
from tests.redis_server import RedisServer
from tests.services.alarmed import STEP_SECONDS, Watch, looks_of
from tests.services.conftest import Build
from tests.services.signed_in import DUE, Waiting, linked, tried_use

Act = Callable[[], Awaitable[object]]
IBKR: Final = BrokerId("ibkr")
SHOWN: set[AlertName] = set()
"""The alerts that a test of this file makes hold."""


def shows(name: AlertName) -> AlertName:
    SHOWN.add(name)
    return name


async def nothing() -> None:
    """What happens meanwhile where the condition lasts by itself."""


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue)


@pytest.fixture
def watch(house: House) -> Watch:
    return Watch(looks_of(house), house.documents, house.clock)


async def looks_on(watch: Watch, lasting: timedelta, meanwhile: Act) -> None:
    for _ in range(int(lasting.total_seconds() // STEP_SECONDS) + 1):
        await meanwhile()
        await watch.look()
        watch.clock.advance(STEP_SECONDS)


def steps(watch: Watch, name: AlertName) -> list[Step]:
    """What was told of one alert: a broker that is silent sets off others too."""
    return [one.step for one in watch.ops.told if one.alert.name is name]


async def told_once(
    watch: Watch, name: AlertName, *, meanwhile: Act = nothing, after: timedelta = timedelta(0)
) -> None:
    """It holds now or will `after`: one message, however long it goes on."""
    await looks_on(watch, after + alert(name).holds + timedelta(minutes=1), meanwhile)
    assert steps(watch, name) == [Step.FIRST]
    await looks_on(watch, timedelta(minutes=20), meanwhile)
    assert steps(watch, name) == [Step.FIRST]


async def told_as_over(
    watch: Watch, name: AlertName, *, meanwhile: Act = nothing, after: timedelta = timedelta(0)
) -> None:
    """It is gone now or will be `after`: one more message."""
    lasting = after + alert(name).over_after + timedelta(minutes=30)
    await looks_on(watch, lasting, meanwhile)
    assert steps(watch, name) == [Step.FIRST, Step.OVER]


STORE_DOWN = shows(AlertName.STORE_DOWN)


async def test_a_store_that_fails(watch: Watch, store: FlakyDocuments, house: House) -> None:
    await watch.look()
    store.fail("ping", "")
    for operation in ("find", "insert", "replace", "count", "get"):
        for collection in ("orders", "ops_alerts"):
            store.fail(operation, collection)
    await told_once(watch, STORE_DOWN)
    assert samples(house.metrics)["floorbroker_store_down", ()] == 1

    store.recover()

    await told_as_over(watch, STORE_DOWN)
    assert samples(house.metrics)["floorbroker_store_down", ()] == 0


REDIS_DOWN = shows(AlertName.REDIS_DOWN)


async def test_a_redis_that_is_away(house: House, redis_server: RedisServer) -> None:
    async with Redis.from_url(redis_server.url) as redis:
        watch = Watch(looks_of(house, redis=partial(answers, redis)), house.documents, house.clock)
        await watch.look()
        redis_server.stop()
        await told_once(watch, REDIS_DOWN)
        assert samples(house.metrics)["floorbroker_redis_down", ()] == 1

        redis_server.start()

        await told_as_over(watch, REDIS_DOWN)
        assert samples(house.metrics)["floorbroker_redis_down", ()] == 0


BREAKER_OPEN = shows(AlertName.BREAKER_OPEN)


async def balances(house: House, link: Link) -> None:
    async with house.sessions.lease(link) as adapter:
        await adapter.balances(ACCOUNT)


async def test_a_broker_that_fails_again_and_again(
    watch: Watch, house: House, venue: Venue
) -> None:
    link = await house.link()
    venue.failing["balances"] = ApiError(broker="alpaca")
    for _ in range(5):
        with pytest.raises(ApiError):
            await balances(house, link)
    await told_once(watch, BREAKER_OPEN)
    assert watch.ops.told[0].broker == "alpaca"

    venue.failing.clear()
    await balances(house, link)

    await told_as_over(watch, BREAKER_OPEN)


ORDER_UNKNOWN = shows(AlertName.ORDER_UNKNOWN)
FIVE_MINUTES: Final = timedelta(minutes=5)


async def test_an_order_without_an_answer(watch: Watch, house: House, venue: Venue) -> None:
    await house.link()
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    venue.failing["find_order"] = BrokerTimeout(broker="alpaca")
    order = await house.bought(limit="90.00")
    assert order.state is OrderState.UNKNOWN
    await looks_on(watch, timedelta(minutes=4), house.reconciler.sweep)
    assert steps(watch, ORDER_UNKNOWN) == []
    await told_once(
        watch, ORDER_UNKNOWN, meanwhile=house.reconciler.sweep, after=timedelta(minutes=1)
    )
    (figures,) = {one.figures for one in watch.ops.told if one.alert.name is ORDER_UNKNOWN}
    assert figures == "1 order in doubt at alpaca, the oldest for 5 minutes."

    venue.failing.clear()

    await told_as_over(watch, ORDER_UNKNOWN, meanwhile=house.reconciler.sweep)


async def test_a_cancel_without_an_answer(watch: Watch, house: House, venue: Venue) -> None:
    await house.link()
    order = await house.resting()
    venue.failing["cancel_order"] = OutcomeUnknown(broker="alpaca")
    venue.failing["find_order"] = BrokerTimeout(broker="alpaca")
    await house.changes.cancel(caller(), order.order_id)

    await told_once(watch, ORDER_UNKNOWN, meanwhile=house.reconciler.sweep, after=FIVE_MINUTES)
    venue.failing.clear()

    await told_as_over(watch, ORDER_UNKNOWN, meanwhile=house.reconciler.sweep)


async def test_what_only_its_person_can_decide_is_counted_and_alarms_nobody(
    watch: Watch, house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    venue.failing["place_order"] = OutcomeUnknown(broker="alpaca")
    order = await house.bought(limit="90.00")
    fits = Candidate(broker_order_id="X-1", state=OrderState.ACCEPTED, filled=Decimal(0))
    asked = replace(order, candidates=(fits,))
    assert await house.stored_orders.advance(order, asked)

    await looks_on(watch, timedelta(minutes=30), nothing)

    assert watch.ops.told == []
    assert samples(house.metrics)["floorbroker_unknown_orders", ("person",)] == 1
    assert samples(house.metrics)["floorbroker_oldest_unknown_seconds", ()] == 0


BACKLOG = shows(AlertName.RECONCILE_BACKLOG)


async def test_orders_that_nobody_reads_back(watch: Watch, house: House) -> None:
    await house.link()
    for _ in range(20):
        await house.resting()
    await told_once(watch, BACKLOG, after=timedelta(minutes=2))
    assert watch.ops.told[0].figures == "20 orders overdue by a minute or more."

    await told_as_over(watch, BACKLOG, meanwhile=house.reconciler.sweep)


LIMIT = shows(AlertName.LIMIT_NEARLY_USED)


async def test_a_request_limit_that_is_nearly_used(watch: Watch, house: House) -> None:
    allowances = Allowances(house.clock, house.metrics)
    counter = allowances.decaying("kraken", "orders", most=10, per_second=1)

    async def asks_much() -> None:
        await counter.take(9 if len(watch.ops.told) == 0 else 8, urgent=True)

    await told_once(watch, LIMIT, meanwhile=asks_much)
    assert watch.ops.told[0].figures == "90% of the limit “orders”."

    await told_as_over(watch, LIMIT)


async def test_an_old_share_of_a_limit_alarms_nobody(watch: Watch, house: House) -> None:
    house.metrics.limit_used("kraken", "orders", 0.95)
    await looks_on(watch, timedelta(minutes=30), nothing)

    assert [one.step for one in watch.ops.told] == [Step.FIRST, Step.OVER]
    found = samples(house.metrics)
    assert found["floorbroker_broker_limit_peak", ("kraken", "orders")] == 0
    assert found["floorbroker_broker_limit_used", ("kraken", "orders")] == 0.95


RENEWALS = shows(AlertName.RENEWALS_FAILING)


@pytest.mark.parametrize("failure", [ApiError, SessionExpired])
async def test_access_that_is_not_renewed(
    build: Build, venue: Venue, clock: ManualClock, failure: type[Exception]
) -> None:
    provider = Provider(clock)
    house = build(venue=venue, scripted=SIGNED, provider=provider, pause=Waiting(clock))
    people = (ANNA, BEN, UserId("100000000000000003"))
    links = [await linked(house, provider, person) for person in people]
    watch = Watch(looks_of(house), house.documents, clock)
    await watch.look()
    clock.advance(DUE)
    provider.before = failure()

    for number, link in enumerate(links, start=1):
        assert watch.ops.told == [], number
        assert await tried_use(house, link) is not None
        await watch.look()
        clock.advance(15)
    assert [(one.alert.name, one.broker) for one in watch.ops.told] == [(RENEWALS, "alpaca")]

    await told_as_over(watch, RENEWALS, after=timedelta(minutes=15))


LOOP_LAG = shows(AlertName.LOOP_LAG)


async def test_an_event_loop_that_is_late(watch: Watch, house: House) -> None:
    async def measured() -> None:
        for _ in range(10):
            house.metrics.loop_lag(0.4)

    async def measured_well() -> None:
        for _ in range(30):
            house.metrics.loop_lag(0.001)

    await told_once(watch, LOOP_LAG, meanwhile=measured)

    await told_as_over(watch, LOOP_LAG, meanwhile=measured_well)


ERROR_RATE = shows(AlertName.ERROR_RATE)


async def test_commands_that_fail(watch: Watch, house: House) -> None:
    async def fail() -> None:
        house.metrics.command_done("quote", "OK", 0.1)
        house.metrics.command_done("quote", "TIMEOUT", 0.1)

    async def work() -> None:
        house.metrics.command_done("quote", "OK", 0.1)

    await watch.look()
    await told_once(watch, ERROR_RATE, meanwhile=fail, after=timedelta(minutes=2))

    await told_as_over(watch, ERROR_RATE, meanwhile=work)


@pytest.mark.parametrize(
    ("outcomes"),
    [["INVALID_INPUT"] * 100, ["TIMEOUT"] * 9, ["TIMEOUT"] * 19 + ["OK"] * 81],
    ids=["their own mistakes", "too few", "a fifth is not reached"],
)
async def test_commands_that_alarm_nobody(
    watch: Watch, house: House, outcomes: Sequence[str]
) -> None:
    await watch.look()
    for outcome in outcomes:
        house.metrics.command_done("quote", outcome, 0.1)

    await looks_on(watch, timedelta(minutes=10), nothing)

    assert watch.ops.told == []


GATEWAY = shows(AlertName.GATEWAY_DOWN)


async def test_a_gateway_that_is_lost(house: House, clock: ManualClock) -> None:
    gateways = Gateways(clock, BRISK)
    heard = asyncio.Queue[ConnectionState]()
    gateways.listen(lambda event: heard.put_nowait(event.state))
    wire = ScriptedWire()
    wire.silent = GatewayNotRunning("Nothing listens.", broker=IBKR)
    watch = Watch(looks_of(house, gateways), house.documents, clock)
    gateway = gateways.of(IBKR, lambda: wire)
    with pytest.raises(GatewayNotRunning):
        await gateway.up()
    while await heard.get() is not ConnectionState.FAILED:
        pass
    await looks_on(watch, timedelta(minutes=14), nothing)
    assert watch.ops.told == []  # as long as a daily restart takes
    await told_once(watch, GATEWAY)

    wire.silent = None
    while await heard.get() is not ConnectionState.CONNECTED:
        pass

    await told_as_over(watch, GATEWAY)
    await gateways.aclose()


def test_there_is_a_test_for_each_alert() -> None:
    assert {row.name for row in ALERTS} == SHOWN
