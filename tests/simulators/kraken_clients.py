"""krakenex itself at the simulator, called from threads as an adapter calls it."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import krakenex

from tests.simulators.kraken import KrakenSimulator, Person

KEY: Final = "kraken-key-of-one"
SECRET: Final = base64.b64encode(b"secret-of-one" * 5).decode()
OTHER_KEY: Final = "kraken-key-of-two"
OTHER_SECRET: Final = base64.b64encode(b"secret-of-two" * 5).decode()


class Watch:
    """A clock that stands on a Wednesday until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class Client:
    """One `krakenex.API` that points at the simulator, with a nonce that always rises."""

    def __init__(self, url: str, key: str = KEY, secret: str = SECRET) -> None:
        """Nothing of the environment reaches it."""
        self.api = krakenex.API(key, secret)
        self.api.uri = url
        self.api.session.trust_env = False
        self.api._nonce = count(1).__next__

    async def answer(self, method: str, **data: Any) -> Any:
        """Whatever comes back from a private method; names may end in `_` and have `__` for
        brackets: `close__ordertype` is `close[ordertype]`."""
        fields = {_field(name): value for name, value in data.items()}
        return await asyncio.to_thread(self.api.query_private, method, fields, timeout=5)

    async def private(self, method: str, **data: Any) -> Any:
        """The result of a private method."""
        answer = await self.answer(method, **data)
        assert answer["error"] == []
        return answer["result"]

    async def refused(self, method: str, **data: Any) -> list[str]:
        """The errors of a private method, which stand alone in a 200."""
        answer = await self.answer(method, **data)
        assert answer.keys() == {"error"}
        assert self.api.response.status_code == 200
        assert isinstance(answer["error"], list)
        return answer["error"]

    async def public(self, method: str, **data: Any) -> Any:
        """The result of a public method."""
        answer = await self.public_answer(method, **data)
        assert answer["error"] == []
        return answer["result"]

    async def public_answer(self, method: str, **data: Any) -> Any:
        """Whatever comes back from a public method."""
        return await asyncio.to_thread(self.api.query_public, method, data, timeout=5)


class World(Client):
    """A simulator, one person, and that person's client."""

    def __init__(self, sim: KrakenSimulator, person: Person, watch: Watch) -> None:
        """The person's first key."""
        super().__init__(sim.url)
        self.sim = sim
        self.person = person
        self.watch = watch
        self.clients: list[Client] = [self]

    def client(self, key: str = KEY, secret: str = SECRET) -> Client:
        """Another client."""
        client = Client(self.sim.url, key, secret)
        self.clients.append(client)
        return client

    async def place(self, **fields: Any) -> str:
        """AddOrder with these fields over `order_fields`; the id of the order."""
        placed = await self.private("AddOrder", **order_fields(fields))
        assert len(placed["txid"]) == 1
        return str(placed["txid"][0])

    async def order(self, txid: str) -> dict[str, Any]:
        """QueryOrders for one, with its trades."""
        found = await self.private("QueryOrders", txid=txid, trades=True)
        assert list(found) == [txid]
        return dict(found[txid])

    async def status(self, txid: str) -> str:
        """Of one order."""
        return str((await self.order(txid))["status"])

    async def order_refused(self, **fields: Any) -> list[str]:
        """The errors of AddOrder with these fields over `order_fields`."""
        return await self.refused("AddOrder", **order_fields(fields))


def order_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A market buy of a hundredth of a bitcoin, but for `fields`; None leaves a field away."""
    usual = {"pair": "XBTUSD", "type": "buy", "ordertype": "market", "volume": "0.01"}
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


@asynccontextmanager
async def opened(
    *, balances: Mapping[str, str] | None = None, ssl_context: ssl.SSLContext | None = None
) -> AsyncIterator[World]:
    """A simulator on a standing clock with prices for three pairs, and one person."""
    watch = Watch()
    async with KrakenSimulator(now=watch, ssl_context=ssl_context) as sim:
        sim.market.set("XBTUSD", bid="60000.0", ask="60010.0", last="60005.0")
        sim.market.set("ETHUSD", bid="2999.00", ask="3001.00")
        sim.market.set("SOLUSD", bid="149.90", ask="150.10")
        world = World(sim, sim.add_person(KEY, SECRET, balances=balances), watch)
        try:
            yield world
        finally:
            for client in world.clients:
                client.api.close()


def _field(name: str) -> str:
    first, found, second = name.partition("__")
    return f"{first}[{second}]" if found else first
