"""Commands and clicks over HTTP, in place of a connection to Discord's gateway.

    POST /discord/interactions     signed by Discord; its PING is answered too

The request is answered with 202 at once; the acknowledgement and the card go to Discord the way
that they go for an interaction of the gateway. The same one delivered twice is therefore
acknowledged once: Discord takes the first. A process that starts or ends takes none and answers
503, so that whatever stands in front of several asks the next one. Source:
https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.services.supervisor import Supervisor
from floorbroker.web.discord_signature import DiscordSignature

PATH: Final = "/discord/interactions"
LARGEST_BYTES: Final = 128 * 1024
"""A click brings the whole message that was clicked: forty components, and their texts."""

_PING: Final = 1
_KINDS: Final = frozenset({2, 3, 4, 5})
"""Command, component, suggestion, form."""

_log = structlog.stdlib.get_logger(__name__)


class Receiver(Protocol):
    """The commands and buttons."""

    def can_be_reached(self) -> bool:
        """Whether they can answer now."""
        ...

    def receive(self, interaction: Mapping[str, Any]) -> None:
        """Takes one interaction, without waiting for it.

        Raises:
            Exception: It is not shaped as Discord's are.
        """
        ...


class Interactions:
    """Receives them."""

    def __init__(
        self, settings: Settings, clock: Clock, receiver: Receiver, supervisor: Supervisor
    ) -> None:
        """`settings` hold the application's public key; `supervisor` knows when it ends."""
        self._signature = DiscordSignature(settings.discord_public_key, clock)
        self._application = settings.discord_client_id
        self._receiver = receiver
        self._supervisor = supervisor

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
        if self._supervisor.draining or not self._receiver.can_be_reached():
            raise web.HTTPServiceUnavailable  # nobody takes it: Discord says that it failed
        try:
            self._receiver.receive(told)
        except Exception as error:  # noqa: BLE001  # whatever discord.py cannot read
            _log.warning("interaction_not_read", error=type(error).__name__)
            raise web.HTTPBadRequest from None
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _ours(self, told: Mapping[str, Any]) -> bool:
        return not self._application or told.get("application_id") == self._application
