"""GET /trading/instruments/…: shares, coins and option contracts, as the sandbox shows them."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.simulators.webull.asking import Answer, Ask, Route, needed, paged, with_key
from tests.simulators.webull.instruments import Catalogue, Coin, Contract, Instrument, Stock
from tests.simulators.webull.refusals import bad
from tests.simulators.webull.wire import fixed, read_day

_MOST_SYMBOLS = 100


class InstrumentsApi:
    """What can be traded.

    Attributes:
        page_size: Chosen by the server: 1000 were seen.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """All of it."""
        self.page_size = 1000
        self._catalogue = catalogue

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        start = "/trading/instruments"
        return [
            Route("GET", f"{start}/stocks/profiles/list", self._stocks),
            Route("GET", f"{start}/crypto/profiles/list", self._coins),
            Route("GET", f"{start}/options/contracts/list", self._contracts),
        ]

    def _stocks(self, ask: Ask) -> Answer:
        _category(ask, "US_STOCK")
        named = _symbols(ask, "symbols")
        kind, status = ask.query.get("sub_category", ""), ask.query.get("status", "")

        def fits(one: Instrument) -> bool:
            if not isinstance(one, Stock) or (status and one.status != status):
                return False
            return one.symbol in named if named else one.sub_category == (kind or one.sub_category)

        return self._answer(ask, fits, _stock)

    def _coins(self, ask: Ask) -> Answer:
        _category(ask, "US_CRYPTO")
        named = _symbols(ask, "symbols")
        return self._answer(
            ask, lambda one: isinstance(one, Coin) and (not named or one.symbol in named), _coin
        )

    def _contracts(self, ask: Ask) -> Answer:
        _category(ask, "US_OPTION")
        under, named = _symbols(ask, "underlying_symbols"), _symbols(ask, "option_symbols")
        if not under and not named:
            raise bad("underlying_symbols", "")
        words = {name: ask.query.get(name, "") for name in ("root_symbol", "option_type")}
        since, until = _day(ask, "start_date"), _day(ask, "end_date")
        low, high = _number(ask, "strike_price_gte"), _number(ask, "strike_price_lte")

        def fits(one: Instrument) -> bool:
            return (
                isinstance(one, Contract)
                and (not under or one.underlying in under)
                and (not named or one.symbol in named)
                and words["root_symbol"] in {"", one.root}
                and words["option_type"] in {"", one.right}
                and (since is None or one.expiry >= since)
                and (until is None or one.expiry <= until)
                and (low is None or one.strike >= low)
                and (high is None or one.strike <= high)
            )

        return self._answer(ask, fits, _contract)

    def _answer(
        self, ask: Ask, fits: Callable[[Instrument], bool], draw: Callable[[Any], dict[str, Any]]
    ) -> Answer:
        found = [one for one in self._catalogue.instruments.values() if fits(one)]
        page, key = paged(ask, [(one.id, one) for one in found], self.page_size)
        return with_key([draw(one) for one in page], key)


def _category(ask: Ask, known: str) -> None:
    if needed(ask, "category") != known:
        raise bad("category", ask.query["category"])


def _symbols(ask: Ask, name: str) -> list[str]:
    symbols = ask.words(name)
    if len(symbols) > _MOST_SYMBOLS:
        raise bad(name, ask.query[name])
    return symbols


def _day(ask: Ask, name: str) -> date | None:
    return read_day(name, ask.query[name]) if ask.query.get(name) else None


def _number(ask: Ask, name: str) -> Decimal | None:
    given = ask.query.get(name, "")
    if given and not given.replace(".", "", 1).isdigit():
        raise bad(name, given)
    return Decimal(given) if given else None


def _stock(stock: Stock) -> dict[str, Any]:
    return {
        "name": stock.name,
        "category": "US_STOCK",
        "symbol": stock.symbol,
        "status": stock.status,
        "currency": "USD",
        "instrument_id": stock.id,
        "exchange_code": stock.exchange,
        "shortable": stock.shortable,
        "fractionable": stock.fractionable,
        "marginable": True,
        "overnight_trading_supported": True,
        "lot_size": fixed(Decimal(1)),
        "sub_category": stock.sub_category,
    }


def _coin(coin: Coin) -> dict[str, Any]:
    return {
        "name": coin.symbol,
        "category": "US_CRYPTO",
        "symbol": coin.symbol,
        "status": coin.status,
        "currency": "USD",
        "instrument_id": coin.id,
        "exchange_code": "CCC",
        "min_trade_amt": fixed(coin.least_value),
        "max_trade_amt": fixed(Decimal(100_000)),
        "min_trade_qty": fixed(coin.smallest),
        "price_step": fixed(Decimal("0.01")),
        "lot_size": fixed(coin.smallest),
    }


def _contract(contract: Contract) -> dict[str, Any]:
    return {
        "instrument_id": contract.id,
        "symbol": contract.symbol,
        "status": "LISTING",
        "tradable_status": contract.status,
        "expiration_date": contract.expiry.isoformat(),
        "init_expiration_date": contract.expiry.isoformat(),
        "root_symbol": contract.root,
        "underlying_symbol": contract.underlying,
        "underlying_type": f"EQUITY_{contract.right}_OPTION",
        "option_type": contract.right,
        "style": "AMERICAN",
        "strike_price": fixed(contract.strike),
        "multiplier": fixed(contract.multiplier),
        "settlement_method": "PHYSICAL",
        "expired_cycle": "MONTHLY",
        "ppind": True,
        "currency": "USD",
        "def_type": "STANDARD",
    }
