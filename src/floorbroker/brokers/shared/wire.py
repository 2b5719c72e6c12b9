"""Text on the wire and values of ours, both directions, and the ways in which no answer comes.

A number never passes through a binary float: JSON's own numbers become Decimals from their text.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict

from floorbroker.domain.errors import BrokerError

LONGEST_SENTENCE: Final = 200

_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]+")


class Failure(Exception):
    """A request to a broker that did not end in an answer of the expected kind.

    What is raised of these holds no header, no address and no body, so that it can be logged.
    """


class NotBegun(Failure):
    """Too much waits for a thread of ours already: nothing was sent, and no broker is to blame."""


class NoAllowance(Failure):
    """What the broker allows is used up: nothing was asked.

    Attributes:
        retry_after: When there will be room again.
    """

    def __init__(self, retry_after: timedelta) -> None:
        """See the attribute."""
        super().__init__(f"no allowance for {retry_after.total_seconds():.1f} s")
        self.retry_after = retry_after


class NoAccess(Failure):
    """There is no token to ask with: nothing was asked.

    Attributes:
        why: What signing in or renewing led to.
    """

    def __init__(self, why: BrokerError) -> None:
        """See the attribute."""
        super().__init__(f"no access: {why.code}")
        self.why = why


class Unanswered(Failure):
    """No answer came.

    Attributes:
        sent: False only where nothing of the request can have reached the broker.
        late: Its time ran out.
    """

    def __init__(self, *, sent: bool, late: bool) -> None:
        """See the attributes."""
        super().__init__(f"no answer; {'sent' if sent else 'not sent'}{', late' if late else ''}")
        self.sent = sent
        self.late = late


class Unreadable(Failure):
    """An answer came that cannot be the broker's own, or is not what was asked for."""

    def __init__(self, status: int) -> None:
        """`status` is HTTP's."""
        super().__init__(f"unreadable answer, HTTP {status}")
        self.status = status


@contextmanager
def raising(made_of: Callable[[Failure], BrokerError]) -> Iterator[None]:
    """Raises what `made_of` makes of a failure inside."""
    try:
        yield
    except Failure as error:
        raise made_of(error) from error


class Answer(BaseModel):
    """A broker's answer: what is missing is an error, what is new is ignored.

    A broker's words for states and kinds stay text here, since real answers hold more of them than
    any specification lists.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def read_json(body: bytes) -> Any:
    """The value in `body`, its numbers as int and Decimal.

    Raises:
        ValueError: It is no JSON, or holds what is no number.
    """
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def plain(number: Decimal) -> str:
    """`number` in digits, without an exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sentence(text: str) -> str:
    """A broker's words on one line, without what cannot be seen, cut to a sensible length."""
    shown = _UNSEEN.sub(" ", text).strip()
    return shown if len(shown) <= LONGEST_SENTENCE else f"{shown[: LONGEST_SENTENCE - 1]}…"


def _amount(value: object) -> Decimal:
    if type(value) is int or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value.adjusted()) > 40:
        raise ValueError("no amount")
    return value


def _moment(value: object) -> datetime:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("no moment with a zone")
    day, time, fraction, zone = found.groups()
    micros = (fraction or "")[:6].ljust(6, "0")
    offset = "+00:00" if zone == "Z" else zone
    return datetime.fromisoformat(f"{day}T{time}.{micros}{offset}").astimezone(UTC)


def _no_number(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no numbers")


Amount = Annotated[Decimal, BeforeValidator(_amount)]
"""A finite number, sent as text or as a JSON number."""

Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A time with a zone as RFC 3339 writes it, in UTC; beyond microseconds it is cut off."""
