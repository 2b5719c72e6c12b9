"""Did you mean …? What a broker has in place of a symbol that it does not know."""

import asyncio
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.errors import FloorbrokerError, InvalidInput, SymbolNotFound
from floorbroker.domain.instruments import Instrument, parse_symbol
from floorbroker.domain.people import Link
from floorbroker.services.sessions import Sessions

SECONDS: Final = 1.0
"""An answer that is wanted now does not wait longer for a better one."""

MOST: Final = 3
_ALIKE: Final = 0.6
_SEARCHES: Final = 3
_SHORTEST: Final = 2


async def with_suggestions(
    sessions: Sessions, link: Link, symbol: str, error: SymbolNotFound
) -> SymbolNotFound:
    """The same error with symbols that are like it; as it is where there are none in time.

    Only symbols are told, each written as symbols are: a broker's own texts stay out.
    """
    try:
        async with asyncio.timeout(SECONDS), sessions.lease(link) as adapter:
            found = await _alike(adapter, symbol)
    except (FloorbrokerError, TimeoutError):
        return error
    if not found:
        return error
    words = f"{error.message} Did you mean {', '.join(found)}?"
    return SymbolNotFound(words, broker=error.broker, detail=error.detail)


async def _alike(adapter: BrokerAdapter, symbol: str) -> Sequence[str]:
    """Searches by ever shorter beginnings, since a search finds nothing by its middle."""
    beginnings = (symbol[: len(symbol) - cut] for cut in range(_SEARCHES))
    for beginning in beginnings:
        if len(beginning) < min(_SHORTEST, len(symbol)):
            break
        listed = await adapter.search_instruments(beginning)
        found = _best(symbol, listed, by_name=beginning == symbol)
        if found:
            return found
    return ()


def _best(symbol: str, listed: Sequence[Instrument], *, by_name: bool) -> Sequence[str]:
    """At most three, the likest first; what a whole word has found by name counts as well."""
    ranked: dict[str, float] = {}
    for one in listed:
        if one.symbol == symbol or not _is_plain(one.symbol):
            continue
        alike = SequenceMatcher(None, symbol, one.symbol).ratio()
        if alike >= _ALIKE or (by_name and one.name.upper().startswith(symbol)):
            ranked[one.symbol] = alike
    return sorted(ranked, key=lambda name: -ranked[name])[:MOST]


def _is_plain(symbol: str) -> bool:
    try:
        return parse_symbol(symbol) == symbol
    except InvalidInput:
        return False
