"""Kraken's refusals and silences as errors of ours. Pure.

A failed request has words in `error`, inside a 200; status and code there are none, so words have
to decide. What is listed here as a refusal is one by Kraken's own documents; everything else
leaves open what became of a request about an order:
https://docs.kraken.com/exchange/guides/general/errors and …/guides/rest/ratelimits
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
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
    SymbolNotFound,
)

BROKER: Final = "kraken"
_A_MOMENT: Final = timedelta(seconds=1)
_A_FEW_SECONDS: Final = timedelta(seconds=10)
_LONGEST_AWAY: Final = timedelta(minutes=5)
_LOCKOUT: Final = timedelta(minutes=15)

_REFUSING: Final = re.compile(
    r"EOrder:.+"
    r"|EAPI:Invalid (?:key|signature|nonce)"
    r"|EGeneral:(?:Invalid arguments(?::.*)?|Permission denied|Temporary lockout|Unknown method)"
    r"|EQuery:Unknown asset(?: pair)?"
    r"|EAccount:Invalid permissions(?::.*)?"
    r"|EService:Market in [a-z]+_only mode",
    re.I,
)
"""Kraken looked at the request and did not carry it out. `EService:Unavailable`, `…:Busy`,
`…:Deadline elapsed`, `EGeneral:Internal error` and `EAPI:Rate limit exceeded` (which only says that
calls "will be restricted") do not say so."""

_KEY: Final = re.compile(r"EAPI:Invalid (?:key|signature)", re.I)
_NONCE: Final = re.compile(r"EAPI:Invalid nonce", re.I)
_PERMISSION: Final = re.compile(r"EGeneral:Permission denied", re.I)
_DUPLICATE: Final = re.compile(r"EGeneral:Invalid arguments:\s*cl_ord_id not unique", re.I)
_PENDING: Final = re.compile(r"EOrder:Cancel pending", re.I)
_TOO_MANY: Final = re.compile(r"EAPI:Rate limit exceeded", re.I)
_THROTTLED: Final = re.compile(r"EService:\s*Throttled:\s*([0-9]{1,12})", re.I)
_ENDED: Final = re.compile(r"EOrder:(?:Unknown|Invalid) order", re.I)
_MONEY: Final = re.compile(r"EOrder:Insufficient (?:funds|margin)", re.I)
_PAIR: Final = re.compile(r"EQuery:Unknown asset(?: pair)?", re.I)
_MODE: Final = re.compile(r"EService:Market in ", re.I)
_LOCKED: Final = re.compile(r"EGeneral:Temporary lockout", re.I)


class Refusal(Failure):
    """Kraken's own answer with errors in it.

    Attributes:
        status: HTTP's; 200 for nearly everything.
        words: Kraken's errors, as it wrote them.
    """

    def __init__(self, status: int, words: Sequence[str]) -> None:
        """`words` are fit to be shown from here on."""
        self.status = status
        self.words = tuple(sentence(one) for one in words)
        super().__init__(f"HTTP {status}, {len(self.words)} errors")

    @property
    def proven(self) -> bool:
        """Whether nothing was carried out, by every one of the errors."""
        return self.status == 200 and all(_REFUSING.fullmatch(one) for one in self.words)

    @property
    def of_the_key(self) -> bool:
        """Whether the key itself is refused, not what was asked with it."""
        return self.status == 200 and self.says(_KEY)

    @property
    def of_a_known_id(self) -> bool:
        """Whether an open order has this client order id already."""
        return self.proven and self.says(_DUPLICATE)

    @property
    def of_a_pending_cancel(self) -> bool:
        """Whether the cancel that was asked for is under way already."""
        return self.proven and self.says(_PENDING)

    def stay_away(self, now: datetime) -> timedelta | None:
        """How long Kraken wants to be left alone; None where it says nothing of it."""
        if self.says(_TOO_MANY):
            return _A_FEW_SECONDS
        for one in self.words:
            found = _THROTTLED.match(one)
            if found:
                seconds = int(found[1]) - int(now.timestamp())
                return min(max(timedelta(seconds=seconds), _A_MOMENT), _LONGEST_AWAY)
        return None

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether one of the errors is that."""
        return any(pattern.match(one) for one in self.words)


def for_order(error: Failure) -> OrderRejected | NotSent | OutcomeUnknown:
    """What became of a request about an order that ended in `error`."""
    match error:
        case NoAllowance():
            words = "Kraken allows no more requests with this key for a moment; nothing was sent."
            return NotSent(words, broker=BROKER, retry_after=error.retry_after)
        case NotBegun():
            return not_sent("The bot has too much to do; nothing was sent.")
        case Unanswered(sent=False):
            return not_sent("No connection to Kraken; nothing was sent.")
        case Refusal(proven=True):
            return OrderRejected(_said(error), broker=BROKER, reason=_reason(error))
    return OutcomeUnknown(broker=BROKER, detail=_detail(error))


def for_read(error: Failure) -> BrokerError:
    """Why a read gave nothing. An `ApiError` says that Kraken is unwell, not that it refuses."""
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
            return ApiError("Kraken's answer cannot be read.", broker=BROKER, detail=str(error))
        case Refusal():
            return _refused_read(error)
    return ApiError(broker=BROKER, detail=str(error))


def for_preview(error: Failure) -> BrokerError:
    """What Kraken would say of an order, or why it said nothing; none was sent."""
    refused = isinstance(error, Refusal) and error.proven
    return for_order(error) if refused else for_read(error)


reading = partial(raising, for_read)
asking_once = partial(raising, for_order)
previewing = partial(raising, for_preview)


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The connection to Kraken is closed.", broker=BROKER)


def another_account() -> BrokerError:
    """What is asked about does not belong to the account that the key opens."""
    return BrokerError("This key opens another account at Kraken now.", broker=BROKER)


def lacks_rights(missing: Sequence[str]) -> AuthenticationFailed:
    """Without them, nobody could tell what became of an order."""
    return AuthenticationFailed(
        f"This key lacks permissions that the bot needs: {', '.join(missing)}. "
        "Give them to it in your Kraken account's API settings.",
        broker=BROKER,
    )


def _refused_read(refusal: Refusal) -> BrokerError:
    detail = _detail(refusal)
    if refusal.of_the_key:
        return AuthenticationFailed(_said(refusal), broker=BROKER, detail=detail)
    for pattern, pause in ((_TOO_MANY, None), (_THROTTLED, None), (_LOCKED, _LOCKOUT)):
        if refusal.says(pattern):
            return RateLimited(broker=BROKER, retry_after=pause or _A_FEW_SECONDS)
    if refusal.says(_NONCE):
        # Of this person's key alone, so it must not count as a failure of Kraken's.
        return RateLimited(_said(refusal), broker=BROKER, retry_after=_A_MOMENT)
    if refusal.says(_PAIR):
        return SymbolNotFound("Kraken does not trade this symbol.", broker=BROKER)
    if refusal.proven:
        return BrokerError(_said(refusal), broker=BROKER, detail=detail)
    return ApiError(broker=BROKER, detail=detail)


def _said(refusal: Refusal) -> str:
    """For people; Kraken's own words without the class in front of them."""
    if refusal.of_the_key:
        return "Kraken does not accept this key."
    if refusal.says(_NONCE):
        return (
            "Kraken did not look at the request: its number came out of turn. Another program may "
            "be using the same key. Try again, and give the bot a key of its own."
        )
    if refusal.says(_PERMISSION):
        return "Kraken does not allow this key to do that. Look at its permissions at Kraken."
    if refusal.says(_ENDED):
        return "Kraken has no open order of this id; it may have ended."
    return "; ".join(one.partition(":")[2].strip() or one for one in refusal.words)


def _reason(refusal: Refusal) -> ErrorCode:
    if refusal.of_the_key:
        return ErrorCode.AUTHENTICATION_FAILED
    for pattern, code in (
        (_MONEY, ErrorCode.INSUFFICIENT_FUNDS),
        (_PAIR, ErrorCode.SYMBOL_NOT_FOUND),
        (_MODE, ErrorCode.MARKET_CLOSED),
    ):
        if refusal.says(pattern):
            return code
    return ErrorCode.ORDER_REJECTED


_CLASS: Final = re.compile(r"E[A-Za-z]{2,12}")


def _detail(error: Failure) -> str:
    """For the log: Kraken's classes of errors, which are a few constant words."""
    if not isinstance(error, Refusal):
        return str(error)
    known = {found[0] for one in error.words if (found := _CLASS.match(one))}
    return f"HTTP {error.status} {' '.join(sorted(known))}".rstrip()
