"""Whether a request to this server was signed by Discord, and just now.

Anybody can send to the paths that Discord uses. What is not signed with the application's key,
over the very bytes that came and a moment of just now, is refused before it is read. Source:
https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint
"""

from datetime import timedelta
from typing import Final

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from floorbroker.domain.clock import Clock

FRESH: Final = timedelta(minutes=5)
"""An older moment is a repeated request: Discord signs each of its own tries anew."""


class DiscordSignature:
    """The application's public key, as Discord's developer portal shows it."""

    def __init__(self, public_key: str, clock: Clock) -> None:
        """`public_key` is 32 bytes in hexadecimal digits."""
        self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        self._clock = clock

    async def body_of(self, request: web.Request) -> bytes:
        """What Discord sent.

        Raises:
            web.HTTPUnauthorized: Discord did not, or not now.
        """
        body = await request.read()
        signature = request.headers.get("X-Signature-Ed25519", "")
        moment = request.headers.get("X-Signature-Timestamp", "")
        if not (moment.isascii() and moment.isdigit()) or len(moment) > 12:  # seconds
            raise web.HTTPUnauthorized
        try:
            self._key.verify(bytes.fromhex(signature), moment.encode() + body)
        except (InvalidSignature, ValueError):
            raise web.HTTPUnauthorized from None
        if abs(self._clock.now().timestamp() - int(moment)) > FRESH.total_seconds():
            raise web.HTTPUnauthorized
        return body
