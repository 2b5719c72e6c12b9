"""Whether a request was signed with the application's and the token's secrets: OAuth 1.0a.

HMAC-SHA1 over method, address and every parameter, RFC 5849 section 3.4. The address is the one
that the client meant, https://api.etrade.com or apisb, so that a redirected request still fits.
E*TRADE documents: only HMAC-SHA1, a timestamp "accurate to within five minutes", a nonce "that
cannot be used again with the same timestamp"
(apisb.etrade.com/docs/api/authorization/get_access_token.html). Bodies of JSON are not signed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from tests.simulators.etrade.asking import Ask
from tests.simulators.etrade.refusals import OAuthProblem
from tests.simulators.etrade.wire import is_number

HOSTS: Final = ("https://api.etrade.com", "https://apisb.etrade.com")
CLOCK_SECONDS: Final = 300
_PAIR: Final = re.compile(r'\s*([^=\s]+)="([^"]*)"\s*')
_NEEDED: Final = (
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_timestamp",
)


def is_page(ask: Ask) -> bool:
    """Whether troubles are told on a page: under /oauth."""
    return ask.path.startswith("/oauth/")


def read_header(ask: Ask) -> dict[str, str]:
    """What the Authorization header says, decoded; without `realm`. Never fails."""
    kind, _, rest = ask.headers.get("Authorization", "").partition(" ")
    if kind != "OAuth":
        return {}
    pairs = (_PAIR.fullmatch(part) for part in rest.split(","))
    found = {pair[1]: pair[2] for pair in pairs if pair}
    return {unquote(name): unquote(value) for name, value in found.items() if name != "realm"}


def needed(ask: Ask, *more: str) -> dict[str, str]:
    """The header with all that must stand in it.

    Raises:
        OAuthProblem: Something is absent.
    """
    header = read_header(ask)
    absent = [name for name in (*_NEEDED, *more) if not header.get(name)]
    if absent:
        names = f"oauth_parameters_absent={'&'.join(absent)}"
        raise OAuthProblem("parameter_absent", status=400, more=names, page=is_page(ask))
    return header


def base_string(method: str, url: str, parameters: Sequence[tuple[str, str]]) -> str:
    """What is signed; `url` is without its query."""
    encoded = sorted((_encode(name), _encode(value)) for name, value in parameters)
    text = "&".join(f"{name}={value}" for name, value in encoded)
    return "&".join(_encode(part) for part in (method.upper(), url, text))


def signature(base: str, app_secret: str, token_secret: str) -> str:
    """The right one."""
    key = f"{_encode(app_secret)}&{_encode(token_secret)}".encode()
    return base64.b64encode(hmac.new(key, base.encode(), hashlib.sha1).digest()).decode()


@dataclass(slots=True)
class Signatures:
    """Judges signatures, timestamps and nonces.

    Attributes:
        hosts: Schemes and hosts that a client may have meant.
        used: Nonces with their keys and timestamps.
    """

    now: Callable[[], datetime]
    hosts: set[str] = field(default_factory=lambda: set(HOSTS))
    used: set[tuple[str, str, str]] = field(default_factory=set)

    def check_time(self, ask: Ask, header: Mapping[str, str]) -> None:
        """The words are recorded (jessecooper/pyetrade, issue 55), the status is unverified.

        Raises:
            OAuthProblem: The timestamp is none, or more than five minutes away.
        """
        at = int(self.now().timestamp())
        given = header["oauth_timestamp"]
        if not is_number(given) or abs(int(given) - at) > CLOCK_SECONDS:
            more = f"oauth_acceptable_timestamps={at - CLOCK_SECONDS}-{at + CLOCK_SECONDS}"
            raise OAuthProblem("timestamp_refused", status=400, more=more, page=is_page(ask))

    def check(
        self, ask: Ask, header: Mapping[str, str], app_secret: str, token_secret: str
    ) -> None:
        """Takes the nonce if the signature is right; with a wrong one it stays free.

        Raises:
            OAuthProblem: The signature is wrong, or the nonce was used.
        """
        page = is_page(ask)
        if header["oauth_signature_method"] != "HMAC-SHA1":
            raise OAuthProblem("signature_method_rejected", status=400, page=page)
        parameters = [(k, v) for k, v in header.items() if k != "oauth_signature"]
        parameters += parse_qsl(ask.raw_query, keep_blank_values=True)
        if not self._fits(ask, parameters, header["oauth_signature"], app_secret, token_secret):
            raise OAuthProblem("signature_invalid", page=page)
        mark = (header["oauth_consumer_key"], header["oauth_timestamp"], header["oauth_nonce"])
        if mark in self.used:
            raise OAuthProblem("nonce_used", page=page)
        self.used.add(mark)

    def _fits(
        self,
        ask: Ask,
        parameters: Collection[tuple[str, str]],
        given: str,
        app_secret: str,
        token_secret: str,
    ) -> bool:
        for host in self.hosts:
            base = base_string(ask.method, f"{host}{ask.raw_path}", list(parameters))
            right = signature(base, app_secret, token_secret)
            if hmac.compare_digest(given.encode(), right.encode()):
                return True
        return False


def _encode(text: str) -> str:
    return quote(text, safe="~")
