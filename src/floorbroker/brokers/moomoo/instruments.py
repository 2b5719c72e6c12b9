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
from floorbroker.brokers.shared.beginnings import Beginnings
from floorbroker.brokers.shared.option_symbols import CONTRACT
from floorbroker.brokers.shared.threads import NeverStarted
from floorbroker.domain.instruments import AssetClass, Instrument

KEPT: Final = timedelta(hours=1)
LISTED_FOR: Final = timedelta(hours=12)
FOUND_AT_MOST: Final = 25
_Name = tuple[str, str]


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
        listed = await self._cache.get((self._place, "listed"), self._all, LISTED_FOR)
        found = sorted(listed.codes.of(wanted), key=_shortest)
        if len(found) < FOUND_AT_MOST:
            by_word = {one for one in listed.words.of(wanted) if not one[0].startswith(wanted)}
            found += sorted(by_word, key=_shortest)
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

    async def _all(self) -> "_Listed":
        """Of each kind one long list, read in a thread: the loop has better things to do."""
        told = [await self._calls.get_listed(kind) for kind in sorted(words.SHARES)]
        try:
            return await self._blocking.run(MARKET_SECONDS, _Listed, told)
        except NeverStarted as error:
            raise closed_for_reads() from error


class _Listed:
    """Code and name of all securities, by their codes and by every word of their names."""

    __slots__ = ("codes", "words")

    def __init__(self, told: Sequence[Sequence[Any]]) -> None:
        names = [
            (basic.security.code, basic.name)
            for kind in told
            for basic in (one.basic for one in kind)
            if not basic.delisting and catalogue.SHARE.fullmatch(basic.security.code)
        ]
        self.codes: Beginnings[_Name] = Beginnings((one[0], one) for one in names)
        self.words: Beginnings[_Name] = Beginnings(
            (upper[begin:], one)
            for one in names
            for upper in (one[1].upper(),)
            for begin in _word_beginnings(upper)
        )


def _word_beginnings(name: str) -> list[int]:
    return [0, *(at + 1 for at, letter in enumerate(name) if letter == " ")]


def _shortest(one: _Name) -> tuple[int, str]:
    """The symbol itself stands before those that go on."""
    return len(one[0]), one[0]


def _dotted(text: str) -> str:
    return text.strip().upper().replace("-", ".").replace("/", ".")
