"""alpaca-py's own clients at the simulator, called from threads as an adapter calls them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import pytest
from alpaca.common.exceptions import APIError
from alpaca.common.rest import RESTClient
from alpaca.data.historical.crypto import CryptoHistoricalDataClient
from alpaca.data.historical.option import OptionHistoricalDataClient
from alpaca.data.historical.stock import StockHistoricalDataClient
from alpaca.trading.client import TradingClient

from tests.simulators.alpaca import AlpacaSimulator, Person

KEY: Final = "PKTEST1"
SECRET: Final = "secret-of-one"

T = TypeVar("T")


class Watch:
    """A clock that stands on a Wednesday noon in New York until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class World:
    """A simulator, one person, and that person's clients."""

    def __init__(self, sim: AlpacaSimulator, person: Person, watch: Watch) -> None:
        """The clients never retry."""
        self.sim = sim
        self.person = person
        self.watch = watch
        self.clients: list[RESTClient] = []
        self.trading = self.client(TradingClient, sim.url)
        self.stocks = self.client(StockHistoricalDataClient, sim.data_url)
        self.coins = self.client(CryptoHistoricalDataClient, sim.data_url)
        self.options = self.client(OptionHistoricalDataClient, sim.data_url)

    def client(self, kind: type[T], url: str, key: str = KEY, secret: str = SECRET) -> T:
        """Another client."""
        client = kind(key, secret, url_override=url)  # type: ignore[call-arg]
        assert isinstance(client, RESTClient)
        client._retry = 0
        client._session.trust_env = False
        self.clients.append(client)
        return client  # type: ignore[return-value]

    async def place(self, **fields: Any) -> dict[str, Any]:
        """POST /v2/orders with these fields; by default one share of AAPL at the market."""
        body = {
            "symbol": "AAPL",
            "side": "buy",
            "type": "market",
            "time_in_force": "day",
            **({} if "notional" in fields else {"qty": "1"}),
            **fields,
        }
        answer = await asyncio.to_thread(self.trading.post, "/orders", body)
        assert isinstance(answer, dict)
        return answer

    async def order(self, order_id: object, *, nested: bool = False) -> dict[str, Any]:
        """GET /v2/orders/{id}."""
        path, query = f"/orders/{order_id}", {"nested": str(nested).lower()}
        answer = await asyncio.to_thread(self.trading.get, path, query)
        assert isinstance(answer, dict)
        return answer

    async def get(self, path: str, **query: Any) -> Any:
        """GET of the trading API."""
        return await asyncio.to_thread(self.trading.get, path, query)

    async def refused(self, **fields: Any) -> tuple[int, int, str]:
        """Status, code and message of a refused order."""
        return await refusal(lambda: self.trading.post("/orders", self._body(fields)))

    def _body(self, fields: dict[str, Any]) -> dict[str, Any]:
        usual = {"symbol": "AAPL", "side": "buy", "type": "market", "time_in_force": "day"}
        quantity = {} if {"qty", "notional"} & fields.keys() else {"qty": "1"}
        return {**usual, **quantity, **fields}


async def refusal(call: Callable[[], object]) -> tuple[int, int, str]:
    """Status, code and message of the APIError that `call` ends in."""
    with pytest.raises(APIError) as failure:
        await asyncio.to_thread(call)
    error = failure.value
    return error.status_code, error.code, error.message


@asynccontextmanager
async def opened(
    *, cash: str = "100000", ssl_context: ssl.SSLContext | None = None
) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for AAPL, BTC/USD and one person."""
    watch = Watch()
    async with AlpacaSimulator(now=watch, ssl_context=ssl_context) as sim:
        sim.market.set("AAPL", bid="189.90", ask="190.00")
        sim.market.set("BTC/USD", bid="60000", ask="60010")
        world = World(sim, sim.add_person(KEY, SECRET, cash=cash), watch)
        try:
            yield world
        finally:
            for client in world.clients:
                client._session.close()
