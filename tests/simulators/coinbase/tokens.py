"""The token of each request: docs.cdp.coinbase.com/get-started/authentication/jwt-authentication.

Header: alg, kid (the key's name), nonce. Claims: sub (the key's name), iss "cdp", nbf, exp at most
two minutes later, and uri "METHOD host/path": without the scheme and without the query, which
would be refused (measured with a real key in September 2026 by the user of a ccxt bot).
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final

import jwt

from tests.simulators.coinbase.asking import Ask
from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.refusals import Unauthorized

HOST: Final = "api.coinbase.com"
ISSUER: Final = "cdp"
LIFE_SECONDS: Final = 120
ROUNDING_SECONDS: Final = 1
"""coinbase-advanced-py looks at the clock twice: nbf and exp may be 121 seconds apart."""

_UNCHECKED: Final[Any] = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
}
"""Of PyJWT, the signature alone: the claims are compared here, by the simulator's clock."""


def bearer(ask: Ask) -> str | None:
    """The token that the request carries."""
    kind, _, token = ask.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" and token else None


def named_key(token: str) -> str | None:
    """The key that the token says it is of; nothing is proved by that."""
    try:
        name = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, UnicodeError):
        return None
    return name if isinstance(name, str) else None


def check_token(
    ask: Ask, token: str, key: Key, *, hosts: Collection[str], now: Callable[[], datetime]
) -> None:
    """The token was made with `key`, now, for this request and no other.

    The same token twice for the same request is taken: the documentation wants a new one for each
    request, and does not say that an old one is refused (unverified).

    Raises:
        Unauthorized: It was not.
    """
    claims = _signed_claims(token, key)
    if claims.get("sub") != key.api_key or claims.get("iss") != ISSUER:
        raise Unauthorized
    if claims.get("uri") not in {f"{ask.method} {host}{ask.raw_path}" for host in hosts}:
        raise Unauthorized
    begins, ends = claims.get("nbf"), claims.get("exp")
    if not isinstance(begins, int) or not isinstance(ends, int):
        raise Unauthorized
    at = now().timestamp()
    # That a longer life is refused is unverified; the documentation knows two minutes only.
    if not begins <= at < ends or ends - begins > LIFE_SECONDS + ROUNDING_SECONDS:
        raise Unauthorized


def _signed_claims(token: str, key: Key) -> dict[str, Any]:
    try:
        return jwt.decode(token, key.public, algorithms=[key.algorithm], options=_UNCHECKED)
    except jwt.InvalidTokenError as error:
        raise Unauthorized from error
