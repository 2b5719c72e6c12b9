"""Text of others on a terminal."""

from collections.abc import Iterable
from typing import Final

HIDDEN: Final = "[hidden]"
_SHORTEST: Final = 3
"""Shorter than that, a value stands in half of all words."""


def printable(text: str, *, without: Iterable[str] = ()) -> str:
    """`text` on one line, with nothing in it that moves the cursor or forges a line.

    Args:
        without: What was typed and may not be shown, whoever repeats it.
    """
    for value in sorted(without, key=len, reverse=True):
        if len(value) >= _SHORTEST:
            text = text.replace(value, HIDDEN)
    return "".join(letter if letter.isprintable() else " " for letter in text)
