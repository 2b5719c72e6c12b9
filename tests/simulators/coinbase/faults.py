"""Which of Coinbase's requests the faults of `tests.simulators.serving` are for."""

from typing import Final

from tests.simulators.serving import Fault, Trouble

__all__ = ["Fault", "Trouble", "kinds_of"]

_API: Final = "/api/v3/brokerage"
_KINDS: Final = {
    f"{_API}/orders": "place",
    f"{_API}/orders/close_position": "place",  # places an order too; there is no answer here
    f"{_API}/orders/batch_cancel": "cancel",
    f"{_API}/orders/edit": "modify",
    f"{_API}/orders/preview": "read",
    f"{_API}/orders/edit_preview": "read",
}
_DATA: Final = tuple(
    f"{_API}/{name}" for name in ("products", "product_book", "best_bid_ask", "market/")
)


def kinds_of(method: str, path: str) -> frozenset[str]:
    """The kinds of a request. Previews change nothing, though they are POSTs."""
    if method == "GET":
        return frozenset({"any", "read", "data"} if path.startswith(_DATA) else {"any", "read"})
    known = _KINDS.get(path) if method == "POST" else None
    return frozenset({"any", known} if known else {"any"})
