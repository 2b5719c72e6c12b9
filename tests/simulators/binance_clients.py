"""python-binance's own asynchronous client at the simulator, as an adapter uses it."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import pytest
from binance import AsyncClient
from binance.exceptions import BinanceAPIException
from yarl import URL

from tests.simulators.binance import BinanceSimulator, Person

KEY: Final = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SECRET: Final = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
"""The examples of rest-api.md."""


class Watch:
    """A clock that stands on a Wednesday until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00:05 UTC."""
        self.at = datetime(2026, 11, 18, 17, 0, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class World:
    """A simulator, one person, and that person's client."""

    def __init__(self, sim: BinanceSimulator, person: Person, watch: Watch) -> None:
        """Prices stand where the watch does; requests are timed by the machine's clock."""
        self.sim = sim
        self.person = person
        self.watch = watch
        self.clients: list[AsyncClient] = []
        self.client = self.another()

    def another(self, key: str = KEY, secret: str = SECRET) -> AsyncClient:
        """A client of whoever has that key."""
        client = AsyncClient(key, secret)
        client.API_URL, client.MARGIN_API_URL = self.sim.api_url, self.sim.wallet_url
        self.clients.append(client)
        return client

    async def place(self, **fields: Any) -> dict[str, Any]:
        """POST /api/v3/order; by default half a bitcoin for 50,000 each, far below the market."""
        answer = await self.client.create_order(**order_fields(**fields))
        assert isinstance(answer, dict)
        return answer

    async def market(self, **fields: Any) -> dict[str, Any]:
        """The same at the market."""
        return await self.place(type="MARKET", timeInForce=None, price=None, **fields)

    async def order(self, client_id: str = "mine", symbol: str = "BTCUSDT") -> dict[str, Any]:
        """GET /api/v3/order."""
        answer = await self.client.get_order(symbol=symbol, origClientOrderId=client_id)
        assert isinstance(answer, dict)
        return answer

    async def balance(self, asset: str) -> tuple[str, str]:
        """Free and locked."""
        found = await self.client.get_asset_balance(asset)
        assert found is not None
        return found["free"], found["locked"]

    async def refused(self, **fields: Any) -> tuple[int, int, str]:
        """Status, code and message of a refused order."""
        return await refusal(self.client.create_order(**order_fields(**fields)))


def order_fields(**fields: Any) -> dict[str, Any]:
    """A limit order; None leaves a field away."""
    usual = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "price": "50000",
        "newClientOrderId": "mine",
        **({} if "quoteOrderQty" in fields else {"quantity": "0.5"}),
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


async def refusal(call: Awaitable[object]) -> tuple[int, int, str]:
    """Status, code and message of what `call` ends in."""
    with pytest.raises(BinanceAPIException) as failure:
        await call
    error = failure.value
    return error.status_code, error.code, error.message


async def raw(
    world: World, method: str, path: str, *, body: str = "", **headers: str
) -> tuple[int, Any]:
    """A request of exactly these bytes, the person's key with it; status and JSON."""
    sent = {
        "X-MBX-APIKEY": KEY,
        "Content-Type": "application/x-www-form-urlencoded",
        **headers,
    }
    url = URL(world.sim.url + path, encoded=True)
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body.encode() or None, headers=sent) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


@asynccontextmanager
async def opened(**balances: str) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for bitcoin, and one person."""
    watch = Watch()
    async with BinanceSimulator(now=watch) as sim:
        sim.market.set("BTCUSDT", bid="60000", ask="60010", last="60005")
        sim.market.set("BNBUSDT", bid="599", ask="601", last="600")
        person = sim.add_person(KEY, SECRET, balances=balances or {"USDT": "100000"})
        world = World(sim, person, watch)
        try:
            yield world
        finally:
            for client in world.clients:
                await client.close_connection()
