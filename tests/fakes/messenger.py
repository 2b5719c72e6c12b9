"""A way to people that writes down what it was given."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.people import Link, Person
from floorbroker.services.day_digest import DayDigest


class RecordingMessenger:
    """See the `Messenger` of `floorbroker.services.notify` and `EndMessenger` of its reminders, the
    `AlertMessenger` of people's alerts, and the `Farewell` of its erasings.

    Attributes:
        cards: Order and token of every card that was edited.
        messages: Every order that was told by a new direct message.
        silently: Which of these came without a sound.
        edited: Every order that a message of before was changed to, with the message's id.
        gone: The ids of messages that can no longer be changed.
        endings: Every link of which somebody was told that it ends.
        digests: Every summary of a day, with its person and when it was due.
        alerts: Every alert that somebody was told of.
        farewells: Everybody who was told that nothing is kept on them any more.
        card_open: Whether Discord still takes edits.
        dm_open: Whether the person takes direct messages.
        broken: The connection to Discord itself fails.
        after_card: Runs once, between the next edit of a card and what is noted of it.
    """

    def __init__(self) -> None:
        """Every way is open."""
        self.cards: list[tuple[Order, str]] = []
        self.messages: list[Order] = []
        self.silently: list[Order] = []
        self.edited: list[tuple[Order, str]] = []
        self.gone: set[str] = set()
        self.endings: list[Link] = []
        self.digests: list[tuple[UserId, DayDigest, datetime]] = []
        self.alerts: list[OwnAlert] = []
        self.farewells: list[UserId] = []
        self.card_open = True
        self.dm_open = True
        self.broken = False
        self.after_card: Callable[[], Awaitable[None]] | None = None

    async def edit_card(self, order: Order, token: str) -> bool:
        """See the port."""
        if self.broken:
            raise ConnectionResetError
        if self.card_open:
            self.cards.append((order, token))
        if self.after_card is not None:
            after, self.after_card = self.after_card, None
            await after()
        return self.card_open

    async def edit_message(self, order: Order, message_id: str) -> bool:
        """See the port."""
        if self.broken:
            raise ConnectionResetError
        there = message_id not in self.gone
        if there:
            self.edited.append((order, message_id))
        return there

    async def direct_message(self, order: Order, *, silent: bool) -> str | None:
        """See the port; messages are numbered from 1."""
        if self.broken:
            raise ConnectionResetError
        if not self.dm_open:
            return None
        self.messages.append(order)
        if silent:
            self.silently.append(order)
        return str(len(self.messages))

    async def tell_erased(self, user_id: UserId) -> bool:
        """See the port."""
        if self.broken:
            raise ConnectionResetError
        if self.dm_open:
            self.farewells.append(user_id)
        return self.dm_open

    async def tell_alert(self, alert: OwnAlert) -> bool:
        """See the port."""
        if self.broken:
            raise ConnectionResetError
        if self.dm_open:
            self.alerts.append(alert)
        return self.dm_open

    async def tell_ending(self, link: Link) -> bool:
        """See the port."""
        if self.dm_open:
            self.endings.append(link)
        return self.dm_open

    async def tell_digest(self, person: Person, digest: DayDigest, due_at: datetime) -> bool:
        """See the port."""
        if self.broken:
            raise ConnectionResetError
        if self.dm_open:
            self.digests.append((person.user_id, digest, due_at))
        return self.dm_open
