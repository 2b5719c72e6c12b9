"""Balances and positions over a person's accounts; a broker that fails does not hide the rest."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, Position
from floorbroker.services.accounts import Accounts
from floorbroker.services.reachable import LinkedAccount, UnreachableLink
from floorbroker.services.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """One account and what is in it."""

    account: LinkedAccount
    balances: Balances
    positions: Sequence[Position]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All accounts that answered, and the links that did not."""

    holdings: Sequence[Holdings]
    failed: Sequence[UnreachableLink]

    def totals(self) -> Sequence[tuple[Environment, Money]]:
        """Equity. Neither paper and real money nor different currencies are ever added."""
        return _sums((held, held.balances.equity) for held in self.holdings)

    def today(self) -> Sequence[tuple[Environment, Money]]:
        """The day's profit, summed alike, of the accounts that tell it."""
        told = ((held, held.balances.day_profit) for held in self.holdings)
        return _sums((held, profit) for held, profit in told if profit is not None)

    def unrealised(self) -> Sequence[tuple[Environment, str, Money | None]]:
        """What all positions have made so far, by kind of money and currency.

        None where one of them has no price or no known cost; without a position there is nothing.
        """
        sums: dict[tuple[Environment, str], Money | None] = {}
        for held in self.holdings:
            for position in held.positions:
                currency = position.instrument.currency
                kind = (held.account.link.environment, currency)
                so_far = sums.get(kind, Money(amount=Decimal(0), currency=currency))
                profit = position.profit
                sums[kind] = (
                    None
                    if so_far is None or profit is None
                    else so_far + Money(amount=profit, currency=currency)
                )
        return [
            (environment, currency, sums[environment, currency])
            for environment, currency in sorted(sums)
        ]


def _sums(amounts: Iterable[tuple[Holdings, Money]]) -> Sequence[tuple[Environment, Money]]:
    sums: dict[tuple[Environment, str], Money] = {}
    for held, amount in amounts:
        kind = (held.account.link.environment, amount.currency)
        sums[kind] = sums[kind] + amount if kind in sums else amount
    return [(environment, sums[environment, currency]) for environment, currency in sorted(sums)]


class Portfolio:
    """Reads what a person owns, always their own accounts only."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._sessions = sessions

    async def overview(
        self, user_id: UserId, named: str | None = None, *, within_seconds: float | None = None
    ) -> Overview:
        """Every account, or the named one.

        Args:
            within_seconds: A link that does not tell its accounts by then has failed, and so has
                an account that does not tell its figures; None: as long as the adapters wait.

        Raises:
            NotLinked: There is no account, or none of that name.
        """
        if named is not None:
            one = await self._accounts.choose(user_id, named)
            return Overview(holdings=[await self._held(one)], failed=[])
        accounts, failed = await self._accounts.accounts(user_id, within_seconds=within_seconds)
        if not accounts and not failed:
            await self._accounts.choose(user_id, None)  # says why there is none
        asked = (self._held(one, within_seconds) for one in accounts)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        holdings = []
        for account, answer in zip(accounts, answers, strict=True):
            if isinstance(answer, FloorbrokerError):
                failed.append(UnreachableLink(link=account.link, error=answer, account=account))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                holdings.append(answer)
        return Overview(holdings=holdings, failed=failed)

    async def _held(self, account: LinkedAccount, within_seconds: float | None = None) -> Holdings:
        try:
            async with (
                asyncio.timeout(within_seconds),
                self._sessions.lease(account.link) as adapter,
            ):
                balances, positions = await asyncio.gather(
                    adapter.balances(account.account), adapter.positions(account.account)
                )
        except TimeoutError as error:
            raise BrokerTimeout(broker=account.link.broker) from error
        return Holdings(account=account, balances=balances, positions=positions)
