"""A person's accounts at Schwab, by the three names that each has. Pure.

Its number is what people know. Paths take a hash of Schwab's own, and nobody documents whether that
stays the same: users of 2025 saw it unchanged and asked. An order must find its account again after
every sign-in, once a week, so what we keep is neither: a digest of the number, which stays whatever
becomes of the hash. It keeps numbers out of stores and logs; who has it can still try all numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from floorbroker.brokers.schwab.answers import AccountNumber
from floorbroker.domain.ids import AccountId

_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One account.

    Attributes:
        hash: What paths name it by, as this access was told it.
    """

    account_id: AccountId
    number: str
    hash: str

    def holds(self, told: int | None) -> bool:
        """Whether an order with that account number is one of its own; orders may leave it out."""
        comparable = told is not None and self.number.isdecimal()
        return not comparable or told == int(self.number)


def account_id_of(number: str) -> AccountId:
    """The name that stays."""
    return AccountId(sha256(f"floorbroker/schwab/{number}".encode()).hexdigest()[:_LENGTH])


def by_id(told: Iterable[AccountNumber]) -> dict[AccountId, Named]:
    """Accounts by the name that stays."""
    named = (
        Named(account_id=account_id_of(one.number), number=one.number, hash=one.hash)
        for one in told
    )
    return {one.account_id: one for one in named}
