"""Tells the card in Discord that what it asked for was done on the page."""

from typing import Protocol

from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.services.link_requests import Connected
from floorbroker.services.notify import Addresses
from floorbroker.services.supervisor import Supervisor


class LinkMessenger(Protocol):
    """The way to the card that led to the page."""

    async def tell_connected(self, connected: Connected, token: str) -> bool:
        """Replaces it; False where it can no longer be reached."""
        ...


class LinkNews:
    """Passes it on without making the page wait; the page has said it already."""

    def __init__(
        self, addresses: Addresses, messenger: LinkMessenger, supervisor: Supervisor
    ) -> None:
        """See the class's first line."""
        self._addresses = addresses
        self._messenger = messenger
        self._supervisor = supervisor

    def connected(self, ticket: LinkTicket, connected: Connected) -> None:
        """An account was connected with this ticket."""
        token = self._addresses.token(ticket.user_id, ticket.reply)
        if token is not None:
            self._supervisor.hand_over(self._tell(connected, token))

    async def _tell(self, connected: Connected, token: str) -> None:
        await self._messenger.tell_connected(connected, token)
