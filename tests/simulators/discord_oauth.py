"""Discord's OAuth2 on loopback: a page with an Authorize button, tokens, and who one is.

As strict as Discord where it is documented, and stricter: an unregistered `redirect_uri`, another
scope, a missing `state` or PKCE challenge, a wrong client secret, a code used twice or without its
verifier are refused. https://docs.discord.com/developers/topics/oauth2
"""

import asyncio
import base64
import hashlib
import html
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

CLIENT_ID = "900000000000000007"
CLIENT_SECRET = "discord-client-secret-ZkQ3vR8t"
TOKEN_PATH = "/api/v10/oauth2/token"
ME_PATH = "/api/v10/users/@me"
REVOKE_PATH = "/api/v10/oauth2/token/revoke"

Fault = Callable[[], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the application's own."""

    path: str
    form: Mapping[str, str]
    authorization: str
    user_agent: str


@dataclass(slots=True)
class Granted:
    """What a code or a token stands for."""

    person: str
    redirect_uri: str
    challenge: str


@dataclass(slots=True)
class DiscordOAuth:
    """Says who is logged in; can be told to fail.

    Attributes:
        base: Where it listens.
        redirect_uris: What the application has registered.
        person: Who is logged in to Discord in every browser.
        agreed: Who agreed before and is not asked again under `prompt=none`.
        faults: By path: answers instead of the real thing.
        issuer: What it calls itself when it sends a browser back; empty: it says nothing.
        asked: What the application asked, oldest first.
        visits: The queries with which browsers came.
        live: Tokens that work.
        codes: Codes that were not used yet.
    """

    base: str = ""
    redirect_uris: set[str] = field(default_factory=set)
    person: str = "100000000000000001"
    agreed: set[str] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)
    issuer: str | None = None
    asked: list[Asked] = field(default_factory=list)
    visits: list[dict[str, str]] = field(default_factory=list)
    live: dict[str, Granted] = field(default_factory=dict)
    codes: dict[str, Granted] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        """Its routes."""
        app = web.Application()
        app.router.add_get("/oauth2/authorize", self._page)
        app.router.add_post("/oauth2/authorize", self._decided)
        app.router.add_post(TOKEN_PATH, self._token)
        app.router.add_get(ME_PATH, self._me)
        app.router.add_post(REVOKE_PATH, self._revoke)
        return app

    def decide(self, query: Mapping[str, str], *, agrees: bool = True) -> str:
        """Where a browser is sent that came with `query`, once its person has decided."""
        back = {"state": query["state"]}
        issuer = self.base if self.issuer is None else self.issuer
        if issuer:
            back["iss"] = issuer
        if not agrees:
            refused = "The resource owner or authorization server denied the request"
            back |= {"error": "access_denied", "error_description": refused}
            return f"{query['redirect_uri']}?{urlencode(back)}"
        self.agreed.add(self.person)
        return f"{query['redirect_uri']}?{urlencode({'code': self.code(query), **back})}"

    def code(self, query: Mapping[str, str]) -> str:
        """A fresh code for the person who is logged in."""
        code = f"code-{secrets.token_urlsafe(18)}"
        self.codes[code] = Granted(self.person, query["redirect_uri"], query["code_challenge"])
        self.given.append(code)
        return code

    async def _page(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        self.visits.append(query)
        wrong = self._wrong(query)
        if wrong:
            return web.Response(status=400, text=f"<h1>{wrong}</h1>", content_type="text/html")
        if query.get("prompt") == "none" and self.person in self.agreed:
            return _sent(self.decide(query))
        target = html.escape(f"/oauth2/authorize?{urlencode(query)}")
        text = (
            "<!doctype html><title>Discord</title><link rel=icon href=data:,>"
            f"<h1>floorbroker wants to know who you are</h1>"
            f'<form method=post action="{target}">'
            "<button name=does value=agree>Authorize</button>"
            "<button name=does value=refuse>Cancel</button></form>"
        )
        return web.Response(text=text, content_type="text/html")

    async def _decided(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        wrong = self._wrong(query)
        if wrong:
            return web.Response(status=400, text=wrong)
        form = await request.post()
        return _sent(self.decide(query, agrees=form.get("does") == "agree"))

    def _wrong(self, query: Mapping[str, str]) -> str:
        must = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "scope": "identify",
            "code_challenge_method": "S256",
        }
        for name, value in must.items():
            if query.get(name) != value:
                return f"Invalid {name}"
        if query.get("redirect_uri") not in self.redirect_uris:
            return "Invalid OAuth2 redirect_uri"
        if len(query.get("code_challenge", "")) != 43 or not query.get("state"):
            return "Invalid request"
        return ""

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await self._heard(request)
        if TOKEN_PATH in self.faults:
            return await self.faults[TOKEN_PATH]()
        if not _is_client(request):
            return _json({"error": "invalid_client"}, 401)
        granted = self.codes.pop(form.get("code", ""), None)
        fits = (
            granted is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == granted.redirect_uri
            and _challenge(form.get("code_verifier", "")) == granted.challenge
        )
        if granted is None or not fits:
            why = 'Invalid "code" in request.'
            return _json({"error": "invalid_grant", "error_description": why}, 400)
        token = f"access-{secrets.token_urlsafe(18)}"
        self.live[token] = granted
        self.given.append(token)
        refresh = f"refresh-{secrets.token_urlsafe(18)}"
        self.given.append(refresh)
        return _json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": 604800,
                "refresh_token": refresh,
                "scope": "identify",
            }
        )

    async def _me(self, request: web.Request) -> web.StreamResponse:
        await self._heard(request)
        if ME_PATH in self.faults:
            return await self.faults[ME_PATH]()
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        granted = self.live.get(token)
        if granted is None:
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        return _json({"id": granted.person, "username": "anna", "discriminator": "0"})

    async def _revoke(self, request: web.Request) -> web.StreamResponse:
        form = await self._heard(request)
        if REVOKE_PATH in self.faults:
            return await self.faults[REVOKE_PATH]()
        if not _is_client(request):
            return _json({"error": "invalid_client"}, 401)
        granted = self.live.pop(form.get("token", ""), None)
        if granted is not None:
            self.agreed.discard(granted.person)
        return _json({})

    async def _heard(self, request: web.Request) -> Mapping[str, str]:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(
            Asked(
                request.path,
                form,
                request.headers.get("Authorization", ""),
                request.headers.get("User-Agent", ""),
            )
        )
        return form


def status(code: int, body: Any = None) -> Fault:
    """Answers with a status."""

    async def answer() -> web.StreamResponse:
        return _json(body if body is not None else {"message": "no", "code": 0}, code)

    return answer


def text(body: str, code: int = 200) -> Fault:
    """Answers with what is not JSON, or not of the form that is documented."""

    async def answer() -> web.StreamResponse:
        return web.Response(status=code, text=body, content_type="application/json")

    return answer


def moved(target: str) -> Fault:
    """Sends the application elsewhere."""

    async def answer() -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": target})

    return answer


def silence(until: asyncio.Event) -> Fault:
    """Does not answer before the test says so."""

    async def answer() -> web.StreamResponse:
        await until.wait()
        return _json({})

    return answer


def _is_client(request: web.Request) -> bool:
    raw = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {raw}"


def _challenge(verifier: str) -> str:
    if not 43 <= len(verifier) <= 128:
        return ""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _sent(target: str) -> web.Response:
    return web.Response(status=302, headers={"Location": target})


def _json(body: Any, code: int = 200) -> web.Response:
    raw = json.dumps(body).encode()
    return web.Response(body=raw, status=code, headers={"Content-Type": "application/json"})


@asynccontextmanager
async def discord_oauth() -> AsyncIterator[DiscordOAuth]:
    """Listens on a free loopback port."""
    discord = DiscordOAuth()
    runner = web.AppRunner(discord.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        discord.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield discord
    finally:
        await runner.cleanup()
