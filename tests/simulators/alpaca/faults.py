"""Which of Alpaca's requests the faults of `tests.simulators.serving` are for."""

from tests.simulators.serving import Fault, Trouble

__all__ = ["Fault", "Trouble", "kinds_of"]


def kinds_of(method: str, path: str) -> frozenset[str]:
    """The kinds of a request. Closing a position places an order."""
    if method == "GET":
        return frozenset({"any", "read", "data"} if path.startswith("/data") else {"any", "read"})
    if path.startswith("/oauth"):
        return frozenset({"any"})
    if method == "POST" or path.startswith("/v2/positions"):
        return frozenset({"any", "place"})
    if method == "DELETE":
        return frozenset({"any", "cancel"})
    orders = path.startswith("/v2/orders")
    return frozenset({"any", "modify"} if orders else {"any"})
