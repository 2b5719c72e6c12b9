"""What the bot's operators may see of everybody: how much there is, and who is linked where.

The one place beside the sweeps that reads without a person's id, so what it hands out is all that
there is to get: numbers, moments, and the few fields of `PersonSeen`. No order, no label, no
account, nothing that is sealed. Numbers are counted no further than `MOST`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, Final

import structlog

from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.codec import UnreadableDocument, from_document, time_text
from floorbroker.storage.documents import (
    OLDEST_FIRST,
    AtLeast,
    AtMost,
    Between,
    Condition,
    Document,
    Documents,
    Index,
    Where,
)

MOST: Final = 500
MOST_LINKS: Final = 50
_USERS: Final = "users"
_LINKS: Final = "links"
_POLICIES: Final = "policies"
_ORDERS: Final = "orders"
_NOTICES: Final = "notifications"
_log = structlog.get_logger(__name__)

INDEXES: Final = (
    Index(collection=_LINKS, name="broker_dead", fields=("broker", "removed", "dead_since")),
    Index(collection=_LINKS, name="broker_ends", fields=("broker", "removed", "ends_at")),
    Index(collection=_USERS, name="suspended", fields=("suspended",)),
    Index(collection=_POLICIES, name="suspended", fields=("suspended",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSeen:
    """One link of a person, without its name, its accounts and its credential.

    Attributes:
        dead_since: Since when the broker refuses the credential.
        ends_at: When its access ends by itself.
    """

    broker: BrokerId
    environment: Environment
    created_at: datetime
    dead_since: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen:
    """One person.

    Attributes:
        paused: By themselves.
        suspended: By an operator.
        links: Those in use, oldest first.
    """

    user_id: UserId
    paused: bool = False
    suspended: bool = False
    links: tuple[LinkSeen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksAt:
    """How many links in use there are at one broker; one that is dead may have ended as well.

    Attributes:
        dead: The broker refuses their credential.
        ended: Their time is over.
        ending: They end within the time that was asked for.
    """

    in_use: int
    dead: int
    ended: int
    ending: int


class Overview:
    """Counts and lists across all people, on indexes and with limits."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def seconds_to_answer(self) -> float:
        """How long the store takes to say that it is there."""
        started = perf_counter()
        await self._documents.ping()
        return perf_counter() - started

    async def people(self) -> int:
        """How many people have made a choice of their own."""
        return await self._count(_USERS, {})

    async def links_at(self, broker: BrokerId, now: datetime, soon: datetime) -> LinksAt:
        """The links at one broker; `soon` is until when one that ends counts as ending."""
        present, after = time_text(now), time_text(now + timedelta(microseconds=1))
        where: Where = {"broker": broker, "removed": False}
        return LinksAt(
            in_use=await self._count(_LINKS, where),
            dead=await self._count(_LINKS, {**where, "dead_since": AtLeast("")}),
            ended=await self._count(_LINKS, {**where, "ends_at": AtMost(present)}),
            ending=await self._count(_LINKS, {**where, "ends_at": Between(after, time_text(soon))}),
        )

    async def orders(self, state: OrderState, *, since: datetime | None = None) -> int:
        """How many orders are in a state, of those that were sent since then."""
        where: dict[str, Condition] = {"state": state.value}
        if since is not None:
            where["sent_at"] = AtLeast(time_text(since))
        return await self._count(_ORDERS, where)

    async def oldest(self, state: OrderState) -> datetime | None:
        """When the longest waiting order of a state was sent."""
        found = await self._documents.find(
            _ORDERS, {"state": state.value}, order=("sent_at", OLDEST_FIRST), limit=1
        )
        sent = found[0].get("sent_at") if found else None
        return datetime.fromisoformat(sent) if isinstance(sent, str) else None

    async def to_read_back(self, now: datetime) -> int:
        """How many orders are due to be looked up at their broker."""
        return await self._count(_ORDERS, {"check_at": AtMost(time_text(now))})

    async def to_tell(self, now: datetime) -> int:
        """How many orders have news that are due to be told."""
        return await self._count(_ORDERS, {"news_at": AtMost(time_text(now))})

    async def untold(self) -> int:
        """How many outcomes wait for their person's next command."""
        return await self._count(_NOTICES, {})

    async def suspended_people(self, *, limit: int) -> Sequence[UserId]:
        """People whom an operator paused."""
        found = await self._documents.find(_USERS, {"suspended": True}, limit=limit)
        return [UserId(document["_id"]) for document in found]

    async def suspended_servers(self, *, limit: int) -> Sequence[str]:
        """Ids of the servers that an operator paused."""
        found = await self._documents.find(_POLICIES, {"suspended": True}, limit=limit)
        return [str(document["_id"]) for document in found]

    async def person(self, user_id: UserId) -> PersonSeen:
        """One person; somebody unknown has no link and no pause."""
        choices: Mapping[str, Any] = await self._documents.get(_USERS, user_id) or {}
        where: Where = {"user_id": user_id, "removed": False}
        found = await self._documents.find(
            _LINKS, where, order=("created_at", OLDEST_FIRST), limit=MOST_LINKS
        )
        links = (_readable(document) for document in found)
        return PersonSeen(
            user_id=user_id,
            paused=choices.get("paused") is True,
            suspended=choices.get("suspended") is True,
            links=tuple(link for link in links if link is not None),
        )

    async def ids_after(self, user_id: str, *, limit: int) -> Sequence[UserId]:
        """The next people after `user_id` in the order of their ids as text; empty begins.

        One small step on an index for each, however many links somebody has had.
        """
        ids: list[UserId] = []
        while len(ids) < limit:
            # Discord's ids are digits, so nothing lies between an id and the same with a 0 behind.
            beyond = f"{user_id}0" if user_id else ""
            following = await self._first_from(beyond)
            if following is None:
                break
            ids.append(following)
            user_id = following
        return ids

    async def _first_from(self, beyond: str) -> UserId | None:
        found = [
            UserId(document[field])
            for collection, field in ((_USERS, "_id"), (_LINKS, "user_id"))
            for document in await self._documents.find(
                collection, {field: AtLeast(beyond)}, order=(field, OLDEST_FIRST), limit=1
            )
        ]
        return min(found, default=None)

    async def _count(self, collection: str, where: Where) -> int:
        """Up to one more than `MOST`, which says that there are more."""
        return await self._documents.count(collection, where, limit=MOST + 1)


def _readable(document: Document) -> LinkSeen | None:
    """A link that cannot be read must not hide its person."""
    try:
        return from_document(LinkSeen, document)
    except UnreadableDocument as error:
        _log.error("link_unreadable", why=str(error))
        return None
