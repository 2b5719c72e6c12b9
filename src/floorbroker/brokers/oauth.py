"""The contract for brokers at whose own site a person signs in and allows access.

A flow is one broker's, not one person's: it holds the operator's application and nobody's tokens.
What it gives and takes of a person is a credential by field, as linking stores it; a model in the
broker's `credentials.py`, `SchwabTokens` beside `SchwabAdapter`, says what its fields are.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.modes import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthContext:
    """One flow's surroundings.

    Attributes:
        endpoints: The addresses to talk to, by the names that the manifest gives them.
        options: The operator's application, by the name of its settings in lower case. Secrets
            are `SecretStr`.
    """

    environment: Environment
    clock: Clock
    transport: Transport
    endpoints: Mapping[str, str]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A person on the way to the broker.

    Attributes:
        address: The broker's own page, where they sign in.
        keep: What `grant` needs again. Secret.
        by_hand: The broker shows a code that the person brings back; else it sends the browser to
            the redirect address.
    """

    address: str
    keep: Mapping[str, str] = field(default_factory=dict, repr=False)
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Access that a broker gave, or renewed.

    Attributes:
        credentials: By field, all of them text. Secret.
        renew_at: From then on they are renewed before the next use, early enough that no request
            meets their end. None: never.
        ends_at: Then the person has to sign in again. None: never.
    """

    credentials: Mapping[str, str] = field(repr=False)
    renew_at: datetime | None = None
    ends_at: datetime | None = None


class OAuthFlow(ABC):
    """From an application's credentials to a person's tokens, and on to fresh ones.

    Every call is one request at most, with a deadline, never repeated here. Beside what a call
    names it raises `BrokerConnectionError`, `BrokerTimeout`, `ApiError` and `RateLimited`, and
    `ApplicationRefused` where the broker does not know the operator's application.
    """

    issuer: str = ""
    """What the broker calls itself in an `iss` (RFC 9207); empty where it sends none."""

    @abstractmethod
    def __init__(self, context: OAuthContext) -> None:
        """Asks nobody yet."""

    @abstractmethod
    async def depart(self, *, state: str, verifier: str, redirect: str) -> Departure:
        """Where the person's browser goes.

        Args:
            state: Comes back with the browser, unchanged.
            verifier: The code verifier of PKCE (RFC 7636), for brokers that offer it.
            redirect: The address of ours that the broker sends the browser to.
        """

    @abstractmethod
    async def grant(
        self, keep: Mapping[str, str], answer: Mapping[str, str], *, redirect: str
    ) -> Grant:
        """Exchanges what the person came back with.

        Args:
            keep: The departure's.
            answer: The query of the address that the browser came back to; after a departure by
                hand `{"code": …}`.

        Raises:
            GrantRefused: The broker does not stand by it: used, too old, or another's.
        """

    @abstractmethod
    async def renew(self, credentials: Mapping[str, str]) -> Grant:
        """The same access for longer. Fields that did not change are there too.

        Raises:
            SessionExpired: The broker refuses; the person has to sign in again.
        """

    @abstractmethod
    async def check(self) -> None:
        """Asks the broker whether it knows the operator's application; nobody's access changes.

        Raises:
            NotSupported: It has no way to ask.
        """
