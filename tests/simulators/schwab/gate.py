"""Whose request it is, how often it comes, and what the headers say."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from tests.simulators import serving
from tests.simulators.schwab.asking import Ask, Route
from tests.simulators.schwab.faults import kinds_of
from tests.simulators.schwab.refusals import not_found, too_many, unauthorized
from tests.simulators.schwab.tokens import Grant, Tokens

_WRITES = frozenset({"place", "cancel", "modify"})


class Gate(serving.Gate[Grant]):
    """Bearer tokens and the throttle.

    Attributes:
        writes_a_minute: Orders placed, replaced and canceled, per account; Schwab's is what the
            app was registered for, 0 to 120 (its documentation). None: not counted.
        reads_a_minute: All the rest, per app. The documentation says of orders read that they are
            not throttled; the guide for those who came from TD Ameritrade says 120 for all that
            is no order. None: not counted.
    """

    def __init__(
        self, routes: Sequence[Route], tokens: Tokens, now: Callable[[], datetime]
    ) -> None:
        """No throttle."""
        super().__init__(routes)
        self.writes_a_minute: int | None = None
        self.reads_a_minute: int | None = None
        self._tokens = tokens
        self._now = now
        self._used: Counter[tuple[str, int]] = Counter()

    def kinds(self, ask: Ask) -> frozenset[str]:
        """See `kinds_of`."""
        return kinds_of(ask.method, ask.path)

    def claimed(self, ask: Ask) -> Grant | None:
        """By the access token, whether it works or not."""
        return self._tokens.claimed(_bearer(ask))

    def admit(self, ask: Ask, route: Route) -> Grant | None:
        """See `serving.Gate.admit`."""
        if route.open_to_all:
            return None
        grant = self._tokens.bearer(_bearer(ask))
        # "either authorization token is invalid or there are no accounts the caller is allowed to
        # view": the OpenAPI file's NotAuthorized
        if grant.person is None and ask.path.startswith("/trader/"):
            raise unauthorized()
        self._count(ask, grant)
        return grant

    def no_route(self, ask: Ask) -> serving.Refusal:
        """See `serving.Gate.no_route`."""
        del ask
        return not_found()

    def too_many(self, ask: Ask) -> serving.Refusal:
        """See `serving.Gate.too_many`."""
        del ask
        return too_many()

    def headers(self, ask: Ask) -> Mapping[str, str]:
        """Every documented answer has it."""
        del ask
        return {"Schwab-Client-CorrelId": str(uuid4())}

    def _count(self, ask: Ask, grant: Grant) -> None:
        writes = bool(self.kinds(ask) & _WRITES)
        limit = self.writes_a_minute if writes else self.reads_a_minute
        if limit is None:
            return
        whose = ask.path.split("/")[4] if writes else grant.app.key
        key = (whose, int(self._now().timestamp()) // 60)
        self._used[key] += 1
        if self._used[key] > limit:
            raise too_many()


def _bearer(ask: Ask) -> str:
    scheme, _, token = ask.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
