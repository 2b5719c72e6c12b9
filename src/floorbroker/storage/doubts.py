"""Finds everybody's orders whose outcome is unknown, those apart that only their person decides."""

from dataclasses import dataclass
from typing import Final

from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, Document, Documents

_ORDERS: Final = "orders"
_UNKNOWN: Final = OrderState.UNKNOWN.value
_KINDS: Final = (("state", "sent_at"), ("intent.state", "intent.at"))
"""Of an order, and of a cancel or change: where the doubt is, and since when."""

_SET: Final = AtLeast("")
"""Of a time: there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Documents of orders in doubt.

    Attributes:
        looked_for: Those that are read back, the longest unknown first within each kind.
        for_person: How many beside them wait for their person, counted no further than asked:
            several orders at the broker fit, or the account was removed, so that nobody can look.
    """

    looked_for: list[Document]
    for_person: int


class DoubtFinder:
    """Looks in the orders collection, by its indexes."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def find(self, *, limit: int) -> Doubts:
        """At most `limit` of each kind, however many that wait for their person are older."""
        looked_for: dict[str, Document] = {}
        for_person: set[str] = set()
        for state, at in _KINDS:
            out_of_sight = await self._documents.find(
                _ORDERS,
                {state: _UNKNOWN, "check_at": None},
                order=(at, OLDEST_FIRST),
                limit=limit,
            )
            due = await self._due(state, at, limit)
            ours = [one for one in due if not _asked(one)]
            looked_for.update((one["_id"], one) for one in ours[:limit])
            for_person.update(one["_id"] for one in (*out_of_sight, *filter(_asked, due)))
        return Doubts(looked_for=list(looked_for.values()), for_person=min(len(for_person), limit))

    async def _due(self, state: str, at: str, limit: int) -> list[Document]:
        """Those that are read back: so many that `limit` wait for no person, or all."""
        most = limit
        while True:
            due = await self._documents.find(
                _ORDERS,
                {state: _UNKNOWN, "check_at": _SET},
                order=(at, OLDEST_FIRST),
                limit=most,
            )
            if len(due) < most or sum(not _asked(one) for one in due) >= limit:
                return due
            most *= 2  # many that ask their person stand before the others


def _asked(document: Document) -> bool:
    """Whether the card asks its person which order at the broker it is."""
    return document.get("state") == _UNKNOWN and bool(document.get("candidates"))
