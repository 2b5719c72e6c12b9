"""E*TRADE's refusals and silences as errors of ours. Pure.

Codes are hardly documented, and one of them, 100 with HTTP 500, is told of orders that were carried
out. So for a request that trades, only what stands here is proof; a preview trades nothing, and
each of its refusals is one.

- 401: "oauth_problem=…", the request was not let in.
- 400 "Number of requests exceeded the rate limit set": "Requests that exceed the limit are not
  processed" (us.etrade.com/ctnt/dev-portal, V0_Documentation-DeveloperGuides-RateLimits).
- 1037, 8400 and 5001: recorded by people who met them (daironmichel/toolsbackbone,
  rasesh6/etrade-trading).

Not among them: 101, "we have timed out your original order request … please resubmit it now",
which asks to repeat an order that may live.
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
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SymbolNotFound,
)

BROKER: Final = "etrade"
A_SECOND: Final = timedelta(seconds=1)

_NO_SHARES: Final = 1037
_NO_MONEY: Final = 8400
_BEING_EXECUTED: Final = 5001
_REFUSING: Final = frozenset({_NO_SHARES, _NO_MONEY, _BEING_EXECUTED})
_NO_SYMBOL: Final = frozenset({10033, 10043})
_NO_OPTIONS: Final = frozenset({10031, 10032, 10044})
_LIMIT: Final = "number of requests exceeded the rate limit"
_PROBLEM: Final = re.compile(r"oauth_problem=([a-z_]{1,40})", re.ASCII)
_OF_THE_APPLICATION: Final = frozenset(
    {"consumer_key_unknown", "consumer_key_rejected", "consumer_key_refused"}
)
_OF_THE_REQUEST: Final = frozenset(
    {
        "nonce_used",
        "parameter_absent",
        "parameter_rejected",
        "signature_invalid",
        "signature_method_rejected",
        "timestamp_refused",
        "version_rejected",
    }
)
"""Words of the OAuth problem reporting extension that say nothing about anybody's token."""


class Refusal(Failure):
    """E*TRADE's own answer with an error in it.

    Attributes:
        status: HTTP's.
        code: E*TRADE's; None where it gives none.
        message: Its words, fit to be shown.
    """

    def __init__(self, status: int, code: int | None, message: str) -> None:
        """`message` comes as E*TRADE wrote it."""
        self.status = status
        self.code = code
        self.message = sentence(message)
        super().__init__(f"HTTP {status}, code {code} {self.problem}".rstrip())

    @property
    def problem(self) -> str:
        """OAuth's word for it; empty where there is none."""
        found = _PROBLEM.search(self.message)
        return found[1] if found else ""

    @property
    def of_the_access(self) -> bool:
        """Whether the token is not taken, as far as the answer tells."""
        return self.status == 401 and self.problem not in _OF_THE_APPLICATION | _OF_THE_REQUEST

    @property
    def of_the_application(self) -> bool:
        """Whether the operator's key is not taken."""
        return self.problem in _OF_THE_APPLICATION

    @property
    def of_the_limit(self) -> bool:
        """Whether too many requests came."""
        return self.status == 429 or (self.status == 400 and _LIMIT in self.message.lower())

    @property
    def of_the_symbol(self) -> bool:
        """Whether nothing has that symbol."""
        return self.code in _NO_SYMBOL

    @property
    def of_no_options(self) -> bool:
        """Whether there are no contracts of that kind."""
        return self.code in _NO_OPTIONS

    @property
    def proven(self) -> bool:
        """Whether a request that trades was looked at and not carried out."""
        if self.status == 401:
            return True
        of_the_account = self.code in {100, 102} and "account key" in self.message.lower()
        return self.status == 400 and (
            self.code in _REFUSING or of_the_account or _LIMIT in self.message.lower()
        )

    @property
    def of_the_order(self) -> bool:
        """Whether a preview says that the order would not be taken, and not that E*TRADE is ill."""
        return self.status == 400 and not self.of_the_limit and not self.problem


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request that trades and ended in `error`."""
    match error:
        case NoAllowance():
            words = "E*TRADE allows no more requests for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NoAccess():
            return not_sent(f"{error.why.message.rstrip('.')}. Nothing was sent.")
        case NotBegun():
            return not_sent("The connection to E*TRADE is closed; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to E*TRADE; nothing was sent.")
        case Refusal(proven=True):
            return OrderRejected(_said(error), broker=BROKER, reason=_reason(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_preview(error: Failure) -> OrderRejected | NotSent:
    """What becomes of an order whose preview ended in `error`: in no case was it sent."""
    if isinstance(error, Refusal) and (error.of_the_order or error.of_the_access):
        return OrderRejected(_said(error), broker=BROKER, reason=_reason(error))
    if isinstance(error, NoAllowance | NoAccess):
        told = for_order(error)
        assert isinstance(told, NotSent)  # noqa: S101  # neither can be anything else
        return told
    if isinstance(error, Refusal) and error.of_the_limit:
        words = "E*TRADE allows no more requests for a moment; the order was not sent."
        return NotSent(words, broker=BROKER, retry_after=A_SECOND)
    return NotSent(
        "E*TRADE gave no preview of the order, so it was not sent.",
        broker=BROKER,
        detail=str(error),
    )


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that E*TRADE is unwell, not that it refuses."""
    match error:
        case NoAllowance():
            return RateLimited(broker=BROKER, retry_after=error.retry_after)
        case NoAccess():
            return error.why
        case NotBegun():
            return closed_for_reads()
        case Unanswered(late=True):
            return BrokerTimeout(broker=BROKER)
        case Unanswered():
            return BrokerConnectionError(broker=BROKER)
        case Refusal():
            return _refused_read(error)
        case Unreadable(status=429):
            return RateLimited(broker=BROKER, retry_after=A_SECOND)
    return ApiError("E*TRADE's answer cannot be read.", broker=BROKER, detail=str(error))


def for_estimate(error: Failure) -> BrokerError:
    """What E*TRADE would say of an order, or why it said nothing; none was sent."""
    refused = isinstance(error, Refusal) and error.of_the_order
    return for_preview(error) if refused else for_read(error)


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)
before_sending = partial(raising, for_preview)
estimating = partial(raising, for_estimate)


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to E*TRADE is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about is none of the accounts that the person who signed in has."""
    return BrokerError("This sign-in reaches other accounts at E*TRADE now.", broker=BROKER)


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = str(refusal)
    if refusal.of_the_limit:
        return RateLimited(broker=BROKER, retry_after=A_SECOND, detail=detail)
    if refusal.of_the_access:
        return AuthenticationFailed(_said(refusal), broker=BROKER, detail=detail)
    if refusal.of_the_symbol:
        return SymbolNotFound("E*TRADE does not know this symbol.", broker=BROKER)
    if refusal.status == 400 and refusal.code is not None:
        return BrokerError(_said(refusal), broker=BROKER, detail=detail)
    return ApiError(broker=BROKER, detail=detail)


def _said(refusal: Refusal) -> str:
    if refusal.of_the_access:
        return "E*TRADE does not accept this sign-in any more. Link again."
    if refusal.status == 401:
        return "E*TRADE did not let the bot's request in, so it did nothing."
    if refusal.of_the_limit:
        return "E*TRADE allows no more requests for a moment, so it did nothing. Try again."
    return refusal.message or "E*TRADE refused it and gives no reason."


def _reason(refusal: Refusal) -> ErrorCode:
    if refusal.of_the_access:
        return ErrorCode.AUTHENTICATION_FAILED
    if refusal.of_the_limit:
        return ErrorCode.RATE_LIMIT_EXCEEDED
    if refusal.code == _NO_MONEY:
        return ErrorCode.INSUFFICIENT_FUNDS
    if refusal.of_the_symbol:
        return ErrorCode.SYMBOL_NOT_FOUND
    return ErrorCode.ORDER_REJECTED
