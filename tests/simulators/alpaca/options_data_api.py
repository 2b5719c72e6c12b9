"""Market data of options: /v1beta1/options below the data URL."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from tests.simulators.alpaca.accounts_api import fits_strike
from tests.simulators.alpaca.asking import Answer, Ask, Route, how_many, json_answer
from tests.simulators.alpaca.assets import Catalogue, Contract
from tests.simulators.alpaca.drawing import quote_json, snapshot_json, trade_json
from tests.simulators.alpaca.market import Market

USUAL: Final = 100
MOST: Final = 1000


class OptionsDataApi:
    """Answers from the listed contracts and their prices."""

    def __init__(self, market: Market, catalogue: Catalogue) -> None:
        """Reads only."""
        self._market = market
        self._catalogue = catalogue

    def routes(self) -> list[Route]:
        """All of them."""
        base = "/data/v1beta1/options"
        return [
            Route("GET", f"{base}/quotes/latest", self._quotes),
            Route("GET", f"{base}/trades/latest", self._trades),
            Route("GET", f"{base}/snapshots", self._snapshots),
            Route("GET", f"{base}/snapshots/{{underlying}}", self._chain),
        ]

    def _quotes(self, ask: Ask) -> Answer:
        known = self._quoted(ask.words("symbols"))
        return json_answer({"quotes": {s: quote_json(s, self._market.quotes[s]) for s in known}})

    def _trades(self, ask: Ask) -> Answer:
        known = self._quoted(ask.words("symbols"))
        return json_answer({"trades": {s: trade_json(s, self._market.quotes[s]) for s in known}})

    def _snapshots(self, ask: Ask) -> Answer:
        return self._page(ask, self._quoted(ask.words("symbols")))

    def _chain(self, ask: Ask) -> Answer:
        fitting = [
            contract.symbol
            for contract in self._catalogue.contracts.values()
            if contract.underlying.symbol == ask.parts["underlying"] and _fits(ask, contract)
        ]
        return self._page(ask, self._quoted(sorted(fitting)))

    def _page(self, ask: Ask, symbols: Sequence[str]) -> Answer:
        start = int(ask.query.get("page_token") or 0)
        end = start + how_many(ask, "limit", usual=USUAL, most=MOST)
        shown = {symbol: snapshot_json(self._market, symbol) for symbol in symbols[start:end]}
        more = str(end) if end < len(symbols) else None
        return json_answer({"snapshots": shown, "next_page_token": more})

    def _quoted(self, symbols: Sequence[str]) -> list[str]:
        return [symbol for symbol in symbols if symbol in self._market.quotes]


def _fits(ask: Ask, contract: Contract) -> bool:
    if ask.query.get("type") not in {None, "", contract.right}:
        return False
    if ask.query.get("root_symbol") not in {None, "", contract.underlying.symbol}:
        return False
    exact, first, last = (
        date.fromisoformat(given) if (given := ask.query.get(f"expiration_date{end}")) else None
        for end in ("", "_gte", "_lte")
    )
    in_time = (first is None or contract.expiry >= first) and (
        last is None or contract.expiry <= last
    )
    return in_time and exact in {None, contract.expiry} and fits_strike(ask, contract)
