"""What can be traded at Moomoo: one by one, and for a search the whole list of US securities."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo import catalogue, words
from floorbroker.brokers.moomoo.calls import MARKET_SECONDS, MoomooCalls
from floorbroker.brokers.moomoo.errors import closed_for_reads, not_found
from floorbroker.brokers.moomoo.refusals import Garbled, Refusal
from floorbroker.brokers.shared.option_symbols import CONTRACT
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.domain.instruments import AssetClass, Instrument

KEPT: Final = timedelta(hours=1)
LISTED_FOR: Final = timedelta(hours=12)
FOUND_AT_MOST: Final = 25
_Names = Sequence[tuple[str, str]]


class Instruments:
    """Looks instruments up; what one OpenD tells is the same for all links."""

    __slots__ = ("_blocking", "_cache", "_calls", "_place")

    def __init__(self, calls: MoomooCalls, context: BrokerContext, place: tuple[str, int]) -> None:
        """`place` is where OpenD listens."""
        self._calls = calls
        self._cache = context.cache
        self._blocking = context.transport.blocking
        self._place = place

    async def search(self, text: str) -> Sequence[Instrument]:
        """Shares and funds whose symbol, or a word of whose name, begins so."""
        wanted = _dotted(text)
        if not wanted:
            return []
        names = await self._cache.get((self._place, "listed"), self._all, LISTED_FOR)
        found = [(code, name) for code, name in names if code.startswith(wanted)]
        if len(found) < FOUND_AT_MOST:
            space = f" {wanted}"
            found += [
                (code, name)
                for code, name in names
                if not code.startswith(wanted) and space in f" {name.upper()}"
            ]
        found.sort(
            key=lambda one: (one[0] != wanted, not one[0].startswith(wanted), len(one[0]), one[0])
        )
        return [catalogue.share(code, name) for code, name in found[:FOUND_AT_MOST]]

    async def named(self, symbol: str) -> Instrument:
        """The one share, fund or contract of that symbol; `BRK-B` is found as `BRK.B`.

        Raises:
            SymbolNotFound: There is none.
        """
        option = CONTRACT.fullmatch(symbol)
        if option is None and not catalogue.SHARE.fullmatch(_dotted(symbol)):
            raise not_found()
        code = f"{symbol[:-8]}{int(symbol[-8:])}" if option else _dotted(symbol)

        async def load() -> Instrument:
            try:
                told = await self._calls.get_static(code)
            except Refusal as refusal:
                raise (not_found() if refusal.of_the_code else refusal) from refusal
            for one in told:
                found = catalogue.listed(one)
                if found is not None and catalogue.code_of(found) == code:
                    return found
            raise not_found()

        return await self._cache.get((self._place, "instrument", code), load, KEPT)

    async def chain(self, underlying: Instrument, expiry: date) -> Sequence[Instrument]:
        """Every contract of one expiry, by strike, calls before puts."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        told = await self._calls.get_chain(catalogue.code_of(underlying), expiry)
        listed = [catalogue.listed(one) for one in told]
        found = [one for one in listed if one is not None and one.expiry == expiry]
        return sorted(found, key=lambda one: (one.strike or Decimal(0), one.symbol))

    async def expiries(self, underlying: Instrument) -> Sequence[date]:
        """The days on which contracts on it expire, the next first."""
        if underlying.asset_class is not AssetClass.EQUITY:
            return []
        told = await self._calls.get_expiries(catalogue.code_of(underlying))
        found = set()
        for one in told:
            try:
                found.add(date.fromisoformat(one.strikeTime[:10]))
            except ValueError as error:
                raise Garbled("no day") from error
        return sorted(found)

    async def _all(self) -> _Names:
        """Of each kind one long list, read in a thread: the loop has better things to do."""
        names: list[tuple[str, str]] = []
        for kind in sorted(words.SHARES):
            told = await self._calls.get_listed(kind)
            try:
                names += await self._blocking.run(MARKET_SECONDS, _names_in, told)
            except NeverStarted as error:
                raise closed_for_reads() from error
        return names


def _names_in(told: Sequence[Any]) -> _Names:
    listed = (one.basic for one in told if not one.basic.delisting)
    return [
        (one.security.code, one.name)
        for one in listed
        if catalogue.SHARE.fullmatch(one.security.code)
    ]


def _dotted(text: str) -> str:
    return text.strip().upper().replace("-", ".").replace("/", ".")
