"""coinbase-advanced-py's own client at the simulator, called from threads as an adapter does."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import requests
from coinbase.rest import RESTClient

from tests.simulators.coinbase import CoinbaseSimulator, Key, SentTo

# It prints every error body to stderr.
logging.getLogger("coinbase.RESTClient").handlers.clear()


ORDER_FIELDS: Final = frozenset(
    {
        "client_order_id",
        "product_id",
        "side",
        "attached_order_configuration",
        "retail_portfolio_id",
    }
)
"""What stands beside an order's configuration; everything else stands in it."""


class Watch:
    """A clock that stands on a Wednesday until it is moved; the tokens' clock is another."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class World:
    """A simulator, one person, and that person's client."""

    def __init__(self, sim: CoinbaseSimulator, watch: Watch, cash: str) -> None:
        """The client keeps its usual base_url; its requests are sent to the simulator."""
        self.sim = sim
        self.watch = watch
        self.person = sim.add_person(cash=cash)
        self.clients: list[RESTClient] = []
        self.client = self.client_of(self.person.key)

    def client_of(self, key: Key) -> RESTClient:
        """Another client."""
        client = RESTClient(key.api_key, key.api_secret, timeout=5)
        client.session.trust_env = False
        client.session.mount("https://", SentTo(self.sim.url))
        self.clients.append(client)
        return client

    async def call(self, name: str, *args: Any, **fields: Any) -> Any:
        """A method of the client, in a thread; what it answers as plain JSON."""
        answer = await asyncio.to_thread(getattr(self.client, name), *args, **fields)
        return plain(answer)

    async def place(self, kind: str = "limit_limit_gtc", **fields: Any) -> dict[str, Any]:
        """POST /orders of BTC-USD; by default a limit buy of one coin far below the market."""
        answer = plain(await asyncio.to_thread(self._create, kind, fields))
        assert isinstance(answer, dict)
        return answer

    async def refused(self, kind: str = "limit_limit_gtc", **fields: Any) -> tuple[int, str]:
        """Likewise; status and message of a refusal that is no 200."""
        return await refusal(lambda: self._create(kind, fields))

    async def placed(self, kind: str = "limit_limit_gtc", **fields: Any) -> str:
        """Likewise; the id of an order that was taken."""
        answer = await self.place(kind, **fields)
        assert answer["success"] is True, answer
        return str(answer["success_response"]["order_id"])

    async def rejected(self, kind: str = "limit_limit_gtc", **fields: Any) -> str:
        """Likewise; the reason of a refusal inside a 200."""
        answer = await self.place(kind, **fields)
        assert answer["success"] is False, answer
        error = answer["error_response"]
        return str(error.get("preview_failure_reason") or error["new_order_failure_reason"])

    def _create(self, kind: str, fields: dict[str, Any]) -> object:
        of_order = {"client_order_id": "", "product_id": "BTC-USD", "side": "BUY"}
        of_order |= {name: value for name, value in fields.items() if name in ORDER_FIELDS}
        size = {name: value for name, value in fields.items() if name not in ORDER_FIELDS}
        usual = {"base_size": "1", "limit_price": "50000"} if kind == "limit_limit_gtc" else {}
        return self.client.create_order(order_configuration={kind: {**usual, **size}}, **of_order)

    async def order(self, order_id: str) -> dict[str, Any]:
        """GET /orders/historical/{id}."""
        answer = await self.call("get_order", order_id)
        found = answer["order"]
        assert isinstance(found, dict)
        return found

    async def status(self, order_id: str) -> str:
        """Its status word."""
        return str((await self.order(order_id))["status"])

    async def balance(self, currency: str) -> tuple[str, str]:
        """What is available of it, and what is held."""
        accounts = (await self.call("get_accounts"))["accounts"]
        one = next(account for account in accounts if account["currency"] == currency)
        return one["available_balance"]["value"], one["hold"]["value"]


def plain(answer: Any) -> Any:
    """The SDK's answers as the JSON they were made of."""
    if hasattr(answer, "to_dict"):
        return {name: plain(value) for name, value in vars(answer).items()}
    if isinstance(answer, list):
        return [plain(one) for one in answer]
    return answer


async def refusal(call: Callable[[], object]) -> tuple[int, str]:
    """Status and message of the HTTPError that `call` ends in; the body where it is no JSON."""
    with pytest.raises(requests.HTTPError) as failure:
        await asyncio.to_thread(call)
    response = failure.value.response
    assert response is not None
    try:
        return response.status_code, response.json()["message"]
    except (requests.JSONDecodeError, KeyError):
        return response.status_code, response.text


@asynccontextmanager
async def opened(
    *,
    cash: str = "100000",
    ssl_context: ssl.SSLContext | None = None,
    token_now: Callable[[], datetime] | None = None,
) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for BTC-USD and DOGE-USD, and one person."""
    watch = Watch()
    times: dict[str, Any] = {"now": watch} | ({"token_now": token_now} if token_now else {})
    async with CoinbaseSimulator(**times, ssl_context=ssl_context) as sim:
        sim.market.set("BTC-USD", bid="60000", ask="60010")
        sim.market.set("DOGE-USD", bid="0.19999", ask="0.20001")
        world = World(sim, watch, cash)
        try:
            yield world
        finally:
            for client in world.clients:
                client.session.close()
