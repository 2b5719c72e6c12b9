"""OpenD's refusals and silences as errors of ours. Pure. What proves what is in `refusals.py`."""

from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.moomoo.refusals import Garbled, Refusal
from floorbroker.brokers.shared.wire import Failure, NoAllowance, Unanswered, raising
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    MissingExtra,
    NotSent,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SymbolNotFound,
)

BROKER: Final = "moomoo"
HOW_TO_UNLOCK: Final = (
    "Unlock trading in OpenD's window, or run `floorbroker unlock moomoo` in the terminal of the "
    "machine that the bot runs on. Never send the trade password here."
)
LOCKED: Final = f"OpenD takes no orders with real money: trading is locked in it. {HOW_TO_UNLOCK}"
_A_WINDOW: Final = timedelta(seconds=30)


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Moomoo allows no more requests for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case Unanswered(sent=False):
            return not_sent("No connection to OpenD; nothing was sent.")
        case Refusal(of_the_lock=True):
            return OrderRejected(LOCKED, broker=BROKER)
        case Refusal(proven=True):
            return OrderRejected(error.message, broker=BROKER, reason=_why(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that OpenD is unwell, not that it refuses."""
    match error:
        case NoAllowance():
            return RateLimited(broker=BROKER, retry_after=error.retry_after)
        case Unanswered(late=True):
            return BrokerTimeout(broker=BROKER)
        case Unanswered():
            return BrokerConnectionError("The connection to OpenD ended.", broker=BROKER)
        case Garbled():
            return ApiError("OpenD's answer cannot be read.", broker=BROKER, detail=str(error))
        case Refusal():
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)


def not_sent(words: str) -> NotSent:
    """`words` are for people."""
    return NotSent(words, broker=BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to OpenD is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about does not belong to the accounts of this link."""
    return BrokerError("OpenD is logged in to other accounts now.", broker=BROKER)


def not_found() -> SymbolNotFound:
    """Neither a share nor an option of the US market."""
    return SymbolNotFound("Moomoo knows no US share or option of this symbol.", broker=BROKER)


def no_room_for_a_log() -> BrokerError:
    """The SDK cannot be imported without a file that it opens."""
    words = (
        "Moomoo's SDK wants to open a log file when it is loaded, and no folder for temporary "
        "files can be written. Set TMPDIR to a folder that the bot may write in."
    )
    return BrokerError(words, broker=BROKER)


def not_complete() -> MissingExtra:
    """A package that the SDK stands on is missing."""
    return MissingExtra(broker=BROKER, detail="pip install 'floorbroker[moomoo]'")


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = str(refusal)
    if refusal.of_the_limit:
        return RateLimited(broker=BROKER, retry_after=_A_WINDOW)
    if refusal.of_the_log_in:
        return BrokerConnectionError(f"OpenD: {refusal.message}", broker=BROKER, detail=detail)
    if refusal.of_a_right:
        words = f"Moomoo gives no such prices here. {refusal.message}"
        return NotSupported(words, broker=BROKER, detail=detail)
    if refusal.of_the_code:
        return not_found()
    if refusal.proven:
        return BrokerError(refusal.message, broker=BROKER, detail=detail)
    return ApiError(broker=BROKER, detail=detail)


_REASONS: Final = (
    (("buying power", "insufficient fund", "insufficient cash", "购买力"), "INSUFFICIENT_FUNDS"),
    (("unknown stock", "未知股票"), "SYMBOL_NOT_FOUND"),
    (("market is closed", "market closed", "非交易时间"), "MARKET_CLOSED"),
    (("high frequency", "频率"), "RATE_LIMIT_EXCEEDED"),
)
"""Words of refusals, none of them documented."""


def _why(refusal: Refusal) -> ErrorCode:
    said = refusal.message.lower()
    for words, code in _REASONS:
        if any(word in said for word in words):
            return ErrorCode[code]
    return ErrorCode.ORDER_REJECTED
