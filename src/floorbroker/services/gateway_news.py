"""The owner of a bot at home is told when a gateway's connection is lost, and when it is back."""

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from floorbroker.domain.connections import ConnectionEvent, ConnectionState
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.services.supervisor import Supervisor
from floorbroker.storage.connection_events import ConnectionEvents
from floorbroker.storage.people import People

SAME_OUTAGE: Final = timedelta(minutes=10)
"""Lost again so soon after it was back, it is told in the message that is there."""

_LOST: Final = frozenset({ConnectionState.RECONNECTING, ConnectionState.FAILED})
_log = structlog.get_logger(__name__)


class GatewayMessenger(Protocol):
    """The way to the owner."""

    async def tell_gateway(
        self, owner: UserId, event: ConnectionEvent, message: str | None
    ) -> str | None:
        """Sends a direct message or edits `message`; its id, None where that way is closed."""
        ...


class GatewayNews:
    """Stores each change, and keeps one message an outage up to date.

    The first message of an outage makes a sound; that it goes on, or is over, is an edit of it. A
    connection that breaks again right after is told in the same message.
    """

    def __init__(
        self,
        events: ConnectionEvents,
        people: People,
        messenger: GatewayMessenger,
        supervisor: Supervisor,
        owner: UserId,
    ) -> None:
        """See the class's first line."""
        self._events = events
        self._people = people
        self._messenger = messenger
        self._supervisor = supervisor
        self._owner = owner
        self._messages: dict[BrokerId, tuple[str, datetime]] = {}
        self._in_turn = asyncio.Lock()

    def heard(self, event: ConnectionEvent) -> None:
        """A gateway's connection changed; nobody waits for this."""
        self._supervisor.hand_over(self._pass_on(event))

    async def _pass_on(self, event: ConnectionEvent) -> None:
        async with self._in_turn:
            try:
                if await self._kept():
                    await self._events.add(self._owner, event)
            except StoreUnavailable as error:
                _log.warning("connection_event_not_stored", broker=event.broker, error=error.detail)
            if event.state in _LOST or event.before in _LOST:
                await self._tell(event)

    async def _kept(self) -> bool:
        """Whether anything is kept on the owner; what was erased does not come back by itself."""
        person = await self._people.person(self._owner)
        if person is None:
            return bool(await self._people.links(self._owner))
        return person.leaving is None or not person.leaving.begun

    async def _tell(self, event: ConnectionEvent) -> None:
        if event.state is ConnectionState.DISCONNECTED:
            return  # the process ends
        message, at = self._messages.get(event.broker, (None, event.at))
        if event.before is ConnectionState.CONNECTED and event.at - at > SAME_OUTAGE:
            message = None
        told = await self._messenger.tell_gateway(self._owner, event, message)
        if told is None:
            _log.info("gateway_not_told", broker=event.broker)
        else:
            self._messages[event.broker] = told, event.at
