"""Applications, and the tokens that they get for people.

Documented: a request token lives five minutes; an access token is inactive after two hours without
a request, until it is renewed, and ends at midnight, US Eastern time
(apisb.etrade.com/docs/api/authorization/request_token.html, …/renew_access_token.html).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.simulators.etrade.people import Person
from tests.simulators.etrade.wire import next_midnight

REQUEST_LIFE: Final = timedelta(minutes=5)
IDLE_LIFE: Final = timedelta(hours=2)
VERIFIER_LENGTH: Final = 5
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def _secret() -> str:
    """Like the documented ones: base64 with "/", "+" and "=", so that escaping matters."""
    return f"/{secrets.token_urlsafe(24)[:30]}+="


@dataclass(slots=True, kw_only=True, eq=False)
class App:
    """An application with its key.

    Attributes:
        callback: Where E*TRADE sends browsers back, if it was registered for the key.
        tells_token: Whether the way back carries oauth_token beside oauth_verifier, as applications
            report; the documentation's examples have the verifier alone.
        active: Keys end without warning (jessecooper/pyetrade, issue 38).
    """

    key: str
    secret: str = field(repr=False)
    callback: str | None = None
    tells_token: bool = True
    active: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class RequestToken:
    """One attempt to link."""

    app: App
    made_at: datetime
    token: str = field(default_factory=_secret)
    secret: str = field(default_factory=_secret, repr=False)
    person: Person | None = None
    verifier: str | None = None
    decided: bool = False

    def is_over(self, now: datetime) -> bool:
        """After five minutes."""
        return now - self.made_at >= REQUEST_LIFE


@dataclass(slots=True, kw_only=True, eq=False)
class AccessToken:
    """What requests for a person are signed with."""

    app: App
    person: Person
    used_at: datetime
    dies_at: datetime
    token: str = field(default_factory=_secret)
    secret: str = field(default_factory=_secret, repr=False)
    revoked: bool = False

    def is_dead(self, now: datetime) -> bool:
        """From midnight in New York on."""
        return now >= self.dies_at

    def is_idle(self, now: datetime) -> bool:
        """Two hours after its last use."""
        return now - self.used_at >= IDLE_LIFE


@dataclass(slots=True)
class Office:
    """Where tokens are given out."""

    now: Callable[[], datetime]
    apps: dict[str, App] = field(default_factory=dict)
    requests: dict[str, RequestToken] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)

    def request(self, app: App) -> RequestToken:
        """The beginning of a link."""
        made = RequestToken(app=app, made_at=self.now())
        self.requests[made.token] = made
        return made

    def accept(self, request: RequestToken, person: Person) -> str:
        """The verifier that the page shows once `person` has agreed."""
        request.person, request.decided = person, True
        request.verifier = "".join(secrets.choice(_LETTERS) for _ in range(VERIFIER_LENGTH))
        return request.verifier

    def decline(self, request: RequestToken) -> None:
        """It leads nowhere any more."""
        request.decided = True
        self.requests.pop(request.token, None)

    def exchange(self, request: RequestToken, verifier: str) -> AccessToken | None:
        """For a right verifier, once; with a wrong one the request token stays (unverified)."""
        if request.person is None or request.is_over(self.now()) or verifier != request.verifier:
            return None
        del self.requests[request.token]
        return self.grant(request.person, request.app)

    def grant(self, person: Person, app: App) -> AccessToken:
        """One more; that earlier ones of the same day stay good is unverified."""
        now = self.now()
        made = AccessToken(app=app, person=person, used_at=now, dies_at=next_midnight(now))
        self.access[made.token] = made
        return made


@dataclass(slots=True, kw_only=True, eq=False)
class Caller:
    """Whoever signed a request: an application, for a person once it has their token."""

    app: App
    request: RequestToken | None = None
    access: AccessToken | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """The name is the person's, where one is known."""
        self.name = self.access.person.name if self.access else ""

    @property
    def person(self) -> Person:
        """Where the route needs one."""
        assert self.access is not None
        return self.access.person
