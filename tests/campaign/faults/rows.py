"""A row for every broker."""

from functools import partial
from typing import Final

from tests.campaign.faults.at_alpaca import AtAlpaca
from tests.campaign.faults.at_binance import AtBinance
from tests.campaign.faults.at_coinbase import AtCoinbase
from tests.campaign.faults.at_etrade import AtEtrade
from tests.campaign.faults.at_ibkr import AtIbkr
from tests.campaign.faults.at_kraken import AtKraken
from tests.campaign.faults.at_moomoo import AtMoomoo
from tests.campaign.faults.at_paper import AtPaper
from tests.campaign.faults.at_schwab import AtSchwab
from tests.campaign.faults.at_webull import AtWebull
from tests.campaign.faults.campaign import run
from tests.campaign.faults.venue import Venue
from tests.campaign.row import Row

_GOAL: Final = 200


def _row(venue: type[Venue]) -> Row:
    return Row(
        name=f"faults-{venue.broker}",
        what=f"{venue.broker}: accepts or not, then hangs, 5xx, resets, answers rubbish",
        unit="orders",
        goal=_GOAL,
        short=venue.at_once,
        passes_when=(
            "one request each; told unknown where nothing is proven; "
            "read back to what stands in the broker's book"
        ),
        run=partial(run, venue),
    )


VENUES: Final[tuple[type[Venue], ...]] = (
    AtPaper,
    AtAlpaca,
    AtSchwab,
    AtBinance,
    AtKraken,
    AtCoinbase,
    AtEtrade,
    AtWebull,
    AtIbkr,
    AtMoomoo,
)
"""In the order of the brokers' table."""

FAULTS: Final = tuple(_row(venue) for venue in VENUES)
"""One each."""
