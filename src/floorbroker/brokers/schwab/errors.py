"""Schwab's refusals and silences as errors of ours. Pure.

The statuses of an order request are those of the vendor's OpenAPI file: 201, 400, 401, 403, 404,
500, 503. A refusal counts as one where it comes in one of Schwab's own two shapes, `message` (the
Trader API) or `errors` (the gateway before it); whatever else comes proves nothing. What Schwab
takes with a 201 and rejects a moment later is no error: it is an order, and is read back.
"""

import re
from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.shared.wire import (
    Failure,
    NoAccess,
    NoAllowance,
    NotBegun,
    Unanswered,
    Unreadable,
    raising,
    sentence,
)
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    AuthenticationFailed,
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    NotSent,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SymbolNotFound,
)

BROKER: Final = "schwab"
REFUSING: Final = frozenset({400, 401, 403, 404})
TOO_MANY: Final = 429
"""Nothing says that what was answered so was not carried out: an order is then unknown."""

UNAUTHORIZED: Final = 401
_BAD_REQUEST: Final = 400
A_MINUTE: Final = timedelta(minutes=1)
_A_MOMENT: Final = timedelta(seconds=1)
_TOO_LITTLE_MONEY: Final = re.compile(r"enough available cash|buying power|insufficient fund", re.I)
_NO_SUCH_SYMBOL: Final = re.compile(r"symbol .*(?:not found|invalid)|invalid symbol", re.I)
_CLOSED: Final = re.compile(r"market is (?:currently )?closed", re.I)


class Refusal(Failure):
    """Schwab's own answer with an error in it.

    Attributes:
        status: HTTP's.
        market: Whether prices or reference data were asked for, not the person's accounts.
        retry_after: How long Schwab wants to be left alone; None where it does not say.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        market: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        """`message` comes as Schwab wrote it and is fit to be shown from here on."""
        super().__init__(f"HTTP {status}")
        self.status = status
        self.message = sentence(message)
        self.market = market
        self.retry_after = retry_after


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Schwab allows no more requests for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NoAccess():
            return not_sent(f"{error.why.message} Nothing was sent.")
        case NotBegun():
            return not_sent("There was no way to Schwab in time; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to Schwab; nothing was sent.")
        case Refusal() if error.status in REFUSING:
            return OrderRejected(_said(error), broker=BROKER, reason=_reason(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that Schwab is unwell, not that it refuses."""
    match error:
        case NoAllowance():
            return RateLimited(broker=BROKER, retry_after=error.retry_after)
        case NoAccess():
            return error.why
        case NotBegun():
            return RateLimited(broker=BROKER, retry_after=_A_MOMENT)
        case Unanswered(late=True):
            return BrokerTimeout(broker=BROKER)
        case Unanswered():
            return BrokerConnectionError(broker=BROKER)
        case Unreadable():
            return ApiError("Schwab's answer cannot be read.", broker=BROKER, detail=str(error))
        case Refusal() if error.status < 500:
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


def for_preview(error: Failure) -> BrokerError:
    """What Schwab would say of an order, or why it said nothing; none was sent."""
    refused = isinstance(error, Refusal) and error.status == _BAD_REQUEST
    return for_order(error) if refused else for_read(error)


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)
previewing = partial(raising, for_preview)


def would_reject(words: str) -> OrderRejected:
    """A preview says so."""
    return OrderRejected(words, broker=BROKER, reason=code_of(words))


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def code_of(words: str) -> ErrorCode:
    """The code of a refusal that Schwab explains with `words`."""
    for known, code in (
        (_TOO_LITTLE_MONEY, ErrorCode.INSUFFICIENT_FUNDS),
        (_NO_SUCH_SYMBOL, ErrorCode.SYMBOL_NOT_FOUND),
        (_CLOSED, ErrorCode.MARKET_CLOSED),
    ):
        if known.search(words):
            return code
    return ErrorCode.ORDER_REJECTED


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to Schwab is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about is none of the accounts that the person opened to the bot."""
    words = "This access does not open that account at Schwab any more."
    return BrokerError(words, broker=BROKER)


def not_found() -> SymbolNotFound:
    """Nothing has the symbol."""
    return SymbolNotFound("Schwab does not trade this symbol.", broker=BROKER)


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = str(refusal)
    if refusal.status == TOO_MANY:
        return RateLimited(broker=BROKER, retry_after=refusal.retry_after or A_MINUTE)
    if refusal.status == UNAUTHORIZED and refusal.market:
        # Told apart, so that an application without the product "Market Data" ends nobody's link.
        words = "Schwab gives no market data to the bot's application or to this person."
        return NotSupported(words, broker=BROKER, detail=detail)
    if refusal.status == UNAUTHORIZED:
        return AuthenticationFailed("Schwab does not accept this access.", broker=BROKER)
    return BrokerError(_said(refusal), broker=BROKER, detail=detail)


def _said(refusal: Refusal) -> str:
    if refusal.status == UNAUTHORIZED:
        return "Schwab did not accept the access, so it did nothing. Try again."
    return refusal.message or "Schwab refused it and gives no reason."


def _reason(refusal: Refusal) -> ErrorCode:
    if refusal.status == UNAUTHORIZED:
        return ErrorCode.AUTHENTICATION_FAILED
    return code_of(refusal.message)
