"""How schwab-py is led to the simulator: its host stands in the code, https and all."""

import httpx


class SentTo(httpx.AsyncBaseTransport):
    """Sends requests to another place, without TLS where that has none; path and query stay.

    ```python
    session = AsyncOAuth2Client(key, client_secret=secret, token=token, transport=SentTo(sim.url))
    client = schwab.client.AsyncClient(key, session)
    ```
    """

    def __init__(self, url: str, through: httpx.AsyncBaseTransport | None = None) -> None:
        """With `through`, that one's connections are used."""
        self._place = httpx.URL(url)
        self._through = through or httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Once, like any other transport; the Host header stays the vendor's."""
        request.url = request.url.copy_with(
            scheme=self._place.scheme, host=self._place.host, port=self._place.port
        )
        return await self._through.handle_async_request(request)

    async def aclose(self) -> None:
        """With its connections."""
        await self._through.aclose()
