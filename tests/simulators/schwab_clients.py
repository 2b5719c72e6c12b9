"""schwab-py's own asynchronous client at the simulator, and orders as its templates build them."""

import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from authlib.integrations.base_client import (  # type: ignore[import-untyped] # authlib has none
    OAuthError,
    UnsupportedTokenTypeError,
)
from authlib.integrations.httpx_client import (  # type: ignore[import-untyped] # authlib has none
    AsyncOAuth2Client,
    OAuth2Client,
)
from schwab.auth import TOKEN_ENDPOINT
from schwab.client import AsyncClient

from tests.simulators.schwab import Account, App, Person, SchwabSimulator, SentTo

__all__ = ["OAuth2Client", "OAuthError", "UnsupportedTokenTypeError", "World", "opened"]

APP_KEY: Final = "appkey0123456789ABCDEFabcdef0123"
APP_SECRET: Final = "appsecret0123456"
CALLBACK: Final = "https://bot.example.test/schwab/callback"


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
    """A simulator, an app, one person, and that person's client.

    Attributes:
        saved: What schwab-py's client gave its owner to keep, newest last.
    """

    def __init__(self, sim: SchwabSimulator, watch: Watch, **person: Any) -> None:
        """The client holds a token as it would after linking."""
        self.sim = sim
        self.watch = watch
        self.app: App = sim.add_app(APP_KEY, APP_SECRET, CALLBACK)
        self.person: Person = sim.add_person("anna", ["11112222"], **person)
        self.account: Account = self.person.account
        self.saved: list[dict[str, Any]] = []
        self.clients: list[AsyncClient] = []
        self.client = self.client_of(self.person)

    def client_of(
        self, person: Person, accounts: Sequence[Account] | None = None, **token: Any
    ) -> AsyncClient:
        """Another client; `token` changes what it is given to begin with."""
        given = {**self.sim.grant(person, APP_KEY, accounts), **token}
        return self.client_with(given)

    def client_with(
        self, token: dict[str, Any], *, key: str = APP_KEY, secret: str = APP_SECRET
    ) -> AsyncClient:
        """One with that token, as `client_from_access_functions` builds it, but for the way."""

        async def keep(new: dict[str, Any], **_: Any) -> None:
            self.saved.append(dict(new))

        session = AsyncOAuth2Client(
            key,
            client_secret=secret,
            token=dict(token),
            token_endpoint=TOKEN_ENDPOINT,
            update_token=keep,
            leeway=300,
            transport=SentTo(self.sim.url),
        )
        client = AsyncClient(key, session, enforce_enums=False)
        client.set_timeout(5.0)
        self.clients.append(client)
        return client

    async def place(self, body: dict[str, Any] | None = None) -> httpx.Response:
        """POST an order; by default one share of AAPL far below the market."""
        answer = await self.client.place_order(self.account.hash, body or limit())
        assert isinstance(answer, httpx.Response)
        return answer

    async def placed(self, body: dict[str, Any] | None = None) -> int:
        """Likewise; the number of an order that was taken."""
        answer = await self.place(body)
        assert answer.status_code == 201, answer.text
        return int(answer.headers["Location"].rpartition("/")[2])

    async def order(self, order_id: int) -> dict[str, Any]:
        """GET one."""
        answer = await self.client.get_order(order_id, self.account.hash)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, dict)
        return found

    async def status(self, order_id: int) -> str:
        """Its status word."""
        return str((await self.order(order_id))["status"])

    async def rejected(self, body: dict[str, Any]) -> str:
        """Places it; why it was rejected afterwards."""
        shown = await self.order(await self.placed(body))
        assert shown["status"] == "REJECTED", shown
        return str(shown["statusDescription"])

    async def refused(self, body: dict[str, Any]) -> tuple[int, str]:
        """Places it; status and message of a refusal."""
        answer = await self.place(body)
        return answer.status_code, answer.json()["message"]

    async def orders(self, **query: Any) -> list[dict[str, Any]]:
        """GET those of the account, of the simulator's last day."""
        window = {
            "from_entered_datetime": self.watch.at - timedelta(days=1),
            "to_entered_datetime": self.watch.at + timedelta(minutes=1),
        }
        answer = await self.client.get_orders_for_account(self.account.hash, **window, **query)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, list)
        return found

    async def balances(self) -> dict[str, Any]:
        """`currentBalances`."""
        answer = await self.client.get_account(self.account.hash)
        found = answer.json()["securitiesAccount"]["currentBalances"]
        assert isinstance(found, dict)
        return found

    async def positions(self) -> dict[str, float]:
        """What is held by symbol, below zero where it is short."""
        answer = await self.client.get_account(self.account.hash, fields=["positions"])
        rows = answer.json()["securitiesAccount"].get("positions", [])
        return {r["instrument"]["symbol"]: r["longQuantity"] - r["shortQuantity"] for r in rows}


def leg(symbol: str, instruction: str, quantity: int, asset: str = "EQUITY") -> dict[str, Any]:
    """One of an order."""
    instrument = {"symbol": symbol, "assetType": asset}
    return {"instruction": instruction, "quantity": quantity, "instrument": instrument}


def market(instruction: str = "BUY", quantity: int = 1, **fields: Any) -> dict[str, Any]:
    """A market order of the day for AAPL."""
    return {
        "orderType": "MARKET",
        "session": "NORMAL",
        "duration": "DAY",
        "orderStrategyType": "SINGLE",
        "orderLegCollection": [leg("AAPL", instruction, quantity)],
        **fields,
    }


def limit(
    price: str = "150.00", instruction: str = "BUY", quantity: int = 1, **fields: Any
) -> dict[str, Any]:
    """A limit order likewise."""
    return market(instruction, quantity, **{"orderType": "LIMIT", "price": price, **fields})


def stop(at: str, instruction: str = "SELL", quantity: int = 1, **fields: Any) -> dict[str, Any]:
    """A stop order likewise."""
    return market(instruction, quantity, **{"orderType": "STOP", "stopPrice": at, **fields})


@asynccontextmanager
async def opened(
    *, ssl_context: ssl.SSLContext | None = None, **person: Any
) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for AAPL and one person."""
    watch = Watch()
    async with SchwabSimulator(now=watch, ssl_context=ssl_context) as sim:
        sim.market.set("AAPL", bid="189.90", ask="190.00")
        world = World(sim, watch, **person)
        try:
            yield world
        finally:
            for client in world.clients:
                await client.close_async_session()
