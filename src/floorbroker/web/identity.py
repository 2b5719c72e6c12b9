"""Asks Discord whose browser it is. The answer is a user id; nothing else is kept.

https://docs.discord.com/developers/topics/oauth2 for the authorization code grant, `prompt=none`
and basic authentication. PKCE with S256, and the `iss` of the answer, are announced in
https://discord.com/.well-known/oauth-authorization-server; that `code_verifier` goes together with
a client secret is in Discord's guide to account linking on mobile.
"""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import structlog
from aiohttp import hdrs
from pydantic import SecretStr

from floorbroker import __version__
from floorbroker.domain.ids import UserId
from floorbroker.web.public_url import PublicUrl

DISCORD: Final = "https://discord.com"
CALLBACK: Final = "/identity"
DISCORD_SECONDS: Final = 10.0
LARGEST_ANSWER_BYTES: Final = 64 * 1024

_API: Final = "/api/v10"
_SCOPE: Final = "identify"
_USER_ID: Final = re.compile(r"[0-9]{17,20}", re.ASCII)
_TOKEN: Final = re.compile(r"[!-~]{1,1024}", re.ASCII)

_log = structlog.stdlib.get_logger(__name__)


class IdentityError(Exception):
    """Discord did not say whose browser it is."""


class CodeRefused(IdentityError):
    """It does not take this code: used, too old, or another browser's."""


class ClientRefused(IdentityError):
    """It does not take the operator's client id or secret."""


class DiscordUnavailable(IdentityError):
    """It does not answer, answers with a failure, or with what cannot be read."""


class DiscordIdentity:
    """Discord's OAuth2, from sending a browser there to the person's id."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: SecretStr,
        public_url: PublicUrl,
        base: str = DISCORD,
        seconds: float = DISCORD_SECONDS,
        revokes: bool = False,
    ) -> None:
        """Not able to ask before `open`.

        Args:
            base: Where Discord is; another place in tests.
            seconds: How long each question may take.
            revokes: Whether to give the access back at once. Off: Discord withdraws the person's
                whole authorization of the application then and tells it so with
                APPLICATION_DEAUTHORIZED, as if the person had thrown the bot out.
                https://docs.discord.com/developers/events/webhook-events
        """
        self._client_id = client_id
        self._client_secret = client_secret
        self._public_url = public_url
        self._base = base
        self._seconds = seconds
        self._revokes = revokes
        self._session: aiohttp.ClientSession | None = None

    @property
    def base(self) -> str:
        """Where browsers are sent, and who must have issued what they come back with."""
        return self._base

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keeps the connections of all questions; nothing comes from the environment."""
        async with aiohttp.ClientSession(
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            # Discord asks for this form: https://docs.discord.com/developers/reference#user-agent
            headers={hdrs.USER_AGENT: f"DiscordBot ({self._public_url.origin}, {__version__})"},
        ) as self._session:
            yield
        self._session = None

    def authorize_address(self, state: str, challenge: str) -> str:
        """Where a browser shows who it is.

        Whoever agreed before is sent back without a question.
        """
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "scope": _SCOPE,
            "state": state,
            "redirect_uri": self._public_url.of(CALLBACK),
            "prompt": "none",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._base}/oauth2/authorize?{urlencode(asked)}"

    async def person(self, code: str, verifier: str) -> UserId:
        """Whose browser came back with `code`.

        Raises:
            IdentityError: Discord does not say.
        """
        token = await self._token(code, verifier)
        try:
            me = await self._ask(
                "GET", "/users/@me", headers={hdrs.AUTHORIZATION: f"Bearer {token}"}
            )
        finally:
            if self._revokes:
                await self._give_back(token)
        user_id = me.get("id")
        if not isinstance(user_id, str) or not _USER_ID.fullmatch(user_id):
            raise DiscordUnavailable("no user id")
        return UserId(user_id)

    async def _token(self, code: str, verifier: str) -> str:
        answer = await self._ask(
            "POST",
            "/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._public_url.of(CALLBACK),
                "code_verifier": verifier,
            },
            headers=self._client,
        )
        token, scope = answer.get("access_token"), answer.get("scope")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise DiscordUnavailable("no token")
        if not isinstance(scope, str) or _SCOPE not in scope.split():
            raise DiscordUnavailable("not the scope that was asked for")
        return token

    async def _give_back(self, token: str) -> None:
        try:
            data = {"token": token, "token_type_hint": "access_token"}
            await self._ask("POST", "/oauth2/token/revoke", data=data, headers=self._client)
        except IdentityError as error:
            _log.warning("discord_access_not_given_back", error=type(error).__name__)

    @property
    def _client(self) -> Mapping[str, str]:
        secret = self._client_secret.get_secret_value()
        return {hdrs.AUTHORIZATION: aiohttp.encode_basic_auth(self._client_id, secret)}

    async def _ask(self, method: str, path: str, **more: Any) -> Mapping[str, Any]:
        if self._session is None:
            raise RuntimeError("not open")
        url = f"{self._base}{_API}{path}"
        try:
            async with self._session.request(
                method, url, allow_redirects=False, **more
            ) as response:
                return _answer(response.status, await _body(response))
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            # From None: messages of the library may hold more than one wants to log.
            raise DiscordUnavailable(type(error).__name__) from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, unless it is longer than any answer that was asked for."""
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(LARGEST_ANSWER_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER_BYTES:
            raise DiscordUnavailable("a longer answer than there is")
    return b"".join(pieces)


def _answer(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    error = fields.get("error") if isinstance(fields, dict) else None
    if error == "invalid_client":
        raise ClientRefused
    if status == 400 and error == "invalid_grant":
        raise CodeRefused
    if status != 200 or not isinstance(fields, dict):
        raise DiscordUnavailable(f"status {status}")
    return fields
