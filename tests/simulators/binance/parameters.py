"""A request's parameters: those of the query and of the form in its body, together.

rest-api.md, "General Information on Endpoints": parameters may come in both, and the query wins.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl

from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import (
    Refusal,
    bad_data,
    bad_precision,
    duplicate_parameter,
    empty,
    illegal,
    interval_too_long,
    mandatory,
    one_of_two,
    unread,
)
from tests.simulators.binance.wire import FINEST, read_moment
from tests.simulators.serving import Ask

# As told in refusals: sammchardy/python-binance issue 123 and many more; the one of client ids in
# binance/binance-spot-api-docs pull request 34 (2021). Their later forms are unverified.
NUMBER: Final = r"^[0-9]{1,20}$"
DECIMAL: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
CLIENT_ID: Final = r"^[a-zA-Z0-9-_]{1,36}$"
SYMBOL: Final = r"^[A-Z0-9-_.]{1,20}$"

LONGEST: Final = timedelta(hours=24)
"""Of a history with both ends: rest-api.md, "All orders" and "Account trade list"."""

_SIGNED: Final = frozenset({"timestamp", "recvWindow", "signature"})


def given(ask: Ask[Person]) -> Mapping[str, str]:
    """Every parameter by name.

    Raises:
        Refusal: A name comes twice in one of the two places.
    """
    body = _form(ask.body.decode(errors="replace")) if ask.method != "GET" else {}
    return {**body, **_form(ask.raw_query)}


class Parameters:
    """Reads parameters, and knows which nobody has read."""

    def __init__(self, ask: Ask[Person]) -> None:
        """Those of signing count as read."""
        self._given = given(ask)
        self._read = set(self._given) & _SIGNED

    def text(self, name: str, pattern: str | None = None) -> str | None:
        """A word, or None where it was not sent.

        Raises:
            Refusal: It is empty or has characters that may not be.
        """
        value = self._given.get(name)
        if value is None:
            return None
        self._read.add(name)
        if not value:
            raise empty(name)
        if pattern is not None and not re.fullmatch(pattern, value):
            raise illegal(name, pattern)
        return value

    def needed(self, name: str, pattern: str | None = None) -> str:
        """The same, where it must come."""
        value = self.text(name, pattern)
        if value is None:
            raise mandatory(name)
        return value

    def symbol(self) -> str:
        """The pair, where it must come."""
        return self.needed("symbol", SYMBOL)

    def client_id(self, name: str) -> str | None:
        """An id of the client's own."""
        return self.text(name, CLIENT_ID)

    def word(self, name: str, known: frozenset[str], refusal: Refusal) -> str | None:
        """One of the `known` words, or None where none was sent.

        Raises:
            Refusal: `refusal`, where it is another.
        """
        value = self.text(name)
        if value is not None and value not in known:
            raise refusal
        return value

    def number(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name, NUMBER)
        return None if value is None else int(value)

    def decimal(self, name: str) -> Decimal | None:
        """An amount; no more than eight decimals."""
        value = self.text(name, DECIMAL)
        if value is None:
            return None
        amount = Decimal(value)
        if amount % FINEST:
            raise bad_precision(name)
        return amount

    def flag(self, name: str, *, usual: bool = False) -> bool:
        """True or false."""
        value = self.word(name, frozenset({"true", "false", "TRUE", "FALSE"}), bad_data(name))
        return usual if value is None else value.lower() == "true"

    def moment(self, name: str) -> datetime | None:
        """A time in milliseconds or microseconds."""
        number = self.number(name)
        try:
            return None if number is None else read_moment(number)
        except OverflowError as error:
            raise bad_data(name) from error

    def count(self, name: str, *, usual: int, most: int) -> int:
        """How many; more than there may be is `most` (unverified outside of depth)."""
        number = self.number(name)
        return usual if number is None else min(number, most)

    def words(self, name: str) -> list[str] | None:
        """A JSON list of words, or one word alone."""
        value = self.text(name)
        if value is None:
            return None
        if not value.startswith("["):
            return [value]
        try:
            found = json.loads(value)
        except ValueError as error:
            raise bad_data(name) from error
        return [str(word) for word in found]

    def ids(self, order_id: str, client_id: str) -> tuple[int | None, str | None]:
        """Which order is meant.

        Raises:
            Refusal: Neither says.
        """
        ids = self.number(order_id), self.client_id(client_id)
        if ids == (None, None):
            raise one_of_two(client_id, order_id)
        return ids

    def between(self) -> tuple[datetime | None, datetime | None]:
        """From when to when, both included.

        Raises:
            Refusal: More than a day.
        """
        start, end = self.moment("startTime"), self.moment("endTime")
        if start is not None and end is not None and end - start > LONGEST:
            raise interval_too_long()
        return start, end

    def done(self) -> None:
        """Nothing more is read.

        Raises:
            Refusal: Something was sent that is not known here.
        """
        if len(self._read) < len(self._given):
            raise unread(len(self._read), len(self._given))


def _form(raw: str) -> dict[str, str]:
    pairs = parse_qsl(raw, keep_blank_values=True)
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise duplicate_parameter()
    return dict(pairs)
