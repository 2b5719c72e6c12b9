"""Yahoo Finance on loopback, as far as yfinance asks it, with the session that leads there.

The shape of a chart's answer was read in yfinance's `scrapers/history.py` and `utils.py`.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yfinance  # noqa: F401  # it sets a filter of warnings, which no test should bring
from curl_cffi.requests import Session

NOISY = 187.4499969482422
"""187.45 as a binary fraction of 24 bits, which is how prices come."""


@dataclass(slots=True)
class YahooSite:
    """What the site says; a test changes it between two calls.

    Attributes:
        now: The time of the last price.
        told: What differs in the chart's metadata.
        status: Of every answer about a chart.
        silent: While it is set, no chart is answered.
        asked: The path and query of every chart that was asked for.
    """

    now: datetime
    told: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    body: bytes | None = None
    silent: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, address: str) -> tuple[int, bytes]:
        """To one request."""
        parts = urlsplit(address)
        if "/chart/" not in parts.path:
            return 200, b"crumb"
        self.asked.append((parts.path, parse_qs(parts.query)))
        if self.silent.is_set():
            self.let_go.wait(30)
        if self.body is not None:
            return self.status, self.body
        return self.status, json.dumps(self._chart(parts.path.rsplit("/", 1)[1])).encode()

    def _chart(self, symbol: str) -> dict[str, Any]:
        last = self.now.replace(hour=14, minute=30)
        days = [int((last - timedelta(days=back)).timestamp()) for back in (2, 1, 0)]
        prices = [100.5, 101.25, None]
        meta = {
            "symbol": symbol,
            "currency": "USD",
            "instrumentType": "EQUITY",
            "exchangeTimezoneName": "America/New_York",
            "timezone": "EST",
            "gmtoffset": -18000,
            "regularMarketPrice": 187.45,
            "regularMarketTime": int(self.now.timestamp()),
            "regularMarketVolume": 1_234_567,
            "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y"],
            "priceHint": 2,
            "dataGranularity": "1d",
            **self.told,
        }
        table = {
            "open": prices,
            "high": [NOISY, NOISY, None],
            "low": prices,
            "close": prices,
            "volume": [10, 20, None],
        }
        indicators = {"quote": [table], "adjclose": [{"adjclose": prices}]}
        result = {"meta": meta, "timestamp": days, "indicators": indicators}
        return {"chart": {"error": None, "result": [result]}}


class SiteSession(Session):
    """yfinance's own kind of session, which takes every address to loopback."""

    port = 0

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Any:
        """The same request to the simulator."""
        parts = urlsplit(url)
        local = f"http://127.0.0.1:{self.port}{parts.path or '/'}?{parts.query}"
        return super().request(method, local, *args, **options)


@contextmanager
def session_at(site: YahooSite) -> Iterator[SiteSession]:
    """The session, while the site is up."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = site.answer(self.path)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # whoever asked has given up

        def log_message(self, *words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    session = SiteSession()
    session.port = server.server_port
    try:
        yield session
    finally:
        site.let_go.set()
        server.shutdown()
        serving.join()
        server.server_close()
        session.close()
