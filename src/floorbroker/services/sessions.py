"""One leased adapter a link: opened once, shared by that person's commands, closed when idle."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.context import Tokens
from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.shared.breaker import Breaker
from floorbroker.brokers.shared.hiding import Hiding
from floorbroker.brokers.shared.watched import WatchedAdapter
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerError,
    Busy,
    NotLinked,
    OrderRejected,
    SessionExpired,
)
from floorbroker.domain.ids import BrokerId, LinkId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.observability.metrics import Metrics
from floorbroker.services.credentials import Credentials
from floorbroker.services.link_health import ended, refusal, told_again
from floorbroker.services.open_session import OpenSession
from floorbroker.services.renewals import Renewals

IDLE: Final = timedelta(minutes=15)
MOST: Final = 2_000

Died = Callable[[Link, BrokerError], object]
"""Told, without waiting, that a broker refused a link's credential."""

Opened = Callable[[Link, BrokerAdapter], "asyncio.Task[None] | None"]
"""Told of each session that was opened; the task that it begins ends with the session."""


class Sessions:
    """Leases of adapters. A credential is open only inside one of these."""

    def __init__(
        self,
        factory: BrokerFactory,
        clock: Clock,
        metrics: Metrics,
        *,
        credentials: Credentials,
        renewals: Renewals,
        died: Died,
        most: int = MOST,
        patience: float = 1.0,
    ) -> None:
        """`most` bounds the adapters that are open at once, `patience` stretches deadlines."""
        self._credentials = credentials
        self._renewals = renewals
        self._died = died
        self._opened_to: Opened = lambda _link, _adapter: None
        self._ended_to: Callable[[LinkId], object] = lambda _link_id: None
        self._patience = patience
        self._factory = factory
        self._clock = clock
        self._metrics = metrics
        self._most = most
        self._sessions: dict[LinkId, OpenSession] = {}
        self._breakers: dict[tuple[BrokerId, Environment], Breaker] = {}

    def announce_to(self, opened: Opened) -> None:
        """Tells `opened` of every session that is opened from now on."""
        self._opened_to = opened

    def announce_ends_to(self, ended: Callable[[LinkId], object]) -> None:
        """Tells `ended`, without waiting, of each link whose lease must end in every process."""
        self._ended_to = ended

    @asynccontextmanager
    async def lease(self, link: Link, *, probing: bool = False) -> AsyncIterator[BrokerAdapter]:
        """The link's adapter, connected, for as long as the block runs.

        Args:
            probing: Ask the broker even if the link is marked as dead.

        Raises:
            NotLinked: The link was removed.
            Busy: Too many adapters are in use.
            BrokerError: The broker does not answer.
        """
        if link.removed:
            raise NotLinked
        if (link.dead_since is not None and not probing) or ended(link, self._clock):
            raise told_again(link)
        session = self._sessions.get(link.link_id)
        if session is not None and session.older_than(link):
            await self.close(link.link_id)
            session = self._sessions.get(link.link_id)
        if session is None:
            await self._make_room()
            session = self._sessions.setdefault(link.link_id, OpenSession(link, self._clock.now()))
        session.in_use += 1
        try:
            adapter = await self._opened(link, session)
            if session.tokens is not None:
                # Now, so that an order's deadline need not hold a renewal as well.
                await session.tokens.current()
            yield adapter
        except (AuthenticationFailed, SessionExpired) as error:
            error.link_id = link.link_id
            raise
        finally:
            session.in_use -= 1
            session.last_used = self._clock.now()
            self._metrics.open_leases(len(self._sessions))

    @asynccontextmanager
    async def apart(self, link: Link) -> AsyncIterator[BrokerAdapter]:
        """An adapter that is shared with nobody and not connected yet; dead links get one too.

        Raises:
            NotLinked: The link was removed.
            FloorbrokerError: This deployment cannot make it, or its credential does not open.
        """
        if link.removed:
            raise NotLinked
        adapter, _ = self._made(link)
        try:
            yield adapter
        finally:
            await adapter.close()

    async def accounts(self, link: Link, *, anew: bool = False) -> tuple[BrokerAccount, ...]:
        """The accounts that the link reaches, asked for once a session, or `anew`."""
        async with self.lease(link, probing=anew) as adapter:
            session = self._sessions.get(link.link_id)
            if session is None or session.adapter is not adapter:
                return tuple(await adapter.accounts())
            if session.accounts is None or anew:
                session.accounts = tuple(await adapter.accounts())
            return session.accounts

    def detail(self, link_id: LinkId) -> str:
        """What the broker said of an open connection, a sentence for people; empty if nothing."""
        session = self._sessions.get(link_id)
        return "" if session is None or session.adapter is None else session.adapter.status().detail

    def breakers(self) -> Mapping[BrokerId, bool]:
        """By broker, whether it failed so often that it is left alone, in any environment."""
        open_at: dict[BrokerId, bool] = {}
        for (broker, _), breaker in self._breakers.items():
            open_at[broker] = breaker.is_open or open_at.get(broker, False)
        return open_at

    def over(self, link_id: LinkId) -> asyncio.Event:
        """Set once the link's present lease is closed: who keeps one for long lets go then."""
        session = self._sessions.get(link_id)
        if session is not None:
            return session.over
        gone = asyncio.Event()
        gone.set()
        return gone

    def is_open(self, link_id: LinkId) -> bool:
        """Whether the link has a lease that was not closed."""
        return link_id in self._sessions

    def links(self) -> Sequence[Link]:
        """The links with a lease that was not closed, each as it was when that began."""
        return [session.link for session in self._sessions.values()]

    @property
    def number_open(self) -> int:
        """How many leases were not closed."""
        return len(self._sessions)

    def resting(self) -> Sequence[tuple[BrokerId, Environment]]:
        """The brokers that are left alone after several failures in a row."""
        return [where for where, breaker in self._breakers.items() if breaker.is_open]

    async def close_everywhere(self, link_id: LinkId) -> None:
        """The same in every process: the credential was taken away, or another took its place."""
        self._ended_to(link_id)
        await self.close(link_id)

    async def close(self, link_id: LinkId) -> None:
        """Ends a link's lease, at once."""
        session = self._sessions.pop(link_id, None)
        if session is not None:
            session.over.set()
            if session.listener is not None:
                session.listener.cancel()
            if session.adapter is not None:
                await session.adapter.close()

    async def close_idle(self) -> None:
        """Ends every lease that nobody used for a while."""
        oldest = self._clock.now() - IDLE
        for link_id, session in list(self._sessions.items()):
            if not session.in_use and session.last_used < oldest:
                await self.close(link_id)
        self._metrics.open_leases(len(self._sessions))

    async def close_all(self) -> None:
        """Ends every lease."""
        for link_id in list(self._sessions):
            await self.close(link_id)

    async def _opened(self, link: Link, session: OpenSession) -> BrokerAdapter:
        async with session.opening:
            if session.over.is_set():
                raise NotLinked
            if session.adapter is None:
                adapter, tokens = self._made(link)
                try:
                    await adapter.connect()
                    if session.over.is_set():  # meanwhile, by a removal or the end of the process
                        raise NotLinked
                except BaseException:
                    await adapter.close()
                    raise
                session.adapter, session.tokens = adapter, tokens
                session.listener = self._opened_to(link, adapter)
            return session.adapter

    def _made(self, link: Link) -> tuple[BrokerAdapter, Tokens | None]:
        given = self._credentials.opened(link)
        hiding = Hiding(given.values())
        renewed = link.renew_at is not None
        tokens = self._renewals.tokens(link, given, hiding) if renewed else None
        made = self._factory.create(
            link.broker,
            environment=link.environment,
            user_id=link.user_id,
            link_id=link.link_id,
            credentials=given,
            tokens=tokens,
        )
        watched = WatchedAdapter(
            made,
            link.broker,
            self._metrics,
            breaker=self._breaker(link),
            hiding=hiding,
            refused=partial(self._refused, link, renewed=renewed),
            patience=self._patience,
        )
        return watched, tokens

    def _breaker(self, link: Link) -> Breaker:
        """One for all links at the same broker and environment: the same hosts serve them."""
        return self._breakers.setdefault((link.broker, link.environment), Breaker(self._clock))

    def _refused(self, link: Link, error: BrokerError, *, renewed: bool) -> None:
        if renewed and isinstance(error, OrderRejected):
            return  # orders are not repeated with other access; the next read is, and knows more
        if refusal(error) is not None:
            self._died(link, error)

    async def _make_room(self) -> None:
        while len(self._sessions) >= self._most:
            idle = [(s.last_used, link_id) for link_id, s in self._sessions.items() if not s.in_use]
            if not idle:
                raise Busy
            await self.close(min(idle)[1])
