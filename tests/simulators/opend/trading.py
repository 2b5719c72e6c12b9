"""Whose request it is, and whether it may trade: what every request with a header needs."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.opend.accounts import ENVIRONMENTS, MARKETS, Account
from tests.simulators.opend.accounts_api import AccountsApi
from tests.simulators.opend.asking import Asked, Refusal


class Trading:
    """The accounts behind `TrdHeader`s and `PacketID`s.

    The words about the lock are OpenD's (github.com/FutunnOpen/futuquant/issues/134), the other
    refusals' are unverified.
    """

    def __init__(self, accounts: Mapping[int, Account], lock: AccountsApi) -> None:
        """`lock` knows whether live orders are allowed."""
        self._accounts = accounts
        self._lock = lock

    def account(self, header: Any) -> Account:
        """Of a header.

        Raises:
            Refusal: There is none of that number, environment and market.
        """
        account = self._accounts.get(header.accID)
        if account is None:
            raise Refusal("Nonexisting acc_id")
        if header.trdEnv != ENVIRONMENTS[account.trd_env]:
            raise Refusal("The account does not belong to this trading environment")
        if header.trdMarket not in {MARKETS[market] for market in account.markets}:
            raise Refusal("The account has no authority for this market")
        return account

    def writing(self, asked: Asked) -> Account:
        """Of a request to place or change, once.

        Raises:
            Refusal: It came before, it is of another connection, or trade is locked.
        """
        packet = asked.c2s.packetID
        if packet.connID != asked.connection.id or packet.serialNo in asked.connection.serials:
            raise Refusal("The packet ID is not valid")
        asked.connection.serials.add(packet.serialNo)
        account = self.account(asked.c2s.header)
        if not account.active:
            raise Refusal("The account is disabled")
        if self._lock.locked and not account.is_paper:
            raise Refusal("Not unlcok trade, please unlock first")
        return account

    def no_paper(self, header: Any, text: str) -> Account:
        """Of a header that is not of a paper account.

        Raises:
            Refusal: It is, with `text`.
        """
        account = self.account(header)
        if account.is_paper:
            raise Refusal(text)
        return account
