"""The parameters of a request: form-encoded in a private one, the query in a public one."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import parse_qsl

from tests.simulators.kraken.refusals import invalid

_FALSE: Final = frozenset({"", "0", "false"})
_AMOUNT: Final = re.compile(r"\d{1,20}(\.\d{1,20})?")
_INTEGER: Final = re.compile(r"-?\d{1,18}")


class Form:
    """Named texts, and what they can mean."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """As they came."""
        self._fields = fields

    @classmethod
    def of_body(cls, body: bytes) -> "Form":
        """A private request's."""
        return cls(dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True)))

    def __contains__(self, name: str) -> bool:
        """Whether it is there and not empty."""
        return bool(self._fields.get(name))

    def text(self, name: str) -> str:
        """Empty where it is not there."""
        return self._fields.get(name, "")

    def needed(self, name: str) -> str:
        """As `text`.

        Raises:
            KrakenRefusal: It is not there.
        """
        if name not in self:
            raise invalid(name)
        return self._fields[name]

    def flag(self, name: str) -> bool:
        """Whether it is on.

        Python's "False" counts as on: recorded for `validate` with krakenex's own clients
        (dominiktraxl/pykrakenapi, issues 3 and 32), so that only leaving it away switches off.
        """
        return self.text(name) not in _FALSE

    def words(self, name: str) -> list[str]:
        """Several with commas between them."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def word(self, name: str, known: frozenset[str], usual: str | None = None) -> str:
        """One of `known`.

        Raises:
            KrakenRefusal: It is another, or not there and nothing is usual.
        """
        given = self.text(name) or usual or ""
        if given not in known:
            raise invalid(name)
        return given

    def amount(self, name: str) -> Decimal | None:
        """A number without sign and exponent; None where it is not there.

        Raises:
            KrakenRefusal: It is none.
        """
        if name not in self:
            return None
        if not _AMOUNT.fullmatch(self.text(name)):
            raise invalid(name)
        return Decimal(self.text(name))

    def integer(self, name: str) -> int | None:
        """A whole number; None where it is not there.

        Raises:
            KrakenRefusal: It is none.
        """
        if name not in self:
            return None
        if not _INTEGER.fullmatch(self.text(name)):
            raise invalid(name)
        return int(self.text(name))

    def time(self, name: str, now: datetime) -> datetime | None:
        """A unix time, or "+" and seconds from now; None for 0 and where it is not there.

        Raises:
            KrakenRefusal: It is neither.
        """
        given = self.text(name)
        relative = given.startswith("+")
        if not given or given == "0":
            return None
        if not _AMOUNT.fullmatch(given.removeprefix("+")):
            raise invalid(name)
        seconds = float(given.removeprefix("+"))
        return (
            now + timedelta(seconds=seconds) if relative else datetime.fromtimestamp(seconds, UTC)
        )
