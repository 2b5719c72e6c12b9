"""People's own names for their links: plain text, and no two alike."""

import re
from collections.abc import Sequence
from typing import Final

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.people import Link

LONGEST_LABEL: Final = 32
_LABEL: Final = re.compile(r"[\w .,&'()+-]{1,32}")


def check_label(label: str) -> None:
    """Refuses what could mislead on a card; empty means that the person has no wish.

    Raises:
        InvalidInput: It is too long, or holds more than letters, digits and a few marks.
    """
    if label and not _LABEL.fullmatch(label.strip()):
        raise InvalidInput(
            f"A name for the account has at most {LONGEST_LABEL} letters, digits and spaces."
        )


def free_label(wanted: str, others: Sequence[Link]) -> str:
    """`wanted`, with a number behind it where another link has that name."""
    taken = {link.label.casefold() for link in others}
    candidate, number = wanted, 2
    while candidate.casefold() in taken:
        candidate, number = f"{wanted} {number}", number + 1
    return candidate
