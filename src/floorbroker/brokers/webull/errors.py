"""Webull's refusals and silences as errors of ours. Pure. What proves what is in `refusals.py`."""

from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.shared.grants import ApplicationRefused
from floorbroker.brokers.shared.wire import (
    Failure,
    NoAccess,
    NoAllowance,
    NotBegun,
    Unanswered,
    Unreadable,
    raising,
)
from floorbroker.brokers.webull.refusals import TOO_MANY, Refusal
from floorbroker.brokers.webull.words import said, why
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
)
from floorbroker.domain.modes import Environment

BROKER: Final = "webull"
_A_MOMENT: Final = timedelta(seconds=5)


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Webull allows no more requests for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NoAccess():
            return not_sent(f"{error.why.message} Nothing was sent.")
        case NotBegun():
            return not_sent("There was no way to Webull in time; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to Webull; nothing was sent.")
        case Refusal(proven=True):
            return OrderRejected(said(error), broker=BROKER, reason=why(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that Webull is unwell, not that it refuses."""
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
        case Unreadable():
            return _unreadable_read(error)
        case Refusal():
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)


def not_sent(words: str) -> NotSent:
    """`words` are for people."""
    return NotSent(words, broker=BROKER)


def unknown_key(refusal: Refusal, environment: Environment) -> BrokerError:
    """What a key is told whose first request found no route."""
    if refusal.by_platform:
        return ApplicationRefused(broker=BROKER, detail=str(refusal))
    if environment is Environment.PAPER:
        words = "Webull's sandbox does not know this app key: it has keys of its own."
    else:
        words = "Webull does not know this app key: it is wrong, was reset, or is the sandbox's."
    return AuthenticationFailed(words, broker=BROKER, detail=str(refusal))


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to Webull is closed.", broker=BROKER)


def no_account() -> BrokerError:
    """The list of accounts has none that could be used here."""
    words = "This access opens no account for shares, options or coins at Webull."
    return BrokerError(words, broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about does not belong to the accounts that this access opens."""
    return BrokerError("This access opens other accounts at Webull now.", broker=BROKER)


def _unreadable_read(error: Unreadable) -> BrokerError:
    if error.status == TOO_MANY:
        return RateLimited(broker=BROKER, retry_after=_A_MOMENT)
    return ApiError("Webull's answer cannot be read.", broker=BROKER, detail=str(error))


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = str(refusal)
    if refusal.status == TOO_MANY:
        return RateLimited(broker=BROKER, retry_after=refusal.retry_after or _A_MOMENT)
    if refusal.of_the_signature and refusal.by_platform:
        return ApplicationRefused(broker=BROKER, detail=detail)
    if refusal.of_the_access:
        return AuthenticationFailed(said(refusal), broker=BROKER, detail=detail)
    if refusal.of_a_subscription:
        return NotSupported(said(refusal), broker=BROKER, detail=detail)
    if refusal.proven:
        return BrokerError(said(refusal), broker=BROKER, detail=detail)
    return ApiError(broker=BROKER, detail=detail)
