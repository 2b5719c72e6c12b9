"""Whose request it is, how often it comes, and what stands in every header."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from tests.simulators import serving
from tests.simulators.alpaca.asking import Ask, Route
from tests.simulators.alpaca.faults import kinds_of
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.refusals import (
    NoCredentials,
    Refusal,
    not_found,
    rate_limited,
    unauthorized,
)

KEY: Final = "APCA-API-KEY-ID"
SECRET: Final = "APCA-API-SECRET-KEY"


class Gate(serving.Gate[Person]):
    """Keys, tokens and the rate limit.

    Attributes:
        rate_limit: Requests a person and minute; counted in the headers.
        enforces_rate_limit: Whether more are answered 429.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        environment: str,
        now: Callable[[], datetime],
        tokens: dict[str, Person],
    ) -> None:
        """Nobody is known yet."""
        super().__init__(routes)
        self.people: dict[str, Person] = {}
        self.tokens = tokens
        self.revoked: set[str] = set()
        self.rate_limit = 200
        self.enforces_rate_limit = False
        self._environment = environment
        self._now = now
        self._used: dict[tuple[str, int], int] = {}

    def proved(self, key: str, secret: str) -> Person | None:
        """Whose key or token it is that a websocket tells; a token comes with the key `oauth`."""
        if key == "oauth":
            return None if secret in self.revoked else self.tokens.get(secret)
        person = self.people.get(key)
        known = person is not None and person.secret == secret and key not in self.revoked
        return person if known else None

    def proved_here(self, key: str, secret: str) -> Person | None:
        """The same at the trading host, which takes the keys of its own environment only."""
        person = self.proved(key, secret)
        return person if person is not None and person.environment == self._environment else None

    def kinds(self, ask: Ask) -> frozenset[str]:
        """See `kinds_of`."""
        return kinds_of(ask.method, ask.path)

    def claimed(self, ask: Ask) -> Person | None:
        """By key or token."""
        known = self.people if KEY in ask.headers else self.tokens
        return known.get(_credential(ask))

    def admit(self, ask: Ask, route: Route) -> Person | None:
        """See `serving.Gate.admit`."""
        if KEY not in ask.headers and "Authorization" not in ask.headers:
            if not route.open_to_all:
                raise NoCredentials
            return None
        person = self._proved(ask)
        used = self.count(person)
        if self.enforces_rate_limit and used > self.rate_limit:
            raise rate_limited()
        return person

    def count(self, person: Person, requests: int = 1) -> int:
        """How many were made in this minute, with so many more."""
        minute = int(self._now().timestamp()) // 60
        used = self._used.get((person.name, minute), 0) + requests
        self._used[person.name, minute] = used
        return used

    def no_route(self, ask: Ask) -> Refusal:
        """See `serving.Gate.no_route`."""
        del ask
        return not_found("endpoint not found")

    def too_many(self, ask: Ask) -> Refusal:
        """Alpaca's own JSON."""
        del ask
        return rate_limited()

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """A number of the request, and what the person has left of this minute."""
        headers = {"X-Request-ID": uuid4().hex}
        person = self.claimed(ask)
        if person is not None:
            minute = int(self._now().timestamp()) // 60
            used = self._used.get((person.name, minute), 0)
            headers["X-RateLimit-Limit"] = str(self.rate_limit)
            headers["X-RateLimit-Remaining"] = str(max(self.rate_limit - used, 0))
            headers["X-RateLimit-Reset"] = str((minute + 1) * 60)
        return headers

    def _proved(self, ask: Ask) -> Person:
        person = self.claimed(ask)
        if person is None or _credential(ask) in self.revoked:
            raise unauthorized()
        if KEY in ask.headers and ask.headers.get(SECRET) != person.secret:
            raise unauthorized()
        # Market data takes the keys of both environments.
        if not ask.path.startswith("/data") and person.environment != self._environment:
            raise unauthorized()
        return person


def _credential(ask: Ask) -> str:
    if KEY in ask.headers:
        return ask.headers[KEY]
    return ask.headers.get("Authorization", "").removeprefix("Bearer ")
