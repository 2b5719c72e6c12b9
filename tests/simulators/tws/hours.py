"""When a contract is traded, for a few days from now on, as contract details have it."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulators.tws.listing import Contract

_DAYS: Final = 6
_ALL_DAY: Final = ("0000", "2359")
_TRADING: Final = {"STK": ("0400", "2000"), "OPT": ("0930", "1600"), "FUT": ("0000", "1600")}
_LIQUID: Final = {"STK": ("0930", "1600"), "OPT": ("0930", "1600"), "FUT": ("0830", "1600")}


def trading_hours(contract: Contract, now: datetime) -> str:
    """Every session; no holidays but weekends, which coins do not have."""
    return contract.trading_hours or _drawn(contract, now, _TRADING)


def liquid_hours(contract: Contract, now: datetime) -> str:
    """The regular ones."""
    return contract.liquid_hours or _drawn(contract, now, _LIQUID)


def _drawn(contract: Contract, now: datetime, hours: dict[str, tuple[str, str]]) -> str:
    opens, closes = hours.get(contract.kind, _ALL_DAY)
    first = now.astimezone(ZoneInfo(contract.zone)).date()
    shown: list[str] = []
    for day in (first + timedelta(days=n) for n in range(_DAYS)):
        name = f"{day:%Y%m%d}"
        if day.weekday() < 5 or contract.kind == "CRYPTO":
            shown.append(f"{name}:{opens}-{name}:{closes}")
        else:
            shown.append(f"{name}:CLOSED")
    return ";".join(shown)
