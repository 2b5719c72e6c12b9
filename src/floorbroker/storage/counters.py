"""The counters collection: numbers that only rise, whoever asks and from whichever process."""

from typing import Final

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import LinkId
from floorbroker.storage.documents import Documents, DuplicateKey

SCHEMA_VERSION: Final = 1
_COUNTERS: Final = "counters"
_TRIES: Final = 50


class StoredNonces:
    """See `floorbroker.brokers.context.Nonces`."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def next(self, link_id: LinkId, at_least: int) -> int:
        """A number above every earlier one of this link, and not below `at_least`."""
        counter_id = f"nonce:{link_id}"
        for _ in range(_TRIES):
            known = await self._documents.get(_COUNTERS, counter_id)
            last = 0 if known is None else int(known["value"])
            value = max(last + 1, at_least)
            document = {"_id": counter_id, "schema_version": SCHEMA_VERSION, "value": value}
            if known is None:
                try:
                    await self._documents.insert(_COUNTERS, document)
                except DuplicateKey:
                    continue
                return value
            if await self._documents.replace(_COUNTERS, document, where={"value": last}):
                return value
        raise StoreUnavailable(detail="nonce contended")
