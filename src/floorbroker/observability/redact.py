"""The second net: masks what looks like a secret in everything that is about to be logged.

The first net is that nobody logs one. This one is for the texts of others: exceptions, library
messages, addresses. It leaves alone what the trade logs on purpose: our order ids, brokers' order
ids, symbols, Discord ids, file paths, names from the code.
"""

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, TypeVar

from structlog.typing import EventDict, WrappedLogger

from floorbroker.observability.opaque import SHORTEST, mask_opaque

MASK: Final = "[redacted]"
LONGEST_TEXT: Final = 20_000
"""Characters; a traceback fits, a vendor's page does not."""

_T = TypeVar("_T")

_DEEPEST: Final = 6
_MOST_ITEMS: Final = 100

_NAMES: Final = (
    r"token|secret|passw|passphrase|passcode|authorization|cookie|credential|signature|verifier"
    r"|api[_-]?key|app[_-]?key|access[_-]?key|private[_-]?key|consumer[_-]?key|master[_-]?key"
)
_SECRET_NAME: Final = re.compile(rf"{_NAMES}|^(?:auth|keys?|nonce|pin|otp|jwt)$", re.I)
"""Not `code`: that is what errors are known by."""

_PEM: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,30}KEY-----.*?(?:-----END [A-Z ]{0,30}KEY-----|\Z)", re.S
)
_URL: Final = re.compile(r"(\w{0,20}(?:\+\w{1,8})?://)([^\s\"'<>]+)")
_URL_TAIL: Final = re.compile(r"(?<=[?#]).+", re.S)
_PATH_QUERY: Final = re.compile(r"([\w/.~%-][?#])[\w.~%\[\]-]{1,60}=[^\s\"'<>]*")
_HEADER: Final = re.compile(r"((?:authorization|cookie)\\{0,3}[\"']?\s{0,3}[:=]\s{0,3}).+", re.I)
_SCHEME: Final = re.compile(r"\b(bearer\s{1,3})[\w.~+/=-]{6,}", re.I)
_NAMED: Final = re.compile(
    rf"((?:{_NAMES})[\w-]{{0,20}}\\{{0,3}}[\"']?\s{{0,3}}[:=]\s{{0,3}})"
    r"(?:b?\\{0,3}\"(?:[^\"\\]|\\.)*\"?|b?\\{0,3}'(?:[^'\\]|\\.)*'?"
    r"|[\[({][^\])}]*[\])}]?|[^\s,;&)\]}\"']+)",
    re.I | re.S,
)
_NAMED_HINT: Final = re.compile(_NAMES, re.I)
_DOTTED: Final = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"  # a JSON web token
    r"|(?<![\w.-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"  # a Discord bot's token
)


def redact_text(text: str) -> str:
    """`text` with everything masked that looks like a secret; cut at `LONGEST_TEXT`."""
    if len(text) < SHORTEST and (text.isalnum() or text.isidentifier()):
        return text  # most fields of most lines
    if len(text) > LONGEST_TEXT:
        # Back to a space, so that the cut does not leave the head of a secret unrecognised.
        text = " ".join([*text[:LONGEST_TEXT].rsplit(maxsplit=1)[:1], "[cut]"])
    if "-----BEGIN" in text:
        text = _PEM.sub(MASK, text)
    if "://" in text:
        text = _URL.sub(_bare_url, text)
    if "=" in text:
        text = _PATH_QUERY.sub(rf"\1{MASK}", text)
    if "earer" in text or "EARER" in text:
        text = _SCHEME.sub(rf"\1{MASK}", text)
    if _NAMED_HINT.search(text) is not None:
        text = _HEADER.sub(rf"\1{MASK}", text)
        text = _NAMED.sub(rf"\1{MASK}", text)
    if "." in text and len(text) > 20:
        text = _DOTTED.sub(MASK, text)
    return mask_opaque(text, MASK)


def redact_fields(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    """The structlog processor: the last one before the renderer, so that nothing passes it by."""
    return {str(name): _redacted(name, value, 0) for name, value in fields.items()}


class RedactingFilter(logging.Filter):
    """The same for records of libraries, before a handler with a formatter of its own sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Masks message and exception text in place; keeps every record."""
        if hasattr(record, "_logger") and isinstance(record.msg, dict):
            return True  # structlog's own: its fields pass through `redact_fields`
        try:
            record.msg = redact_text(record.getMessage())
        except Exception:  # noqa: BLE001  # a library's mistake in a log line must not reach us
            record.msg = "[log line that does not fit its arguments]"
        record.args = None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = redact_text("".join(traceback.format_exception(record.exc_info[1])))
        if record.stack_info:
            record.stack_info = redact_text(record.stack_info)
        return True


def _redacted(name: object, value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value  # counts and flags, whatever their name
    if isinstance(name, str) and _SECRET_NAME.search(name) is not None:
        return MASK if value else value
    if isinstance(value, str):
        return redact_text(str(value))
    if depth >= _DEEPEST:
        return "[nested]"
    if isinstance(value, Mapping):
        return {
            redact_text(str(inner)): _redacted(inner, item, depth + 1)
            for inner, item in _first(value.items())
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", item, depth + 1) for item in _first(value)]
    return redact_text(_words(value))


def _bare_url(found: re.Match[str]) -> str:
    scheme, rest = found[1], found[2]
    if scheme.lower().startswith("mongodb"):
        return scheme + MASK
    _, at, rest = rest.rpartition("@")
    place = _URL_TAIL.sub(MASK, rest)
    return f"{scheme}{MASK}@{place}" if at else scheme + place


def _first(items: Iterable[_T]) -> Iterable[_T]:
    return islice(items, _MOST_ITEMS)


def _words(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    try:
        return (
            f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value)
        )
    except Exception:  # noqa: BLE001  # a foreign __str__ may fail in any way, a log line may not
        return f"[{type(value).__name__}]"
