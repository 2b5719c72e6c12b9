"""What may be asked of Yahoo: only what its letters cannot mistake."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import NotSupported
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.market_data.yahoo_words import period_of, symbol_of

OPTION = Instrument(
    symbol="AAPL261218C00200000",
    asset_class=AssetClass.OPTION,
    underlying="AAPL",
    expiry=date(2026, 12, 18),
    strike=Decimal(200),
    right=OptionRight.CALL,
)


@pytest.mark.parametrize(
    ("symbol", "kind", "yahoos"),
    [
        ("AAPL", AssetClass.EQUITY, "AAPL"),
        ("BRK.B", AssetClass.EQUITY, "BRK-B"),
        ("BTC/USD", AssetClass.CRYPTO, "BTC-USD"),
        ("ETH/USD", AssetClass.CRYPTO, "ETH-USD"),
    ],
)
def test_shares_and_the_oldest_coins_have_a_name_there(
    symbol: str, kind: AssetClass, yahoos: str
) -> None:
    assert symbol_of(Instrument(symbol=symbol, asset_class=kind)) == yahoos


@pytest.mark.parametrize(
    "instrument",
    [
        OPTION,
        Instrument(symbol="UNI/USD", asset_class=AssetClass.CRYPTO),
        Instrument(symbol="BTC/EUR", asset_class=AssetClass.CRYPTO, currency="EUR"),
        Instrument(symbol="ETH/BTC", asset_class=AssetClass.CRYPTO, currency="BTC"),
        Instrument(symbol="SAP", asset_class=AssetClass.EQUITY, currency="EUR"),
        Instrument(symbol="US0378331005", asset_class=AssetClass.EQUITY),
        Instrument(symbol="(AAPL)", asset_class=AssetClass.EQUITY),
        Instrument(symbol="ESZ6", asset_class=AssetClass.FUTURE),
    ],
    ids=lambda one: one.symbol,
)
def test_what_could_be_mistaken_is_not_asked(instrument: Instrument) -> None:
    with pytest.raises(NotSupported):
        symbol_of(instrument)


@pytest.mark.parametrize(
    ("days", "period"), [(1, "5d"), (7, "1mo"), (31, "3mo"), (366, "2y"), (9_999, "2y")]
)
def test_a_period_reaches_back_far_enough(days: int, period: str) -> None:
    assert period_of(timedelta(days=days)) == period
