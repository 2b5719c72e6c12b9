"""One pool of connections and one SSL context for the brokers whose SDK stands on requests.

Whoever the person is, the connection is the same: their keys travel in headers, and nothing of
them stays here. No retries, no redirects to elsewhere, no cookies, no proxies and no certificates
from the environment, and a deadline on every request.
"""

import ssl
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from floorbroker.brokers.shared.threads import MOST_THREADS, NeverStarted, seconds_left
from floorbroker.brokers.shared.wire import Failure, NotBegun, Unanswered

CONNECT_SECONDS: Final = 10.0
USUAL_SECONDS: Final = 10.0
LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""Lists of all instruments have some ten million bytes; beyond this it is no answer."""

_PIECE_BYTES: Final = 64 * 1024


class PooledAdapter(HTTPAdapter):
    """The shared connections: a pool for each host, bounded by the number of threads."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        """`context` is the one SSL context; left out, it trusts what certifi lists."""
        self._context = context or ssl.create_default_context(cafile=certifi.where())
        super().__init__(pool_connections=64, pool_maxsize=MOST_THREADS, max_retries=0)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """One context for all: the library would load the list of authorities for each."""
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"ssl_context": self._context} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to add: the context verifies."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Sends once and reads the whole answer, within what is left of the call's deadline."""
        left = _seconds_left()
        response = super().send(request, stream=True, timeout=(min(CONNECT_SECONDS, left), left))
        try:
            body = _read(response)
        except (HTTPError, OSError) as error:
            response.close()
            raise requests.ConnectionError(error, request=request) from error
        # What requests itself would keep after reading; it offers no other way in.
        response._content, response._content_consumed = body, True
        return response


def session_over(pool: PooledAdapter) -> requests.Session:
    """A person's own session over the shared pool: small, and without a memory."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", pool)
    session.mount("http://", pool)
    return session


def failure(error: requests.RequestException | NeverStarted) -> Failure:
    """What to raise in the place of `error`, which holds the request with all its headers."""
    if isinstance(error, NeverStarted):
        return NotBegun(str(error))
    return Unanswered(sent=not never_left(error), late=isinstance(error, requests.Timeout))


def never_left(error: BaseException) -> bool:
    """Whether nothing of the request can have reached the broker.

    True for what never began, what found no connection, and a certificate that was not believed.
    A handshake that hangs is not told apart from an answer that does, so it counts as sent.
    """
    if isinstance(error, NeverStarted | requests.ConnectTimeout):
        return True
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    if isinstance(reason, NewConnectionError):
        return True
    inner = reason.args[0] if isinstance(reason, HTTPError) and reason.args else None
    return isinstance(inner, ssl.SSLCertVerificationError)


def _seconds_left() -> float:
    left = seconds_left()
    if left is None:
        return USUAL_SECONDS
    if left <= 0:
        raise NeverStarted("its time ran out before it was sent")
    return left


def _read(response: requests.Response) -> bytes:
    """The whole body; a piece at a time, so that a trickle cannot outlast the deadline."""
    pieces, size = [], 0
    while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        left = seconds_left()
        if size > LARGEST_ANSWER_BYTES or (left is not None and left <= 0):
            raise OSError("the answer is too long or takes too long")
    response.raw.release_conn()
    return b"".join(pieces)
