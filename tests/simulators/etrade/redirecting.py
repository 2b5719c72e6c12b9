"""etrade-python's hosts are fixed: a transport that sends its requests to a simulator instead."""

import ssl
from typing import Final

import httpx

MEANT: Final = frozenset({"api.etrade.com", "apisb.etrade.com"})


class SentTo(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient(transport=…)`: E*TRADE's hosts lead to `url`, nothing else does.

    The address is changed below the SDK, after it has signed the one that it means.
    """

    def __init__(self, url: str, *, verify: ssl.SSLContext | bool = True) -> None:
        """`url` has a scheme, a host and a port."""
        self._target = httpx.URL(url)
        self._inner = httpx.AsyncHTTPTransport(verify=verify, retries=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        if request.url.host not in MEANT:
            raise httpx.ConnectError(f"{request.url.host} is not played here")
        moved = request.url.copy_with(
            scheme=self._target.scheme, host=self._target.host, port=self._target.port
        )
        return await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                moved,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        """See httpx."""
        await self._inner.aclose()
