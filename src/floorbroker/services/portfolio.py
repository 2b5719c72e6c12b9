"""Balances and positions over a person's accounts; a broker that fails does not hide the rest."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import UserId
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

    def totals(self) -> tuple[Money, ...]:
        """Equity by currency: amounts in different currencies are never added."""
        sums: dict[str, Money] = {}
        for held in self.holdings:
            equity = held.balances.equity
            known = sums.get(equity.currency)
            sums[equity.currency] = equity if known is None else known + equity
        return tuple(sums.values())


class Portfolio:
    """Reads what a person owns, always their own accounts only."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._sessions = sessions

    async def overview(self, user_id: UserId, named: str | None = None) -> Overview:
        """Every account, or the named one.

        Raises:
            NotLinked: There is no account, or none of that name.
        """
        if named is not None:
            one = await self._accounts.choose(user_id, named)
            return Overview(holdings=[await self._held(one)], failed=[])
        accounts, failed = await self._accounts.accounts(user_id)
        if not accounts and not failed:
            await self._accounts.choose(user_id, None)  # says why there is none
        answers = await asyncio.gather(*map(self._held, accounts), return_exceptions=True)
        holdings = []
        for account, answer in zip(accounts, answers, strict=True):
            if isinstance(answer, FloorbrokerError):
                failed.append(UnreachableLink(link=account.link, error=answer))
            elif isinstance(answer, BaseException):
                raise answer
            else:
                holdings.append(answer)
        return Overview(holdings=holdings, failed=failed)

    async def _held(self, account: LinkedAccount) -> Holdings:
        async with self._sessions.lease(account.link) as adapter:
            balances, positions = await asyncio.gather(
                adapter.balances(account.account), adapter.positions(account.account)
            )
        return Holdings(account=account, balances=balances, positions=positions)
