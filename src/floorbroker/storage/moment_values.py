"""The moment_values collection: what each account was worth within the last day.

A day has 96 slots of 15 minutes, and an account one value for each: a later look in the same slot,
or the next day's, takes the place of the one before. So nothing grows or has to be swept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from floorbroker.domain.ids import AccountId, LinkId, UserId
from floorbroker.domain.money import Money
from floorbroker.storage.codec import from_document, time_text, to_document
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, Documents, Index

SCHEMA_VERSION: Final = 1
SLOTS: Final = 96
_MOMENTS: Final = "moment_values"
_SLOT_SECONDS: Final = 900

INDEXES: Final = (
    Index(
        collection=_MOMENTS,
        name="account_at",
        fields=("user_id", "link_id", "account_id", "at"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentValue:
    """The account's equity at `at`."""

    user_id: UserId
    link_id: LinkId
    account_id: AccountId
    at: datetime
    value: Money


class MomentValues:
    """Of one person's accounts."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def put(self, value: MomentValue) -> None:
        """Stores a value in place of an earlier one of the same slot."""
        slot = int(value.at.timestamp()) // _SLOT_SECONDS % SLOTS
        await self._documents.upsert(
            _MOMENTS,
            {
                **to_document(value),
                "_id": f"{value.link_id}:{value.account_id}:{slot:02}",
                "schema_version": SCHEMA_VERSION,
            },
        )

    async def since(
        self, user_id: UserId, link_id: LinkId, account_id: AccountId, moment: datetime
    ) -> Sequence[MomentValue]:
        """One account's from `moment` on, oldest first; no further back than a day."""
        found = await self._documents.find(
            _MOMENTS,
            {
                "user_id": user_id,
                "link_id": link_id,
                "account_id": account_id,
                "at": AtLeast(time_text(moment)),
            },
            order=("at", OLDEST_FIRST),
            limit=SLOTS,
        )
        return [from_document(MomentValue, document) for document in found]
