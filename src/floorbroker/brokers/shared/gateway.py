"""One connection to a gateway on this machine: opened when first needed, kept up from then on.

    disconnected ─▶ connecting ─▶ connected ─▶ reconnecting ─▶ connected
                        └──────────▶ failed ◀──────┘      (three tries; then slower, for ever)

Whoever needs it asks `up()`. That answers at once while the connection stands, and otherwise waits
for the attempt under way, or for one more that it sets off.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from typing import Final, Generic, TypeVar

import structlog

from floorbroker.brokers.shared.gateway_wire import Pace, Wire
from floorbroker.domain.clock import Clock
from floorbroker.domain.connections import ConnectionEvent, ConnectionState, ConnectionStatus
from floorbroker.domain.errors import BrokerConnectionError, BrokerError, BrokerTimeout, NotSent
from floorbroker.domain.ids import BrokerId

TRIES: Final = 3
_log = structlog.get_logger(__name__)

Listener = Callable[[ConnectionEvent], object]
"""Hears of every change, without waiting for it."""


W = TypeVar("W", bound=Wire)


class Gateway(Generic[W]):
    """See the module's first line. One a broker and process; adapters share it."""

    def __init__(self, broker: BrokerId, wire: W, clock: Clock, pace: Pace | None = None) -> None:
        """Asks nobody yet."""
        self.wire = wire
        self._broker = broker
        self._clock = clock
        self._pace = pace or Pace()
        self._listeners: list[Listener] = []
        self._status = ConnectionStatus(
            state=ConnectionState.DISCONNECTED, healthy=False, since=clock.now()
        )
        self._life: asyncio.Task[None] | None = None
        self._attempt: asyncio.Future[None] | None = None
        self._wanted = asyncio.Event()
        self._lost = asyncio.Event()
        self._open = False
        self._why = ""
        self._cut_off = ""
        self._error: BrokerError | None = None
        self._tried_at = float("-inf")
        wire.reports_to(self)

    def status(self) -> ConnectionStatus:
        """The present state, without asking the gateway."""
        return self._status

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tells `listener` of every change from now on; what comes back ends that."""
        self._listeners.append(listener)

        def end() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return end

    async def up(self) -> None:
        """Returns while the connection stands; opens it where it does not.

        Raises:
            GatewayNotRunning: Nothing listens on the gateway's port.
            BrokerError: It cannot be used now, and why.
        """
        if self._life is None or self._life.done():
            self._life = asyncio.create_task(self._live(), name=f"gateway {self._broker}")
        if not self._standing:
            loop = asyncio.get_running_loop()
            if self._attempt is None:
                if self._error is not None and loop.time() - self._tried_at < self._pace.least:
                    raise copy(self._error)
                self._attempt = loop.create_future()
                self._wanted.set()
            await asyncio.shield(self._attempt)
        if self._cut_off:
            raise BrokerConnectionError(self._cut_off, broker=self._broker)

    @property
    def _standing(self) -> bool:
        return self._open and not self._lost.is_set()

    async def up_to_send(self) -> None:
        """As `up`, before a request about an order.

        Raises:
            NotSent: The connection does not stand, so nothing can have left.
        """
        try:
            await self.up()
        except BrokerError as error:
            raise NotSent(error.message, broker=self._broker, detail=error.detail) from error

    def broke(self, why: str) -> None:
        """See `gateway_wire.Reports`."""
        self._why = self._why or why
        self._lost.set()

    def cut_off(self, why: str) -> None:
        """See `gateway_wire.Reports`."""
        self._cut_off = why
        if self._status.state is ConnectionState.CONNECTED:
            self._pass_to(ConnectionState.RECONNECTING, why)

    def restored(self, *, anew: bool) -> None:
        """See `gateway_wire.Reports`."""
        why, self._cut_off = self._cut_off, ""
        if anew:
            self.broke(why or "What was subscribed to is lost.")
        elif self._standing and self._status.state is ConnectionState.RECONNECTING:
            self._pass_to(ConnectionState.CONNECTED)

    async def close(self) -> None:
        """Ends the connection, and all that keeps it up."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
        self._open = False
        await self._let_go()
        if self._status.state is not ConnectionState.DISCONNECTED:
            self._pass_to(ConnectionState.DISCONNECTED)

    async def _live(self) -> None:
        """Opens, watches and opens again, until it is canceled."""
        tries = 0
        try:
            while True:
                lasted = False
                if await self._opened(tries + 1):
                    lasted = await self._watched()
                    self._open = False
                    await self._let_go()
                    self._pass_to(ConnectionState.RECONNECTING, self._why)
                tries = 0 if lasted else tries + 1
                if not lasted:
                    await self._pause(tries)
        finally:
            attempt, self._attempt = self._attempt, None
            if attempt is not None and not attempt.done():
                attempt.set_exception(BrokerConnectionError(_CLOSED, broker=self._broker))
                attempt.exception()  # somebody may wait for it, or nobody any more

    async def _opened(self, number: int) -> bool:
        loop = asyncio.get_running_loop()
        attempt = self._attempt = self._attempt or loop.create_future()
        self._wanted.clear()
        self._lost.clear()
        self._why = self._cut_off = ""
        if self._status.state is ConnectionState.DISCONNECTED:
            self._pass_to(ConnectionState.CONNECTING)
        error: BrokerError | None = None
        facts: Mapping[str, str] = {}
        try:
            async with asyncio.timeout(self._pace.connect):
                facts = await self.wire.open()
                await self.wire.probe()
        except TimeoutError:
            error = BrokerTimeout(_SILENT, broker=self._broker, detail="connect")
        except BrokerError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001  # the edge: it must go on trying
            _log.exception("gateway_not_opened", broker=self._broker, error=type(failure).__name__)
            error = BrokerConnectionError(broker=self._broker, detail=type(failure).__name__)
        self._tried_at, self._error, self._attempt = loop.time(), error, None
        self._open = error is None
        if error is None:
            facts = {**facts, "attempt": str(number)}
            if self._cut_off:
                self._pass_to(ConnectionState.RECONNECTING, self._cut_off, facts)
            else:
                self._pass_to(ConnectionState.CONNECTED, facts=facts)
            attempt.set_result(None)
            return True
        attempt.set_exception(error)
        attempt.exception()  # nobody may wait for it
        if number >= TRIES:
            self._pass_to(ConnectionState.FAILED, error.message, {"attempt": str(number)})
        await self._let_go()
        return False

    async def _let_go(self) -> None:
        try:
            await self.wire.close()
        except Exception as error:  # noqa: BLE001  # the edge: whatever it is, the next one is tried
            _log.exception("gateway_not_closed", broker=self._broker, error=type(error).__name__)

    async def _pause(self, tries: int) -> None:
        """Until it is time for the next attempt, or somebody asks for one."""
        pauses = self._pace.pauses
        seconds = pauses[tries - 1] if tries <= len(pauses) else self._pace.slow
        jitter = 1 + random.random() / 2  # noqa: S311  # nothing secret
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds * jitter):
                await self._wanted.wait()

    async def _watched(self) -> bool:
        """Returns once the connection is lost: whether it had stood for a while."""
        lasted = False
        while True:
            try:
                async with asyncio.timeout(self._pace.probe):
                    await self._lost.wait()
                return lasted
            except TimeoutError:
                lasted = True
            try:
                async with asyncio.timeout(self._pace.answer):
                    await self.wire.probe()
            except Exception as error:  # noqa: BLE001  # the edge: it is opened anew, whatever it is
                if not self._cut_off:
                    self.broke(error.message if isinstance(error, BrokerError) else _SILENT)

    def _pass_to(
        self, state: ConnectionState, detail: str = "", facts: Mapping[str, str] | None = None
    ) -> None:
        before, now = self._status.state, self._clock.now()
        healthy = state is ConnectionState.CONNECTED
        since = self._status.since if state is before else now
        self._status = ConnectionStatus(state=state, healthy=healthy, since=since, detail=detail)
        if state is before:
            return
        event = ConnectionEvent(
            broker=self._broker,
            before=before,
            state=state,
            at=now,
            detail=detail,
            facts=dict(facts or {}),
        )
        _log.info("gateway_state", broker=self._broker, before=before, state=state)
        for listener in tuple(self._listeners):
            listener(event)


_SILENT: Final = "The gateway's port is open, and it does not answer."
_CLOSED: Final = "The connection to the gateway was closed."
