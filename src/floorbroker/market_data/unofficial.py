"""Prices that no broker vouches for, and whether the operator wants any."""

from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import Protocol

from floorbroker.config import Settings, SettingsProblem, UnofficialPricesOf
from floorbroker.domain.clock import Clock
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.market_data.yahoo import Yahoo


class UnofficialPrices(Protocol):
    """Shows prices where no broker does. Whatever it tells is delayed, and prices no order."""

    name: str
    label: str
    """Who says so, and that it is unofficial and delayed."""

    async def quote(self, instrument: Instrument) -> Quote:
        """The last known price.

        Raises:
            BrokerError: It is not to be had.
        """
        ...

    async def bars(
        self, instrument: Instrument, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Sequence[Bar]:
        """Bars that start within [start, end), oldest first, at most 1,000.

        Raises:
            BrokerError: They are not to be had.
        """
        ...


def chosen_prices(settings: Settings, clock: Clock) -> Yahoo | None:
    """What `UNOFFICIAL_PRICES` names; None where it is off.

    Raises:
        SettingsProblem: Its package is not installed.
    """
    if settings.unofficial_prices is UnofficialPricesOf.OFF:
        return None
    if find_spec("yfinance") is None:
        raise SettingsProblem(
            "UNOFFICIAL_PRICES=yahoo needs a package that is not installed: "
            "pip install 'floorbroker[yahoo]'"
        )
    return Yahoo(clock)
