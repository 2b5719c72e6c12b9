"""New York's sessions: weekdays; holidays are left out."""

from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
_REGULAR: Final = (time(9, 30), time(16))
_SESSIONS: Final = {
    "preMarket": (time(7), time(9, 30)),
    "regularMarket": _REGULAR,
    "postMarket": (time(16), time(20)),
}


def is_session(day: date) -> bool:
    """Whether there is one on that day."""
    return day.weekday() < 5


def is_open(now: datetime) -> bool:
    """Whether regular hours run."""
    local = now.astimezone(NEW_YORK)
    return is_session(local.date()) and _REGULAR[0] <= local.time() < _REGULAR[1]


def equity_hours(day: date) -> dict[str, dict[str, Any]]:
    """The equity market in the vendor's example; that a closed day has no hours is unverified."""
    shown = {**_market(day, "EQUITY", "EQ", "equity"), "category": "NULL", "exchange": "NULL"}
    if is_session(day):
        shown["sessionHours"] = {name: [_span(day, *two)] for name, two in _SESSIONS.items()}
    return {"EQ": shown}


def option_hours(day: date) -> dict[str, dict[str, Any]]:
    """The option market likewise, with its two products."""
    closes = {"EQO": time(16), "IND": time(16, 15)}
    names = {"EQO": "equity option", "IND": "index option"}
    shown = {p: _market(day, "OPTION", p, names[p]) for p in closes}
    if is_session(day):
        for product, close in closes.items():
            span = _span(day, time(9, 30), close)
            shown[product]["sessionHours"] = {"regularMarket": [span]}
    return shown


def _market(day: date, kind: str, product: str, name: str) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "isOpen": is_session(day),
        "marketType": kind,
        "product": product,
        "productName": name,
    }


def _span(day: date, start: time, end: time) -> dict[str, str]:
    first, last = (datetime.combine(day, at, NEW_YORK).isoformat() for at in (start, end))
    return {"end": last, "start": first}
