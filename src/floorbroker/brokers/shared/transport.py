"""The ways to brokers that everybody in the process shares; built once, closed at the end."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from floorbroker.brokers.shared.threads import BlockingCalls

if TYPE_CHECKING:
    import aiohttp
    import httpx
    import requests

    from floorbroker.brokers.shared.http import PooledAdapter
    from floorbroker.brokers.shared.websocket import WebSocket

OPENING_AT_ONCE: Final = 16
"""Websockets at one host. Where a vendor drops all of them, a thousand handshakes of TLS at once
would hold up whatever else the process does, orders among it."""


class Transport:
    """Threads and connections; each kind is made when the first broker needs it."""

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        """`ssl_context` stands in for the usual one, for a server with a certificate of its own."""
        self._ssl_context = ssl_context
        self._doors: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(OPENING_AT_ONCE)
        )

    @cached_property
    def blocking(self) -> BlockingCalls:
        """For SDKs that block."""
        return BlockingCalls()

    def session(self) -> "requests.Session":
        """A person's session for an SDK that stands on requests."""
        # Here, since requests comes with the brokers that need it.
        from floorbroker.brokers.shared.http import session_over

        return session_over(self._pool)

    def async_session(self, headers: Mapping[str, str]) -> "aiohttp.ClientSession":
        """A person's session for an SDK that stands on aiohttp; asked for inside the loop."""
        from floorbroker.brokers.shared.http_async import session_over

        return session_over(self._connector, headers)

    def async_httpx(self) -> "httpx.AsyncClient":
        """A person's client for an SDK that stands on httpx."""
        from floorbroker.brokers.shared.http_httpx import client_over

        return client_over(self._httpx_pool)

    def websocket(
        self, address: str, headers: Mapping[str, str] | None = None
    ) -> "AbstractAsyncContextManager[WebSocket]":
        """A person's websocket, open for as long as its block lasts; see `websocket_over`."""
        from floorbroker.brokers.shared.websocket import websocket_over

        door = self._doors[urlsplit(address).netloc]
        return websocket_over(self._websockets, address, headers or {}, door=door)

    async def aclose(self) -> None:
        """Ends everything, and waits for the connections of the loop to be gone."""
        for name in ("_connector", "_websockets"):
            connector: aiohttp.TCPConnector | None = self.__dict__.pop(name, None)
            if connector is not None:
                await connector.close()
        httpx_pool: httpx.AsyncHTTPTransport | None = self.__dict__.pop("_httpx_pool", None)
        if httpx_pool is not None:
            await httpx_pool.aclose()
        self.close()

    def close(self) -> None:
        """Ends the threads and their connections; where there is no loop, that is all there is."""
        for name in ("blocking", "_pool"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @cached_property
    def _pool(self) -> "PooledAdapter":
        from floorbroker.brokers.shared.http import PooledAdapter

        return PooledAdapter(self._ssl_context)

    @cached_property
    def _connector(self) -> "aiohttp.TCPConnector":
        from floorbroker.brokers.shared.http_async import new_connector

        return new_connector(self._ssl_context)

    @cached_property
    def _websockets(self) -> "aiohttp.TCPConnector":
        from floorbroker.brokers.shared.http_async import most_websockets, new_connector

        most = most_websockets()
        return new_connector(self._ssl_context, most=most, most_a_host=most)

    @cached_property
    def _httpx_pool(self) -> "httpx.AsyncHTTPTransport":
        from floorbroker.brokers.shared.http_httpx import new_pool

        return new_pool(self._ssl_context)
