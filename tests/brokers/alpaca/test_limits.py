"""What Alpaca allows in a minute: asked for before each request, as its own headers tell it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.errors import NotSent, OutcomeUnknown, RateLimited
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.alpaca.at_alpaca import order_of, resting_request
from tests.fakes.clock import ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Fault, Person


async def test_what_closes_cancels_and_reads_back_has_a_fifth_for_itself(
    adapter: AlpacaAdapter,
    account: BrokerAccount,
    anna: Person,
    resting: Order,
    simulator: AlpacaSimulator,
) -> None:
    simulator.limit_rate(200)
    await adapter.place_order(resting)

    with pytest.raises(RateLimited) as refusal:
        for _ in range(1_000):
            await adapter.positions(account)
    with pytest.raises(NotSent):
        await adapter.place_order(order_of(resting_request(quantity=Decimal(5)), anna.account_id))

    assert refusal.value.retry_after == timedelta(seconds=60)
    assert simulator.orders_received == 1
    assert isinstance(await adapter.find_order(resting), Found)
    await adapter.cancel_order(resting)
    assert simulator.cancels_received == 1


async def test_another_minute_has_room_again(
    adapter: AlpacaAdapter, account: BrokerAccount, simulator: AlpacaSimulator, clock: ManualClock
) -> None:
    simulator.limit_rate(10)

    with pytest.raises(RateLimited):
        for _ in range(10):
            await adapter.balances(account)
    clock.advance(60)

    assert await adapter.balances(account)


async def test_whoever_pays_for_more_may_ask_more(
    adapter: AlpacaAdapter, account: BrokerAccount, simulator: AlpacaSimulator, clock: ManualClock
) -> None:
    simulator.limit_rate(1000)
    clock.advance(60)

    for _ in range(300):
        await adapter.positions(account)


async def test_requests_of_other_programs_count(
    adapter: AlpacaAdapter, account: BrokerAccount, simulator: AlpacaSimulator, anna: Person
) -> None:
    simulator.limit_rate(200)
    simulator.used_elsewhere(anna, 190)

    await adapter.positions(account)  # tells how little is left
    with pytest.raises(RateLimited):
        await adapter.positions(account)


async def test_a_429_tells_when_to_come_back(
    adapter: AlpacaAdapter, account: BrokerAccount, resting: Order, simulator: AlpacaSimulator
) -> None:
    trouble = simulator.fail("place", Fault.TOO_MANY_REQUESTS, carried_out=False)

    with pytest.raises(OutcomeUnknown):  # no document says that a 429 was not carried out
        await adapter.place_order(resting)
    trouble.lift()
    assert simulator.orders_received == 1

    simulator.limit_rate(0)
    with pytest.raises(RateLimited) as refusal:
        await adapter.positions(account)

    assert refusal.value.retry_after == timedelta(seconds=60)
