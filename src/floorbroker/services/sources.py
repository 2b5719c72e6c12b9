"""Where market data comes from: the account that would trade it, else another of the person's.

Last of all somebody who is no broker, where the operator wants that.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.errors import (
    AmbiguousSymbol,
    BrokerError,
    BrokerTimeout,
    MarketClosed,
    NotSupported,
    SessionExpired,
    SymbolNotFound,
)
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import Instrument, parse_symbol
from floorbroker.domain.market import MarketDataError
from floorbroker.market_data.unofficial import UnofficialPrices
from floorbroker.services.accounts import Accounts
from floorbroker.services.chosen import Chosen, choose_of, suggested
from floorbroker.services.reachable import LinkedAccount, Reachable
from floorbroker.services.sessions import Sessions

SECONDS: Final = 6.0
"""One step at a broker is waited for so long, and all other brokers together as long."""

_V = TypeVar("_V")
Question = Callable[[BrokerAdapter, Instrument], Awaitable[_V]]
AccountsQuestion = Callable[[BrokerAdapter, Chosen], Awaitable[_V]]
UnofficialQuestion = Callable[[UnofficialPrices, Instrument], Awaitable[_V]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[_V]):
    """What somebody wants to know of a symbol that was parsed.

    Attributes:
        unofficial: The same of who is no broker; None where only brokers are asked.
        seconds: How long each step at a broker is waited for.
    """

    symbol: str
    capability: Capability
    question: AccountsQuestion[_V]
    unofficial: UnofficialQuestion[_V] | None = None
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[_V]):
    """What one account said.

    Attributes:
        note: Why it is not the account that would trade it; empty where it is.
        source: Who said it where no broker did; the account is one that knows the instrument.
    """

    account: LinkedAccount
    instrument: Instrument
    value: _V
    note: str = ""
    source: str = ""


class Sources:
    """Asks one account after the other. For looking only: an order is priced by its own broker."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        *,
        unofficial: UnofficialPrices | None = None,
    ) -> None:
        """`unofficial` is asked last, if the operator wants it."""
        self._accounts = accounts
        self._sessions = sessions
        self._unofficial = unofficial

    async def ask(
        self,
        user_id: UserId,
        symbol: str,
        named: str | None,
        capability: Capability,
        question: Question[_V],
        unofficial: UnofficialQuestion[_V] | None = None,
    ) -> Answered[_V]:
        """The first answer: of the account that trades it, else of another real broker.

        Whoever names an account hears that one only.

        Raises:
            NotSupported: No account of the person shows this.
            FloorbrokerError: No account, no such symbol, or no answer anywhere.
        """
        wanted = Wanted(
            symbol=parse_symbol(symbol),
            capability=capability,
            question=lambda adapter, chosen: question(adapter, chosen.instrument),
            unofficial=unofficial,
        )
        return await self.ask_of(await self._accounts.reachable(user_id), named, wanted)

    async def ask_of(self, own: Reachable, named: str | None, wanted: Wanted[_V]) -> Answered[_V]:
        """The same of accounts that are at hand.

        Raises:
            FloorbrokerError: See `ask`.
        """
        try:
            usual = own.choose(named)
        except BrokerError as error:
            down = next((one.link for one in own.failed if one.error is error), None)
            if named is not None or down is None:
                raise
            return await self._elsewhere(own, wanted, get_broker(down.broker), error)
        chosen: Chosen | None = None
        try:
            async with _in_time(usual.spec, wanted.seconds):
                chosen = await choose_of(own, self._sessions, wanted.symbol, named)
            async with _in_time(chosen.account.spec, wanted.seconds):
                return await self._asked(chosen, wanted)
        except BrokerError as error:
            spec = (usual if chosen is None else chosen.account).spec
            # A practice market's own instruments are its own business, and nobody else's.
            if named is None and not spec.invents_prices:
                return await self._elsewhere(own, wanted, spec, error, chosen)
            if isinstance(error, SymbolNotFound):
                raise await suggested(own, self._sessions, wanted.symbol, named, error) from error
            raise

    async def _asked(self, chosen: Chosen, wanted: Wanted[_V]) -> Answered[_V]:
        account = chosen.account
        _check(account, wanted.capability)
        async with self._sessions.lease(account.link) as adapter:
            value = await wanted.question(adapter, chosen)
        return Answered(account=account, instrument=chosen.instrument, value=value)

    async def _elsewhere(
        self,
        own: Reachable,
        wanted: Wanted[_V],
        usual: BrokerSpec,
        first: BrokerError,
        known: Chosen | None = None,
    ) -> Answered[_V]:
        """From another broker whose prices are real, else from who is no broker.

        Raises:
            BrokerError: What the first account said, since that one would trade it.
        """
        asked = {usual.id}
        with suppress(TimeoutError):
            async with asyncio.timeout(wanted.seconds):
                for account in own.accounts:
                    if account.link.broker in asked or account.spec.invents_prices:
                        continue
                    asked.add(account.link.broker)
                    with suppress(BrokerError, AmbiguousSymbol):
                        async with self._sessions.lease(account.link) as adapter:
                            instrument = await adapter.instrument(wanted.symbol)
                        chosen = Chosen(account=account, instrument=instrument)
                        known = known or chosen
                        answered = await self._asked(chosen, wanted)
                        note = f"{_why(usual, first)} This is what {account.spec.name} shows."
                        return replace(answered, note=note)
        if known is not None:
            unofficial = await self._unofficially(known, wanted, _why(usual, first))
            if unofficial is not None:
                return unofficial
        if isinstance(first, SymbolNotFound):
            raise await suggested(own, self._sessions, wanted.symbol, None, first) from first
        raise first

    async def _unofficially(
        self, known: Chosen, wanted: Wanted[_V], why: str
    ) -> Answered[_V] | None:
        """Of an instrument that a broker knows: letters alone may stand for something else."""
        prices, question = self._unofficial, wanted.unofficial
        if prices is None or question is None:
            return None
        try:
            value = await question(prices, known.instrument)
        except BrokerError:
            return None
        return Answered(
            account=known.account,
            instrument=known.instrument,
            value=value,
            note=f"{why} This is what {prices.name} shows, unofficial and delayed: no order is "
            "priced with it.",
            source=prices.label,
        )


@asynccontextmanager
async def _in_time(spec: BrokerSpec, seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        words = f"{spec.name} has not answered within {seconds:g} s."
        raise BrokerTimeout(words, broker=spec.id) from error


def _check(account: LinkedAccount, capability: Capability) -> None:
    if capability not in account.spec.capabilities:
        what = capability.value.replace("_", " ")
        raise NotSupported(f"{account.spec.name} does not show {what}.", broker=account.link.broker)


_TOLD: Final = (BrokerTimeout, MarketClosed, MarketDataError, NotSupported, SessionExpired)
"""What the person can do something about, so that it is told in its own words."""


def _why(spec: BrokerSpec, error: BrokerError) -> str:
    if isinstance(error, SymbolNotFound):
        return f"{spec.name} does not know this symbol."
    if not isinstance(error, _TOLD):
        return f"{spec.name} has no answer now."
    return error.message if spec.name in error.message else f"{spec.name}: {error.message}"
