"""One of several bots that get interactions over HTTP, on a port of its own, and can be killed."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from floorbroker.cli.run import web
from floorbroker.config import DiscordTransport
from tests.campaign.forking import Ready
from tests.campaign.people import bot
from tests.campaign.processes import Place

ROLE: Final = "tests.campaign.fleet.replica:serve"
DISCORDS_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"the campaign's own Discord, 32 b")
"""What it sends to the replicas is signed with it."""


def serve(work: Mapping[str, Any], ready: Ready) -> None:
    """A child's whole life, which only a kill ends."""
    asyncio.run(_serve(work, ready))


async def _serve(work: Mapping[str, Any], ready: Ready) -> None:
    over_http = {
        "discord_transport": DiscordTransport.HTTP,
        "discord_public_key": DISCORDS_KEY.public_key().public_bytes_raw().hex(),
        "redis_url": work["redis"],
        "host": "127.0.0.1",
        "port": work["port"],
    }
    place = Place(**work["place"])
    async with bot(work["urls"], place, **over_http, **work["settings"]) as app, web(app):
        ready()
        await asyncio.Event().wait()
