"""Which accounts there are, their lock, and who is told of their orders."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from tests.simulators.opend.accounts import (
    ENVIRONMENTS,
    FIRMS,
    MARKETS,
    SIM_TYPES,
    TYPES,
    Account,
)
from tests.simulators.opend.asking import Answer, Asked, Handlers, Refusal
from tests.simulators.opend.vendor import messages

PASSWORD: Final = "123456"
_NORMAL: Final = 1


class AccountsApi:
    """Trd_GetAccList, Trd_UnlockTrade, Trd_SubAccPush.

    Attributes:
        locked: Whether live orders are refused; one lock for OpenD, not for a connection.
        password_md5: Of the trade password, in small hex.
        unlocking_allowed: OpenD with a window refuses to be unlocked over the API.
    """

    def __init__(self, accounts: Mapping[int, Account]) -> None:
        """Locked."""
        self.locked = True
        self.password_md5 = hashlib.md5(PASSWORD.encode()).hexdigest()
        self.unlocking_allowed = True
        self._accounts = accounts

    def handlers(self) -> Handlers:
        """By name."""
        return {
            "Trd_GetAccList": self._list,
            "Trd_UnlockTrade": self._unlock,
            "Trd_SubAccPush": self._subscribe,
        }

    def _list(self, _asked: Asked) -> Answer:
        s2c = messages("Trd_GetAccList").S2C()
        for account in self._accounts.values():
            s2c.accList.append(_drawn(account))
        return Answer(s2c)

    def _unlock(self, asked: Asked) -> Answer:
        if asked.c2s.unlock:
            if not self.unlocking_allowed:
                # Clients tell it by "GUI version" and "Unlock button"; the rest is unverified.
                raise Refusal("Not available in the GUI version: click its Unlock button")
            if asked.c2s.pwdMD5 != self.password_md5:
                raise Refusal("Unlock failed: wrong trade password")  # unverified
        self.locked = not asked.c2s.unlock
        return Answer()

    def _subscribe(self, asked: Asked) -> Answer:
        unknown = set(asked.c2s.accIDList) - set(self._accounts)
        if unknown:
            raise Refusal("Nonexisting acc_id")
        asked.connection.accounts = set(asked.c2s.accIDList)
        return Answer()


def _drawn(account: Account) -> Any:
    drawn = messages("Trd_Common").TrdAcc(
        trdEnv=ENVIRONMENTS[account.trd_env],
        accID=account.acc_id,
        trdMarketAuthList=[MARKETS[market] for market in account.markets],
        accType=TYPES[account.acc_type],
        accStatus=0 if account.active else 1,
        accRole=_NORMAL,
    )
    if account.is_paper:
        drawn.simAccType = SIM_TYPES[account.sim_acc_type]
    else:
        drawn.securityFirm = FIRMS[account.security_firm]
        drawn.cardNum = account.card_num
        drawn.uniCardNum = account.uni_card_num
    return drawn
