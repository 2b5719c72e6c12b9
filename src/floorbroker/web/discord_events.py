"""What Discord tells by itself over HTTP: that a person has taken the app away.

    POST /discord/events     signed by Discord; its PING is answered too

Source: https://docs.discord.com/developers/events/webhook-events
"""

from typing import Annotated, Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from floorbroker.config import Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.services.erasing import Erasing
from floorbroker.web.discord_signature import DiscordSignature

PATH: Final = "/discord/events"
_PING: Final = 0
_DEAUTHORISED: Final = "APPLICATION_DEAUTHORIZED"
_log = structlog.stdlib.get_logger(__name__)


class _User(BaseModel):
    id: Annotated[str, Field(pattern=r"^[0-9]{5,20}$")]


class _Event(BaseModel):
    type: str
    data: dict[str, Any] | None = None


class _Told(BaseModel):
    application_id: str
    type: int
    event: _Event | None = None


class DiscordEvents:
    """Receives them."""

    def __init__(self, settings: Settings, erasing: Erasing, clock: Clock) -> None:
        """`settings` hold the application's public key, which Discord's developer portal shows."""
        self._signature = DiscordSignature(settings.discord_public_key, clock)
        self._application = settings.discord_client_id
        self._erasing = erasing

    def add_to(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_post(PATH, self._receive)

    async def _receive(self, request: web.Request) -> web.Response:
        body = await self._signature.body_of(request)
        try:
            told = _Told.model_validate_json(body)
            if self._application and told.application_id != self._application:
                raise web.HTTPBadRequest
            if told.type != _PING and told.event is not None:
                await self._happened(told.event)
        except ValidationError:
            raise web.HTTPBadRequest from None
        except FloorbrokerError as error:
            # Discord asks again for some minutes, and what it tells must not be lost.
            _log.warning("discord_event_not_stored", code=error.code)
            raise web.HTTPServiceUnavailable from None
        return web.Response(status=204, content_type="application/json")

    async def _happened(self, event: _Event) -> None:
        if event.type != _DEAUTHORISED:
            return  # not asked for, and nothing to do about it
        user = _User.model_validate((event.data or {}).get("user"))
        leaving = await self._erasing.deauthorised(UserId(user.id))
        _log.info("deauthorised", kept=leaving is not None)
