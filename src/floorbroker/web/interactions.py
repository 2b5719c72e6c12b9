"""Commands and clicks over HTTP, in place of a connection to Discord's gateway.

    POST /discord/interactions     signed by Discord; its PING is answered too

The request is answered with 202 at once; the acknowledgement and the card go to Discord the way
that they go for an interaction of the gateway. The same one delivered twice is therefore
acknowledged once: Discord takes the first. Source:
https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.web.discord_signature import DiscordSignature

PATH: Final = "/discord/interactions"
LARGEST_BYTES: Final = 512 * 1024
"""A click brings the whole message that was clicked: forty components, and their texts."""

_PING: Final = 1
_KINDS: Final = frozenset({2, 3, 4, 5})
"""Command, component, suggestion, form."""

Receive = Callable[[Mapping[str, Any]], object]
"""Hands one interaction to the commands and buttons, without waiting for it."""


class Interactions:
    """Receives them."""

    def __init__(self, settings: Settings, clock: Clock, receive: Receive) -> None:
        """`settings` hold the application's public key."""
        self._signature = DiscordSignature(settings.discord_public_key, clock)
        self._application = settings.discord_client_id
        self._receive = receive

    def add_to(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_post(PATH, self._received)

    async def _received(self, request: web.Request) -> web.Response:
        body = await self._signature.body_of(request)
        try:
            told = json.loads(body)
        except ValueError:
            raise web.HTTPBadRequest from None
        if not isinstance(told, dict) or not self._ours(told):
            raise web.HTTPBadRequest
        if told.get("type") == _PING:
            return web.json_response({"type": _PING})
        if told.get("type") not in _KINDS:
            raise web.HTTPBadRequest
        self._receive(told)
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _ours(self, told: Mapping[str, Any]) -> bool:
        return not self._application or told.get("application_id") == self._application
