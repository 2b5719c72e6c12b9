"""python-binance's asynchronous client, with its reading of answers replaced.

Its addresses, its order of parameters and its signature are used. What it does with answers is not:
it takes prices for floats, fails on an error that is a list, and repeats a whole page of HTML in an
exception. `AsyncClient.create` is not used (it pings), nor its `testnet` (it still sends /sapi to
the live host).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import aiohttp
from binance import AsyncClient

from floorbroker.brokers.binance.errors import Refusal
from floorbroker.brokers.shared.http_async import CONNECTING, whole_body
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.shared.wire import Unreadable, read_json

ACCEPTED_FOR_MILLIS: Final = 5000
"""`recvWindow`: what reaches Binance later than that is refused, also an order of long ago."""

_LONGEST_AWAY: Final = 3 * 24 * 3600
"""Bans last "from 2 minutes to 3 days" (rest-api.md, "IP Limits")."""


class OneRequest(AsyncClient):  # type: ignore[misc] # python-binance has no types
    """One person's; made inside the loop, and sends nothing when it is made."""

    REQUEST_RECVWINDOW = ACCEPTED_FOR_MILLIS

    def __init__(
        self,
        transport: Transport,
        *,
        key: str,
        secret: str,
        host: str,
        wallet: str,
        told: Callable[[Mapping[str, str]], None],
    ) -> None:
        """`told` hears the headers of every answer."""
        self._transport = transport
        self._told = told
        # The SDK's own deadline is off: one of ours is around every call. A redirect would send an
        # order to another place, and a second time.
        terms = {"timeout": CONNECTING, "allow_redirects": False}
        super().__init__(key, secret, requests_params=terms)
        self.API_URL = f"{host}/api"
        self.MARGIN_API_URL = f"{wallet}/sapi"
        # Two connections that are never opened.
        self.ws_api = self.ws_future = None

    def forget(self) -> None:
        """Lets go of the keys; requests under way end as they will."""
        self.API_KEY = self.API_SECRET = None
        self.session.headers.clear()
        self.session.detach()

    async def ask(self, method: str, path: str, fields: Mapping[str, Any], signed: bool) -> bytes:
        """The body of the answer to one request below /api/v3."""
        uri = self._create_api_uri(path, signed)
        body: bytes = await self._request(method, uri, signed, **_given(fields, signed))
        return body

    async def ask_wallet(self, path: str) -> bytes:
        """The body of the answer to one signed GET below /sapi/v1."""
        uri = self._create_margin_api_uri(path)
        body: bytes = await self._request("get", uri, True, data={})
        return body

    def _init_session(self) -> aiohttp.ClientSession:
        return self._transport.async_session(self._get_headers())

    async def _handle_response(self, response: aiohttp.ClientResponse) -> bytes:
        """The body of a success.

        Raises:
            Refusal: Binance's own error.
            Unreadable: Anything else.
        """
        self.response = None  # it holds the headers of its request
        self._told(response.headers)
        body = await whole_body(response)
        status = response.status
        if 200 <= status < 300:
            return body
        try:
            error = read_json(body)
        except ValueError:
            raise Unreadable(status) from None
        code, message = (
            (error.get("code"), error.get("msg")) if isinstance(error, dict) else (None, None)
        )
        if status < 400 or type(code) is not int or not isinstance(message, str):
            raise Unreadable(status)
        raise Refusal(status, code, message, retry_after(response.headers))


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What `Retry-After` says, in seconds; None where it says nothing of use."""
    told = headers.get("Retry-After", "")
    if not told.isascii() or not told.isdecimal() or len(told) > 9:
        return None
    return timedelta(seconds=min(int(told), _LONGEST_AWAY))


def _given(fields: Mapping[str, Any], signed: bool) -> dict[str, Any]:
    """A copy, since the SDK writes into what it is given; nothing at all where nothing is said."""
    return {"data": dict(fields)} if fields or signed else {}
