"""Coinbase's refusals and silences as errors of ours. Pure.

A request that reached the exchange is refused inside a 200, with a reason; one that did not is
refused with a status and words in JSON (`grpc.gateway.runtime.Error` of the reference). What is
listed here as a refusal is one by these; everything else leaves open what became of a request about
an order. 429 is nowhere documented as "not carried out".
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.coinbase.reasons import CODES, SENTENCES, readable
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
    SymbolNotFound,
)

BROKER: Final = "coinbase"
TOO_MANY: Final = 429
_REFUSING: Final = frozenset({400, 401, 403, 404})
_DOUBTFUL: Final = frozenset(
    {
        "ABORTED",
        "CANCELLED",
        "DATA_LOSS",
        "DEADLINE_EXCEEDED",
        "INTERNAL",
        "RESOURCE_EXHAUSTED",
        "UNAVAILABLE",
    }
)
"""Codes of gRPC that say that something went wrong, and not that nothing was done."""

_REASON: Final = re.compile(r"[A-Z][A-Z0-9_]{2,120}", re.ASCII)
_UNTOLD: Final = re.compile(
    r"UNKNOWN(?!_CANCEL_ORDER$).*|.*(?:INTERNAL|TIMEOUT|TIMED_OUT|DEADLINE|UNAVAILABLE).*", re.ASCII
)
"""Reasons that are none, and such as would say that something went wrong."""

_DUPLICATE: Final = "DUPLICATE_CLIENT_ORDER_ID"
_CANCEL_ASKED: Final = "DUPLICATE_CANCEL_REQUEST"
_NO_ACCOUNT: Final = "account is not available"
_SCOPES: Final = "missing required scopes"
_A_MOMENT: Final = timedelta(seconds=1)
_A_FEW_SECONDS: Final = timedelta(seconds=3)


class Refusal(Failure):
    """Coinbase's own answer with a no in it.

    Attributes:
        status: HTTP's; 200 for what the exchange refused.
        reason: Coinbase's word, without PREVIEW_ in front; empty where it gives none.
        message: What it says besides, fit to be shown.
        retry_after: How long it wants to be left alone; None where it does not say.
    """

    def __init__(
        self, status: int, reason: str, message: str = "", retry_after: timedelta | None = None
    ) -> None:
        """`reason` and `message` come as Coinbase wrote them."""
        self.status = status
        self.reason = reason.removeprefix("PREVIEW_")
        self.message = sentence(message)
        self.retry_after = retry_after
        super().__init__(f"HTTP {status} {self._safe_reason}".rstrip())

    @property
    def proven(self) -> bool:
        """Whether nothing was carried out."""
        if self.status == 200:
            return bool(_REASON.fullmatch(self.reason)) and not _UNTOLD.fullmatch(self.reason)
        return self.status in _REFUSING and self.reason.upper() not in _DOUBTFUL

    @property
    def of_the_key(self) -> bool:
        """Whether the key itself is refused, not what was asked with it."""
        return self.status == 401

    @property
    def of_its_scopes(self) -> bool:
        """Whether the key lacks a permission."""
        return self.status == 403 and _SCOPES in self.message.lower()

    @property
    def of_a_known_id(self) -> bool:
        """Whether an order has this client order id already."""
        return self.status == 200 and self.reason == _DUPLICATE

    @property
    def of_a_cancel_under_way(self) -> bool:
        """Whether the cancel that was asked for was asked for before."""
        return self.status == 200 and self.reason == _CANCEL_ASKED

    @property
    def of_nothing_there(self) -> bool:
        """Whether nothing has that id."""
        return self.proven and self.status == 404

    @property
    def stay_away(self) -> timedelta | None:
        """How long to leave Coinbase alone; None where it does not want that."""
        return (self.retry_after or _A_FEW_SECONDS) if self.status == TOO_MANY else None

    @property
    def _safe_reason(self) -> str:
        """For the log: one of Coinbase's constant words, or nothing."""
        return self.reason if _REASON.fullmatch(self.reason) else ""


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Coinbase allows no more requests with this key for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NotBegun():
            return not_sent("The bot has too much to do; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to Coinbase; nothing was sent.")
        case Refusal(proven=True):
            return OrderRejected(said(error), broker=BROKER, reason=_code(error))
    return OutcomeUnknown(broker=BROKER, detail=str(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that Coinbase is unwell, not that it refuses."""
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
            return ApiError("Coinbase's answer cannot be read.", broker=BROKER, detail=str(error))
        case Refusal():
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


def for_preview(error: Failure) -> BrokerError:
    """What Coinbase would say of an order, or why it said nothing; none was sent."""
    refused = isinstance(error, Refusal) and error.proven and not error.of_the_key
    return for_order(error) if refused else for_read(error)


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)
previewing = partial(raising, for_preview)


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to Coinbase is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about does not belong to the portfolio that the key opens."""
    return BrokerError("This key opens another portfolio at Coinbase now.", broker=BROKER)


def lacks_rights(missing: Sequence[str]) -> AuthenticationFailed:
    """Without them, nobody could tell what became of an order."""
    return AuthenticationFailed(
        f"This key lacks permissions that the bot needs: {', '.join(missing)}. "
        "Make one that has them in the Coinbase Developer Platform.",
        broker=BROKER,
    )


def said(refusal: Refusal) -> str:
    """For people: our words for Coinbase's reason, else Coinbase's own."""
    if refusal.of_the_key:
        return "Coinbase does not accept this key."
    if refusal.of_its_scopes:
        return "Coinbase does not allow this key to do that. Look at its permissions at Coinbase."
    if refusal.status == 400 and _NO_ACCOUNT in refusal.message.lower():
        return (
            "The portfolio of this key has no account at Coinbase that could pay for this: it may "
            "hold USDC and no dollars, or its country does not trade against dollars."
        )
    known = SENTENCES.get(refusal.reason)
    return known or refusal.message or readable(refusal.reason) or "Coinbase refused it."


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = str(refusal)
    if refusal.of_the_key:
        return AuthenticationFailed(said(refusal), broker=BROKER, detail=detail)
    if refusal.status == TOO_MANY:
        return RateLimited(broker=BROKER, retry_after=refusal.stay_away)
    if _code(refusal) is ErrorCode.SYMBOL_NOT_FOUND:
        return SymbolNotFound("Coinbase does not trade this symbol.", broker=BROKER)
    if refusal.proven:
        return BrokerError(said(refusal), broker=BROKER, detail=detail)
    return ApiError(broker=BROKER, detail=detail)


def _code(refusal: Refusal) -> ErrorCode:
    if refusal.of_the_key:
        return ErrorCode.AUTHENTICATION_FAILED
    return CODES.get(refusal.reason, ErrorCode.ORDER_REJECTED)
