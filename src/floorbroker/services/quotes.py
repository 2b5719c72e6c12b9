"""What an instrument costs now: as the account's broker says it, else another of the person's.

For looking only. What is kept here for a moment prices no order: preflight asks the broker itself.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, FloorbrokerError, InvalidInput, NotSupported
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument, parse_symbol
from floorbroker.domain.market import Depth, Greeks, Quote
from floorbroker.market_data.unofficial import UnofficialPrices
from floorbroker.services.accounts import Accounts
from floorbroker.services.brief_cache import BriefCache
from floorbroker.services.chosen import Chosen
from floorbroker.services.preflight import STALE
from floorbroker.services.reachable import LinkedAccount, Reachable
from floorbroker.services.sources import Answered, Sources, Wanted
from floorbroker.services.trading_hours import TradingHours

SECONDS: Final = 4.0
"""Less than a read's own deadline, so that the broker is named that has not answered."""

KEPT_SECONDS: Final = 1.5
UNOFFICIAL_SECONDS: Final = 60.0
MOST_SYMBOLS: Final = 10
_AT_ONCE: Final = 5
_HOURS_SECONDS: Final = 1.0
_WITH_HOURS: Final = frozenset({AssetClass.EQUITY, AssetClass.OPTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One look at the market.

    Attributes:
        greeks: Of an option, where the broker has them.
        depth: Where it was asked for, and the broker shows it.
        market_open: Whether the market trades now; asked only where the price is old.
        notes: Where the answer is from somewhere else, and what is missing; a sentence each.
    """

    account: LinkedAccount
    instrument: Instrument
    quote: Quote
    greeks: Greeks | None = None
    depth: Depth | None = None
    market_open: bool | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSeen:
    """A symbol of several that has no quote, and why."""

    symbol: str
    error: FloorbrokerError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    quote: Quote
    greeks: Greeks | None = None
    depth: Depth | None = None
    market_open: bool | None = None
    notes: tuple[str, ...] = ()


def symbols_in(text: str) -> tuple[str, ...]:
    """What was typed, each symbol once: they stand between blanks or commas.

    Raises:
        InvalidInput: There are too many, or none.
    """
    found = tuple(dict.fromkeys(one.upper() for one in re.split(r"[\s,;]+", text) if one))
    if not found:
        raise InvalidInput("Invalid symbol. Write it like AAPL or BTC/USD.")
    if len(found) > MOST_SYMBOLS:
        raise InvalidInput(f"{len(found)} symbols are too many: at most {MOST_SYMBOLS} at a time.")
    return found


class Quotes:
    """Asks for prices, each one once in a moment for each link."""

    def __init__(
        self,
        accounts: Accounts,
        sources: Sources,
        hours: TradingHours,
        clock: Clock,
        seconds: float = SECONDS,
    ) -> None:
        """`seconds` are how long a step at a broker is waited for."""
        self._accounts = accounts
        self._sources = sources
        self._hours = hours
        self._clock = clock
        self._seconds = seconds
        # By link: what one person may see is not for another.
        self._kept: BriefCache[Quote] = BriefCache(clock)

    async def look(
        self, user_id: UserId, symbol: str, named: str | None, *, depth: bool = False
    ) -> Looked:
        """The quote, and the book if `depth` asks for it.

        Raises:
            NotSupported: No broker of the person shows quotes.
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        symbol = parse_symbol(symbol)
        return await self._look(await self._accounts.reachable(user_id), symbol, named, depth)

    async def look_at_each(
        self, user_id: UserId, symbols: Sequence[str], named: str | None
    ) -> Sequence[Looked | NotSeen]:
        """A quote of each symbol in the order given; one that fails keeps no other waiting.

        Raises:
            NotLinked: There is no account, or none of that name.
        """
        own = await self._accounts.reachable(user_id)
        with suppress(BrokerError):
            own.choose(named)  # without an account there is nothing to say of any symbol
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(symbol: str) -> Looked | NotSeen:
            try:
                async with turns:
                    return await self._look(own, parse_symbol(symbol), named, depth=False)
            except FloorbrokerError as error:
                return NotSeen(symbol=symbol, error=error)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(symbol)) for symbol in symbols]
        return [task.result() for task in tasks]

    async def _look(self, own: Reachable, symbol: str, named: str | None, depth: bool) -> Looked:
        async def seen(adapter: BrokerAdapter, chosen: Chosen) -> _Seen:
            return await self._seen(adapter, chosen, depth)

        wanted = Wanted(
            symbol=symbol,
            capability=Capability.QUOTES,
            question=seen,
            unofficial=self._seen_unofficially,
            seconds=self._seconds,
        )
        return _looked(await self._sources.ask_of(own, named, wanted))

    async def _seen_unofficially(self, prices: UnofficialPrices, instrument: Instrument) -> _Seen:
        """What it tells belongs to nobody, so that one answer serves everybody for a while."""
        quote = await self._kept.get(
            (prices.name, instrument), UNOFFICIAL_SECONDS, lambda: prices.quote(instrument)
        )
        return _Seen(quote=quote)

    async def _seen(self, adapter: BrokerAdapter, chosen: Chosen, depth: bool) -> _Seen:
        spec, instrument = chosen.account.spec, chosen.instrument
        quote = await self._kept.get(
            (chosen.account.link.link_id, instrument),
            KEPT_SECONDS,
            lambda: adapter.quote(instrument),
        )
        book, notes = await _depth(adapter, spec, instrument) if depth else (None, ())
        return _Seen(
            quote=quote,
            greeks=await _greeks(adapter, spec, instrument),
            depth=book,
            market_open=await self._market_open(adapter, spec, quote),
            notes=notes,
        )

    async def _market_open(
        self, adapter: BrokerAdapter, spec: BrokerSpec, quote: Quote
    ) -> bool | None:
        """Asked only where it explains an old price; None where nobody tells in time."""
        kind = quote.instrument.asset_class
        if quote.age(self._clock.now()) <= STALE or kind not in _WITH_HOURS:
            return None
        try:
            async with asyncio.timeout(_HOURS_SECONDS):
                told = await self._hours.now(adapter, spec, kind, patient=False)
        except (BrokerError, TimeoutError):
            return None
        return None if told is None else told.open_now


def _looked(answered: Answered[_Seen]) -> Looked:
    seen = answered.value
    return Looked(
        account=answered.account,
        instrument=answered.instrument,
        quote=seen.quote,
        greeks=seen.greeks,
        depth=seen.depth,
        market_open=seen.market_open,
        notes=(*((answered.note,) if answered.note else ()), *seen.notes),
    )


async def _depth(
    adapter: BrokerAdapter, spec: BrokerSpec, instrument: Instrument
) -> tuple[Depth | None, tuple[str, ...]]:
    """A quote without the book is still a quote, and says what is missing."""
    if Capability.DEPTH not in spec.capabilities:
        return None, (f"{spec.name} does not show the order book.",)
    try:
        return await adapter.depth(instrument), ()
    except NotSupported as error:
        return None, (error.message,)
    except BrokerError:
        return None, (f"{spec.name} does not show the order book of this now.",)


async def _greeks(
    adapter: BrokerAdapter, spec: BrokerSpec, instrument: Instrument
) -> Greeks | None:
    """A quote without them is still a quote."""
    if instrument.asset_class is not AssetClass.OPTION:
        return None
    if Capability.GREEKS not in spec.capabilities:
        return None
    try:
        return await adapter.greeks(instrument)
    except BrokerError:
        return None
