"""The snapshots collection: what each account was worth, as time goes by."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from floorbroker.domain.ids import AccountId, LinkId, UserId
from floorbroker.domain.portfolio import Snapshot
from floorbroker.storage.codec import from_document, time_text, to_document
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, Documents, Index

SCHEMA_VERSION: Final = 1
_SNAPSHOTS: Final = "snapshots"

INDEXES: Final = (
    Index(
        collection=_SNAPSHOTS,
        name="user_account_at",
        fields=("user_id", "link_id", "account_id", "at"),
    ),
)


class Snapshots:
    """Of one person's accounts."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def add(self, snapshot: Snapshot) -> None:
        """Stores one; the same account at the same moment has one, however often it is added."""
        at = time_text(snapshot.at)
        await self._documents.upsert(
            _SNAPSHOTS,
            {
                **to_document(snapshot),
                "_id": f"{snapshot.link_id}:{snapshot.account_id}:{at}",
                "schema_version": SCHEMA_VERSION,
            },
        )

    async def since(
        self,
        user_id: UserId,
        link_id: LinkId,
        account_id: AccountId,
        moment: datetime,
        *,
        limit: int = 1_000,
    ) -> Sequence[Snapshot]:
        """One account's from `moment` on, oldest first."""
        found = await self._documents.find(
            _SNAPSHOTS,
            {
                "user_id": user_id,
                "link_id": link_id,
                "account_id": account_id,
                "at": AtLeast(time_text(moment)),
            },
            order=("at", OLDEST_FIRST),
            limit=limit,
        )
        return [from_document(Snapshot, document) for document in found]
