"""Errors by number, in TWS's words.

Codes: https://interactivebrokers.github.io/tws-api/message_codes.html. Where that page has no whole
sentence the words are from people's logs, and "unverified" stands beside those that are a guess.
"""

from typing import Final

NOTICES: Final = {
    1100: "Connectivity between IB and Trader Workstation has been lost.",
    1101: "Connectivity between IB and Trader Workstation has been restored - data lost.",
    1102: "Connectivity between IB and Trader Workstation has been restored - data maintained.",
    2103: "Market data farm connection is broken:usfarm",
    2104: "Market data farm connection is OK:usfarm",
    2105: "HMDS data farm connection is broken:ushmds",
    2106: "HMDS data farm connection is OK:ushmds",
    2107: "HMDS data farm connection is inactive but should be available upon demand.ushmds",
    2108: "Market data farm connection is inactive but should be available upon demand.usfarm",
    2109: "Order Event Warning:Attribute 'Outside Regular Trading Hours' is ignored based on the "
    "order type and destination. PlaceOrder is now being processed.",
    2110: "Connectivity between Trader Workstation and server is broken. It will be restored "
    "automatically.",
    2158: "Sec-def data farm connection is OK:secdefil",
}


class Refusal(Exception):
    """A request that is not carried out.

    Attributes:
        inactive: An order that the server refused: it exists, as Inactive.
    """

    def __init__(self, code: int, words: str, *, inactive: bool = False) -> None:
        """Error `code` with those words."""
        super().__init__(code, words)
        self.code = code
        self.words = words
        self.inactive = inactive


def no_definition() -> Refusal:
    """No contract is like that."""
    return Refusal(200, "No security definition has been found for the request")


def ambiguous(symbol: str) -> Refusal:
    """Several are, and one was needed."""
    return Refusal(200, f"The contract description specified for {symbol} is ambiguous.")


def duplicate_id() -> Refusal:
    """An order id was used before, or one above it was."""
    return Refusal(103, "Duplicate order id")


def invalid(cause: str) -> Refusal:
    """TWS itself does not take the request."""
    return Refusal(321, f"Error validating request.-'bK' : cause - {cause}")


def read_only() -> Refusal:
    """The API may look, not trade."""
    return invalid("The API interface is currently in Read-Only mode.")


def rejected(reason: str) -> Refusal:
    """The server refused an order."""
    return Refusal(201, f"Order rejected - reason:{reason}", inactive=True)


def not_found(order_id: int) -> Refusal:
    """A cancel for an order that this client does not have."""
    return Refusal(10147, f"OrderId {order_id} that needs to be cancelled is not found.")


def not_cancellable(order_id: int, status: str) -> Refusal:
    """A cancel that comes too late."""
    words = f"OrderId {order_id} that needs to be cancelled can not be cancelled, state: {status}."
    return Refusal(10148, words)
