"""How coinbase-advanced-py is led to the simulator: it puts "https://" before its `base_url`."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter


class SentTo(HTTPAdapter):
    """Sends requests to another place, without TLS where that has none; path and query stay.

    ```python
    client.session.mount("https://api.coinbase.com", SentTo(sim.url))
    ```
    """

    def __init__(self, url: str, through: HTTPAdapter | None = None) -> None:
        """With `through`, that one's connections are used, and closed by whoever made it."""
        super().__init__()
        self._place = urlsplit(url)
        self._through = through

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Once, like any other adapter."""
        wanted = urlsplit(request.url or "")
        place = (self._place.scheme, self._place.netloc)
        request.url = urlunsplit((*place, wanted.path, wanted.query, wanted.fragment))
        send = self._through.send if self._through else super().send
        return send(request, stream, timeout, verify, cert, proxies)
