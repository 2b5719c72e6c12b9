"""Where market data comes from: the account that would trade it, else another of the person's."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
from floorbroker.services.accounts import Accounts
from floorbroker.services.chosen import Chosen, choose_of, suggested
from floorbroker.services.reachable import LinkedAccount, Reachable
from floorbroker.services.sessions import Sessions

SECONDS: Final = 6.0
"""One broker is waited for so long, and all others together as long again."""

_V = TypeVar("_V")
Question = Callable[[BrokerAdapter, Instrument], Awaitable[_V]]
AccountsQuestion = Callable[[BrokerAdapter, Chosen], Awaitable[_V]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[_V]):
    """What one account said.

    Attributes:
        note: Why it is not the account that would trade it; empty where it is.
    """

    account: LinkedAccount
    instrument: Instrument
    value: _V
    note: str = ""


class Sources:
    """Asks one account after the other. For looking only: an order is priced by its own broker."""

    def __init__(self, accounts: Accounts, sessions: Sessions, seconds: float = SECONDS) -> None:
        """`seconds` are how long a broker is waited for."""
        self._accounts = accounts
        self._sessions = sessions
        self._seconds = seconds

    async def ask(
        self,
        user_id: UserId,
        symbol: str,
        named: str | None,
        capability: Capability,
        question: Question[_V],
    ) -> Answered[_V]:
        """The first answer: of the account that trades it, else of another real broker.

        Whoever names an account hears that one only.

        Raises:
            NotSupported: No account of the person shows this.
            FloorbrokerError: No account, no such symbol, or no answer anywhere.
        """
        symbol = parse_symbol(symbol)
        own = await self._accounts.reachable(user_id)
        return await self.ask_of(
            own,
            symbol,
            named,
            capability,
            lambda adapter, chosen: question(adapter, chosen.instrument),
        )

    async def ask_of(
        self,
        own: Reachable,
        symbol: str,
        named: str | None,
        capability: Capability,
        question: AccountsQuestion[_V],
    ) -> Answered[_V]:
        """The same of accounts that are at hand, for a symbol that was parsed.

        Raises:
            FloorbrokerError: See `ask`.
        """
        try:
            usual = own.choose(named)
        except BrokerError as error:
            down = next((one.link for one in own.failed if one.error is error), None)
            if named is not None or down is None:
                raise
            spec = get_broker(down.broker)
            return await self._elsewhere(own, spec, symbol, capability, question, error)
        try:
            try:
                async with asyncio.timeout(self._seconds):
                    chosen = await choose_of(own, self._sessions, symbol, named)
                    usual = chosen.account
                    return await self._asked(chosen, capability, question)
            except TimeoutError as error:
                raise _silent(usual.spec, self._seconds) from error
        except BrokerError as error:
            # A practice market's own instruments are its own business, and nobody else's.
            if named is None and not usual.spec.invents_prices:
                return await self._elsewhere(own, usual.spec, symbol, capability, question, error)
            if isinstance(error, SymbolNotFound):
                raise await suggested(own, self._sessions, symbol, named, error) from error
            raise

    async def _asked(
        self, chosen: Chosen, capability: Capability, question: AccountsQuestion[_V]
    ) -> Answered[_V]:
        account = chosen.account
        _check(account, capability)
        async with self._sessions.lease(account.link) as adapter:
            value = await question(adapter, chosen)
        return Answered(account=account, instrument=chosen.instrument, value=value)

    async def _elsewhere(  # what was asked, and why it is asked again
        self,
        own: Reachable,
        usual: BrokerSpec,
        symbol: str,
        capability: Capability,
        question: AccountsQuestion[_V],
        first: BrokerError,
    ) -> Answered[_V]:
        """From another broker whose prices are real.

        Raises:
            BrokerError: What the first account said, since that one would trade it.
        """
        asked = {usual.id}
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                for account in own.accounts:
                    if account.link.broker in asked or account.spec.invents_prices:
                        continue
                    asked.add(account.link.broker)
                    with suppress(BrokerError, AmbiguousSymbol):
                        async with self._sessions.lease(account.link) as adapter:
                            instrument = await adapter.instrument(symbol)
                        chosen = Chosen(account=account, instrument=instrument)
                        answered = await self._asked(chosen, capability, question)
                        note = f"{_why(usual, first)} This is what {account.spec.name} shows."
                        return replace(answered, note=note)
        if isinstance(first, SymbolNotFound):
            raise await suggested(own, self._sessions, symbol, None, first) from first
        raise first


def _check(account: LinkedAccount, capability: Capability) -> None:
    if capability not in account.spec.capabilities:
        what = capability.value.replace("_", " ")
        raise NotSupported(f"{account.spec.name} does not show {what}.", broker=account.link.broker)


def _silent(spec: BrokerSpec, seconds: float) -> BrokerTimeout:
    return BrokerTimeout(f"{spec.name} has not answered within {seconds:g} s.", broker=spec.id)


_TOLD: Final = (BrokerTimeout, MarketClosed, MarketDataError, NotSupported, SessionExpired)
"""What the person can do something about, so that it is told in its own words."""


def _why(spec: BrokerSpec, error: BrokerError) -> str:
    if isinstance(error, SymbolNotFound):
        return f"{spec.name} does not know this symbol."
    if not isinstance(error, _TOLD):
        return f"{spec.name} has no answer now."
    return error.message if spec.name in error.message else f"{spec.name}: {error.message}"
