"""What E*TRADE allows: two order requests a second for each person, and nobody stands in for it."""

import asyncio
from datetime import timedelta

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.domain.errors import BrokerError, NotSent, RateLimited
from floorbroker.domain.ids import LinkId
from floorbroker.domain.orders import Found
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from tests.brokers.etrade.at_etrade import (
    APPLE,
    adapter_in,
    credential,
    order_of,
    resting_request,
)
from tests.fakes.clock import ManualClock
from tests.simulators.etrade import App, EtradeSimulator, Person


async def strictly(
    context: BrokerContext,
    simulator: EtradeSimulator,
    app: App,
    person: Person,
    clock: ManualClock,
    *,
    link: str = "link-1",
    allowances: Allowances | None = None,
) -> EtradeAdapter:
    """An adapter under the limits as they are."""
    given = credential(simulator.grant(person, app.key), clock.now())
    counted = allowances or Allowances(clock, Metrics())
    adapter = adapter_in(context, given, allowances=counted, link_id=LinkId(link))
    await adapter.connect()
    return adapter


async def test_too_many_at_once_wait_or_are_told_and_never_reach_etrade(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    adapter = await strictly(context, simulator, app, anna, clock)
    before = len(simulator.received)
    loop = asyncio.get_running_loop()
    began = loop.time()

    outcomes = await asyncio.gather(
        *(adapter.quote(APPLE) for _ in range(40)), return_exceptions=True
    )

    refused = [one for one in outcomes if isinstance(one, BaseException)]
    seconds = loop.time() - began
    assert refused
    assert all(isinstance(one, RateLimited) for one in refused)
    assert len(simulator.received) - before == len(outcomes) - len(refused)
    assert len(simulator.received) - before <= 4 * (seconds + 2)  # a window in parts


async def test_an_order_without_room_is_not_sent(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    adapter = await strictly(context, simulator, app, anna, clock)
    orders = [order_of(resting_request(), anna.account) for _ in range(20)]

    outcomes = await asyncio.gather(
        *(adapter.place_order(order) for order in orders), return_exceptions=True
    )

    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert refused
    assert all(isinstance(one, NotSent) for one in refused)
    assert simulator.orders_received == len(simulator.orders) == len(orders) - len(refused)


async def test_one_persons_requests_take_nothing_from_anothers(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    together = Allowances(clock, Metrics())
    ben = simulator.add_person("ben")
    first = await strictly(context, simulator, app, anna, clock, allowances=together)
    second = await strictly(context, simulator, app, ben, clock, link="link-2", allowances=together)
    await asyncio.gather(*(first.quote(APPLE) for _ in range(20)), return_exceptions=True)

    quote = await second.quote(APPLE)

    assert quote.last == 200


@pytest.mark.parametrize("status", [400, 429])
async def test_what_etrade_itself_limits_is_told_and_nobody_asks_for_a_second(
    adapter: EtradeAdapter,
    account: BrokerAccount,
    simulator: EtradeSimulator,
    clock: ManualClock,
    status: int,
) -> None:
    simulator.limit_rate(accounts=0, status=status)
    with pytest.raises(RateLimited) as limited:
        await adapter.balances(account)
    asked = len(simulator.received)
    simulator.limit_rate()

    clock.advance(0.5)
    waiting = asyncio.create_task(adapter.balances(account))
    await asyncio.sleep(0)
    clock.advance(0.6)
    balances = await waiting

    assert limited.value.retry_after == timedelta(seconds=1)
    assert balances.cash.amount == 100000
    assert len(simulator.received) == asked + 1


async def test_an_order_is_looked_up_and_canceled_under_the_limits(
    context: BrokerContext, simulator: EtradeSimulator, app: App, anna: Person, clock: ManualClock
) -> None:
    adapter = await strictly(context, simulator, app, anna, clock)
    order = order_of(resting_request(), anna.account)

    await adapter.place_order(order)
    await asyncio.sleep(0)
    found = await _in_time(adapter, order)

    assert isinstance(found, Found)


async def _in_time(adapter: EtradeAdapter, order: object) -> object:
    """A read waits for room, and tells if there is none: then it is asked again."""
    for _ in range(5):
        try:
            return await adapter.find_order(order)  # type: ignore[arg-type] # as the service does
        except BrokerError as error:
            assert isinstance(error, RateLimited)
    raise AssertionError("never")
