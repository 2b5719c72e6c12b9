"""Pages of fifty, newest first, between two moments."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from tests.simulators.kraken.form import Form
from tests.simulators.kraken.refusals import invalid

PAGE: Final = 50
Row = TypeVar("Row")


def bounds(form: Form, moment_of: Callable[[str], datetime | None]) -> tuple[float, float]:
    """`start` (exclusive) and `end` (inclusive), as unix times.

    Args:
        moment_of: The time of an id, for either may be one.

    Raises:
        KrakenRefusal: Either is neither a time nor a known id.
    """
    start = _bound(form, "start", moment_of)
    end = _bound(form, "end", moment_of)
    return (float("-inf") if start is None else start, float("inf") if end is None else end)


def page(form: Form, rows: Sequence[Row]) -> list[Row]:
    """The fifty from `ofs` on.

    Raises:
        KrakenRefusal: The offset cannot be.
    """
    first = form.integer("ofs") or 0
    if first < 0:
        raise invalid("ofs")
    return list(rows[first : first + PAGE])


def _bound(form: Form, name: str, moment_of: Callable[[str], datetime | None]) -> float | None:
    if name not in form:
        return None
    given = form.text(name)
    if given.replace(".", "", 1).isdigit():
        return float(given)
    at = moment_of(given)
    if at is None:
        raise invalid(name)
    return at.timestamp()
