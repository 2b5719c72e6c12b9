"""What leaves, and what never does: ids, tokens and figures."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.shared.wire import Unreadable
from tests.brokers.coinbase.at_coinbase import bodies, resting_request
from tests.brokers.coinbase.conftest import Making, Ordering
from tests.brokers.shared.told_server import Said, ToldServer
from tests.fakes.clock import NOON
from tests.simulators.coinbase import CoinbaseSimulator

ID: Final = "0b9e1c4a-5d2f-4b7e-9a3c-6f8d2e1b4a70"


@pytest.mark.parametrize(
    "order_id", ["", "123", "../orders", f"{ID},{ID}", f"{ID}\n", ID.upper(), "historical/batch"]
)
async def test_what_is_no_id_of_an_order_is_not_asked_for(order_id: str, client_of: Making) -> None:
    async with ToldServer() as server:
        client = client_of(server)
        for asking in (
            client.cancel_order(order_id),
            client.edit_order(order_id, price="1", size="1"),
            client.get_order(order_id),
            client.get_fills(order_id),
        ):
            with pytest.raises(ValueError, match="not an order id"):
                await asking

        assert server.heard == []


@pytest.mark.parametrize("product", ["", "BTC/USD", "BTC-USD,ETH-USD", "../x", "BTC-USD\n", "btc"])
async def test_what_is_no_product_is_not_asked_for(product: str, client_of: Making) -> None:
    async with ToldServer() as server:
        client = client_of(server)
        day = timedelta(days=1)
        for asking in (
            client.get_book(product),
            client.get_candles(product, "ONE_DAY", NOON - day, NOON),
        ):
            with pytest.raises(ValueError, match="not the id of a product"):
                await asking

        assert server.heard == []


@pytest.mark.parametrize("fields", [{}, {"client_order_id": ""}, {"client_order_id": None}])
async def test_an_order_without_an_id_of_ours_never_leaves(
    fields: dict[str, Any], client_of: Making
) -> None:
    async with ToldServer() as server:
        with pytest.raises(ValueError, match="could not be found again"):
            await client_of(server).post_order(fields, urgent=False)

        assert server.heard == []


async def test_a_request_for_everybody_carries_no_token(client_of: Making) -> None:
    async with ToldServer() as server:
        client = client_of(server)
        with pytest.raises(Unreadable):
            await client.get_book("BTC-USD")
        with pytest.raises(Unreadable):
            await client.get_permissions()

        public, private = server.heard
        assert "Authorization" not in public.headers
        assert private.headers["Authorization"].startswith("Bearer ")
        assert (public.body, private.body) == (b"", b"")


async def test_numbers_of_an_answer_never_pass_through_a_float(client_of: Making) -> None:
    told = (
        b'{"accounts":[{"currency":"BTC","available_balance":{"value":0.1234567890123456789},'
        b'"hold":{"value":"0.000000000000000001"}}],"has_next":false}'
    )

    async with ToldServer(Said(200, told)) as server:
        (account,) = (await client_of(server).get_accounts()).accounts

    assert account.available_balance.value == Decimal("0.1234567890123456789")
    assert account.hold.value == Decimal("1e-18")


async def test_an_order_leaves_as_plain_digits(
    adapter: CoinbaseAdapter, simulator: CoinbaseSimulator, ordered: Ordering
) -> None:
    asked = resting_request(quantity=Decimal("1E-4"), limit_price=Decimal("5.00E+4"))

    await adapter.place_order(ordered(asked))

    (sent,) = bodies(simulator, "/brokerage/orders")
    assert sent["order_configuration"] == {
        "limit_limit_gtc": {"base_size": "0.0001", "limit_price": "50000"}
    }
