"""The paper broker's refusals, in plain words, and what a failing store means. Pure."""

from datetime import datetime
from decimal import Decimal

from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import ApiError, BrokerConnectionError, NotSent, OrderRejected

_BROKER = "paper"


def refused(message: str, reason: ErrorCode = ErrorCode.ORDER_REJECTED) -> OrderRejected:
    """Any refusal that has no words of its own below."""
    return OrderRejected(message, broker=_BROKER, reason=reason)


def unknown_symbol(symbol: str) -> OrderRejected:
    """`symbol` has been through `parse_symbol` before it got here."""
    message = f"The paper market does not list {symbol}."
    return refused(message, ErrorCode.SYMBOL_NOT_FOUND)


def market_closed(opens: datetime | None) -> OrderRejected:
    """`opens` is the next open, where it is known."""
    when = f" It opens {opens:%Y-%m-%d %H:%M} UTC." if opens else ""
    return refused(
        f"The market is closed, and this order can only fill at once.{when}",
        ErrorCode.MARKET_CLOSED,
    )


def insufficient_funds(needed: Decimal, available: Decimal, what: str) -> OrderRejected:
    """Amounts in US dollars; `what` is `buying power` or `cash`."""
    return refused(
        f"Insufficient funds for this trade: it needs {needed:,.2f} USD of {what}, "
        f"{available:,.2f} USD are free.",
        ErrorCode.INSUFFICIENT_FUNDS,
    )


def more_than_held(symbol: str, wanted: Decimal, free: Decimal) -> OrderRejected:
    """`free` is the holding less what other working orders will sell."""
    return refused(
        f"{plain(wanted)} {symbol} is more than the {plain(free)} that can be closed. "
        "Say short to open a short position.",
        ErrorCode.POSITION_SIZE_EXCEEDED,
    )


def no_such_order() -> OrderRejected:
    """A cancel or change of something that never arrived."""
    return refused("The paper broker has no such working order.")


def wrong_account() -> OrderRejected:
    """An order for an account of somebody else, or of another broker."""
    return refused("The paper broker has no such account.")


def no_such_account() -> ApiError:
    """A read of an account of somebody else, or of another broker."""
    return ApiError("The paper broker has no such account.", broker=_BROKER)


def already_ended(state: str) -> OrderRejected:
    """A cancel or change that comes too late."""
    return refused(f"The order is already {state.replace('_', ' ')}.")


def not_saved() -> NotSent:
    """Every attempt to save met somebody faster: nothing of this request was stored."""
    return NotSent("The paper account was busy and nothing was stored.", broker=_BROKER)


def closed_for_orders() -> NotSent:
    """The adapter was closed."""
    return NotSent("The connection to the paper broker is closed.", broker=_BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to the paper broker is closed.", broker=_BROKER)


def busy_read() -> ApiError:
    """Every attempt to save what a read settled met somebody faster."""
    return ApiError("The paper account is busy.", broker=_BROKER)


def newer_book(version: object) -> ApiError:
    """The book was written by a later release than this one."""
    return ApiError(
        "The paper account was written by a newer version of the bot.",
        broker=_BROKER,
        detail=f"book_version {version}",
    )
