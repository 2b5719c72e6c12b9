"""Alpaca's refusals and silences as errors of ours. Pure.

Alpaca's `message` can change without notice, `code` and HTTP status cannot, and one code stands
for many refusals (https://docs.alpaca.markets/us/docs/options-trading-overview, September 2026).
So status and shape decide whether an order was refused, and words only what the refusal is called.
"""

import re
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
)
from floorbroker.domain.modes import Environment

BROKER: Final = "alpaca"
REFUSING: Final = frozenset({400, 401, 403, 404, 422})
"""The statuses that Alpaca documents as refusals. 429 is not documented as "not processed"."""

_A_MOMENT: Final = timedelta(seconds=1)
_KEY_REFUSED: Final = frozenset({"unauthorized", "forbidden", "request is not authorized"})
_DUPLICATE: Final = re.compile(r"client[ _-]?order[ _-]?id must be unique", re.I)
_TOO_LITTLE_MONEY: Final = re.compile(r"insufficient (?:\w+ )*(?:buying power|balance|cash)", re.I)
_NO_SUCH_SYMBOL: Final = re.compile(
    r"symbol not found|asset .*not found|asset not found|contract .*not found|invalid symbol", re.I
)
_CLOSED: Final = re.compile(
    r"only allowed during market hours|market is (?:currently )?closed", re.I
)


class Refusal(Failure):
    """Alpaca's own answer with an error in it.

    Attributes:
        status: HTTP's.
        code: Alpaca's; None where it gives none, as for a wrong key.
        retry_after: When Alpaca takes requests again; None where it only refuses this one.
    """

    def __init__(
        self, status: int, code: int | None, message: str, *, retry_after: timedelta | None = None
    ) -> None:
        """`message` comes as Alpaca wrote it and is fit to be shown from here on."""
        super().__init__(f"HTTP {status}, code {code}")
        self.status = status
        self.code = code
        self.message = sentence(message)
        self.retry_after = retry_after

    @property
    def of_the_key(self) -> bool:
        """Whether the key itself is refused, not what was asked with it."""
        return self.status == 401 or (self.status == 403 and _bare(self) in _KEY_REFUSED)

    @property
    def of_a_known_id(self) -> bool:
        """Whether an order of this client order id exists already."""
        return self.status == 422 and _DUPLICATE.search(self.message) is not None

    @property
    def of_a_subscription(self) -> bool:
        """Whether the data asked for costs more than this account pays."""
        return self.status == 403 or "subscription" in self.message.lower()


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Alpaca allows no more requests for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NotBegun():
            return not_sent("The bot has too much to do; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to Alpaca; nothing was sent.")
        case Refusal() if error.status in REFUSING and _own_words(error):
            return OrderRejected(_said(error), broker=BROKER, reason=_reason(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that Alpaca is unwell, not that it refuses."""
    match error:
        case NoAllowance():
            return RateLimited(broker=BROKER, retry_after=error.retry_after)
        case NotBegun():
            return RateLimited(broker=BROKER, retry_after=_A_MOMENT)
        case Unanswered(late=True):
            return BrokerTimeout(broker=BROKER)
        case Unanswered():
            return BrokerConnectionError(broker=BROKER)
        case Unreadable():
            return ApiError("Alpaca's answer cannot be read.", broker=BROKER, detail=str(error))
        case Refusal() if error.status < 500:
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def keys_refused(seem_for: Environment | None, environment: Environment) -> AuthenticationFailed:
    """`seem_for` is what the keys look like, `environment` where they were refused."""
    if seem_for is Environment.LIVE and environment is Environment.PAPER:
        words = "These keys are not for paper trading: they look like those of a live account."
    elif seem_for is Environment.PAPER and environment is Environment.LIVE:
        words = "These keys are for paper trading only: live trading needs keys of its own."
    else:
        words = "Alpaca does not accept these keys."
    return AuthenticationFailed(words, broker=BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to Alpaca is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about does not belong to the account that the keys open."""
    return BrokerError("These keys open another account at Alpaca now.", broker=BROKER)


def _refused_read(refusal: Refusal) -> BrokerError:
    if refusal.status == 429:
        return RateLimited(broker=BROKER, retry_after=refusal.retry_after)
    if refusal.of_the_key:
        return AuthenticationFailed("Alpaca does not accept these keys.", broker=BROKER)
    return BrokerError(_said(refusal), broker=BROKER, detail=str(refusal))


def _own_words(refusal: Refusal) -> bool:
    """Alpaca gives a code with everything but a refused key; gateways in between give none."""
    return refusal.code is not None or refusal.of_the_key


def _said(refusal: Refusal) -> str:
    if refusal.of_the_key:
        return "Alpaca does not accept these keys."
    return refusal.message or "Alpaca refused it and gives no reason."


def _reason(refusal: Refusal) -> ErrorCode:
    if refusal.of_the_key:
        return ErrorCode.AUTHENTICATION_FAILED
    for words, code in (
        (_TOO_LITTLE_MONEY, ErrorCode.INSUFFICIENT_FUNDS),
        (_NO_SUCH_SYMBOL, ErrorCode.SYMBOL_NOT_FOUND),
        (_CLOSED, ErrorCode.MARKET_CLOSED),
    ):
        if words.search(refusal.message):
            return code
    return ErrorCode.ORDER_REJECTED


def _bare(refusal: Refusal) -> str:
    return refusal.message.lower().rstrip(".")
