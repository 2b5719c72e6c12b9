"""The symbols that a person keeps an eye on."""

from dataclasses import dataclass, replace
from typing import Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import UserId

MOST: Final = 25
"""Symbols of one list: what a card shows on a phone, and what Discord suggests at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """One person's list, in the order in which they put symbols on it.

    Attributes:
        version: Counts every stored change.
    """

    user_id: UserId
    symbols: tuple[str, ...] = ()
    version: int = 0

    def with_symbol(self, symbol: str) -> "WatchList":
        """The list with one more; the same one where it is on it.

        Raises:
            InvalidInput: The list is full.
        """
        if symbol in self.symbols:
            return self
        if len(self.symbols) >= MOST:
            raise InvalidInput(
                f"Your watch list holds {MOST} symbols, and no more fit. "
                "Take one off first: /watch remove."
            )
        return replace(self, symbols=(*self.symbols, symbol))

    def without(self, symbol: str) -> "WatchList":
        """The list without it.

        Raises:
            InvalidInput: It is not on it.
        """
        if symbol not in self.symbols:
            raise InvalidInput(f"{symbol} is not on your watch list. /watch show lists yours.")
        return replace(self, symbols=tuple(one for one in self.symbols if one != symbol))
