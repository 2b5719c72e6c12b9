"""Access that ends within minutes or hours and is renewed: by one process at a time, stored first.

Some brokers take a refresh token once. Two that use the same one, or one that is used before its
successor is stored, cost the person their link. So whoever renews claims the link in the store,
asks the broker once, stores what came, and only then does anybody use it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import structlog

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.oauth import Grant
from floorbroker.brokers.shared.hiding import Hiding
from floorbroker.domain.clock import Clock
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    BrokerError,
    BrokerTimeout,
    SessionExpired,
    StoreUnavailable,
)
from floorbroker.domain.people import Link
from floorbroker.observability.metrics import OK, Metrics
from floorbroker.services.credentials import Credentials
from floorbroker.services.fresh_access import (
    CLAIM,
    Access,
    FreshAccess,
    Pause,
    Renewed,
    access_of,
)
from floorbroker.services.link_health import ended, told_again
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.people import People

PATIENCE_SECONDS: Final = 8.0
"""For another process that renews; below the deadline of a read."""

_LOOK_SECONDS: Final = 0.1
_TRIES: Final = 5
_log = structlog.get_logger(__name__)

Died = Callable[[Link, BrokerError], object]


class Renewals:
    """Keeps the access of links alive."""

    def __init__(  # what a renewal touches
        self,
        *,
        factory: BrokerFactory,
        people: People,
        credentials: Credentials,
        supervisor: Supervisor,
        clock: Clock,
        metrics: Metrics,
        died: Died,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`died` is told of links whose renewal a broker refused; `pause` is how one waits."""
        self._factory = factory
        self._people = people
        self._credentials = credentials
        self._supervisor = supervisor
        self._clock = clock
        self._metrics = metrics
        self._died = died
        self._pause = pause
        self._fresh = FreshAccess(people, credentials, supervisor, clock, pause)
        self._under_way: dict[Access, asyncio.Task[Renewed]] = {}

    def tokens(self, link: Link, given: Mapping[str, str], hiding: Hiding) -> "LinkTokens":
        """For one lease; `hiding` learns what takes the place of `given`."""
        return LinkTokens(self, link, given, hiding, self._clock)

    async def renewed(self, link: Link, seen: Mapping[str, str], *, refused: bool) -> Renewed:
        """The link with its present access.

        Runs to its end even if the caller is canceled: a token that came and was not stored would
        be lost.

        Args:
            refused: The broker did not take `seen`, so another one is needed, due or not.

        Raises:
            SessionExpired: The person has to link again.
            BrokerError: The broker does not renew it now.
            StoreUnavailable: It was renewed and could not be stored; that is tried again first.
        """
        access = access_of(link)
        while (task := self._under_way.get(access)) is not None and not task.done():
            done, given = await asyncio.shield(task)
            if not refused or given != seen:
                return done, given
        task = self._supervisor.hand_over(self._work(link, seen, refused=refused))
        self._under_way[access] = task
        task.add_done_callback(lambda done: self._forget(access, done))
        return await asyncio.shield(task)

    def _forget(self, access: Access, done: asyncio.Task[Renewed]) -> None:
        if self._under_way.get(access) is done:
            del self._under_way[access]

    async def _work(self, link: Link, seen: Mapping[str, str], *, refused: bool) -> Renewed:
        await self._fresh.settle(link)
        waited = 0.0
        while True:
            present = await self._present(link)
            given = self._credentials.opened(present)
            if not due(present, self._clock) and (given != seen or not refused):
                return present, given
            claimed = await self._claimed(present)
            if claimed is not None:
                return await self._renew(claimed, given)
            if waited >= PATIENCE_SECONDS:
                raise BrokerTimeout(broker=link.broker, detail="another process renews")
            waited += _LOOK_SECONDS
            await self._pause(_LOOK_SECONDS)

    async def _present(self, link: Link) -> Link:
        """The link as it is stored, if its access may be renewed.

        One that is dead because some request was refused may: whoever tries it out would never
        hear that it works again. One whose renewal was refused may not.
        """
        present = await self._fresh.present(link)
        if present.dead_code is ErrorCode.SESSION_EXPIRED or ended(present, self._clock):
            raise told_again(present)
        return present

    async def _claimed(self, link: Link) -> Link | None:
        now = self._clock.now()
        if link.renewing_until is not None and link.renewing_until > now:
            return None
        return await self._people.save_link(replace(link, renewing_until=now + CLAIM))

    async def _renew(self, claimed: Link, given: Mapping[str, str]) -> Renewed:
        try:
            flow = self._factory.flow(claimed.broker, claimed.environment)
            with self._metrics.broker_call(claimed.broker, "renew"):
                grant = await flow.renew(given)
        except BrokerError as error:
            Hiding(given.values()).in_error(error)
            _log.warning("access_not_renewed", broker=claimed.broker, code=error.code)
            if not isinstance(error, SessionExpired):
                self._metrics.renewal(claimed.broker, error.code)
                await self._let_go(claimed)
                raise
            present = await self._present(claimed)
            if (stored := self._credentials.opened(present)) != given:
                return present, stored  # it took too long, and another process was faster
            self._metrics.renewal(claimed.broker, error.code)
            # The claim stays until the link is marked, so that nobody asks once more.
            self._died(claimed, error)
            raise
        return await self._kept(claimed, given, grant)

    async def _kept(self, claimed: Link, given: Mapping[str, str], grant: Grant) -> Renewed:
        try:
            kept = await self._fresh.keep(claimed, given, grant)
        except StoreUnavailable as error:
            self._metrics.renewal(claimed.broker, error.code)
            raise
        self._metrics.renewal(claimed.broker, OK)
        return kept

    async def _let_go(self, claimed: Link) -> None:
        """So that the next one need not wait for the claim to lapse; if it fails, it lapses."""
        try:
            for _ in range(_TRIES):
                present = await self._people.link(claimed.user_id, claimed.link_id)
                if present is None or present.renewing_until != claimed.renewing_until:
                    return
                if await self._people.save_link(replace(present, renewing_until=None)):
                    return
        except StoreUnavailable as error:
            _log.info("claim_not_let_go", broker=claimed.broker, error=error.detail)


class LinkTokens:
    """Implements `brokers.context.Tokens` for one lease."""

    __slots__ = ("_clock", "_given", "_hiding", "_link", "_renewals")

    def __init__(
        self,
        renewals: Renewals,
        link: Link,
        given: Mapping[str, str],
        hiding: Hiding,
        clock: Clock,
    ) -> None:
        """Use `Renewals.tokens`."""
        self._renewals = renewals
        self._link = link
        self._given = given
        self._hiding = hiding
        self._clock = clock

    async def current(self) -> Mapping[str, str]:
        """See the port."""
        # Also at its end: another process may have made that a later one.
        if due(self._link, self._clock) or ended(self._link, self._clock):
            await self._take(self._given, refused=False)
        return self._given

    async def instead_of(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """See the port."""
        if self._given == refused:
            await self._take(refused, refused=True)
        return self._given

    async def _take(self, seen: Mapping[str, str], *, refused: bool) -> None:
        try:
            link, given = await self._renewals.renewed(self._link, seen, refused=refused)
        except StoreUnavailable as error:
            raise BrokerError(
                "The access could not be renewed: the bot cannot reach its storage.",
                broker=self._link.broker,
                detail=error.detail,
            ) from error
        self._hiding.also(given.values())
        self._link, self._given = link, given


def due(link: Link, clock: Clock) -> bool:
    """Whether the access must be renewed before it is used."""
    return link.renew_at is not None and clock.now() >= link.renew_at
