"""Waits until Discord answers: a machine may be up before its network, or Discord be away."""

from http import HTTPStatus
from typing import Final

import aiohttp
import stamina
import structlog
from discord.http import Route

FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0
_PATIENCE: Final = aiohttp.ClientTimeout(total=10)
_AWAY: Final = (aiohttp.ClientError, OSError, TimeoutError)

_log = structlog.stdlib.get_logger(__name__)


async def until_discord_answers() -> None:
    """Asks for the gateway's address, which needs no token, until anything but a 5xx comes.

    What the answer says is for the login to find out: a wrong token ends the process, an outage
    does not. https://docs.discord.com/developers/events/gateway#get-gateway
    """
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
        async for attempt in stamina.retry_context(
            on=_AWAY,
            attempts=None,
            timeout=None,
            wait_initial=FIRST_PAUSE_SECONDS,
            wait_max=LONGEST_PAUSE_SECONDS,
        ):
            with attempt:
                await _ask(session, attempt.num)


async def _ask(session: aiohttp.ClientSession, number: int) -> None:
    try:
        async with session.get(f"{Route.BASE}/gateway") as answer:
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                answer.raise_for_status()
    except _AWAY as error:
        _log.warning("discord_not_reached", error=type(error).__name__, times=number)
        raise
    if number > 1:
        _log.info("discord_reached", times=number)
