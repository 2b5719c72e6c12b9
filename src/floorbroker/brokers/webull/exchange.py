"""One signed request to Webull over the shared connections, and what came back: the only HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from floorbroker.brokers.shared.http_async import failure, let_closed_ones_be_seen, whole_body
from floorbroker.brokers.shared.wire import Unreadable, read_json
from floorbroker.brokers.webull.refusals import ROUTE, Refusal
from floorbroker.brokers.webull.signing import Signer, Unsigned

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
_LONGEST_PAUSE: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request in Webull's words.

    Attributes:
        path: One of ours; never made of what people say.
        query: Not escaped.
        body: JSON, or nothing.
        form: In the place of a body.
        version: Of the interface: lists have another shape in v2.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    form: Mapping[str, str] | None = field(default=None, repr=False)
    version: str = "v3"


async def exchanged(
    session: aiohttp.ClientSession,
    host: str,
    asked: Asked,
    signer: Signer,
    *,
    at: datetime,
    access: Mapping[str, str],
    by_platform: bool,
) -> bytes:
    """The body of a 200; the deadline is the caller's.

    Args:
        host: Scheme, host and port.
        access: Headers that are not signed.
        by_platform: Whether the key is the operator's, and not the person's own.

    Raises:
        Failure: No such answer came.
    """
    await let_closed_ones_be_seen()
    query = urlencode(asked.query)
    url = URL(f"{host}{asked.path}{'?' if query else ''}{query}", encoded=True)
    told = Unsigned(
        host=url.host_port_subcomponent or "",
        path=url.raw_path,
        parameters=tuple((asked.query if asked.form is None else asked.form).items()),
        body=asked.body,
    )
    headers = {
        **signer.headers(told, at=at, nonce=token_hex(16)),
        **access,
        "Host": told.host,
        "Accept": JSON,
        "x-version": asked.version,
    }
    body = asked.body
    if asked.form is not None:
        body = urlencode(asked.form).encode()
    if asked.method == "POST":
        headers["Content-Type"] = JSON if asked.form is None else FORM
    try:
        async with session.request(
            asked.method, url, data=body or None, headers=headers, allow_redirects=False
        ) as response:
            answer = await whole_body(response)
            status, pause = response.status, retry_after(response.headers)
    except (aiohttp.ClientError, OSError) as error:
        unanswered = failure(error)
    else:
        if status == 200:
            return answer
        raise _refused(status, answer, pause, by_platform=by_platform)
    # Out here, since the error may hold the request, and that holds the access.
    raise unanswered


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What `Retry-After` says, in seconds; Webull documents none."""
    text = headers.get("Retry-After", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        return None
    return timedelta(seconds=min(int(text), _LONGEST_PAUSE))


def _refused(
    status: int, answer: bytes, pause: timedelta | None, *, by_platform: bool
) -> Refusal | Unreadable:
    try:
        error = read_json(answer)
    except ValueError:
        return Unreadable(status)
    if status < 400 or not isinstance(error, dict):
        return Unreadable(status)
    code, message = error.get("error_code"), error.get("message")
    if code is None and status == 404 and error.get("error_msg") == "404 Route Not Found":
        code = message = ROUTE
    if not isinstance(code, str) or not code:
        return Unreadable(status)
    words = message if isinstance(message, str) else ""
    return Refusal(status, code, words, by_platform=by_platform, retry_after=pause)
