"""Times as OpenD tells them: seconds since 1970 where it has them, else New York's clock. Pure.

The times of US orders, quotes and candles are New York's in OpenD's text; each has a `…Timestamp`
beside it, which is optional (the SDK's common/pb/Trd_Common.proto, Qot_Common.proto).
"""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.brokers.moomoo.refusals import Garbled

EASTERN: Final = ZoneInfo("America/New_York")


def moment(timestamp: float, text: str) -> datetime:
    """`timestamp` unless it is 0, else `text`; in UTC.

    Raises:
        Garbled: Neither is a time.
    """
    try:
        if timestamp:
            return datetime.fromtimestamp(timestamp, UTC)
        local = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise Garbled("no time") from error
    if local.tzinfo is not None:
        raise Garbled("a time with a zone")
    return local.replace(tzinfo=EASTERN).astimezone(UTC)


def written(at: datetime) -> str:
    """As OpenD's ranges take it."""
    return f"{at.astimezone(EASTERN):%Y-%m-%d %H:%M:%S}"
