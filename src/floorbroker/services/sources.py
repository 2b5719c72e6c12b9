"""Where market data comes from: the account that would trade it, else another of the person's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.domain.errors import (
    AmbiguousSymbol,
    BrokerError,
    FloorbrokerError,
    NotSupported,
)
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import Instrument, parse_symbol
from floorbroker.services.accounts import Accounts
from floorbroker.services.chosen import Chosen, choose
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.sessions import Sessions

_V = TypeVar("_V")
Question = Callable[[BrokerAdapter, Instrument], Awaitable[_V]]


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

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._sessions = sessions

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
        try:
            chosen = await choose(self._accounts, self._sessions, user_id, symbol, named)
            return await self._asked(chosen, capability, question)
        except BrokerError as error:
            if named is not None:
                raise
            return await self._elsewhere(user_id, symbol, capability, question, error)

    async def _asked(
        self, chosen: Chosen, capability: Capability, question: Question[_V], note: str = ""
    ) -> Answered[_V]:
        account = chosen.account
        _check(account, capability)
        async with self._sessions.lease(account.link) as adapter:
            value = await question(adapter, chosen.instrument)
        return Answered(account=account, instrument=chosen.instrument, value=value, note=note)

    async def _elsewhere(
        self,
        user_id: UserId,
        symbol: str,
        capability: Capability,
        question: Question[_V],
        first: FloorbrokerError,
    ) -> Answered[_V]:
        """From another broker whose prices are real.

        Raises:
            FloorbrokerError: What the first account said, since that one would trade it.
        """
        own = await self._accounts.reachable(user_id)
        usual = own.choose(None)
        # A practice market's own instruments are its own business, and nobody else's.
        if usual.spec.invents_prices:
            raise first
        asked = {usual.link.broker}
        for account in own.accounts:
            if account.link.broker in asked or account.spec.invents_prices:
                continue
            asked.add(account.link.broker)
            try:
                async with self._sessions.lease(account.link) as adapter:
                    instrument = await adapter.instrument(symbol)
                chosen = Chosen(account=account, instrument=instrument)
                note = f"{_why(usual, first)} This is what {account.spec.name} shows."
                return await self._asked(chosen, capability, question, note)
            except (BrokerError, AmbiguousSymbol):
                continue
        raise first


def _check(account: LinkedAccount, capability: Capability) -> None:
    if capability not in account.spec.capabilities:
        what = capability.value.replace("_", " ")
        raise NotSupported(f"{account.spec.name} does not show {what}.", broker=account.link.broker)


def _why(account: LinkedAccount, error: FloorbrokerError) -> str:
    if isinstance(error, NotSupported):
        return f"{account.spec.name} does not show this."
    return f"{account.spec.name} has no answer now."
