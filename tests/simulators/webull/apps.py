"""Who signs requests: a person's own application, or a platform for many people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.simulators.webull.people import Account, Person

STOCKS: Final = "STOCK QUOTES"
OPTIONS: Final = "OPTION QUOTES"
COINS: Final = "CRYPTO QUOTES"
SUBSCRIPTIONS: Final = frozenset({STOCKS, OPTIONS, COINS})
"""What market data is bought as. The first is a name that the sandbox's refusals use."""

SCOPE: Final = "user:trade:wr"
"""Everything: the reference of get-authorization-code (user, trade, write and read)."""


@dataclass(slots=True, kw_only=True, eq=False)
class AccessToken:
    """What a second factor gives: the header x-access-token.

    Attributes:
        value: 32 hexadecimal digits.
        given: The status it was given: PENDING, NORMAL or INVALID; EXPIRED comes with time.
    """

    value: str = field(repr=False)
    given: str
    expires_at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class App:
    """An application key.

    Attributes:
        person: Whose; None for a platform's.
        accounts: What it reaches of the person's; None for all.
        two_factor: Whether requests need an access token besides the signature.
        revoked: Whether it was deleted at Webull.
        subscriptions: Market data that it may read; see `SUBSCRIPTIONS`.
        nonces: Those that were used.
    """

    app_key: str
    app_secret: str = field(repr=False)
    person: Person | None = None
    accounts: Sequence[Account] | None = None
    two_factor: bool = False
    revoked: bool = False
    subscriptions: set[str] = field(default_factory=lambda: set(SUBSCRIPTIONS))
    token: AccessToken | None = None
    nonces: set[str] = field(default_factory=set, repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class Platform:
    """An application that Webull has registered for Connect.

    Attributes:
        redirect_uri: The one address that browsers are sent back to.
        app: The key that signs its requests: issued beside the client's id and secret.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    app: App
    scope: str = SCOPE


@dataclass(slots=True, kw_only=True, eq=False)
class Caller:
    """Whom a request acts for, and what it reaches; for the gate this is the person.

    Attributes:
        name: The person's.
    """

    app: App
    person: Person
    accounts: Sequence[Account]
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """The person's name is no secret."""
        self.name = self.person.name
