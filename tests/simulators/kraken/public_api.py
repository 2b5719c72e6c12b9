"""The public methods: status, time, assets, pairs and market data. They take GET only."""

from email.utils import format_datetime
from typing import Any, Final

from tests.simulators.kraken.asking import Answer, Ask, Route, result
from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.drawing import bar_row, depth, ticker
from tests.simulators.kraken.form import Form
from tests.simulators.kraken.market import Bar
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.refusals import invalid, unknown_asset

INTERVALS: Final = frozenset({1, 5, 15, 30, 60, 240, 1440, 10080, 21600})
MOST_BARS: Final = 720
MARKET_DATA: Final = frozenset({"Ticker", "OHLC", "Depth"})


class PublicApi:
    """Answers to everybody."""

    def __init__(self, desk: Desk) -> None:
        """Reads only."""
        self._desk = desk
        self._market = desk.market
        self._catalogue = desk.market.catalogue

    def routes(self) -> list[Route]:
        """All of them."""
        known = {
            "SystemStatus": self._status,
            "Time": self._time,
            "Assets": self._assets,
            "AssetPairs": self._pairs,
            "Ticker": self._ticker,
            "OHLC": self._bars,
            "Depth": self._depth,
        }
        return [
            Route("GET", f"/0/public/{name}", handler, open_to_all=True)
            for name, handler in known.items()
        ]

    def _status(self, ask: Ask) -> Answer:
        del ask
        now = self._desk.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        return result({"status": self._desk.status, "timestamp": now})

    def _time(self, ask: Ask) -> Answer:
        del ask
        now = self._desk.now()
        return result({"unixtime": int(now.timestamp()), "rfc1123": format_datetime(now)})

    def _assets(self, ask: Ask) -> Answer:
        names = Form(ask.query).words("asset")
        found = [self._catalogue.asset(name) for name in names]
        if None in found:
            raise unknown_asset()
        known = [one for one in found if one] or list(self._catalogue.assets.values())
        return result({asset.id: asset.wire() for asset in known})

    def _pairs(self, ask: Ask) -> Answer:
        return result({shown: pair.wire() for shown, pair in self._asked(ask).items()})

    def _ticker(self, ask: Ask) -> Answer:
        asked = self._asked(ask)
        if "pair" not in Form(ask.query):
            asked = {name: pair for name, pair in asked.items() if self._market.quote(pair)}
        return result(
            {shown: ticker(pair, self._market.quote(pair)) for shown, pair in asked.items()}
        )

    def _bars(self, ask: Ask) -> Answer:
        form = Form(ask.query)
        shown, pair = self._one(ask)
        minutes = form.integer("interval") or 1
        if minutes not in INTERVALS:
            raise invalid("interval")
        bars = self._market.bars.get((pair.id, minutes), [])[-MOST_BARS:]
        since = form.integer("since") or 0
        # That `since` is exclusive is unverified. The bar that is still forming always comes.
        rows = [bar for bar in bars if bar.at.timestamp() > since or bar is bars[-1]]
        return result({shown: [bar_row(pair, bar) for bar in rows], "last": _last_whole(bars)})

    def _depth(self, ask: Ask) -> Answer:
        shown, pair = self._one(ask)
        count = Form(ask.query).integer("count") or 100
        if not 1 <= count <= 500:
            raise invalid("count")
        return result({shown: depth(pair, self._market.quote(pair), count)})

    def _one(self, ask: Ask) -> tuple[str, Pair]:
        form = Form(ask.query)
        name = form.needed("pair")
        return _shown(name, self._desk.pair(name))

    def _asked(self, ask: Ask) -> dict[str, Pair]:
        """By the name that the answer has: those of `pair`, or all."""
        names = Form(ask.query).words("pair")
        if not names:
            return dict(self._catalogue.pairs)
        return dict(_shown(name, self._desk.pair(name)) for name in names)


def _shown(name: str, pair: Pair) -> tuple[str, Pair]:
    """The key of the answer: recorded for OHLC in September 2026, "BTC/USD" comes back as asked.

    Altnames come back as ids ("XRPEUR" as "XXRPZEUR", recorded in August 2026).
    """
    return (pair.symbol if name.upper() == pair.symbol else pair.id), pair


def _last_whole(bars: list[Bar]) -> Any:
    """The beginning of the newest bar that is whole."""
    whole = bars[-2] if len(bars) > 1 else None
    return int(whole.at.timestamp()) if whole else 0
