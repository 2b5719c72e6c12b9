"""Market data of shares and coins: /v2/stocks and /v1beta3/crypto below the data URL."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from tests.simulators.alpaca.asking import Answer, Ask, Route, json_answer
from tests.simulators.alpaca.drawing import bar_json, quote_json, snapshot_json, trade_json
from tests.simulators.alpaca.market import Market, long_words
from tests.simulators.alpaca.paging import page_of_bars
from tests.simulators.alpaca.refusals import Refusal

_COIN: Final = re.compile(r"[A-Z]+x?/[A-Z]+")
_SHARE: Final = re.compile(r"[A-Z][A-Z0-9.]{0,11}")
_TIMEFRAME: Final = re.compile(
    r"([1-9]|[1-5]\d)(Min|T)|([1-9]|1\d|2[0-3])(Hour|H)|1(Day|D|Week|W)|(1|2|3|4|6|12)(Month|M)"
)
DELAY: Final = timedelta(minutes=15)


class DataApi:
    """Answers from what the test put on the market."""

    def __init__(self, market: Market) -> None:
        """Reads only."""
        self._market = market

    def routes(self) -> list[Route]:
        """All of them. Coins need no credentials (seen by several; the reference asks for them)."""
        one, coins = "/data/v2/stocks/{symbol}", "/data/v1beta3/crypto/{place}"
        many = "/data/v2/stocks"
        return [
            Route("GET", f"{many}/quotes/latest", self._quotes),
            Route("GET", f"{many}/trades/latest", self._trades),
            Route("GET", f"{many}/bars/latest", self._latest_bars),
            Route("GET", f"{many}/snapshots", self._snapshots),
            Route("GET", f"{many}/bars", self._bars),
            Route("GET", f"{one}/quotes/latest", self._one_quote),
            Route("GET", f"{one}/trades/latest", self._one_trade),
            Route("GET", f"{one}/snapshot", self._one_snapshot),
            Route("GET", f"{one}/bars", self._one_bars),
            Route("GET", f"{coins}/latest/quotes", self._quotes, open_to_all=True),
            Route("GET", f"{coins}/latest/trades", self._trades, open_to_all=True),
            Route("GET", f"{coins}/latest/bars", self._latest_bars, open_to_all=True),
            Route("GET", f"{coins}/snapshots", self._crypto_snapshots, open_to_all=True),
            Route("GET", f"{coins}/bars", self._bars, open_to_all=True),
        ]

    def _quotes(self, ask: Ask) -> Answer:
        known = self._known(ask)
        return json_answer({"quotes": {s: quote_json(s, self._market.quotes[s]) for s in known}})

    def _trades(self, ask: Ask) -> Answer:
        known = self._known(ask)
        return json_answer({"trades": {s: trade_json(s, self._market.quotes[s]) for s in known}})

    def _latest_bars(self, ask: Ask) -> Answer:
        found = {s: self._market.bars.get((s, "1Min"), []) for s in self._symbols(ask)}
        return json_answer({"bars": {s: bar_json(bars[-1]) for s, bars in found.items() if bars}})

    def _snapshots(self, ask: Ask) -> Answer:
        # Without a wrapper around the symbols.
        return json_answer({s: snapshot_json(self._market, s) for s in self._known(ask)})

    def _crypto_snapshots(self, ask: Ask) -> Answer:
        shown = {s: snapshot_json(self._market, s) for s in self._known(ask)}
        return json_answer({"snapshots": shown})

    def _one_quote(self, ask: Ask) -> Answer:
        symbol, quote = self._one(ask, "quote")
        return json_answer({"symbol": symbol, "quote": quote_json(symbol, quote)})

    def _one_trade(self, ask: Ask) -> Answer:
        symbol, quote = self._one(ask, "trade")
        return json_answer({"symbol": symbol, "trade": trade_json(symbol, quote)})

    def _one_snapshot(self, ask: Ask) -> Answer:
        symbol, _ = self._one(ask, "snapshot")
        return json_answer({"symbol": symbol, **snapshot_json(self._market, symbol)})

    def _bars(self, ask: Ask) -> Answer:
        symbols = self._symbols(ask)
        bars, token = self._page(ask, symbols)
        return json_answer({"bars": bars, "next_page_token": token})

    def _one_bars(self, ask: Ask) -> Answer:
        symbol = ask.parts["symbol"]
        bars, token = self._page(ask, [symbol])
        return json_answer(
            {"symbol": symbol, "bars": bars.get(symbol, []), "next_page_token": token}
        )

    def _page(self, ask: Ask, symbols: Sequence[str]) -> tuple[dict[str, list[Any]], str | None]:
        timeframe = ask.query.get("timeframe", "")
        if not _TIMEFRAME.fullmatch(timeframe):
            raise Refusal(400, None, f"invalid timeframe: {timeframe}")  # words unverified
        latest = self._market.now()
        if _is_stocks(ask) and self._has_no_sip(ask):
            latest -= DELAY
        page = page_of_bars(
            {s: self._market.bars.get((s, long_words(timeframe)), []) for s in symbols},
            ask.query,
            latest,
        )
        if _is_stocks(ask) and self._has_no_sip(ask) and page.end > latest:
            raise Refusal(403, 42210000, "subscription does not permit querying recent SIP data")
        return page.bars, page.token

    def _has_no_sip(self, ask: Ask) -> bool:
        # The historical feed is sip unless another is asked for.
        return (ask.query.get("feed") or "sip") == "sip" and not ask.owner.sip

    def _known(self, ask: Ask) -> list[str]:
        if _is_stocks(ask) and ask.query.get("feed") == "sip" and not ask.owner.sip:
            raise Refusal(403, 42210000, "subscription does not permit querying recent SIP data")
        return [symbol for symbol in self._symbols(ask) if symbol in self._market.quotes]

    def _symbols(self, ask: Ask) -> list[str]:
        symbols = ask.words("symbols")
        pattern = _SHARE if _is_stocks(ask) else _COIN
        for symbol in symbols:
            if not pattern.fullmatch(symbol):
                raise Refusal(
                    400, None, f"invalid symbol: {symbol} does not match ^{pattern.pattern}$"
                )
        if not symbols:
            raise Refusal(400, None, "symbols is required")  # words unverified
        return symbols

    def _one(self, ask: Ask, what: str) -> tuple[str, Any]:
        symbol = ask.parts["symbol"]
        if symbol not in self._market.quotes:
            raise Refusal(404, None, f"no {what} found for {symbol}")  # unverified
        return symbol, self._market.quotes[symbol]


def _is_stocks(ask: Ask) -> bool:
    return ask.raw_path.startswith("/data/v2/stocks")
