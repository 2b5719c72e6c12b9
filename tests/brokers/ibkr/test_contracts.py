"""Symbols and contracts, both ways."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.brokers.ibkr.contracts import (
    CURRENCIES,
    amount,
    expiry_of,
    fields_of,
    instrument_of,
    neutral,
)
from floorbroker.domain.errors import NotSupported, SymbolNotFound
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from tests.brokers.ibkr.told_contracts import contract, future, option

ROOTS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=5)
DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("symbol", "fields"),
    [
        ("AAPL", {"secType": "STK", "symbol": "AAPL", "exchange": "SMART"}),
        (" aapl ", {"secType": "STK", "symbol": "AAPL", "exchange": "SMART"}),
        ("BRK.B", {"secType": "STK", "symbol": "BRK B", "exchange": "SMART"}),
        ("BRK-B", {"secType": "STK", "symbol": "BRK B", "exchange": "SMART"}),
        ("BRK/B", {"secType": "STK", "symbol": "BRK B", "exchange": "SMART"}),
        (
            "VOD-NASDAQ",
            {"secType": "STK", "symbol": "VOD", "exchange": "SMART", "primaryExchange": "NASDAQ"},
        ),
        (
            "AAPL261218C00200000",
            {"secType": "OPT", "localSymbol": "AAPL  261218C00200000", "exchange": "SMART"},
        ),
        ("F261218P00012500", {"secType": "OPT", "localSymbol": "F     261218P00012500"}),
        ("ESZ6", {"secType": "FUT", "localSymbol": "ESZ6", "exchange": ""}),
        ("M2KH7", {"secType": "FUT", "localSymbol": "M2KH7", "exchange": ""}),
        (
            "ES-202612",
            {"secType": "FUT", "symbol": "ES", "lastTradeDateOrContractMonth": "202612"},
        ),
        ("EUR/USD", {"secType": "CASH", "symbol": "EUR", "exchange": "IDEALPRO"}),
        ("btc/usd", {"secType": "CRYPTO", "symbol": "BTC", "exchange": ""}),
    ],
)
def test_a_symbol_is_asked_for_as_the_contract_that_it_means(
    symbol: str, fields: dict[str, str]
) -> None:
    asked = fields_of(symbol)

    assert {**asked, **fields} == asked
    assert asked["currency"] == "USD"


@pytest.mark.parametrize("symbol", ["EUR/GBP", "USD/JPY", "USD/CHF", "BTC/EUR", "USD/USD"])
def test_what_is_not_priced_in_dollars_is_refused_with_the_reason(symbol: str) -> None:
    with pytest.raises(NotSupported, match="US dollars"):
        fields_of(symbol)


@pytest.mark.parametrize("symbol", ["", " ", "A,B", "../X", "Ä", "A" * 40, "$SPX", "A|B", "A B"])
def test_what_cannot_be_a_symbol_is_not_asked_for(symbol: str) -> None:
    with pytest.raises(SymbolNotFound):
        fields_of(symbol)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("brk/b", "BRK.B"),
        ("BRK B", "BRK.B"),
        ("brk-b", "BRK.B"),
        ("es-202612", "ES-202612"),
        ("eur/usd", "EUR/USD"),
        ("vod-nasdaq", "VOD-NASDAQ"),
        ("aapl261218c00200000", "AAPL261218C00200000"),
    ],
)
def test_a_thing_has_one_symbol_however_it_is_typed(typed: str, known: str) -> None:
    assert neutral(typed) == known


def test_a_share_is_told_with_its_exchange() -> None:
    told = contract(symbol="BRK B", primaryExchange="NYSE")

    assert instrument_of(told, "BERKSHIRE HATHAWAY INC-CL B") == Instrument(
        symbol="BRK.B",
        asset_class=AssetClass.EQUITY,
        name="BERKSHIRE HATHAWAY INC-CL B",
        exchange="NYSE",
    )


def test_a_future_is_told_with_its_multiplier_and_last_day() -> None:
    told = instrument_of(future(), "E-mini S&P 500")

    assert told is not None
    assert (told.symbol, told.underlying, told.exchange) == ("ESZ6", "ES", "CME")
    assert (told.multiplier, told.expiry) == (Decimal(50), date(2026, 12, 18))


@pytest.mark.parametrize(
    ("told", "symbol"),
    [
        (future("ZN   DEC 26", "ZN"), "ZN-202612"),
        (future("CLZ6 X", "CL", lastTradeDateOrContractMonth="20261119"), "CL-202611"),
    ],
)
def test_a_future_with_another_local_symbol_is_called_by_its_month(
    told: SimpleNamespace, symbol: str
) -> None:
    found = instrument_of(told)

    assert found is not None
    assert found.symbol == symbol
    assert fields_of(found.symbol)["symbol"] == told.symbol


def test_the_month_of_a_future_is_that_of_its_details_not_of_its_last_day() -> None:
    told = future("CL 26Z", "CL", lastTradeDateOrContractMonth="20261119")

    found = instrument_of(told, month="202612")

    assert found is not None
    assert found.symbol == "CL-202612"


def test_an_option_without_a_local_symbol_is_called_by_its_terms() -> None:
    told = instrument_of(option(localSymbol="", strike=202.5, right="PUT"))

    assert told is not None
    assert told.symbol == "AAPL261218P00202500"


@pytest.mark.parametrize(
    "told",
    [
        contract(symbol="VOD", currency="GBP"),
        contract("IND", symbol="SPX"),
        contract("BAG", symbol="SPY"),
        contract("CASH", symbol="USD", currency="JPY"),
        option(lastTradeDateOrContractMonth="soon"),
        option(lastTradeDateOrContractMonth=""),
        option(right="X"),
        option(strike=0.0),
        future(multiplier="none"),
        future(multiplier="0"),
    ],
)
def test_what_is_not_offered_or_cannot_be_read_is_no_instrument(told: SimpleNamespace) -> None:
    assert instrument_of(told) is None


@pytest.mark.parametrize(
    ("number", "exact"),
    [(0.01, "0.01"), (5e-05, "0.00005"), (1e-08, "0.00000001"), (50.0, "50"), ("100", "100")],
)
def test_a_number_is_exactly_what_the_gateway_wrote(number: float | str, exact: str) -> None:
    assert amount(number) == Decimal(exact)


def test_a_time_behind_the_last_day_does_not_matter() -> None:
    assert expiry_of("20261218 08:30:00 US/Central") == date(2026, 12, 18)


@given(
    root=ROOTS,
    expiry=DAYS,
    right=st.sampled_from("CP"),
    thousandths=st.integers(1, 99_999_999),
)
def test_an_option_is_found_again_by_its_symbol(
    root: str, expiry: date, right: str, thousandths: int
) -> None:
    strike = thousandths / 1000
    told = option(root, f"{expiry:%Y%m%d}", right, strike)
    first = instrument_of(told)
    assert first is not None

    asked = fields_of(first.symbol)

    assert asked["localSymbol"] == told.localSymbol
    assert instrument_of(contract("OPT", **{**vars(told), **asked})) == first
    assert (first.underlying, first.expiry) == (root, expiry)
    assert first.strike == Decimal(thousandths) / 1000
    assert first.right is (OptionRight.CALL if right == "C" else OptionRight.PUT)


@given(root=ROOTS, month=st.sampled_from("FGHJKMNQUVXZ"), year=st.integers(0, 9), expiry=DAYS)
def test_a_future_is_found_again_by_its_symbol(
    root: str, month: str, year: int, expiry: date
) -> None:
    told = future(f"{root}{month}{year}", root, lastTradeDateOrContractMonth=f"{expiry:%Y%m%d}")
    first = instrument_of(told)
    assert first is not None

    asked = fields_of(first.symbol)

    assert asked["localSymbol"] == told.localSymbol
    assert instrument_of(SimpleNamespace(**{**vars(told), **asked, "exchange": "CME"})) == first


@given(
    symbol=st.sampled_from(sorted(CURRENCIES - {"USD"}))
    | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=6).filter(lambda one: one != "USD")
)
def test_a_pair_is_found_again_by_its_symbol(symbol: str) -> None:
    kind = "CASH" if symbol in CURRENCIES else "CRYPTO"
    told = contract(kind, symbol=symbol, exchange="IDEALPRO" if kind == "CASH" else "")
    first = instrument_of(told)
    assert first is not None

    asked = fields_of(first.symbol)

    assert instrument_of(contract(**{**vars(told), **asked, "kind": kind})) == first
    assert first.asset_class is (AssetClass.FOREX if kind == "CASH" else AssetClass.CRYPTO)


@given(
    symbol=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=5),
    letter=st.none() | st.sampled_from(["A", "B", "PRA"]),
)
def test_a_share_is_found_again_by_its_symbol(symbol: str, letter: str | None) -> None:
    told = contract(symbol=symbol if letter is None else f"{symbol} {letter}")
    first = instrument_of(told)
    assert first is not None

    asked: dict[str, Any] = fields_of(first.symbol)

    assert asked["symbol"] == told.symbol
    assert instrument_of(contract(**{**asked, "kind": asked["secType"]})) == first
