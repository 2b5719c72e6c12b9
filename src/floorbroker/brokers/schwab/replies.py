"""The shapes of Schwab's answers: a success, and an error in one of two ways. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from floorbroker.brokers.shared.wire import read_json

_LONGEST_AWAY: Final = 3600


@dataclass(frozen=True, slots=True)
class Reply:
    """A success."""

    status: int
    location: str
    body: bytes


def words_of(body: bytes) -> str | None:
    """What one of Schwab's two shapes of an error says; None where it is neither."""
    try:
        told = read_json(body)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    message, errors = told.get("message"), told.get("errors")
    more = [_line(one) for one in errors] if isinstance(errors, list) else []
    said = [message] if isinstance(message, str) else []
    if not said and not (more and any(more)):
        return None
    return " ".join(one for one in (*said, *more) if one)


def _line(error: Any) -> str:
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return ""
    told = error.get("detail") or error.get("title")
    return told if isinstance(told, str) else ""


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """What `Retry-After` says, in seconds; None where it says nothing of use."""
    told = headers.get("Retry-After", "")
    if not told.isascii() or not told.isdecimal() or len(told) > 9:
        return None
    return timedelta(seconds=min(int(told), _LONGEST_AWAY))
