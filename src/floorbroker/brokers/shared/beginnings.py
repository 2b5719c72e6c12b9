"""What begins like a text, among many thousands, without looking at each for every letter typed."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

_V = TypeVar("_V")


class Beginnings(Generic[_V]):
    """Values by their names, in order of these. A value may have several names."""

    __slots__ = ("_names", "_values")

    def __init__(self, named: Iterable[tuple[str, _V]]) -> None:
        """Names are compared letter by letter: fold them as the texts will be folded."""
        ordered = sorted(named, key=lambda one: one[0])
        self._names = [name for name, _ in ordered]
        self._values = [value for _, value in ordered]

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._names)

    def of(self, text: str) -> Iterator[_V]:
        """The values whose name begins like `text`, in order of their names."""
        for at in range(bisect_left(self._names, text), len(self._names)):
            if not self._names[at].startswith(text):
                return
            yield self._values[at]
