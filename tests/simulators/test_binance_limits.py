"""The Binance simulator: weights, bans and unfilled orders."""

import time
from collections.abc import AsyncIterator

import pytest
from binance import AsyncClient

from tests.simulators.binance import BinanceSimulator
from tests.simulators.binance_clients import (
    KEY,
    SECRET,
    Watch,
    order_fields,
    refusal,
)


class Timed:
    """A simulator whose requests are timed by a standing clock, and a client that follows it."""

    def __init__(self, sim: BinanceSimulator, watch: Watch, client: AsyncClient) -> None:
        self.sim = sim
        self.client = client
        self._watch = watch
        self.advance(0)

    def advance(self, seconds: float) -> None:
        """Both go on."""
        self._watch.advance(seconds=seconds)
        self.client.timestamp_offset = (self._watch().timestamp() - time.time()) * 1000

    def header(self, name: str) -> str:
        """Of the last answer."""
        assert self.client.response is not None
        return str(self.client.response.headers[name])

    async def place(self, client_id: str, price: str = "50000") -> None:
        """A small limit order."""
        fields = order_fields(newClientOrderId=client_id, quantity="0.01", price=price)
        await self.client.create_order(**fields)


@pytest.fixture
async def timed() -> AsyncIterator[Timed]:
    watch = Watch()
    async with BinanceSimulator(now=watch, clock=watch) as sim:
        sim.market.set("BTCUSDT", bid="60000", ask="60010")
        client = AsyncClient(KEY, SECRET)
        client.API_URL, client.MARGIN_API_URL = sim.api_url, sim.wallet_url
        sim.add_person(KEY, SECRET)
        yield Timed(sim, watch, client)
        await client.close_connection()


async def test_weights_add_up_in_the_header_and_begin_anew_with_the_minute(timed: Timed) -> None:
    seen = []
    for call in (
        timed.client.ping(),
        timed.client.get_exchange_info(),
        timed.client.get_account(),
        timed.client.get_all_tickers(),
        timed.client.get_symbol_ticker(symbol="BTCUSDT"),
        timed.client.get_open_orders(),
        timed.client.get_open_orders(symbol="BTCUSDT"),
        timed.client.get_order_book(symbol="BTCUSDT", limit=1000),
        timed.client.get_ticker(symbol="BTCUSDT"),
        timed.client.get_my_trades(symbol="BTCUSDT"),
    ):
        await call
        seen.append(int(timed.header("X-MBX-USED-WEIGHT-1M")))
    timed.advance(60)
    await timed.client.ping()

    each = [after - before for before, after in zip([0, *seen], seen, strict=False)]
    assert each == [1, 20, 20, 4, 2, 80, 6, 50, 2, 20]
    assert timed.header("X-MBX-USED-WEIGHT-1M") == "1"


async def test_refusals_show_the_weight_too(timed: Timed) -> None:
    await refusal(timed.client.get_order(symbol="BTCUSDT", orderId=9))

    assert timed.header("X-MBX-USED-WEIGHT-1M") == "4"


async def test_who_asks_too_much_is_told_to_wait(timed: Timed) -> None:
    timed.sim.limit_weight(21)
    await timed.client.get_exchange_info()
    await timed.client.ping()

    refused = await refusal(timed.client.ping())
    wait = int(timed.header("Retry-After"))
    timed.advance(wait)

    assert refused[:2] == (429, -1003)
    assert refused[2].startswith("Too much request weight used; current limit is 21 request")
    assert wait == 55
    assert await timed.client.ping() == {}


async def test_who_does_not_stop_is_banned(timed: Timed) -> None:
    timed.sim.limit_weight(1)
    await timed.client.ping()
    codes = [(await refusal(timed.client.ping()))[0] for _ in range(5)]
    wait = timed.header("Retry-After")
    timed.advance(119)
    still = await refusal(timed.client.get_account())
    timed.advance(1)

    assert codes == [429, 429, 429, 418, 418]
    assert wait == "120"
    assert still[:2] == (418, -1003)
    assert "IP banned until 1795021325000" in still[2]
    assert await timed.client.ping() == {}


async def test_an_order_that_is_refused_for_the_limit_is_not_placed(timed: Timed) -> None:
    timed.sim.ban()

    refused = await refusal(timed.client.create_order(**order_fields()))

    assert refused[0] == 418
    assert timed.sim.orders == []
    assert timed.sim.orders_received == 1


async def test_unfilled_orders_are_counted_and_those_that_trade_are_not(timed: Timed) -> None:
    seen = []
    for number in range(3):
        await timed.place(f"resting-{number}")
        seen.append(timed.header("X-MBX-ORDER-COUNT-10S"))
    await timed.place("taker", "60010")
    after_taker = timed.header("X-MBX-ORDER-COUNT-10S")
    timed.sim.fill("resting-0", "0.005")
    await timed.place("last")

    assert seen == ["1", "2", "3"]
    assert after_taker == "3"
    assert timed.header("X-MBX-ORDER-COUNT-10S") == "1"
    counts = await timed.client.get_current_order_count()
    assert [(one["interval"], one["intervalNum"], one["count"]) for one in counts] == [
        ("SECOND", 10, 1),
        ("DAY", 1, 1),
    ]


async def test_too_many_unfilled_orders(timed: Timed) -> None:
    timed.sim.limit_orders(ten_seconds=2)
    await timed.place("a")
    await timed.place("b")

    refused = await refusal(timed.place("c"))
    wait = timed.header("Retry-After")
    timed.advance(5)
    await timed.place("d")

    assert refused == (
        429,
        -1015,
        "Too many new orders; current limit is 2 orders per 10 SECOND.",
    )
    assert wait == "5"
    assert timed.header("X-MBX-ORDER-COUNT-1D") == "3"
    assert [order.client_order_id for order in timed.sim.orders] == ["a", "b", "d"]


async def test_the_wallet_counts_in_a_header_of_its_own(timed: Timed) -> None:
    await timed.client.get_account_api_permissions()

    assert timed.header("X-SAPI-USED-IP-WEIGHT-1M") == "1"
