"""One pool of connections and one SSL context for the brokers whose SDK stands on aiohttp.

What `http.py` says holds here too: the keys are a session's, the connections are everybody's.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from typing import Final

import aiohttp
import certifi

from floorbroker.brokers.shared import open_files
from floorbroker.brokers.shared.wire import Unanswered

CONNECT_SECONDS: Final = 4.0
"""Below the five seconds of an order, so that a connection that never came is told as such."""

MOST_CONNECTIONS: Final = 256
MOST_A_HOST: Final = 64
MOST_WEBSOCKETS: Final = 1500
"""They stay open, so that they have places of their own: two of prices for each of the 500 links
that are followed at once, and one of order news for each of 500."""

LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""Lists of all pairs have some ten million bytes; beyond this it is no answer."""

CONNECTING: Final = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS)
_NAMES_KEPT_SECONDS: Final = 300
_PIECE_BYTES: Final = 64 * 1024
_ROUNDS: Final = 4


def most_websockets() -> int:
    """No more than half of the files that the process may have: orders need some, and the store."""
    return min(MOST_WEBSOCKETS, open_files.most() // 2)


def new_connector(
    context: ssl.SSLContext | None = None,
    *,
    most: int = MOST_CONNECTIONS,
    most_a_host: int = MOST_A_HOST,
) -> aiohttp.TCPConnector:
    """The shared connections. Made inside the running loop, closed by whoever made it."""
    trusted = context or ssl.create_default_context(cafile=certifi.where())
    return aiohttp.TCPConnector(
        ssl=trusted,
        limit=most,
        limit_per_host=most_a_host,
        ttl_dns_cache=_NAMES_KEPT_SECONDS,
    )


def session_over(
    connector: aiohttp.TCPConnector,
    headers: Mapping[str, str],
    *,
    tracing: Sequence[aiohttp.TraceConfig] = (),
) -> aiohttp.ClientSession:
    """A person's own session over the shared pool: small, without a memory, nothing sent twice.

    `detach` lets go of it. Deadlines are its user's; only connecting has one here.
    """
    session = aiohttp.ClientSession(
        connector=connector,
        connector_owner=False,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=CONNECTING,
        trace_configs=list(tracing),
    )
    # aiohttp sends GET, PUT and DELETE a second time when a kept connection breaks, a cancel too,
    # and has no public switch for it: client.py of 3.14.5, `retry_persistent_connection`. Its own
    # test client sets the same attribute. A test of ours counts what arrives.
    session._retry_connection = False
    return session


async def let_closed_ones_be_seen() -> None:
    """Gives the loop time to read that a kept connection was closed from the other side.

    aiohttp takes a kept connection without looking at its socket, as urllib3 does look: an end that
    lies there unread would be met only after the request was written, and then nobody could say
    whether it arrived. One round to find it, one to read it, the rest for TLS.
    """
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


async def whole_body(response: aiohttp.ClientResponse) -> bytes:
    """All of it, up to what can still be an answer.

    Raises:
        aiohttp.ClientPayloadError: It is longer than that, or breaks off.
    """
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER_BYTES:
            response.close()
            raise aiohttp.ClientPayloadError("the answer is too long")
    return b"".join(pieces)


def failure(error: aiohttp.ClientError | TimeoutError | OSError) -> Unanswered:
    """What to raise in the place of `error`, which may hold the request with all its headers."""
    return Unanswered(sent=not never_left(error), late=isinstance(error, TimeoutError))


def never_left(error: BaseException) -> bool:
    """Whether nothing of the request can have reached the broker.

    True while there was no connection yet: none to be had, a certificate that was not believed, or
    one that took too long. aiohttp raises these two kinds before it writes the first byte.
    """
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
