"""One pool of connections and one SSL context for the brokers whose SDK stands on httpx.

What `http.py` says holds here too: the access is a client's, the connections are everybody's.
"""

import ssl
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import certifi
import httpx

from floorbroker.brokers.shared.wire import Unanswered

CONNECT_SECONDS: Final = 4.0
"""Below the five seconds of an order, so that a connection that never came is told as such."""

USUAL_SECONDS: Final = 10.0
MOST_CONNECTIONS: Final = 256
MOST_KEPT: Final = 64
KEPT_SECONDS: Final = 30.0
LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""Option chains have some ten million bytes; beyond this it is no answer."""


def new_pool(context: ssl.SSLContext | None = None) -> httpx.AsyncHTTPTransport:
    """The shared connections; closed by whoever made them.

    Nothing is tried twice, and nothing of the environment is read. A kept connection that was
    closed from the other side is seen as such before it is used: httpcore 1.0.9 looks at the socket
    (`_async/http11.py`, `has_expired`).
    """
    trusted = context or ssl.create_default_context(cafile=certifi.where())
    limits = httpx.Limits(
        max_connections=MOST_CONNECTIONS,
        max_keepalive_connections=MOST_KEPT,
        keepalive_expiry=KEPT_SECONDS,
    )
    return httpx.AsyncHTTPTransport(verify=trusted, trust_env=False, limits=limits, retries=0)


class Borrowed(httpx.AsyncBaseTransport):
    """Everybody's connections in one client's hands: closing the client leaves them open."""

    def __init__(self, pool: httpx.AsyncHTTPTransport) -> None:
        """`pool` belongs to somebody else."""
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends once; what comes is cut off where it can no longer be an answer."""
        response = await self._pool.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 # the pool's own
        response.stream = _Bounded(response.stream)
        return response

    async def aclose(self) -> None:
        """Nothing: others use them."""


class _Bounded(httpx.AsyncByteStream):
    """Somebody else's bytes, up to what can still be an answer."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > LARGEST_ANSWER_BYTES:
                raise httpx.ReadError("the answer is too long")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def client_over(pool: httpx.AsyncHTTPTransport) -> httpx.AsyncClient:
    """A person's own client over the shared pool: small, without a memory, led nowhere else.

    Deadlines of whole calls are its user's; these are for single steps.
    """
    return httpx.AsyncClient(
        transport=Borrowed(pool),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(USUAL_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


async def whole_body(response: httpx.Response) -> bytes:
    """All of a streamed answer, unpacked, up to what can still be one.

    Raises:
        httpx.ReadError: It is longer than that.
    """
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER_BYTES:
            raise httpx.ReadError("the answer is too long")
    return b"".join(pieces)


def failure(error: httpx.HTTPError | TimeoutError | OSError) -> Unanswered:
    """What to raise in the place of `error`, which may hold the request with all its headers."""
    late = isinstance(error, httpx.TimeoutException | TimeoutError)
    return Unanswered(sent=not never_left(error), late=late)


def never_left(error: BaseException) -> bool:
    """Whether nothing of the request can have reached the broker.

    True while there was no connection yet: none was free, none was to be had, its handshake failed
    or took too long. httpcore raises these three before it writes the first byte of a request.
    """
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
