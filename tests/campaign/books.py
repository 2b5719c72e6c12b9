"""The exchange's book against the store: what must never differ, and what may for a while."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.storage.codec import from_document
from floorbroker.storage.documents import Documents

_MOST: Final = 1_000_000
_NEVER_THERE: Final = frozenset(
    {
        OrderState.DRAFT,
        OrderState.DISCARDED,
        OrderState.LAPSED,
        OrderState.NOT_PLACED,
        OrderState.REJECTED,
    }
)

Book = Mapping[str, Any]


async def stored_orders(documents: Documents, **where: Any) -> list[Order]:
    """Everybody's orders, as they are stored."""
    found = await documents.find("orders", where, limit=_MOST)
    return [_order(document) for document in found]


def _order(document: dict[str, Any]) -> Order:
    fields = {**document, "order_id": document["_id"]}
    del fields["_id"], fields["schema_version"]
    return from_document(Order, fields)


def doubled(book: Book) -> list[str]:
    """Orders that reached the exchange, or were asked for, more than once."""
    entries = [entry["id"] for entry in book["orders"]]
    twice = {one for one in entries if entries.count(one) > 1} if _repeats(entries) else set()
    return [
        *(f"order {one} stands twice at the broker" for one in sorted(twice)),
        *(f"order {one} was sent {n} times" for one, n in book["sent"].items() if n > 1),
    ]


def unknown_to_us(orders: Iterable[Order], book: Book) -> list[str]:
    """Orders at the exchange that the store does not have."""
    known = {order.order_id for order in orders}
    lost = [entry["id"] for entry in book["orders"] if entry["id"] not in known]
    return [f"order {one} at the broker is not in the store" for one in lost]


def differing(orders: Iterable[Order], book: Book, now: datetime | None = None) -> list[str]:
    """Orders that are not yet what they are at the exchange, or that somebody still works on.

    Args:
        now: Where resting orders are looked at without end, a claim that holds is no difference;
            one that has run out is.
    """
    entries = {entry["id"]: entry for entry in book["orders"]}
    said = ((order, _difference(order, entries.get(order.order_id), now)) for order in orders)
    return [f"order {order.order_id} {what}" for order, what in said if what]


def _difference(order: Order, entry: Mapping[str, str] | None, now: datetime | None) -> str:
    if order.state in UNRESOLVED:
        return f"is {order.state} and {'there' if entry else 'not there'}"
    if order.claim is not None and (now is None or order.claim.until < now):
        return f"is {order.state} and still claimed"
    if order.intent is not None and order.intent.state.open:
        return f"is {order.state}, and its {order.intent.kind} is {order.intent.state}"
    if entry is None:
        return "" if order.state in _NEVER_THERE else f"is {order.state}, and not at the broker"
    if entry["state"] != order.state.value:
        return f"is {order.state} in the store and {entry['state']} at the broker"
    if Decimal(entry["filled"]) != order.filled_quantity:
        return f"has filled {order.filled_quantity}, and {entry['filled']} at the broker"
    return ""


def _repeats(names: Sequence[str]) -> bool:
    return len(set(names)) != len(names)
