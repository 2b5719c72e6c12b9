"""The alerts collection: what people want to be told of, and what is still to be told."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.own_alerts import AlertKind, OwnAlert, Standing
from floorbroker.domain.placing import Stage
from floorbroker.storage.codec import UnreadableDocument, from_document, time_text, to_document
from floorbroker.storage.documents import (
    OLDEST_FIRST,
    AtLeast,
    AtMost,
    Document,
    Documents,
    DuplicateKey,
    Index,
    OneOf,
    Where,
)

SCHEMA_VERSION: Final = 1
UNSEEN_FOR: Final = timedelta(days=30)
"""After its end, so long an alert waits to be shown to a person whom no message reaches."""

_ALERTS: Final = "alerts"
_PAGE: Final = 100
_TRIES: Final = 5
_MOST_PUT_OFF: Final = 1_000
_LATER: Final = timedelta(hours=1)
_log = structlog.get_logger(__name__)

INDEXES: Final = (
    Index(collection=_ALERTS, name="at_work", fields=("standing", "_id")),
    Index(collection=_ALERTS, name="to_tell", fields=("tell_at",)),
    Index(collection=_ALERTS, name="to_place", fields=("place_at",)),
    Index(collection=_ALERTS, name="unseen", fields=("user_id", "unseen_at")),
    Index(collection=_ALERTS, name="ends", fields=("ends_at",)),
)


class StoredAlerts:
    """People's alerts. Only the sweeps reach more than one person's."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def add(self, alert: OwnAlert) -> OwnAlert:
        """Stores a new one; the same again changes nothing."""
        stored = replace(alert, version=1)
        try:
            await self._documents.insert(_ALERTS, _document(stored))
        except DuplicateKey:
            return await self.get(alert.user_id, alert.alert_id) or stored
        return stored

    async def get(self, user_id: UserId, alert_id: str) -> OwnAlert | None:
        """One of the person's alerts."""
        document = await self._documents.get(_ALERTS, alert_id)
        if document is None or document["user_id"] != user_id:
            return None
        return _alert(document)

    async def of(self, user_id: UserId, *, limit: int) -> Sequence[OwnAlert]:
        """The person's alerts at work."""
        where: Where = {"user_id": user_id, "standing": Standing.AT_WORK.value}
        found = await self._documents.find(_ALERTS, where, limit=limit)
        alerts = [one for one in map(_readable, found) if one is not None]
        return sorted(alerts, key=lambda one: (one.created_at, one.alert_id))

    async def count(self, user_id: UserId, *, limit: int) -> int:
        """How many of the person's are kept, those that have fired included."""
        return await self._documents.count(_ALERTS, {"user_id": user_id}, limit=limit)

    async def unseen(self, user_id: UserId, *, limit: int) -> Sequence[OwnAlert]:
        """The person's alerts that no message could tell of, the longest waiting first."""
        where: Where = {"user_id": user_id, "unseen_at": AtLeast("")}
        found = await self._documents.find(
            _ALERTS, where, order=("unseen_at", OLDEST_FIRST), limit=limit
        )
        return [one for one in map(_readable, found) if one is not None]

    async def put_off(self, user_id: UserId, beyond: datetime) -> Sequence[OwnAlert]:
        """The person's alerts of which something is to be told, but only from `beyond` on."""
        where: Where = {"user_id": user_id, "tell_at": AtLeast(time_text(beyond))}
        found = await self._documents.find(_ALERTS, where, limit=_MOST_PUT_OFF)
        return [one for one in map(_readable, found) if one is not None]

    async def advance(self, before: OwnAlert, after: OwnAlert) -> OwnAlert | None:
        """Stores `after` over the version of `before`; None if somebody else was faster."""
        stored = replace(after, version=before.version + 1)
        where: Where = {"version": before.version}
        done = await self._documents.replace(_ALERTS, _document(stored), where=where)
        return stored if done else None

    async def change(self, alert: OwnAlert, step: Callable[[OwnAlert], OwnAlert]) -> None:
        """Stores what `step` makes of the present state; nothing where there is none any more."""
        present: OwnAlert | None = alert
        for _ in range(_TRIES):
            if present is None or (after := step(present)) == present:
                return
            if await self.advance(present, after) is not None:
                return
            present = await self.get(alert.user_id, alert.alert_id)
        _log.warning("alert_kept_changing")

    async def remove(self, alert: OwnAlert) -> bool:
        """Removes it as it was seen; False if it has changed since, or is gone."""
        where: Where = {
            "_id": alert.alert_id,
            "user_id": alert.user_id,
            "version": alert.version,
        }
        return await self._documents.delete(_ALERTS, where) > 0

    async def at_work(self, kinds: frozenset[AlertKind]) -> AsyncIterator[OwnAlert]:
        """Whoever's they are: all alerts at work of these kinds."""
        where: Where = {
            "standing": Standing.AT_WORK.value,
            "kind": OneOf(tuple(sorted(kind.value for kind in kinds))),
        }
        async for document in self._pages(where):
            alert = _readable(document)
            if alert is not None:
                yield alert

    async def to_tell(self, now: datetime, *, limit: int) -> Sequence[OwnAlert]:
        """Whoever's they are: alerts of which something is to be told by now."""
        return await self._due("tell_at", now, limit)

    async def to_place(self, now: datetime, *, limit: int) -> Sequence[OwnAlert]:
        """Whoever's they are: alerts whose armed order is to be seen to by now."""
        return await self._due("place_at", now, limit)

    async def _due(self, field: str, now: datetime, limit: int) -> Sequence[OwnAlert]:
        where: Where = {field: AtMost(time_text(now))}
        found = await self._documents.find(_ALERTS, where, order=(field, OLDEST_FIRST), limit=limit)
        alerts = []
        for document in found:
            alert = _readable(document)
            if alert is None:  # it would stand before all others for ever
                later = {**document, field: time_text(now + _LATER)}
                where = {"version": document.get("version")}
                await self._documents.replace(_ALERTS, later, where=where)
            else:
                alerts.append(alert)
        return alerts

    async def disarm(self, user_id: UserId, link_id: LinkId) -> None:
        """No alert of the person sends an order through this link any more; one due is judged."""
        for alert in await self.of(user_id, limit=_MOST_PUT_OFF):
            if alert.link_id == link_id and alert.placing is not None:
                await self.change(alert, _disarmed)

    async def forget(self, now: datetime) -> int:
        """Removes what has ended and has nothing left to tell; how many they were.

        What no message could tell of waits for a command for a while, and then goes too.
        """
        told: Where = {"ends_at": AtMost(time_text(now)), "tell_at": None, "unseen_at": None}
        missed: Where = {"ends_at": AtMost(time_text(now - UNSEEN_FOR)), "tell_at": None}
        return sum([await self._documents.delete(_ALERTS, where) for where in (told, missed)])

    async def start_anew(self) -> int:
        """In a store of an older state: nothing is told that may have been told since.

        Each alert at work first has to see that what it waits for is not there yet. None is armed:
        its order may have gone out since, or its person have disarmed it.

        Returns:
            How many alerts are at work.
        """
        count = 0
        async for document in self._pages({}):
            alert = _readable(document)
            if alert is None:  # another version may read it one day
                silent = {"tell_at": None, "placing": None, "place_at": None}
                where: Where = {"version": document.get("version")}
                await self._documents.replace(_ALERTS, {**document, **silent}, where=where)
                continue
            count += alert.standing is Standing.AT_WORK
            await self.change(
                alert,
                lambda one: replace(
                    one,
                    armed=False,
                    tell_at=None,
                    asleep_news=False,
                    told=one.times,
                    placing=None,
                    place_at=None,
                ),
            )
        return count

    async def _pages(self, where: Where) -> AsyncIterator[Document]:
        last = ""
        while True:
            beyond: Where = {**where, "_id": AtLeast(last)}
            found = await self._documents.find(
                _ALERTS, beyond, order=("_id", OLDEST_FIRST), limit=_PAGE + 1
            )
            page = [document for document in found if document["_id"] != last][:_PAGE]
            for document in page:
                yield document
            if not page:
                return
            last = str(page[-1]["_id"])


def _disarmed(alert: OwnAlert) -> OwnAlert:
    if alert.stage in {Stage.ASKED, Stage.ARMED}:
        return replace(alert, placing=None)
    return alert


def _document(alert: OwnAlert) -> Document:
    document = to_document(alert)
    document["_id"] = document.pop("alert_id")
    return {**document, "schema_version": SCHEMA_VERSION}


def _alert(document: Document) -> OwnAlert:
    fields = {**document, "alert_id": document["_id"]}
    del fields["_id"]
    return from_document(OwnAlert, fields)


def _readable(document: Document) -> OwnAlert | None:
    """Several people's are read at once: one that cannot be must not keep the others waiting."""
    try:
        return _alert(document)
    except UnreadableDocument as error:
        _log.error("own_alert_unreadable", why=str(error))
        return None
