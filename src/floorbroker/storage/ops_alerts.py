"""The ops_alerts collection: what operators were told, so that of several processes one tells."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import structlog

from floorbroker.domain.alert_state import AlertState
from floorbroker.storage.codec import UnreadableDocument, from_document, to_document
from floorbroker.storage.documents import Documents, DuplicateKey

SCHEMA_VERSION: Final = 1
_ALERTS: Final = "ops_alerts"
_MOST: Final = 200
"""More than there are alerts and brokers."""

_log = structlog.get_logger(__name__)


class OpsAlerts:
    """States of alerts, by key; a compare-and-set keeps two processes from the same step."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def all(self) -> Mapping[str, AlertState]:
        """Every alert that ever held, by key."""
        states = {}
        for document in await self._documents.find(_ALERTS, {}, limit=_MOST):
            key = str(document["_id"])
            try:
                states[key] = from_document(AlertState, {**document, "key": key})
            except UnreadableDocument as error:
                _log.error("alert_unreadable", alert=key, why=str(error))
        return states

    async def save(self, before: AlertState | None, after: AlertState) -> AlertState | None:
        """Stores `after` in place of `before`.

        Returns:
            The stored state with its new version; None if somebody else was faster.
        """
        version = 0 if before is None else before.version
        stored = replace(after, version=version + 1)
        document = {**to_document(stored), "_id": stored.key, "schema_version": SCHEMA_VERSION}
        del document["key"]
        if before is None:
            try:
                await self._documents.insert(_ALERTS, document)
            except DuplicateKey:
                return None
            return stored
        where = {"version": version}
        return stored if await self._documents.replace(_ALERTS, document, where=where) else None
