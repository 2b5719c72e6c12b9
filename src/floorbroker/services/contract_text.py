"""A contract as people write it: `AAPL261218C00230000`, `AAPL 2026-12-18 230 call`."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.shared.option_symbols import CONTRACT, symbol_of
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import OptionRight

_WORDS: Final = re.compile(
    r"([A-Z0-9.]{1,7}) +([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{6}) +"
    r"\$?([0-9]{1,5}(?:\.[0-9]{1,3})?) *(C|P|CALL|PUT)",
    re.ASCII,
)
_RIGHTS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}
_LIKE: Final = "Write a contract like AAPL261218C00230000, or AAPL 2026-12-18 230 call."


def contract_symbol(text: str) -> str:
    """The symbol that the whole market uses.

    Raises:
        InvalidInput: It is no contract.
    """
    wanted = text.strip().upper()
    joined = wanted.replace(" ", "")
    if CONTRACT.fullmatch(joined):
        return joined
    found = _WORDS.fullmatch(wanted)
    if found is None:
        raise InvalidInput(_LIKE)
    root, day, strike, right = found.groups()
    try:
        return symbol_of(root.replace(".", ""), _day(day), _RIGHTS[right[0]], Decimal(strike))
    except ValueError as error:
        raise InvalidInput(_LIKE) from error


def _day(text: str) -> date:
    if "-" in text:
        return date.fromisoformat(text)
    return datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007  # a day has no zone
