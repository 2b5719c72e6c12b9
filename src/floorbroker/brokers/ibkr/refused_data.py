"""What the gateway says when it has no market data for somebody, and what helps. Pure.

Codes: https://interactivebrokers.github.io/tws-api/message_codes.html; what each stands for here
was read there, those from 10000 on in the messages' own words, which every gateway sends along.
"""

from typing import Final

from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.errors import (
    ApiError,
    BrokerError,
    MarketClosed,
    NotSupported,
    RateLimited,
    SymbolNotFound,
)

BROKER: Final = "ibkr"
SHOWS_DELAYED: Final = 10167
PARTLY: Final = 10090
DEPTH_OF_SOME: Final = 2152
_NOTICES: Final = frozenset({SHOWS_DELAYED, PARTLY, DEPTH_OF_SOME})
_NO_RIGHTS: Final = frozenset({354, 10089, 10091, 10168, 10186, 10189})
_COMPETING: Final = 10197
_NO_CONTRACT: Final = frozenset({200, 321})
_NO_ROOM: Final = frozenset({100, 101, 309})
_NO_BOOK: Final = frozenset({310, 10092})
_NO_HISTORY: Final = 162

_SUBSCRIBE: Final = (
    "The account has no subscription for these prices. Add one in Client Portal (Settings, Market "
    "Data Subscriptions)"
)
_OR_DELAYED: Final = ", or let the operator set IB_MARKET_DATA_TYPE=3 for delayed ones"
_DELAYED: Final = frozenset({3, 4})
_ELSEWHERE: Final = (
    "Interactive Brokers sends live prices to one session only, and another one of this login has "
    "them now. Log out there, or use the account that shares its data with the paper account."
)


def is_notice(code: int) -> bool:
    """Data comes all the same, or some of it."""
    return code in _NOTICES or 2100 <= code < 2200  # the vendor's range of warnings


def no_data(code: int, words: str, asked_for: int) -> BrokerError:
    """Why there are no prices, and the one thing to do about it.

    Args:
        asked_for: The kind of market data that the operator's settings name.
    """
    said = _said(words)
    if code in _NO_RIGHTS:
        return _no_rights(said, asked_for)
    if code == _COMPETING:
        return NotSupported(f"{_ELSEWHERE} {said}", broker=BROKER)
    if code in _NO_CONTRACT:
        return SymbolNotFound(said, broker=BROKER)
    if code in _NO_ROOM:
        return RateLimited(said, broker=BROKER)
    if code in _NO_BOOK:
        return NotSupported(f"No book is told of this. {said}", broker=BROKER)
    return ApiError(said, broker=BROKER)


def no_prices(remark: str, asked_for: int) -> BrokerError:
    """Nothing came, for which the gateway gave no reason, or the `remark` as one."""
    if remark:
        return _no_rights(_said(remark), asked_for)
    return MarketClosed("Interactive Brokers tells no price for this now.", broker=BROKER)


def no_bars(code: int, words: str, asked_for: int) -> BrokerError | None:
    """Why there are no bars; None where there simply are none.

    Error 162 stands for everything, told apart by its words
    (https://interactivebrokers.github.io/tws-api/historical_limitations.html).
    """
    if code != _NO_HISTORY:
        return no_data(code, words, asked_for)
    said = words.lower()
    if "returned no data" in said:
        return None
    if "pacing violation" in said:
        return RateLimited(_said(words), broker=BROKER)
    if "permission" in said:
        return NotSupported(f"{_SUBSCRIBE}. {_said(words)}", broker=BROKER)
    return ApiError(_said(words), broker=BROKER)


def _no_rights(said: str, asked_for: int) -> NotSupported:
    hint = "" if asked_for in _DELAYED else _OR_DELAYED
    return NotSupported(f"{_SUBSCRIBE}{hint}. {said}", broker=BROKER)


def _said(words: str) -> str:
    return f"Interactive Brokers said: {sentence(words)}"
