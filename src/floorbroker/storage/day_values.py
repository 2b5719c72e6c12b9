"""The day_values collection: what each account was worth at its last look of each exchange day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from floorbroker.domain.ids import AccountId, LinkId, UserId
from floorbroker.domain.money import Money
from floorbroker.storage.codec import from_document, to_document
from floorbroker.storage.documents import NEWEST_FIRST, Documents, Index

SCHEMA_VERSION: Final = 1
_DAYS: Final = "day_values"

INDEXES: Final = (
    Index(collection=_DAYS, name="account_day", fields=("user_id", "link_id", "account_id", "day")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """The account's equity at `at`, the last look of `day`."""

    user_id: UserId
    link_id: LinkId
    account_id: AccountId
    day: date
    at: datetime
    value: Money


class DayValues:
    """Of one person's accounts."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def put(self, value: DayValue) -> None:
        """Stores the value of a day in place of an earlier one of the same day."""
        await self._documents.upsert(
            _DAYS,
            {
                **to_document(value),
                "_id": f"{value.link_id}:{value.account_id}:{value.day.isoformat()}",
                "schema_version": SCHEMA_VERSION,
            },
        )

    async def last(
        self, user_id: UserId, link_id: LinkId, account_id: AccountId, *, limit: int = 400
    ) -> Sequence[DayValue]:
        """One account's latest days, oldest first."""
        found = await self._documents.find(
            _DAYS,
            {"user_id": user_id, "link_id": link_id, "account_id": account_id},
            order=("day", NEWEST_FIRST),
            limit=limit,
        )
        return [from_document(DayValue, document) for document in reversed(found)]
