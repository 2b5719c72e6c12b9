"""Signatures and timestamps: rest-api.md, "Request Security" and "Timing security"."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tests.simulators.binance.parameters import DECIMAL, NUMBER
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import (
    Refusal,
    bad_signature,
    illegal,
    mandatory,
    too_early,
    too_late,
)
from tests.simulators.binance.wire import read_moment
from tests.simulators.serving import Ask

USUAL_WINDOW: Final = Decimal(5000)
LONGEST_WINDOW: Final = Decimal(60_000)

_SIGNATURE: Final = re.compile(rb"(^|&)signature=[^&]*")


def check_time(given: Mapping[str, str], now: datetime) -> None:
    """The request is of now.

    Raises:
        Refusal: It is too old, of the future, or does not say.
    """
    sent = _timestamp(given)
    window = _window(given)
    if sent >= now + timedelta(seconds=1):
        raise too_early()
    if now - sent > timedelta(microseconds=int(window * 1000)):
        raise too_late()


def check_signature(ask: Ask[Person], given: Mapping[str, str], secret: str) -> None:
    """HMAC-SHA256 over the query and the body, byte by byte as they came, without the signature.

    Nothing stands between the two. Upper case will do: "Signature Case Sensitivity".

    Raises:
        Refusal: It is missing or wrong.
    """
    if not given.get("signature"):
        raise mandatory("signature")
    payload = _unsigned(ask.raw_query.encode()) + _unsigned(ask.body)
    right = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), given["signature"].lower().encode()):
        raise bad_signature()


def _unsigned(raw: bytes) -> bytes:
    return _SIGNATURE.sub(b"", raw).removeprefix(b"&")


def _timestamp(given: Mapping[str, str]) -> datetime:
    value = given.get("timestamp", "")
    if not value:
        raise mandatory("timestamp")
    if not re.fullmatch(NUMBER, value):
        raise illegal("timestamp", NUMBER)
    try:
        return read_moment(int(value))
    except OverflowError as error:
        raise mandatory("timestamp") from error


def _window(given: Mapping[str, str]) -> Decimal:
    value = given.get("recvWindow")
    if value is None:
        return USUAL_WINDOW
    if not re.fullmatch(DECIMAL, value):
        raise illegal("recvWindow", DECIMAL)
    if Decimal(value) > LONGEST_WINDOW:
        # The words are among those of -1102; that they are used here is unverified.
        raise Refusal(
            -1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000."
        )
    return Decimal(value)
