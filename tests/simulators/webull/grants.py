"""What people have granted to platforms: codes for 60 seconds, tokens, and their rotation.

Guide "OAuth Integration": the code is for one use and 60 seconds, the access token for 30 minutes.
Reference of create-and-refresh-token: `expires_in` "1800", `rt_expires_in` "1296000" (15 days), all
as strings. That a refresh ends both earlier tokens at once is the strictest reading: unverified.
Tokens can be taken back by the person at Webull; a request of the platform's for that is not
documented. PKCE is not documented either; its parameters are ignored.
"""

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.simulators.webull.apps import Platform
from tests.simulators.webull.people import Account, Person
from tests.simulators.webull.refusals import Refusal, invalid_parameter, unauthorized

CODE_LIFE: Final = timedelta(seconds=60)
ACCESS_LIFE: Final = timedelta(minutes=30)
REFRESH_LIFE: Final = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Between the page and the first token."""

    person: Person
    platform: Platform
    scope: str
    expires_at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class Grant:
    """What one consent gave.

    Attributes:
        accounts: What it reaches; None for all of the person's.
    """

    person: Person
    platform: Platform
    scope: str
    created_at: datetime
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    accounts: Sequence[Account] | None = None
    revoked: bool = False

    @property
    def access_ends(self) -> datetime:
        """From then on the access token is refused."""
        return self.created_at + ACCESS_LIFE

    @property
    def refresh_ends(self) -> datetime:
        """From then on the person has to be asked again."""
        return self.created_at + REFRESH_LIFE


class Grants:
    """All codes and tokens.

    Attributes:
        codes: Those that were not used, by themselves.
        all: Every consent, oldest first.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """None yet."""
        self.codes: dict[str, Code] = {}
        self.all: list[Grant] = []
        self._now = now

    def code(self, person: Person, platform: Platform, scope: str) -> str:
        """A fresh one."""
        value = _opaque()
        ends = self._now() + CODE_LIFE
        self.codes[value] = Code(person=person, platform=platform, scope=scope, expires_at=ends)
        return value

    def begin(self, person: Person, platform: Platform, scope: str) -> Grant:
        """A consent with its first tokens. Earlier ones of the same person stay (unverified)."""
        grant = Grant(person=person, platform=platform, scope=scope, created_at=self._now())
        self.all.append(grant)
        return self._renew(grant)

    def exchange(self, platform: Platform, value: str) -> Grant:
        """The tokens for a code.

        Raises:
            Refusal: It was used, is too old, or is another platform's: that code word is quoted by
                a user's tests, the message is unverified.
        """
        code = self.codes.pop(value, None)
        if code is None or code.platform is not platform or self._now() >= code.expires_at:
            raise Refusal("token.auth.code.error", "The authorization code is invalid.")
        return self.begin(code.person, platform, code.scope)

    def refresh(self, platform: Platform, refresh_token: str) -> Grant:
        """New tokens.

        Raises:
            Refusal: That refresh token is no longer good, or another platform's (code unverified).
        """
        for grant in self.all:
            good = not grant.revoked and self._now() < grant.refresh_ends
            if grant.refresh_token == refresh_token and grant.platform is platform and good:
                return self._renew(grant)
        raise invalid_parameter("refresh_token")

    def of_bearer(self, platform: Platform, token: str) -> Grant | None:
        """Whose access token it is, good or not."""
        for grant in self.all:
            if token and grant.access_token == token and grant.platform is platform:
                return grant
        return None

    def check(self, grant: Grant | None) -> Grant:
        """The grant, if its access token is good.

        Raises:
            Refusal: It is not.
        """
        if grant is None or grant.revoked or self._now() >= grant.access_ends:
            raise unauthorized()
        return grant

    def revoke(self, person: Person, platform: Platform) -> None:
        """What the person does at Webull: all tokens of that platform end."""
        for grant in self.all:
            if grant.person is person and grant.platform is platform:
                grant.revoked = True

    def _renew(self, grant: Grant) -> Grant:
        grant.access_token, grant.refresh_token = _opaque(), _opaque()
        grant.created_at = self._now()
        return grant


def _opaque() -> str:
    return base64.b64encode(secrets.token_bytes(27)).decode()
