"""The real yfinance against a simulator: delayed prices, or an answer of its own, never a crash."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.errors import ApiError, BrokerError, BrokerTimeout, RateLimited
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import MarketDataError, Timeframe
from floorbroker.market_data.yahoo import Yahoo
from tests.fakes.clock import NOON, ManualClock
from tests.market_data.yahoo_site import SiteSession, YahooSite, session_at

AAPL = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
MONTH = timedelta(days=27)


@pytest.fixture
def site() -> YahooSite:
    return YahooSite(now=NOON)


@pytest.fixture
def session(site: YahooSite) -> Iterator[SiteSession]:
    with session_at(site) as session:
        yield session


@pytest.fixture
def yahoo(session: SiteSession) -> Iterator[Yahoo]:
    yahoo = Yahoo(ManualClock(), session)
    yield yahoo
    yahoo.close()


async def test_a_quote_is_the_last_price_with_its_time_and_is_called_delayed(yahoo: Yahoo) -> None:
    quote = await yahoo.quote(AAPL)

    assert (quote.last, quote.bid, quote.ask) == (Decimal("187.45"), None, None)
    assert quote.at == NOON
    assert type(quote.at) is datetime
    assert quote.volume == 1_234_567
    assert quote.delayed
    assert quote.source == "Yahoo Finance, unofficial, delayed"


async def test_bars_are_those_of_the_time_without_gaps_and_without_noise(
    yahoo: Yahoo, site: YahooSite
) -> None:
    bars = await yahoo.bars(AAPL, Timeframe.DAY, NOON - MONTH, NOON)

    assert [bar.close for bar in bars] == [Decimal("100.5"), Decimal("101.25")]
    assert {bar.high for bar in bars} == {Decimal("187.45")}
    assert [bar.volume for bar in bars] == [10, 20]
    assert all(bar.at.tzinfo is UTC for bar in bars)
    assert site.asked[-1][1]["range"] == ["1mo"]
    assert site.asked[-1][1]["interval"] == ["1d"]


async def test_a_share_of_a_class_and_a_coin_are_asked_for_as_yahoo_writes_them(
    yahoo: Yahoo, site: YahooSite
) -> None:
    await yahoo.quote(Instrument(symbol="BRK.B", asset_class=AssetClass.EQUITY))
    site.told = {"instrumentType": "CRYPTOCURRENCY"}
    coin = await yahoo.quote(Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO))

    paths = {path.rsplit("/", 1)[1] for path, _ in site.asked}
    assert paths == {"BRK-B", "BTC-USD"}
    assert coin.instrument.symbol == "BTC/USD"


@pytest.mark.parametrize(
    "told",
    [
        {"symbol": "AAPL.MX"},
        {"currency": "MXN"},
        {"instrumentType": "INDEX"},
        {"regularMarketPrice": None},
        {"regularMarketPrice": 0},
        {"regularMarketTime": None},
    ],
)
async def test_what_is_about_something_else_is_no_price(
    yahoo: Yahoo, site: YahooSite, told: dict[str, object]
) -> None:
    site.told = told

    with pytest.raises(MarketDataError):
        await yahoo.quote(AAPL)


async def test_a_symbol_that_yahoo_does_not_know_has_no_price(
    yahoo: Yahoo, site: YahooSite, caplog: pytest.LogCaptureFixture
) -> None:
    site.status = 404
    site.body = (
        b'{"chart":{"result":null,"error":{"code":"Not Found",'
        b'"description":"No data found, symbol may be delisted"}}}'
    )

    with caplog.at_level(logging.INFO), pytest.raises(BrokerError):
        await yahoo.quote(Instrument(symbol="ZZZZQ", asset_class=AssetClass.EQUITY))

    assert "ZZZZQ" not in caplog.text


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, b"Too Many Requests", RateLimited),
        (500, b"<html>", ApiError),
        (200, b"<html>Will be right back", ApiError),
        (200, b'{"chart": {}}', BrokerError),
    ],
)
async def test_whatever_goes_wrong_there_is_an_answer_of_its_own(
    yahoo: Yahoo, site: YahooSite, status: int, body: bytes, error: type[Exception]
) -> None:
    site.status, site.body = status, body

    with pytest.raises(error):
        await yahoo.quote(AAPL)


async def test_a_site_that_does_not_answer_is_left_after_its_seconds(
    site: YahooSite, session: SiteSession
) -> None:
    site.silent.set()
    yahoo = Yahoo(ManualClock(), session, seconds=0.2)

    with pytest.raises(BrokerTimeout, match="Yahoo Finance has not answered within"):
        await yahoo.quote(AAPL)

    site.let_go.set()
    yahoo.close()


async def test_a_site_that_fails_again_and_again_is_left_alone(
    yahoo: Yahoo, site: YahooSite
) -> None:
    site.status, site.body = 429, b"Too Many Requests"
    for _ in range(5):
        with pytest.raises(RateLimited):
            await yahoo.quote(AAPL)
    asked = len(site.asked)

    with pytest.raises(ApiError, match="left alone"):
        await yahoo.quote(AAPL)

    assert len(site.asked) == asked


async def test_one_answer_that_cannot_be_read_spoils_no_later_one(
    yahoo: Yahoo, site: YahooSite
) -> None:
    tesla = Instrument(symbol="TSLA", asset_class=AssetClass.EQUITY)
    site.body = b"<html>"
    with pytest.raises(ApiError):
        await yahoo.quote(tesla)
    site.body = None

    assert (await yahoo.quote(tesla)).last == Decimal("187.45")
