"""Why TWS may have gone away: it restarts every day and wants a new login every week. Pure.

"This procedure will require manual authentication once a week, the first time you log into the
platform after the security tokens have been invalidated, a security process that occurs each Sunday
at 1:00 am ET": https://ibkrguides.com/traderworkstation/auto-restart-considerations.htm. The time
of the daily restart is set in the platform itself and not told to programs.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

_EASTERN: Final = ZoneInfo("America/New_York")
_SUNDAY: Final = 6
_ONE: Final = 1
_DAILY: Final = (
    "TWS and IB Gateway restart once a day, at the time set there under Configure → Lock and Exit; "
    "the bot connects again by itself."
)
_WEEKLY: Final = (
    "It is Sunday after 01:00 ET, so they want this week's login: log in there once, with your "
    "second factor; the bot connects again by itself."
)
_SERVERS: Final = (
    "TWS or IB Gateway has lost Interactive Brokers' servers. That happens for some minutes every "
    "night, when they are reset, and when somebody logs in elsewhere; it comes back by itself. "
    "Orders that are at an exchange live on."
)


def told_plainly(what: str, now: datetime) -> str:
    """`what` happened to the connection, and why that may be normal at this time."""
    return f"{what} {_WEEKLY if login_is_due(now) else _DAILY}"


def login_is_due(now: datetime) -> bool:
    """Whether the week's login may be what is missing: Sunday from 01:00 ET on."""
    local = now.astimezone(_EASTERN)
    return local.weekday() == _SUNDAY and local.hour >= _ONE


def servers_lost() -> str:
    """Notice 1100, "This can occur because of an internet connectivity issue, a nightly reset of
    the IB servers, or a competing session": interactivebrokers.github.io/tws-api/message_codes.html
    """
    return _SERVERS
