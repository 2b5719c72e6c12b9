"""TWS's errors, warnings and silences as errors of ours. Pure.

Codes and sentences: https://interactivebrokers.github.io/tws-api/message_codes.html. The same
message carries refusals, warnings and notices; which it is, the code says. Only what is listed as
an error of an order refuses one. A code that nobody knows decides nothing: the order's state does.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from floorbroker.brokers.shared.wire import Failure, raising, sentence
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    ApiError,
    BrokerConnectionError,
    BrokerError,
    MarketClosed,
    NotSent,
    NotSupported,
    OrderRejected,
    OutcomeUnknown,
    RateLimited,
    SymbolNotFound,
)

BROKER: Final = "ibkr"
NO_SUCH_CONTRACT: Final = 200
CANCELED: Final = 202
"""Tells that an order was canceled, and why; also after a cancel that was asked for."""

INVALID: Final = 321
NOT_CANCELABLE: Final = frozenset({135, 161, 10147, 10148})
"""An order to be canceled is not there, or not in a state in which it can be."""

REFUSALS: Final = frozenset(
    {
        *range(103, 108),
        *range(109, 112),
        *range(113, 122),
        *range(125, 130),
        *(132, 133, 134, 140, 141, 146, 147, 148),
        *range(151, 161),
        *(200, 201, 203, 320, 321, 325, 328, 329),
        *range(334, 344),
        *(345, 347, 348, 349, 350, 352, 353, 355, 356),
        *range(358, 365),
        *range(367, 381),
        *(382, 383),
        *range(387, 399),
        *range(400, 404),
        *range(405, 414),
        *(417, 418, 419, 421, 423, 424, 427, 428, 429, 433, 435, 436, 437),
        *range(439, 450),
        *(460, 10_006, 10_052, 10_149, 10_243, 10_244, 10_250, 10_268, 10_269, 10_270, 10_289),
    }
)
"""Errors after which an order does not exist: those of the vendor's list that say so, much as
QuantConnect sorts them (InteractiveBrokersBrokerage.cs, `InvalidatingCodes`). Not among them: 202
"canceled", 399 "not placed at the exchange until", 404 "held while we locate shares", 10349 "TIF
was set to DAY based on order preset", after which an order fills
(https://github.com/ib-api-reloaded/ib_async/issues/191), and what nobody has described."""

NO_DATA: Final = frozenset({354, 420, 10089, 10090, 10091, 10167, 10168, 10186, 10197})
"""No subscription to that market data, or another session uses it."""

TOO_MANY: Final = frozenset({100, 101, 322, 10190})
"""Too many messages a second, or too many lines of data."""

LOST: Final = frozenset({1100, 2110})
RESTORED_ANEW: Final = 1101
RESTORED: Final = 1102
SERVER_ERRORS: Final = frozenset({162, 165, 320, 323, 366, 502, 503, 504})

_A_SECOND: Final = timedelta(seconds=1)
_CODE: Final = re.compile(r"^(?:Error validating request[.:-]*'?\w*'? ?: ?cause - )", re.I)
_READ_ONLY: Final = re.compile(r"read-only", re.I)
_TAGS: Final = re.compile(r"<[^>]{0,40}>")
_TOO_LITTLE: Final = re.compile(
    r"insufficient|MUST EXCEED THE INITIAL MARGIN|buying power|not enough (?:cash|funds)", re.I
)
_CLOSED: Final = re.compile(r"market is closed|outside (?:of )?regular trading hours", re.I)
_MARGIN_CALL: Final = re.compile(r"margin call|liquidation only", re.I)


class Refusal(Failure):
    """TWS's error about one request.

    Attributes:
        code: Its number.
        message: Its words, fit to be shown.
    """

    def __init__(self, code: int, message: str) -> None:
        """`message` comes as TWS wrote it."""
        super().__init__(f"TWS error {code}")
        self.code = code
        self.message = plain_words(message)


class TakenClientId(BrokerConnectionError):
    """Somebody is connected to TWS with the number that was to be ours (326)."""


def plain_words(text: str) -> str:
    """TWS's sentence without its markup and the machine's half of it."""
    return sentence(_CODE.sub("", _TAGS.sub(" ", text)))


def is_refusal(code: int) -> bool:
    """Whether an error with that code about an order says that TWS did not take it."""
    return code in REFUSALS


def is_read_only(code: int, words: str) -> bool:
    """Whether TWS says that it takes no orders from programs at all."""
    return code == INVALID and _READ_ONLY.search(words) is not None


def rejected(code: int, words: str) -> OrderRejected:
    """TWS did not take an order, a change or a cancel; `words` are its own."""
    shown = plain_words(words) or f"TWS refused it with error {code} and gives no reason."
    if is_read_only(code, words):
        shown = f"{shown} {UNTICK}"
    return OrderRejected(shown, broker=BROKER, reason=code_of(code, words))


def code_of(code: int, words: str) -> ErrorCode:
    """The code of a refusal."""
    if code == NO_SUCH_CONTRACT:
        return ErrorCode.SYMBOL_NOT_FOUND
    if is_read_only(code, words) or code == 203:
        return ErrorCode.NOT_SUPPORTED
    for known, ours in (
        (_MARGIN_CALL, ErrorCode.MARGIN_CALL),
        (_TOO_LITTLE, ErrorCode.INSUFFICIENT_FUNDS),
        (_CLOSED, ErrorCode.MARKET_CLOSED),
    ):
        if known.search(words):
            return ours
    return ErrorCode.ORDER_REJECTED


def for_read(failure: Failure) -> BrokerError:
    """Why a read gave nothing."""
    if not isinstance(failure, Refusal):
        return ApiError(broker=BROKER, detail=str(failure))
    code, words, detail = failure.code, failure.message, str(failure)
    if code == NO_SUCH_CONTRACT:
        return SymbolNotFound("Interactive Brokers does not know this symbol.", broker=BROKER)
    if is_read_only(code, words):
        return NotSupported(f"{words} {UNTICK}", broker=BROKER, detail=detail)
    if code in NO_DATA:
        return NotSupported(words, broker=BROKER, detail=detail)
    if code in TOO_MANY:
        return RateLimited(broker=BROKER, detail=detail, retry_after=_A_SECOND)
    if code in SERVER_ERRORS:
        return ApiError(words, broker=BROKER, detail=detail)
    if _CLOSED.search(words):
        return MarketClosed(words, broker=BROKER, detail=detail)
    return BrokerError(words, broker=BROKER, detail=detail)


reading = partial(raising, for_read)


@contextmanager
def before_sending() -> Iterator[None]:
    """What fails inside comes before an order's message: nothing was sent."""
    try:
        with reading():
            yield
    except (NotSent, OrderRejected):
        raise
    except BrokerError as error:
        raise NotSent(
            _and_nothing_was_sent(error.message),
            broker=BROKER,
            detail=error.detail,
            retry_after=error.retry_after,
        ) from error


def _and_nothing_was_sent(words: str) -> str:
    if words.endswith(_NOTHING):
        return words
    return f"{words}{'' if words.endswith('.') else '.'} {_NOTHING}"


def unknown(detail: str) -> OutcomeUnknown:
    """It was sent, and nothing proves what became of it."""
    return OutcomeUnknown(broker=BROKER, detail=detail)


def not_sent(why: str) -> NotSent:
    """`why` is a sentence for people."""
    return NotSent(why, broker=BROKER)


def no_connection(detail: str = "") -> BrokerConnectionError:
    """There is none, or it ended just now."""
    return BrokerConnectionError(
        "There is no connection to TWS or IB Gateway.", broker=BROKER, detail=detail
    )


def closed_for_reads() -> BrokerConnectionError:
    """The adapter was closed."""
    return BrokerConnectionError("The link to Interactive Brokers is closed.", broker=BROKER)


_NOTHING: Final = "Nothing was sent."
UNTICK: Final = (
    "Turn off “Read-Only API” in TWS or IB Gateway under Configure → API → Settings, and try again."
)
