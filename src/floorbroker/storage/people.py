"""The users, links, policies and switches collections."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

import structlog

from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.people import Link, Person, ServerPolicy
from floorbroker.domain.service_pause import ServicePause
from floorbroker.storage.codec import UnreadableDocument, from_document, time_text, to_document
from floorbroker.storage.documents import (
    OLDEST_FIRST,
    AtMost,
    Document,
    Documents,
    DuplicateKey,
    Index,
    Where,
)

SCHEMA_VERSION: Final = 1
_USERS: Final = "users"
_LINKS: Final = "links"
_POLICIES: Final = "policies"
_SWITCHES: Final = "switches"
_SERVICE: Final = "service"

_V = TypeVar("_V", Person, Link, ServerPolicy)
_log = structlog.get_logger(__name__)

INDEXES: Final = (
    Index(collection=_LINKS, name="user_links", fields=("user_id", "removed", "created_at")),
    Index(collection=_LINKS, name="reminders", fields=("removed", "remind_at")),
    Index(collection=_USERS, name="erase_at", fields=("leaving.erase_at",)),
    Index(collection=_USERS, name="digest_at", fields=("digest.look_at",)),
)


class People:
    """Each person's choices, their links, the rules of servers, and the service's own pause."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def person(self, user_id: UserId) -> Person | None:
        """One person's choices; None if nothing was ever stored."""
        document = await self._documents.get(_USERS, user_id)
        return None if document is None else _loaded(Person, document, "user_id")

    async def save_person(self, person: Person) -> Person | None:
        """Stores choices over the version that was read; None if somebody else was faster."""
        return await self._save(_USERS, person, "user_id")

    async def people_to_erase(self, moment: datetime, *, limit: int) -> Sequence[Person]:
        """Whoever they are: people whose data is to be erased by now, the longest due first."""
        return await self._due("leaving.erase_at", moment, limit)

    async def people_with_digest(self, moment: datetime, *, limit: int) -> Sequence[Person]:
        """Whoever they are: people whose daily summary is to be looked at by now, likewise."""
        return await self._due("digest.look_at", moment, limit)

    async def _due(self, field: str, moment: datetime, limit: int) -> Sequence[Person]:
        where: Where = {field: AtMost(time_text(moment))}
        found = await self._documents.find(_USERS, where, order=(field, OLDEST_FIRST), limit=limit)
        return [person for person in map(_readable_person, found) if person is not None]

    async def forget_person(self, user_id: UserId) -> None:
        """Removes the choices of a person whose erasing has begun, and of nobody else."""
        await self._documents.delete(_USERS, {"_id": user_id, "leaving.begun": True})

    async def link(self, user_id: UserId, link_id: LinkId) -> Link | None:
        """One of the person's links, removed ones included."""
        document = await self._documents.get(_LINKS, link_id)
        if document is None or document["user_id"] != user_id:
            return None
        return _loaded(Link, document, "link_id")

    async def links(self, user_id: UserId) -> Sequence[Link]:
        """The person's links that are in use, oldest first."""
        where: Where = {"user_id": user_id, "removed": False}
        found = await self._documents.find(
            _LINKS, where, order=("created_at", OLDEST_FIRST), limit=50
        )
        return [_loaded(Link, document, "link_id") for document in found]

    async def save_link(self, link: Link) -> Link | None:
        """Stores a link over the version that was read; None if somebody else was faster."""
        return await self._save(_LINKS, link, "link_id")

    async def links_to_remind(self, moment: datetime, *, limit: int) -> Sequence[Link]:
        """Whoever's they are: links of which the owner is to be told by now that they end."""
        where: Where = {"removed": False, "remind_at": AtMost(time_text(moment))}
        found = await self._documents.find(
            _LINKS, where, order=("remind_at", OLDEST_FIRST), limit=limit
        )
        return [_loaded(Link, document, "link_id") for document in found]

    async def policy(self, guild_id: str) -> ServerPolicy | None:
        """What a server's managers allow; None if they never said."""
        document = await self._documents.get(_POLICIES, guild_id)
        return None if document is None else _loaded(ServerPolicy, document, "guild_id")

    async def save_policy(self, policy: ServerPolicy) -> ServerPolicy | None:
        """Stores a policy over the version that was read; None if somebody else was faster."""
        return await self._save(_POLICIES, policy, "guild_id")

    async def service_pause(self) -> ServicePause:
        """What the operators have paused of the service as a whole."""
        document = await self._documents.get(_SWITCHES, _SERVICE) or {}
        return ServicePause(
            everybody=bool(document.get("paused")),
            brokers=frozenset(map(BrokerId, document.get("brokers", ()))),
            version=document.get("version", 0),
        )

    async def save_service_pause(self, pause: ServicePause) -> ServicePause | None:
        """Stores it over the version that was read; None if somebody else was faster."""
        stored = replace(pause, version=pause.version + 1)
        document: Document = {
            "_id": _SERVICE,
            "schema_version": SCHEMA_VERSION,
            "paused": stored.everybody,
            "brokers": sorted(stored.brokers),
            "version": stored.version,
        }
        if pause.version == 0:
            try:
                await self._documents.insert(_SWITCHES, document)
            except DuplicateKey:
                # One without a version may lie there, from before there were any.
                where: Where = {"version": None}
            else:
                return stored
        else:
            where = {"version": pause.version}
        done = await self._documents.replace(_SWITCHES, document, where=where)
        return stored if done else None

    async def _save(self, collection: str, record: _V, key: str) -> _V | None:
        stored = replace(record, version=record.version + 1)
        document = to_document(stored)
        document["_id"] = document.pop(key)
        document["schema_version"] = SCHEMA_VERSION
        if record.version == 0:
            try:
                await self._documents.insert(collection, document)
            except DuplicateKey:
                return None
            return stored
        where: Where = {"version": record.version}
        done = await self._documents.replace(collection, document, where=where)
        return stored if done else None


def _readable_person(document: Document) -> Person | None:
    """Several people's are read at once: one that cannot be must not keep the others waiting."""
    try:
        return _loaded(Person, document, "user_id")
    except UnreadableDocument as error:
        _log.error("person_unreadable", why=str(error))
        return None


def _loaded(kind: type[_V], document: Document, key: str) -> _V:
    fields = {**document, key: document["_id"]}
    del fields["_id"]
    return from_document(kind, fields)
