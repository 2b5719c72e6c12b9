"""Whose request it is, whether it may be, and how much it weighs."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from tests.simulators import serving
from tests.simulators.binance.asking import Ask, Route
from tests.simulators.binance.kinds import kinds_of
from tests.simulators.binance.limits import Limits
from tests.simulators.binance.parameters import given
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import (
    Page,
    bad_key_format,
    rejected_key,
    restricted_location,
    too_much_weight,
)
from tests.simulators.binance.signing import check_signature, check_time

KEY: Final = "X-MBX-APIKEY"
_KEY: Final = re.compile(r"[A-Za-z0-9]+")
"""Real ones have 64 characters; whether others are refused for that alone is unverified."""


class Gate(serving.Gate[Person]):
    """Keys, signatures and limits.

    Attributes:
        people: By key.
        region_allowed: Whether the place that requests come from is served.
        revoked: Keys that open nothing any more.
    """

    def __init__(
        self, routes: Sequence[Route], limits: Limits, clock: Callable[[], datetime]
    ) -> None:
        """Nobody is known yet; `clock` is what timestamps are compared with."""
        super().__init__(routes)
        self.people: dict[str, Person] = {}
        self.revoked: set[str] = set()
        self.region_allowed = True
        self.limits = limits
        self.clock = clock

    def kinds(self, ask: Ask) -> frozenset[str]:
        """See `kinds_of`."""
        return kinds_of(ask.method, ask.path)

    def claimed(self, ask: Ask) -> Person | None:
        """By key."""
        return self.people.get(ask.headers.get(KEY, ""))

    def admit(self, ask: Ask, route: serving.Route[Person]) -> Person | None:
        """See `serving.Gate.admit`. In which order Binance looks at these is unverified."""
        assert isinstance(route, Route)
        if not self.region_allowed:
            raise restricted_location()
        self.limits.use(route.weighs(ask))
        if route.security == "NONE":
            return None
        person = self._known(ask)
        sent = given(ask)
        check_time(sent, self.clock())
        check_signature(ask, sent, person.secret)
        rights = person.rights
        allowed = rights.spot_trading if route.security == "TRADE" else rights.reading
        if not allowed or not rights.trusted:
            raise rejected_key()
        return person

    def no_route(self, ask: Ask) -> serving.Refusal:
        """The body is unverified."""
        del ask
        return Page(404, "Not Found")

    def too_many(self, ask: Ask) -> serving.Refusal:
        """As for an address that sends too much."""
        del ask
        return too_much_weight(self.limits.weight, 30)

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """The weight that was used this minute."""
        return self.limits.weight_headers(wallet=ask.path.startswith("/sapi"))

    def _known(self, ask: Ask) -> Person:
        key = ask.headers.get(KEY, "")
        if not _KEY.fullmatch(key):
            raise bad_key_format()
        person = self.people.get(key)
        if person is None or key in self.revoked:
            raise rejected_key()
        return person
