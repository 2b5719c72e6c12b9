"""What Coinbase allows a key: kept by us, and heard where Coinbase says it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.coinbase.errors import Refusal
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.errors import NotSent, RateLimited
from floorbroker.domain.ids import new_order_id
from floorbroker.domain.order import Order
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from tests.brokers.coinbase.at_coinbase import EC_SECRET, KEY, context_at
from tests.brokers.coinbase.conftest import Making
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Fault

HTML: Final = b"<html><head><title>429</title></head><body>cloudflare</body></html>"


async def test_while_coinbase_wants_to_be_left_alone_nothing_leaves(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, clock: ManualClock
) -> None:
    (account,) = await adapter.accounts()
    trouble = simulator.fail("read", Fault.TOO_MANY_REQUESTS, times=1)
    with pytest.raises(RateLimited):
        await adapter.open_orders(account)
    asked = len(simulator.received)

    with pytest.raises(RateLimited) as refused:
        await adapter.open_orders(account)

    assert len(simulator.received) == asked
    assert refused.value.retry_after is not None
    assert trouble.hits == 1
    clock.advance(4)
    await adapter.open_orders(account)


async def test_a_page_of_too_many_requests_counts_as_one(client_of: Making) -> None:
    said = Said(429, HTML, {"Retry-After": "20"})
    async with ToldServer(said) as server:
        client = client_of(server)
        with pytest.raises(Refusal) as refused:
            await client.get_accounts()
        with pytest.raises(Failure, match="no allowance"):
            await client.get_accounts()

        assert len(server.heard) == 1
    assert refused.value.stay_away == timedelta(seconds=20)
    assert not refused.value.proven


async def test_a_second_that_is_used_up_elsewhere_is_waited_out(
    transport: Transport, clock: ManualClock
) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(seconds)

    said = Said(200, b'{"portfolios": []}', {"x-ratelimit-remaining": "0"})
    async with ToldServer(said) as server:
        allowances = Allowances(clock, Metrics(), pause=pause)
        context = context_at(server.url, transport, clock, allowances=allowances)
        client = CoinbaseClient(context, key=KEY, secret=EC_SECRET)
        await client.get_portfolios()
        before = list(waited)

        await client.get_portfolios()

    assert (before, waited) == ([], [1.0])


async def test_what_is_left_of_an_hour_is_for_orders_in_doubt_and_cancels(
    adapter: CoinbaseAdapter, account: BrokerAccount, resting: Order, simulator: CoinbaseSimulator
) -> None:
    await adapter.place_order(resting)
    await adapter._client._line._of_the_hour().take(7997)
    asked = len(simulator.received)

    with pytest.raises(RateLimited) as full:
        await adapter.balances(account)
    with pytest.raises(NotSent, match="no more requests with this key"):
        await adapter.place_order(replace(resting, order_id=new_order_id()))
    await adapter.find_order(resting)
    await adapter.cancel_order(resting)

    assert full.value.retry_after is not None
    assert len(simulator.received) == asked + 4  # prices for all, two looks and a cancel


@pytest.mark.parametrize(("public", "most"), [(False, 30), (True, 10)], ids=["private", "public"])
async def test_no_second_sees_more_than_coinbase_allows(
    public: bool, most: int, client_of: Making, clock: ManualClock
) -> None:
    book = {"product_id": "BTC-USD", "bids": [], "asks": [], "time": NOON.isoformat()}
    told = json.dumps({"portfolios": [], "pricebook": book}).encode()
    sent = []
    async with ToldServer(Said(200, told)) as server:
        client = client_of(server)
        for _ in range(70):
            await (client.get_book("BTC-USD") if public else client.get_portfolios())
            sent.append(clock.now())

    within = [sum(at <= one < at + timedelta(seconds=1) for one in sent) for at in sent]
    assert most / 2 < max(within) <= most
    assert sent[-1] > sent[0]
