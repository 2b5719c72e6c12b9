"""Keeps a credential out of what a broker says, should it repeat one in the reason of a refusal."""

from collections.abc import Iterable
from typing import Final

from floorbroker.domain.errors import BrokerError

HIDDEN: Final = "[hidden]"
_SHORTEST: Final = 6
"""Shorter than that, a value stands in words that have nothing to do with it."""


class Hiding:
    """The values of one credential, for as long as its adapter is open."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str]) -> None:
        """Longer ones go first, since one may hold another."""
        self._values: tuple[str, ...] = ()
        self.also(values)

    def also(self, values: Iterable[str]) -> None:
        """More of them: a credential that was renewed. The earlier ones stay hidden."""
        known = {*self._values, *(value for value in values if len(value) >= _SHORTEST)}
        self._values = tuple(sorted(known, key=len, reverse=True))

    def __repr__(self) -> str:
        """How many, and none of them."""
        return f"Hiding({len(self._values)} values)"

    def in_error(self, error: BrokerError) -> None:
        """Takes the values out of everything that an error says."""
        error.message = self.in_text(error.message)
        error.detail = self.in_text(error.detail)
        error.args = tuple(self.in_text(one) if isinstance(one, str) else one for one in error.args)

    def in_text(self, text: str) -> str:
        """`text` without the values."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return text

    def forget(self) -> None:
        """Lets go of them."""
        self._values = ()
