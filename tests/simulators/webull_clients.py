"""A small signed client for the tests of the Webull simulator, written from Webull's guide."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from tests.simulators.webull import App, WebullSimulator

SHA1: Final = "HMAC-SHA1"
SHA256: Final = "HMAC-SHA256"


class Watch:
    """A clock that stands on a Wednesday at noon in New York until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class Refused(Exception):
    """An answer with a status other than 200.

    Attributes:
        body: Its JSON, or the text where it is none.
    """

    def __init__(self, status: int, body: Any) -> None:
        """What came back."""
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body

    @property
    def code(self) -> str:
        """Webull's word."""
        return str(self.body["error_code"])


class Client:
    """Signs and sends; each request has a nonce and a timestamp of its own.

    Attributes:
        token: Sent as `x-access-token`.
        bearer: Sent as `Authorization`.
        version: Sent as `x-version`.
        algorithm: Of the signature.
        changed: Headers that are put in the place of the right ones, after signing; None leaves
            one away.
    """

    def __init__(self, sim: WebullSimulator, app: App, watch: Watch) -> None:
        """For one application key."""
        self.token = ""
        self.bearer = ""
        self.version = "v3"
        self.algorithm = SHA256
        self.changed: dict[str, str | None] = {}
        self._sim = sim
        self._app = app
        self._watch = watch
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))
        # aiohttp sends a GET again by itself when a connection breaks: the same nonce twice, and a
        # 401 in the place of the fault. There is no public switch for it.
        self._session._retry_connection = False

    async def close(self) -> None:
        """Its connections."""
        await self._session.close()

    async def get(self, path: str, **query: str) -> Any:
        """The JSON of a 200.

        Raises:
            Refused: Another status.
        """
        return await self.send("GET", path, query)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Likewise, with a JSON body."""
        raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        return await self.send("POST", path, {}, raw)

    async def form(self, path: str, **fields: str) -> Any:
        """Likewise, with a form."""
        raw = urlencode(fields).encode()
        return await self.send("POST", path, {}, raw, form=fields)

    async def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes = b"",
        *,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """One request."""
        raw_query = urlencode(query)
        url = URL(f"{self._sim.url}{path}?{raw_query}".rstrip("?"), encoded=True)
        signed = b"" if form is not None else body
        headers = self.headers(path, {**query, **(form or {})}, signed, url.authority)
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        headers["Content-Type"] = kind
        async with self._session.request(method, url, data=body or None, headers=headers) as got:
            text = await got.text()
            try:
                answer = json.loads(text)
            except ValueError:
                answer = text
            if got.status != 200 or isinstance(answer, str):
                raise Refused(got.status, answer)
            return answer

    def headers(
        self, path: str, parameters: Mapping[str, str], body: bytes, host: str
    ) -> dict[str, str]:
        """All of them, signed, and with what `changed` says."""
        headers = {
            "x-app-key": self._app.app_key,
            "x-timestamp": self._watch().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-signature-version": "1.0",
            "x-signature-algorithm": self.algorithm,
            "x-signature-nonce": secrets.token_hex(16),
        }
        pairs = {**headers, "host": host, **parameters}
        whole = f"{path}&" + "&".join(f"{name}={pairs[name]}" for name in sorted(pairs))
        sha1 = self.algorithm == SHA1
        if body:
            digest = hashlib.md5(body) if sha1 else hashlib.sha256(body)
            whole += "&" + digest.hexdigest().upper()
        key = f"{self._app.app_secret}&".encode()
        made = hmac.new(key, quote(whole, safe="").encode(), "sha1" if sha1 else "sha256")
        headers["x-signature"] = base64.b64encode(made.digest()).decode()
        headers["x-version"] = self.version
        if self.token:
            headers["x-access-token"] = self.token
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        merged = {**headers, **self.changed}
        return {name: value for name, value in merged.items() if value is not None}
