"""Binance's refusals and silences as errors of ours. Pure.

https://github.com/binance/binance-spot-api-docs (errors.md, rest-api.md "HTTP Return Codes", July
2026): codes are fixed, words may change. "HTTP 4XX return codes are used for malformed requests",
and of a 5XX "the execution status is UNKNOWN and could have been a success".
"""

from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.shared.wire import (
    Failure,
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
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    RegionRefused,
    SymbolNotFound,
)
from floorbroker.domain.modes import Environment

BROKER: Final = "binance"
_A_MOMENT: Final = timedelta(seconds=1)
_A_MINUTE: Final = timedelta(minutes=1)

_REGION: Final = 451
TOO_MANY: Final = frozenset({418, 429})
"""Nothing says that what was answered so was not carried out: an order is then unknown."""

_REFUSING: Final = frozenset(
    {-1002, -1010, -1013, -1014, -1020, -1021, -1022}
    | {-2010, -2011, -2013, -2014, -2015, -2016, -2026}
)
"""Of the codes that are not 11xx those by which the request was looked at and not carried out.

Not among them: -1000, -1001, -1006, -1007, -1008, -1016 and whatever else says that Binance was
unwell.
"""

_OF_THE_REQUEST: Final = range(-1299, -1099)
"""errors.md, "11xx - Request issues", and the 12xx that were added to them."""

_OF_THE_KEY: Final = frozenset({-2014, -2015, -1022})
_TIMED_WRONG: Final = -1021
_REJECTING: Final = frozenset({-1010, -1013, -2010})
"""The API's own refusal of an order, and the two of the matching engine."""

_CANCEL_REJECTED: Final = -2011
_NO_SUCH_ORDER: Final = -2013
_BAD_SYMBOL: Final = -1121
_DUPLICATE: Final = "duplicate order sent"
_TOO_LITTLE_MONEY: Final = "insufficient balance"
_CLOSED: Final = "market is closed"


class Refusal(Failure):
    """Binance's own answer with an error in it.

    Attributes:
        status: HTTP's.
        code: Binance's; 0 with a region that is not served.
        retry_after: How long Binance wants to be left alone; None where it does not say.
    """

    def __init__(
        self, status: int, code: int, message: str, retry_after: timedelta | None = None
    ) -> None:
        """`message` comes as Binance wrote it and is fit to be shown from here on."""
        super().__init__(f"HTTP {status}, code {code}")
        self.status = status
        self.code = code
        self.message = sentence(message)
        self.retry_after = retry_after

    @property
    def proven(self) -> bool:
        """Whether nothing was carried out, by status and code."""
        if self.status == _REGION:
            return True
        ours = 400 <= self.status < 500 and self.status not in TOO_MANY
        return ours and (self.code in _REFUSING or self.code in _OF_THE_REQUEST)

    @property
    def of_the_key(self) -> bool:
        """Whether the key itself is refused, not what was asked with it."""
        return self.proven and self.code in _OF_THE_KEY

    @property
    def of_the_time(self) -> bool:
        """Whether the two clocks are too far apart."""
        return self.code == _TIMED_WRONG

    @property
    def of_a_known_id(self) -> bool:
        """Whether an open order has this client order id already."""
        return self.proven and self.code in _REJECTING and _DUPLICATE in self.message.lower()

    @property
    def of_no_such_order(self) -> bool:
        """Whether Binance knows no order of that id."""
        return self.proven and self.code == _NO_SUCH_ORDER


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Binance allows no more requests for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NotBegun():
            return not_sent("The connection to Binance is closed; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to Binance; nothing was sent.")
        case Refusal(proven=True):
            return OrderRejected(_said(error), broker=BROKER, reason=_reason(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that Binance is unwell, not that it refuses."""
    match error:
        case NoAllowance():
            return RateLimited(broker=BROKER, retry_after=error.retry_after)
        case NotBegun():
            return closed_for_reads()
        case Unanswered(late=True):
            return BrokerTimeout(broker=BROKER)
        case Unanswered():
            return BrokerConnectionError(broker=BROKER)
        case Unreadable():
            return _unreadable_read(error)
        case Refusal():
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def keys_refused(environment: Environment) -> AuthenticationFailed:
    """`environment` is where they were refused; the two kinds of keys look the same."""
    if environment is Environment.PAPER:
        words = "Binance's testnet does not accept these keys: it has keys of its own."
    else:
        words = (
            "Binance does not accept these keys: they are unknown, may not be used from the bot's "
            "address, or are the testnet's."
        )
    return AuthenticationFailed(words, broker=BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to Binance is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about does not belong to the account that the keys open."""
    return BrokerError("These keys open another account at Binance now.", broker=BROKER)


def _unreadable_read(error: Unreadable) -> BrokerError:
    """Pages of what stands in front of Binance; their status tells what they are about."""
    if error.status == _REGION:
        return RegionRefused(broker=BROKER)
    if error.status in TOO_MANY:
        return RateLimited(broker=BROKER, retry_after=_A_MINUTE)
    return ApiError("Binance's answer cannot be read.", broker=BROKER, detail=str(error))


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = str(refusal)
    if refusal.status == _REGION:
        return RegionRefused(broker=BROKER, detail=detail)
    if refusal.status in TOO_MANY:
        return RateLimited(broker=BROKER, retry_after=refusal.retry_after or _A_MINUTE)
    if refusal.of_the_key:
        return AuthenticationFailed(_said(refusal), broker=BROKER, detail=detail)
    if refusal.of_the_time:
        # Worth repeating: the clock is looked at again before the next request.
        return RateLimited(_said(refusal), broker=BROKER, retry_after=_A_MOMENT)
    if refusal.code == _BAD_SYMBOL:
        return SymbolNotFound("Binance does not trade this symbol.", broker=BROKER)
    if refusal.proven:
        return BrokerError(_said(refusal), broker=BROKER, detail=detail)
    return ApiError(broker=BROKER, detail=detail)


def _said(refusal: Refusal) -> str:
    if refusal.status == _REGION:
        return "Binance does not serve the region that this bot runs in."
    if refusal.code == -2015:
        return (
            "Binance does not accept this key: it is unknown, may not do this, or may not be used "
            "from the bot's address."
        )
    if refusal.of_the_key:
        return "Binance does not accept this key and its secret."
    if refusal.of_the_time:
        return "The bot's clock and Binance's are too far apart, so Binance did nothing. Try again."
    if refusal.code == _CANCEL_REJECTED and "unknown order" in refusal.message.lower():
        return "Binance has no open order of this id: it has ended."
    return refusal.message or "Binance refused it and gives no reason."


def _reason(refusal: Refusal) -> ErrorCode:
    words = refusal.message.lower()
    if refusal.status == _REGION:
        return ErrorCode.REGION_REFUSED
    if refusal.of_the_key:
        return ErrorCode.AUTHENTICATION_FAILED
    if refusal.code == _BAD_SYMBOL:
        return ErrorCode.SYMBOL_NOT_FOUND
    if refusal.code in _REJECTING and _TOO_LITTLE_MONEY in words:
        return ErrorCode.INSUFFICIENT_FUNDS
    if refusal.code in _REJECTING and _CLOSED in words:
        return ErrorCode.MARKET_CLOSED
    return ErrorCode.ORDER_REJECTED
