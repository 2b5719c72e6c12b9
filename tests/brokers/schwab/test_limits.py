"""What Schwab allows: of the application for reads, of an account for orders."""

from datetime import timedelta

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.brokers.shared.wire import NoAllowance
from floorbroker.domain.errors import NotSent, OutcomeUnknown, RateLimited
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import PositionEffect, Side
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.schwab.at_schwab import (
    APPLE,
    Access,
    Canned,
    adapter_in,
    looked_at,
    order_of,
    request,
    resting_request,
)
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.schwab import Person, SchwabSimulator


async def used_up(adapter: SchwabAdapter, account: str = "") -> None:
    """Nothing is left but what is kept for the urgent."""
    line = adapter._calls._line
    allowance = line._of_the_account(account) if account else line._of_the_application()
    with pytest.raises(NoAllowance):
        for _ in range(1_000):
            await allowance.take()


async def test_reads_of_all_people_together_are_counted(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    context: BrokerContext,
    simulator: SchwabSimulator,
) -> None:
    other = adapter_in(context)
    await used_up(other)
    asked = len(simulator.received)

    with pytest.raises(RateLimited):
        await adapter.balances(account)
    with pytest.raises(RateLimited):
        await adapter.quote(APPLE)

    assert len(simulator.received) == asked


async def test_orders_and_reading_them_back_do_not_stand_behind_reads(
    adapter: SchwabAdapter, account: BrokerAccount, resting: Order
) -> None:
    await used_up(adapter)

    order = with_receipt(resting, await adapter.place_order(resting), NOON)

    assert (await looked_at(adapter, order)).state is OrderState.ACCEPTED
    assert len(await adapter.open_orders(account)) == 1
    await adapter.cancel_order(order)


async def test_who_comes_to_close_something_is_let_in_when_all_else_waits(
    adapter: SchwabAdapter, context: BrokerContext
) -> None:
    await used_up(adapter)
    later = adapter_in(context)

    await later.connect()

    assert later.status().healthy


async def test_what_closes_and_what_cancels_has_a_fifth_for_itself(
    adapter: SchwabAdapter, simulator: SchwabSimulator, anna: Person, resting: Order
) -> None:
    simulator.give(anna.account, "AAPL", "10", "150")
    order = with_receipt(resting, await adapter.place_order(resting), NOON)
    await used_up(adapter, order.account_id)
    closing = order_of(request(side=Side.SELL, effect=PositionEffect.CLOSE))

    with pytest.raises(NotSent, match="no more requests"):
        await adapter.place_order(order_of(resting_request()))

    assert (await adapter.place_order(closing)).state is OrderState.FILLED
    await adapter.cancel_order(order)
    assert (simulator.orders_received, simulator.cancels_received) == (2, 1)


async def test_a_preview_counts_as_an_order_request(adapter: SchwabAdapter, resting: Order) -> None:
    await used_up(adapter, resting.account_id)

    with pytest.raises(RateLimited):
        await adapter.preview_order(resting)


async def test_one_persons_orders_use_up_nobody_elses(
    adapter: SchwabAdapter, simulator: SchwabSimulator, context: BrokerContext, access: Access
) -> None:
    bea = simulator.add_person("bea", ["33334444"])
    await used_up(adapter, order_of(request()).account_id)
    access.given = Access(simulator, bea).given
    hers = adapter_in(context)
    await hers.connect()
    (account,) = await hers.accounts()

    receipt = await hers.place_order(order_of(request(), account.account_id))

    assert receipt.state is OrderState.FILLED


async def test_who_types_symbols_leaves_enough_for_the_others(
    adapter: SchwabAdapter, account: BrokerAccount
) -> None:
    with pytest.raises(RateLimited):
        for number in range(40):
            await adapter.search_instruments(f"A{number}")

    assert (await adapter.balances(account)).cash.amount > 0


async def test_a_429_keeps_everybody_away_for_as_long_as_schwab_says(
    adapter: SchwabAdapter,
    account: BrokerAccount,
    simulator: SchwabSimulator,
    clock: ManualClock,
) -> None:
    trouble = simulator.refuse("account", status=429, message="Rate limit exceeded")

    with pytest.raises(RateLimited) as first:
        await adapter.balances(account)
    trouble.lift()
    asked = len(simulator.received)
    with pytest.raises(RateLimited):
        await adapter.quote(APPLE)

    assert first.value.retry_after == timedelta(minutes=1)
    assert len(simulator.received) == asked
    clock.advance(60)
    assert (await adapter.quote(APPLE)).ask


async def test_a_429_on_an_order_proves_nothing_and_nothing_leaves_until_it_is_over(
    adapter: SchwabAdapter, simulator: SchwabSimulator, resting: Order, clock: ManualClock
) -> None:
    trouble = simulator.refuse("place", status=429, message="Rate limit exceeded")
    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)
    trouble.lift()

    with pytest.raises(NotSent) as refused:
        await adapter.place_order(order_of(resting_request()))

    assert refused.value.retry_after == timedelta(minutes=1)
    assert simulator.orders_received == 1
    clock.advance(60)
    await adapter.place_order(order_of(resting_request()))


async def test_a_pages_429_counts_too(
    adapter: SchwabAdapter, account: BrokerAccount, simulator: SchwabSimulator
) -> None:
    simulator.refuse_with("account", Canned("<html>", status=429), times=1)

    with pytest.raises(Exception, match="cannot be read"):
        await adapter.balances(account)
    with pytest.raises(RateLimited):
        await adapter.balances(account)
