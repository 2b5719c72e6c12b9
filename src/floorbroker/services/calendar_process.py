"""Prints the sessions and holidays of US shares between two days, as JSON.

`python -m floorbroker.services.calendar_process 2026-11-01 2027-12-01`. exchange_calendars imports
pandas, some 65 MB and a second or two, so it runs here, once, and not in the process that trades.
XNYS is the New York Stock Exchange; Nasdaq and options on shares keep the same days and regular
hours.
"""

import json
import signal
import sys
from typing import Any, Final

import exchange_calendars

_SATURDAY: Final = 5


def main(start: str, end: str) -> None:
    """Days from `start` to `end`, both included, each `YYYY-MM-DD`; times with their offset."""
    # A console's Ctrl-C reaches every process of it; the parent alone decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calendar = exchange_calendars.get_calendar("XNYS", start=start, end=end)
    schedule, early = calendar.schedule, {_day(one) for one in calendar.early_closes}
    names = calendar.regular_holidays.holidays(start, end, return_name=True)
    # A rule may name a day on a weekend, as New Year's Day 2028: no trading is lost by it.
    holidays = {_day(at): str(name) for at, name in names.items() if at.weekday() < _SATURDAY}
    # Closed for once: without a rule, so without a name.
    for one in calendar.adhoc_holidays:
        if start <= _day(one) <= end and one.weekday() < _SATURDAY:
            holidays.setdefault(_day(one), "")
    days = [
        [_day(at), opens.isoformat(), closes.isoformat(), _day(at) in early]
        for at, opens, closes in zip(
            schedule.index, schedule["open"], schedule["close"], strict=True
        )
    ]
    json.dump({"days": days, "holidays": sorted(holidays.items())}, sys.stdout)


def _day(moment: Any) -> str:
    return str(moment.date().isoformat())


if __name__ == "__main__":
    main(*sys.argv[1:3])
