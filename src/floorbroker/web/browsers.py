"""What one browser carries while it links one account, and what is made from its secret.

The cookie holds the link's token and a secret of the browser's own. The store knows a digest of
either and nothing else does: state, form token and code verifier are computed from the secret, so
any process can check them, and there is no key to keep.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from aiohttp import web

from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.services.link_tickets import digest

DISCORD: Final = "discord"
BROKER: Final = "broker"

_REF: Final = "[0-9a-f]{16}"
_SECRET: Final = "[A-Za-z0-9_-]{43}"  # noqa: S105  # the shape of one
_COOKIE: Final = re.compile(rf"({_SECRET})\.({_SECRET})", re.ASCII)
_STATE: Final = re.compile(rf"({_REF})\.([0-9]{{1,6}})\.([0-9a-f]{{64}})", re.ASCII)
_TOKEN: Final = re.compile(_SECRET, re.ASCII)


def is_token(text: str) -> bool:
    """Whether `text` has the shape of a link's token."""
    return _TOKEN.fullmatch(text) is not None


def ref_of(token: str) -> str:
    """What names a link in addresses and cookie names: the beginning of the token's digest."""
    return digest(token)[:16]


def ref_in(state: str) -> str | None:
    """Which link a state claims to belong to; None if it is not even of the shape of one."""
    found = _STATE.fullmatch(state)
    return None if found is None else found[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One browser at one link."""

    token: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def fresh(cls, token: str) -> Self:
        """With a new secret."""
        return cls(token=token, secret=secrets.token_urlsafe(32))

    @classmethod
    def at(cls, request: web.Request, ref: str, *, secure: bool) -> Self | None:
        """The one that sent a request, if it has a cookie for this link."""
        found = _COOKIE.fullmatch(request.cookies.get(cookie_name(ref, secure=secure), ""))
        if found is None or ref_of(found[1]) != ref:
            return None
        return cls(token=found[1], secret=found[2])

    @property
    def ref(self) -> str:
        """See `ref_of`."""
        return ref_of(self.token)

    @property
    def cookie(self) -> str:
        """What it carries."""
        return f"{self.token}.{self.secret}"

    @property
    def verifier(self) -> str:
        """The PKCE code verifier (RFC 7636): 43 characters that only this browser leads to."""
        return _text(self._mac("verifier"))

    @property
    def challenge(self) -> str:
        """What Discord is told of the verifier beforehand: its digest (S256)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())

    def state(self, ticket: LinkTicket, to: str = DISCORD) -> str:
        """What Discord or a broker hands back: for this browser and this ticket as it is now.

        The ticket changes when the person comes back, so a state works once.

        Args:
            to: Where the browser goes; the state of one place is nothing worth in another.
        """
        return f"{self.ref}.{ticket.version}.{self._mac('state', to, _now(ticket)).hex()}"

    def left_with(self, state: str, ticket: LinkTicket, to: str = DISCORD) -> bool:
        """Whether this browser left with `state`, and has not come back since."""
        return hmac.compare_digest(state.encode(), self.state(ticket, to).encode())

    def form_token(self, ticket: LinkTicket) -> str:
        """What a form of this browser and this link holds."""
        return self._mac("form", ticket.ticket_id).hex()

    def has_form(self, form_token: str, ticket: LinkTicket) -> bool:
        """Whether a form with `form_token` was made for this browser and this link."""
        expected = self.form_token(ticket)
        return hmac.compare_digest(form_token.encode(errors="replace"), expected.encode())

    def _mac(self, *about: str) -> bytes:
        return hmac.digest(self.secret.encode(), "\n".join(about).encode(), "sha256")


def cookie_name(ref: str, *, secure: bool) -> str:
    """Each link has a cookie of its own, so that two of them do not get in each other's way.

    `__Host-` keeps every other site, parent and child domains included, from setting it. Browsers
    take that name over https only.
    """
    return f"__Host-link-{ref}" if secure else f"link-{ref}"


def give_cookie(answer: web.Response, browser: Browser, *, seconds: int, secure: bool) -> None:
    """Lets the browser carry what it needs, for as long as its link lives."""
    _set(answer, browser.ref, browser.cookie, seconds, secure)


def take_cookie(answer: web.Response, ref: str, *, secure: bool) -> None:
    """Lets the browser forget a link."""
    _set(answer, ref, "", 0, secure)


def _set(answer: web.Response, ref: str, value: str, seconds: int, secure: bool) -> None:
    answer.set_cookie(
        cookie_name(ref, secure=secure),
        value,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def _now(ticket: LinkTicket) -> str:
    return f"{ticket.ticket_id}\n{ticket.version}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
