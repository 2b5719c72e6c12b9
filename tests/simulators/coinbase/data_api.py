"""Products, prices and candles; the same for everybody below /market, without a token."""

from datetime import UTC, datetime
from typing import Any, Final

from tests.simulators.coinbase.asking import (
    API,
    Answer,
    Ask,
    Route,
    every,
    how_many,
    json_answer,
    one_of,
)
from tests.simulators.coinbase.market import GRANULARITIES, Market, Quote
from tests.simulators.coinbase.products import Catalogue, Product
from tests.simulators.coinbase.refusals import (
    bad_word,
    invalid_argument,
    no_such_product,
    not_found,
)
from tests.simulators.coinbase.wire import moment, text

MOST_CANDLES: Final = 350
MOST_TRADES: Final = 100
"""Measured in September 2026: more are cut to a hundred."""


class DataApi:
    """Answers from what the test put on the market."""

    def __init__(self, market: Market, catalogue: Catalogue) -> None:
        """Reads only."""
        self._market = market
        self._catalogue = catalogue

    def routes(self) -> list[Route]:
        """All of them."""
        routes = [
            Route("GET", f"{API}/time", self._time, open_to_all=True),
            Route("GET", f"{API}/best_bid_ask", self._best_bid_ask),
        ]
        for base, is_open in ((API, False), (f"{API}/market", True)):
            one = f"{base}/products/{{product_id}}"
            routes += [
                Route("GET", f"{base}/products", self._products, open_to_all=is_open),
                Route("GET", one, self._product, open_to_all=is_open),
                Route("GET", f"{one}/candles", self._candles, open_to_all=is_open),
                Route("GET", f"{one}/ticker", self._trades, open_to_all=is_open),
                Route("GET", f"{base}/product_book", self._book, open_to_all=is_open),
            ]
        return routes

    def _time(self, _: Ask) -> Answer:
        """All strings: as recorded."""
        now = self._market.now()
        millis = int(now.timestamp() * 1000)
        return json_answer(
            {
                "iso": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "epochSeconds": str(millis // 1000),
                "epochMillis": str(millis),
            }
        )

    def _products(self, ask: Ask) -> Answer:
        one_of(ask, "product_type", {"SPOT", "FUTURE", "UNKNOWN_PRODUCT_TYPE"})
        ids = every(ask, "product_ids")
        wanted = [one for one in self._catalogue.products.values() if not ids or one.id in ids]
        if ask.query.get("product_type") == "FUTURE":
            wanted = []
        first = how_many(ask, "offset", usual=0, most=len(wanted))
        limit = how_many(ask, "limit", usual=len(wanted), most=len(wanted))
        rows = [self._drawn(ask, one) for one in wanted[first : first + limit]]
        return json_answer({"products": rows, "num_products": len(rows)})

    def _product(self, ask: Ask) -> Answer:
        return json_answer(self._drawn(ask, self._known(ask, ask.parts["product_id"])))

    def _best_bid_ask(self, ask: Ask) -> Answer:
        ids = every(ask, "product_ids")
        wanted = [self._known(ask, one) for one in ids] or self._catalogue.products.values()
        quotes = ((one, self._market.quotes.get(one.book)) for one in wanted)
        return json_answer({"pricebooks": [q.book(one.id) for one, q in quotes if q]})

    def _book(self, ask: Ask) -> Answer:
        product, quote = self._quoted(ask, ask.query.get("product_id", ""))
        middle = (quote.bid + quote.ask) / 2
        spread = quote.ask - quote.bid
        return json_answer(
            {
                "pricebook": quote.book(product.id),
                "last": text(quote.last),
                "mid_market": text(middle),
                "spread_bps": text(spread / middle * 10_000) if middle else "0",
                "spread_absolute": text(spread),
            }
        )

    def _trades(self, ask: Ask) -> Answer:
        """One, at the last price. `side` is the maker's (measured in September 2026)."""
        product, quote = self._quoted(ask, ask.parts["product_id"])
        if not ask.query.get("limit"):
            raise invalid_argument("limit is required")  # words unverified
        trade: dict[str, Any] = {
            "trade_id": str(int(quote.at.timestamp())),
            "product_id": product.id,
            "price": text(quote.last),
            "size": "0.01",
            "time": moment(quote.at),
            "side": "SELL",
            "bid": "",
            "ask": "",
            "exchange": "coinbase",
        }
        shown = [trade][: how_many(ask, "limit", usual=1, most=MOST_TRADES)]
        return json_answer(
            {"trades": shown, "best_bid": text(quote.bid), "best_ask": text(quote.ask)}
        )

    def _candles(self, ask: Ask) -> Answer:
        """Newest first; both ends are inclusive."""
        product = self._known(ask, ask.parts["product_id"])
        name = one_of(ask, "granularity", GRANULARITIES)
        if not name:
            raise bad_word("granularity", "")
        start, end = _seconds(ask, "start"), _seconds(ask, "end")
        step = GRANULARITIES[name]
        # Some measured 350 as taken, some only 349 of them: the stricter is taken.
        if start > end or (end - start) // step + 1 > MOST_CANDLES:
            raise invalid_argument(
                "start and end argument is invalid - "
                "number of candles requested should be less than 350"
            )
        known = self._market.candles.get((product.book, name), [])
        wanted = [one for one in reversed(known) if start <= one.at <= end]
        limit = how_many(ask, "limit", usual=MOST_CANDLES, most=MOST_CANDLES)
        return json_answer({"candles": [one.wire() for one in wanted[:limit]]})

    def _drawn(self, ask: Ask, product: Product) -> dict[str, Any]:
        quote = self._market.quotes.get(product.book)
        return product.wire(
            text(quote.last) if quote else "",
            aliases=self._catalogue.aliases_of(product),
            tradability=ask.flag("get_tradability_status"),
        )

    def _known(self, ask: Ask, product_id: str) -> Product:
        found = self._catalogue.products.get(product_id)
        if found is None and "/market/products" in ask.path:
            raise not_found(f"Product {product_id} not supported")  # measured in September 2026
        if found is None:
            raise no_such_product()
        return found

    def _quoted(self, ask: Ask, product_id: str) -> tuple[Product, Quote]:
        product = self._known(ask, product_id)
        quote = self._market.quotes.get(product.book)
        if quote is None:
            raise not_found("no pricebook found")  # measured for a delisted product
        return product, quote


def _seconds(ask: Ask, name: str) -> datetime:
    given = ask.query.get(name, "")
    if not given.isdigit():
        raise bad_word(name, given)
    return datetime.fromtimestamp(int(given), UTC)
