from decimal import Decimal

import pytest

from floorbroker.brokers.paper.instruments import LISTINGS, listing, search
from floorbroker.domain.errors import InvalidInput, SymbolNotFound


def test_the_market_lists_familiar_shares_and_ten_coins_under_names_of_their_own() -> None:
    coins = [line for line in LISTINGS.values() if line.crypto]

    names = {line.instrument.name for line in LISTINGS.values()}

    assert len(coins) == 10
    assert len(LISTINGS) - len(coins) >= 60
    assert len(names) == len(LISTINGS)


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("btcusd", "BTC/USD"),
        ("BTC-USD", "BTC/USD"),
        ("BTC/USD", "BTC/USD"),
        ("BRK.B", "BRK.B"),
        ("brk-b", "BRK.B"),
        ("brk/b", "BRK.B"),
        (" aapl ", "AAPL"),
    ],
)
def test_every_spelling_leads_to_one_symbol(spelling: str, symbol: str) -> None:
    assert listing(spelling).symbol == symbol


def test_an_unknown_symbol_is_named() -> None:
    with pytest.raises(SymbolNotFound, match="ZZZZ"):
        listing("zzzz")


@pytest.mark.parametrize("text", ["", "../orders", "AAPL;DROP", "ＡＡＰＬ", "A" * 40])
def test_what_cannot_be_a_symbol_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        listing(text)


def test_base_prices_stand_on_their_ticks() -> None:
    off = [line.symbol for line in LISTINGS.values() if line.base_price % line.rules.price_tick]

    assert off == []
    assert all(line.base_price > Decimal(0) for line in LISTINGS.values())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("v", "V"),
        ("goog", "GOOG"),
        ("appl", "AAPL"),
        ("berk", "BRK.B"),
        ("btc-u", "BTC/USD"),
        ("hathaway", "BRK.B"),
        ("bitc", "BTC/USD"),
    ],
)
def test_the_best_match_of_a_search_comes_first(text: str, first: str) -> None:
    found = search(text)

    assert found[0].symbol == first


@pytest.mark.parametrize("text", ["", "  ", "zzzz", "///"])
def test_a_search_for_nothing_finds_nothing(text: str) -> None:
    assert search(text) == ()
