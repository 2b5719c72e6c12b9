"""Each trap of coinbase-advanced-py 1.8.4, sprung on the SDK and not on the adapter.

The first half of each test shows that the trap is still there: if it is not, an update of the SDK
has closed it, and what stands in the adapter against it can go. That it trades as the operator
where keys are missing is in `test_surroundings`.
"""

import asyncio
import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
import requests
from coinbase.rest import RESTClient

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.client import CoinbaseClient
from floorbroker.brokers.shared.http import PooledAdapter
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Unreadable
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderChanges
from tests.brokers.coinbase.at_coinbase import EC_SECRET, KEY, SECRET, bodies, context_at, request
from tests.brokers.coinbase.conftest import Ordering
from tests.brokers.coinbase.following import looked_at, placed
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import CoinbaseSimulator, Person, SentTo
from tests.simulators.coinbase_clients import plain


def sdk(url: str, key: str = KEY, secret: str = SECRET) -> RESTClient:
    client = RESTClient(key, secret, timeout=5)
    client.session.trust_env = False
    client.session.mount("https://", SentTo(url))
    return client


async def asked(client: RESTClient, name: str, *args: Any, **fields: Any) -> Any:
    try:
        return plain(await asyncio.to_thread(getattr(client, name), *args, **fields))
    finally:
        client.session.close()


async def test_the_sdk_makes_up_a_client_order_id_and_the_adapter_sends_ours(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    await asked(sdk(simulator.url), "market_order_buy", "", "BTC-USD", base_size="0.01")
    made_up = simulator.orders[0].client_order_id

    await adapter.place_order(resting)

    assert len(made_up) == 32
    assert simulator.orders[1].client_order_id == resting.order_id


async def test_the_sdk_returns_a_refusal_as_an_answer_and_the_adapter_raises_it(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    answer = await asked(sdk(simulator.url), "market_order_buy", "poor", "BTC-USD", base_size="100")
    with pytest.raises(OrderRejected):
        await adapter.place_order(ordered(request(quantity=Decimal(100))))

    assert answer["success"] is False
    assert simulator.orders == []


async def test_the_sdk_returns_a_refused_cancel_as_an_answer_and_the_adapter_raises_it(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, None, "50000")

    answer = await asked(sdk(simulator.url), "cancel_orders", [stored.broker_order_id])
    with pytest.raises(OrderRejected):
        await adapter.cancel_order(stored)

    assert answer["results"][0]["success"] is False


async def test_the_sdk_leaves_a_term_of_a_change_out_and_the_adapter_names_both(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    stored = await placed(adapter, resting)

    answer = await asked(sdk(simulator.url), "edit_order", stored.broker_order_id, price="51000")
    await adapter.modify_order(stored, OrderChanges(limit_price=Decimal(51000)))

    assert answer["errors"] == [{"edit_failure_reason": "INVALID_EDITED_SIZE"}]
    assert [set(one) for one in bodies(simulator, "/orders/edit")] == [
        {"order_id", "price"},
        {"order_id", "price", "size"},
    ]


async def test_the_sdk_lists_open_orders_without_those_that_wait_and_the_adapter_all(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, resting: Order
) -> None:
    simulator.let_orders_wait()
    await adapter.place_order(resting)
    (account,) = await adapter.accounts()

    answer = await asked(sdk(simulator.url), "list_orders", order_status=["OPEN"])

    assert answer["orders"] == []
    assert [line.order_id for line in await adapter.open_orders(account)] == [resting.order_id]
    await looked_at(adapter, resting)


async def test_the_sdk_follows_a_redirect_and_the_client_does_not(
    transport: Transport, clock: ManualClock
) -> None:
    async with ToldServer(Said(200, b"{}")) as elsewhere:
        moved = Said(307, b"", {"Location": f"{elsewhere.url}/elsewhere"})
        async with ToldServer(moved) as server:
            await asked(sdk(server.url), "post", "/api/v3/brokerage/orders", data={"a": "b"})
            assert len(elsewhere.heard) == 1
            client = CoinbaseClient(
                context_at(server.url, transport, clock), key=KEY, secret=SECRET
            )
            with pytest.raises(Unreadable):
                await client.get_portfolios()
        assert len(elsewhere.heard) == 1


async def test_the_sdk_reads_a_number_as_a_float_and_the_client_does_not(
    transport: Transport, clock: ManualClock
) -> None:
    told = Said(
        200,
        b'{"accounts":[{"currency":"BTC","available_balance":{"value":0.1234567890123456789},'
        b'"hold":{"value":"0"}}],"has_next":false}',
    )
    async with ToldServer(told) as server:
        answer = await asked(sdk(server.url), "get", "/api/v3/brokerage/accounts")
        client = CoinbaseClient(context_at(server.url, transport, clock), key=KEY, secret=SECRET)
        page = await client.get_accounts()

    assert answer["accounts"][0]["available_balance"]["value"] == 0.12345678901234568
    assert page.accounts[0].available_balance.value == Decimal("0.1234567890123456789")


async def test_the_sdk_signs_what_anybody_may_ask_and_the_client_does_not(
    transport: Transport, clock: ManualClock
) -> None:
    async with ToldServer(Said(200, b"{}")) as server:
        await asked(sdk(server.url), "get_public_product", "BTC-USD")
        client = CoinbaseClient(context_at(server.url, transport, clock), key=KEY, secret=SECRET)
        with pytest.raises(Unreadable):
            await client.get_book("BTC-USD")

    assert ["Authorization" in one.headers for one in server.heard] == [True, False]


async def test_the_sdk_waits_for_ever_and_the_session_of_the_adapter_does_not(
    adapter: CoinbaseAdapter,
) -> None:
    pooled = adapter._client._sdk.session.get_adapter("https://api.coinbase.com")

    assert RESTClient(KEY, SECRET).timeout is None
    assert isinstance(pooled, PooledAdapter)
    assert not adapter._client._sdk.session.trust_env


def test_the_sdk_connects_to_https_only_and_keeps_its_host_in_tokens_and_addresses() -> None:
    client = RESTClient(KEY, SECRET, base_url="127.0.0.1:1")

    with pytest.raises(requests.ConnectionError, match="HTTPSConnectionPool"):
        client.get_accounts()

    client.session.close()


async def test_a_token_names_coinbase_whatever_address_the_operator_chose(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, anna: Person
) -> None:
    simulator.hosts.remove(simulator.host)

    await adapter.key_rights()
    (account,) = await adapter.accounts()

    assert account.account_id == anna.portfolio.id
    assert simulator.hosts == {"api.coinbase.com"}


PRINTS = """
import io, logging, requests, sys
from coinbase.rest import RESTClient, rest_base
response = requests.Response()
response.status_code, response.reason = 403, "Forbidden"
response.raw = io.BytesIO(b'{"error":"PERMISSION_DENIED","message":"the key canary may not"}')
if sys.argv[1] == "ours":
    from floorbroker.brokers.coinbase.client import _OneRequest
    _OneRequest(requests.Session(), "http://127.0.0.1:1", "person", "theirs", print)
try:
    rest_base.handle_exception(response)
except requests.HTTPError as error:
    print("canary" in str(error))
"""


def test_the_sdk_prints_what_a_refusal_says_and_a_client_of_ours_silences_it() -> None:
    told = {
        whose: subprocess.run(
            [sys.executable, "-c", PRINTS, whose], capture_output=True, text=True, check=True
        )
        for whose in ("sdk", "ours")
    }

    assert "the key canary may not" in told["sdk"].stderr
    assert told["ours"].stderr == ""
    # The words stand in the exception as well, which the client never lets it make.
    assert told["ours"].stdout.strip() == "True"


@pytest.mark.parametrize("secret", [SECRET, EC_SECRET], ids=["Ed25519", "ECDSA"])
def test_the_sdk_keeps_the_private_key_where_it_shows_and_forgetting_takes_it(secret: str) -> None:
    transport, clock = Transport(), ManualClock()
    client = CoinbaseClient(
        context_at("http://127.0.0.1:1", transport, clock), key=KEY, secret=secret
    )
    sdk_of = client._sdk

    assert secret in vars(sdk_of).values()
    client.forget()
    transport.close()

    assert secret not in json.dumps({name: repr(value) for name, value in vars(sdk_of).items()})
